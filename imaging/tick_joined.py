"""Tells whether one stroke of the pen runs through two boxes: then one of them was only passed."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels

Corners = Sequence[tuple[float, float]]

# Darker than this share of the paper around is ink; a pale printed frame may stay below it, a pen does not.
_INK_SHARE = 0.72
# The frame itself and what touches it from outside are left out of a box's inside, as a share of its side.
_INSET = 0.2


def are_joined(pixels: Pixels, first: Corners, second: Corners) -> bool:
    """True when a piece of ink reaches from inside one box to inside the other.

    Args:
        pixels: uint8 RGB of shape (height, width, 3).
        first: Corners of a box on the page in pixels, clockwise from the top left.
        second: Corners of the other one.
    """
    points = np.array([*first, *second], np.float32)
    side = float(np.ptp(np.array(first)[:, 0]))
    height, width = pixels.shape[:2]
    low = np.clip(np.floor(points.min(axis=0) - side).astype(int), 0, [width - 1, height - 1])
    high = np.clip(np.ceil(points.max(axis=0) + side).astype(int), low + 1, [width, height])
    grey = pixels[low[1] : high[1], low[0] : high[0]].min(axis=2)
    # The paper's brightness varies over two rows of a form less than ink differs from it.
    paper = float(np.quantile(grey, 0.8))
    ink = (grey < _INK_SHARE * paper).astype(np.uint8)
    pieces = np.asarray(cv2.connectedComponents(ink, connectivity=8)[1], np.int32)
    inside = [_pieces_inside(pieces, np.array(corners, np.float32) - low) for corners in (first, second)]
    return bool(inside[0] & inside[1])


def _pieces_inside(pieces: NDArray[np.int32], corners: NDArray[np.float32]) -> set[int]:
    middle = corners.mean(axis=0)
    inner = np.round(middle + (corners - middle) * (1 - 2 * _INSET)).astype(np.int32)
    mask = np.zeros(pieces.shape, np.uint8)
    cv2.fillConvexPoly(mask, inner, 1)
    return set(np.unique(pieces[mask > 0]).tolist()) - {0}
