from __future__ import annotations

import numpy as np
import pytest

from imaging.photo.border import Frame, find_frame


def _scene(height: int = 200, width: int = 160) -> np.ndarray:
    return np.random.default_rng(3).integers(60, 200, (height, width, 3), dtype=np.uint8)


def _framed(picture: np.ndarray, level: int, **depths: int) -> np.ndarray:
    top, bottom = depths.get("top", 0), depths.get("bottom", 0)
    left, right = depths.get("left", 0), depths.get("right", 0)
    return np.pad(picture, ((top, bottom), (left, right), (0, 0)), constant_values=level)


@pytest.mark.parametrize("level", [0, 255])
@pytest.mark.parametrize(
    "depths",
    [
        {"top": 20, "bottom": 20},
        {"left": 10, "right": 12},
        {"top": 8, "bottom": 9, "left": 10, "right": 11},
        {"top": 30},
    ],
)
def test_frames_are_found_and_cut_off(level: int, depths: dict[str, int]):
    scene = _scene()
    framed = _framed(scene, level, **depths)
    found = find_frame(framed)
    assert found == Frame(**depths)
    assert np.array_equal(found.removed_from(framed), scene)
    assert found.share_of(framed) == pytest.approx(1 - scene.size / framed.size)


def test_a_thin_rim_is_no_frame():
    assert find_frame(_framed(_scene(), 0, top=1, bottom=1)) == Frame()


def test_a_scene_without_a_frame_has_none():
    scene = _scene()
    assert find_frame(scene) == Frame()
    assert find_frame(scene).share_of(scene) == 0.0


def test_a_white_studio_wall_is_no_frame():
    # White above and beside a dark figure: the wall ends where the figure begins, but on no straight line.
    rows, columns = np.mgrid[0:413, 0:295]
    figure = (rows - 413) ** 2 / 330**2 + (columns - 147) ** 2 / 140**2 < 1
    photo = np.where(figure[..., None], 40, 255).astype(np.uint8).repeat(3, axis=2)
    assert find_frame(photo) == Frame()


def test_a_dark_suit_in_front_of_the_lower_bar_does_not_hide_it():
    scene = _scene()
    scene[150:, 40:120] = 0
    assert find_frame(_framed(scene, 0, top=20, bottom=20)) == Frame(top=20, bottom=20)


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (3, 1), (1, 50)])
def test_tiny_pictures_have_no_frame(size: tuple[int, int]):
    assert find_frame(np.zeros((*size, 3), np.uint8)) == Frame()
