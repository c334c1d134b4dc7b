"""Height of the smallest print on a page, to tell whether it survives being made smaller.

Characters are told from specks and pictures by standing in rows of equals: eight or more dark shapes of one height on
one line. Grain, wood and security print leave no such rows.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels

# Rows are looked for at this many pixels at most (a sheet of 2200 x 1650): print below 6 px of that is lost anyway.
_MOST_PX = 3_630_000
# A stroke is darker than the mean of its surroundings by at least this many levels; sensor noise of 8 levels, smoothed
# by a pixel and a half, stays below 4.
_LEAST_DARKER = 14
# Print is also at least this dark beside the darkest print of the page: wavy security lines and faint frames are not.
_LEAST_SHARE = 0.5
# The tightest page is inked on 15 % of its pixels, pure noise on 23 %.
_MOST_INK = 0.2
# Surroundings as wide as a line of large print is high.
_AROUND_PX = 41
# Shapes from the smallest legible character to a headline, px.
_LEAST_HEIGHT_PX, _MOST_HEIGHT_PX = 5, 90
# A gazette page has 6,000 shapes; more than this is grain.
_MOST_SHAPES = 12_000
# So many shapes of like height make a row; a date has eight.
_LEAST_IN_ROW = 8
# Shapes of a row differ in height by no more than this factor: digits have 0.7 of the height of Chinese characters.
_ALIKE = 1.35
# Neighbours of a row are no further apart than this many times their height.
_MOST_GAP = 2.5


def smallest_print_px(pixels: Pixels) -> float | None:
    """Height of the characters of the smallest print.

    Args:
        pixels: uint8 RGB of shape (height, width, 3), upright or on its side.

    Returns:
        Pixels of this picture; None when no row of print was found.
    """
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    shrink = min(1.0, (_MOST_PX / grey.size) ** 0.5)
    if shrink < 1:
        grey = cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    heights = [height for side in (grey, grey.T) for height in _rows(np.ascontiguousarray(side))]
    return min(heights) / shrink if heights else None


def _rows(grey: NDArray[np.uint8]) -> list[float]:
    """Character height of each row of print that runs across."""
    boxes = _shapes(grey)
    heights = []
    while boxes.shape[0] >= _LEAST_IN_ROW:
        # The highest shape left starts a row; what belongs to the row is taken out together.
        start = int(np.argmax(boxes[:, 3]))
        row = _row_of(boxes, start)
        if int(row.sum()) >= _LEAST_IN_ROW:
            heights.append(float(np.quantile(boxes[row, 3], 0.75)))
        row[start] = True
        boxes = boxes[~row]
    return heights


def _shapes(grey: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Boxes (left, top, width, height) of dark shapes of a character's size and form."""
    soft = cv2.GaussianBlur(grey, (0, 0), 0.8)
    ground = cv2.blur(soft, (_AROUND_PX, _AROUND_PX))
    darker = cv2.subtract(ground, soft)
    ink = darker[darker >= _LEAST_DARKER]
    if ink.size == 0 or ink.size > _MOST_INK * grey.size:
        return np.zeros((0, 4), np.int64)
    count, labels, stats, _ = cv2.connectedComponentsWithStats((darker >= _LEAST_DARKER).astype(np.uint8))
    inked = np.zeros(count, np.bool_)
    inked[labels[darker >= _LEAST_SHARE * float(np.quantile(ink, 0.95))]] = True
    width, height, area = stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT], stats[1:, cv2.CC_STAT_AREA]
    # Characters of small print may touch: up to three in a row. A rule is thinner than any character.
    good = inked[1:] & (height >= _LEAST_HEIGHT_PX) & (height <= _MOST_HEIGHT_PX)
    good &= (width >= 0.15 * height) & (width <= 3.5 * height) & (area >= 0.12 * width * height)
    if int(good.sum()) > _MOST_SHAPES:
        return np.zeros((0, 4), np.int64)
    return np.asarray(stats[1:][good][:, :4], np.int64)


def _row_of(boxes: NDArray[np.int64], start: int) -> NDArray[np.bool_]:
    """Which shapes stand in one row with this one, are as high, and follow each other without a long gap."""
    left, top, width, height = boxes.T
    middle = top + height / 2
    alike = (height * _ALIKE >= height[start]) & (np.abs(middle - middle[start]) <= 0.5 * height[start])
    order = np.flatnonzero(alike)[np.argsort(left[alike], kind="stable")]
    gaps = left[order][1:] - (left + width)[order][:-1] > _MOST_GAP * height[start]
    part = np.concatenate(([0], np.cumsum(gaps)))
    row = np.zeros(len(boxes), np.bool_)
    row[order[part == part[np.flatnonzero(order == start)[0]]]] = True
    return row
