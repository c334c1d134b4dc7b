"""Tells whether somebody signed in a blank, from pixels alone.

What counts is ink in the blank that is neither a printed line nor a rule nor a seal. Whose name it is, and whether a
hand wrote it or a machine typed it, is not told: a name typed into the blank counts as signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels

# The blank is worked at so many pixels per character of its label: pen strokes are then 1.5 to 3 px wide.
EM_PX = 24
# Darker than the paper by this share in the red channel: pens and print reach 0.5 and more, seals (red) stay below
# 0.15, paper grain and soft shadow below 0.10 once the ground is evened out.
LEAST_DARKNESS = 0.22
# Runs of ink this long, in characters, that are straight along or across the line belong to a rule or a table.
RULE_EM = 1.4
# Specks smaller than this, in square characters, are noise, dots and ends of rules.
SPECK_EM2 = 0.006
# Inked area in square characters. 60 drawn forms: 0.00 on all 16 unsigned ones, 0.75 and more on the 44 signed ones;
# real pens may be thinner and real blanks dirtier, so both limits keep away from these.
ABSENT_MOST, PRESENT_LEAST = 0.07, 0.22
# A signature spreads at least this far, in characters; a single stray stroke does not.
LEAST_WIDTH_EM, LEAST_HEIGHT_EM = 0.8, 0.5

Mask = NDArray[np.bool_]


class SignatureState(StrEnum):
    """What a blank says."""

    PRESENT = "present"
    ABSENT = "absent"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Blank:
    """The place where a signature belongs, in pixels of the page.

    Attributes:
        corners: Top left, top right, bottom right, bottom left, ((x, y), ...).
        em_px: Size of one printed character of the label.
        printed: Quads of printed lines, which do not count as a signature.
    """

    corners: tuple[tuple[float, float], ...]
    em_px: float
    printed: tuple[tuple[tuple[float, float], ...], ...] = ()


@dataclass(frozen=True, slots=True)
class SignatureMark:
    """The judgement on one blank.

    Attributes:
        state: See `SignatureState`.
        confidence: 0..1.
        ink: Inked area in square characters.
        width: Spread of the ink along the line in characters.
        height: Spread across it in characters.
    """

    state: SignatureState
    confidence: float
    ink: float
    width: float
    height: float


def judge_signature(pixels: Pixels, blank: Blank) -> SignatureMark:
    """Says whether a blank was signed.

    Args:
        pixels: uint8 RGB of shape (height, width, 3).
        blank: Where to look.
    """
    patch, matrix = _straightened(pixels, blank)
    ink = _ink(patch)
    for quad in blank.printed:
        ink &= ~_covered(quad, matrix, ink.shape)
    strokes = _without_specks(_without_rules(ink))
    area = float(strokes.sum()) / EM_PX**2
    width, height = _spread(strokes)
    return SignatureMark(*_verdict(area, width, height), area, width, height)


def _verdict(area: float, width: float, height: float) -> tuple[SignatureState, float]:
    if area <= ABSENT_MOST:
        return SignatureState.ABSENT, 0.97 - 3.0 * area
    if area >= PRESENT_LEAST and width >= LEAST_WIDTH_EM and height >= LEAST_HEIGHT_EM:
        return SignatureState.PRESENT, min(0.98, 0.85 + 0.3 * (area - PRESENT_LEAST))
    return SignatureState.UNCERTAIN, 0.5


def _straightened(pixels: Pixels, blank: Blank) -> tuple[Pixels, NDArray[np.float64]]:
    """The blank upright at `EM_PX` per character, and the matrix from page to patch."""
    corners = np.array(blank.corners, np.float32)
    scale = EM_PX / max(blank.em_px, 1.0)
    width = max(EM_PX, round(float(np.hypot(*(corners[1] - corners[0]))) * scale))
    height = max(EM_PX, round(float(np.hypot(*(corners[3] - corners[0]))) * scale))
    target = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    source, moved = _reduced(pixels, corners, scale)
    near = cv2.getPerspectiveTransform(moved, target)
    patch = cv2.warpPerspective(source, near, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    matrix = cv2.getPerspectiveTransform(corners, target)
    return np.asarray(patch, np.uint8), np.asarray(matrix, np.float64)


def _reduced(pixels: Pixels, corners: NDArray[np.float32], scale: float) -> tuple[Pixels, NDArray[np.float32]]:
    """The part of the page that is needed, shrunk by areas first where the page is finer than the patch."""
    height_px, width_px = pixels.shape[:2]
    low = np.clip(np.floor(corners.min(axis=0)).astype(int) - 2, 0, [width_px - 1, height_px - 1])
    high = np.clip(np.ceil(corners.max(axis=0)).astype(int) + 3, low + 1, [width_px, height_px])
    piece = pixels[low[1] : high[1], low[0] : high[0]]
    moved = (corners - low).astype(np.float32)
    if scale >= 0.7:
        return piece, moved
    size = (max(1, round(piece.shape[1] * scale)), max(1, round(piece.shape[0] * scale)))
    factor = np.array([size[0] / piece.shape[1], size[1] / piece.shape[0]], np.float32)
    return np.asarray(cv2.resize(piece, size, interpolation=cv2.INTER_AREA), np.uint8), moved * factor


def _ink(patch: Pixels) -> Mask:
    """Black and blue ink on evened-out ground; red ink is as light as paper in the red channel."""
    red = np.ascontiguousarray(patch[..., 0]).astype(np.float32)
    side = 2 * EM_PX + 1
    ground = cv2.GaussianBlur(
        cv2.morphologyEx(red, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8)), (0, 0), EM_PX / 3
    )
    return np.asarray(1.0 - red / np.maximum(ground, 1.0) >= LEAST_DARKNESS)


def _covered(quad: tuple[tuple[float, float], ...], matrix: NDArray[np.float64], shape: tuple[int, ...]) -> Mask:
    """Where a printed line lies on the patch."""
    corners = cv2.perspectiveTransform(np.array([quad], np.float64), matrix)[0]
    mask = np.zeros(shape[:2], np.uint8)
    bounded = np.clip(corners, -4096, 4096)
    cv2.fillConvexPoly(mask, np.round(bounded).astype(np.int32), 1)
    return mask.astype(bool)


def _without_rules(ink: Mask) -> Mask:
    """Ink without long straight runs; what hangs on a rule loses the rule and a pixel on either side of it."""
    plane = ink.astype(np.uint8)
    length = round(RULE_EM * EM_PX)
    # A rule that is tilted by a degree or two is thick in its row: closing joins its steps.
    along = cv2.morphologyEx(plane, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    across = cv2.morphologyEx(plane, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    rules = cv2.dilate(cv2.max(along, across), np.ones((3, 3), np.uint8))
    return np.asarray(ink & (rules == 0))


def _without_specks(ink: Mask) -> Mask:
    """Pieces of some size that do not merely reach in from the patch's edge."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    kept = np.zeros(count, bool)
    height = ink.shape[0]
    for index in range(1, count):
        top, tall = int(stats[index, cv2.CC_STAT_TOP]), int(stats[index, cv2.CC_STAT_HEIGHT])
        at_edge = (top <= 1 or top + tall >= height - 1) and tall < EM_PX * 0.35
        kept[index] = stats[index, cv2.CC_STAT_AREA] >= SPECK_EM2 * EM_PX**2 and not at_edge
    return np.asarray(kept[labels])


def _spread(ink: Mask) -> tuple[float, float]:
    """Width and height around the ink in characters."""
    rows, columns = np.nonzero(ink)
    if rows.size == 0:
        return 0.0, 0.0
    return float(np.ptp(columns) + 1) / EM_PX, float(np.ptp(rows) + 1) / EM_PX
