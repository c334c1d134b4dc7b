"""Writing that only a coarser look still shows: on a badly blurred page there are no edges left to measure.

Sharp strokes are seen on the working copy and on its half; strokes that ran into one another only on the half.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.geometry import Quad
from imaging.ink import CELL_PX, WRITTEN_SHARE, written_cells
from imaging.model import Pixels
from imaging.worksize import Mask, shrink

# How much coarser the other looks are.
FACTORS = (2, 4)
# Fewer written cells than this tell nothing about the whole, or about a third of it.
LEAST_CELLS, LEAST_PART_CELLS = 12, 8
# Cells that only the coarser look shows may hold a headline of thick strokes. Those have edges this sharp, as a share
# of the working copy's long side: one pixel of 768. A blur by 0.15 of the characters of an ordinary page has two.
SHARP_SPREAD = 1 / 768
# So many of them are asked.
_ASKED = 8
# An edge is at least this steep, levels a pixel.
_STEEP = 6.0


@dataclass(frozen=True, slots=True)
class Vanished:
    """Shares of written cells, 0..1, that only a coarser look shows, and the third of the page where most are."""

    share: float = 0.0
    part_share: float = 0.0
    part: Quad | None = None


def vanished_writing(work: Pixels, *, written: Mask, page: Mask) -> Vanished:
    """Compares the writing on a working copy with that on coarser copies.

    Args:
        work: uint8 RGB working copy.
        written: Its cells with writing on the page, shape (rows, columns).
        page: Its cells on the page.

    Returns:
        The shares; zeros on a page with too little writing.
    """
    found = Vanished()
    for factor in FACTORS:
        small = shrink(work, long_side_px=max(1, max(work.shape[:2]) // factor))
        if min(small.shape[:2]) < 2 * CELL_PX:
            break
        cells, _ = written_cells(small)
        shape = (cells.faint.shape[1], cells.faint.shape[0])
        inside = cv2.resize(page.astype(np.uint8), shape, interpolation=cv2.INTER_NEAREST) > 0
        coarse = (cells.faint >= WRITTEN_SHARE) & inside
        if int(coarse.sum()) < LEAST_CELLS:
            continue
        gone = coarse & (cv2.resize(written.astype(np.float32), shape, interpolation=cv2.INTER_AREA) < 0.05)
        blurred = _unsharp_share(work, gone)
        share = float(gone.sum()) / float(coarse.sum()) * blurred
        part_share, part = _worst_third(coarse, gone)
        found = Vanished(
            max(found.share, share),
            max(found.part_share, part_share * blurred),
            part if part_share * blurred > found.part_share else found.part,
        )
    return found


def _unsharp_share(work: Pixels, gone: Mask) -> float:
    """Share of some of the cells in which no edge is sharp."""
    rows, columns = np.nonzero(gone)
    if not rows.size:
        return 0.0
    height, width = work.shape[0] / gone.shape[0], work.shape[1] / gone.shape[1]
    picked = np.unique(np.linspace(0, rows.size - 1, min(_ASKED, rows.size)).astype(int))
    unsharp = 0
    for k in picked:
        top, left = int(rows[k] * height), int(columns[k] * width)
        tile = work[top : int(top + height) + 1, left : int(left + width) + 1, 1].astype(np.float32)
        unsharp += not _has_sharp_edge(tile, spread_px=SHARP_SPREAD * max(work.shape[:2]))
    return unsharp / len(picked)


def _has_sharp_edge(tile: NDArray[np.float32], *, spread_px: float) -> bool:
    """Whether the steepest edge rises within what a sharp one needs, held against the tile's own contrast."""
    slope = max(float(np.abs(cv2.Sobel(tile, cv2.CV_32F, *axis)).max()) / 8 for axis in ((1, 0), (0, 1)))
    low, high = (float(v) for v in np.percentile(tile, (2, 98)))
    # A step blurred by a Gaussian of spread s rises at its middle by its height / (s x sqrt(2 pi)) a pixel.
    return slope >= _STEEP and (high - low) / (slope * np.sqrt(2 * np.pi)) <= 2 * spread_px


def _worst_third(coarse: Mask, gone: Mask) -> tuple[float, Quad | None]:
    rows, columns = np.nonzero(coarse)
    count = max(LEAST_PART_CELLS, rows.size // 3)
    lost = gone[rows, columns]
    best: tuple[float, Quad | None] = (0.0, None)
    for place in (rows, -rows, columns, -columns):
        third = np.argsort(place, kind="stable")[:count]
        share = float(lost[third].mean())
        if share > best[0]:
            box = Quad.from_rect(
                float(columns[third].min()) / coarse.shape[1],
                float(rows[third].min()) / coarse.shape[0],
                float(columns[third].max() + 1) / coarse.shape[1],
                float(rows[third].max() + 1) / coarse.shape[0],
            )
            best = (share, box)
    return best
