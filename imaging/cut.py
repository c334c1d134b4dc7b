"""Writing and paper that run out of the picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from imaging.geometry import Quad
from imaging.ink import WrittenCells, paper_like
from imaging.worksize import Mask

SIDES = ("top", "right", "bottom", "left")
# A paper's margin is 5 % of its long side or more (20 mm of 297 mm on a letter): writing this many cells (of 64) from
# the border where the paper runs out means that some may be lost.
CUT_CELLS = 4
# Lines of writing that run out of the picture: so many at least, each this thin at most, on this many cells in a row.
LEAST_CUT_LINES, MOST_LINE_CELLS, CUT_LINE_DEPTH = 3, 3, 4
# A recognised line this near a border, as a share of its own height, goes on beyond it. Boxes have a margin of a
# quarter of a character, so that a whole line keeps its distance.
TOUCHING_SHARE = 0.15
# A line this much higher than it is wide is no line of writing but a mark at the border.
LEAST_LINE_ASPECT = 1.2
# Depth of the strip along a side that is shown as its place.
STRIP = 0.04


def sides_on_border(outline: Quad) -> tuple[str, ...]:
    """Sides of an outline where the paper runs out of the picture.

    The outline finder puts a side exactly on the border there, and only there. A paper that ends at all four borders is
    a scan, cut at its own edges.
    """
    distance = {"top": outline.top, "right": 1 - outline.right, "bottom": 1 - outline.bottom, "left": outline.left}
    touching = tuple(side for side in SIDES if abs(distance[side]) < 1e-6)
    return touching if len(touching) < 4 else ()


def sides_with_writing(written: Mask, sides: Sequence[str]) -> tuple[str, ...]:
    """Those of some sides of the picture near which there is writing."""
    if min(written.shape) < 2 * CUT_CELLS:
        return ()
    return tuple(side for side in sides if bool(_outermost(written, side, CUT_CELLS).any()))


def sides_with_lines(cells: WrittenCells, written: Mask) -> tuple[str, ...]:
    """Sides that lines of writing seem to run into, on a picture whose paper was not found."""
    if min(written.shape) < 2 * CUT_CELLS or not written.any():
        return ()
    paper = np.median(cells.ground[written], axis=0)
    text = written & (cells.faint < 0.6) & paper_like(cells.ground, paper)
    found = tuple(side for side in SIDES if _lines_run_out(_outermost(text, side, CUT_LINE_DEPTH)))
    # "Writing" that runs out on three sides or more is the pattern of a desk.
    return found if len(found) <= 2 else ()


def sides_with_text(lines: Sequence[Quad], *, aspect: float) -> tuple[str, ...]:
    """Sides of a picture that recognised lines of text run into.

    Args:
        lines: Boxes of the lines, in fractions of the picture.
        aspect: Width of the picture divided by its height.

    Returns:
        Of `top`, `right`, `bottom`, `left`.
    """
    found = set()
    for box in lines:
        # In units of the picture's height.
        width, height = (box.right - box.left) * aspect, box.bottom - box.top
        if width < LEAST_LINE_ASPECT * height:
            continue
        room = {
            "top": box.top,
            "right": (1 - box.right) * aspect,
            "bottom": 1 - box.bottom,
            "left": box.left * aspect,
        }
        found |= {side for side, distance in room.items() if distance <= TOUCHING_SHARE * height}
    return tuple(side for side in SIDES if side in found)


def strip_along(side: str) -> Quad:
    """The strip of the picture along a side."""
    return {
        "top": Quad.from_rect(0, 0, 1, STRIP),
        "right": Quad.from_rect(1 - STRIP, 0, 1, 1),
        "bottom": Quad.from_rect(0, 1 - STRIP, 1, 1),
        "left": Quad.from_rect(0, 0, STRIP, 1),
    }[side]


def _lines_run_out(outermost: Mask) -> bool:
    """Whether the outermost cells look like lines of text with gaps between them; a texture has no gaps."""
    hits = outermost.all(axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], hits, [False]]).astype(np.int8)))
    lengths = edges[1::2] - edges[::2]
    return int((lengths <= MOST_LINE_CELLS).sum()) >= LEAST_CUT_LINES and bool((lengths <= MOST_LINE_CELLS).all())


def _outermost(cells: Mask, side: str, count: int) -> Mask:
    """The `count` outermost rows or columns of cells at a side, shape (count, length)."""
    turned = cells if side in ("top", "bottom") else cells.T
    return turned[:count] if side in ("top", "left") else turned[-count:]
