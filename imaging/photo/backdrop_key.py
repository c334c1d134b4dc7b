"""Corrects a person mask in front of a plain backdrop, where colour knows better than the network.

The segmenter tends to give up long hair below the ears and the ends of shoulders. In front of an even wall everything
that differs from the wall and hangs on the person is the person.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels
from imaging.photo.channels import channel_max, channel_sum
from imaging.photo.model import Floats

# Surely background: the mask says so and the person is this far away, as a share of the view's side.
_SURE_BELOW = 0.1
_SURE_DISTANCE = 0.03
# So many sure pixels are needed to fit the wall's colour.
_MIN_SURE_PX = 400
# So many of them are used for the fit.
_FITTED_PX = 3000
# Keeps the fit solvable when all sure pixels lie in one row; far below the spread of any real wall (0.01 and more).
_RIDGE = 1e-9
# A wall is plain when nearly all of it lies this close to a colour that only changes evenly across the picture;
# studio lamps bend the brightness by less, streets and rooms miss it by far (six portraits at hand).
_PLAIN_LEVELS = 14.0
_PLAIN_SHARE = 0.9
# From this many levels off the wall's colour a pixel begins to be something else, and is surely so at the second.
_KEY_LEVELS = (16.0, 40.0)
# A shadow is the wall's own colour, this much darker at most; lamps make it this much brighter.
_SHADOW = (0.68, 1.1)
# A part that hangs on the person is at most this share of the view; a bigger one is furniture.
_MAX_PART_SHARE = 0.15
# Hair that the network missed hangs beside the head; what rises above the person by more than this share of the
# view is a shadow, a lamp or a shelf.
_ABOVE_SHARE = 0.03


def complete_mask(pixels: Pixels, mask: Floats, seen: NDArray[np.bool_]) -> Floats:
    """Adds to the mask what hangs on the person in front of a plain backdrop.

    Args:
        pixels: uint8 RGB view of the mask's size, shape (height, width, 3).
        mask: Person mask 0..1, shape (height, width).
        seen: False where the view lies outside the picture; nothing is learnt or added there.

    Returns:
        A mask that is nowhere lower than the given one; the same mask when the backdrop is not plain.
    """
    view = cv2.GaussianBlur(pixels, (0, 0), 1.0).astype(np.float32)
    wall = _fit_wall(view, mask, seen)
    if wall is None:
        return mask
    # Nearest shade of the wall, so that shadows are no difference.
    shade = np.clip(channel_sum(view * wall) / np.maximum(channel_sum(wall * wall), 1.0), *_SHADOW)
    off = channel_max(np.abs(view - shade[..., None] * wall))
    low, high = _KEY_LEVELS
    key = np.clip((off - low) / (high - low), 0.0, 1.0) * seen
    parts = _hanging_parts(key > 0.5, mask > 0.5)
    # The key's soft edge lies just outside its hard part.
    near = cv2.dilate(parts.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return np.asarray(np.maximum(mask, np.where(near, key, 0.0)), dtype=np.float32)


def _fit_wall(view: Floats, mask: Floats, seen: NDArray[np.bool_]) -> Floats | None:
    """Colour of the wall at every pixel, changing evenly in both directions; None when the wall is not plain."""
    height, width = mask.shape
    away = cv2.distanceTransform((mask < _SURE_BELOW).astype(np.uint8), cv2.DIST_L2, 3)
    sure = (away > _SURE_DISTANCE * max(height, width)) & seen
    rows, columns = np.nonzero(sure)
    if len(rows) < _MIN_SURE_PX:
        return None
    # Every so many pixels is enough for a plane, and evenly spread over the wall.
    rows, columns = (places[:: max(1, len(places) // _FITTED_PX)] for places in (rows, columns))
    base = np.stack([np.ones(len(rows)), columns / width, rows / height], axis=1)
    colours = view[rows, columns].astype(np.float64)
    close = np.abs(colours - base @ _fit_plane(base, colours)).max(axis=1) <= 2 * _PLAIN_LEVELS
    # So far from plain that the second fit could not save it.
    if close.mean() < _PLAIN_SHARE / 2:
        return None
    # Once more without what is no wall: a shelf at the rim would tilt the plane.
    fitted = _fit_plane(base[close], colours[close])
    if (np.abs(colours - base @ fitted).max(axis=1) <= _PLAIN_LEVELS).mean() < _PLAIN_SHARE:
        return None
    across, down = np.meshgrid(np.arange(width) / width, np.arange(height) / height)
    return np.asarray(fitted[0] + across[..., None] * fitted[1] + down[..., None] * fitted[2], dtype=np.float32)


def _fit_plane(base: NDArray[np.float64], colours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least squares by the normal equations: three unknowns a colour; a wall seen on one line only gets no slope."""
    square = base.T @ base + np.diag([0.0, _RIDGE, _RIDGE]) * len(base)
    return np.asarray(np.linalg.solve(square, base.T @ colours), dtype=np.float64)


def _hanging_parts(different: NDArray[np.bool_], person: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Connected parts outside the person that touch it and look like hair or clothing by size and place."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats((different & ~person).astype(np.uint8))
    rows = np.flatnonzero(person.any(axis=1))
    highest = (int(rows[0]) if len(rows) else 0) - _ABOVE_SHARE * len(person)
    rim = cv2.dilate(person.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    wanted = np.zeros(len(stats), bool)
    for label in np.unique(labels[rim]):
        small = stats[label, cv2.CC_STAT_AREA] <= _MAX_PART_SHARE * person.size
        wanted[label] = label != 0 and small and stats[label, cv2.CC_STAT_TOP] >= highest
    return np.asarray(wanted[labels])
