"""What others do to get a page under its limit, and how near each result is to the page."""

from __future__ import annotations

import io
import math
import time
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imaging.model import Pixels

# A pixel is of seal ink when red exceeds both others by so many levels; skin and wood stay below.
_REDDER = 70
# Fewer pixels are no seal.
_LEAST_SEAL_PX = 400


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A JPEG under the limit.

    Attributes:
        data: The file; empty when the way led nowhere.
        encodes: Encodes it took.
        seconds: Processor time from pixels to file; clock time for ours, which runs in another process.
    """

    data: bytes
    encodes: int
    seconds: float

    @property
    def pixels(self) -> Pixels:
        """Decoded, uint8 RGB."""
        with Image.open(io.BytesIO(self.data)) as image:
            return np.asarray(image.convert("RGB"))


def standard_bisection(image: Image.Image, size: tuple[int, int], max_bytes: int) -> Written:
    """Standard tables at this width and height, quality found by bisection: what a careful programmer does."""
    started, best, count = time.process_time(), b"", 0
    image = image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
    low, high = 1, 95
    while low <= high:
        quality = (low + high) // 2
        data = _written(image, quality)
        count += 1
        if len(data) <= max_bytes:
            best, low = data, quality + 1
        else:
            high = quality - 1
    return Written(best, count, time.process_time() - started)


def quality_steps(image: Image.Image, max_bytes: int) -> Written:
    """Quality down in steps of five at full size: what most upload pages do."""
    started = time.process_time()
    for count, quality in enumerate(range(95, 0, -5), start=1):
        data = _written(image, quality)
        if len(data) <= max_bytes:
            return Written(data, count, time.process_time() - started)
    return Written(b"", count, time.process_time() - started)


def _written(image: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality, optimize=True)
    return file.getvalue()


def fitted(pixels: Pixels, width_px: int, height_px: int) -> Pixels:
    """The picture at another size."""
    image = Image.fromarray(pixels)
    if image.size == (width_px, height_px):
        return pixels
    return np.asarray(image.resize((width_px, height_px), Image.Resampling.LANCZOS))


def psnr(first: Pixels, second: Pixels) -> float:
    """Peak signal to noise, dB over RGB."""
    error = float(np.mean((first.astype(np.float32) - second.astype(np.float32)) ** 2))
    return 10 * math.log10(255**2 / max(error, 1e-6))


def ssim(first: Pixels, second: Pixels) -> float:
    """Structural similarity of luma (Wang 2004: Gaussian of 1.5 px, constants 0.01 and 0.03)."""
    a, b = (cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32) for pixels in (first, second))
    mean_a, mean_b = _soft(a), _soft(b)
    variance_a, variance_b = _soft(a * a) - mean_a**2, _soft(b * b) - mean_b**2
    both = _soft(a * b) - mean_a * mean_b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    above = (2 * mean_a * mean_b + c1) * (2 * both + c2)
    return float(np.mean(above / ((mean_a**2 + mean_b**2 + c1) * (variance_a + variance_b + c2))))


def _soft(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(plane, (11, 11), 1.5), np.float32)


@dataclass(frozen=True, slots=True)
class SealColour:
    """What compression did to the colour of seal ink.

    Attributes:
        hue_shift_deg: Between the mean colours, in CIELAB.
        chroma_kept: Mean chroma after, as a share of that before.
    """

    hue_shift_deg: float
    chroma_kept: float


def seal_colour(before: Pixels, after: Pixels) -> SealColour | None:
    """The seal ink of a page in both pictures (of one size); None when there is no seal."""
    red, green, blue = (before[..., channel].astype(np.int16) for channel in range(3))
    ink = (red - green > _REDDER) & (red - blue > _REDDER)
    if int(ink.sum()) < _LEAST_SEAL_PX:
        return None
    (a0, b0), (a1, b1) = (_mean_colour(pixels[ink]) for pixels in (before, after))
    turned = math.degrees(math.atan2(b1, a1) - math.atan2(b0, a0))
    return SealColour(abs((turned + 180) % 360 - 180), math.hypot(a1, b1) / math.hypot(a0, b0))


def _mean_colour(colours: NDArray[np.uint8]) -> tuple[float, float]:
    lab = cv2.cvtColor((colours[None].astype(np.float32) / 255), cv2.COLOR_RGB2LAB)[0]
    return float(lab[:, 1].mean()), float(lab[:, 2].mean())
