"""A camera in front of a screen: the light of every red, green and blue stripe, lens, sensor and file, simulated.

Made from how the devices work (stripes of one third of a screen pixel, a colour filter array, JPEG), so that the
measure against screen photographs is tried on something that it was not derived from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels

Layout = Literal["rgb", "bgr", "rgb_standing", "pentile"]
# Rays a camera pixel and direction; three stripes with gaps at 1.3 camera pixels a screen pixel need four.
_RAYS = 4
# Rows of the picture that are traced at once, to bound memory.
_BAND_PX = 128


@dataclass(frozen=True, slots=True)
class ScreenShot:
    """How a screen was photographed.

    Attributes:
        pitch_px: Camera pixels to one screen pixel.
        roll_deg: Turn of the phone against the screen.
        tilt: How much smaller the far side of the picture is, 0..1.
        defocus_px: Spread (standard deviation) of the lens's blur in camera pixels.
        layout: Order of the stripes.
        noise: Standard deviation of the sensor's noise in levels.
        quality: JPEG quality; chroma is halved as phones do.
        shrink: Factor by which a messenger shrinks the picture before it saves it again.
    """

    pitch_px: float
    roll_deg: float = 2.0
    tilt: float = 0.05
    defocus_px: float = 0.6
    layout: Layout = "rgb"
    noise: float = 2.5
    quality: int = 88
    shrink: float = 1.0


def photograph_screen(page: Pixels, shot: ScreenShot, *, width_px: int, height_px: int, seed: int) -> Pixels:
    """Shows a page on a screen and photographs it from the middle of the page, filling the picture.

    Args:
        page: uint8 RGB; stretched over as many screen pixels as the picture shows.
        shot: How.
        width_px: Width of the sensor's picture.
        height_px: Height of it.
        seed: For the noise.

    Returns:
        uint8 RGB after JPEG.
    """
    columns, rows = round(width_px / shot.pitch_px * 1.15), round(height_px / shot.pitch_px * 1.15)
    shown = np.asarray(cv2.resize(page, (columns, rows), interpolation=cv2.INTER_AREA), np.float32)
    # A screen adds light, so everything up to the sensor is computed in linear light.
    emitted = np.asarray((shown / 255.0) ** 2.2, np.float32)
    sensed = np.empty((height_px, width_px, 3), np.float32)
    to_screen = _geometry(shot, size=(width_px, height_px), shown=(columns, rows))
    for top in range(0, height_px, _BAND_PX):
        bottom = min(height_px, top + _BAND_PX)
        sensed[top:bottom] = _trace(emitted, to_screen, (top, bottom), width_px, shot.layout)
    if shot.defocus_px > 0:
        sensed = np.asarray(cv2.GaussianBlur(sensed, (0, 0), shot.defocus_px), np.float32)
    # Stripes fill a third of the area each; the exposure brings white back to a bright level.
    lit = np.asarray(np.clip(sensed * _gain(shot.layout), 0, 1) ** (1 / 2.2) * 235, np.float32)
    return develop(lit, noise=shot.noise, quality=shot.quality, shrink=shot.shrink, seed=seed)


def _gain(layout: Layout) -> float:
    return 4.6 if layout == "pentile" else 3.6


def _geometry(shot: ScreenShot, *, size: tuple[int, int], shown: tuple[int, int]) -> NDArray[np.float64]:
    """Homography from camera pixels to screen pixels."""
    width, height = size
    angle = np.deg2rad(shot.roll_deg)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    centre = np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, 1]])
    lean = np.array([[1, 0, 0], [0, 1, 0], [shot.tilt / width, 0.4 * shot.tilt / height, 1]])
    scale = np.array([[1 / shot.pitch_px, 0, shown[0] / 2], [0, 1 / shot.pitch_px, shown[1] / 2], [0, 0, 1]])
    return np.asarray(scale @ lean @ turn @ centre)


def _trace(
    emitted: NDArray[np.float32],
    to_screen: NDArray[np.float64],
    rows: tuple[int, int],
    width_px: int,
    layout: Layout,
) -> NDArray[np.float32]:
    """Light that arrives on some rows of the sensor, several rays a pixel."""
    total = np.zeros((rows[1] - rows[0], width_px, 3), np.float32)
    offsets = (np.arange(_RAYS) + 0.5) / _RAYS
    for dy in offsets:
        for dx in offsets:
            x, y = np.meshgrid(np.arange(width_px) + dx, np.arange(*rows) + dy)
            w = to_screen[2, 0] * x + to_screen[2, 1] * y + to_screen[2, 2]
            u = ((to_screen[0, 0] * x + to_screen[0, 1] * y + to_screen[0, 2]) / w).astype(np.float32)
            v = ((to_screen[1, 0] * x + to_screen[1, 1] * y + to_screen[1, 2]) / w).astype(np.float32)
            column = np.clip(u.astype(np.intp), 0, emitted.shape[1] - 1)
            row = np.clip(v.astype(np.intp), 0, emitted.shape[0] - 1)
            total += emitted[row, column] * _stripes(u, v, layout)
    return np.asarray(total / _RAYS**2, np.float32)


def _stripes(u: NDArray[np.float32], v: NDArray[np.float32], layout: Layout) -> NDArray[np.float32]:
    """Which of the three colours shines at a place of the screen, shape (height, width, 3)."""
    if layout == "rgb_standing":
        u, v = v, u
    across, down = np.mod(u, 1), np.mod(v, 1)
    if layout == "pentile":
        # Green in every pixel, red and blue in every second one, taking turns from row to row.
        odd = np.mod(np.floor(u) + np.floor(v), 2) >= 1
        green = (np.abs(across - 0.25) < 0.16) & (np.abs(down - 0.5) < 0.3)
        other = (np.abs(across - 0.75) < 0.2) & (np.abs(down - 0.5) < 0.35)
        return np.stack([other & ~odd, green, other & odd], axis=-1).astype(np.float32)
    open_row = np.abs(down - 0.5) < 0.44
    parts = [open_row & (np.abs(across - (k + 0.5) / 3) < 0.14) for k in range(3)]
    return np.stack(parts[::-1] if layout == "bgr" else parts, axis=-1).astype(np.float32)


def develop(lit: NDArray[np.float32], *, noise: float, quality: int, seed: int, shrink: float = 1.0) -> Pixels:
    """What a phone makes of the light on its sensor: colour filter array, noise, demosaicing, and the file.

    Args:
        lit: float32 of shape (height, width, 3), 0..255.
        noise: Standard deviation of the sensor's noise in levels.
        quality: JPEG quality; chroma is halved.
        seed: For the noise.
        shrink: Factor by which the picture is shrunk before it is saved.

    Returns:
        uint8 RGB after JPEG.
    """
    rng = np.random.default_rng(seed)
    mosaic = lit[..., 1].copy()
    mosaic[0::2, 0::2] = lit[0::2, 0::2, 0]
    mosaic[1::2, 1::2] = lit[1::2, 1::2, 2]
    mosaic += rng.normal(0, noise, mosaic.shape).astype(np.float32)
    raw = np.clip(np.rint(mosaic), 0, 255).astype(np.uint8)
    # OpenCV names the pattern by the second row's second and third pixel: this is RGGB.
    picture = np.asarray(cv2.cvtColor(raw, cv2.COLOR_BayerBG2RGB_EA), np.uint8)
    if shrink < 1:
        picture = np.asarray(cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8)
    return saved(picture, quality=quality)


def saved(picture: Pixels, *, quality: int) -> Pixels:
    """The picture after JPEG with halved chroma."""
    _, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert decoded is not None
    return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)
