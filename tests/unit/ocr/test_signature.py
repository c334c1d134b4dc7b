"""Where the signature is looked for: behind its label and before the next print."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.geometry import Quad
from ocr.model import Line
from ocr.signature import read_signature

WIDTH, HEIGHT = 1000, 600
EM = 24


def line(text: str, x: int, y: int) -> Line:
    """A printed line with its top left corner at the place, `EM` pixels a character."""
    right = x + EM * len(text)
    box = Quad.from_rect(x / WIDTH, y / HEIGHT, right / WIDTH, (y + EM) / HEIGHT)
    spans = tuple((i / len(text), (i + 1) / len(text)) for i in range(len(text)))
    return Line(text, 0.99, box, spans)


def page(*signed_at: tuple[int, int]) -> np.ndarray:
    pixels = np.full((HEIGHT, WIDTH, 3), 246, np.uint8)
    for x, y in signed_at:
        for shift in (0, 30, 60):
            for (ax, ay), (bx, by) in (((0, 6), (24, 2)), ((10, -8), (8, 28)), ((0, 20), (26, 14)), ((4, 0), (22, 26))):
                a, b = (x + shift + ax, y + ay), (x + shift + bx, y + by)
                cv2.line(pixels, a, b, (30, 40, 110), 3, cv2.LINE_AA)
    return pixels


@pytest.mark.parametrize("label", ["本人签字：", "申报人签名:", "填表人（签字）：", "本人（签字）", "签字："])
def test_signed_or_not_behind_several_labels(label: str) -> None:
    lines = (line(label, 100, 300),)
    signed = read_signature(page((100 + EM * len(label) + 10, 298)), lines)
    bare = read_signature(page(), lines)
    assert signed is not None and signed.value is True
    assert bare is not None and bare.value is False
    assert signed.box is not None and signed.box.left * WIDTH >= 100 + EM * (len(label) - 1)


def test_the_name_read_as_text_is_still_a_signature() -> None:
    lines = (line("本人签字：", 100, 300), line("余妮", 235, 298))
    field = read_signature(page((235, 298)), lines)
    assert field is not None and field.value is True


def test_what_stands_behind_the_date_is_not_the_signature() -> None:
    lines = (line("本人签字：", 100, 300), line("日期：2026年", 300, 300))
    field = read_signature(page((460, 298)), lines)
    assert field is not None and field.value is False


def test_a_date_in_the_same_line_ends_the_blank() -> None:
    lines = (line("本人签字：　　　　日期：2026年", 100, 300),)
    field = read_signature(page((100 + EM * 11, 298)), lines)
    assert field is not None and field.value is False


@pytest.mark.parametrize(
    "text", ["单位负责人签字：", "审核人签字：", "本表须经本人签字、单位盖章后上传", "本人承诺以上信息真实", "盖章："]
)
def test_other_peoples_labels_and_sentences_are_none(text: str) -> None:
    assert read_signature(page((500, 298)), (line(text, 100, 300),)) is None


def test_the_persons_own_label_comes_before_the_units() -> None:
    lines = (line("本人签字：", 100, 200), line("单位负责人签字：", 100, 400))
    field = read_signature(page((235, 198)), lines)
    assert field is not None and field.value is True


@given(texts=st.lists(st.text(st.sampled_from("本人签字名：（）:日期单位盖章 余"), max_size=12), max_size=4))
def test_any_lines_get_an_answer(texts: list[str]) -> None:
    lines = tuple(line(text, 40, 60 + 90 * i) for i, text in enumerate(texts) if text)
    field = read_signature(page(), lines)
    assert field is None or field.value in (True, False, None)
