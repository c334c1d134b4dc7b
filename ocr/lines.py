"""Finds and reads the text lines of a page, and tells which way up the page is.

Orientation is decided by evidence (ocr.md 5.2 and section 2, "Rotation"): a classifier flips upright pages, so we
read a few long lines both ways and keep what reads better.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.geometry import Quad
from imaging.model import Pixels
from imaging.rectify import turn
from ocr.engine import Engine, Recognised
from ocr.model import Line

# Text-dense pictures are a way to burn CPU (reliability.md 2.1, "OCR cost"); the longest lines are kept.
MAX_LINES = 300
# A box this much taller than wide holds text that runs down the picture (or one narrow character).
_STANDING_RATIO = 1.5
# How many long lines are read both ways up to decide between 0 and 180 degrees.
_SAMPLE_LINES = 5
# Mean character score above which a sample is the right way up without asking the other way. Upside-down Chinese
# reads at 0.3-0.75 on our samples, upright text of a usable picture above 0.9.
_UPRIGHT_CONFIDENCE = 0.92
# Line crops are cut at most this high; the network looks at 48 px.
_MAX_CROP_HEIGHT_PX = 96
# How much wider characters are set for another look at a line.
_WIDER = 1.18
# Score of a line that may take characters from its left neighbour.
_CERTAIN = 0.8
# Common height, as a share of the higher box, at which two boxes stand in one row.
_SAME_ROW = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class PageLines:
    """Lines of a page after turning it upright.

    Attributes:
        lines: In the engine's order; see `ocr.reading_order`.
        quarter_turns: Clockwise quarter turns that were applied to the picture first, 0..3.
        pixels: The turned picture, uint8 RGB of shape (height, width, 3).
        unread: Boxes in which the detector saw text and the recogniser none.
    """

    lines: tuple[Line, ...]
    quarter_turns: int
    pixels: Pixels
    unread: tuple[Quad, ...] = ()


def read_lines(pixels: Pixels, engine: Engine) -> PageLines:
    """Reads every text line of the picture, turning the picture upright first.

    Args:
        pixels: uint8 RGB of shape (height, width, 3).
        engine: The recogniser.

    Returns:
        Lines with boxes on the *turned* picture, and the turn.

    Raises:
        EngineFailed: The engine broke down on this picture.
    """
    found = _upright(pixels, engine)
    height_px, width_px = found.pixels.shape[:2]
    rest = [i for i in range(len(found.quads)) if i not in found.answers]
    answers = engine.recognise([cut_line(found.pixels, found.quads[i]) for i in rest])
    recognised = {**found.answers, **dict(zip(rest, answers, strict=True))}
    lines = [
        to_line(recognised[i], Quad.from_pixels(quad, width_px=width_px, height_px=height_px))
        for i, quad in enumerate(found.quads)
        if recognised[i].text.strip()
    ]
    unread = tuple(
        Quad.from_pixels(quad, width_px=width_px, height_px=height_px)
        for i, quad in enumerate(found.quads)
        if not recognised[i].text.strip()
    )
    return PageLines(without_shared_characters(lines), found.quarter_turns, found.pixels, unread)


def without_shared_characters(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Lines of which no two claim the same character.

    The detector sometimes stretches the box of a label over the beginning of its value; 姓名 | 魏慧兰 then comes back
    as 姓名委 | 魏慧兰. A character whose middle lies in its right neighbour's box is the neighbour's.
    """
    kept = []
    for line in lines:
        starts = [other.box.left for other in lines if _runs_into(line, other)]
        kept.append(_ending_before(line, min(starts)) if starts else line)
    return tuple(line for line in kept if line.text.strip())


def _runs_into(line: Line, other: Line) -> bool:
    """True when `other` begins inside `line` and goes on behind it, in the same row, and was read with certainty.

    A scrap inside a line, such as a seal's character, goes on nowhere and takes nothing away.
    """
    a, b = line.box, other.box
    goes_on = a.left < b.left < a.right < b.right
    return goes_on and other.confidence >= _CERTAIN and _share_a_row(a, b)


def _share_a_row(a: Quad, b: Quad) -> bool:
    common = min(a.bottom, b.bottom) - max(a.top, b.top)
    return common > _SAME_ROW * max(a.bottom - a.top, b.bottom - b.top)


def _ending_before(line: Line, x: float) -> Line:
    """The line without the characters whose middle lies at or right of `x` (fraction of the page)."""
    width = line.box.right - line.box.left
    count = sum(line.box.left + width * (start + end) / 2 < x for start, end in line.char_spans)
    if count == len(line.char_spans):
        return line
    end = line.char_spans[count - 1][1] if count else 0.0
    return Line(
        line.text[:count],
        line.confidence,
        line.box.between(0.0, end),
        tuple((a / end, b / end) for a, b in line.char_spans[:count]),
        line.char_confidences[:count],
        line.char_rivals[:count],
        line.char_gaps[: count + 1],
    )


def to_line(recognised: Recognised, box: Quad) -> Line:
    """Places a recognised text: character centres become spans that meet half-way."""
    return Line(
        recognised.text,
        recognised.confidence,
        box,
        spans_from_centres(recognised.char_centres),
        recognised.char_confidences,
        recognised.char_rivals,
        recognised.char_gaps,
    )


def spans_from_centres(centres: Sequence[float]) -> tuple[tuple[float, float], ...]:
    """Turns increasing character centres (0..1) into touching (start, end) spans.

    The first and the last character get the half width of their inner side, clipped to the line.
    """
    if not centres:
        return ()
    if len(centres) == 1:
        return ((0.0, 1.0),)
    edges = [(a + b) / 2 for a, b in pairwise(centres)]
    first = max(0.0, centres[0] - (edges[0] - centres[0]))
    last = min(1.0, centres[-1] + (centres[-1] - edges[-1]))
    bounds = [first, *edges, max(last, edges[-1])]
    return tuple(pairwise(bounds))


def cut_line(pixels: Pixels, quad: NDArray[np.float32]) -> Pixels:
    """Cuts one line out of the page and lays it flat.

    Args:
        pixels: uint8 RGB page.
        quad: float32 (4, 2) corners in pixels: top left, top right, bottom right, bottom left.

    Returns:
        uint8 RGB of the line, at most 96 px high, at least 1 x 1.
    """
    width = max(1.0, _length(quad[0] - quad[1]), _length(quad[3] - quad[2]))
    height = max(1.0, _length(quad[0] - quad[3]), _length(quad[1] - quad[2]))
    scale = min(1.0, _MAX_CROP_HEIGHT_PX / height)
    target_w, target_h = max(1, round(width * scale)), max(1, round(height * scale))
    corners = np.array([[0, 0], [target_w, 0], [target_w, target_h], [0, target_h]], dtype=np.float32)
    transform = cv2.getPerspectiveTransform(quad.astype(np.float32), corners)
    crop = cv2.warpPerspective(
        pixels, transform, (target_w, target_h), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(crop, dtype=np.uint8)


def wider(crop: Pixels) -> Pixels:
    """The crop with wider characters: two equal ones side by side are then less often taken for one."""
    return np.asarray(cv2.resize(crop, None, fx=_WIDER, fy=1.0, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)


def _length(vector: NDArray[np.float32]) -> float:
    return float(np.hypot(vector[0], vector[1]))


@dataclass(frozen=True, slots=True, eq=False)
class _Upright:
    """The turned picture, its line boxes, and the answers that telling the turn already cost."""

    pixels: Pixels
    quads: list[NDArray[np.float32]]
    answers: dict[int, Recognised]
    quarter_turns: int


def _upright(pixels: Pixels, engine: Engine) -> _Upright:
    """Decides the quarter turn and finds the line boxes on the turned picture."""
    turns = 0
    quads = _longest(engine.detect(pixels))
    if _mostly_standing(quads):
        turns = 1
        pixels = turn(pixels, 1)
        quads = _longest(engine.detect(pixels))
    upside_down, answers = _read_sample(pixels, quads, engine)
    if upside_down:
        height_px, width_px = pixels.shape[:2]
        turns += 2
        pixels = turn(pixels, 2)
        quads = [_turned_half(quad, width_px=width_px, height_px=height_px) for quad in quads]
    return _Upright(pixels, quads, answers, turns % 4)


def _longest(quads: list[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
    if len(quads) <= MAX_LINES:
        return quads
    return sorted(quads, key=lambda q: -_length(q[0] - q[1]))[:MAX_LINES]


def _mostly_standing(quads: Sequence[NDArray[np.float32]]) -> bool:
    """True when most of the text length runs down the picture."""
    standing = lying = 0.0
    for quad in quads:
        width = _length(quad[0] - quad[1])
        height = _length(quad[0] - quad[3])
        if height > _STANDING_RATIO * width:
            standing += height
        elif width > _STANDING_RATIO * height:
            lying += width
    return standing > lying


def _read_sample(
    pixels: Pixels, quads: Sequence[NDArray[np.float32]], engine: Engine
) -> tuple[bool, dict[int, Recognised]]:
    """Reads the longest lines both ways up: whether the page is upside down, and the better answers by line."""
    sample = sorted(range(len(quads)), key=lambda i: -_length(quads[i][0] - quads[i][1]))[:_SAMPLE_LINES]
    crops = [cut_line(pixels, quads[i]) for i in sample]
    as_is = engine.recognise(crops)
    if _mean_confidence(as_is) >= _UPRIGHT_CONFIDENCE:
        return False, dict(zip(sample, as_is, strict=True))
    flipped = engine.recognise([np.ascontiguousarray(crop[::-1, ::-1]) for crop in crops])
    # A second script reads as nothing either way up, at length when upright; what was read with certainty decides.
    upside_down = certain_text(flipped) > certain_text(as_is)
    return upside_down, dict(zip(sample, flipped if upside_down else as_is, strict=True))


def _mean_confidence(answers: Sequence[Recognised]) -> float:
    """Mean score over characters, so that one long line outweighs three stray marks."""
    characters = sum(len(answer.text) for answer in answers)
    if characters == 0:
        return 0.0
    return sum(answer.confidence * len(answer.text) for answer in answers) / characters


def certain_text(lines: Iterable[Line | Recognised]) -> float:
    """How much was read, every character counted by how certain it is; squared, so that guesses count little."""
    return sum(len(line.text) * line.confidence**2 for line in lines)


def _turned_half(quad: NDArray[np.float32], *, width_px: int, height_px: int) -> NDArray[np.float32]:
    """The quad on the picture turned by 180 degrees, again starting at its top left corner."""
    moved = np.array([[width_px, height_px]], dtype=np.float32) - quad
    return np.asarray(moved[[2, 3, 0, 1]], dtype=np.float32)
