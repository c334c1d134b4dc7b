from __future__ import annotations

import cv2
import numpy as np
import pytest

from imaging.photo.matting import clear_leftovers, cut_out, on_white

_PERSON = (150, 60, 40)
_WALL = (40, 120, 200)


def _disc() -> tuple[np.ndarray, np.ndarray]:
    """A soft-edged disc in front of a wall, and its true alpha."""
    rows, columns = np.mgrid[0:400, 0:300]
    alpha = np.clip((110 - np.hypot(rows - 200, columns - 150)) / 6 + 0.5, 0, 1).astype(np.float32)
    picture = alpha[..., None] * _PERSON + (1 - alpha[..., None]) * np.array(_WALL)
    return picture.astype(np.uint8), alpha


def test_the_edge_is_found_from_a_coarse_mask():
    picture, alpha = _disc()
    coarse = cv2.resize(cv2.blur(alpha, (15, 15)), (64, 64), interpolation=cv2.INTER_AREA)
    cutout = cut_out(picture, coarse, face_at=(150, 200))
    assert np.abs(cutout.alpha - alpha).mean() < 0.01


def test_no_rim_of_the_old_wall_stays_on_white():
    picture, alpha = _disc()
    coarse = cv2.resize(alpha, (64, 64), interpolation=cv2.INTER_AREA)
    result = on_white(cut_out(picture, coarse, face_at=(150, 200))).astype(int)
    wanted = alpha[..., None] * _PERSON + (1 - alpha[..., None]) * 255
    edge = (alpha > 0.05) & (alpha < 0.95)
    assert np.abs(result - wanted)[edge].mean() < 16
    # Blue must never lead over red on the way from a red person to white.
    assert (result[..., 2] - result[..., 0])[edge].max() <= 16


def test_only_the_part_with_the_face_is_kept():
    picture, alpha = _disc()
    picture[10:40, 10:40] = _PERSON
    mask = alpha.copy()
    mask[10:40, 10:40] = 1.0
    cutout = cut_out(picture, mask, face_at=(150, 200))
    assert cutout.alpha[:45, :45].max() == 0.0
    assert (on_white(cutout)[:45, :45] == 255).all()


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_an_empty_or_full_mask_is_no_error(level: float):
    picture, _ = _disc()
    cutout = cut_out(picture, np.full((256, 256), level, np.float32), face_at=(150, 200))
    assert np.isfinite(cutout.alpha).all()
    assert cutout.alpha == pytest.approx(level, abs=0.02)


def test_scraps_away_from_the_person_become_white_and_the_person_stays():
    photo = np.full((413, 295, 3), 255, np.uint8)
    photo[200:, 60:240] = (40, 60, 80)
    photo[20:40, 20:60] = (90, 140, 60)
    mask = np.zeros((256, 256), np.float32)
    mask[124:, 52:208] = 1.0
    cleared = clear_leftovers(photo, mask)
    assert (cleared[:150] == 255).all()
    assert (cleared[200:, 64:236] == photo[200:, 64:236]).all()
