"""Tells the photograph of a screen from the photograph of a paper.

A screen's red, green and blue lie side by side, so wherever a camera resolves them, or forms moiré with them, the
three channels carry one pattern a third of a period apart. Ink on paper darkens all channels at the same place: their
patterns are in step. The measure is the part of the periodic energy that is a third of a period apart; an even shift
between the channels (a lens's colour fringes, a scanner's three rows) cancels in it to the third order. Grey pictures
and screens out of focus carry no such trace: no finding is no proof of paper.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels

# Side of a tile. Stripes are photographed at 0.5 to 7 pixels a period, moiré at up to 40; 128 px hold three of those.
TILE_PX = 128
# Tiles at full resolution, and on a copy of half the size, where the moiré of fine stripes is the longer wave left.
TILES, HALF_TILES = 8, 4
# Periods longer than this many pixels are light and colour of the page.
LONGEST_PERIOD_PX = 42.0
# Tiles darker than this show no stripes: black on a screen emits nothing.
LEAST_LEVEL = 50.0
# Share of the lightest-textured tiles that the sample is drawn from: paper rather than print.
CALM_SHARE = 0.6
# A pattern must stand this high above the other energy of its wavelength. On 274 ordinary pages (scan, good phone, hard
# phone, legacy; 24 tiles each) one tile in a hundred pages does, along with the share below.
LEAST_PEAK = 10.0
# Share of the pattern's energy that is out of step. Three stripes give 0.87, after the camera's colour filter and the
# file's halved chroma 0.15 and more; print gives 0.13 at most.
LEAST_OUT_OF_STEP = 0.12
# Wavelengths are compared in rings of this many frequency steps.
_RING = 4
# What is even over this many pixels is light on the page.
_LOCAL_PX = 41

FloatArray = NDArray[np.float32]


def screen_share(pixels: Pixels, *, area: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)) -> float:
    """Share of sampled tiles with the stripes of a screen.

    Args:
        pixels: uint8 RGB of shape (height, width, 3) at full resolution, best as uploaded: warping blurs stripes.
        area: Left, top, right and bottom of the page in fractions.

    Returns:
        0..1; 0 for pictures smaller than a tile.
    """
    height_px, width_px = pixels.shape[:2]
    left, right = (int(np.clip(v, 0, 1) * width_px) for v in area[::2])
    top, bottom = (int(np.clip(v, 0, 1) * height_px) for v in area[1::2])
    page = pixels[top:bottom, left:right]
    tiles = [*_calm_tiles(page, TILES, step=1), *_calm_tiles(page, HALF_TILES, step=2)]
    if not tiles:
        return 0.0
    return float(np.mean([_is_striped(tile) for tile in tiles]))


def _calm_tiles(page: Pixels, count: int, *, step: int) -> list[Pixels]:
    """Tiles of even paper spread over the page, reduced by `step` by averaging."""
    side = TILE_PX * step
    rows, columns = page.shape[0] // side, page.shape[1] // side
    if rows * columns == 0:
        return []
    # Every fourth pixel tells print from paper well enough.
    green = page[: rows * side : 4, : columns * side : 4, 1].reshape(rows, side // 4, columns, side // 4)
    level, spread = green.mean(axis=(1, 3)).ravel(), green.std(axis=(1, 3)).ravel()
    light = np.flatnonzero(level >= LEAST_LEVEL)
    calm = light[np.argsort(spread[light], kind="stable")][: max(1, round(CALM_SHARE * light.size))]
    picked = calm[np.unique(np.linspace(0, max(0, calm.size - 1), min(count, calm.size)).astype(np.intp))]
    corners = [(int(k // columns) * side, int(k % columns) * side) for k in picked]
    cut = [page[y : y + side, x : x + side] for y, x in corners]
    if step == 1:
        return cut
    return [np.asarray(cv2.resize(c, (TILE_PX, TILE_PX), interpolation=cv2.INTER_AREA), np.uint8) for c in cut]


def _is_striped(tile: Pixels) -> bool:
    planes = tile.astype(np.float32)
    planes -= cv2.blur(planes, (_LOCAL_PX, _LOCAL_PX))
    planes *= _WINDOW
    real, imaginary = zip(*(_spectrum(planes[..., k]) for k in range(3)), strict=True)
    energy = _smooth(sum(cv2.multiply(part, part) for part in (*real, *imaginary)))
    # The imaginary part of a product with a conjugate is what two channels have a quarter of a period apart.
    turned = [imaginary[k] * real[(k + 1) % 3] - real[k] * imaginary[(k + 1) % 3] for k in range(3)]
    apart = np.abs(_smooth(turned[0] + turned[1] + turned[2]))
    apart[~_ASKED] = 0
    peak = np.unravel_index(int(np.argmax(apart)), apart.shape)
    usual = float(np.median(energy[_ASKED & (_RINGS[peak] == _RINGS)]))
    return bool(apart[peak] >= LEAST_PEAK * max(usual, 1.0) and apart[peak] >= LEAST_OUT_OF_STEP * energy[peak])


def _spectrum(plane: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Real and imaginary part of the half of the spectrum that a real plane has."""
    found = cv2.dft(np.ascontiguousarray(plane), flags=cv2.DFT_COMPLEX_OUTPUT)[:, : TILE_PX // 2 + 1]
    return np.ascontiguousarray(found[..., 0]), np.ascontiguousarray(found[..., 1])


def _smooth(plane: NDArray[np.floating]) -> FloatArray:
    return np.asarray(cv2.blur(plane.astype(np.float32), (3, 3)), np.float32)


_WINDOW = np.outer(np.hanning(TILE_PX), np.hanning(TILE_PX)).astype(np.float32)[..., None]
_FREQUENCY = np.hypot(np.fft.rfftfreq(TILE_PX)[None, :], np.fft.fftfreq(TILE_PX)[:, None])
# Above half a cycle a pixel lie only the corners of the spectrum, where the file's blocks are.
_ASKED = (_FREQUENCY >= 1 / LONGEST_PERIOD_PX) & (_FREQUENCY < 0.5)
_RINGS = (_FREQUENCY * TILE_PX / _RING).astype(np.intp)
