"""How sharp, grainy and blocky a face is."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels
from imaging.photo import landmarks as mesh
from imaging.photo.model import Floats
from imaging.photo.portrait import Portrait
from imaging.photo.view import EYE_DISTANCE_PX, FaceView, eye_distance_px

# Width of an edge: how much a known blur of this spread flattens it. An edge of spread s loses the factor
# sqrt(1 + (known / s)^2), so the ratio of both slopes gives s whatever the contrast, the skin and the light.
_KNOWN_BLUR_PX = 1.5
# Grain is taken off before, so that it is no edge.
_DENOISE_PX = 0.7
# Only the steepest edges of the face count: lids, iris, nostrils, lips. A wrinkle or a cheek is wide by nature.
_STEEPEST_PERCENTILE, _STEEPEST_OF_DIRECTION = 97, 95
# The narrowest ratio that is told apart from none; it stands for edges of ten pixels.
_LEAST_RATIO_GAIN = 0.02
# What a small face loses by being enlarged to the view is the picture's size, which has its own check: the spread of
# one picture pixel with its interpolation is half a pixel, taken out below the size that a finished photo has.
_PIXEL_SPREAD, _FINISHED_EYES_PX = 0.5, 65.0
# Directions of edges that are looked at apart: a moved camera smears those across its way and keeps those along it.
_DIRECTIONS = 4
_MIN_EDGE_PX = 50
# A median press portrait has edges of 1.2 px, 1.24 over 32 portraits: full marks.
_FULL_MARKS_PX = 1.2

# The grain is what a mask of second differences in both directions leaves (edges and slopes cancel in it); its
# response to white noise of spread 1 is 1 with this weight. Cells of 8 px; skin without detail is the calmer part.
_GRAIN_MASK = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32) / 6.0
_CELL_PX = 8
_CALM_PERCENTILE = 40
# Mean of the absolute value over the spread of a normal distribution, inverted.
_MEAN_TO_SPREAD = math.sqrt(math.pi / 2)
# Side of JPEG's blocks, and how many of them are needed to see their raster.
_BLOCK_PX, _MIN_BLOCKS = 8, 3
# Grain and blocks are the same all over the face: of a large one its middle is enough.
_MOST_BOX_PX = 768


def measure_texture(view: FaceView, portrait: Portrait) -> dict[str, float]:
    """Sharpness in the view; grain and blocks at the picture's own pixels.

    Returns:
        `edge_width_px`, `smear_px` (widest direction): spread of the steepest edges at 90 px between the eyes;
        `clarity` 0..100 for people; `sharpness` log10 of the Laplacian's variance; `noise`, `blockiness` in levels.
    """
    box = _face_box(portrait)
    width, smear = _edge_widths(view)
    return {
        "edge_width_px": width,
        "smear_px": smear,
        # Whole marks, rounded down, so that what is told and what is judged are one number.
        "clarity": float(int(100.0 * min(1.0, _FULL_MARKS_PX / max(width, 1e-3)))),
        "sharpness": _sharpness(view),
        "noise": _noise(box, eye_distance_px(portrait.faces[0].points)),
        "blockiness": _blockiness(box),
    }


def _sharpness(view: FaceView) -> float:
    if not view.face.any():
        return 0.0
    return math.log10(max(1e-3, float(cv2.Laplacian(view.grey, cv2.CV_32F)[view.face].var())))


def _edge_widths(view: FaceView) -> tuple[float, float]:
    """Spread of the face's steepest edges in pixels of the view: of all, and of the direction with the widest."""
    if view.face.sum() < _MIN_EDGE_PX:
        return 0.0, 0.0
    clean = np.asarray(cv2.GaussianBlur(view.grey, (0, 0), _DENOISE_PX), dtype=np.float32)
    blurred = np.asarray(cv2.GaussianBlur(clean, (0, 0), _KNOWN_BLUR_PX), dtype=np.float32)
    across, down = _slopes(clean, view.face)
    slope, flattened = _length(across, down), _length(*_slopes(blurred, view.face))
    direction = np.floor(np.arctan2(down, across) / np.pi * _DIRECTIONS + 0.5).astype(int) % _DIRECTIONS
    widths = [
        _spread(slope[direction == one], flattened[direction == one], _STEEPEST_OF_DIRECTION)
        for one in range(_DIRECTIONS)
        if (direction == one).sum() >= _MIN_EDGE_PX
    ]
    whole = _spread(slope, flattened, _STEEPEST_PERCENTILE)
    return _without_enlargement(whole, view), _without_enlargement(max(widths, default=0.0), view)


def _slopes(grey: Floats, where: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    across, down = cv2.Scharr(grey, cv2.CV_32F, 1, 0)[where], cv2.Scharr(grey, cv2.CV_32F, 0, 1)[where]
    return np.asarray(across, dtype=np.float32), np.asarray(down, dtype=np.float32)


def _length(across: Floats, down: Floats) -> Floats:
    return np.asarray(np.hypot(across, down), dtype=np.float32)


def _spread(slope: Floats, flattened: Floats, percentile: float) -> float:
    steep = slope >= np.percentile(slope, percentile)
    ratio = slope[steep] / np.maximum(flattened[steep], 1e-3)
    return float(np.median(_KNOWN_BLUR_PX / np.sqrt(np.maximum(ratio * ratio - 1.0, _LEAST_RATIO_GAIN))))


def _without_enlargement(width: float, view: FaceView) -> float:
    finished = EYE_DISTANCE_PX / _FINISHED_EYES_PX
    extra = _PIXEL_SPREAD**2 * max(0.0, view.enlargement**2 - finished**2)
    return math.sqrt(max(0.0, width * width - extra))


def _face_box(portrait: Portrait) -> Floats:
    """The rectangle around the face at the picture's own pixels, as brightness."""
    outline = portrait.faces[0].points[list(mesh.FACE_OVAL), :2]
    low, high = outline.min(axis=0), outline.max(axis=0)
    middle, half = (low + high) / 2, np.minimum((high - low) / 2, _MOST_BOX_PX / 2)
    left, top = (int(v) for v in np.maximum(np.floor(middle - half), 0))
    right, bottom = (int(v) for v in np.ceil(middle + half) + 1)
    part: Pixels = portrait.pixels[top : max(top + 1, bottom), left : max(left + 1, right)]
    if not part.size:
        return np.zeros((0, 0), np.float32)
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(part), cv2.COLOR_RGB2GRAY), dtype=np.float32)


def _noise(box: Floats, eyes_px: float) -> float:
    """Spread of the grain in levels, where the face is calmest, at most at the view's resolution."""
    if box.size and eyes_px > EYE_DISTANCE_PX:
        factor = EYE_DISTANCE_PX / eyes_px
        box = np.asarray(cv2.resize(box, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), dtype=np.float32)
    rows, columns = (side // _CELL_PX for side in box.shape)
    if not rows * columns:
        return 0.0
    grain = np.abs(cv2.filter2D(box, cv2.CV_32F, _GRAIN_MASK))[: rows * _CELL_PX, : columns * _CELL_PX]
    cells = grain.reshape(rows, _CELL_PX, columns, _CELL_PX).mean(axis=(1, 3))
    return float(np.percentile(cells, _CALM_PERCENTILE)) * _MEAN_TO_SPREAD


def _blockiness(box: Floats) -> float:
    """Step at the raster of JPEG blocks beyond the steps beside it, in levels; the weaker of both directions."""
    return min(_raster_step(box), _raster_step(box.T))


def _raster_step(lines: NDArray[np.float32]) -> float:
    steps = np.abs(np.diff(lines, axis=1))
    beyond = steps[:, 1:-1] - (steps[:, :-2] + steps[:, 2:]) / 2
    blocks = beyond.shape[1] // _BLOCK_PX
    if blocks < _MIN_BLOCKS or not len(beyond):
        return 0.0
    phases = beyond[:, : blocks * _BLOCK_PX].reshape(len(beyond), blocks, _BLOCK_PX).mean(axis=(0, 1))
    return float(max(0.0, phases.max() - np.median(phases)))
