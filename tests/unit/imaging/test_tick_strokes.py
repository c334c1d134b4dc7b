"""Boxes of any size, tilt and line width: the state is right or uncertain, never the opposite."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imaging.tick_box import TickMark, TickState, judge, judge_without_square
from imaging.tick_patch import label_patch
from imaging.tick_square import find_square
from imaging.tick_strokes import grazes_only, struck_share
from tests.unit.imaging.lone_box import BESIDE, GRAZED, RINGED, STRUCK, draw_lone_box
from tests.unit.imaging.seal_drawing import photographed
from tests.unit.imaging.tick_drawing import FACES, MARKS

# Marks that a person takes for a choice; a dot or a slash may be anything.
CHOSEN = ("check", "long-check", "cross", "filled", "zigzag", "solid-glyph")
CORRECTED = (STRUCK, RINGED, BESIDE, GRAZED)


def _judged(style: str, seed: int, *, blur: float = 0.5, **how: float | str) -> TickMark:
    random = np.random.default_rng(seed)
    shape = {"em_px": 26.0, "side_em": 0.8, "gap_em": 0.25, "line_px": 1.5, "angle_deg": 0.0} | how
    box = draw_lone_box(style, random, **shape)  # type: ignore[arg-type]
    page = photographed(box.pixels, random, blur=blur, noise=2.5, quality=75)
    patch = label_patch(page, box.start)
    square = find_square(patch)
    return judge_without_square(patch, glyph_read=False) if square is None else judge(patch, square)


@settings(max_examples=80, deadline=None)
@given(
    style=st.sampled_from(("empty", *CHOSEN)),
    seed=st.integers(0, 10_000),
    em_px=st.floats(18, 44),
    side_em=st.floats(0.6, 1.1),
    gap_em=st.floats(0.05, 0.5),
    line_px=st.floats(0.9, 2.6),
    angle_deg=st.floats(-9, 9),
    face=st.sampled_from(FACES),
    blur=st.floats(0.2, 1.0),
)
def test_never_the_opposite_of_what_was_drawn(
    style: str, seed: int, em_px: float, side_em: float, gap_em: float, line_px: float, angle_deg: float, face: str,
    blur: float,
) -> None:  # fmt: skip
    state = _judged(
        style, seed, blur=blur, em_px=em_px, side_em=side_em, gap_em=gap_em, line_px=line_px, angle_deg=angle_deg,
        face=face,
    ).state  # fmt: skip
    if style == "empty":
        assert state in (TickState.EMPTY, TickState.UNCERTAIN)
    else:
        assert state.chooses or state is TickState.UNCERTAIN


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("empty", {TickState.EMPTY}),
        ("filled", {TickState.FILLED}),
        ("solid-glyph", {TickState.FILLED}),
        *((style, {TickState.TICKED}) for style in MARKS if style not in ("filled", "solid-glyph")),
        (STRUCK, {TickState.CROSSED_OUT}),
        (RINGED, {TickState.UNCERTAIN}),
        (BESIDE, {TickState.UNCERTAIN}),
        (GRAZED, {TickState.UNCERTAIN, TickState.EMPTY}),
    ],
)
def test_states_by_style(style: str, expected: set[TickState]) -> None:
    """One row of the confusion table: ten hands, three sizes."""
    row = Counter(_judged(style, seed, em_px=(20.0, 28.0, 40.0)[seed % 3]).state for seed in range(10))
    assert sum(row[state] for state in expected) >= 9
    # A loop drawn tightly around a box may pass for a larger box with something in it.
    assert sum(row[state] for state in {TickState.UNCERTAIN} | expected) >= (9 if style == RINGED else 10)


@pytest.mark.parametrize(
    ("style", "shape"), [(STRUCK, "struck"), (RINGED, "ringed"), (BESIDE, "beside"), ("cross", "cross")]
)
def test_the_shape_says_why(style: str, shape: str) -> None:
    assert _judged(style, 3).shape == shape


def test_a_painted_box_with_a_stroke_through_it_needs_a_person() -> None:
    random = np.random.default_rng(4)
    box = draw_lone_box(
        "solid-glyph", random, em_px=28, side_em=0.8, gap_em=0.3, line_px=1.5, angle_deg=0.0, ink=(20, 20, 25)
    )
    page = box.pixels.copy()
    y, x = round(box.start.y_px), round(box.start.x_px)
    page[y - 1 : y + 2, x - 50 : x + 2] = 20
    patch = label_patch(page, box.start)
    square = find_square(patch)
    assert square is not None
    assert judge(patch, square).state is TickState.UNCERTAIN


@pytest.mark.parametrize("dirt", [(0, 0), (2, 2)])
def test_a_speck_beside_a_box_is_no_mark(dirt: tuple[int, int]) -> None:
    box = draw_lone_box(
        "empty", np.random.default_rng(4), em_px=28, side_em=0.8, gap_em=0.3, line_px=1.5, angle_deg=0.0
    )
    page = box.pixels.copy()
    y, x = round(box.start.y_px), round(box.start.x_px) - 50
    page[y : y + dirt[1], x : x + dirt[0]] = 30
    patch = label_patch(page, box.start)
    square = find_square(patch)
    assert square is not None
    assert judge(patch, square).state is TickState.EMPTY


def test_shade_over_an_empty_box_is_no_ink() -> None:
    box = draw_lone_box(
        "empty", np.random.default_rng(4), em_px=28, side_em=0.8, gap_em=0.3, line_px=1.5, angle_deg=0.0
    )
    shade = np.linspace(0.45, 1.0, box.pixels.shape[1])[None, :, None]
    patch = label_patch(np.asarray(box.pixels * shade, np.uint8), box.start)
    square = find_square(patch)
    assert square is not None
    assert judge(patch, square).state is TickState.EMPTY


def _label(width: int = 200, *, gap: int = 3) -> np.ndarray:  # type: ignore[type-arg]
    """Characters of 20 px as bars with gaps between them."""
    label = np.zeros((22, width), np.float32)
    for start in range(0, width, 20):
        label[4:18, start : start + 20 - gap] = 1.0
    return label


@pytest.mark.parametrize(("stroke", "struck"), [(None, False), ((0, 200), True), ((0, 120), False)])
def test_a_stroke_fills_the_gaps_between_characters(stroke: tuple[int, int] | None, struck: bool) -> None:
    label = _label()
    if stroke:
        label[10:12, stroke[0] : stroke[1]] = 1.0
    assert (struck_share(label) >= 0.96) is struck


@pytest.mark.parametrize("width", [1, 5, 10])
def test_a_piece_too_short_for_a_label_is_not_struck(width: int) -> None:
    assert struck_share(np.ones((22, width), np.float32)) == 0.0


@pytest.mark.parametrize(("row", "only"), [(0, True), (1, True), (2, False), (5, False), (9, True)])
def test_ink_at_the_rim_alone_grazes(row: int, only: bool) -> None:
    inked = np.zeros((10, 10), bool)
    inked[row] = True
    assert grazes_only(inked) is only


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 60), st.integers(0, 300), st.integers(0, 9999))
def test_any_strip_has_a_share(height: int, width: int, seed: int) -> None:
    strip = np.random.default_rng(seed).random((height, width)).astype(np.float32)
    assert 0.0 <= struck_share(strip) <= 1.0
