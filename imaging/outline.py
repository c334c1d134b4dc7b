"""The outline of the one paper or card in a picture, and how sure we are of it.

A wrong crop costs far more than no crop (measured: a crude crop halves the readable fields), so every candidate must
show a change of colour along all four sides, and no writing may lie outside of it on the same paper.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imaging.geometry import Quad
from imaging.ink import (
    CELL_PX,
    LEAST_INNER_CELLS,
    InkedCopy,
    WrittenCells,
    ground_step,
    inked_copy,
    paper_like,
    quad_depth,
    writing_outside,
)
from imaging.lines import Line, edge_map, find_lines
from imaging.model import Pixels
from imaging.sides import SideTable, side_table
from imaging.worksize import shrink

# Long side of the copy on which sides are looked for; half of `INK_SIDE_PX`, so that one is made from the other.
LINE_SIDE_PX = 384
# Lines kept of each direction: the paper's two, both sides of a fold, a table's edge and what lies around.
LINES_EACH = 12
# A card on an A4 page fills 7.4 % of it; seen on a desk a little less.
LEAST_AREA_SHARE = 0.04
# Corners of a paper seen by a phone held within 45° of upright.
LEAST_CORNER_DEG, MOST_CORNER_DEG = 55.0, 125.0
# Share of each end of a side that is not asked for an edge: rounded corners take 6 % of a card's short side.
CORNER_SHARE = 0.07
# Candidates that get the closer look.
CLOSER_LOOKS = 24

# Below this confidence nothing is done with a candidate. Over 300 drawn scenes on 13 kinds of desk (a keyboard, gravel
# and brick among them) three quarters of the papers were cropped from here on, none lost more than 1.3 % of its area.
LEAST_CONFIDENCE = 0.84
# Every side must show an edge over this share: a finger covers up to a quarter of a side.
LEAST_SUPPORT = 0.7
# Sides on the border add to the score without having earned it.
LEAST_CUT_CONFIDENCE, LEAST_CUT_SUPPORT = 0.92, 0.9
# Corners may lie this far inside or outside of the picture's border, as shares of its longer side, and count as on it;
# and this far when a corner is looked for that was cut off: further out, too little of its sides is left.
CORNER_SLACK, MOST_BEYOND = 0.01, 0.15
# Where a paper runs out of the picture, this share of that piece of border shows paper.
LEAST_PAPER_ON_BORDER = 0.7
# And outside of it at most this share looks like the same paper.
MOST_PAPER_OUTSIDE = 0.5
# The ground must change by this many levels across every side; across a printed frame it changes by less than 2.
LEAST_GROUND_STEP = 3.0
# A paper whose corners all lie this near the picture's corners fills it: a scan cut at its own edges.
FULL_PICTURE_SHARE = 0.025
# Score of a paper that fills the picture with four perfect sides.
BEST_SCORE = 1.15

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outline:
    """What was found.

    Attributes:
        quad: Corners in fractions of the picture, clockwise from the corner nearest to the top left.
        confidence: 0..1; see `is_safe`.
        support: Share of each side (top, right, bottom, left) where the picture shows an edge; 1 on the border.
        lost_share: Writing outside on the same paper, as a share of all writing found.
        on_border: Sides of the quad that are the picture's own border because the paper runs out of the picture.
    """

    quad: Quad
    confidence: float
    support: tuple[float, float, float, float]
    lost_share: float
    on_border: tuple[bool, bool, bool, bool] = (False, False, False, False)


def is_safe(found: Outline) -> bool:
    """Whether a crop to this outline loses nothing, as far as can be told."""
    return _is_certain(found) and not any(found.on_border) and not _leaves_picture(found.quad)


def is_cut(found: Outline) -> bool:
    """Whether the paper certainly runs out of the picture; asks more of the two or three sides that are left."""
    certain = found.confidence >= LEAST_CUT_CONFIDENCE and min(found.support) >= LEAST_CUT_SUPPORT
    return certain and found.lost_share == 0 and any(found.on_border) and not fills_picture(found.quad)


def fills_picture(quad: Quad) -> bool:
    """Whether the picture shows the paper and nothing else."""
    whole = Quad.from_rect(0, 0, 1, 1)
    pairs = zip(quad.points, whole.points, strict=True)
    return all(abs(a[0] - b[0]) <= FULL_PICTURE_SHARE and abs(a[1] - b[1]) <= FULL_PICTURE_SHARE for a, b in pairs)


def lacks_corner(found: Outline) -> bool:
    """Whether the paper's four sides are seen for certain, and two of them meet outside of the picture."""
    return _is_certain(found) and not any(found.on_border) and _leaves_picture(found.quad)


def _is_certain(found: Outline) -> bool:
    return found.confidence >= LEAST_CONFIDENCE and min(found.support) >= LEAST_SUPPORT and found.lost_share == 0


def _leaves_picture(quad: Quad) -> bool:
    return any(not -CORNER_SLACK <= v <= 1 + CORNER_SLACK for point in quad.points for v in point)


def find_outline(pixels: Pixels) -> Outline | None:
    """Looks for one paper or card on uint8 RGB of shape (height, width, 3); see `find_outline_on`."""
    return find_outline_on(inked_copy(pixels))


def find_outline_on(inked: InkedCopy) -> Outline | None:
    """Looks for one paper or card: with four visible sides, then lacking a corner, then running out of the picture.

    Args:
        inked: Working copy of a picture, upright or not.

    Returns:
        The best candidate, however unsure; None when no lines form a quadrilateral.
    """
    work, content = inked.pixels, inked.cells
    small = shrink(work, long_side_px=LINE_SIDE_PX)
    if min(small.shape[:2]) < 32:
        return None
    edges = edge_map(small)
    height_px, width_px = small.shape[:2]
    lying, standing = find_lines(edges, most=LINES_EACH)
    borders = _borders(width_px=width_px, height_px=height_px)
    lying, standing = lying + borders[:2], standing + borders[2:]
    table = side_table(lying + standing, edges)
    on_border = np.array([line.votes == 0 for line in lying + standing])
    sides = _combinations(len(lying), len(standing))
    free = on_border[sides]
    scene = _Scene(table, on_border, content, (width_px, height_px), (work.shape[1], work.shape[0]))
    whole = _best(sides[~free.any(axis=1)], scene)
    if whole is not None and is_safe(whole):
        return whole
    # Four sides that are seen say more than three and the picture's border.
    cornerless = _best(sides[~free.any(axis=1)], scene, beyond=True)
    if cornerless is not None and lacks_corner(cornerless):
        return cornerless
    cut = _best(sides[_runs_out(free)], scene)
    return cut if cut is not None and is_cut(cut) else whole


def _paper_on_border(content: WrittenCells, corners: FloatArray, on_border: NDArray[np.bool_]) -> bool:
    """Whether the picture's border shows the candidate's paper where the candidate lies on it, and not elsewhere.

    The second half tells a frame printed around a full page from a paper's edges.
    """
    if not on_border.any():
        return True
    rows, columns = content.faint.shape
    depth = quad_depth(corners * np.array([columns, rows]) * CELL_PX, rows=rows, columns=columns)
    inside, outside = depth > 0, depth < -CELL_PX
    if not inside.any():
        return False
    like = paper_like(content.ground, np.median(content.ground[inside], axis=0), darkest=0.6, lightest=1.6)
    if outside.any() and float(like[outside].mean()) > MOST_PAPER_OUTSIDE:
        return False
    edges = (like[0][inside[0]], like[:, -1][inside[:, -1]], like[-1][inside[-1]], like[:, 0][inside[:, 0]])
    pieces = [edge for edge, hit in zip(edges, on_border, strict=True) if hit]
    return all(piece.size >= 3 and float(piece.mean()) >= LEAST_PAPER_ON_BORDER for piece in pieces)


def _runs_out(free: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """One side on the picture's border, or two that meet: a strip between two opposite borders is no paper."""
    count = free.sum(axis=1)
    opposite = (free[:, 0] & free[:, 2]) | (free[:, 1] & free[:, 3])
    return np.asarray(((count == 1) | (count == 2)) & ~opposite)


@dataclass(frozen=True, slots=True, eq=False)
class _Scene:
    """What every candidate is judged by. Sizes are (width, height) in pixels."""

    table: SideTable
    on_border: NDArray[np.bool_]
    content: WrittenCells
    small_px: tuple[int, int]
    work_px: tuple[int, int]


def _borders(*, width_px: int, height_px: int) -> tuple[Line, Line, Line, Line]:
    """The picture's own top, bottom, left and right; they have no votes."""
    across, down = float(np.pi / 2), 0.0
    return (
        Line(across, 0.0, 0.0),
        Line(across, height_px - 1.0, 0.0),
        Line(down, 0.0, 0.0),
        Line(down, width_px - 1.0, 0.0),
    )


def _best(sides: NDArray[np.intp], scene: _Scene, *, beyond: bool = False) -> Outline | None:
    """The best of some candidates; with `beyond` of those that have a corner outside of the picture."""
    sides, corners = _possible(sides, scene.table, size=scene.small_px, beyond=beyond)
    if not len(sides):
        return None
    free = scene.on_border[sides]
    score, support = _score(sides, corners, scene.table, free=free, size=scene.small_px)
    best: Outline | None = None
    for k in _distinct(score, corners, size=scene.small_px):
        # The closer look only ever lowers a confidence, and scores fall from here on.
        if best is not None and best.confidence >= float(score[k]) / BEST_SCORE:
            break
        # Pixel centres lie half a pixel in.
        fractions = _snapped((corners[k] + 0.5) / np.array(scene.small_px), free[k])
        lost, kept = writing_outside(scene.content, fractions * np.array(scene.work_px))
        confidence = min(1.0, float(score[k]) / BEST_SCORE)
        confidence *= (1.0 if lost == 0 else 0.5) * (1.0 if kept >= LEAST_INNER_CELLS else 0.6)
        if not free[k].any():
            confidence *= (
                1.0 if ground_step(scene.content, fractions * np.array(scene.work_px)) >= LEAST_GROUND_STEP else 0.5
            )
        confidence *= 1.0 if _paper_on_border(scene.content, fractions, free[k]) else 0.5
        if best is None or confidence > best.confidence:
            top, right, bottom, left = (float(v) for v in support[k])
            a, b, c, d = (bool(v) for v in free[k])
            best = Outline(_as_quad(fractions), confidence, (top, right, bottom, left), lost, (a, b, c, d))
    return best


def _combinations(lying: int, standing: int) -> NDArray[np.intp]:
    """All (top, right, bottom, left) numbers of lines; which of a pair is on top is settled by position later."""
    upper, lower = np.triu_indices(lying, 1)
    left, right = np.triu_indices(standing, 1)
    rows, columns = np.repeat(np.arange(upper.size), left.size), np.tile(np.arange(left.size), upper.size)
    return np.stack([upper[rows], lying + right[columns], lower[rows], lying + left[columns]], axis=1)


def _crossing(table: SideTable, first: NDArray[np.intp], second: NDArray[np.intp]) -> FloatArray:
    a, b = table.normal_rad[first], table.normal_rad[second]
    d, e = table.distance_px[first], table.distance_px[second]
    determinant = np.sin(b - a)
    determinant = np.where(np.abs(determinant) < 1e-3, 1e-3, determinant)
    x = (d * np.sin(b) - e * np.sin(a)) / determinant
    y = (e * np.cos(a) - d * np.cos(b)) / determinant
    return np.stack([x, y], axis=-1)


def _possible(
    sides: NDArray[np.intp], table: SideTable, *, size: tuple[int, int], beyond: bool
) -> tuple[NDArray[np.intp], FloatArray]:
    """Keeps convex quadrilaterals of sane angles; corners clockwise, shape (n, 4, 2).

    All corners lie inside the picture, or with `beyond` one or two of them a little outside.
    """
    top, right, bottom, left = sides.T
    corners = np.stack(
        [
            _crossing(table, top, left),
            _crossing(table, top, right),
            _crossing(table, bottom, right),
            _crossing(table, bottom, left),
        ],
        axis=1,
    )
    # A pair may come in the wrong order: mirror until the corners run clockwise and the first side lies on top.
    swap = corners[:, 0, 1] + corners[:, 1, 1] > corners[:, 2, 1] + corners[:, 3, 1]
    corners[swap] = corners[swap][:, [3, 2, 1, 0]]
    sides[swap] = sides[swap][:, [2, 1, 0, 3]]
    swap = corners[:, 0, 0] + corners[:, 3, 0] > corners[:, 1, 0] + corners[:, 2, 0]
    corners[swap] = corners[swap][:, [1, 0, 3, 2]]
    sides[swap] = sides[swap][:, [0, 3, 2, 1]]
    forward = np.roll(corners, -1, axis=1) - corners
    back = np.roll(corners, 1, axis=1) - corners
    lengths = np.linalg.norm(forward, axis=2)
    cross = forward[..., 0] * back[..., 1] - forward[..., 1] * back[..., 0]
    cosine = (forward * back).sum(axis=2) / np.maximum(lengths * np.roll(lengths, 1, axis=1), 1e-6)
    angle = np.rad2deg(np.arccos(np.clip(cosine, -1, 1)))
    width_px, height_px = size
    near = _corners_within(corners, size=size, slack=CORNER_SLACK).sum(axis=1)
    far = _corners_within(corners, size=size, slack=MOST_BEYOND).all(axis=1)
    area = _areas(corners)
    good = (
        (far & (near >= 2) & (near < 4) if beyond else near == 4)
        & (cross > 0).all(axis=1)
        & (angle > LEAST_CORNER_DEG).all(axis=1)
        & (angle < MOST_CORNER_DEG).all(axis=1)
        & (area > LEAST_AREA_SHARE * width_px * height_px)
    )
    return sides[good], corners[good]


def _corners_within(corners: FloatArray, *, size: tuple[int, int], slack: float) -> NDArray[np.bool_]:
    """Which corners lie in the picture widened by a share of its longer side; shape (n, 4)."""
    room = slack * max(size)
    return np.asarray((corners >= -room).all(axis=2) & (corners <= np.array(size) + room).all(axis=2))


def _areas(corners: FloatArray) -> FloatArray:
    following = np.roll(corners, -1, axis=1)
    return np.asarray(
        np.abs((corners[..., 0] * following[..., 1] - corners[..., 1] * following[..., 0]).sum(axis=1)) / 2
    )


def _score(
    sides: NDArray[np.intp], corners: FloatArray, table: SideTable, *, free: NDArray[np.bool_], size: tuple[int, int]
) -> tuple[FloatArray, FloatArray]:
    """Score of every candidate and the support of its sides, shape (n, 4)."""
    support = np.zeros(sides.shape)
    even = np.zeros(sides.shape)
    beyond = np.zeros(sides.shape)
    for k in range(4):
        which = sides[:, k]
        a = _position(table, which, corners[:, k])
        b = _position(table, which, corners[:, (k + 1) % 4])
        trim = (b - a) * CORNER_SHARE
        support[:, k], even[:, k], _ = table.support(which, a + trim, b - trim)
        reach = (b - a) * 0.12
        before, _, _ = table.support(which, a - reach, a - 0.2 * reach)
        after, _, _ = table.support(which, b + 0.2 * reach, b + reach)
        beyond[:, k] = (before + after) / 2
    # A side on the picture's border asks for nothing; the others have to carry the candidate.
    support[free], even[free], beyond[free] = 1.0, 1.0, 0.0
    quality = support * (0.6 + 0.4 * even)
    share = _areas(corners) / (size[0] * size[1])
    score = 0.5 * quality.mean(axis=1) + 0.5 * quality.min(axis=1) - 0.2 * beyond.mean(axis=1) + 0.15 * np.sqrt(share)
    return score, support


def _position(table: SideTable, which: NDArray[np.intp], points: FloatArray) -> FloatArray:
    normal = table.normal_rad[which]
    return np.asarray(-points[:, 0] * np.sin(normal) + points[:, 1] * np.cos(normal))


def _distinct(score: FloatArray, corners: FloatArray, *, size: tuple[int, int]) -> NDArray[np.intp]:
    """The best candidates, near-copies left out."""
    order = np.argsort(-score, kind="stable")[:400]
    kept: list[int] = []
    limit = 0.02 * max(size)
    for index in order:
        if not kept or bool((np.abs(corners[kept] - corners[index]).max(axis=(1, 2)) > limit).all()):
            kept.append(int(index))
        if len(kept) == CLOSER_LOOKS:
            break
    return np.array(kept, dtype=np.intp)


def _snapped(corners: FloatArray, on_border: NDArray[np.bool_]) -> FloatArray:
    """Moves the ends of sides on the picture's border exactly onto it, where `imaging.quality` looks for them."""
    moved = corners.copy()
    for side, (axis, value) in enumerate(((1, 0.0), (0, 1.0), (1, 1.0), (0, 0.0))):
        if on_border[side]:
            moved[[side, (side + 1) % 4], axis] = value
    return moved


def _as_quad(corners: FloatArray) -> Quad:
    a, b, c, d = ((float(x), float(y)) for x, y in corners)
    return Quad((a, b, c, d))
