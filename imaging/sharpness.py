"""Blur of the writing on a page, in units that matter for reading: the characters' own height.

The spread of an edge is told from how much a further, known blur flattens it (after Zhuo and Sim, Defocus map
estimation from a single image, 2011); that needs no knowledge of what is written. A shaken camera blurs one direction
only and leaves edges along it sharp, so how evenly the edges point in all directions is a measure of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from imaging.geometry import Quad
from imaging.ink import CELL_PX, WRITTEN_SHARE, written_cells
from imaging.model import Pixels
from imaging.worksize import Mask, Plane, shrink

# Tiles measured at full resolution; more do not change the median.
TILES = 15
# Fewer tiles with edges tell nothing.
LEAST_TILES = 3
# Half the side of a tile at most: two to four characters at any resolution.
MOST_REACH_PX = 64
# Share of the tiles, those farthest to one side of the page, that may be out of focus on their own.
PART = 1 / 3
# The known further blur, in pixels.
FURTHER_PX = 1.5
# The small print of an ID card has this height against the card's long side, and no paper prints its values larger;
# without the cap a headline that survives the blur would pass for the text (measured on drawn cards: 0.024).
MOST_TEXT_SHARE = 0.025
# Steepest share of a tile's pixels that is taken as edges, and for their directions.
STEEPEST_SHARE, DIRECTED_SHARE = 0.04, 0.1


@dataclass(frozen=True, slots=True)
class TextBlur:
    """How sharp the writing is.

    Attributes:
        share: Spread (standard deviation) of the edges as a share of the characters' height.
        text_height_px: Median height of a character in pixels of the picture.
        evenness: Least against greatest energy of the edges over all directions, 0..1: Chinese writing 0.5 and more.
        part_share: As `share`, of the third of the page (towards one side) where it is worst.
        part: Where that third is, in fractions of the picture.
    """

    share: float | None = None
    text_height_px: float | None = None
    evenness: float | None = None
    part_share: float | None = None
    part: Quad | None = None


@dataclass(frozen=True, slots=True)
class _Tile:
    """One tile: its place in fractions of the picture, edge spread across and down in pixels, structure tensor."""

    x: float
    y: float
    spread: tuple[float, float]
    tensor: tuple[float, float, float]


def blur_of_text(pixels: Pixels, work: Pixels, contrast: Plane, *, written: Mask, long_side_px: float) -> TextBlur:
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
        The measures; all None when there is too little writing.
    """
    scale = pixels.shape[1] / work.shape[1]
    height = _text_height(contrast, written=written)
    if height is not None:
        tiles = _measured_tiles(pixels, written, cell_px=work.shape[1] / written.shape[1] * scale)
        text_px = height * scale
        return _blur_of_tiles(tiles, shown_px=min(text_px, MOST_TEXT_SHARE * long_side_px), text_px=text_px)
    for factor in (2, 4):
        small = shrink(work, long_side_px=max(1, max(work.shape[:2]) // factor))
        cells, faint = written_cells(small)
        there = cells.faint >= WRITTEN_SHARE
        height = _text_height(faint, written=there)
        tiles = _measured_tiles(small, there, cell_px=CELL_PX) if height is not None else []
        if height is not None and len(tiles) >= LEAST_TILES:
            return _blur_of_tiles(tiles, shown_px=height, text_px=height * scale * factor)
    return TextBlur()


def _blur_of_tiles(tiles: list[_Tile], *, shown_px: float, text_px: float) -> TextBlur:
    if len(tiles) < LEAST_TILES:
        return TextBlur(text_height_px=text_px)
    part_spread, part = _worst_part(tiles)
    xx, yy, xy = np.mean([tile.tensor for tile in tiles], axis=0)
    root = float(np.sqrt((xx - yy) ** 2 + 4 * xy**2))
    return TextBlur(
        share=_median_spread(tiles) / shown_px,
        text_height_px=text_px,
        evenness=float((xx + yy - root) / (xx + yy + root)),
        part_share=part_spread / shown_px,
        part=part,
    )


def _median_spread(tiles: list[_Tile]) -> float:
    return float(max(np.median([tile.spread for tile in tiles], axis=0)))


def _worst_part(tiles: list[_Tile]) -> tuple[float, Quad]:
    """Spread of the third of the tiles towards one side that is blurred most, and where it lies."""
    count = max(LEAST_TILES, round(PART * len(tiles)))
    parts = [*(_first(tiles, count, key) for key in (_x, _y)), *(_first(tiles, -count, key) for key in (_x, _y))]
    worst = max(parts, key=_median_spread)
    xs, ys = [t.x for t in worst], [t.y for t in worst]
    return _median_spread(worst), Quad.from_rect(min(xs), min(ys), max(xs), max(ys))


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


def _first(tiles: list[_Tile], count: int, key: Callable[[_Tile], float]) -> list[_Tile]:
    """The first tiles in an order, or with a negative count the last ones."""
    ordered = sorted(tiles, key=key)
    return ordered[:count] if count > 0 else ordered[count:]


def _x(tile: _Tile) -> float:
    return tile.x


def _y(tile: _Tile) -> float:
    return tile.y


def _measured_tiles(pixels: Pixels, written: Mask, *, cell_px: float) -> list[_Tile]:
    """Grey tiles three cells wide around written cells, spread evenly over them, that have edges."""
    rows, columns = np.nonzero(written)
    picked = np.unique(np.linspace(0, max(0, rows.size - 1), min(TILES, rows.size)).astype(int))
    reach = int(np.clip(1.5 * cell_px, 12, MOST_REACH_PX))
    found = []
    for k in picked:
        y, x = int((rows[k] + 0.5) * cell_px), int((columns[k] + 0.5) * cell_px)
        tile = pixels[max(0, y - reach) : y + reach, max(0, x - reach) : x + reach]
        if min(tile.shape[:2]) < 12:
            continue
        # Green carries most of the detail and the least JPEG chroma loss.
        measured = _measure(np.asarray(tile[..., 1], np.float32))
        if measured is not None:
            found.append(_Tile(x / pixels.shape[1], y / pixels.shape[0], *measured))
    return found


def _measure(tile: Plane) -> tuple[tuple[float, float], tuple[float, float, float]] | None:
    """Edge spread in pixels across and down, and the directions of the edges."""
    further = np.asarray(cv2.GaussianBlur(tile, (0, 0), FURTHER_PX), np.float32)
    steep_x, steep_y = _slope(tile, (1, 0)), _slope(tile, (0, 1))
    flat_x, flat_y = _slope(further, (1, 0)), _slope(further, (0, 1))
    across = _axis_spread(np.abs(steep_x), np.abs(flat_x))
    down = _axis_spread(np.abs(steep_y), np.abs(flat_y))
    if across is None or down is None:
        return None
    return (across, down), _directions(flat_x, flat_y)


def _directions(across: Plane, down: Plane) -> tuple[float, float, float]:
    """Structure tensor of the strongest edges, of trace 1: (xx, yy, xy)."""
    energy = across * across + down * down
    strong = energy >= _ranked(energy, 1 - DIRECTED_SHARE)
    x, y = across[strong], down[strong]
    total = max(float(energy[strong].sum()), 1e-6)
    return float((x * x).sum()) / total, float((y * y).sum()) / total, float((x * y).sum()) / total


def _slope(tile: Plane, axis: tuple[int, int]) -> Plane:
    return np.asarray(cv2.Sobel(tile, cv2.CV_32F, *axis), np.float32)


def _axis_spread(steep: Plane, flattened: Plane) -> float | None:
    edges = steep >= max(_ranked(steep, 1 - STEEPEST_SHARE), 8.0)
    if int(edges.sum()) < 6:
        return None
    ratio = float(np.median(steep[edges] / np.maximum(flattened[edges], 1e-3)))
    return FURTHER_PX / float(np.sqrt(max(ratio, 1.0 + 1e-3) ** 2 - 1))


def _ranked(plane: Plane, share: float) -> float:
    """The value that a share of the plane lies below."""
    rank = int(share * (plane.size - 1))
    return float(np.partition(plane, rank, axis=None)[rank])
