"""Tells whether something was written over the rule of a form's blank, where recognition returned nothing.

Works on the red channel, in which the ink of a seal is invisible; pens are blue or black.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.geometry import Quad
from imaging.model import Pixels

# The blank is looked at this high in pixels, whatever its size on the page.
_HEIGHT_PX = 32
# Darker than the paper by this share is ink; shade and paper grain stay below 0.12, thin pens reach 0.3.
_INK = 0.22
# Red above green and blue by this much is seal ink, unless it is this dark in the red channel.
_RED, _PEN_UNDER_SEAL = 25.0, 0.5
# A horizontal run of this many pixels is the rule; strokes of characters are shorter at this height.
_RULE_PX = 40
# A written piece is at least this high, as a share of the blank's height; dots and remains of the rule are lower.
_PIECE_SHARE = 0.22
# Written pieces together: at least as wide as one narrow digit, or nothing at all.
_FILLED_PX, _EMPTY_PX = 10, 2


class BlankState(StrEnum):
    """What a blank holds."""

    EMPTY = "empty"
    FILLED = "filled"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class BlankInk:
    """The judgement on one blank.

    Attributes:
        state: See `BlankState`.
        confidence: 0..1.
        written_em: Width of what is written, in heights of the blank.
    """

    state: BlankState
    confidence: float
    written_em: float


def look_at_blank(pixels: Pixels, place: Quad) -> BlankInk:
    """Looks for ink over the rule.

    Args:
        pixels: uint8 RGB of shape (height, width, 3).
        place: The blank with its rule and the room above it, on the same picture.
    """
    strip = _strip(pixels, place)
    if strip.shape[1] < _HEIGHT_PX // 2:
        return BlankInk(BlankState.UNCERTAIN, 0.3, 0.0)
    written_px = _written(strip)
    share = written_px / _HEIGHT_PX
    if written_px >= _FILLED_PX:
        return BlankInk(BlankState.FILLED, min(0.95, 0.7 + 0.1 * share), share)
    if written_px <= _EMPTY_PX:
        return BlankInk(BlankState.EMPTY, 0.9, share)
    return BlankInk(BlankState.UNCERTAIN, 0.5, share)


def _strip(pixels: Pixels, place: Quad) -> NDArray[np.float32]:
    """The red channel of the blank, straightened; 0 paper to 1 black."""
    height, width = pixels.shape[:2]
    corners = place.clipped().to_pixels(width_px=width, height_px=height)
    tall = max(1.0, float(np.hypot(*(corners[3] - corners[0]))))
    length = float(np.hypot(*(corners[1] - corners[0])))
    size = (max(1, round(length / tall * _HEIGHT_PX)), _HEIGHT_PX)
    target = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    flat = cv2.warpPerspective(pixels, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    flat = flat.astype(np.float32)
    grey = np.ascontiguousarray(flat[..., 0])
    paper = cv2.GaussianBlur(cv2.dilate(grey, np.ones((_HEIGHT_PX, _HEIGHT_PX // 2), np.uint8)), (0, 0), 8)
    ink = np.asarray(1.0 - np.clip(grey / np.maximum(paper, 1.0), 0.0, 1.0), np.float32)
    # A dark seal leaves a trace in the red channel too, but stays red; a pen under it is dark there.
    sealed = (grey - flat[..., 1:].max(axis=2) > _RED) & (ink < _PEN_UNDER_SEAL)
    return np.where(sealed, np.float32(0.0), ink)


def _written(strip: NDArray[np.float32]) -> int:
    """Width in pixels of all pieces high enough to be writing, the rule taken out."""
    ink = (strip > _INK).astype(np.uint8)
    rule = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, min(_RULE_PX, max(3, ink.shape[1] - 1))), np.uint8))
    ink[cv2.dilate(rule, np.ones((3, 1), np.uint8)) > 0] = 0
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    high = [row for row in stats[1:count] if row[cv2.CC_STAT_HEIGHT] >= _PIECE_SHARE * _HEIGHT_PX]
    return int(sum(row[cv2.CC_STAT_WIDTH] for row in high))
