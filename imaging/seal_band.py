"""Where the circular text of a seal is, and the pixels along it. Recipe: ocr.md section 3.2."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.ellipse import Ellipse
from imaging.seal import OVAL_FROM
from imaging.seal_crop import SealCrop
from imaging.seal_ink import Plane

# Angular samples of the profiles: half a degree.
PROFILE_BINS = 720
# Radii between which name characters are looked for, in half axes (seals drawn by rule: ocr.md 3.2 uses 0.60-0.93).
BAND_RADII = (0.50, 0.97)
FALLBACK_BAND = (0.62, 0.92)
# Ink, in units of the profile's own peak, below which a radius or a direction counts as blank.
BLANK_SHARE = 0.18


@dataclass(frozen=True, slots=True)
class Band:
    """Where the circular text is.

    Attributes:
        inner: Inner edge of the characters, in half axes of the ring.
        outer: Outer edge of the characters.
        start: Where the text begins, in turns (0..1) clockwise from the top of the image.
        length: How far it goes, in turns.
        gap_ratio: Widest blank over the second widest; near 1 means that the start is a guess.
    """

    inner: float
    outer: float
    start: float
    length: float
    gap_ratio: float


def find_bands(crop: SealCrop) -> tuple[Band, ...]:
    """Finds the ring of characters and where along it the text starts and ends.

    Returns:
        One to three bands that differ in the blank they take for the end of the text, the widest blank first.
    """
    inner, outer = _radial_band(crop, np.arange(PROFILE_BINS) / PROFILE_BINS)
    # Digits of a number arc fill only the outer part of the band, so the direction profile looks at the inner part.
    radii = np.linspace(inner + 0.02, inner + 0.55 * (outer - inner), 12)
    sheet = sampled(crop.ink, crop.ellipse, np.arange(PROFILE_BINS) / PROFILE_BINS, radii)
    gaps = _blanks(sheet)
    if not gaps:
        return (Band(inner, outer, 0.0, 1.0, 1.0),)
    second = gaps[1][1] if len(gaps) > 1 else 1
    return tuple(
        Band(inner, outer, ((begin + length) % PROFILE_BINS) / PROFILE_BINS, 1 - length / PROFILE_BINS,
             (length / second) if rank == 0 else 1.0)
        for rank, (begin, length) in enumerate(gaps[:3])
    )  # fmt: skip


def remeasured(crop: SealCrop, band: Band) -> Band:
    """The same piece of the circle with its edges measured along it alone.

    Straight words in the middle and a number below blur the edges that are measured all around.
    """
    turns = band.start + band.length * np.arange(PROFILE_BINS) / PROFILE_BINS
    inner, outer = _radial_band(crop, turns)
    return replace(band, inner=inner, outer=outer)


def _radial_band(crop: SealCrop, turns: NDArray[np.float64]) -> tuple[float, float]:
    """Inner and outer edge of the characters, from how much ink each radius carries in these directions."""
    radii = np.linspace(0.30, 1.06, 153)
    sheet = sampled(crop.ink, crop.ellipse, turns, radii)
    shares = np.clip(sheet, 0, None).mean(axis=0)
    shares = np.convolve(shares, np.ones(3) / 3, mode="same")
    moat_area = (radii > 0.80) & (radii < 0.985)
    moat = float(radii[moat_area][int(np.argmin(shares[moat_area]))])
    inside = (radii > BAND_RADII[0]) & (radii < moat)
    peak = float(np.quantile(shares[inside], 0.9)) if inside.any() else 0.0
    floor = float(shares[inside].min()) if inside.any() else 0.0
    blank = floor + (peak - floor) * BLANK_SHARE
    full = inside & (shares > blank)
    if peak <= 0 or full.sum() < 12:
        return FALLBACK_BAND
    inner, outer = _main_run(radii, full)
    if not 0.10 <= outer - inner <= 0.45:
        return FALLBACK_BAND
    return max(BAND_RADII[0] - 0.02, inner), min(BAND_RADII[1], outer)


def _main_run(radii: NDArray[np.float64], full: NDArray[np.bool_]) -> tuple[float, float]:
    """The longest run of inked radii, bridging breaks of one sample."""
    bridged = full | (np.roll(full, 1) & np.roll(full, -1))
    best, begin = (0, 0), None
    for index, on in enumerate([*bridged.tolist(), False]):
        if on and begin is None:
            begin = index
        elif not on and begin is not None:
            if index - begin > best[1] - best[0]:
                best = (begin, index)
            begin = None
    return float(radii[best[0]]), float(radii[best[1] - 1])


def _blanks(sheet: Plane) -> list[tuple[int, int]]:
    """(start, length) in bins of every direction run without ink, the widest first; sheet is (bins, radii)."""
    strength = np.clip(sheet, 0, None).mean(axis=1)
    wrapped = np.convolve(np.concatenate([strength[-4:], strength, strength[:4]]), np.ones(5) / 5, mode="same")[4:-4]
    # A short name covers a fifth of the circle, so the upper tenth is surely text.
    blank = wrapped < float(np.quantile(wrapped, 0.92)) * 0.18
    return sorted(_circular_runs(blank), key=lambda gap: -gap[1])


def _circular_runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """(start, length) of every run of True on a closed circle."""
    if flags.all() or not flags.any():
        return []
    first = int(np.argmin(flags))
    turned = np.roll(flags, -first)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], turned.astype(np.int8), [0]])))
    return [((int(a) + first) % len(flags), int(b - a)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _grid(ellipse: Ellipse, turns: NDArray[np.float64], radii: NDArray[np.float64]) -> NDArray[np.float32]:
    """Pixel of every (direction, radius): float32 (turns, radii, 2). Turn 0 is the top of the image, clockwise."""
    count = 2048
    angles = np.linspace(0, 2 * math.pi, count, endpoint=False)
    rim = ellipse.points(angles)
    top = int(np.argmin(rim[:, 1]))
    if ellipse.axis_ratio < OVAL_FROM:
        places = angles[top] + 2 * math.pi * turns
        spread = np.repeat(places[:, None], len(radii), axis=1).ravel()
        return ellipse.points(spread, np.tile(radii, len(turns))).reshape(len(turns), len(radii), 2).astype(np.float32)
    # Oval by design: equal steps along the circle of the characters, then straight inwards.
    middle = ellipse.minor_px * (1 - float(radii.mean()))
    line = Ellipse(ellipse.x_px, ellipse.y_px, ellipse.major_px - middle, ellipse.minor_px - middle, ellipse.angle_deg)
    path = line.points(angles[top] + np.linspace(0, 2 * math.pi, count + 1))
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    phase = np.interp(turns % 1.0, length / length[-1], np.linspace(0, 2 * math.pi, count + 1)) + angles[top]
    points = line.points(phase)
    ahead = line.points(phase + 1e-3) - points
    outward = np.stack([ahead[:, 1], -ahead[:, 0]], axis=1) / np.maximum(1e-9, np.hypot(*ahead.T))[:, None]
    steps = (radii - radii.mean()) * ellipse.minor_px
    return np.asarray(points[:, None, :] + outward[:, None, :] * steps[None, :, None], np.float32)


def sampled(
    plane: NDArray[np.float32], ellipse: Ellipse, turns: NDArray[np.float64], radii: NDArray[np.float64]
) -> NDArray[np.float32]:
    """The plane at every direction (turns clockwise from the top) and relative radius: (turns, radii)."""
    grid = _grid(ellipse, turns, radii)
    return cv2.remap(
        plane,
        np.ascontiguousarray(grid[..., 0]),
        np.ascontiguousarray(grid[..., 1]),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    ).astype(np.float32)
