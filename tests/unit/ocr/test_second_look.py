"""Doubtful lines are read again; agreement never makes a value sure, disagreement makes it doubtful."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.geometry import Quad
from imaging.model import Pixels
from ocr.engine import Recognised
from ocr.model import Field, Line
from ocr.second_look import agreed, look_again
from tests.unit.ocr.doubles import PlainEngine

PAGE = np.full((400, 600, 3), 240, np.uint8)
BOX = Quad.from_rect(0.1, 0.1, 0.5, 0.15)


def line(text: str, *scores: float, box: Quad = BOX) -> Line:
    return Line(text, float(np.mean(scores)), box, (), scores)


def look(text: str, *scores: float) -> Recognised:
    return Recognised(text, float(np.mean(scores)), (), scores)


def test_what_two_looks_see_replaces_what_one_saw() -> None:
    found = agreed(line("范海劫", 0.99, 0.99, 0.5), [look("范海劼", 0.99, 0.99, 0.8), look("范海劼", 0.99, 0.99, 0.7)])
    assert found.text == "范海劼"
    assert found.char_confidences[2] == pytest.approx(0.5)


def test_agreement_lifts_up_to_the_limit_of_doubt_and_no_further() -> None:
    found = agreed(line("王明", 0.6, 0.99), [look("王明", 0.99, 0.99), look("王明", 0.99, 0.99)])
    assert found.char_confidences[0] == pytest.approx(0.86)
    sure = agreed(line("王明", 0.89, 0.99), [look("王明", 1.0, 0.99), look("王明", 1.0, 0.99)])
    assert sure.char_confidences[0] == pytest.approx(0.89)


def test_disagreement_is_doubt() -> None:
    found = agreed(line("王明", 0.8, 0.99), [look("玉明", 0.7, 0.99), look("王明", 0.8, 0.99)])
    assert (found.text, found.char_confidences[0] < 0.6) == ("王明", True)


def test_what_a_look_read_beside_the_line_has_no_place_in_it() -> None:
    found = agreed(line("王明", 0.6, 0.99), [look("姓名王明", 0.9, 0.9, 0.9, 0.99), look("", 0.0)])
    assert found.text == "王明"
    assert found.char_confidences[0] == pytest.approx(0.75)


@given(st.text(min_size=1, max_size=8), st.lists(st.text(max_size=9), max_size=3))
def test_length_stays_and_scores_are_shares(text: str, others: list[str]) -> None:
    first = line(text, *([0.7] * len(text)))
    found = agreed(first, [look(other, *([0.9] * len(other))) if other else Recognised("", 0.0) for other in others])
    assert len(found.text) == len(text) == len(found.char_confidences)
    assert all(0.0 <= score <= 0.89 for score in found.char_confidences)


class Counting(PlainEngine):
    def __init__(self, text: str) -> None:
        super().__init__(look(text, *([0.99] * len(text))))
        self.asked = 0

    def recognise(self, crops: Sequence[Pixels]) -> list[Recognised]:
        self.asked += len(crops)
        assert all(crop.ndim == 3 and min(crop.shape[:2]) >= 1 for crop in crops)
        return super().recognise(crops)


def doubtful(value: str, confidence: float, box: Quad = BOX) -> Field:
    return Field(value, confidence, box, value)


def test_only_lines_under_doubtful_values_are_read_again() -> None:
    other = line("系我单位正式职工", *([0.7] * 8), box=Quad.from_rect(0.1, 0.5, 0.5, 0.55))
    engine = Counting("王明")
    first, second = look_again(PAGE, [line("王明", 0.6, 0.9), other], {"name": doubtful("王明", 0.6)}, engine)
    assert engine.asked == 2
    assert first.char_confidences[0] > 0.8 and second == other


@pytest.mark.parametrize(
    "field", [doubtful("王明", 0.95), Field(None, 0.0, BOX), Field(True, 0.5, BOX), Field("王明", 0.5, None)]
)
def test_sure_unread_and_placeless_values_ask_nothing(field: Field) -> None:
    engine = Counting("王明")
    lines = (line("王明", 0.6, 0.9),)
    assert look_again(PAGE, lines, {"name": field}, engine) == lines
    assert engine.asked == 0


def test_lines_read_on_other_pixels_are_kept() -> None:
    engine = Counting("玉明")
    lines = (line("王明", 0.6, 0.9),)
    assert look_again(PAGE, lines, {"name": doubtful("王明", 0.6)}, engine, keep=frozenset({BOX})) == lines
    assert engine.asked == 0


def test_a_page_full_of_doubt_costs_no_more_than_its_worst_lines() -> None:
    engine = Counting("王明")
    boxes = [Quad.from_rect(0.1, 0.04 * k, 0.5, 0.04 * k + 0.03) for k in range(1, 21)]
    lines = [line("王明", 0.6, 0.7, box=box) for box in boxes]
    look_again(PAGE, lines, {f"f{k}": doubtful("王明", 0.6, box) for k, box in enumerate(boxes)}, engine)
    assert engine.asked == 16
