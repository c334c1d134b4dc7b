"""Finds QR codes by the three squares in their corners, in a time that no picture can stretch.

OpenCV's own searches try triples of everything that looks like a square: a page tiled with squares kept them busy for
four minutes (measured, 2,600 x 1,900 px). Here the squares are counted and cut off before they are combined.
"""

from __future__ import annotations

from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# Squares that are combined, at most; the roundest go first. Two codes have six, print that looks like one (回) some.
MAX_SQUARES = 24
# Windows of the local threshold in pixels: narrow enough that blur does not close the ring, and wider than a core. The
# small one suits modules of 1.3 to 2.3 pixels, the large one up to 4; what is larger is looked for on copies of half
# the size, again and again. Of 80 drawn pages of four levels 73 were read with 7 pixels, 71 with 11, 68 with 15.
_SMALL_PX, _LARGE_PX = 7, 13
# How often the page is halved: modules of up to 70 pixels, the largest that three squares on a page of 2,600 can have.
_HALVINGS = 4
# How much darker than its surroundings dark is, in grey values; paper grain stays below.
_DARKER_BY = 8
# The ring lies one width of the core's upright box from its middle, also when turned; blur and threshold move it.
_DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1))
_REACHES = (0.8, 0.9, 1.0, 1.1, 1.25)
# The ring is 7/3 as wide and high as the core and has 24/9 of its area.
_WIDER, _LARGER = (1.6, 3.4), (1.2, 6.0)
# How far the middles of ring and core may lie apart, as a share of the ring's side.
_OFF_CENTRE = 0.12
# The smallest core that a threshold still shows, and the part of its upright box that it fills: half when turned by 45.
_MIN_CORE_PX, _MIN_FILL = 3, 0.45
# Under perspective the squares differ in size, the two sides in length and the angle from the right one.
_MAX_SIZE_RATIO, _MAX_SIDE_RATIO, _MAX_COSINE = 1.7, 1.6, 0.4
# Distance of two squares' middles in modules: 14 in version 1, 66 in version 14, with room for wrong module sizes.
_SPACING = (10.0, 85.0)


def find_places(grey: NDArray[np.uint8], *, limit: int) -> list[Floats]:
    """Places that three squares mark as a QR code.

    Args:
        grey: uint8 page of shape (height, width).
        limit: How many are returned, at most.

    Returns:
        Per place float32 (4, 2), in pixels: outer top left, top right, bottom right, bottom left corner in the code's
        own reading order. The bottom right one is a guess from the other three.
    """
    looks, copy = [_squares(grey, _SMALL_PX)], grey
    for halving in range(1, _HALVINGS + 1):
        if min(copy.shape) < 2 * _LARGE_PX:
            break
        copy = np.asarray(cv2.resize(copy, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        found = np.concatenate([_squares(copy, window_px) for window_px in (_SMALL_PX, _LARGE_PX)])
        looks.append(found * np.array((2**halving, 2**halving, 2**halving, 1), dtype=np.float32))
    squares = np.concatenate(looks)
    squares = _distinct(squares[np.argsort(squares[:, 3], kind="stable")])[:MAX_SQUARES]
    return [_corners(*squares[list(triple)]) for triple in _triples(squares)[:limit]]


def _squares(grey: NDArray[np.uint8], window_px: int) -> Floats:
    """Dark cores inside dark rings, float32 (count, 4): middle x, middle y, side in pixels, unlikeness."""
    mean = cv2.boxFilter(grey, -1, (window_px, window_px), borderType=cv2.BORDER_REPLICATE)
    dark = np.asarray(cv2.subtract(mean, grey) > _DARKER_BY, dtype=np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=4)
    parts = np.asarray(stats, dtype=np.float32)
    width, height, area = parts[:, 2], parts[:, 3], parts[:, 4]
    core = (np.minimum(width, height) >= _MIN_CORE_PX) & (area > _MIN_FILL * width * height)
    core &= np.maximum(width, height) <= _MAX_SIZE_RATIO * np.minimum(width, height)
    core[0] = False
    return _inside_rings(np.asarray(labels, dtype=np.int32), parts, np.nonzero(core)[0])


def _inside_rings(labels: NDArray[np.int32], parts: Floats, cores: NDArray[np.int64]) -> Floats:
    """Those cores around which a ring of the right size lies, looked for along the four directions of the page."""
    height_px, width_px = labels.shape
    middle = (parts[cores, :2] + parts[cores, 2:4] / 2).astype(np.int64)
    # A core wider than the window comes out hollow; it is seen whole on a smaller copy.
    cores = cores[labels[middle[:, 1], middle[:, 0]] == cores]
    left, top, width, height, area = parts[cores].T
    x, y = left + width / 2, top + height / 2
    found = np.zeros((len(cores), 2), dtype=np.float32)
    for (dx, dy), reach in product(_DIRECTIONS, _REACHES):
        at_x = np.clip(x + dx * reach * width, 0, width_px - 1).astype(np.int64)
        at_y = np.clip(y + dy * reach * height, 0, height_px - 1).astype(np.int64)
        label = labels[at_y, at_x]
        ring = parts[label]
        wider, higher = ring[:, 2] / width, ring[:, 3] / height
        off = np.hypot(ring[:, 0] + ring[:, 2] / 2 - x, ring[:, 1] + ring[:, 3] / 2 - y) / ring[:, 2:4].max(axis=1)
        fits = (label != 0) & (off < _OFF_CENTRE)
        for share, (low, high) in ((wider, _WIDER), (higher, _WIDER), (ring[:, 4] / area, _LARGER)):
            fits &= (share > low) & (share < high)
        unlike = off + np.abs(np.log(wider * 3 / 7)) + np.abs(np.log(higher * 3 / 7))
        better = fits & ((found[:, 0] == 0) | (unlike < found[:, 1]))
        # Nine modules of core and 24 of ring: together they are less moved by the threshold than one alone.
        found[better, 0] = (np.sqrt((ring[:, 4] + area) / 33) * 7)[better]
        found[better, 1] = unlike[better]
    kept = found[:, 0] > 0
    return np.stack([x[kept], y[kept], found[kept, 0], found[kept, 1]], axis=1).astype(np.float32)


def _distinct(squares: Floats) -> Floats:
    """Every square once, however many thresholds showed it."""
    kept: list[Floats] = []
    for square in squares:
        if all(np.hypot(*(square[:2] - other[:2])) > other[2] / 2 for other in kept):
            kept.append(square)
        if len(kept) == MAX_SQUARES:
            break
    return np.array(kept, dtype=np.float32).reshape(-1, 4)


def _triples(squares: Floats) -> list[tuple[int, int, int]]:
    """Indices of corner, right and lower square of every likely code, the likeliest first."""
    count = len(squares)
    if count < 3:
        return []
    corner, right, lower = (index.ravel() for index in np.indices((count, count, count)))
    across = squares[right, :2] - squares[corner, :2]
    down = squares[lower, :2] - squares[corner, :2]
    wide, high = np.hypot(*across.T), np.hypot(*down.T)
    turn = across[:, 0] * down[:, 1] - across[:, 1] * down[:, 0]
    sizes = squares[np.stack([corner, right, lower]), 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        cosine = np.abs((across * down).sum(axis=1)) / (wide * high)
        sides = np.maximum(wide / high, high / wide)
        spacing = 7 * np.minimum(wide, high) / sizes.mean(axis=0)
    unequal = sizes.max(axis=0) / sizes.min(axis=0)
    likely = (turn > 0) & (cosine < _MAX_COSINE) & (sides < _MAX_SIDE_RATIO) & (unequal < _MAX_SIZE_RATIO)
    likely &= (spacing > _SPACING[0]) & (spacing < _SPACING[1])
    chosen = np.nonzero(likely)[0]
    order = chosen[np.argsort(cosine[chosen] + sides[chosen] + unequal[chosen], kind="stable")]
    return [(int(corner[i]), int(right[i]), int(lower[i])) for i in order]


def _corners(corner: Floats, right: Floats, lower: Floats) -> Floats:
    """Outer corners of the code whose squares these are."""
    across = (right[:2] - corner[:2]) / np.hypot(*(right[:2] - corner[:2]))
    down = (lower[:2] - corner[:2]) / np.hypot(*(lower[:2] - corner[:2]))
    first = corner[:2] - (across + down) * corner[2] / 2
    second = right[:2] + (across - down) * right[2] / 2
    fourth = lower[:2] + (down - across) * lower[2] / 2
    return np.array([first, second, second + fourth - first, fourth], dtype=np.float32)
