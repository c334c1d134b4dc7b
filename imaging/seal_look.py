"""What a seal looks like apart from its text: what stands in its middle, and how much print lies under it."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.seal_band import sampled
from imaging.seal_crop import SealCrop

# Directions in which the middle is sampled, and the radii (in half axes) between which it is looked at: a star of
# 14 mm on 42 mm reaches to 0.33 (domain.md 3.7), its notches to 0.13; emblems reach to 0.45.
DIRECTIONS = 180
CORE = (0.02, 0.10)
POINTS = (0.15, 0.30)
WHOLE = (0.02, 0.38)
# A star's core is solid and its five points make the ring around it come and go five times (own stars 0.36-0.72 with a
# core of 0.67-1.0; emblems 0.20-0.35 with 0.29-0.41).
CORE_MIN = 0.58
FIVEFOLD_MIN = 0.30
# Inked share of the middle: emblems 0.29-0.5, an empty middle below 0.06, straight words in it 0.1-0.25.
EMPTY_MAX = 0.07
EMBLEM_MIN = 0.20
# An emblem has ink all around its rim, words in the middle only to the left and right. Shares of directions;
# between the two it stays open.
RIM = (0.24, 0.36)
RIM_MIN, RIM_WORDS_MAX = 0.62, 0.52
# With this much of the middle under print, or at this diameter on the page, nothing is said.
PRINTED_MAX = 0.45
SMALLEST_PX = 90.0
# Print covers the page between its strokes too: half a character of 4 mm against a seal of 40 mm.
PRINT_REACH = 0.07


def middle_of(crop: SealCrop) -> str:
    """What stands in the middle: `star`, `emblem`, `none`, or `unknown` when it cannot be told."""
    if crop.ellipse.diameter_px / max(1e-6, crop.zoom) < SMALLEST_PX:
        return "unknown"
    ink, weight = _polar(crop, WHOLE)
    if 1 - float(weight.mean()) > PRINTED_MAX:
        return "unknown"
    whole, core = _mean(ink, weight), _mean(*_polar(crop, CORE))
    if whole < EMPTY_MAX:
        return "none"
    if core >= CORE_MIN:
        return "star" if _fivefold(crop) >= FIVEFOLD_MIN else "unknown"
    rim = _rim_share(crop)
    if rim >= RIM_MIN and whole >= EMBLEM_MIN:
        return "emblem"
    return "none" if rim <= RIM_WORDS_MAX else "unknown"


def _rim_share(crop: SealCrop) -> float:
    """Share of directions in which there is ink at the distance of an emblem's rim."""
    ink, weight = _polar(crop, RIM)
    seen = weight.mean(axis=1) > 0.5
    return float((ink[seen].max(axis=1) > 0.4).mean()) if seen.any() else 0.0


def print_share(crop: SealCrop) -> float:
    """Share of the seal's disc under which lines of print run, 0..1."""
    reach = 2 * round(PRINT_REACH * crop.ellipse.minor_px) + 1
    covered = cv2.dilate(crop.printed, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    radii = np.sqrt(np.linspace(0.01, 0.98, 24))
    turns = np.arange(DIRECTIONS) / DIRECTIONS
    return float(sampled(np.asarray(covered, np.float32), crop.ellipse, turns, radii).mean())


def _polar(crop: SealCrop, radii: tuple[float, float]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Ink (1 = full) and trust (0 where print hides it) of the area between two radii: (directions, radii)."""
    steps = np.sqrt(np.linspace(radii[0] ** 2, radii[1] ** 2, 16))
    turns = np.arange(DIRECTIONS) / DIRECTIONS
    ink = np.clip(sampled(crop.ink, crop.ellipse, turns, steps) / crop.full_ink, 0.0, 1.0)
    printed = sampled(crop.printed, crop.ellipse, turns, steps)
    return ink.astype(np.float32), (printed < 0.2).astype(np.float32)


def _mean(ink: NDArray[np.float32], weight: NDArray[np.float32]) -> float:
    total = float(weight.sum())
    return float((ink * weight).sum()) / total if total > 0 else 0.0


def _fivefold(crop: SealCrop) -> float:
    """How strongly the ink around the core comes and goes five times on one turn, 0..1."""
    ink, weight = _polar(crop, POINTS)
    angles = 2 * math.pi * np.arange(DIRECTIONS)[:, None] / DIRECTIONS
    total = float((ink * weight).sum())
    if total <= 0:
        return 0.0
    return float(abs((ink * weight * np.exp(-5j * angles)).sum())) / total
