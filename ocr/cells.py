"""Labels and the values that stand beside or under them, by place: for tables and for labels in two rows or scripts.

Rows of text are enough where a label and its value share one. In a table a value may be higher than its label, start
above it, or stand under it; then only the distances between them tell what belongs together. All distances here are
between pieces of text, never to the edge of a paper, and a tilted page is looked at upright.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from imaging.geometry import Quad
from ocr.flow import Flow
from ocr.model import Line
from ocr.page import Page
from ocr.reading_order import tilt_of

# Two pieces stand in one row when their middles differ by less than this share of the lower one's height.
_SAME_ROW = 0.55
# Lines of one value follow each other within so many heights; between two values of a table there is more.
_LEADING = 1.7
# A value that begins above its label's middle (two lines in a cell) begins at most so many heights above.
_HALF_LEADING = 1.15
# Beside a label that stands in two rows, such as two scripts, the value is this much lower or higher at most.
_LOWER = 1.9
# A single line stands at most this much above its label; higher up is the value of the row before.
_HIGHER = 0.75
# Under a label the first line of its value follows within so many heights of the label.
_UNDER = 2.6
# A value may begin this far (in heights) left of the end of its label and still stand to the right of it.
_OVERLAP = 0.8
# Boxes of one row differ in height by about this share; smaller differences say nothing.
_STEP = 0.3
# Print of one paper is between so many times as high as its labels; specks are lower, scraps of a seal higher.
_LOWEST, _HIGHEST = 0.4, 2.5
# Up to this many lines belong to one value; addresses need four on a narrow card.
_MOST_LINES = 5


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters `start` to `end` of the flow on one line, and where they stand.

    Attributes:
        start: First character.
        end: Behind the last one.
        left: Left end, in page heights, on the page turned upright.
        right: Right end.
        y: Middle, from the top.
        height: Height of the line.
    """

    start: int
    end: int
    left: float
    right: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Cells:
    """A page's text parted into labels and the rest.

    Attributes:
        flow: The page by rows, without spaces.
        labels: For every label found its places, in reading order.
        values: Everything else.
    """

    flow: Flow
    labels: Mapping[str, tuple[Piece, ...]]
    values: tuple[Piece, ...]

    @property
    def marks(self) -> tuple[Piece, ...]:
        """All labels."""
        return tuple(piece for pieces in self.labels.values() for piece in pieces)

    def text(self, piece: Piece) -> str:
        return self.flow.text[piece.start : piece.end]


def spelling(*words: str) -> str:
    """A pattern for a label's spellings, the longest first; in four characters and more one may be misread."""
    options: list[str] = []
    for word in sorted(words, key=len, reverse=True):
        options.append(re.escape(word))
        if len(word) >= 4:
            options += [f"{re.escape(word[:i])}[^\\W\\d]{re.escape(word[i + 1 :])}" for i in range(len(word))]
    return "|".join(options)


def cells_of(page: Page, labels: Mapping[str, str], *, part: Callable[[Line], slice] = lambda _: slice(None)) -> Cells:
    """Parts the text of a page.

    Args:
        page: The page.
        labels: Name to a pattern of its spellings (`spelling`), in the order in which they are tried at a place. Names
            that are not wanted as fields still end the values of their neighbours.
        part: Which characters of a line count; an empty slice for lines that are to be left out.
    """
    flow = page.by_row
    wanted = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in labels.items()))
    tilt = tilt_of([line for row in page.rows for line in row.lines], page.aspect)
    found: dict[str, list[Piece]] = {}
    values: list[Piece] = []
    for start, end in _line_ranges(flow, part):
        at = start
        for match in wanted.finditer(flow.text, start, end):
            if match.start() > at:
                values.append(_piece(flow, at, match.start(), tilt, page.aspect))
            if match.lastgroup:
                found.setdefault(match.lastgroup, []).append(_piece(flow, *match.span(), tilt, page.aspect))
            at = match.end()
        if at < end:
            values.append(_piece(flow, at, end, tilt, page.aspect))
    real = tuple(piece for piece in values if re.search(r"\w", flow.text[piece.start : piece.end]))
    return Cells(flow, {name: tuple(pieces) for name, pieces in found.items()}, real)


def value_of(cells: Cells, name: str, fits: Callable[[str], bool] = bool) -> Piece | None:
    """The one-line value of a label: beside it, else the nearest that stands a little lower or under it.

    Args:
        cells: The page.
        name: The label.
        fits: Whether a text can be the value at all; what cannot is passed over.
    """
    for label in cells.labels.get(name, ()):
        beside = [piece for piece in _beside(cells, label) if fits(cells.text(piece))]
        if beside:
            return min(beside, key=lambda piece: piece.left)
        lower = [piece for piece in _near(cells, label) if piece.y - label.y > -_HIGHER * label.height]
        near = [piece for piece in (*lower, *_under(cells, label)) if fits(cells.text(piece))]
        if near:
            return min(near, key=lambda piece: _distance(label, piece))
    return None


def block_of(cells: Cells, name: str) -> tuple[Piece, ...]:
    """The value of a label over as many lines as it has, top to bottom."""
    for label in cells.labels.get(name, ()):
        first, column = _beside(cells, label), _right_of(cells, label)
        if not first:
            near, under = _near(cells, label), _under(cells, label)[:1]
            is_near = _least_distance(label, near) <= _least_distance(label, under)
            first = near if is_near else under
            column = column if is_near else _below(cells, label)
        if first:
            return _grown(cells, label, first, column)
    return ()


def joined(flow: Flow, pieces: Iterable[Piece]) -> Flow:
    """The pieces one after the other as a flow of their own."""
    kept = [i for piece in pieces for i in range(piece.start, piece.end)]
    return Flow("".join(flow.text[i] for i in kept), tuple(flow.origins[i] for i in kept))


def as_printed(flow: Flow, start: int, end: int) -> str:
    """The characters with the spaces that the recogniser saw between them; the flow itself has none."""
    words: list[str] = []
    for _, group in groupby(range(start, end), key=lambda i: id(origin.line) if (origin := flow.origins[i]) else 0):
        places = [origin for i in group if (origin := flow.origins[i]) is not None]
        if places:
            words.append(places[0].line.text[places[0].index : places[-1].index + 1])
    return " ".join(" ".join(words).split())


def _line_ranges(flow: Flow, part: Callable[[Line], slice]) -> list[tuple[int, int]]:
    """Where the characters of each line that count stand in the flow."""
    ranges: list[tuple[int, int]] = []
    keyed = groupby(range(len(flow.text)), key=lambda i: id(origin.line) if (origin := flow.origins[i]) else 0)
    for key, group in keyed:
        places = list(group)
        origin = flow.origins[places[0]]
        if not key or origin is None:
            continue
        wanted = range(len(origin.line.text))[part(origin.line)]
        kept = [i for i in places if (at := flow.origins[i]) is not None and at.index in wanted]
        if kept:
            ranges.append((kept[0], kept[-1] + 1))
    return ranges


def _piece(flow: Flow, start: int, end: int, tilt: float, aspect: float) -> Piece:
    box = flow.box(start, end) or Quad.from_rect(0, 0, 0, 0)
    a, b, c, d = ((x * aspect, y) for x, y in box.points)
    left = _turned(((a[0] + d[0]) / 2, (a[1] + d[1]) / 2), tilt)
    right = _turned(((b[0] + c[0]) / 2, (b[1] + c[1]) / 2), tilt)
    return Piece(start, end, left[0], right[0], (left[1] + right[1]) / 2, math.hypot(d[0] - a[0], d[1] - a[1]))


def _turned(point: tuple[float, float], tilt: float) -> tuple[float, float]:
    x, y = point
    return x * math.cos(tilt) + y * math.sin(tilt), y * math.cos(tilt) - x * math.sin(tilt)


def _in_one_row(a: Piece, b: Piece) -> bool:
    return abs(a.y - b.y) < _SAME_ROW * min(a.height, b.height)


def _right_of(cells: Cells, label: Piece) -> list[Piece]:
    """Values to the right of a label and left of the next label of its row, top to bottom."""
    ends = [m.left for m in cells.marks if m.left > label.right and abs(m.y - label.y) < label.height]
    limit = min(ends, default=math.inf)
    start = label.right - _OVERLAP * label.height
    found = [
        piece
        for piece in cells.values
        if start <= piece.left and (piece.left + piece.right) / 2 < limit and _is_print(piece, label)
    ]
    return sorted(found, key=lambda piece: (piece.y, piece.left))


def _is_print(piece: Piece, label: Piece) -> bool:
    return _LOWEST * label.height <= piece.height <= _HIGHEST * label.height


def _beside(cells: Cells, label: Piece) -> list[Piece]:
    return [piece for piece in _right_of(cells, label) if _in_one_row(piece, label)]


def _near(cells: Cells, label: Piece) -> list[Piece]:
    """Values to the right of a label that stand a little higher or lower than it and have no label of their own."""
    return [
        piece
        for piece in _right_of(cells, label)
        if -_HALF_LEADING * label.height < piece.y - label.y < _LOWER * label.height
        and not _has_own_label(cells, piece, label)
    ]


def _distance(label: Piece, piece: Piece) -> float:
    return math.hypot(max(0.0, piece.left - label.right, label.left - piece.right), piece.y - label.y)


def _least_distance(label: Piece, pieces: Sequence[Piece]) -> float:
    return min((_distance(label, piece) for piece in pieces), default=math.inf)


def _below(cells: Cells, label: Piece) -> list[Piece]:
    """Values under a label that begin where it stands."""
    found = [
        piece
        for piece in cells.values
        if piece.y > label.y + 0.5 * label.height
        and piece.left < label.right + label.height
        and piece.right > label.left
        and piece.left > label.left - 2 * label.height
        and _is_print(piece, label)
    ]
    return sorted(found, key=lambda piece: (piece.y, piece.left))


def _under(cells: Cells, label: Piece) -> list[Piece]:
    return [piece for piece in _below(cells, label) if piece.y - label.y < _UNDER * label.height]


def _grown(cells: Cells, label: Piece, first: Sequence[Piece], column: Sequence[Piece]) -> tuple[Piece, ...]:
    """The first lines with those that follow, and with as many above when the label stands at their middle."""
    block = sorted(first, key=lambda piece: (piece.y, piece.left))
    edge = min(piece.left for piece in block)
    rest = [p for p in column if p not in block and not _has_own_label(cells, p, label)]
    below = _followers(block[-1], [p for p in rest if p.y > block[-1].y], edge)
    over = [p for p in reversed(rest) if p.y < block[0].y and _is_nearest(cells, p, label)]
    above = _followers(block[0], over, edge)
    taken = min(range(len(above), -1, -1), key=lambda count: _off(label, [*above[:count], *block, *below]))
    return tuple(_in_reading_order([*above[:taken], *block, *below]))


def _in_reading_order(pieces: Sequence[Piece]) -> list[Piece]:
    """Row by row, each from left to right."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: piece.y):
        if rows and _in_one_row(rows[-1][0], piece):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [piece for row in rows for piece in sorted(row, key=lambda piece: piece.left)]


def _off(label: Piece, block: Sequence[Piece]) -> float:
    """How far a label is from where it may stand, the first line or the middle, in steps that boxes are sure of."""
    heights = [piece.y for piece in block]
    distance = min(abs(min(heights) - label.y), abs((min(heights) + max(heights)) / 2 - label.y))
    return round(distance / (_STEP * label.height))


def _followers(last: Piece, candidates: Sequence[Piece], edge: float) -> list[Piece]:
    found: list[Piece] = []
    for piece in candidates:
        near = abs(piece.y - last.y) < _LEADING * max(piece.height, last.height)
        if not near or len(found) >= _MOST_LINES:
            break
        if abs(piece.left - edge) < 2.5 * piece.height or _in_one_row(piece, last):
            found.append(piece)
            last = piece
    return found


def _is_nearest(cells: Cells, piece: Piece, label: Piece) -> bool:
    """True when no other label to the left of the piece is as near to its row."""
    others = [mark for mark in _other_rows(cells, label) if mark.left < piece.left]
    return all(abs(mark.y - piece.y) > abs(label.y - piece.y) for mark in others)


def _has_own_label(cells: Cells, piece: Piece, label: Piece) -> bool:
    """True when another label stands in the piece's row, to its left."""
    return any(mark.left < piece.left and _in_one_row(mark, piece) for mark in _other_rows(cells, label))


def _other_rows(cells: Cells, label: Piece) -> list[Piece]:
    """Labels that do not stand in the label's own row."""
    return [mark for mark in cells.marks if mark is not label and not _in_one_row(mark, label)]
