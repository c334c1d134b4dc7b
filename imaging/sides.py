"""How well a straight line is backed by the picture as the side of a paper, anywhere along it.

Everything is summed up along the line once, so that the thousands of quadrilaterals that a handful of lines can form
are judged by two look-ups a side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imaging.lines import EdgeMap, Line
from imaging.worksize import Plane, sample

# Colour is compared this far from the line (working pixels of 384): nearer lies the blur of the edge itself, farther
# the next thing.
NEAR_PX, FAR_PX = 3, 8
# Least change of colour (Lab levels) across a side. A ruled line has the same paper on both sides: below 1.5 measured.
LEAST_STEP = 4.0
# An edge pixel belongs to the line within this distance and turn.
ON_LINE_PX = 2.0
ON_LINE_RAD = float(np.deg2rad(20))


@dataclass(frozen=True, slots=True, eq=False)
class LineBacking:
    """Running sums along a line, index = whole pixels along it plus `origin`.

    Attributes:
        line: The line itself.
        backed: Running count of positions with an edge on the line and a change of colour across it.
        inside: Running count of positions inside the picture.
        step: Running sum of the change of colour, shape (n, 3).
        size: Running sum of its length.
        origin: Index of the foot of the perpendicular from (0, 0).
    """

    line: Line
    backed: NDArray[np.float64]
    inside: NDArray[np.float64]
    step: NDArray[np.float64]
    size: NDArray[np.float64]
    origin: int


def back_line(line: Line, edges: EdgeMap, *, pixels: tuple[NDArray[np.intp], NDArray[np.intp], Plane]) -> LineBacking:
    """Measures one line. `pixels` are the edge pixels: their columns, rows and normals."""
    height_px, width_px = edges.strength.shape
    reach = int(np.hypot(height_px, width_px)) + 2
    cos, sin = float(np.cos(line.normal_rad)), float(np.sin(line.normal_rad))
    along = np.arange(-reach, reach + 1, dtype=np.float32)
    base_x = line.distance_px * cos - along * sin
    base_y = line.distance_px * sin + along * cos
    inside = (base_x >= 0) & (base_x <= width_px - 1) & (base_y >= 0) & (base_y <= height_px - 1)
    offsets = np.arange(NEAR_PX, FAR_PX + 1, dtype=np.float32)
    strips = []
    for sign in (-1.0, 1.0):
        xs = base_x[None, :] + sign * offsets[:, None] * cos
        ys = base_y[None, :] + sign * offsets[:, None] * sin
        strips.append(sample(edges.smooth, xs, ys).mean(axis=0))
    step = (strips[1] - strips[0]) * inside[:, None]
    size = np.sqrt((step**2).sum(axis=1))
    present = _edge_positions(line, pixels, reach=reach)
    backed = present & (size >= LEAST_STEP) & inside
    return LineBacking(line, _running(backed), _running(inside), _running(step), _running(size), origin=reach)


def _edge_positions(
    line: Line, pixels: tuple[NDArray[np.intp], NDArray[np.intp], Plane], *, reach: int
) -> NDArray[np.bool_]:
    xs, ys, normals = pixels
    cos, sin = float(np.cos(line.normal_rad)), float(np.sin(line.normal_rad))
    turned = np.abs(np.mod(normals - line.normal_rad + np.pi / 2, np.pi) - np.pi / 2)
    on = (np.abs(xs * cos + ys * sin - line.distance_px) <= ON_LINE_PX) & (turned <= ON_LINE_RAD)
    at = np.rint(-xs[on] * sin + ys[on] * cos).astype(np.int64) + reach
    present = np.zeros(2 * reach + 1, dtype=bool)
    # Thinning leaves gaps of a pixel on slanted edges.
    for shift in (-1, 0, 1):
        present[np.clip(at + shift, 0, 2 * reach)] = True
    return present


def _running(values: NDArray[np.generic]) -> NDArray[np.float64]:
    total = np.cumsum(np.asarray(values, dtype=np.float64), axis=0)
    return np.concatenate([np.zeros_like(total[:1]), total])


@dataclass(frozen=True, slots=True, eq=False)
class SideTable:
    """The same for many lines, stacked, to look up many sides at once."""

    normal_rad: NDArray[np.float64]
    distance_px: NDArray[np.float64]
    backed: NDArray[np.float64]
    inside: NDArray[np.float64]
    step: NDArray[np.float64]
    size: NDArray[np.float64]
    origin: int

    def support(
        self, which: NDArray[np.intp], start: NDArray[np.float64], end: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """For sides on lines `which` between positions along them: backed share 0..1, evenness 0..1, mean step.

        Evenness is 1 when the change of colour is the same everywhere along the side and 0 when it is random.
        """
        low = self._index(np.minimum(start, end))
        high = np.maximum(self._index(np.maximum(start, end)), low + 1)
        length = np.maximum(self.inside[which, high] - self.inside[which, low], 1.0)
        share = (self.backed[which, high] - self.backed[which, low]) / length
        mean = np.sqrt(((self.step[which, high] - self.step[which, low]) ** 2).sum(axis=-1))
        total = np.maximum(self.size[which, high] - self.size[which, low], 1e-6)
        return share, mean / total, mean / length

    def _index(self, position: NDArray[np.float64]) -> NDArray[np.intp]:
        return np.clip(np.rint(position) + self.origin, 0, self.backed.shape[1] - 1).astype(np.intp)


def side_table(lines: tuple[Line, ...], edges: EdgeMap) -> SideTable:
    """Measures all lines."""
    ys, xs = np.nonzero(edges.strength)
    pixels = (xs, ys, edges.normal_rad[ys, xs])
    found = [back_line(line, edges, pixels=pixels) for line in lines]
    return SideTable(
        normal_rad=np.array([line.normal_rad for line in lines]),
        distance_px=np.array([line.distance_px for line in lines]),
        backed=np.stack([b.backed for b in found]),
        inside=np.stack([b.inside for b in found]),
        step=np.stack([b.step for b in found]),
        size=np.stack([b.size for b in found]),
        origin=found[0].origin,
    )
