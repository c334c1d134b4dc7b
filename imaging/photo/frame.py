"""Similarity transforms between a source picture and an upright frame, and the warp that follows one.

A matrix is float64 of shape (2, 3) and maps source pixels to frame pixels; pixel (0, 0) has its centre at (0, 0).
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels

Matrix = NDArray[np.float64]

# A warp reads four by four source pixels for each output pixel; below this scale it would skip source pixels and
# alias, so the source is shrunk by areas first.
_MIN_WARP_SCALE = 0.8
# Source pixels kept around the needed region, for the interpolation at its rim.
_RIM_PX = 4


def upright_matrix(*, anchor: tuple[float, float], roll_deg: float, scale: float, to: tuple[float, float]) -> Matrix:
    """The transform that takes out a tilt of `roll_deg`, scales, and puts `anchor` (source px) at `to` (frame px)."""
    angle = math.radians(roll_deg)
    cos, sin = math.cos(angle) * scale, math.sin(angle) * scale
    return np.array(
        [
            [cos, sin, to[0] - cos * anchor[0] - sin * anchor[1]],
            [-sin, cos, to[1] + sin * anchor[0] - cos * anchor[1]],
        ],
        np.float64,
    )


def scale_of(matrix: Matrix) -> float:
    """Frame pixels per source pixel."""
    return math.hypot(float(matrix[0, 0]), float(matrix[0, 1]))


def inverse(matrix: Matrix) -> Matrix:
    """The transform back from frame to source."""
    return np.asarray(cv2.invertAffineTransform(matrix), dtype=np.float64)


def apply(matrix: Matrix, points: NDArray[np.floating]) -> NDArray[np.float64]:
    """Maps points of shape (n, 2)."""
    return np.asarray(points.astype(np.float64) @ matrix[:, :2].T + matrix[:, 2], dtype=np.float64)


def chain(first: Matrix, then: Matrix) -> Matrix:
    """One matrix that does `first` and then `then`."""
    bottom = np.array([[0.0, 0.0, 1.0]])
    return np.asarray(then @ np.vstack([first, bottom]), dtype=np.float64)


def resized(matrix: Matrix, factor: float) -> Matrix:
    """The same transform into a frame that has `factor` times as many pixels a side."""
    shift = (factor - 1.0) / 2.0
    return chain(matrix, np.array([[factor, 0.0, shift], [0.0, factor, shift]]))


def warp(pixels: Pixels, matrix: Matrix, *, width_px: int, height_px: int) -> Pixels:
    """Cuts the frame out of the picture; beyond the border the nearest border pixel is repeated.

    Args:
        pixels: uint8 picture, (height, width, 3) or (height, width).
        matrix: Source to frame.
        width_px: Width of the frame.
        height_px: Height of the frame.
    """
    scale = scale_of(matrix)
    if scale < _MIN_WARP_SCALE:
        pixels, matrix = _shrink_region(pixels, matrix, scale, width_px=width_px, height_px=height_px)
    out = cv2.warpAffine(pixels, matrix, (width_px, height_px), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(out, dtype=np.uint8)


def _shrink_region(
    pixels: Pixels, matrix: Matrix, scale: float, *, width_px: int, height_px: int
) -> tuple[Pixels, Matrix]:
    corners = np.array([[0, 0], [width_px, 0], [width_px, height_px], [0, height_px]], np.float64)
    needed = apply(inverse(matrix), corners)
    rim = _RIM_PX / scale
    height, width = pixels.shape[:2]
    left, top = (int(max(0, math.floor(v - rim))) for v in needed.min(axis=0))
    right, bottom = (math.ceil(v + rim) for v in needed.max(axis=0))
    left, top = min(left, width - 1), min(top, height - 1)
    right, bottom = max(left + 1, min(width, right)), max(top + 1, min(height, bottom))
    region = pixels[top:bottom, left:right]
    small_w, small_h = max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale))
    small = cv2.resize(region, (small_w, small_h), interpolation=cv2.INTER_AREA)
    step_x, step_y = (right - left) / small_w, (bottom - top) / small_h
    back = np.array([[step_x, 0.0, left + step_x / 2 - 0.5], [0.0, step_y, top + step_y / 2 - 0.5]], np.float64)
    return np.asarray(small, dtype=np.uint8), chain(back, matrix)


def shrunk_by(pixels: Pixels, divisor: int) -> Pixels:
    """The mean of every block of `divisor` by `divisor` pixels; a rest at the right and lower border is left out."""
    if divisor == 1:
        return pixels
    height, width = (max(1, side // divisor) for side in pixels.shape[:2])
    whole = pixels[: height * divisor, : width * divisor]
    return np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def coverage(
    source_width_px: int, source_height_px: int, matrix: Matrix, *, width_px: int, height_px: int
) -> NDArray[np.bool_]:
    """Which frame pixels lie inside the source picture, shape (height, width)."""
    back = inverse(matrix)
    columns, rows = np.arange(width_px)[None, :], np.arange(height_px)[:, None]
    xs = back[0, 0] * columns + back[0, 1] * rows + back[0, 2]
    ys = back[1, 0] * columns + back[1, 1] * rows + back[1, 2]
    inside = (xs >= -0.5) & (ys >= -0.5) & (xs <= source_width_px - 0.5) & (ys <= source_height_px - 0.5)
    return np.asarray(inside)
