"""Small working copies: outline and quality are looked for on these, never on the full picture."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels

Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]


def shrink(pixels: Pixels, *, long_side_px: int) -> Pixels:
    """A copy whose longer side has at most `long_side_px` pixels; never enlarged.

    Args:
        pixels: uint8 of shape (height, width, 3) or (height, width).
        long_side_px: Upper limit for the longer side.

    Returns:
        A new array, or the same one when it is small enough already.
    """
    height_px, width_px = pixels.shape[:2]
    longest = max(height_px, width_px)
    if longest <= long_side_px:
        return pixels
    # A whole-number reduction by area averaging has a fast path in OpenCV; the small rest is done bilinearly.
    factor = longest // long_side_px
    if factor >= 2:
        size = (max(1, width_px // factor), max(1, height_px // factor))
        pixels = _uint8(cv2.resize(pixels[: size[1] * factor, : size[0] * factor], size, interpolation=cv2.INTER_AREA))
        height_px, width_px = pixels.shape[:2]
        longest = max(height_px, width_px)
    scale = long_side_px / longest
    if scale >= 1:
        return pixels
    size = (max(1, round(width_px * scale)), max(1, round(height_px * scale)))
    # Above two thirds four neighbours lose nothing that area averaging would keep.
    return _uint8(cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR if scale > 0.66 else cv2.INTER_AREA))


def lab_planes(pixels: Pixels) -> Plane:
    """CIELAB as float32 of shape (height, width, 3), about 0..255 a plane, so a step of 1 is about one grey level."""
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2LAB), dtype=np.float32)


def sample(plane: Plane, xs: Plane, ys: Plane) -> Plane:
    """Bilinear values at (xs, ys) in pixels, border replicated; shape of `xs` plus the plane's channels."""
    return np.asarray(
        cv2.remap(
            plane, xs.astype(np.float32), ys.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        ),
        dtype=np.float32,
    )


def _uint8(array: object) -> Pixels:
    return np.asarray(array, dtype=np.uint8)
