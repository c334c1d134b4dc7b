"""Whatever an engine does, a page is read or ends with its code: never a traceback, never a lost file."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.model import Rendition
from ocr.engine import Engine, Recognised
from ocr.errors import EngineFailed
from ocr.guarded import GuardedEngine
from ocr.read import read_page
from tests.unit.ocr.doubles import CrashingEngine, MiscountingEngine, OddBoxesEngine, PlainEngine

PAGE = np.full((240, 320, 3), 250, np.uint8)
FAULTS = (
    RuntimeError("CUDA error"),
    ValueError("shape"),
    MemoryError(),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "x"),
)


def read(engine: Engine) -> list[str]:
    page = read_page(Rendition(PAGE, "PNG", 320, 240), GuardedEngine(engine))
    return [defect.code for defect in page.defects]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
@pytest.mark.parametrize("detecting", [True, False])
def test_a_crash_is_a_finding(fault: Exception, detecting: bool) -> None:
    assert read(CrashingEngine(fault, detecting=detecting)) == ["engine-failed"]


@pytest.mark.parametrize("by", [-2, -1, 1])
def test_a_wrong_number_of_answers_is_a_failure_and_no_shift_of_lines(by: int) -> None:
    assert read(MiscountingEngine(by=by)) == ["engine-failed"]
    with pytest.raises(EngineFailed):
        GuardedEngine(MiscountingEngine(by=by)).recognise([PAGE, PAGE])


@pytest.mark.parametrize(
    "box",
    [
        np.full((4, 2), np.nan, np.float32),
        np.array([[0, 0], [np.inf, 0], [9, 9], [0, 9]], np.float32),
        np.zeros((4, 2), np.float32),
        np.zeros((3, 2), np.float32),
        np.zeros(8, np.float32),
    ],
    ids=["nan", "infinite", "no size", "triangle", "flat"],
)
def test_boxes_that_are_none_are_left_out(box: np.ndarray) -> None:
    assert len(GuardedEngine(OddBoxesEngine(box)).detect(PAGE)) == 2
    assert "engine-failed" not in read(OddBoxesEngine(box))


@pytest.mark.parametrize("text", ["\ud800王", "王" * 801])
def test_text_that_cannot_be_written_out_is_no_text(text: str) -> None:
    (answer,) = GuardedEngine(PlainEngine(Recognised(text, 0.99))).recognise([PAGE])
    assert answer == Recognised("", 0.0)


def test_text_of_the_longest_length_is_kept() -> None:
    (answer,) = GuardedEngine(PlainEngine(Recognised("王" * 800, 0.9))).recognise([PAGE])
    assert answer.text == "王" * 800


def test_parts_of_another_length_are_dropped_and_the_text_kept() -> None:
    odd = Recognised("王芳", 0.9, (0.5,), (0.9, 0.9), ("玉", ""))
    (answer,) = GuardedEngine(PlainEngine(odd)).recognise([PAGE])
    assert (answer.text, answer.char_centres, answer.char_confidences, answer.char_rivals) == ("王芳", (), (), ())


scores = st.floats(allow_nan=True, allow_infinity=True)


@given(st.text(max_size=20), scores, st.lists(scores, max_size=20), st.lists(scores, max_size=20))
def test_any_answer_leaves_with_scores_that_are_shares(
    text: str, score: float, centres: list[float], confidences: list[float]
) -> None:
    given_answer = Recognised(text, score, tuple(centres), tuple(confidences))
    (answer,) = GuardedEngine(PlainEngine(given_answer)).recognise([PAGE])
    assert all(0.0 <= share <= 1.0 for share in (answer.confidence, *answer.char_confidences))
    assert len(answer.char_confidences) in (0, len(answer.text))
    assert all(map(math.isfinite, answer.char_centres))


def test_a_sound_engine_is_not_touched() -> None:
    plain = PlainEngine()
    assert GuardedEngine(plain).recognise([PAGE]) == plain.recognise([PAGE])
    assert all(np.array_equal(a, b) for a, b in zip(GuardedEngine(plain).detect(PAGE), plain.detect(PAGE), strict=True))
