from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.photo import frame

_POSITIONS = st.floats(-500, 500)
_MATRICES = st.builds(
    lambda x, y, roll, scale, u, v: frame.upright_matrix(anchor=(x, y), roll_deg=roll, scale=scale, to=(u, v)),
    _POSITIONS, _POSITIONS, st.floats(-180, 180), st.floats(0.05, 4), _POSITIONS, _POSITIONS,
)  # fmt: skip


@given(x=_POSITIONS, y=_POSITIONS, roll=st.floats(-180, 180), scale=st.floats(0.05, 4))
def test_the_anchor_lands_where_it_was_sent(x: float, y: float, roll: float, scale: float):
    matrix = frame.upright_matrix(anchor=(x, y), roll_deg=roll, scale=scale, to=(7.0, -3.0))
    assert frame.apply(matrix, np.array([[x, y]]))[0] == pytest.approx([7.0, -3.0], abs=1e-6)
    assert frame.scale_of(matrix) == pytest.approx(scale)


@given(matrix=_MATRICES, x=_POSITIONS, y=_POSITIONS)
def test_the_inverse_leads_back(matrix, x: float, y: float):
    there = frame.apply(matrix, np.array([[x, y]]))
    assert frame.apply(frame.inverse(matrix), there)[0] == pytest.approx([x, y], abs=1e-4)


@given(first=_MATRICES, then=_MATRICES, x=_POSITIONS, y=_POSITIONS)
def test_a_chain_is_one_step_after_the_other(first, then, x: float, y: float):
    points = np.array([[x, y]])
    assert frame.apply(frame.chain(first, then), points)[0] == pytest.approx(
        frame.apply(then, frame.apply(first, points))[0], abs=1e-5
    )


@given(matrix=_MATRICES, factor=st.floats(0.1, 4))
def test_a_resized_frame_keeps_pixel_borders_in_place(matrix, factor: float):
    # The frame's outer corner lies half a pixel before its first pixel's centre, at every resolution.
    corner = frame.apply(frame.inverse(matrix), np.array([[-0.5, -0.5]]))
    assert frame.apply(frame.resized(matrix, factor), corner)[0] == pytest.approx([-0.5, -0.5], abs=1e-4)


def test_a_tilt_is_taken_out():
    # A line that falls to the right by 10 degrees is level afterwards.
    along = np.array([[0.0, 0.0], [np.cos(np.radians(10)), np.sin(np.radians(10))]])
    level = frame.apply(frame.upright_matrix(anchor=(0, 0), roll_deg=10, scale=1, to=(0, 0)), along)
    assert level[1] == pytest.approx([1.0, 0.0], abs=1e-9)


def test_an_unmoved_frame_gives_the_same_pixels():
    picture = np.random.default_rng(1).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    same = frame.warp(picture, np.eye(2, 3), width_px=30, height_px=20)
    assert np.array_equal(same, picture)


@pytest.mark.parametrize("scale", [1.0, 0.5, 0.21, 0.1])
def test_shrinking_keeps_the_mean_and_the_place(scale: float):
    # Fine stripes must become grey, not a pattern of their own; the bright quarter must stay in its corner.
    picture = np.zeros((200, 200, 3), np.uint8)
    picture[:, ::2] = 200
    picture[:100, :100] = 255
    size = round(200 * scale)
    matrix = frame.upright_matrix(anchor=(-0.5, -0.5), roll_deg=0, scale=scale, to=(-0.5, -0.5))
    small = frame.warp(picture, matrix, width_px=size, height_px=size)
    assert small.mean() == pytest.approx(picture.mean(), abs=3)
    assert small[size // 8, size // 8, 0] == 255
    if scale < 0.6:
        stripes = small[size * 3 // 4, size // 2 + 2 : -2, 0].astype(int)
        # The stripes themselves are 100 away; a box of 4.8 px over stripes of 2 px leaves a sixth of that.
        assert np.abs(stripes - 100).max() <= 17


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1)])
def test_tiny_pictures_can_be_warped(size: tuple[int, int]):
    out = frame.warp(np.full((*size, 3), 9, np.uint8), np.eye(2, 3) * 0.3, width_px=3, height_px=3)
    assert (out == 9).all()


def test_coverage_ends_at_the_pictures_border():
    shifted = frame.upright_matrix(anchor=(0, 0), roll_deg=0, scale=1, to=(2, 1))
    inside = frame.coverage(4, 3, shifted, width_px=8, height_px=6)
    assert inside.sum() == 12
    assert inside[1:4, 2:6].all()
