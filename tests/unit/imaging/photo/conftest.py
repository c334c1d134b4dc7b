"""One set of networks and one real face for all photo tests.

The face is scikit-image's public-domain picture of an astronaut, doubled in size: at its own 512 px a 1-inch photo
would have to be enlarged, which is one of the tests.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from fixtures.portraits import draw_figure
from imaging.model import Pixels
from imaging.photo.portrait import Portrait, study_portrait
from imaging.photo.weights import PhotoModels, load_photo_models


@pytest.fixture(scope="session")
def models() -> PhotoModels:
    return load_photo_models()


@pytest.fixture(scope="session")
def small_face() -> Pixels:
    return np.asarray(astronaut(), dtype=np.uint8)


@pytest.fixture(scope="session")
def face(small_face: Pixels) -> Pixels:
    return np.asarray(cv2.resize(small_face, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)


@pytest.fixture(scope="session")
def studio_photo() -> Callable[[int, str], Pixels]:
    """Draws a finished 1-inch photo of nobody, in front of white."""

    def draw(seed: int, gender: str) -> Pixels:
        white = draw_figure(seed, gender).one_inch((255, 255, 255))
        return np.asarray(cv2.resize(white, (295, 413), interpolation=cv2.INTER_AREA), dtype=np.uint8)

    return draw


@pytest.fixture(scope="session")
def portrait(face: Pixels, models: PhotoModels) -> Portrait:
    found = study_portrait(face, models)
    assert found is not None
    return found
