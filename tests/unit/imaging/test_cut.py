"""Sides of a picture that writing runs into."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.cut import SIDES, TOUCHING_SHARE, sides_on_border, sides_with_text, strip_along
from imaging.geometry import Quad

HEIGHT = 0.04


def line(side: str, room: float) -> Quad:
    """A line that ends `room` of its own height before a side of a square picture."""
    gap = room * HEIGHT
    if side in ("top", "bottom"):
        top = gap if side == "top" else 1 - gap - HEIGHT
        return Quad.from_rect(0.3, top, 0.6, top + HEIGHT)
    left = gap if side == "left" else 1 - gap - 0.3
    return Quad.from_rect(left, 0.5, left + 0.3, 0.5 + HEIGHT)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(("room", "cut"), [(0.0, True), (TOUCHING_SHARE - 0.01, True), (TOUCHING_SHARE + 0.01, False)])
def test_a_line_that_touches_a_side(side: str, room: float, cut: bool) -> None:
    assert sides_with_text([line(side, room)], aspect=1.0) == ((side,) if cut else ())


def test_distance_is_held_against_the_height_in_pixels() -> None:
    # 0.01 of the width is 0.02 heights of a picture twice as wide as high: half a line of 0.04.
    assert sides_with_text([Quad.from_rect(0.01, 0.5, 0.3, 0.54)], aspect=2.0) == ()
    assert sides_with_text([Quad.from_rect(0.01, 0.5, 0.3, 0.57)], aspect=0.5) == ("left",)


def test_a_mark_at_the_border_is_no_line() -> None:
    assert sides_with_text([Quad.from_rect(0.0, 0.4, 0.02, 0.6)], aspect=1.0) == ()


@given(st.sampled_from(SIDES))
def test_the_strip_along_a_side_touches_that_side_only(side: str) -> None:
    assert set(sides_on_border(strip_along(side))) >= {side}
    box = strip_along(side)
    assert min(box.right - box.left, box.bottom - box.top) < 0.1


def test_all_four_sides_are_a_scan() -> None:
    assert sides_on_border(Quad.from_rect(0, 0, 1, 1)) == ()
    assert sides_on_border(Quad.from_rect(0, 0.1, 0.9, 1)) == ("bottom", "left")
