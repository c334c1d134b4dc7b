"""Burnt-out spots on a page, told from what is printed white and from paper that is photographed white."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.geometry import Quad
from imaging.model import Pixels
from imaging.worksize import Mask

# A pixel whose darkest channel reaches this is burnt out: glare is white whatever it lies on.
BURNT_LEVEL = 250
# Rings around a burnt spot, as shares of the long side: glare fades over them, a white panel ends at once, and light
# that falls from a window declines by less than 3 % over the outer one.
NEAR_RING, FAR_RING = (0.004, 0.015), (0.06, 0.08)
# Above this level at the far ring the paper itself is nearly white, and a burnt spot cannot be told from it.
MOST_FAR_LEVEL = 234.0
# Share of the way from the far level up to white that the near ring still has: Gaussian glare 0.5 and more, panels 0.1.
LEAST_FADE = 0.3
# Spots that are looked at; smaller ones stay below any limit.
_SPOTS = 4
_LEAST_SPOT_SHARE = 0.002


def largest_glare(work: Pixels, inside: NDArray[np.uint8]) -> tuple[float, Quad | None]:
    """The largest spot of glare.

    Args:
        work: uint8 RGB working copy of shape (height, width, 3).
        inside: 1 where the page is, of shape (height, width).

    Returns:
        Its share of the page, 0..1, and the rectangle around it in fractions of the picture; 0 and None without one.
    """
    red, green, blue = cv2.split(work)
    darkest = cv2.min(cv2.min(red, green), blue)
    burnt = cv2.bitwise_and((darkest >= BURNT_LEVEL).astype(np.uint8), inside)
    burnt = cv2.morphologyEx(burnt, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    page_area = max(1, int(inside.sum()))
    if int(burnt.sum()) < _LEAST_SPOT_SHARE * page_area:
        return 0.0, None
    level = np.asarray(cv2.morphologyEx(darkest, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)), np.uint8)
    # On a page that is white all over, the blank parts of a bright scan would pass for spots.
    if float(np.median(level[inside > 0])) > MOST_FAR_LEVEL:
        return 0.0, None
    count, labels, stats, _ = cv2.connectedComponentsWithStats(burnt)
    for k in sorted(range(1, count), key=lambda k: -int(stats[k, cv2.CC_STAT_AREA]))[:_SPOTS]:
        area = int(stats[k, cv2.CC_STAT_AREA])
        if area < _LEAST_SPOT_SHARE * page_area:
            break
        if _fades(labels == k, level, inside):
            return area / page_area, _box(stats[k], width_px=work.shape[1], height_px=work.shape[0])
    return 0.0, None


def _fades(spot: Mask, level: Pixels, inside: NDArray[np.uint8]) -> bool:
    distance = cv2.distanceTransform((~spot).astype(np.uint8), cv2.DIST_L2, 3)
    side = max(level.shape)
    near = _median_level(level, (distance > NEAR_RING[0] * side) & (distance <= NEAR_RING[1] * side) & (inside > 0))
    far = _median_level(level, (distance > FAR_RING[0] * side) & (distance <= FAR_RING[1] * side) & (inside > 0))
    if near is None or far is None or far > MOST_FAR_LEVEL:
        return False
    return (near - far) / (255.0 - far) >= LEAST_FADE


def _median_level(level: Pixels, where: Mask) -> float | None:
    values = level[where]
    return float(np.median(values)) if values.size >= 20 else None


def _box(stats: NDArray[np.int32], *, width_px: int, height_px: int) -> Quad:
    left, top = int(stats[cv2.CC_STAT_LEFT]), int(stats[cv2.CC_STAT_TOP])
    right, bottom = left + int(stats[cv2.CC_STAT_WIDTH]), top + int(stats[cv2.CC_STAT_HEIGHT])
    return Quad.from_rect(left / width_px, top / height_px, right / width_px, bottom / height_px)
