"""What is measured at the eyes: lids, iris, lenses before them, mirrored lamps, red pupils."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.photo import landmarks as mesh
from imaging.photo.model import Floats
from imaging.photo.view import FaceView, cheek_levels, patch_mean

_RINGS = (mesh.LEFT_EYE_RING, mesh.RIGHT_EYE_RING)

# Half axes of the areas that are looked at, in widths of the eye. The lens: the ring of lid points is flat, so it is
# widened until a lens's inside falls into it. The eye: iris, white and lids. The mirrored lamp: anywhere on the lens.
# The pupil: inside the iris.
_LENS = (0.75, 0.41)
_EYE = (0.5, 0.25)
_LAMP = (0.75, 0.5)
_PUPIL = (0.35, 0.25)
# A pixel is "dark" below this share of the cheeks' brightness (photo.md, "sunglasses").
_DARK_BESIDE_CHEEK = 0.45
# The iris is darker than half of the skin below the eye; looked for in the middle of the eye's width and as far up
# and down as a third of it. Of the columns there, most but not all hold iris.
_IRIS_DARKNESS = 0.5
_IRIS_HALF_WIDTH, _IRIS_HALF_HEIGHT, _SKIN_BELOW = 0.3, 0.35, 0.7
_IRIS_PERCENTILE = 80
# Opening over eye-to-chin length and iris height over the eye's width of eyes that are plainly open, near the median of
# 47 portraits (0.080 and 0.34): full marks.
_OPEN_LIDS, _OPEN_IRIS = 0.078, 0.38
# A mirrored lamp has no colour and no detail left; the white of an eye stays below (47 portraits: at most 2 % of the
# area reaches this level).
_LAMP_LEVEL = 245
# A flash coming back from the eye's inside is a far purer red than skin or brown eyes in warm light, and not black.
_RED_OVER_OTHERS = 2.6
_RED_LEVEL = 80


def measure_eyes(view: FaceView, points: Floats, eye_chin_px: float) -> dict[str, float]:
    """Openings over the eye-to-chin length, iris heights over the eye's width, contrast over the skin's brightness,
    all others as shares of an area.

    Args:
        view: The normalised view.
        points: Mesh points in the picture.
        eye_chin_px: Middle between the eyes to the chin in the picture.
    """
    iris = [_iris_height(view, ring) for ring in _RINGS]
    areas = {name: [_area(view, ring, size) for ring in _RINGS] for name, size in _AREAS.items()}
    dark = sum(_dark_share(view, area) for area in areas["lens"]) / 2
    contrast = max(_contrast(view, area) for area in areas["eye"])
    opening = min(_gap(points, *lids) for lids in _LIDS) / eye_chin_px
    return {
        "eyes_open": opening,
        "eye_openness": float(int(100.0 * min(1.0, opening / _OPEN_LIDS, max(iris) / _OPEN_IRIS))),
        "iris_height": max(iris),
        "iris_height_lower": min(iris),
        "eye_dark": dark,
        "eye_contrast": contrast,
        # A lens is dark, or of any colour and without iris and white behind it.
        "eye_hidden": max(dark, min(1.0, 1.0 - contrast)),
        "glare": max(_lamp_share(view, area) for area in areas["lamp"]),
        "red_eye": min(_red_share(view, area) for area in areas["pupil"]),
    }


_AREAS = {"lens": _LENS, "eye": _EYE, "lamp": _LAMP, "pupil": _PUPIL}
# Places whose median is the skin, whatever lenses, fringe or beard cover of them: cheeks, forehead, chin, nose.
_SKIN = (mesh.LEFT_CHEEK, mesh.RIGHT_CHEEK, 151, 199, 4)
# Skin darker than this many levels is too dark for ratios.
_LEAST_SKIN = 20.0
# Pixels of an eye without which nothing is said about it.
_MIN_EYE_PX = 10
_LIDS = ((mesh.LEFT_EYE_TOP, mesh.LEFT_EYE_BOTTOM), (mesh.RIGHT_EYE_TOP, mesh.RIGHT_EYE_BOTTOM))


def _gap(points: Floats, top: int, bottom: int) -> float:
    return float(np.linalg.norm(points[top, :2] - points[bottom, :2]))


def _area(view: FaceView, ring: tuple[int, ...], size: tuple[float, float]) -> NDArray[np.bool_]:
    """Ellipse around an eye with half axes in widths of the eye."""
    points = view.points[list(ring)]
    centre, width = points.mean(axis=0), float(np.ptp(points[:, 0]))
    disc = np.zeros(view.grey.shape, np.uint8)
    axes = (max(1, round(size[0] * width)), max(1, round(size[1] * width)))
    cv2.ellipse(disc, (round(float(centre[0])), round(float(centre[1]))), axes, 0, 0, 360, (1,), -1)
    return np.asarray((disc > 0) & view.seen)


def _dark_share(view: FaceView, area: NDArray[np.bool_]) -> float:
    if not area.any():
        return 0.0
    return float((view.grey[area] < _DARK_BESIDE_CHEEK * sum(cheek_levels(view)) / 2).mean())


def _contrast(view: FaceView, area: NDArray[np.bool_]) -> float:
    """Range of brightness in an eye over the skin's brightness; 1 for an eye outside the picture."""
    if area.sum() < _MIN_EYE_PX:
        return 1.0
    low, high = np.percentile(view.grey[area], (5, 95))
    skin = float(np.median([float(patch_mean(view.grey, view, point)) for point in _SKIN]))
    return float(high - low) / max(_LEAST_SKIN, skin)


def _lamp_share(view: FaceView, area: NDArray[np.bool_]) -> float:
    return float((view.pixels[area].min(axis=1) >= _LAMP_LEVEL).mean()) if area.any() else 0.0


def _red_share(view: FaceView, area: NDArray[np.bool_]) -> float:
    if not area.any():
        return 0.0
    colours = view.pixels[area].astype(np.float32)
    red, others = colours[:, 0], colours[:, 1:].max(axis=1)
    return float(((red > _RED_OVER_OTHERS * others) & (red > _RED_LEVEL)).mean())


def _iris_height(view: FaceView, ring: tuple[int, ...]) -> float:
    """Height of the dark round of the eye over the eye's width; a closed lid leaves only its line of lashes."""
    points = view.points[list(ring)]
    centre, width = points.mean(axis=0), max(1.0, float(np.ptp(points[:, 0])))
    across = slice(max(0, round(centre[0] - _IRIS_HALF_WIDTH * width)), round(centre[0] + _IRIS_HALF_WIDTH * width) + 1)
    lower = round(centre[1] + _IRIS_HALF_HEIGHT * width)
    eye = view.grey[max(0, round(centre[1] - _IRIS_HALF_HEIGHT * width)) : lower + 1, across]
    skin = view.grey[lower : round(centre[1] + _SKIN_BELOW * width), across]
    if not eye.size or not skin.size:
        return 0.0
    dark = eye < _IRIS_DARKNESS * float(np.median(skin))
    run, longest = np.zeros(dark.shape[1]), np.zeros(dark.shape[1])
    for row in dark:
        run = (run + 1) * row
        longest = np.maximum(longest, run)
    return float(np.percentile(longest, _IRIS_PERCENTILE)) / width
