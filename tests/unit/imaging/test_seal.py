"""Seals are found by their ring; other red things are not seals."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from imaging.ellipse import Ellipse, fitted, relative_radius
from imaging.seal import SMALLEST_SHARE, find_seals
from imaging.seal_ink import ink_plane
from tests.unit.imaging.seal_drawing import FONTS, Stamp, ink_of, page_with_text, photographed, stamped, uneven

LINES = ["工作证明", "兹有李晓梅系我单位正式职工", "□出纳", "□稽核", "特此证明。", "单位盖章", "2023年7月13日"]
RED = (205, 30, 40)


def _page() -> NDArray[np.uint8]:
    return page_with_text(LINES, width=1000, height=900)


def _stamped_page(
    *, centre: tuple[float, float] = (640, 420), diameter_px: int = 190, aspect: float = 1.0, density: float = 0.85,
    colour: tuple[int, int, int] = RED, seed: int = 1, patchy: float = 0.4,
) -> NDArray[np.uint8]:  # fmt: skip
    stamp = Stamp("芒市金穗商贸有限公司", aspect=aspect, star=aspect == 1.0)
    ink = uneven(ink_of(stamp, diameter_px=diameter_px, turn_deg=8), np.random.default_rng(seed), patchy)
    return stamped(_page(), ink, centre=centre, density=density, colour=colour)


@pytest.mark.parametrize("diameter_px", [90, 150, 300])
@pytest.mark.parametrize(
    "ageing",
    [
        {"noise": 2.0, "quality": 88},
        {"tilt": 0.03, "blur": 0.7, "cast": 0.2, "shade": 0.3, "noise": 3.0, "quality": 75},
        {"tilt": 0.07, "blur": 1.0, "cast": 0.35, "shade": 0.5, "noise": 5.0, "quality": 55},
    ],
    ids=["scan", "phone", "hard"],
)
def test_finds_the_one_seal(diameter_px: int, ageing: dict[str, float]) -> None:
    page = photographed(_stamped_page(diameter_px=diameter_px), np.random.default_rng(5), **ageing)  # type: ignore[arg-type]
    spots = find_seals(page)
    assert len(spots) == 1
    assert spots[0].diameter_px == pytest.approx(diameter_px, rel=0.12)
    assert spots[0].ring > 0.9


def test_the_place_is_exact_on_a_scan() -> None:
    (spot,) = find_seals(_stamped_page(centre=(500, 400), diameter_px=200))
    assert math.hypot(spot.ellipse.x_px - 500, spot.ellipse.y_px - 400) < 3
    assert spot.box.centre == pytest.approx((500 / 1000, 400 / 900), abs=0.004)
    assert spot.box.right - spot.box.left == pytest.approx(0.2, rel=0.06)


@pytest.mark.parametrize("aspect", [1.33, 1.5])
def test_finds_oval_seals(aspect: float) -> None:
    (spot,) = find_seals(_stamped_page(aspect=aspect))
    assert spot.ellipse.axis_ratio == pytest.approx(aspect, rel=0.06)


@pytest.mark.parametrize("distance", [0.85, 1.0, 1.1], ids=["overlapping", "touching", "near"])
def test_two_seals_that_touch_are_two(distance: float) -> None:
    page = _stamped_page(centre=(400, 450))
    ink = ink_of(Stamp("德宏州财政局"), diameter_px=190, turn_deg=-12)
    spots = find_seals(photographed(stamped(page, ink, centre=(400 + 190 * distance, 460)), np.random.default_rng(2)))
    assert sorted(round(spot.ellipse.x_px / 100) for spot in spots) == [4, round((400 + 190 * distance) / 100)]


def test_a_pale_seal_is_found_and_no_ghost_on_the_bare_page() -> None:
    ageing = {"blur": 0.6, "noise": 3.0, "quality": 75}
    pale = _stamped_page(density=0.3, patchy=0.5)
    assert len(find_seals(photographed(pale, np.random.default_rng(3), **ageing))) == 1  # type: ignore[arg-type]
    assert find_seals(photographed(_page(), np.random.default_rng(3), **ageing)) == ()  # type: ignore[arg-type]


def test_a_seal_cut_by_the_border_is_found_and_says_so() -> None:
    (spot,) = find_seals(_stamped_page(centre=(960, 420)))
    assert 0.5 < spot.visible < 0.9
    assert spot.box.right == 1.0


def test_only_the_inks_that_are_asked_for_are_found() -> None:
    page = _stamped_page(colour=(40, 60, 190))
    assert find_seals(page, ("red",)) == ()
    assert [spot.colour for spot in find_seals(page)] == ["blue"]


def _title(pen: ImageDraw.ImageDraw) -> None:
    pen.text((80, 480), "毕业证书中华人民共和国", fill=RED, font=ImageFont.truetype(FONTS[0], 80))


def _table(pen: ImageDraw.ImageDraw) -> None:
    for row in range(6):
        pen.line((40, 200 + row * 110, 960, 200 + row * 110), fill=RED, width=2)
    for column in range(5):
        pen.line((40 + column * 230, 200, 40 + column * 230, 750), fill=RED, width=2)


def _emblem(pen: ImageDraw.ImageDraw) -> None:
    pen.ellipse((420, 420, 580, 580), fill=RED)
    pen.ellipse((430, 430, 570, 570), outline=(240, 200, 60), width=5)
    pen.ellipse((480, 455, 520, 495), fill=(250, 210, 60))


def _portrait(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((600, 400, 820, 700), fill=RED)
    pen.ellipse((650, 450, 770, 620), fill=(225, 180, 150))
    pen.ellipse((620, 600, 800, 800), fill=(60, 60, 90))


def _disc(pen: ImageDraw.ImageDraw) -> None:
    pen.ellipse((420, 420, 580, 580), fill=RED)


def _frame(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((400, 400, 580, 580), outline=RED, width=6)


@pytest.mark.parametrize("draw", [_title, _table, _emblem, _portrait, _disc, _frame])
def test_other_red_things_are_no_seals(draw: object) -> None:
    assert callable(draw)
    sheet = Image.fromarray(_page())
    draw(ImageDraw.Draw(sheet))
    page = np.array(sheet, dtype=np.uint8)
    assert find_seals(page) == ()
    aged = photographed(page, np.random.default_rng(7), blur=0.7, cast=0.2, shade=0.3, noise=3, quality=75)
    assert find_seals(aged) == ()


def test_a_red_table_through_the_seal_does_not_hide_it() -> None:
    sheet = Image.fromarray(_stamped_page(centre=(500, 480)))
    _table(ImageDraw.Draw(sheet))
    (spot,) = find_seals(np.array(sheet, dtype=np.uint8))
    assert math.hypot(spot.ellipse.x_px - 500, spot.ellipse.y_px - 480) < 6


def test_a_coloured_frame_around_the_sheet_does_not_hide_the_seal() -> None:
    page = _stamped_page(centre=(640, 560))
    cv2.rectangle(page, (30, 30), (970, 870), (190, 120, 50), 4)
    cv2.rectangle(page, (44, 44), (956, 856), (190, 120, 50), 2)
    (spot,) = find_seals(page)
    assert math.hypot(spot.ellipse.x_px - 640, spot.ellipse.y_px - 560) < 4


@pytest.mark.parametrize("shape", [(1, 1), (23, 400), (24, 24), (400, 24)])
def test_tiny_and_empty_pictures_have_no_seal(shape: tuple[int, int]) -> None:
    assert find_seals(np.full((*shape, 3), 255, np.uint8)) == ()
    assert find_seals(np.zeros((*shape, 3), np.uint8)) == ()


def test_rings_below_the_smallest_seal_are_ornament() -> None:
    page = np.full((1000, 1000, 3), 250, np.uint8)
    small = round(1000 * SMALLEST_SHARE) // 2 - 4
    cv2.circle(page, (500, 500), small, RED, 2)
    assert find_seals(page) == ()
    cv2.circle(page, (500, 500), small + 12, RED, 3)
    assert len(find_seals(page)) == 1


def test_grey_has_no_ink_whatever_the_light() -> None:
    ramp = np.repeat(np.linspace(90, 250, 300).astype(np.uint8)[None, :, None], 200, axis=0).repeat(3, axis=2)
    assert np.abs(ink_plane(np.ascontiguousarray(ramp))).max() < 0.02


ELLIPSES = st.builds(
    Ellipse,
    x_px=st.floats(50, 500),
    y_px=st.floats(50, 500),
    major_px=st.floats(60, 200),
    minor_px=st.floats(35, 60),
    angle_deg=st.floats(0, 179.9),
)


@given(ELLIPSES)
def test_a_fit_through_an_ellipse_gives_it_back(ellipse: Ellipse) -> None:
    points = ellipse.points(np.linspace(0, 2 * math.pi, 90, endpoint=False))
    (again,) = fitted(points.astype(np.float32))
    assert again.diameter_px == pytest.approx(ellipse.diameter_px, rel=0.01)
    assert np.abs(relative_radius(again, points) - 1).max() < 0.01


@given(ELLIPSES, st.floats(0.1, 1.5), st.floats(0, 6.28))
def test_relative_radius_inverts_points(ellipse: Ellipse, radius: float, turn: float) -> None:
    assert relative_radius(ellipse, ellipse.points(np.array([turn]), radius))[0] == pytest.approx(radius, rel=1e-6)


@given(ELLIPSES)
def test_bounds_hold_every_point(ellipse: Ellipse) -> None:
    points = ellipse.points(np.linspace(0, 2 * math.pi, 360))
    left, top, right, bottom = ellipse.bounds()
    assert points[:, 0].min() >= left - 1e-6 and points[:, 0].max() <= right + 1e-6
    assert points[:, 1].min() >= top - 1e-6 and points[:, 1].max() <= bottom + 1e-6
