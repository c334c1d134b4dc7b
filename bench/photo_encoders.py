"""Two common ways to bring a photo under a byte limit, and how much of a picture an encoding keeps."""

from __future__ import annotations

import io
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage.metrics import structural_similarity

Pixels = NDArray[np.uint8]


def bisected(pixels: Pixels, max_bytes: int) -> bytes:
    """Pillow's standard tables, optimised, at the best quality that fits, found by bisection."""
    image, best, low, high = Image.fromarray(pixels), b"", 1, 100
    while low <= high:
        quality = (low + high) // 2
        data = _saved(image, quality, optimize=True)
        if len(data) <= max_bytes:
            best, low = data, quality + 1
        else:
            high = quality - 1
    return best


def stepped(pixels: Pixels, max_bytes: int) -> bytes:
    """From quality 95 down in steps of 5 until it fits: the usual loop of web tools."""
    image = Image.fromarray(pixels)
    for quality in range(95, 4, -5):
        data = _saved(image, quality, optimize=False)
        if len(data) <= max_bytes:
            return data
    return b""


ENCODERS: dict[str, Callable[[Pixels, int], bytes]] = {"standard tables": bisected, "step-5 loop": stepped}


def _saved(image: Image.Image, quality: int, *, optimize: bool) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality, optimize=optimize)
    return file.getvalue()


def decoded(data: bytes) -> Pixels:
    """The pixels of a JPEG as any viewer shows them."""
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=np.uint8)


def likeness(original: Pixels, kept: Pixels) -> tuple[float, float]:
    """Structural similarity of the luma (scikit-image, its defaults) and peak signal-to-noise ratio of RGB in dB."""
    luma = (cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in (original, kept))
    similarity = float(structural_similarity(*luma, data_range=255))
    error = float(((original.astype(np.float64) - kept) ** 2).mean())
    # Two equal pictures have no noise at all; 99 dB stands for that.
    return similarity, 99.0 if error == 0 else float(10 * np.log10(255**2 / error))
