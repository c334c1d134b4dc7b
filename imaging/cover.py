"""What hides print: burnt-out light, a finger, the picture's border. Pixels and places in, shares out."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.geometry import Quad
from imaging.glare import BURNT_LEVEL, MOST_FAR_LEVEL
from imaging.model import Pixels

# Print is looked at with this much of the page before and behind it, in heights of its line: what is hidden is not in
# the detected box, it begins where the box ends.
REACH = 0.7
# The paper around a line is looked at this far above and below it, in heights of the line.
_PAPER_ROOM = 1.0
# A place is brought to this height, so that shares mean the same on every picture.
_HEIGHT_PX = 24
# Wider lines than this are squeezed: shares need no more.
_MOST_WIDTH_PX = 1600
# Skin under lamps and daylight in YCrCb: light to dark tones have Cr 156-162; wood and brown card begin at 143.
_SKIN_CR, _SKIN_CB = (150, 178), (84, 120)
# Skin is no print: a finger or thumb fills this share of the line's height wherever it covers it.
_SOLID_SHARE = 0.85


def burnt_share(pixels: Pixels, quad: Quad) -> float:
    """Share of a line's place that is burnt out to white although the paper around it is darker, 0..1.

    On a page that is white all over nothing can be told, and 0 is returned.

    Args:
        pixels: uint8 RGB of shape (height, width, 3).
        quad: Place of the line.
    """
    strip = _strip(pixels, quad, reach=REACH)
    darkest = strip.min(axis=2)
    around = _strip(pixels, _taller(quad, _PAPER_ROOM), reach=REACH).min(axis=2)
    # The paper is what is light but not burnt out: its level where glare does not lie.
    calm = around[around < BURNT_LEVEL]
    if calm.size < around.size // 10 or float(np.percentile(calm, 75)) > MOST_FAR_LEVEL:
        return 0.0
    return _solid_columns(darkest >= BURNT_LEVEL)


def skin_share(pixels: Pixels, quad: Quad) -> float:
    """Share of a line's place over which a finger lies, 0..1: columns that are the colour of skin all the way down."""
    strip = _strip(pixels, quad, reach=REACH)
    _, red, blue = cv2.split(cv2.cvtColor(strip, cv2.COLOR_RGB2YCrCb))
    skin = (red >= _SKIN_CR[0]) & (red <= _SKIN_CR[1]) & (blue >= _SKIN_CB[0]) & (blue <= _SKIN_CB[1])
    return _solid_columns(skin)


def is_cut(quad: Quad, *, aspect: float) -> bool:
    """True when a line runs into the picture's left or right border: less than a third of its height is left there.

    Args:
        quad: Place of the line.
        aspect: Width of the picture over its height.
    """
    room = (quad.bottom - quad.top) / aspect / 3
    return quad.left < min(room, 0.01) or quad.right > 1.0 - min(room, 0.01)


def _solid_columns(mask: NDArray[np.bool_]) -> float:
    """Share of columns that the mask fills nearly from top to bottom."""
    return float((mask.mean(axis=0) >= _SOLID_SHARE).mean())


def _taller(quad: Quad, room: float) -> Quad:
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = quad.points
    left, right = ((dx - ax) * room, (dy - ay) * room), ((cx - bx) * room, (cy - by) * room)
    return Quad(
        (
            (ax - left[0], ay - left[1]),
            (bx - right[0], by - right[1]),
            (cx + right[0], cy + right[1]),
            (dx + left[0], dy + left[1]),
        )
    )


def _strip(pixels: Pixels, quad: Quad, *, reach: float) -> Pixels:
    """A line's place laid flat, uint8 RGB, with `reach` heights of the page before and behind it."""
    height_px, width_px = pixels.shape[:2]
    a, b, c, d = quad.to_pixels(width_px=width_px, height_px=height_px).astype(np.float64)
    tall = max(1.0, float(np.hypot(*(d - a))), float(np.hypot(*(c - b))))
    along = (b - a) / max(1.0, float(np.hypot(*(b - a))))
    room = along * tall * reach
    corners = np.stack([a - room, b + room, c + room, d - room]).astype(np.float32)
    length = max(1.0, float(np.hypot(*(corners[1] - corners[0]))))
    width = int(min(_MOST_WIDTH_PX, max(4, round(length * _HEIGHT_PX / tall))))
    flat = np.array([[0, 0], [width, 0], [width, _HEIGHT_PX], [0, _HEIGHT_PX]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, flat)
    # Outside of the picture nothing is known: black is neither burnt nor skin.
    cut = cv2.warpPerspective(pixels, matrix, (width, _HEIGHT_PX), flags=cv2.INTER_AREA)
    return np.asarray(cut, np.uint8)
