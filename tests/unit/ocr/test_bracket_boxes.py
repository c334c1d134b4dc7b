"""Brackets instead of boxes: text and pixels must agree."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from imaging.geometry import Quad
from imaging.tick_box import TickState
from ocr.bracket_boxes import is_bracketed
from ocr.duties import DUTIES
from ocr.duty_labels import find_labels
from ocr.model import Line
from ocr.tick_boxes import read_duties
from tests.unit.imaging.tick_drawing import FACES

SIZE = 28
PAIRS = (("（", "）"), ("[", "]"), ("【", "】"), ("(", ")"))


def _form(
    pair: tuple[str, str], marks: dict[str, str], *, said: dict[str, str] | None = None
) -> tuple[NDArray[np.uint8], list[Line]]:
    """Twelve lines with brackets. `marks` is drawn, `said` is what recognition returns between the brackets."""
    sheet = Image.new("RGB", (900, 60 + 12 * 50), (250, 250, 248))
    pen, font = ImageDraw.Draw(sheet), ImageFont.truetype(FACES[0], SIZE)
    lines = []
    for number, duty in enumerate(DUTIES):
        y, x, places = 30 + number * 50, 60.0, []
        inner = (said if said is not None else marks).get(duty, "")
        for part, advance in ((pair[0], None), (marks.get(duty, ""), SIZE * 1.3), (pair[1], None), (duty, None)):
            pen.text((x, y), part, fill=(30, 30, 30), font=font)
            if part in pair or part == duty or inner:
                shown = inner if advance else part
                step = advance or font.getlength(part) / len(shown)
                places += [(x + at * step, x + (at + 1) * step) for at in range(len(shown))]
            x += advance or font.getlength(part)
        text = pair[0] + inner + pair[1] + duty
        quad = Quad.from_rect(57 / 900, (y - 3) / sheet.height, (x + 3) / 900, (y + 35) / sheet.height)
        total = x + 3 - 57
        spans = tuple(((a - 57) / total, (b - 57) / total) for a, b in places)
        lines.append(Line(text, 0.98, quad, spans))
    return np.array(sheet, dtype=np.uint8), lines


@pytest.mark.parametrize("pair", PAIRS)
def test_a_sign_between_brackets_ticks_and_nothing_between_them_does_not(pair: tuple[str, str]) -> None:
    page, lines = _form(pair, {"稽核": "√", "总账": "√"})
    reading = read_duties(page, lines)
    assert reading.ticked == ("稽核", "总账")
    assert [box.state for box in reading.boxes].count(TickState.EMPTY) == 10
    assert {box.shape for box in reading.boxes} == {"bracket"}
    assert reading.defects == ()


def test_ink_that_recognition_did_not_return_is_uncertain() -> None:
    page, lines = _form(PAIRS[1], {"稽核": "√"}, said={})
    states = {box.duty: box.state for box in read_duties(page, lines).boxes}
    assert states["稽核"] is TickState.UNCERTAIN
    assert states["出纳"] is TickState.EMPTY


def test_a_sign_without_ink_is_uncertain() -> None:
    page, lines = _form(PAIRS[1], {}, said={"稽核": "√"})
    states = {box.duty: box.state for box in read_duties(page, lines).boxes}
    assert states["稽核"] is TickState.UNCERTAIN


@pytest.mark.parametrize(
    ("text", "bracketed"),
    [
        ("[ ]稽核", True),
        ("（√）稽核", True),
        ("【】稽核", True),
        ("(V) 稽核", True),
        ("□稽核", False),
        ("稽核", False),
        ("）稽核", False),
    ],
)
def test_which_labels_have_brackets(text: str, bracketed: bool) -> None:
    (label,) = find_labels([Line(text, 0.9, Quad.from_rect(0.1, 0.1, 0.6, 0.15))])
    assert is_bracketed(label) is bracketed
