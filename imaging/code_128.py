"""Reads Code 128 bar codes, which certificates carry and OpenCV finds but cannot decode (ISO/IEC 15417)."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# Widths of bar, space, bar, space, bar, space in modules by value: 103 to 105 are starts, 106 is the stop without
# its last bar.
_TABLE = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 "
    "113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 "
    "212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 "
    "113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 "
    "314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 "
    "241211 221114 413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 "
    "214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 211214 "
    "211232 233111"
)
_PATTERNS = np.array([[int(width) for width in word] for word in _TABLE.split()], dtype=np.float32)
_MODULES, _STARTS, _STOP = 11.0, (103, 104, 105), 106
# Sums of neighbouring widths stay the same when ink spreads; single widths only help to tell equals apart.
_SUMS = _PATTERNS[:, :5] + _PATTERNS[:, 1:]
_SINGLE_WEIGHT = 0.3
# A symbol further than this from every pattern, in modules, is no symbol; neighbours differ by two.
_MAX_DISTANCE = 2.4
# Symbols of one code are equally wide but for perspective.
_WIDTH_RATIO = 1.3
# Sampling: positions along the code for every pixel of it, lines across it, and how far the ends are looked over.
_OVERSAMPLING, _LINES, _MARGIN = 4, 7, 0.12
# Lines, of eight, that have to say the same; and the part of a line, margins included, that a code has to span.
_AGREEING, _MIN_SPAN = 3, 0.55
# A longer code than this stands on no certificate; also bounds the work.
_MAX_PIXELS = 3000
# Shorter contents are too easily read out of a pattern: start, three symbols, check and stop.
_MIN_SYMBOLS = 3
# Values that switch the set of characters, and the set of characters of every start.
_SWITCHES = {99: "C", 100: "B", 101: "A"}
_SETS = dict(zip(_STARTS, "ABC", strict=True))


def read_code_128(grey: NDArray[np.uint8], corners: Floats) -> str:
    """Content of the bar code in a quad, in either direction; empty when lines through it do not agree on one.

    Args:
        grey: uint8 page of shape (height, width).
        corners: float32 (4, 2) in pixels: top left, top right, bottom right, bottom left; bars run from top to bottom.
    """
    lines = _lines_across(grey, corners)
    runs = [_run_widths(line) for line in (lines.mean(axis=0), *lines)]
    read = Counter(content for run in runs for way in (run, run[::-1]) if (content := _content(way)))
    # A check of one in 103 passes by chance now and then; the same chance does not strike on several lines.
    return next(iter(read)) if len(read) == 1 and read.total() >= _AGREEING else ""


def _lines_across(grey: NDArray[np.uint8], corners: Floats) -> Floats:
    """Grey values along lines from the left to the right edge, ends included, (lines, positions)."""
    left_top, right_top, right_bottom, left_bottom = corners
    length = min(_MAX_PIXELS, max(8, round(float(np.hypot(*(right_top - left_top))))))
    along = np.linspace(-_MARGIN, 1 + _MARGIN, length * _OVERSAMPLING, dtype=np.float32)[None, :, None]
    down = np.linspace(0.2, 0.8, _LINES, dtype=np.float32)[:, None, None]
    left, right = left_top + down * (left_bottom - left_top), right_top + down * (right_bottom - right_top)
    places = np.asarray(left + along * (right - left), dtype=np.float32)
    values = cv2.remap(grey, places[..., 0], places[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(values, dtype=np.float32)


def _run_widths(line: Floats) -> Floats:
    """Widths of dark and light runs by turns, a dark one first and last."""
    reach = max(9, len(line) // 12) | 1
    row = np.asarray(line, dtype=np.float32)[None]
    window = np.ones((1, reach), dtype=np.uint8)
    middle = (cv2.erode(row, window) + cv2.dilate(row, window)) / 2
    above = np.asarray(row - cv2.blur(middle, (reach, 1)), dtype=np.float32)[0]
    at = np.nonzero(np.diff(np.signbit(above)))[0]
    if not len(at):
        return np.zeros(0, dtype=np.float32)
    edges = at + above[at] / (above[at] - above[at + 1])
    first = 0 if above[at[0]] >= 0 else 1
    edges = edges[first:]
    return np.diff(edges[: len(edges) // 2 * 2]).astype(np.float32)


def _content(widths: Floats) -> str:
    for start in range(0, len(widths) - 6 * (_MIN_SYMBOLS + 2), 2):
        if _value(widths[start : start + 6]) in _STARTS:
            values = _values_from(widths[start:])
            span = widths[start : start + 6 * len(values)].sum() / widths.sum()
            if span >= _MIN_SPAN and _passes(values):
                return _text(values)
    return ""


def _value(widths: Floats) -> int | None:
    """The value of six runs; None when they are no symbol."""
    total = float(widths.sum())
    if len(widths) < 6 or total <= 0:
        return None
    modules = widths * (_MODULES / total)
    sums = np.abs(_SUMS - (modules[:5] + modules[1:])).sum(axis=1)
    distance = sums + _SINGLE_WEIGHT * np.abs(_PATTERNS - modules).sum(axis=1)
    best = int(distance.argmin())
    return best if distance[best] < _MAX_DISTANCE else None


def _values_from(widths: Floats) -> list[int]:
    """Values from a start to the stop, both included; without a stop at the end when the run breaks off."""
    values: list[int] = []
    before = float(widths[:6].sum())
    for at in range(0, len(widths) - 5, 6):
        symbol = widths[at : at + 6]
        width = float(symbol.sum())
        value = _value(symbol)
        if value is None or not before / _WIDTH_RATIO < width < before * _WIDTH_RATIO:
            break
        values.append(value)
        before = width
        if value == _STOP:
            break
    return values


def _passes(values: list[int]) -> bool:
    """True for start, symbols, check and stop, whose check agrees."""
    if len(values) < _MIN_SYMBOLS + 3 or values[-1] != _STOP or any(value > 102 for value in values[1:-1]):
        return False
    total = values[0] + sum(place * value for place, value in enumerate(values[1:-2], 1))
    return total % 103 == values[-2]


def _text(values: list[int]) -> str:
    """Characters of a checked code; function signs and control characters are left out."""
    table = _SETS[values[0]]
    text = ""
    for before, value in pairwise(values[:-2]):
        # 98 lends one character from the other of the two sets of letters.
        used = {"A": "B", "B": "A"}.get(table, table) if before == 98 and table != "C" and text else table
        if used == "C":
            text += f"{value:02d}" if value < 100 else ""
        elif value < 96 and not (used == "A" and value >= 64):
            text += chr(value + 32)
        table = _SWITCHES.get(value, table) if used != "C" or value >= 100 else table
    return text
