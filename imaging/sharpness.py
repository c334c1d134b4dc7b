"""Blur of the writing on a page, in units that matter for reading: the characters' own height.

The spread of an edge is told from how much a further, known blur flattens it (after Zhuo and Sim, Defocus map
estimation from a single image, 2011); that needs no knowledge of what is written. Both axes are measured, because a
shaken camera blurs only one.
"""

from __future__ import annotations

import cv2
import numpy as np

from imaging.ink import CELL_PX, WRITTEN_SHARE, written_cells
from imaging.model import Pixels
from imaging.worksize import Mask, Plane, shrink

# Tiles measured at full resolution; more do not change the median.
TILES = 12
# The known further blur, in pixels.
FURTHER_PX = 1.5
# The small print of an ID card has this height against the card's long side, and no paper prints its values larger;
# without the cap a headline that survives the blur would pass for the text (measured on drawn cards: 0.024).
MOST_TEXT_SHARE = 0.025
# Steepest share of a tile's pixels that is taken as edges.
STEEPEST_SHARE = 0.04


def blur_of_text(
    pixels: Pixels, work: Pixels, contrast: Plane, *, written: Mask, long_side_px: float
) -> tuple[float | None, float | None]:
    """Blur of the writing.

    Where the working copy shows no writing, ever smaller copies are tried: on a badly blurred page only there the
    lines still stand out, and the spread is then measured there too.

    Args:
        pixels: The full picture, uint8 RGB.
        work: Its working copy.
        contrast: Stroke contrast of the working copy, see `imaging.ink.stroke_contrast`.
        written: Which cells of the working copy carry writing on the page.
        long_side_px: Longer side of the page in the full picture.

    Returns:
        Edge spread as a share of the characters' height, and that height in pixels of the picture; None for both when
        there is too little writing.
    """
    scale = pixels.shape[1] / work.shape[1]
    height = _text_height(contrast, written=written)
    if height is not None:
        spread = _median_spread(pixels, written, cell_px=work.shape[1] / written.shape[1] * scale)
        text_px = height * scale
        shown = min(text_px, MOST_TEXT_SHARE * long_side_px)
        return (None if spread is None else spread / shown), text_px
    for factor in (2, 4):
        small = shrink(work, long_side_px=max(1, max(work.shape[:2]) // factor))
        cells, faint = written_cells(small)
        height = _text_height(faint, written=cells.faint >= WRITTEN_SHARE)
        spread = _median_spread(small, cells.faint >= WRITTEN_SHARE, cell_px=CELL_PX) if height is not None else None
        if height is not None and spread is not None:
            return spread / height, height * scale * factor
    return None, None


def _median_spread(pixels: Pixels, written: Mask, *, cell_px: float) -> float | None:
    spreads = [s for tile in _tiles(pixels, written, cell_px=cell_px) if (s := _spread(tile)) is not None]
    return float(max(np.median(np.array(spreads), axis=0))) if len(spreads) >= 3 else None


def _text_height(contrast: Plane, *, written: Mask) -> float | None:
    """Height of a character in working pixels: the narrower side of connected strokes, weighted by their area."""
    strokes = (contrast >= 0.25).astype(np.uint8)
    allowed = cv2.resize(
        written.astype(np.uint8), (contrast.shape[1], contrast.shape[0]), interpolation=cv2.INTER_NEAREST
    )
    joined = cv2.morphologyEx(cv2.bitwise_and(strokes, allowed), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    width, height, area = (stats[1:, k] for k in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    narrow = np.minimum(width, height)
    # Ruled lines are long and thin, portraits large; neither is a character.
    good = (narrow >= 3) & (narrow <= 60) & (area >= 0.12 * width * height)
    if int(good.sum()) < 8:
        return None
    order = np.argsort(narrow[good], kind="stable")
    weight = np.cumsum(area[good][order])
    return float(narrow[good][order][np.searchsorted(weight, weight[-1] / 2)])


def _tiles(pixels: Pixels, written: Mask, *, cell_px: float) -> list[Plane]:
    """Grey tiles three cells wide around written cells, spread evenly over them."""
    rows, columns = np.nonzero(written)
    picked = np.unique(np.linspace(0, max(0, rows.size - 1), min(TILES, rows.size)).astype(int))
    reach = int(np.clip(1.5 * cell_px, 12, 96))
    tiles = []
    for k in picked:
        y, x = int((rows[k] + 0.5) * cell_px), int((columns[k] + 0.5) * cell_px)
        tile = pixels[max(0, y - reach) : y + reach, max(0, x - reach) : x + reach]
        if min(tile.shape[:2]) >= 12:
            # Green carries most of the detail and the least JPEG chroma loss.
            tiles.append(np.asarray(tile[..., 1], np.float32))
    return tiles


def _spread(tile: Plane) -> tuple[float, float] | None:
    """Edge spread in pixels across and down."""
    further = cv2.GaussianBlur(tile, (0, 0), FURTHER_PX)
    across = _axis_spread(_slope(tile, (1, 0)), _slope(np.asarray(further, np.float32), (1, 0)))
    down = _axis_spread(_slope(tile, (0, 1)), _slope(np.asarray(further, np.float32), (0, 1)))
    return None if across is None or down is None else (across, down)


def _slope(tile: Plane, axis: tuple[int, int]) -> Plane:
    return np.abs(np.asarray(cv2.Sobel(tile, cv2.CV_32F, *axis), np.float32))


def _axis_spread(steep: Plane, flattened: Plane) -> float | None:
    limit = float(np.quantile(steep, 1 - STEEPEST_SHARE))
    edges = steep >= max(limit, 8.0)
    if int(edges.sum()) < 6:
        return None
    ratio = float(np.median(steep[edges] / np.maximum(flattened[edges], 1e-3)))
    return FURTHER_PX / float(np.sqrt(max(ratio, 1.0 + 1e-3) ** 2 - 1))
