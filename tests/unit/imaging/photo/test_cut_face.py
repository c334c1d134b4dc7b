from __future__ import annotations

import numpy as np
import pytest

from imaging.model import Pixels
from imaging.photo.check import faceless_defects
from imaging.photo.cut_face import beyond_share, cut_off_share
from imaging.photo.portrait import Portrait
from imaging.photo.weights import PhotoModels


@pytest.mark.parametrize(
    ("points", "share"),
    [
        ([(0, 0), (9, 19)], 0.0),
        ([(-0.1, 5), (9, 19)], 0.5),
        ([(9.1, 5), (9, 19.1)], 1.0),
        ([(5, 5), (5, 6), (5, 7), (5, -1)], 0.25),
    ],
)
def test_points_on_the_border_are_inside(points: list[tuple[float, float]], share: float):
    assert beyond_share(np.array(points, np.float32), width_px=10, height_px=20) == share


def test_half_a_face_is_cut_off_and_no_face(face: Pixels, portrait: Portrait, models: PhotoModels):
    # The picture ends at the middle of the face.
    half = np.ascontiguousarray(face[:, : round(portrait.head.middle[0])])
    assert cut_off_share(half, models) > 0.2
    assert [d.code for d in faceless_defects(half, models)] == ["photo-no-face", "photo-head-cut"]


@pytest.mark.parametrize("size", [(1, 1), (2, 300), (300, 2), (200, 200)])
def test_where_nothing_is_nothing_is_cut(size: tuple[int, int], models: PhotoModels):
    pixels = np.random.default_rng(4).integers(0, 256, (*size, 3), dtype=np.uint8)
    assert cut_off_share(pixels, models) == 0.0
