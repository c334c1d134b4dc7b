"""Pages spoilt on purpose, each fault in measured strengths. Pure: the only chance is the generator handed in."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.screen_camera import develop, saved
from imaging.model import Pixels

FloatArray = NDArray[np.float64]
# Screens of a print shop: angle in degrees of the cyan, magenta and yellow dots; black stands at 45.
_SCREEN_ANGLES_DEG = (15.0, 75.0, 0.0)


def defocus(page: Pixels, sigma_px: float) -> Pixels:
    """Out of focus."""
    return np.asarray(cv2.GaussianBlur(page, (0, 0), sigma_px), np.uint8)


def defocus_part(page: Pixels, sigma_px: float, rng: np.random.Generator) -> Pixels:
    """Out of focus towards one side, sharp beyond the middle."""
    height, width = page.shape[:2]
    along = np.linspace(0, 1, height)[:, None] if rng.random() < 0.5 else np.linspace(0, 1, width)[None, :]
    if rng.random() < 0.5:
        along = 1 - along
    # A narrow seam: mixed with a sharp picture, a blurred one keeps its edges.
    share = np.clip((along - 0.5) * 20, 0, 1)[..., None]
    return np.asarray(page * (1 - share) + defocus(page, sigma_px) * share, np.uint8)


def shake(page: Pixels, length_px: float, turn_deg: float) -> Pixels:
    """The camera moved along a line while it was open."""
    side = 2 * int(np.ceil(length_px / 2)) + 3
    kernel, middle, angle = np.zeros((side, side), np.float32), side // 2, np.deg2rad(turn_deg)
    for step in np.linspace(-length_px / 2, length_px / 2, 201):
        x, y = middle + step * np.cos(angle), middle + step * np.sin(angle)
        left, top = int(x), int(y)
        for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
            kernel[top + dy, left + dx] += (1 - abs(x - left - dx)) * (1 - abs(y - top - dy))
    return np.asarray(cv2.filter2D(page, -1, kernel / kernel.sum()), np.uint8)


def dim(page: Pixels, factor: float) -> Pixels:
    """Less light."""
    return np.asarray(page * factor, np.uint8)


def shade(page: Pixels, factor: float, rng: np.random.Generator) -> Pixels:
    """A soft-edged shadow over about half of the picture."""
    ys, xs = _grid(page)
    angle, offset = rng.uniform(0, 2 * np.pi), rng.uniform(-0.1, 0.1)
    dark = 1 / (1 + np.exp(-(xs * np.cos(angle) + ys * np.sin(angle) - offset) / 0.03))
    return np.asarray(page * (1 - (1 - factor) * dark)[..., None], np.uint8)


def glare(page: Pixels, quad: FloatArray, radius: float, rng: np.random.Generator) -> Pixels:
    """A lamp's reflection somewhere on the paper: burnt out in the middle, fading around.

    Args:
        page: uint8 RGB.
        quad: Pixel corners of the paper, shape (4, 2).
        radius: Standard deviation of the spot as a share of the picture's longer side.
        rng: For the place.

    Returns:
        uint8 RGB.
    """
    weights = rng.uniform(0.3, 1, 4)
    x, y = (quad * (weights / weights.sum())[:, None]).sum(axis=0)
    ys, xs = np.mgrid[: page.shape[0], : page.shape[1]]
    spread = radius * max(page.shape[:2])
    veil = np.clip(1.8 * np.exp(-((xs - x) ** 2 + (ys - y) ** 2) / (2 * spread**2)), 0, 1)[..., None]
    return np.asarray(page * (1 - veil) + 255 * veil, np.uint8)


def grey_copy(page: Pixels, *, lamp: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> Pixels:
    """A grey copy, or a colour photograph of one under a lamp."""
    grey = cv2.cvtColor(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return np.asarray(np.clip(grey * np.array(lamp), 0, 255), np.uint8)


def two_level_copy(page: Pixels) -> Pixels:
    """A facsimile: every pixel black or white, against its surroundings."""
    grey = cv2.cvtColor(page, cv2.COLOR_RGB2GRAY)
    side = max(page.shape[:2]) // 40 * 2 + 1
    black = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, side, 18)
    return saved(np.asarray(cv2.cvtColor(black, cv2.COLOR_GRAY2RGB), np.uint8), quality=80)


def shrunk(page: Pixels, long_side_px: int) -> Pixels:
    """Shrunk by somebody who feared for the bytes."""
    scale = long_side_px / max(page.shape[:2])
    return np.asarray(cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def cut_side(page: Pixels, quad: FloatArray, share: float, rng: np.random.Generator) -> Pixels:
    """The picture ends before the paper does, by a share of the paper's extent."""
    (left, top), (right, bottom) = quad.min(axis=0), quad.max(axis=0)
    x, y = share * (right - left), share * (bottom - top)
    pieces = (
        page[:, : int(right - x)],
        page[:, int(left + x) :],
        page[: int(bottom - y)],
        page[int(top + y) :],
    )
    return np.ascontiguousarray(pieces[int(rng.integers(4))])


def printed_in_dots(page: Pixels, period_px: float, *, seed: int) -> Pixels:
    """The page printed in dots of three inks and photographed through a colour filter array: no screen.

    Args:
        page: uint8 RGB.
        period_px: Pixels of the picture from one dot to the next.
        seed: For the noise.

    Returns:
        uint8 RGB.
    """
    ys, xs = np.mgrid[: page.shape[0], : page.shape[1]].astype(np.float32)
    inks = 1 - np.asarray(page, np.float32) / 255
    lit = np.empty(page.shape, np.float32)
    for channel, angle_deg in enumerate(_SCREEN_ANGLES_DEG):
        angle = np.deg2rad(angle_deg)
        u = (xs * np.cos(angle) + ys * np.sin(angle)) * 2 * np.pi / period_px
        v = (ys * np.cos(angle) - xs * np.sin(angle)) * 2 * np.pi / period_px
        threshold = 0.5 + 0.25 * (np.cos(u) + np.cos(v))
        lit[..., channel] = 235 - 200 / (1 + np.exp(-(inks[..., channel] - threshold * 0.9 - 0.05) * 12))
    return develop(np.asarray(cv2.GaussianBlur(lit, (0, 0), 0.6), np.float32), noise=2.0, quality=88, seed=seed)


def _grid(page: Pixels) -> tuple[FloatArray, FloatArray]:
    """Rows and columns as shares of the picture, 0 in its middle."""
    height, width = page.shape[:2]
    return np.linspace(-0.5, 0.5, height)[:, None], np.linspace(-0.5, 0.5, width)[None, :]
