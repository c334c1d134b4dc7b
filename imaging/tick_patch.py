"""The straightened surroundings of a label's start, where its tick box must be."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels

Plane = NDArray[np.float32]

# The surroundings of a label's start are worked at this many pixels per character: a box's stroke is then 1.5-3 px,
# enough to tell it from its inside; the search cost grows with the cube of it.
EM_PX = 22
# Window around the label's start in characters: left of it a box, a gap and room for a recognised line that starts
# one character late; right of it for a line whose box was taken for a character.
LEFT_EM, RIGHT_EM = 3.0, 1.3
ABOVE_EM, BELOW_EM = 1.25, 1.25

# Blocks in which the paper's brightness is looked for: wider than a stroke, narrower than a box.
BLOCK_PX = 11
# How much darker or brighter than around the label paper may be on a patch; beyond it lies the ground under the sheet.
PAPER_RANGE = (0.55, 1.35)

# Red channel over paper of the darkest red seal and pen ink (0.72-0.9 on own pages): above it nothing is black.
RED_INK_LEVEL = 0.70


@dataclass(frozen=True, slots=True)
class LabelStart:
    """Where a label begins, in pixels of the page.

    Attributes:
        x_px: Left edge of the label's first character.
        y_px: Middle of the line there.
        em_px: Width of one character.
        along: Unit vector of the reading direction.
        down: Unit vector from the top of the line to its bottom.
    """

    x_px: float
    y_px: float
    em_px: float
    along: tuple[float, float] = (1.0, 0.0)
    down: tuple[float, float] = (0.0, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class LabelPatch:
    """The straightened surroundings of one label's start.

    Attributes:
        dark: float32 (height, width): 0 paper, 1 the darkest ink nearby; any colour of ink counts.
        black: The same from the red channel alone, in which red ink is invisible.
        to_page: float32 (2, 3): patch pixel to page pixel.
    """

    dark: Plane
    black: Plane
    to_page: NDArray[np.float32]

    def __post_init__(self) -> None:
        for name in ("dark", "black", "to_page"):
            copy = np.array(getattr(self, name), dtype=np.float32, order="C", copy=True)
            copy.flags.writeable = False
            object.__setattr__(self, name, copy)


def label_patch(pixels: Pixels, start: LabelStart) -> LabelPatch:
    """Cuts and straightens the surroundings of a label's start.

    Args:
        pixels: uint8 RGB of shape (height, width, 3).
        start: Where the label begins.
    """
    step = start.em_px / EM_PX
    (ax, ay), (dx, dy) = start.along, start.down
    origin_x = start.x_px - LEFT_EM * start.em_px * ax - ABOVE_EM * start.em_px * dx
    origin_y = start.y_px - LEFT_EM * start.em_px * ay - ABOVE_EM * start.em_px * dy
    to_page = np.array([[ax * step, dx * step, origin_x], [ay * step, dy * step, origin_y]], np.float32)
    size = (round((LEFT_EM + RIGHT_EM) * EM_PX), round((ABOVE_EM + BELOW_EM) * EM_PX))
    source, matrix = _reduced(pixels, to_page, size)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    patch = cv2.warpAffine(source, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    even = np.clip(patch / _paper(patch), 0.0, 1.0)
    ink = 1.0 - even.min(axis=2)
    # The label's own print says how dark ink is here; a dark table beside the sheet must not.
    label = ink[round(0.6 * EM_PX) : round(-0.6 * EM_PX), round(LEFT_EM * EM_PX) :]
    full = max(0.20, float(np.quantile(label, 0.93)))
    black = np.clip((RED_INK_LEVEL - even[..., 0]) / (RED_INK_LEVEL * full), 0.0, 1.0)
    return LabelPatch(_lifted(np.clip(ink / full, 0.0, 1.0)), _lifted(black), to_page)


def _paper(patch: Plane) -> Plane:
    """The bare paper's brightness, float32 (height, width, 3): level or sloping, as under the shadow of a hand.

    A plane through the bright end of every block around the label, fitted again without the blocks that lie below it:
    those are full of ink.
    """
    first_row, first_column = round(0.5 * EM_PX), round((LEFT_EM - 1.5) * EM_PX)
    near = patch[first_row : patch.shape[0] - first_row, first_column:]
    level = np.maximum(np.quantile(near.reshape(-1, 3), 0.80, axis=0), 1.0).astype(np.float32)
    rows, columns = near.shape[0] // BLOCK_PX, near.shape[1] // BLOCK_PX
    blocks = near[: rows * BLOCK_PX, : columns * BLOCK_PX].reshape(rows, BLOCK_PX, columns, BLOCK_PX, 3)
    bright = np.quantile((blocks / level).min(axis=4), 0.80, axis=(1, 3)).ravel()
    y, x = (grid.ravel() for grid in np.mgrid[:rows, :columns])
    base = np.stack([np.ones(rows * columns), x, y], axis=1)
    kept = np.ones(rows * columns, bool)
    plane = np.array([1.0, 0.0, 0.0])
    for _ in range(3):
        plane = np.linalg.lstsq(base[kept], bright[kept], rcond=None)[0]
        above = bright >= base @ plane - 0.03
        if above.sum() < base.shape[0] // 3:
            break
        kept = above
    places_y, places_x = np.mgrid[: patch.shape[0], : patch.shape[1]]
    across = (places_x - first_column) / BLOCK_PX - 0.5
    down = (places_y - first_row) / BLOCK_PX - 0.5
    slope = np.clip(plane[0] + plane[1] * across + plane[2] * down, *PAPER_RANGE)
    return np.asarray(slope[..., None] * level, np.float32)


def label_strip(pixels: Pixels, start: LabelStart, length_px: float) -> Plane:
    """The label alone, straightened, one character high.

    Args:
        pixels: uint8 RGB of shape (height, width, 3).
        start: Where the label begins.
        length_px: From there to its end, in pixels of the page.

    Returns:
        float32 (height, width): 0 paper, 1 the darkest ink of the label.
    """
    step = start.em_px / EM_PX
    (ax, ay), (dx, dy) = start.along, start.down
    origin_x, origin_y = start.x_px - 0.5 * start.em_px * dx, start.y_px - 0.5 * start.em_px * dy
    to_page = np.array([[ax * step, dx * step, origin_x], [ay * step, dy * step, origin_y]], np.float32)
    size = (max(EM_PX, round(length_px / step)), EM_PX)
    source, matrix = _reduced(pixels, to_page, size)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    strip = cv2.warpAffine(source, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    paper = np.maximum(np.quantile(strip.reshape(-1, 3), 0.80, axis=0), 1.0).astype(np.float32)
    ink = 1.0 - np.clip(strip / paper, 0.0, 1.0).min(axis=2)
    return _lifted(np.clip(ink / max(0.20, float(np.quantile(ink, 0.93))), 0.0, 1.0))


def _reduced(
    pixels: Pixels, to_page: NDArray[np.float32], patch_size: tuple[int, int]
) -> tuple[Pixels, NDArray[np.float32]]:
    """The part of the page that a patch (width, height) needs, reduced first when it is much finer than the patch."""
    step = float(np.hypot(to_page[0, 0], to_page[1, 0]))
    size = np.array([[0, 0], [patch_size[0], 0], [0, patch_size[1]]], np.float32)
    corners = np.vstack([size, size[1] + size[2]]) @ to_page[:, :2].T + to_page[:, 2]
    height, width = pixels.shape[:2]
    low = np.clip(np.floor(corners.min(axis=0)).astype(int) - 2, 0, [width - 1, height - 1])
    high = np.clip(np.ceil(corners.max(axis=0)).astype(int) + 3, low + 1, [width, height])
    piece = pixels[low[1] : high[1], low[0] : high[0]]
    matrix = to_page.copy()
    matrix[:, 2] -= low
    if step <= 1.5:
        return piece, matrix
    new_size = (max(1, round(piece.shape[1] / step)), max(1, round(piece.shape[0] / step)))
    scale = np.array([new_size[0] / piece.shape[1], new_size[1] / piece.shape[0]], np.float32)
    reduced = np.asarray(cv2.resize(piece, new_size, interpolation=cv2.INTER_AREA), np.uint8)
    return reduced, np.asarray(matrix * scale[:, None], np.float32)


def _lifted(ink: NDArray[np.float64] | Plane) -> Plane:
    """Takes paper grain and soft shade away: what is paler than a twelfth of the darkest ink is paper."""
    return np.clip((ink - 0.08) / 0.92, 0.0, 1.0).astype(np.float32)
