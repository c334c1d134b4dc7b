"""Corners that are cut off by the picture, folded over, or there."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from imaging.corners import missing_corners
from imaging.geometry import Quad
from imaging.model import Pixels
from imaging.outline import find_outline, is_safe, lacks_corner
from imaging.quality import measure_page, page_defects
from imaging.worksize import shrink
from tests.unit.imaging import scenes


def scene(seed: int, *, angle_deg: float) -> scenes.Scene:
    rng = np.random.default_rng(seed)
    surface = scenes.desk("plain", rng, width_px=1200, height_px=1500)
    corners = scenes.corners_of(centre=(600, 750), size=(800, 1130), angle_deg=angle_deg, tilt=0.02, rng=rng)
    laid = scenes.lay(scenes.text_page(rng), surface, corners)
    return scenes.Scene(scenes.shoot(laid.pixels, rng), corners)


def quad_of(corners: NDArray[np.float32], pixels: Pixels) -> Quad:
    return Quad.from_pixels(corners, width_px=pixels.shape[1], height_px=pixels.shape[0])


def fold(pixels: Pixels, corners: NDArray[np.float32], k: int, *, leg: float) -> Pixels:
    """Paints the desk over a corner's triangle whose legs are shares of the shorter side."""
    shorter = min(np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1))
    a, b, c = corners[k], corners[(k + 1) % 4], corners[k - 1]
    ends = [a + (other - a) / np.linalg.norm(other - a) * leg * shorter for other in (b, c)]
    tip = a + (a - np.mean(ends, axis=0)) * 0.2
    folded = pixels.copy()
    cv2.fillConvexPoly(folded, np.rint([tip, *ends]).astype(np.int32), (120, 88, 60))
    return folded


@pytest.mark.parametrize("k", range(4))
def test_a_folded_corner_is_found_where_it_is(k: int) -> None:
    whole = scene(k, angle_deg=4)
    outline = quad_of(whole.corners, whole.pixels)
    assert missing_corners(shrink(whole.pixels, long_side_px=768), outline) == ()
    folded = fold(whole.pixels, whole.corners, k, leg=0.16)
    (box,) = missing_corners(shrink(folded, long_side_px=768), outline)
    x, y = outline.points[k]
    assert box.left - 0.01 <= x <= box.right + 0.01 and box.top - 0.01 <= y <= box.bottom + 0.01


def test_rounded_corners_of_a_card_are_there() -> None:
    rng = np.random.default_rng(5)
    page, mask = scenes.card(rng)
    corners = scenes.corners_of(centre=(800, 500), size=(1000, 630), angle_deg=5, tilt=0.01, rng=rng)
    laid = scenes.lay(page, scenes.desk("wood", rng, width_px=1600, height_px=1000), corners, mask=mask)
    assert missing_corners(shrink(laid.pixels, long_side_px=768), quad_of(corners, laid.pixels)) == ()


def test_a_desk_like_the_paper_tells_nothing() -> None:
    page = np.full((600, 800, 3), 240, np.uint8)
    assert missing_corners(page, Quad.from_rect(0.1, 0.1, 0.9, 0.9)) == ()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_corner_outside_of_the_picture(seed: int) -> None:
    whole = scene(seed, angle_deg=12)
    # Turned clockwise, the paper's lowest point is its bottom right corner's neighbour: cut a little above it.
    lowest = whole.corners[np.argmax(whole.corners[:, 1])]
    cut = np.ascontiguousarray(whole.pixels[: int(lowest[1]) - 40])
    found = find_outline(cut)
    assert found is not None and lacks_corner(found) and not is_safe(found)
    defects = [d for d in page_defects(measure_page(cut, found.quad)) if d.code == "page-corner-cut"]
    assert len(defects) == 1 and defects[0].box is not None
    assert abs(defects[0].box.centre[0] - lowest[0] / cut.shape[1]) < 0.1 and defects[0].box.bottom > 0.95


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_whole_paper_lacks_none(seed: int) -> None:
    whole = scene(seed, angle_deg=12)
    found = find_outline(whole.pixels)
    assert found is not None and not lacks_corner(found)
