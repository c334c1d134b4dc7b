"""Separates coloured ink from paper, print and light."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels

Plane = NDArray[np.float32]
Mask = NDArray[np.uint8]


def ink_plane(pixels: Pixels, colour: str = "red") -> Plane:
    """How strongly each pixel is coloured, after taking the paper's own tint and shade away.

    Args:
        pixels: uint8 RGB of shape (height, width, 3).
        colour: `red` or `blue`.

    Returns:
        float32 (height, width): 0 for grey, about 0.7 for fresh seal ink, negative for other colours.
    """
    paper = paper_plane(pixels)
    even = np.minimum(pixels / np.maximum(paper, 1.0), 1.3).astype(np.float32)
    wanted, others = (0, (1, 2)) if colour == "red" else (2, (0, 1))
    # Red ink on brownish photos leans to orange: green is what it really takes away, blue only helps.
    return np.asarray(even[..., wanted] - np.maximum(even[..., others[0]], even[..., others[1]]), np.float32)


def paper_plane(pixels: Pixels) -> Plane:
    """Local brightness of the paper, a channel each: float32 (height, width, 3), 1..255.

    The bright end of blocks, smoothed; a seal, a portrait or a table covers a block only in part.
    """
    height, width = pixels.shape[:2]
    cell = max(2, max(height, width) // 48)
    small = cv2.resize(pixels, (max(1, width // cell * 4), max(1, height // cell * 4)), interpolation=cv2.INTER_AREA)
    bright = cv2.dilate(small, np.ones((9, 9), np.uint8))
    smooth = cv2.blur(bright, (13, 13))
    return cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32)
