"""Edge widths, grain and blocks on pictures whose truth is known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from imaging.model import Pixels
from imaging.photo.portrait import Portrait, study_portrait
from imaging.photo.texture import _blockiness, _noise, _spread, measure_texture
from imaging.photo.view import EYE_DISTANCE_PX, eye_distance_px, view_face
from imaging.photo.weights import PhotoModels


def _texture(pixels: Pixels, models: PhotoModels) -> dict[str, float]:
    portrait = study_portrait(pixels, models)
    assert portrait is not None
    return measure_texture(view_face(portrait), portrait)


@pytest.mark.parametrize("spread", [1.0, 2.0, 4.0])
@pytest.mark.parametrize("contrast", [30.0, 200.0])
def test_the_width_of_an_edge_does_not_depend_on_its_contrast(spread: float, contrast: float):
    # The slope of a blurred step is a normal curve; its height falls as one over its spread.
    known = 1.5
    slope = np.full(100, contrast / spread, np.float32)
    flattened = np.full(100, contrast / np.hypot(spread, known), np.float32)
    assert _spread(slope, flattened, 90) == pytest.approx(spread, rel=0.01)


@pytest.mark.parametrize("sigma", [2.0, 3.0])
def test_the_blur_of_a_lens_is_measured_in_pixels_of_the_view(
    sigma: float, face: Pixels, portrait: Portrait, models: PhotoModels
):
    spread = sigma * eye_distance_px(portrait.faces[0].points) / EYE_DISTANCE_PX
    sharp, blurred = _texture(face, models), _texture(cv2.GaussianBlur(face, (0, 0), spread), models)
    assert sharp["clarity"] > 70
    # The edges of a face have a width of their own.
    assert sigma <= blurred["edge_width_px"] <= np.hypot(sigma, sharp["edge_width_px"]) + 1.0


def test_grain_does_not_hide_a_blur(face: Pixels, portrait: Portrait, models: PhotoModels):
    spread = 2.0 * eye_distance_px(portrait.faces[0].points) / EYE_DISTANCE_PX
    grain = np.random.default_rng(1).normal(0, 8, face.shape)
    grainy = np.clip(cv2.GaussianBlur(face, (0, 0), spread) + grain, 0, 255).astype(np.uint8)
    # The variance of the Laplacian, which is only reported, takes the grain for sharpness.
    measured = _texture(grainy, models)
    assert measured["sharpness"] > 1.4
    assert measured["clarity"] < 60


def test_a_moved_camera_smears_one_direction(face: Pixels, portrait: Portrait, models: PhotoModels):
    length = round(9 * eye_distance_px(portrait.faces[0].points) / EYE_DISTANCE_PX)
    moved = np.asarray(cv2.blur(face, (length, 1)), dtype=np.uint8)
    still, smeared = _texture(face, models), _texture(moved, models)
    assert smeared["smear_px"] > 2.6 > still["smear_px"]


@pytest.mark.parametrize("level", [4.0, 10.0, 20.0])
def test_grain_is_measured_in_levels(level: float):
    grey = np.random.default_rng(3).normal(128, level, (160, 160)).astype(np.float32)
    assert _noise(grey, eyes_px=80.0) == pytest.approx(level, rel=0.15)


def test_grain_finer_than_the_view_counts_less():
    grey = np.random.default_rng(3).normal(128, 20, (640, 640)).astype(np.float32)
    assert _noise(grey, eyes_px=360.0) < 8


def test_slopes_are_no_grain():
    ramp = np.tile(np.linspace(0, 255, 160, dtype=np.float32), (160, 1))
    assert _noise(ramp, eyes_px=80.0) < 0.1


@pytest.mark.parametrize("step", [0.0, 6.0])
def test_blocks_are_steps_at_a_raster_of_eight(step: float):
    rows, columns = np.mgrid[0:96, 0:96]
    chess = ((rows // 8 + columns // 8) % 2) * step
    assert _blockiness((100 + chess + 0.3 * columns).astype(np.float32)) == pytest.approx(step, abs=0.7)


def test_stripes_in_one_direction_are_no_blocks():
    columns = np.mgrid[0:96, 0:96][1]
    assert _blockiness((100 + (columns // 8 % 2) * 20.0).astype(np.float32)) < 0.5


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (7, 40), (24, 24)])
def test_tiny_faces_have_neither_grain_nor_blocks(size: tuple[int, int]):
    box = np.zeros(size, np.float32)
    assert _noise(box, eyes_px=10.0) == 0.0
    assert _blockiness(box) == 0.0
