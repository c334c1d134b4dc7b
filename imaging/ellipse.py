"""An ellipse in pixels, and how one is fitted to points."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

# Shortest axis of an ellipse that can be judged at all, in pixels.
AXIS_MIN_PX = 8.0


@dataclass(frozen=True, slots=True)
class Ellipse:
    """An ellipse in pixels of the image it was found on.

    Attributes:
        x_px: Centre.
        y_px: Centre.
        major_px: Longer half axis.
        minor_px: Shorter half axis.
        angle_deg: Direction of the longer half axis, clockwise from the image's x axis, 0..180.
    """

    x_px: float
    y_px: float
    major_px: float
    minor_px: float
    angle_deg: float

    @property
    def axis_ratio(self) -> float:
        """Longer over shorter axis, at least 1."""
        return self.major_px / max(1e-6, self.minor_px)

    @property
    def diameter_px(self) -> float:
        """Geometric mean of both axes' full lengths."""
        return 2.0 * math.sqrt(self.major_px * self.minor_px)

    def scaled(self, factor: float) -> Ellipse:
        """The same ellipse on an image `factor` times as large."""
        return Ellipse(
            self.x_px * factor, self.y_px * factor, self.major_px * factor, self.minor_px * factor, self.angle_deg
        )

    def points(self, turns: NDArray[np.float64], radius: NDArray[np.float64] | float = 1.0) -> NDArray[np.float64]:
        """Points at the parameter angles `turns` (radians) and relative radii, array (n, 2) in x, y order."""
        tilt = math.radians(self.angle_deg)
        along, across = self.major_px * np.cos(turns) * radius, self.minor_px * np.sin(turns) * radius
        xs = self.x_px + along * math.cos(tilt) - across * math.sin(tilt)
        ys = self.y_px + along * math.sin(tilt) + across * math.cos(tilt)
        return np.stack([xs, ys], axis=-1)

    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom in pixels."""
        tilt = math.radians(self.angle_deg)
        half_x = math.hypot(self.major_px * math.cos(tilt), self.minor_px * math.sin(tilt))
        half_y = math.hypot(self.major_px * math.sin(tilt), self.minor_px * math.cos(tilt))
        return self.x_px - half_x, self.y_px - half_y, self.x_px + half_x, self.y_px + half_y


def fitted(points: NDArray[np.float32]) -> Iterator[Ellipse]:
    """The ellipse through the points, array (n, 2) with n >= 5; nothing when they lie on no judgeable ellipse."""
    (x, y), (first, second), angle = cv2.fitEllipseDirect(points)
    if all(map(math.isfinite, (x, y, first, second, angle))) and min(first, second) >= AXIS_MIN_PX:
        yield _ordered(x, y, first / 2, second / 2, angle)


def _ordered(x: float, y: float, first: float, second: float, angle_deg: float) -> Ellipse:
    if first >= second:
        return Ellipse(x, y, first, second, angle_deg % 180)
    return Ellipse(x, y, second, first, (angle_deg + 90) % 180)


def relative_radius(ellipse: Ellipse, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance of points, array (n, 2), from the centre, where 1 is on the ellipse."""
    tilt = math.radians(ellipse.angle_deg)
    dx, dy = points[:, 0] - ellipse.x_px, points[:, 1] - ellipse.y_px
    along = (dx * math.cos(tilt) + dy * math.sin(tilt)) / ellipse.major_px
    across = (dy * math.cos(tilt) - dx * math.sin(tilt)) / ellipse.minor_px
    return np.asarray(np.hypot(along, across), np.float64)
