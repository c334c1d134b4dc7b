"""Tells whether the square before a label is ticked, from pixels alone.

A ticked box vanishes from recognised text while an empty one stays (ocr.md 5.4), so text cannot answer this. Squares
are never searched on a whole page either: 口, 日 and 国 look like boxes. The caller says where the label starts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels

Plane = NDArray[np.float32]

# The surroundings of a label's start are worked at this many pixels per character: a box's stroke is then 1.5-3 px,
# enough to tell it from its inside; the search cost grows with the cube of it.
EM_PX = 22
# Window around the label's start in characters: left of it a box, a gap and room for a recognised line that starts
# one character late; right of it for a line whose box was taken for a character.
LEFT_EM, RIGHT_EM = 3.0, 1.3
ABOVE_EM, BELOW_EM = 1.25, 1.25
# Sides of a box in characters: the glyph □ of Song and Hei fonts is 0.75-0.95, drawn boxes were seen from 0.55 to 1.35.
SIDE_EM = (0.52, 1.40)
# Height over width; perspective and hand-drawn boxes.
ASPECTS = (0.88, 1.0, 1.14)
# A square counts as found when its weakest side and all sides together are at least this dark (1 = the darkest ink
# nearby). Pieces of characters reach 0.45 on the weakest side (measured on own pages).
WEAKEST_SIDE_MIN = 0.55
OUTLINE_MIN = 0.68
# A frame this dark, relative to the label's print, is as good as a black one; tried in this order.
PALE_FRAMES = (0.40, 0.16)
# Ink allowed on the lines just outside the square, as a mean: a tick that leaves the box crosses two of them.
OUTSIDE_MAX = 0.45
# Distance of those lines from the sides.
_CLEAR_PX = 3
# How far a box's middle may lie above or below the middle of its line, in characters.
OFF_LINE_EM = 0.55
# Ink in the middle of the box (share of the inner square). ocr.md 5.4: empty 0.000, ticked 0.09-0.17.
EMPTY_MAX = 0.020
TICKED_MIN = 0.060
# Above this the box is painted over rather than ticked.
FILLED_MIN = 0.70
# The inner square leaves out at least this share of the side at every edge, so that a tilted frame is not ink inside.
INSET = 0.19


class TickState(StrEnum):
    """What a box says; the values are stored and must not change."""

    TICKED = "ticked"
    EMPTY = "empty"
    UNCERTAIN = "uncertain"
    NOT_FOUND = "not-found"


@dataclass(frozen=True, slots=True)
class LabelStart:
    """Where a label begins, in pixels of the page.

    Attributes:
        x_px: Left edge of the label's first character.
        y_px: Middle of the line there.
        em_px: Width of one character.
        along: Unit vector of the reading direction.
        down: Unit vector from the top of the line to its bottom.
    """

    x_px: float
    y_px: float
    em_px: float
    along: tuple[float, float] = (1.0, 0.0)
    down: tuple[float, float] = (0.0, 1.0)


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


@dataclass(frozen=True, slots=True)
class TickMark:
    """The judgement on one box.

    Attributes:
        state: See `TickState`.
        confidence: 0..1.
        corners: Pixel corners on the page, ((x, y), ...) clockwise from the top left; empty when no box was found.
        inside: Share of the inner square that carries ink.
        shape: `none`, `tick`, `cross`, `filled`, `beside` (a mark next to the box) or `glyph` (a mark, no box).
    """

    state: TickState
    confidence: float
    corners: tuple[tuple[float, float], ...] = ()
    inside: float = 0.0
    shape: str = "none"


@dataclass(frozen=True, slots=True, eq=False)
class LabelPatch:
    """The straightened surroundings of one label's start.

    Attributes:
        dark: float32 (height, width): 0 paper, 1 the darkest ink nearby; any colour of ink counts.
        black: The same from the red channel alone, in which red ink is invisible.
        to_page: float32 (2, 3): patch pixel to page pixel.
    """

    dark: Plane
    black: Plane
    to_page: NDArray[np.float32]

    def __post_init__(self) -> None:
        for name in ("dark", "black", "to_page"):
            copy = np.array(getattr(self, name), dtype=np.float32, order="C", copy=True)
            copy.flags.writeable = False
            object.__setattr__(self, name, copy)


def label_patch(pixels: Pixels, start: LabelStart) -> LabelPatch:
    """Cuts and straightens the surroundings of a label's start.

    Args:
        pixels: uint8 RGB of shape (height, width, 3).
        start: Where the label begins.
    """
    step = start.em_px / EM_PX
    (ax, ay), (dx, dy) = start.along, start.down
    origin_x = start.x_px - LEFT_EM * start.em_px * ax - ABOVE_EM * start.em_px * dx
    origin_y = start.y_px - LEFT_EM * start.em_px * ay - ABOVE_EM * start.em_px * dy
    to_page = np.array([[ax * step, dx * step, origin_x], [ay * step, dy * step, origin_y]], np.float32)
    size = (round((LEFT_EM + RIGHT_EM) * EM_PX), round((ABOVE_EM + BELOW_EM) * EM_PX))
    source, matrix = _reduced(pixels, to_page)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    patch = cv2.warpAffine(source, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    near = patch[round(0.5 * EM_PX) : round(-0.5 * EM_PX), round((LEFT_EM - 1.5) * EM_PX) :]
    paper = np.maximum(np.quantile(near.reshape(-1, 3), 0.80, axis=0), 1.0).astype(np.float32)
    even = np.clip(patch / paper, 0.0, 1.0)
    ink = 1.0 - even.min(axis=2)
    # The label's own print says how dark ink is here; a dark table beside the sheet must not.
    label = ink[round(0.6 * EM_PX) : round(-0.6 * EM_PX), round(LEFT_EM * EM_PX) :]
    full = max(0.20, float(np.quantile(label, 0.93)))
    black = np.clip((1.0 - even[..., 0]) / full, 0.0, 1.0)
    return LabelPatch(_lifted(np.clip(ink / full, 0.0, 1.0)), _lifted(black), to_page)


def _reduced(pixels: Pixels, to_page: NDArray[np.float32]) -> tuple[Pixels, NDArray[np.float32]]:
    """The part of the page that the patch needs, reduced first when it is much finer than the patch."""
    step = float(np.hypot(to_page[0, 0], to_page[1, 0]))
    size = np.array([[0, 0], [(LEFT_EM + RIGHT_EM) * EM_PX, 0], [0, (ABOVE_EM + BELOW_EM) * EM_PX]], np.float32)
    corners = np.vstack([size, size[1] + size[2]]) @ to_page[:, :2].T + to_page[:, 2]
    height, width = pixels.shape[:2]
    low = np.clip(np.floor(corners.min(axis=0)).astype(int) - 2, 0, [width - 1, height - 1])
    high = np.clip(np.ceil(corners.max(axis=0)).astype(int) + 3, low + 1, [width, height])
    piece = pixels[low[1] : high[1], low[0] : high[0]]
    matrix = to_page.copy()
    matrix[:, 2] -= low
    if step <= 1.5:
        return piece, matrix
    new_size = (max(1, round(piece.shape[1] / step)), max(1, round(piece.shape[0] / step)))
    scale = np.array([new_size[0] / piece.shape[1], new_size[1] / piece.shape[0]], np.float32)
    return cv2.resize(piece, new_size, interpolation=cv2.INTER_AREA), (matrix * scale[:, None]).astype(np.float32)


def _lifted(ink: NDArray[np.float64] | Plane) -> Plane:
    """Takes paper grain and soft shade away: what is paler than a twelfth of the darkest ink is paper."""
    return np.clip((ink - 0.08) / 0.92, 0.0, 1.0).astype(np.float32)


def find_square(
    patch: LabelPatch, *, side_em: tuple[float, float] = SIDE_EM, before_em: float = -0.1
) -> Square | None:
    """The best square whose middle lies left of the label's start and about on its line.

    Args:
        patch: Surroundings of the label's start.
        side_em: Smallest and largest side in characters.
        before_em: How far right of the label's start the box's middle may lie, in characters; negative when the
            start is known well.

    Returns:
        The square with the best outline, or None when no outline is complete enough.
    """
    # Pale frames count as much as dark ones; a stroke narrower than a pixel is pale. Very pale ones come second,
    # because at that gain the grain of the paper shows as well.
    for pale in PALE_FRAMES:
        best = _searched(_Sums.of(np.clip(patch.dark / pale, 0.0, 1.0)), side_em, before_em)
        if best is not None:
            return _centred_on_strokes(patch.dark, best)
    return None


def _searched(sums: _Sums, side_em: tuple[float, float], before_em: float) -> Square | None:
    """The best square over all sizes."""
    right_px = (LEFT_EM + before_em) * EM_PX
    smallest, largest = round(side_em[0] * EM_PX), round(side_em[1] * EM_PX)
    best: Square | None = None
    for width in range(smallest, largest + 1, 2):
        for aspect in ASPECTS:
            best = _better(best, _best_place(sums, width, round(width * aspect), right_px))
    return best


# Where the four sides of a square lie is corrected by at most this much after the coarse search.
_SIDE_SHIFT_PX = 3


def _centred_on_strokes(dark: Plane, square: Square) -> Square:
    """The same square with every side moved onto the middle of its stroke."""
    left, top = round(square.left), round(square.top)
    right, bottom = left + square.width, top + square.height
    rows = dark[:, left + 2 : right - 1].mean(axis=1)
    columns = dark[top + 2 : bottom - 1].mean(axis=0)
    top, bottom = _outermost_line(rows, top, outward=-1), _outermost_line(rows, bottom, outward=1)
    left, right = _outermost_line(columns, left, outward=-1), _outermost_line(columns, right, outward=1)
    width, height = right - left, bottom - top
    if not 0.75 <= height / max(1, width) <= 1.33:
        return square
    return Square(float(left), float(top), width, height, square.score)


def _outermost_line(profile: Plane, place: int, *, outward: int) -> int:
    """The outermost peak near `place` that is about as dark as the darkest one: a tick lies inside its frame."""
    low, high = max(1, place - _SIDE_SHIFT_PX), min(len(profile) - 1, place + _SIDE_SHIFT_PX + 1)
    window = profile[low:high]
    peaks = (window >= profile[low - 1 : high - 1]) & (window >= profile[low + 1 : high + 1])
    strong = np.flatnonzero(peaks & (window >= 0.6 * window.max()))
    if strong.size == 0:
        return place
    return low + int(strong[-1] if outward > 0 else strong[0])


def _better(best: Square | None, found: Square | None) -> Square | None:
    return found if found is not None and (best is None or found.score > best.score) else best


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Running sums that make the mean along any straight line one subtraction.

    `across` and `down` allow a line to be one pixel off (dilated planes); `thin_across` and `thin_down` do not.
    """

    across: Plane
    down: Plane
    thin_across: Plane
    thin_down: Plane

    @staticmethod
    def of(dark: Plane) -> _Sums:
        fat_rows = np.asarray(cv2.dilate(dark, np.ones((3, 1), np.uint8)), np.float32)
        fat_columns = np.asarray(cv2.dilate(dark, np.ones((1, 3), np.uint8)), np.float32)
        return _Sums(_summed(fat_rows, 1), _summed(fat_columns, 0), _summed(dark, 1), _summed(dark, 0))


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
        return (
            rows[:, self.left + self.width : self.right + self.width] - rows[:, self.left : self.right]
        ) / self.width

    def column_line(self, sums: Plane, offset: int) -> Plane:
        """Mean along the vertical line `offset` right of each corner, as high as the square."""
        columns = sums[:, self.left + offset : self.right + offset]
        low, high = columns[self.top : self.bottom], columns[self.top + self.height : self.bottom + self.height]
        return (high - low) / self.height


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
    if float(weakest.max()) < WEAKEST_SIDE_MIN:
        return None
    left_line, right_line = window.column_line(sums.down, 0), window.column_line(sums.down, width)
    weakest = np.minimum(weakest, np.minimum(left_line, right_line))
    if float(weakest.max()) < WEAKEST_SIDE_MIN:
        return None
    mean = (top_line + bottom_line + left_line + right_line) / 4
    outside = _just_outside(sums, window)
    distance_em = np.abs(LEFT_EM - (np.arange(left, right) + width) / EM_PX).astype(np.float32)
    score = 0.5 * weakest + 0.5 * mean - 0.5 * outside - 0.05 * distance_em[None, :]
    score[(weakest < WEAKEST_SIDE_MIN) | (mean < OUTLINE_MIN) | (outside > OUTSIDE_MAX)] = -1.0
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


def judge(patch: LabelPatch, square: Square, *, under_seal: bool = False) -> TickMark:
    """Says what is inside a box.

    Args:
        patch: The patch that the square was found on.
        square: The box.
        under_seal: True when a red seal lies over it; then only ink that is not red proves a tick.
    """
    plane = patch.black if under_seal else patch.dark
    inner = _inner(plane, square)
    inside = _inked_share(inner, _frame_darkness(plane, square))
    corners = _corners(patch, square)
    if inside >= TICKED_MIN:
        shape = "filled" if inside >= FILLED_MIN else "cross" if _is_cross(inner) else "tick"
        confidence = min(0.99, 0.75 + 2.0 * (inside - TICKED_MIN)) * (0.85 if shape == "cross" else 1.0)
        return TickMark(TickState.TICKED, confidence, corners, inside, shape)
    if inside > EMPTY_MAX:
        return TickMark(TickState.UNCERTAIN, 0.5, corners, inside, "none")
    if not under_seal and _marked_beside(patch, square):
        return TickMark(TickState.UNCERTAIN, 0.5, corners, inside, "beside")
    certainty = 0.98 - 6.0 * inside
    return TickMark(TickState.EMPTY, min(certainty, 0.8) if under_seal else certainty, corners, inside, "none")


def _inner(plane: Plane, square: Square) -> Plane:
    """The inside of the box without the frame's strokes, however thick or tilted they are."""
    left, top = round(square.left), round(square.top)
    body = plane[top : top + square.height + 1, left : left + square.width + 1]
    if min(body.shape) < 6:
        return body[2:-2, 2:-2]
    least_y, least_x = max(2, round(INSET * body.shape[0])), max(2, round(INSET * body.shape[1]))
    # The frame ends where the profile across it has fallen to a third of its height; only the middle of each side
    # is looked at, because the corners belong to two sides.
    middle_x = body[:, body.shape[1] // 4 : -(body.shape[1] // 4)].mean(axis=1)
    middle_y = body[body.shape[0] // 4 : -(body.shape[0] // 4)].mean(axis=0)
    over, under = _stroke_end(middle_x, least_y), _stroke_end(middle_x[::-1], least_y)
    before, after = _stroke_end(middle_y, least_x), _stroke_end(middle_y[::-1], least_x)
    return body[over : body.shape[0] - under, before : body.shape[1] - after]


def _stroke_end(profile: Plane, least: int) -> int:
    """Samples from the edge to where the frame's stroke is over; at least `least`, at most a third of the side."""
    most = max(least, len(profile) // 3)
    peak = float(profile[:3].max())
    for index in range(1, most):
        if profile[index] < peak / 3:
            return max(least, index + 1)
    return least


def _frame_darkness(plane: Plane, square: Square) -> float:
    """Typical darkness of the frame's stroke."""
    left, top = round(square.left), round(square.top)
    right, bottom = round(square.left + square.width), round(square.top + square.height)
    fat = cv2.dilate(plane, np.ones((3, 3), np.uint8))
    sides = (fat[top, left:right], fat[bottom, left:right], fat[top:bottom, left], fat[top:bottom, right])
    return float(np.median(np.concatenate(sides)))


def _inked_share(inner: Plane, frame: float) -> float:
    """Share of pixels about half as dark as the frame, or darker."""
    if inner.size == 0:
        return 0.0
    return float((inner > max(0.18, 0.42 * min(frame, 0.9))).mean())


def _is_cross(inner: Plane) -> bool:
    """True when both diagonals are inked and the middles of the sides are not."""
    if min(inner.shape) < 5:
        return False
    small = cv2.resize(inner, (9, 9), interpolation=cv2.INTER_AREA)
    soft = cv2.dilate(small, np.ones((3, 3), np.uint8))
    falling, rising = float(np.diag(soft).mean()), float(np.diag(soft[:, ::-1]).mean())
    middles = float(np.mean([small[0, 4], small[4, 0], small[8, 4], small[4, 8]]))
    return min(falling, rising) > 0.45 and middles < 0.30


def _marked_beside(patch: LabelPatch, square: Square) -> bool:
    """True when there is a stroke right next to the box on its left that belongs to no printed line.

    A printed line of the column before ends far enough away; a hand-made √ beside the box does not.
    """
    reach = round(0.9 * EM_PX)
    right = round(square.left) - 3
    left = max(0, right - reach)
    top, bottom = round(square.top - 0.25 * EM_PX), round(square.top + square.height + 0.25 * EM_PX)
    piece = patch.dark[max(0, top) : bottom, left:right]
    if piece.shape[1] < 0.4 * EM_PX:
        return False
    share = float((piece > 0.35).mean())
    touches_edge = bool((piece[:, :2] > 0.35).any())
    return share > 0.05 and not touches_edge


def judge_without_square(patch: LabelPatch, *, glyph_read: bool) -> TickMark:
    """What to say when no box was found: a mark instead of the box, or nothing to see.

    Args:
        patch: Surroundings of the label's start.
        glyph_read: True when recognition saw a tick-like sign before the label.
    """
    left, right = round((LEFT_EM - 1.6) * EM_PX), round((LEFT_EM - 0.1) * EM_PX)
    top, bottom = round((ABOVE_EM - 0.65) * EM_PX), round((ABOVE_EM + 0.65) * EM_PX)
    ink = float((patch.dark[top:bottom, left:right] > 0.35).mean())
    corner_points = ((left, top), (right, top), (right, bottom), (left, bottom))
    corners = tuple(_on_page(patch, x, y) for x, y in corner_points)
    if ink < 0.012:
        return TickMark(TickState.NOT_FOUND, 0.5, (), ink, "none")
    if glyph_read:
        return TickMark(TickState.TICKED, 0.7, corners, ink, "glyph")
    return TickMark(TickState.UNCERTAIN, 0.4, corners, ink, "glyph")


def _corners(patch: LabelPatch, square: Square) -> tuple[tuple[float, float], ...]:
    right, bottom = square.left + square.width, square.top + square.height
    points = ((square.left, square.top), (right, square.top), (right, bottom), (square.left, bottom))
    return tuple(_on_page(patch, x, y) for x, y in points)


def _on_page(patch: LabelPatch, x: float, y: float) -> tuple[float, float]:
    page = patch.to_page @ np.array([x, y, 1.0], np.float32)
    return float(page[0]), float(page[1])
