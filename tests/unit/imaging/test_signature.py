"""Ink in a blank: strokes, rules, print, seals, shadows."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.signature import Blank, SignatureState, judge_signature

EM = 24.0
SIZE = (90, 300)


def paper(level: int = 245) -> np.ndarray:
    rng = np.random.default_rng(3)
    return np.clip(rng.normal(level, 2, (*SIZE, 3)), 0, 255).astype(np.uint8)


def blank(**changes: object) -> Blank:
    options: dict[str, object] = {"corners": ((10, 15), (280, 15), (280, 75), (10, 75)), "em_px": EM}
    return Blank(**{**options, **changes})  # type: ignore[arg-type]


def signed(page: np.ndarray, *, ink: tuple[int, int, int] = (30, 40, 120), width: int = 2) -> np.ndarray:
    """Three characters' worth of strokes."""
    for x in (50, 85, 120):
        for stroke in (((0, 8), (24, 4)), ((12, -6), (8, 26)), ((2, 20), (26, 16)), ((4, 0), (22, 28))):
            points = [(x + dx, 38 + dy) for dx, dy in stroke]
            cv2.line(page, points[0], points[1], ink, width, cv2.LINE_AA)
    return page


@pytest.mark.parametrize("ink", [(20, 20, 24), (30, 46, 140)])
@pytest.mark.parametrize("width", [1, 2, 4])
def test_strokes_are_a_signature(ink: tuple[int, int, int], width: int) -> None:
    mark = judge_signature(signed(paper(), ink=ink, width=width), blank())
    assert mark.state is SignatureState.PRESENT
    assert mark.confidence >= 0.85


def test_an_empty_blank() -> None:
    mark = judge_signature(paper(), blank())
    assert (mark.state, mark.ink) == (SignatureState.ABSENT, 0.0)
    assert mark.confidence > 0.9


def test_a_rule_to_sign_on_is_no_signature() -> None:
    page = paper()
    cv2.line(page, (20, 58), (270, 60), (20, 20, 20), 2, cv2.LINE_AA)
    assert judge_signature(page, blank()).state is SignatureState.ABSENT


def test_a_table_around_it_is_no_signature() -> None:
    page = paper()
    cv2.rectangle(page, (12, 20), (270, 70), (40, 40, 40), 2)
    assert judge_signature(page, blank()).state is SignatureState.ABSENT


def test_a_signature_on_a_rule_stays_one() -> None:
    page = signed(paper())
    cv2.line(page, (20, 58), (270, 59), (20, 20, 20), 2, cv2.LINE_AA)
    assert judge_signature(page, blank()).state is SignatureState.PRESENT


def test_red_ink_of_a_seal_does_not_count() -> None:
    page = paper()
    cv2.circle(page, (150, 45), 40, (214, 40, 44), 6, cv2.LINE_AA)
    assert judge_signature(page, blank()).state is SignatureState.ABSENT


def test_print_that_reaches_in_does_not_count() -> None:
    page = signed(paper())
    covered = ((45, 25), (160, 25), (160, 75), (45, 75))
    assert judge_signature(page, blank(printed=(covered,))).state is SignatureState.ABSENT


def test_one_short_stroke_is_told_as_doubt() -> None:
    page = paper()
    cv2.line(page, (60, 40), (68, 46), (20, 20, 24), 6, cv2.LINE_AA)
    assert judge_signature(page, blank()).state is SignatureState.UNCERTAIN


def test_a_soft_shadow_is_no_ink() -> None:
    fall = np.linspace(1.0, 0.45, SIZE[1])[None, :, None]
    page = np.clip(paper() * fall, 0, 255).astype(np.uint8)
    assert judge_signature(page, blank()).state is SignatureState.ABSENT


@given(
    corners=st.lists(st.tuples(st.floats(-50, 400), st.floats(-50, 150)), min_size=4, max_size=4),
    em_px=st.floats(1, 200),
)
def test_any_place_gets_an_answer(corners: list[tuple[float, float]], em_px: float) -> None:
    mark = judge_signature(paper(), Blank(tuple(corners), em_px))
    assert 0.0 <= mark.confidence <= 1.0
    assert mark.ink >= 0.0
