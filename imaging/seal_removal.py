"""Takes red seal ink off black print.

Measured (ocr.md 3.3): red channel over the local background, clipped to 0.25-0.78, brings 92 % of stamped lines back,
the plain picture 64 %; painting red pixels white ruins them (34 %).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from imaging.model import Pixels
from imaging.seal import SealSpot, paper_plane

# The seal with some paper around it, as a share of its diameter, so that lines crossing the rim come whole.
_MARGIN = 0.35
# Part of the red channel's range that carries the print (ocr.md 3.3).
_BLACK, _WHITE = 0.25, 0.78


def without_seals(pixels: Pixels, spots: Sequence[SealSpot]) -> Pixels:
    """A copy of the page on which the surroundings of every seal are grey and free of red.

    Args:
        pixels: uint8 RGB page.
        spots: Seals found on these pixels.
    """
    cleaned = np.array(pixels, copy=True)
    height_px, width_px = pixels.shape[:2]
    for spot in spots:
        reach = _MARGIN * spot.diameter_px
        left = max(0, int(spot.box.left * width_px - reach))
        right = min(width_px, int(spot.box.right * width_px + reach) + 1)
        top = max(0, int(spot.box.top * height_px - reach))
        bottom = min(height_px, int(spot.box.bottom * height_px + reach) + 1)
        if right - left < 8 or bottom - top < 8:
            continue
        crop = np.ascontiguousarray(pixels[top:bottom, left:right])
        red = crop[..., 0] / np.maximum(paper_plane(crop)[..., 0], 1.0)
        grey = np.clip((red - _BLACK) / (_WHITE - _BLACK), 0.0, 1.0) * 255.0
        cleaned[top:bottom, left:right] = grey.astype(np.uint8)[..., None]
    return cleaned
