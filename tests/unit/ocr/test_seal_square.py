"""Square seals are read row by row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from imaging.model import Pixels
from ocr.engine import Recognised
from ocr.seal import read_seals
from tests.unit.imaging.seal_drawing import FONTS

ROWS = ("芒市金穗商贸", "有限公司财务", "专用章印鉴卡")


class _Rows:
    """Answers the rows in the order in which they are asked."""

    def __init__(self, *answers: Recognised) -> None:
        self.answers = list(answers)
        self.asked = 0

    def detect(self, pixels: Pixels) -> list[NDArray[np.float32]]:
        return []

    def recognise(self, crops: Sequence[Pixels]) -> list[Recognised]:
        self.asked += len(crops)
        return [self.answers.pop(0) if self.answers else Recognised("", 0.0) for _ in crops]


def _page() -> NDArray[np.uint8]:
    sheet = Image.new("RGB", (1000, 900), (252, 252, 250))
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((400, 400, 580, 580), outline=(205, 30, 40), width=7)
    for row, text in enumerate(ROWS):
        pen.text((490, 440 + 50 * row), text, fill=(205, 30, 40), font=ImageFont.truetype(FONTS[0], 25), anchor="mm")
    return np.array(sheet, dtype=np.uint8)


def test_the_rows_become_one_text() -> None:
    engine = _Rows(*(Recognised(row, 0.9) for row in ROWS))
    (seal,) = read_seals(_page(), engine)
    assert seal.text == "".join(ROWS)
    assert (seal.shape, seal.middle, seal.number, seal.centre_text) == ("square", "none", None, "")
    assert seal.confidence == pytest.approx(0.9)
    assert engine.asked == len(ROWS)


def test_a_seal_that_reads_badly_is_tried_in_all_four_directions() -> None:
    engine = _Rows(*[Recognised("热热热", 0.3)] * 3, *(Recognised(row, 0.8) for row in ROWS))
    (seal,) = read_seals(_page(), engine)
    assert seal.text == "".join(ROWS)


def test_too_few_characters_are_no_name() -> None:
    (seal,) = read_seals(_page(), _Rows(Recognised("芒", 0.9), Recognised("a1", 0.9), Recognised("", 0.0)))
    assert (seal.text, seal.confidence) == ("", 0.0)
