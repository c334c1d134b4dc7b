"""Signs that a picture is a picture of a picture: a screen's stripes, a print on a desk, a copy in ink and paper."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels
from imaging.photo.model import Floats
from imaging.screen import screen_share

# Long side of the copy on which a print's sides are looked for.
_SIDE_PX = 256
# Pixels of the picture that are averaged, in each direction, for one of the copy.
_SAMPLES = 3
# Thresholds of the edge map: pale prints on pale desks, then only clear edges, which join less with the surroundings.
_EDGE_LEVELS = (25, 80)
_EDGE_HYSTERESIS = 2.5
# A print that shows a face fills at least this share of the picture; one that fills more leaves no desk to see.
_LEAST_AREA, _MOST_AREA = 0.15, 0.97
# Sides may be this far from the hull of the edges, over its length.
_STRAIGHTNESS = 0.03
# Corners of a print seen by a camera held over it.
_CORNER_DEG = (78.0, 102.0)
# A side is asked for an edge of this many levels a pixel, this many pixels around it, at so many places.
_LEAST_STEP, _REACH_PX, _PROBES = 8.0, 3, 60
# The ends of a side are left out: corners are worn or rounded.
_CORNER_SHARE = 0.06
# A side this near to the picture's border is the border.
_BORDER_PX = 2.0

# A page of ink and paper: colourless, and nearly every pixel is one of both. Fax and threshold leave 100 %, their
# JPEG 95 %; grey photographs at most 60 %. Ink on less than a tenth of it is a page of text.
_INK_LEVEL, _PAPER_LEVEL, _COLOUR_LEVELS = 40, 216, 24
_INK_SPAN = (0.1, 0.9)
_PAGE_SIDE_PX = 256


# Names of what `measure_copy` gives.
COPY_MEASURES = ("screen", "inner_frame")


def measure_copy(pixels: Pixels, face_at: Sequence[tuple[float, float]]) -> dict[str, float]:
    """Signs of a photographed screen or print, shares 0..1.

    Args:
        pixels: Upright uint8 RGB.
        face_at: Points of the face, (x, y) in pixels, that a print would have to surround.

    Returns:
        `screen`: share of sampled tiles with the stripes of a screen; `inner_frame`: share of the weakest side of the
        rectangle around the face on which an edge is seen, 0 without such a rectangle.
    """
    return {"screen": screen_share(pixels), "inner_frame": _inner_frame(pixels, face_at)}


def ink_or_paper(pixels: Pixels) -> float:
    """Share of a colourless picture's pixels that are pure ink or pure paper; 0 for colour and for pages of text."""
    factor = min(1.0, _PAGE_SIDE_PX / max(pixels.shape[:2]))
    # Nearest pixels: averaging would turn ink and paper into grey.
    small = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_NEAREST) if factor < 1 else pixels
    if float(np.ptp(small, axis=2).mean()) > _COLOUR_LEVELS:
        return 0.0
    grey = small.mean(axis=2)
    ink, paper = float((grey < _INK_LEVEL).mean()), float((grey > _PAPER_LEVEL).mean())
    return ink + paper if _INK_SPAN[0] <= ink <= _INK_SPAN[1] else 0.0


def _inner_frame(pixels: Pixels, face_at: Sequence[tuple[float, float]]) -> float:
    factor = _SIDE_PX / max(pixels.shape[:2])
    size = (max(8, round(pixels.shape[1] * factor)), max(8, round(pixels.shape[0] * factor)))
    # Every few pixels of a large picture are enough to average: a side is looked for, no detail.
    step = max(1, int(1 / factor / _SAMPLES))
    sampled = np.ascontiguousarray(pixels[::step, ::step])
    grey = cv2.cvtColor(cv2.resize(sampled, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    inside = [(x * factor, y * factor) for x, y in face_at]
    # Scharr's weights sum to 32, so these are levels a pixel.
    slopes = _steepness(grey, across=True), _steepness(grey, across=False)
    best = 0.0
    for level in _EDGE_LEVELS:
        edges = cv2.dilate(cv2.Canny(grey, level, level * _EDGE_HYSTERESIS), np.ones((3, 3), np.uint8))
        contours, _ = cv2.findContours(edges, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        for contour in contours:
            corners = _rectangle(np.asarray(contour, dtype=np.int32), grey.shape[0] * grey.shape[1])
            if corners is not None and all(cv2.pointPolygonTest(corners, point, False) >= 0 for point in inside):
                best = max(best, min(_edge_share(slopes, corners[k], corners[(k + 1) % 4]) for k in range(4)))
    return best


def _steepness(grey: NDArray[np.generic], *, across: bool) -> Floats:
    dx, dy = (1, 0) if across else (0, 1)
    return np.asarray(cv2.Scharr(np.asarray(grey, dtype=np.uint8), cv2.CV_32F, dx, dy) / 32.0, dtype=np.float32)


def _rectangle(contour: NDArray[np.int32], picture_px: int) -> Floats | None:
    """The four corners, shape (4, 2), of a contour that could be a print's; else None."""
    _, _, width, height = cv2.boundingRect(contour)
    if width * height <= _LEAST_AREA * picture_px:
        # Most contours are too small at first sight.
        return None
    hull = cv2.convexHull(contour)
    if not _LEAST_AREA * picture_px < cv2.contourArea(hull) < _MOST_AREA * picture_px:
        return None
    corners = cv2.approxPolyDP(hull, _STRAIGHTNESS * cv2.arcLength(hull, True), True)
    if len(corners) != 4:
        return None
    found = np.asarray(corners[:, 0], dtype=np.float32)
    low, high = _CORNER_DEG
    return found if all(low <= _angle_deg(found, k) <= high for k in range(4)) else None


def _angle_deg(corners: Floats, k: int) -> float:
    back, on = corners[k - 1] - corners[k], corners[(k + 1) % 4] - corners[k]
    cosine = float(back @ on) / max(1e-6, float(np.linalg.norm(back) * np.linalg.norm(on)))
    return math.degrees(math.acos(max(-1.0, min(1.0, cosine))))


def _edge_share(slopes: tuple[Floats, Floats], start: Floats, end: Floats) -> float:
    """Share of a side along which the brightness changes across it; 0 for the picture's own border."""
    height, width = slopes[0].shape
    x, y = (start + end) / 2
    if min(x, y, width - 1 - x, height - 1 - y) < _BORDER_PX:
        return 0.0
    along = end - start
    normal = np.array([along[1], -along[0]]) / max(1e-6, float(np.linalg.norm(along)))
    places = start + np.linspace(_CORNER_SHARE, 1 - _CORNER_SHARE, _PROBES)[:, None] * along
    reach = np.arange(-_REACH_PX, _REACH_PX + 1)[:, None, None]
    spots = np.round(places + reach * normal).astype(int)
    columns, rows = np.clip(spots[..., 0], 0, width - 1), np.clip(spots[..., 1], 0, height - 1)
    step = np.abs(slopes[0][rows, columns] * normal[0] + slopes[1][rows, columns] * normal[1])
    return float((step.max(axis=0) >= _LEAST_STEP).mean())
