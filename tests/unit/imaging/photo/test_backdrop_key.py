from __future__ import annotations

import numpy as np
import pytest

from imaging.photo.backdrop_key import complete_mask

_SEEN = np.ones((200, 160), bool)


def _scene(wall: tuple[int, int, int] = (90, 140, 210)) -> tuple[np.ndarray, np.ndarray]:
    """A dark figure with long hair in front of a wall, and a mask that misses the hair beside the neck."""
    picture = np.full((200, 160, 3), wall, np.uint8)
    picture[40:200, 50:110] = 30
    mask = np.zeros((200, 160), np.float32)
    mask[40:120, 50:110] = 1.0
    mask[120:200, 65:95] = 1.0
    return picture, mask


@pytest.mark.parametrize("wall", [(90, 140, 210), (255, 255, 255), (219, 30, 30), (150, 150, 150)])
def test_hair_that_hangs_on_the_person_is_added(wall: tuple[int, int, int]):
    picture, mask = _scene(wall)
    completed = complete_mask(picture, mask, _SEEN)
    assert (completed[122:198, 52:108] == 1.0).all()
    assert completed[:36].max() == 0.0
    assert completed[60:, :44].max() == 0.0


def test_a_wall_that_darkens_evenly_is_still_plain():
    picture, mask = _scene()
    shade = np.linspace(1.0, 0.7, 160)[None, :, None]
    completed = complete_mask((picture * shade).astype(np.uint8), mask, _SEEN)
    assert (completed[130:190, 53:107] == 1.0).all()
    assert completed[60:, :44].max() == 0.0


def test_a_busy_room_changes_nothing():
    picture, mask = _scene()
    rng = np.random.default_rng(4)
    picture[:, :50] = rng.integers(0, 256, (20, 5, 3), dtype=np.uint8).repeat(10, axis=0).repeat(10, axis=1)
    assert complete_mask(picture, mask, _SEEN) is mask


def test_a_thing_beside_the_person_is_not_added():
    picture, mask = _scene()
    picture[150:170, 5:20] = 20
    assert complete_mask(picture, mask, _SEEN)[140:180, :30].max() == 0.0


def test_a_lamp_above_the_head_is_not_added():
    picture, mask = _scene()
    picture[10:45, 75:80] = 20
    assert complete_mask(picture, mask, _SEEN)[:32].max() == 0.0


def test_a_shadow_beside_the_neck_is_not_added():
    picture, mask = _scene()
    shadow = (slice(120, 200), slice(20, 50))
    picture[shadow] = (picture[shadow] * 0.75).astype(np.uint8)
    assert complete_mask(picture, mask, _SEEN)[124:, 22:46].max() == 0.0


def test_nothing_is_added_outside_the_picture():
    picture, mask = _scene()
    seen = _SEEN.copy()
    seen[150:] = False
    assert complete_mask(picture, mask, seen)[152:, 50:64].max() == 0.0


def test_the_mask_is_never_lowered():
    picture, _ = _scene()
    everywhere = np.full((200, 160), 0.8, np.float32)
    assert np.array_equal(complete_mask(picture, everywhere, _SEEN), everywhere)
