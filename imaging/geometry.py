"""The one box type of the product and the few operations on it.

Everything downstream of decoding speaks in fractions of the rendition (0..1, origin top left, x right, y down),
so a box survives any later resize. Pixels and numpy's (height, width) order meet only in this module.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Quad:
    """Four corners in reading order of the text they enclose: top left, top right, bottom right, bottom left.

    Attributes:
        points: Four (x, y) pairs in fractions of the rendition. Values slightly outside 0..1 are possible for a
            tilted line at the border; `clipped` brings them back.
    """

    points: tuple[Point, Point, Point, Point]

    @staticmethod
    def from_rect(left: float, top: float, right: float, bottom: float) -> Quad:
        """An upright rectangle given by fractions of the rendition."""
        return Quad(((left, top), (right, top), (right, bottom), (left, bottom)))

    @staticmethod
    def from_pixels(corners: NDArray[np.floating] | NDArray[np.integer], *, width_px: int, height_px: int) -> Quad:
        """Scales four pixel corners, array of shape (4, 2) in x, y order, to fractions."""
        xs = [float(x) / width_px for x in corners[:, 0]]
        ys = [float(y) / height_px for y in corners[:, 1]]
        return Quad(((xs[0], ys[0]), (xs[1], ys[1]), (xs[2], ys[2]), (xs[3], ys[3])))

    def to_pixels(self, *, width_px: int, height_px: int) -> NDArray[np.float32]:
        """The corners in pixels, float32 array of shape (4, 2) in x, y order."""
        return np.array([(x * width_px, y * height_px) for x, y in self.points], dtype=np.float32)

    def clipped(self) -> Quad:
        """The same quad with every corner moved into 0..1."""
        a, b, c, d = ((min(1.0, max(0.0, x)), min(1.0, max(0.0, y))) for x, y in self.points)
        return Quad((a, b, c, d))

    @property
    def left(self) -> float:
        return min(x for x, _ in self.points)

    @property
    def right(self) -> float:
        return max(x for x, _ in self.points)

    @property
    def top(self) -> float:
        return min(y for _, y in self.points)

    @property
    def bottom(self) -> float:
        return max(y for _, y in self.points)

    @property
    def centre(self) -> Point:
        return (sum(x for x, _ in self.points) / 4, sum(y for _, y in self.points) / 4)

    def touches(self, other: Quad) -> bool:
        """True when the upright rectangles around the two have a piece in common."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def between(self, start: float, end: float) -> Quad:
        """The part of the quad from `start` to `end` (0..1) along its reading direction.

        Used to place a field that is a piece of a recognised line.
        """
        top_left, top_right, bottom_right, bottom_left = self.points
        return Quad(
            (
                _along(top_left, top_right, start),
                _along(top_left, top_right, end),
                _along(bottom_left, bottom_right, end),
                _along(bottom_left, bottom_right, start),
            )
        )


def _along(a: Point, b: Point, share: float) -> Point:
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)


def enclosing(quads: Iterable[Quad]) -> Quad | None:
    """The upright rectangle around several quads; None when there are none."""
    found = tuple(quads)
    if not found:
        return None
    return Quad.from_rect(
        min(q.left for q in found),
        min(q.top for q in found),
        max(q.right for q in found),
        max(q.bottom for q in found),
    )
