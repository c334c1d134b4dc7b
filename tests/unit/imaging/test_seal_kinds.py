"""Touching, square, blue and copied seals, and what is none of them."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from imaging.ring import rings_in
from imaging.seal import find_seals
from imaging.seal_black import is_colourless
from imaging.seal_crop import crop_seal
from imaging.seal_look import middle_of, print_share
from tests.unit.imaging.seal_drawing import FONTS, Stamp, ink_of, page_with_text, stamped

RED, BLUE = (205, 30, 40), (40, 60, 190)
NAME = "芒市金穗商贸有限公司"
LINES = ["工作证明", "兹有李晓梅系我单位正式职工", "特此证明。", "单位盖章", "2023年7月13日"]


def _page(*, lines: bool = True) -> NDArray[np.uint8]:
    return page_with_text(LINES if lines else [], width=1000, height=900)


def _grey(page: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(np.repeat(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2), np.uint8)


def _framed(text: str, *, box: tuple[int, int, int, int], rows: int, turn_deg: float = 0.0) -> NDArray[np.uint8]:
    """A page with a red frame and rows of characters in it."""
    sheet = Image.fromarray(_page(lines=False))
    layer = Image.new("L", sheet.size, 0)
    pen = ImageDraw.Draw(layer)
    left, top, right, bottom = box
    pen.rectangle(box, outline=255, width=6)
    count = math.ceil(len(text) / rows) if text else 1
    size = min((right - left - 24) // count, (bottom - top - 24) // rows)
    for row in range(rows):
        piece = text[row * count : (row + 1) * count]
        middle = ((left + right) / 2, top + 12 + (bottom - top - 24) * (row + 0.5) / rows)
        pen.text(middle, piece, fill=255, font=ImageFont.truetype(FONTS[0], size), anchor="mm")
    layer = layer.rotate(-turn_deg, center=((left + right) / 2, (top + bottom) / 2))
    sheet.paste(RED, (0, 0), layer)
    return np.array(sheet, dtype=np.uint8)


PLACES = st.tuples(st.floats(150, 250), st.floats(150, 350))


@settings(max_examples=40, deadline=None)
@given(first=PLACES, radii=st.tuples(st.integers(45, 80), st.integers(45, 80)), overlap=st.floats(0.85, 1.3),
       direction=st.floats(-1.2, 1.2))  # fmt: skip
def test_two_rings_that_touch_or_overlap_are_both_found(
    first: tuple[float, float], radii: tuple[int, int], overlap: float, direction: float
) -> None:
    distance = overlap * sum(radii)
    second = (first[0] + distance * math.cos(direction), first[1] + distance * math.sin(direction))
    mask = np.zeros((700, 700), np.uint8)
    for (x, y), radius in zip((first, second), radii, strict=True):
        cv2.circle(mask, (round(x), round(y)), radius, 1, 4)
    found = [ring.ellipse for ring in rings_in(mask, smallest_px=40, largest_px=400)]
    assert len(found) == 2
    for (x, y), radius in zip((first, second), radii, strict=True):
        nearest = min(found, key=lambda e: math.hypot(e.x_px - x, e.y_px - y))
        assert math.hypot(nearest.x_px - x, nearest.y_px - y) < 0.06 * radius + 1
        assert nearest.diameter_px / 2 == pytest.approx(radius, rel=0.06)


def test_thick_or_broken_rings_are_none() -> None:
    thick = np.zeros((400, 400), np.uint8)
    cv2.circle(thick, (200, 200), 90, 1, 44)
    assert rings_in(thick, smallest_px=40, largest_px=400) == []
    broken = np.zeros((400, 400), np.uint8)
    cv2.ellipse(broken, (200, 200), (90, 90), 0, 0, 230, 1, 4)
    assert rings_in(broken, smallest_px=40, largest_px=400) == []


def test_what_lies_inside_a_seal_is_no_second_seal() -> None:
    mask = np.zeros((400, 400), np.uint8)
    cv2.circle(mask, (200, 200), 120, 1, 5)
    cv2.circle(mask, (240, 200), 60, 1, 5)
    assert len(rings_in(mask, smallest_px=40, largest_px=400)) == 1


@pytest.mark.parametrize("turn_deg", [-20.0, 0.0, 12.0])
def test_a_square_seal_is_found_with_its_corners(turn_deg: float) -> None:
    (spot,) = find_seals(_framed(NAME + "财务专用章", box=(400, 400, 560, 560), rows=3, turn_deg=turn_deg))
    assert (spot.shape, spot.colour) == ("square", "red")
    assert spot.corners is not None
    assert spot.corners.centre == pytest.approx((480 / 1000, 480 / 900), abs=0.006)
    assert spot.diameter_px == pytest.approx(160, rel=0.08)


@pytest.mark.parametrize(
    ("text", "box", "rows"),
    [
        ("", (400, 400, 560, 560), 1),
        (NAME, (100, 400, 700, 470), 1),
        (NAME * 4, (60, 200, 940, 860), 4),
        (NAME, (400, 400, 430, 430), 2),
    ],
    ids=["empty frame", "field of a form", "frame of the sheet", "too small"],
)
def test_other_frames_are_no_seals(text: str, box: tuple[int, int, int, int], rows: int) -> None:
    assert find_seals(_framed(text, box=box, rows=rows)) == ()


def test_a_table_of_the_same_red_is_no_square_seal() -> None:
    page = _framed(NAME, box=(400, 400, 560, 560), rows=2)
    for y in (400, 560):
        cv2.line(page, (100, y), (900, y), RED, 6)
    assert find_seals(page) == ()


@pytest.mark.parametrize("diameter_px", [130, 200, 300])
def test_a_seal_on_a_grey_copy_is_found_and_called_black(diameter_px: int) -> None:
    page = stamped(_page(), ink_of(Stamp(NAME), diameter_px=diameter_px, turn_deg=8), centre=(500, 420))
    (spot,) = find_seals(_grey(page))
    assert (spot.colour, spot.shape) == ("black", "round")
    assert math.hypot(spot.ellipse.x_px - 500, spot.ellipse.y_px - 420) < 0.03 * diameter_px
    assert spot.diameter_px == pytest.approx(diameter_px, rel=0.08)


def test_print_and_bare_circles_on_a_grey_page_are_no_seals() -> None:
    assert find_seals(_grey(page_with_text(LINES * 6, width=1000, height=1400))) == ()
    bare = _page(lines=False)
    cv2.circle(bare, (500, 450), 90, (60, 60, 60), 4)
    assert find_seals(bare) == ()


def test_a_black_ring_on_a_page_with_colour_is_not_looked_for() -> None:
    page = _grey(stamped(_page(), ink_of(Stamp(NAME), diameter_px=200), centre=(700, 500)))
    page[100:500, 50:300] = (250, 210, 120)
    assert not is_colourless(page)
    assert find_seals(page) == ()


def test_a_blue_seal_says_so_and_red_ones_do_not() -> None:
    page = stamped(_page(), ink_of(Stamp(NAME), diameter_px=190), centre=(300, 500), colour=BLUE)
    page = stamped(page, ink_of(Stamp(NAME), diameter_px=190), centre=(700, 500), colour=RED)
    assert sorted(spot.colour for spot in find_seals(page)) == ["blue", "red"]


@pytest.mark.parametrize(
    ("stamp", "middle"),
    [(Stamp(NAME), "star"), (Stamp(NAME, star=False), "none"), (Stamp(NAME, aspect=1.4, star=False), "none")],
)
def test_what_stands_in_the_middle(stamp: Stamp, middle: str) -> None:
    page = stamped(_page(lines=False), ink_of(stamp, diameter_px=240, turn_deg=17), centre=(500, 450))
    (spot,) = find_seals(page)
    assert middle_of(crop_seal(page, spot)) == middle


def test_nothing_is_said_of_the_middle_of_a_tiny_seal() -> None:
    page = stamped(_page(lines=False), ink_of(Stamp(NAME), diameter_px=80), centre=(500, 450))
    (spot,) = find_seals(page)
    assert middle_of(crop_seal(page, spot)) == "unknown"


def test_print_under_the_seal_is_told_from_a_blank_page() -> None:
    ink = ink_of(Stamp(NAME), diameter_px=240)
    shares = []
    for page in (
        _page(lines=False),
        page_with_text(["单位盖章特此证明正式职工本单位证照号码所属会计"] * 14, width=1000, height=900),
    ):
        pressed = stamped(page, ink, centre=(300, 400))
        (spot,) = find_seals(pressed)
        shares.append(print_share(crop_seal(pressed, spot)))
    assert shares[0] < 0.02
    assert shares[1] > 0.3
