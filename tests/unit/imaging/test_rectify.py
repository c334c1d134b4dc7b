"""Straightening: right proportions, no growth, and the untouched picture whenever in doubt."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from imaging.geometry import Quad
from imaging.rectify import aspect_ratio, rectify, straighten, turn
from tests.unit.imaging import scenes


def seen_by_camera(
    *, ratio: float, pitch_deg: float, yaw_deg: float, roll_deg: float, focal: float, distance: float
) -> NDArray[np.float64]:
    """Corners in a 1600 × 1200 picture of a flat rectangle before a pinhole camera; focal length in picture lengths."""
    half = np.array([(-ratio, -1, 0), (ratio, -1, 0), (ratio, 1, 0), (-ratio, 1, 0)]) / 2
    turned = half
    for axis, angle in ((0, pitch_deg), (1, yaw_deg), (2, roll_deg)):
        vector = np.zeros(3)
        vector[axis] = np.deg2rad(angle)
        turned = turned @ np.asarray(cv2.Rodrigues(vector)[0]).T
    turned[:, 2] += distance
    return np.asarray(turned[:, :2] / turned[:, 2:] * focal * 1600 + np.array([800, 600]))


@given(
    ratio=st.floats(0.6, 1.7),
    pitch=st.floats(-30, 30),
    yaw=st.floats(-30, 30),
    roll=st.floats(-20, 20),
    focal=st.floats(0.7, 1.6),
)
@settings(max_examples=200)
def test_the_ratio_is_told_from_the_corners(ratio: float, pitch: float, yaw: float, roll: float, focal: float) -> None:
    corners = seen_by_camera(ratio=ratio, pitch_deg=pitch, yaw_deg=yaw, roll_deg=roll, focal=focal, distance=2.4)
    told = aspect_ratio(corners, width_px=1600, height_px=1200)
    # Where one pair of edges stays parallel the focal length is unknown and edge lengths have to do.
    both = min(abs(pitch), abs(yaw)) > 8
    assert told == pytest.approx(ratio, rel=0.02 if both else 0.2)


def test_the_ratio_of_a_frontal_view_is_that_of_its_edges() -> None:
    corners = np.array([(100.0, 100), (500, 100), (500, 300), (100, 300)])
    assert aspect_ratio(corners, width_px=800, height_px=600) == pytest.approx(2.0)


@given(
    points=st.tuples(*[st.floats(0, 0.22)] * 8),
    size=st.sampled_from([(300, 400), (640, 480), (97, 1000)]),
)
@settings(max_examples=60, deadline=None)
def test_a_straightened_page_is_never_longer_than_the_picture(points: tuple[float, ...], size: tuple[int, int]) -> None:
    a, b, c, d, e, f, g, h = points
    quad = Quad(((a, b), (1 - c, d), (1 - e, 1 - f), (g, 1 - h)))
    picture = np.zeros((size[1], size[0], 3), np.uint8)
    page = straighten(picture, quad)
    assert max(page.shape[:2]) <= max(size) + 1
    assert page.shape[0] * page.shape[1] <= 1.5 * size[0] * size[1]


def test_print_keeps_its_place_on_the_page() -> None:
    paper = np.full((300, 480, 3), 240, np.uint8)
    cv2.rectangle(paper, (120, 75), (240, 150), (20, 20, 20), -1)
    surface = np.full((700, 900, 3), (90, 120, 140), np.uint8)
    corners = np.array([(180, 140), (700, 200), (660, 560), (150, 470)], np.float32)
    scene = scenes.lay(paper, surface, corners)
    page = straighten(scene.pixels, Quad.from_pixels(corners, width_px=900, height_px=700))
    dark = np.argwhere(page[..., 1] < 40)
    (top, left), (bottom, right) = dark.min(axis=0) / page.shape[:2], dark.max(axis=0) / page.shape[:2]
    assert (left, top, right, bottom) == pytest.approx((0.25, 0.25, 0.5, 0.5), abs=0.03)


def test_a_photographed_page_comes_back_straight() -> None:
    rng = np.random.default_rng(3)
    paper = scenes.text_page(rng, width_px=640, height_px=905)
    corners = np.array([(180, 160), (760, 210), (800, 1040), (90, 980)], np.float32)
    surface = scenes.desk("wood", rng, width_px=900, height_px=1200)
    picture = scenes.shoot(scenes.lay(paper, surface, corners).pixels, rng)
    result = rectify(picture)
    assert result.applied and result.outline is not None
    height_px, width_px = result.pixels.shape[:2]
    assert width_px / height_px == pytest.approx(640 / 905, rel=0.12)
    # The border of the page shows paper, not wood, a little way in from the margin.
    inner = result.pixels[height_px // 25 : -height_px // 25, width_px // 25]
    assert float(np.median(inner.std(axis=1))) < 8


@pytest.mark.parametrize("frame", [False, True])
@pytest.mark.parametrize("table", [False, True])
def test_a_flat_scan_comes_back_as_it_is(frame: bool, table: bool) -> None:
    rng = np.random.default_rng(9)
    scan = scenes.shoot(scenes.text_page(rng, frame=frame, table=table), rng, noise=1, blur=0.4, falloff=0)
    result = rectify(scan)
    assert not result.applied
    assert result.pixels is scan


def test_a_picture_of_nothing_comes_back_as_it_is() -> None:
    blank = np.full((600, 800, 3), 128, np.uint8)
    result = rectify(blank)
    assert result.pixels is blank
    assert (result.outline, result.confidence, result.applied) == (None, 0.0, False)


@given(turns=st.integers(-9, 9), height=st.integers(1, 5), width=st.integers(1, 5))
def test_quarter_turns_add_up(turns: int, height: int, width: int) -> None:
    pixels = np.arange(height * width * 3, dtype=np.uint8).reshape(height, width, 3)
    once = pixels
    for _ in range(turns % 4):
        once = turn(once, 1)
    assert np.array_equal(turn(pixels, turns), once)
    assert np.array_equal(turn(turn(pixels, turns), -turns), pixels)


def test_one_turn_is_clockwise() -> None:
    pixels = np.array([[1, 2], [3, 4]], np.uint8)
    assert turn(pixels, 1).tolist() == [[3, 1], [4, 2]]
