"""Puts the lines of a page into the order a person reads them, also when the page is tilted.

A small skew mixes rows when boxes are sorted by their y alone (PaddleOCR issue 9324), so the page's own tilt is
measured on its longest lines and taken out first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from imaging.geometry import Point, Quad
from ocr.model import Line

# Two lines share a row when their centres differ by less than this share of the smaller line height. Boxes of one
# printed row differ by up to a third of the height when only one of them holds tall characters or brackets.
_SAME_ROW = 0.5


@dataclass(frozen=True, slots=True)
class Row:
    """Lines that stand side by side, left to right."""

    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """All text of the row, pieces separated by a space."""
        return " ".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class _Placed:
    line: Line
    x: float
    y: float
    height: float


def rows_of(lines: Sequence[Line], *, aspect: float) -> tuple[Row, ...]:
    """Groups lines into rows, top to bottom.

    Args:
        lines: Lines with boxes in fractions of the page.
        aspect: Width of the page divided by its height, so that angles are true.

    Returns:
        Rows in reading order.
    """
    tilt = tilt_of(lines, aspect)
    placed = sorted((_place(line, tilt, aspect) for line in lines), key=lambda p: p.y)
    rows: list[list[_Placed]] = []
    for item in placed:
        row = _row_for(item, rows)
        if row is None:
            rows.append([item])
        else:
            row.append(item)
    rows.sort(key=lambda row: sum(p.y for p in row) / len(row))
    return tuple(Row(tuple(p.line for p in sorted(row, key=lambda p: p.x))) for row in rows)


def _row_for(item: _Placed, rows: list[list[_Placed]]) -> list[_Placed] | None:
    """The latest row that the item stands in, if any; items beside each other must not overlap in x."""
    for row in reversed(rows[-4:]):
        nearest = min(row, key=lambda p: abs(p.x - item.x))
        if abs(nearest.y - item.y) < _SAME_ROW * min(nearest.height, item.height):
            return row
    return None


def _place(line: Line, tilt: float, aspect: float) -> _Placed:
    x, y = line.box.centre
    left = _mean(line.box.points[0], line.box.points[3])
    turned_y = y * math.cos(tilt) - x * aspect * math.sin(tilt)
    turned_x = left[0] * aspect * math.cos(tilt) + left[1] * math.sin(tilt)
    return _Placed(line, turned_x, turned_y, line_height(line.box, aspect))


def line_height(box: Quad, aspect: float) -> float:
    """Height of a line across its reading direction, as a fraction of the page's height."""
    top_left, _, _, bottom_left = box.points
    return math.hypot((bottom_left[0] - top_left[0]) * aspect, bottom_left[1] - top_left[1])


def tilt_of(lines: Sequence[Line], aspect: float) -> float:
    """Median angle in radians of the longer half of the lines, weighted by nothing: one line, one vote."""
    angles = []
    for line in sorted(lines, key=lambda item: -(item.box.right - item.box.left))[: max(1, len(lines) // 2)]:
        start = _mean(line.box.points[0], line.box.points[3])
        end = _mean(line.box.points[1], line.box.points[2])
        run, rise = (end[0] - start[0]) * aspect, end[1] - start[1]
        if run > 0:
            angles.append(math.atan2(rise, run))
    if not angles:
        return 0.0
    return sorted(angles)[len(angles) // 2]


def _mean(a: Point, b: Point) -> Point:
    return ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
