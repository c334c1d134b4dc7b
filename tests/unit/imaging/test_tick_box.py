"""What is in a tick box is told from its pixels, next to a label whose place is known."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imaging.tick_box import TickMark, TickState, judge, judge_without_square
from imaging.tick_patch import EM_PX, LEFT_EM, LabelPatch, LabelStart, label_patch
from imaging.tick_square import find_square
from ocr.duties import DUTIES
from tests.unit.imaging.seal_drawing import photographed
from tests.unit.imaging.tick_drawing import FACES, INKS, MARKS, Form, draw_form

DUTY = DUTIES[3]


def _patch(form: Form, *, size: int, pixels: np.ndarray | None = None) -> LabelPatch:  # type: ignore[type-arg]
    """The patch for DUTY with the label's start as drawn."""
    line = form.lines[DUTIES.index(DUTY)]
    page = form.pixels if pixels is None else pixels
    corners = line.box.to_pixels(width_px=page.shape[1], height_px=page.shape[0])
    start = LabelStart(float(corners[0][0]) + 3, float((corners[0][1] + corners[3][1]) / 2), size)
    return label_patch(page, start)


def _judged(mark: str | None, *, seed: int = 1, size: int = 24, under_seal: bool = False, **how: object) -> TickMark:
    random = np.random.default_rng(seed)
    form = draw_form({DUTY: mark} if mark else {}, random, size=size, **how)  # type: ignore[arg-type]
    aged = photographed(form.pixels, random, blur=0.5, noise=3.0, quality=75)
    patch = _patch(form, size=size, pixels=aged)
    square = find_square(patch)
    assert square is not None
    return judge(patch, square, under_seal=under_seal)


@pytest.mark.parametrize("size", [16, 24, 40])
@pytest.mark.parametrize("mark", MARKS)
def test_every_kind_of_mark_is_a_tick(mark: str, size: int) -> None:
    verdict = _judged(mark, size=size)
    assert verdict.state is (TickState.FILLED if mark in ("filled", "solid-glyph") else TickState.TICKED)
    assert verdict.confidence >= 0.6


@pytest.mark.parametrize("size", [16, 24, 32])
@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("glyph_boxes", [False, True])
def test_empty_boxes_are_empty(size: int, face: str, glyph_boxes: bool) -> None:
    verdict = _judged(None, size=size, face=face, glyph_boxes=glyph_boxes)
    assert verdict.state is TickState.EMPTY
    assert verdict.inside <= 0.02
    assert verdict.confidence > 0.8


@pytest.mark.parametrize("thickness", [1, 2, 3])
def test_a_thick_frame_is_no_tick(thickness: int) -> None:
    assert _judged(None, size=28, thickness=thickness).state is TickState.EMPTY


@pytest.mark.parametrize("ink", INKS)
def test_any_ink_ticks(ink: tuple[int, int, int]) -> None:
    assert _judged("check", ink=ink).state is TickState.TICKED


def test_red_ink_under_a_seal_is_not_taken_for_a_tick_but_black_is() -> None:
    assert _judged("check", ink=INKS[2], under_seal=True).state is TickState.EMPTY
    assert _judged("check", ink=INKS[2], under_seal=True).confidence <= 0.8
    assert _judged("check", ink=INKS[0], under_seal=True).state is TickState.TICKED


def test_shapes_are_told_apart() -> None:
    assert _judged("solid-glyph").shape == "filled"
    assert _judged("cross").shape == "cross"
    assert _judged("check").shape == "tick"


def test_the_corners_lie_on_the_drawn_box() -> None:
    form = draw_form({}, np.random.default_rng(4), size=30)
    patch = _patch(form, size=30)
    square = find_square(patch)
    assert square is not None
    left, top, right, bottom = form.boxes[DUTY]
    expected = [(left, top), (right, top), (right, bottom), (left, bottom)]
    for found, drawn in zip(judge(patch, square).corners, expected, strict=True):
        assert found == pytest.approx(drawn, abs=3.0)


def test_no_box_no_square() -> None:
    page = np.full((300, 600, 3), 250, np.uint8)
    patch = label_patch(page, LabelStart(300.0, 150.0, 24.0))
    assert find_square(patch) is None
    mark = judge_without_square(patch, glyph_read=True)
    assert mark.state is TickState.NOT_FOUND
    assert mark.corners == ()


@pytest.mark.parametrize(("glyph_read", "state"), [(True, TickState.TICKED), (False, TickState.UNCERTAIN)])
def test_a_mark_instead_of_a_box_needs_a_sign_in_the_text(glyph_read: bool, state: TickState) -> None:
    page = np.full((300, 600, 3), 250, np.uint8)
    for step in range(18):
        page[150 + step // 2 : 155 + step // 2, 270 + step : 274 + step] = 20
    page[140:162, 302:322] = 30
    patch = label_patch(page, LabelStart(300.0, 150.0, 24.0))
    mark = judge_without_square(patch, glyph_read=glyph_read)
    assert mark.state is state
    assert mark.confidence <= 0.7
    assert len(mark.corners) == 4


@settings(max_examples=25, deadline=None)
@given(st.floats(-200, 900), st.floats(-200, 700), st.floats(4, 80), st.floats(-0.4, 0.4))
def test_a_label_anywhere_is_no_error(x_px: float, y_px: float, em_px: float, tilt: float) -> None:
    page = np.random.default_rng(0).integers(0, 255, (300, 500, 3), dtype=np.uint8)
    along, down = (float(np.cos(tilt)), float(np.sin(tilt))), (float(-np.sin(tilt)), float(np.cos(tilt)))
    patch = label_patch(page, LabelStart(x_px, y_px, em_px, along, down))
    assert patch.dark.shape[1] > LEFT_EM * EM_PX
    assert 0.0 <= patch.dark.min() <= patch.dark.max() <= 1.0
    square = find_square(patch)
    mark = judge(patch, square) if square is not None else judge_without_square(patch, glyph_read=False)
    assert 0.0 <= mark.confidence <= 1.0


def test_patches_cannot_be_written_to() -> None:
    patch = label_patch(np.full((100, 100, 3), 250, np.uint8), LabelStart(50.0, 50.0, 20.0))
    with pytest.raises(ValueError, match="read-only"):
        patch.dark[0, 0] = 1.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        patch.dark = patch.black  # type: ignore[misc]
