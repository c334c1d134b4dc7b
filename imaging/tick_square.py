"""Finds the square of a tick box on a patch around a label's start, however it is ticked.

Squares are never searched on a whole page: 口, 日 and 国 look like boxes (ocr.md 5.4).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from imaging.tick_patch import ABOVE_EM, EM_PX, LEFT_EM, LabelPatch, Plane

# Sides of a box in characters: the glyph □ of Song and Hei fonts is 0.75-0.95, drawn boxes were seen from 0.55 to 1.35.
SIDE_EM = (0.52, 1.40)
# Height over width; perspective and hand-drawn boxes.
ASPECTS = (0.88, 1.0, 1.14)
# A square counts as found when its weakest side and all sides together are at least this dark (1 = the darkest ink
# nearby). Pieces of characters reach 0.45 on the weakest side (measured on own pages). One limit for each of
# PALE_FRAMES: where pale frames count, the soft edges of print count as well, so all sides must be whole.
WEAKEST_SIDE_MIN = (0.55, 0.78)
# The second pair serves where the other boxes of a form already tell how large it is: a hairline frame on a fine scan
# reaches 0.6 at that gain.
WEAKEST_SIDE_KNOWN = (0.50, 0.50)
OUTLINE_MIN = 0.68
# A frame this dark, relative to the label's print, is as good as a black one; tried in this order.
PALE_FRAMES = (0.40, 0.16)
# A square this good needs no second look for a paler frame around it; pieces of a dark mark inside one reach 0.80.
CERTAIN_SCORE = 0.85
# A pale square this much better is the box wherever the dark one lies (0.95 against 0.57 on own pages).
FAR_BETTER = 0.25
# Ink allowed on the lines just outside the square, as a mean: a tick that leaves the box crosses two of them.
OUTSIDE_MAX = 0.45
# Distance of those lines from the sides.
_CLEAR_PX = 3
# How far a box's middle may lie above or below the middle of its line, in characters.
OFF_LINE_EM = 0.55
# Where the four sides of a square lie is corrected by at most this much after the coarse search.
_SIDE_SHIFT_PX = 3


@dataclass(frozen=True, slots=True)
class Square:
    """A box on the patch around a label's start, in patch pixels.

    Attributes:
        left: Left edge.
        top: Upper edge.
        width: Distance of the vertical sides.
        height: Distance of the horizontal sides.
        score: How well four sides are seen, 0..1.
    """

    left: float
    top: float
    width: int
    height: int
    score: float


def find_square(
    patch: LabelPatch,
    *,
    side_em: tuple[float, float] = SIDE_EM,
    before_em: float = -0.15,
    weakest: tuple[float, float] = WEAKEST_SIDE_MIN,
) -> Square | None:
    """The best square whose middle lies left of the label's start and about on its line.

    Args:
        patch: Surroundings of the label's start.
        side_em: Smallest and largest side in characters.
        before_em: How far right of the label's start the box's middle may lie, in characters; negative when the
            start is known well.
        weakest: How dark the weakest side must be, for each of PALE_FRAMES.

    Returns:
        The square with the best outline, or None when no outline is complete enough.
    """
    # Pale frames count as much as dark ones; a stroke narrower than a pixel is pale. Very pale ones come second,
    # because at that gain the grain of the paper shows as well.
    best: Square | None = None
    for pale, weakest_min in zip(PALE_FRAMES, weakest, strict=True):
        sums = _Sums.of(np.clip(patch.dark / pale, 0.0, 1.0), weakest_min)
        found = _searched(sums, side_em, before_em)
        if best is None or (found is not None and _is_better_frame(found, best)):
            best = found
        if best is not None and best.score >= CERTAIN_SCORE:
            break
    return None if best is None else _centred_on_strokes(patch.dark, best)


def _is_better_frame(pale: Square, dark: Square) -> bool:
    """True when a pale square and not the dark one is the box.

    A dark tick makes small squares of its own inside the box, and with the label's first strokes some beside it.
    """
    return pale.score > dark.score + FAR_BETTER or (pale.score > dark.score and _encloses(pale, dark))


def _encloses(outer: Square, inner: Square) -> bool:
    """True when `inner` lies inside."""
    over, before = outer.top <= inner.top + 1, outer.left <= inner.left + 1
    under = outer.top + outer.height >= inner.top + inner.height - 1
    return over and before and under and outer.left + outer.width >= inner.left + inner.width - 1


def _searched(sums: _Sums, side_em: tuple[float, float], before_em: float) -> Square | None:
    """The best square over all sizes."""
    right_px = (LEFT_EM + before_em) * EM_PX
    smallest, largest = round(side_em[0] * EM_PX), round(side_em[1] * EM_PX)
    best: Square | None = None
    for width in range(smallest, largest + 1, 2):
        for aspect in ASPECTS:
            best = _better(best, _best_place(sums, width, round(width * aspect), right_px))
    return best


def _better(best: Square | None, found: Square | None) -> Square | None:
    return found if found is not None and (best is None or found.score > best.score) else best


def _centred_on_strokes(dark: Plane, square: Square) -> Square:
    """The same square with every side moved onto the middle of its stroke."""
    left, top = round(square.left), round(square.top)
    right, bottom = left + square.width, top + square.height
    rows = dark[:, left + 2 : right - 1].mean(axis=1)
    columns = dark[top + 2 : bottom - 1].mean(axis=0)
    top, bottom = _nearest_line(rows, top), _nearest_line(rows, bottom)
    left, right = _nearest_line(columns, left), _nearest_line(columns, right)
    width, height = right - left, bottom - top
    if not 0.75 <= height / max(1, width) <= 1.33:
        return square
    return Square(float(left), float(top), width, height, square.score)


def _nearest_line(profile: Plane, place: int) -> int:
    """The peak nearest to `place` among those of about equal darkness: a thick tick inside the frame and the first
    stroke of the label outside of it lie further away.
    """
    low, high = max(1, place - _SIDE_SHIFT_PX), min(len(profile) - 1, place + _SIDE_SHIFT_PX + 1)
    window = profile[low:high]
    peaks = (window >= profile[low - 1 : high - 1]) & (window >= profile[low + 1 : high + 1])
    strong = np.flatnonzero(peaks & (window >= 0.4 * window.max()))
    if strong.size == 0:
        return place
    return low + int(strong[np.argmin(np.abs(strong + low - place))])


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Running sums that make the mean along any straight line one subtraction.

    `across` and `down` allow a line to be one pixel off (dilated planes); `thin_across` and `thin_down` do not.
    `weakest_min` is what the weakest side of a square must reach.
    """

    across: Plane
    down: Plane
    thin_across: Plane
    thin_down: Plane
    weakest_min: float

    @staticmethod
    def of(dark: Plane, weakest_min: float) -> _Sums:
        fat_rows = np.asarray(cv2.dilate(dark, np.ones((3, 1), np.uint8)), np.float32)
        fat_columns = np.asarray(cv2.dilate(dark, np.ones((1, 3), np.uint8)), np.float32)
        return _Sums(_summed(fat_rows, 1), _summed(fat_columns, 0), _summed(dark, 1), _summed(dark, 0), weakest_min)


def _summed(plane: Plane, axis: int) -> Plane:
    pad = ((0, 0), (1, 0)) if axis == 1 else ((1, 0), (0, 0))
    return np.pad(np.cumsum(plane, axis=axis), pad).astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Window:
    """Candidate upper left corners and the size of the square: index ranges into the running sums."""

    top: int
    bottom: int
    left: int
    right: int
    width: int
    height: int

    def row_line(self, sums: Plane, offset: int) -> Plane:
        """Mean along the horizontal line `offset` below each corner, as wide as the square."""
        rows = sums[self.top + offset : self.bottom + offset]
        ends = rows[:, self.left + self.width : self.right + self.width]
        return np.asarray((ends - rows[:, self.left : self.right]) / self.width, np.float32)

    def column_line(self, sums: Plane, offset: int) -> Plane:
        """Mean along the vertical line `offset` right of each corner, as high as the square."""
        columns = sums[:, self.left + offset : self.right + offset]
        low, high = columns[self.top : self.bottom], columns[self.top + self.height : self.bottom + self.height]
        return np.asarray((high - low) / self.height, np.float32)


def _best_place(sums: _Sums, width: int, height: int, right_px: float) -> Square | None:
    """Best position of a square of one size: all sides dark, a clear strip outside them, near its label."""
    rows, columns = sums.across.shape[0], sums.down.shape[1]
    middle = ABOVE_EM * EM_PX
    top = max(_CLEAR_PX, round(middle - OFF_LINE_EM * EM_PX - height / 2))
    bottom = min(rows - height - _CLEAR_PX, round(middle + OFF_LINE_EM * EM_PX - height / 2))
    left, right = _CLEAR_PX, min(columns - width - _CLEAR_PX, round(right_px - width / 2))
    if bottom <= top or right <= left:
        return None
    window = _Window(top, bottom, left, right, width, height)
    top_line, bottom_line = window.row_line(sums.across, 0), window.row_line(sums.across, height)
    weakest = np.minimum(top_line, bottom_line)
    if float(weakest.max()) < sums.weakest_min:
        return None
    left_line, right_line = window.column_line(sums.down, 0), window.column_line(sums.down, width)
    weakest = np.minimum(weakest, np.minimum(left_line, right_line))
    if float(weakest.max()) < sums.weakest_min:
        return None
    mean = (top_line + bottom_line + left_line + right_line) / 4
    outside = _just_outside(sums, window)
    distance_em = np.abs(LEFT_EM - (np.arange(left, right) + width) / EM_PX).astype(np.float32)
    score = 0.5 * weakest + 0.5 * mean - 0.5 * outside - 0.05 * distance_em[None, :]
    score[(weakest < sums.weakest_min) | (mean < OUTLINE_MIN) | (outside > OUTSIDE_MAX)] = -1.0
    y, x = divmod(int(np.argmax(score)), score.shape[1])
    best = float(score[y, x])
    return Square(float(x + left), float(y + top), width, height, best) if best > 0 else None


def _just_outside(sums: _Sums, window: _Window) -> Plane:
    """Mean ink on the four lines around the square."""
    over, under = -_CLEAR_PX, window.height + _CLEAR_PX
    before, after = -_CLEAR_PX, window.width + _CLEAR_PX
    rows = window.row_line(sums.thin_across, over) + window.row_line(sums.thin_across, under)
    columns = window.column_line(sums.thin_down, before) + window.column_line(sums.thin_down, after)
    return np.asarray((rows + columns) / 4, np.float32)
