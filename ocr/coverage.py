"""Says of every value whether all of it can be seen, or something lies over it: light, a finger, a seal, the border."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from imaging.cover import burnt_share, is_cut, skin_share
from imaging.ellipse import relative_radius
from imaging.geometry import Quad
from imaging.model import Pixels
from imaging.seal import SealSpot
from ocr.model import TOLD_BY_PIXELS, Coverage, Field

# Share of a value's place that is hidden from which it counts as covered: half a character of a name of four. Of 640
# values on 91 ordinary papers (scan, good phone, hard phone, legacy) light reaches 0.00 and skin 0.06.
LEAST_HIDDEN = 0.1
# A seal is seen through: it covers a value when it lies over this share of it and the recogniser had doubts there.
LEAST_SEALED = 0.1
DOUBTED = 0.9
# A covered value is never sure: what is hidden may read on.
MOST_CONFIDENCE = 0.85
# Places along and across a value at which it is asked whether a seal lies there.
_ALONG, _ACROSS = 48, 5


def mark_covered(fields: Mapping[str, Field], pixels: Pixels, seals: Sequence[SealSpot]) -> dict[str, Field]:
    """The fields with their coverage.

    Args:
        fields: As read.
        pixels: uint8 RGB rendition.
        seals: Seals on it.
    """
    height_px, width_px = pixels.shape[:2]
    aspect = width_px / height_px
    found = dict(fields)
    for name, field in fields.items():
        if field.box is None or name in TOLD_BY_PIXELS:
            continue
        box = field.box
        hidden = (
            is_cut(box, aspect=aspect)
            or max(burnt_share(pixels, box), skin_share(pixels, box)) >= LEAST_HIDDEN
            or (field.confidence < DOUBTED and _sealed_share(box, seals, width_px, height_px) >= LEAST_SEALED)
        )
        if hidden:
            confidence = min(field.confidence, MOST_CONFIDENCE)
            found[name] = replace(field, coverage=Coverage.COVERED, confidence=confidence)
    return found


def _sealed_share(box: Quad, seals: Sequence[SealSpot], width_px: int, height_px: int) -> float:
    """Share of a value's place that lies inside the rim of a seal."""
    a, b, c, d = box.to_pixels(width_px=width_px, height_px=height_px).astype(np.float64)
    along, across = np.meshgrid(np.linspace(0, 1, _ALONG), np.linspace(0, 1, _ACROSS))
    top, bottom = a + along[..., None] * (b - a), d + along[..., None] * (c - d)
    places = (top + across[..., None] * (bottom - top)).reshape(-1, 2)
    inside = [relative_radius(seal.ellipse, places) <= 1.0 for seal in seals]
    return float(np.any(inside, axis=0).mean()) if inside else 0.0
