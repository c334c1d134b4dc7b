from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imaging.photo.guided import guide_mask


def test_the_mask_moves_onto_the_pictures_edge():
    picture = np.zeros((120, 120, 3), np.float32)
    picture[:, 60:] = (0.9, 0.7, 0.6)
    true = (picture[..., 0] > 0).astype(np.float32)
    coarse = cv2.blur(np.roll(true, 4, axis=1), (15, 15))
    coarse[:, :10] = 0
    fitted = guide_mask(picture, coarse, radius_px=20, eps=1e-4)
    assert np.flatnonzero(coarse[60] > 0.5)[0] == 64
    assert (np.argmax(fitted[20:100] > 0.5, axis=1) == 60).all()


@given(level=st.floats(0, 1), size=st.tuples(st.integers(1, 40), st.integers(1, 40)))
@settings(max_examples=30)
def test_a_constant_mask_stays_constant(level: float, size: tuple[int, int]):
    picture = np.random.default_rng(5).random((*size, 3), dtype=np.float32)
    fitted = guide_mask(picture, np.full(size, level, np.float32), radius_px=4, eps=1e-4)
    assert fitted == pytest.approx(level, abs=1e-3)


def test_a_plain_picture_gives_no_nan():
    # Zero variance everywhere is where a smaller eps breaks in float32.
    fitted = guide_mask(np.full((50, 50, 3), 0.3, np.float32), np.eye(50, dtype=np.float32), radius_px=6, eps=1e-4)
    assert np.isfinite(fitted).all()
