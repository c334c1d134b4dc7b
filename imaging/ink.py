"""Text-like content of a picture: dark strokes on a lighter, locally even ground.

Used to make sure that a crop loses no writing, and to measure sharpness where writing is.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels
from imaging.worksize import Mask, Plane, shrink

# Long side of the copy on which writing is looked for: 10.5 pt characters of an A4 page have 10 px there.
INK_SIDE_PX = 768

# Strokes up to this many working pixels (of 768) count as writing: 10.5 pt on A4 gives strokes of about 1 px and
# characters of 10 px, a title three times that.
STROKE_PX = 9
# A stroke is darker than its ground by at least this share. Faded stamps and pencil lie near 0.15; paper texture and
# guilloche below 0.10 (measured on drawn patterns).
LEAST_CONTRAST = 0.16
# Outside of a candidate a stroke must have this share of the contrast that the writing inside has (median): print of
# one paper is of one blackness, the grain of a desk is fainter.
SHARE_OF_INNER_CONTRAST = 0.45
# Cells of this many working pixels are either written on or not: about one and a half characters.
CELL_PX = 12
# Share of a cell covered by strokes from which it counts as written on.
WRITTEN_SHARE = 0.08
# Gradients of writing point in all directions: coherence 0.1 to 0.55 over three cells. Wood grain, planks, rules and
# edges point in one: 0.8 and more.
MOST_COHERENCE = 0.72
# Fewer written cells than this inside a candidate: not a document.
LEAST_INNER_CELLS = 6
# The least writing that matters, a certificate's number or a page's, covers this many cells.
LEAST_GROUP = 2
# On a ground of another colour it may be a second document: a block of writing this large, on a ground this light.
LEAST_OTHER_GROUP, LEAST_OTHER_LIGHT = 10, 0.6
# Cells whose centre lies this near a side are its own edge and shadow, working pixels; a crop takes 1.2 % (9 px) more
# than the outline anyway. At a corner edges cross and look like strokes, so there the distance is larger.
EDGE_PX, CORNER_PX = 9.0, 24.0
# Rings inside and outside of a side whose ground is compared, working pixels from it.
INNER_RING_PX, OUTER_RING_PX = (12.0, 60.0), (8.0, 40.0)


@dataclass(frozen=True, slots=True, eq=False)
class WrittenCells:
    """Where writing is, on a grid of cells of `CELL_PX` pixels.

    Attributes:
        faint: Share of each cell covered by strokes that do not all run one way, shape (rows, columns).
        contrast: Mean contrast of the strokes of a cell, 0 where there are none.
        ground: Colour of the ground, float32 RGB, shape (rows, columns, 3).
    """

    faint: Plane
    contrast: Plane
    ground: Plane


@dataclass(frozen=True, slots=True, eq=False)
class InkedCopy:
    """The working copy of a picture and the writing on it, for all who look at both.

    Attributes:
        pixels: uint8 RGB, long side `INK_SIDE_PX` at most.
        cells: Where writing is.
        contrast: Of the strokes, see `stroke_contrast`.
    """

    pixels: Pixels
    cells: WrittenCells
    contrast: Plane


def inked_copy(pixels: Pixels) -> InkedCopy:
    """Makes the working copy of a picture, uint8 RGB of any size."""
    work = shrink(pixels, long_side_px=INK_SIDE_PX)
    return InkedCopy(work, *written_cells(work))


def stroke_contrast(work: Pixels) -> tuple[Plane, Pixels]:
    """How much darker each pixel is than the ground around it.

    Args:
        work: uint8 RGB working copy of shape (height, width, 3), long side about 768 px.

    Returns:
        Contrast 0..1 of shape (height, width), and the ground: uint8 RGB with print removed.
    """
    ground = np.asarray(cv2.morphologyEx(work, cv2.MORPH_CLOSE, np.ones((STROKE_PX, STROKE_PX), np.uint8)), np.uint8)
    # The darkest channel shows coloured ink (a red seal is dark in green and blue) as well as black ink.
    loss = _brightest(cv2.subtract(ground, work))
    level = np.maximum(_brightest(ground), 16)
    return cv2.divide(loss, level, dtype=cv2.CV_32F).astype(np.float32, copy=False), ground


def _brightest(pixels: object) -> Pixels:
    red, green, blue = cv2.split(np.asarray(pixels, np.uint8))
    return np.asarray(cv2.max(cv2.max(red, green), blue), np.uint8)


def written_cells(work: Pixels) -> tuple[WrittenCells, Plane]:
    """Finds writing on a working copy, uint8 RGB of about 768 px; also the strokes' contrast."""
    contrast, ground = stroke_contrast(work)
    size = (max(1, work.shape[1] // CELL_PX), max(1, work.shape[0] // CELL_PX))
    faint = _cell_means((contrast >= LEAST_CONTRAST).astype(np.float32), size)
    total = _cell_means(np.where(contrast >= LEAST_CONTRAST, contrast, 0).astype(np.float32), size)
    covered = np.maximum(faint, 1e-6)
    faint[_coherence(work, size) > MOST_COHERENCE] = 0
    cells = WrittenCells(faint, total / covered, _cell_means(ground.astype(np.float32), size))
    return cells, contrast


def _coherence(work: Pixels, size: tuple[int, int]) -> Plane:
    """How much the gradients around each cell point one way, 0..1, at whatever angle."""
    # Green alone: this looks for direction, not for colour.
    green = np.ascontiguousarray(work[..., 1])
    across = np.asarray(cv2.Sobel(green, cv2.CV_32F, 1, 0), np.float32)
    down = np.asarray(cv2.Sobel(green, cv2.CV_32F, 0, 1), np.float32)
    xx, yy, xy = (
        cv2.blur(_cell_means(product, size), (3, 3)) for product in (across * across, down * down, across * down)
    )
    return np.asarray(np.sqrt((xx - yy) ** 2 + 4 * xy * xy) / np.maximum(xx + yy, 1e-3), np.float32)


def _cell_means(plane: Plane, size: tuple[int, int]) -> Plane:
    inner = plane[: size[1] * CELL_PX, : size[0] * CELL_PX]
    return np.asarray(cv2.resize(inner, size, interpolation=cv2.INTER_AREA), np.float32)


def writing_outside(cells: WrittenCells, corners: NDArray[np.float64]) -> tuple[float, int]:
    """Writing on the same paper outside a quadrilateral.

    Args:
        cells: From `written_cells`.
        corners: Pixel corners on the working copy, clockwise, shape (4, 2).

    Returns:
        The share (0..1) of written cells that lie outside, and the number of written cells inside.
    """
    rows, columns = cells.faint.shape
    depth = quad_depth(corners, rows=rows, columns=columns)
    core, outer = depth > EDGE_PX, (depth < -EDGE_PX) & ~_near_corners(corners, rows=rows, columns=columns)
    # At the picture's border the desk's own things are cut: the outermost cells are no evidence.
    outer[0], outer[-1], outer[:, 0], outer[:, -1] = False, False, False, False
    written = core & (cells.faint >= WRITTEN_SHARE)
    kept = int(written.sum())
    if kept < LEAST_INNER_CELLS:
        return 0.0, kept
    asked = SHARE_OF_INNER_CONTRAST * float(np.median(cells.contrast[written]))
    paper = np.median(cells.ground[written], axis=0)
    doubtful = outer & (cells.faint >= WRITTEN_SHARE) & (cells.contrast >= asked)
    same = doubtful & paper_like(cells.ground, paper)
    other = doubtful & (cells.ground.max(axis=2) >= LEAST_OTHER_LIGHT * float(paper.max()))
    lost = max(_in_groups(same, least=LEAST_GROUP), _in_groups(other, least=LEAST_OTHER_GROUP))
    return lost / (lost + kept), kept


def _in_groups(cells: Mask, *, least: int) -> int:
    """Cells that hang together in groups of at least `least`; a knot in the wood stands alone."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(cells.astype(np.uint8), connectivity=8)
    sizes = stats[1:, cv2.CC_STAT_AREA]
    return int(sizes[sizes >= least].sum())


def ground_step(cells: WrittenCells, corners: NDArray[np.float64]) -> float:
    """Least change of the ground across any side, in levels of its most different channel.

    A frame printed on a page has the same paper on both sides, a paper's edge does not. Light that falls off over the
    page changes the ground as well, but never across all four sides. Sides without anything outside do not count.

    Args:
        cells: From `written_cells`.
        corners: Pixel corners on the working copy, clockwise, shape (4, 2).

    Returns:
        Levels 0..255; 255 when no side has anything outside.
    """
    rows, columns = cells.faint.shape
    depths = _side_depths(corners, rows=rows, columns=columns)
    nearest = np.argmin(np.abs(depths), axis=0)
    depth = depths.min(axis=0)
    inner = (depth > INNER_RING_PX[0]) & (depth < INNER_RING_PX[1])
    outer = (depth < -OUTER_RING_PX[0]) & (depth > -OUTER_RING_PX[1])
    least = 255.0
    for side in range(4):
        within, beyond = inner & (nearest == side), outer & (nearest == side)
        if int(within.sum()) >= 3 and int(beyond.sum()) >= 3:
            change = np.median(cells.ground[within], axis=0) - np.median(cells.ground[beyond], axis=0)
            least = min(least, float(np.abs(change).max()))
    return least


def quad_depth(corners: NDArray[np.float64], *, rows: int, columns: int) -> Plane:
    """Distance of every cell's centre from the nearest side of a convex clockwise quadrilateral, negative outside."""
    return np.asarray(_side_depths(corners, rows=rows, columns=columns).min(axis=0), np.float32)


def _side_depths(corners: NDArray[np.float64], *, rows: int, columns: int) -> Plane:
    """Distance of every cell's centre from the line of each side, positive inside; shape (4, rows, columns)."""
    xs, ys = _centres(rows=rows, columns=columns)
    depths = []
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        along = (end - start) / max(float(np.hypot(*(end - start))), 1e-6)
        depths.append(along[0] * (ys - start[1])[:, None] - along[1] * (xs - start[0])[None, :])
    return np.asarray(np.stack(depths), np.float32)


def _near_corners(corners: NDArray[np.float64], *, rows: int, columns: int) -> Mask:
    xs, ys = _centres(rows=rows, columns=columns)
    off = [np.hypot((xs - x)[None, :], (ys - y)[:, None]) for x, y in corners]
    return np.asarray(np.minimum.reduce(off) < CORNER_PX)


def _centres(*, rows: int, columns: int) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    return np.arange(0.5, columns) * float(CELL_PX), np.arange(0.5, rows) * float(CELL_PX)


def paper_like(ground: Plane, paper: NDArray[np.floating], *, darkest: float = 0.4, lightest: float = 2.5) -> Mask:
    """Where the ground could be the same paper, lit differently: the same hue, and not much brighter or darker.

    Args:
        ground: float32 RGB of shape (height, width, 3).
        paper: RGB of the paper, shape (3,).
        darkest: Least brightness as a multiple of the paper's.
        lightest: Greatest brightness likewise.

    Returns:
        Mask of shape (height, width).
    """
    total = max(float(paper.sum()), 1.0)
    level = np.maximum(ground[..., 0] + ground[..., 1] + ground[..., 2], 1.0)
    off = [np.abs(ground[..., k] / level - paper[k] / total) for k in range(3)]
    hue_off = np.maximum(np.maximum(off[0], off[1]), off[2])
    brightness = level / total
    # A hard shadow takes a paper to 0.4 of its brightness, and either part may lie inside the candidate. The share of
    # a channel moves by 0.02 between lamp and daylight; between white paper and light wood by 0.05 and more.
    return np.asarray((hue_off < 0.03) & (brightness > darkest) & (brightness < lightest))
