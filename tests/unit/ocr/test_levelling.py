"""Pages of which no outline shows are turned until their text is level, and only when nothing is lost by it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from imaging.model import Pixels, Rendition
from ocr.attempt import look_at
from ocr.engine import Recognised
from ocr.model import Kind
from ocr.read import read_page
from tests.unit.ocr.bar_engine import BarEngine

ROWS = (
    "姓名刀岩保",
    "性别男|民族傣",
    "出生1990年7月15日",
    "住址云南省芒市勐戛镇",
    "公民身份号码533103199007150047",
)


def page(engine: BarEngine, angle_deg: float) -> Pixels:
    """Rows of text on white, turned clockwise on a canvas of the same white."""
    flat = np.full((900, 900, 3), 255, np.uint8)
    engine.draw_lines(flat, ROWS, left=200, top=280, height=24)
    turn = cv2.getRotationMatrix2D((450, 450), -angle_deg, 1.0)
    return np.asarray(
        cv2.warpAffine(flat, turn, (900, 900), flags=cv2.INTER_NEAREST, borderValue=(255, 255, 255)), np.uint8
    )


@pytest.mark.parametrize("angle_deg", [14, 25, 40, -20, -40])
def test_a_steep_page_is_levelled_and_boxes_refer_to_the_level_picture(angle_deg: float) -> None:
    engine = BarEngine()
    attempt = look_at(page(engine, angle_deg), engine)
    assert attempt.levelled
    assert attempt.scene.shape != (900, 900, 3)
    tops = [line.box.points[0][1] - line.box.points[1][1] for line in attempt.lines]
    assert max(map(abs, tops)) < 0.01


@pytest.mark.parametrize("angle_deg", [0, 5, -8])
def test_a_page_that_lies_nearly_level_is_left_as_it_came(angle_deg: float) -> None:
    engine = BarEngine()
    pixels = page(engine, angle_deg)
    attempt = look_at(pixels, engine)
    assert not attempt.levelled
    assert attempt.scene is pixels


class LosingEngine(BarEngine):
    """Loses half of the text on the second picture it is shown."""

    def recognise(self, crops: Sequence[Pixels]) -> list[Recognised]:
        answers = super().recognise(crops)
        return answers if self.detections < 2 else [Recognised("", 0.0) if n % 2 else a for n, a in enumerate(answers)]


def test_a_turn_that_loses_text_is_not_taken() -> None:
    engine = LosingEngine()
    attempt = look_at(page(engine, 30), engine)
    assert not attempt.levelled


def test_the_reading_is_that_of_the_level_picture() -> None:
    engine = BarEngine()
    pixels = page(engine, 30)
    found = read_page(Rendition(pixels, "PNG", 900, 900), engine)
    (reading,) = found.readings
    assert reading.kind is Kind.ID_CARD_FRONT
    assert reading.fields["name"].value == "刀岩保"
    assert found.scene is not None and found.rendition.pixels.shape == found.scene.shape
