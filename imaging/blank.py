"""Tells an empty page from one whose writing could not be read.

Empty means: one paper, or one wall, all over, and no strokes on it, however coarsely one looks. A page out of focus has
bars where its lines were, a photograph of things has several colours; neither is empty.
"""

from __future__ import annotations

import cv2
import numpy as np

from imaging.geometry import Quad
from imaging.ink import (
    CELL_PX,
    INK_SIDE_PX,
    WRITTEN_SHARE,
    InkedCopy,
    WrittenCells,
    inked_copy,
    paper_like,
    quad_depth,
    written_cells,
)
from imaging.model import Pixels
from imaging.worksize import shrink

# Coarser looks at the same page, besides the working copy itself; writing blurred by a character's width still makes
# bars at a quarter of the size.
COARSER = (2, 4)
# Share of written cells that an empty page may show: specks, folds, the corner of another sheet. 34 drawn empty pages,
# print shining through included: 0.000; the barest documents (student cards, emblem sides, short letters): 0.115.
MOST_WRITTEN = 0.012
# Share of the page that must have the colour of its paper; shadows keep the hue.
LEAST_PAPER = 0.9
# Of a smaller picture nothing can be said; it is told to be too small elsewhere.
LEAST_SIDE_PX = 5 * CELL_PX
# Cells nearer to the paper's edge than this, in working pixels, show the desk and the edge's shadow.
RIM_PX = 20.0
# A paper this dark was not lit; then noise looks like strokes, and only the spread of levels tells writing from it.
DARK_LEVEL, DARK_SPREAD = 40.0, 9.0
# With fewer cells than this nothing can be said.
_LEAST_CELLS = 24


def is_blank(pixels: Pixels, paper: Quad | None = None) -> bool:
    """True when there is nothing on the page, uint8 RGB of shape (height, width, 3); see `is_blank_on`."""
    return is_blank_on(inked_copy(pixels), paper)


def is_blank_on(inked: InkedCopy, paper: Quad | None = None) -> bool:
    """True when there is nothing on the page.

    Args:
        inked: The picture's working copy.
        paper: Where the sheet lies, in fractions of the picture; None for the whole picture.
    """
    work = inked.pixels
    if min(work.shape[:2]) < LEAST_SIDE_PX or not _is_empty(work, inked.cells, paper):
        return False
    return all(_is_empty_at(shrink(work, long_side_px=max(work.shape[:2]) // factor), paper) for factor in COARSER)


def _is_empty_at(look: Pixels, paper: Quad | None) -> bool:
    if min(look.shape[:2]) < 2 * CELL_PX:
        return True
    return _is_empty(look, written_cells(look)[0], paper)


def _is_empty(look: Pixels, cells: WrittenCells, paper: Quad | None) -> bool:
    rows, columns = cells.faint.shape
    inside = np.ones((rows, columns), bool)
    if paper is not None:
        corners = paper.to_pixels(width_px=look.shape[1], height_px=look.shape[0]).astype(np.float64)
        inside = (
            quad_depth(corners, rows=rows, columns=columns) > RIM_PX * max(look.shape[:2]) / INK_SIDE_PX + CELL_PX / 2
        )
    count = int(inside.sum())
    if count < _LEAST_CELLS:
        # Too coarse a look to add anything.
        return True
    # A light cell beside a dark one is an edge's shadow; the median is the paper.
    tone = np.median(cells.ground[inside], axis=0)
    ground = np.asarray(cv2.GaussianBlur(cells.ground, (0, 0), 0.8), np.float32)
    alike = paper_like(ground, tone, darkest=0.3)
    if float(tone.max()) < DARK_LEVEL:
        return float(np.std(look)) < DARK_SPREAD
    evenly = float(alike[inside].mean()) >= LEAST_PAPER
    return evenly and float((cells.faint[inside] >= WRITTEN_SHARE).mean()) <= MOST_WRITTEN
