"""Reads the twelve tick boxes of the work certificate: labels from recognised text, states from pixels."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import numpy as np

from imaging.geometry import Quad, enclosing
from imaging.model import Defect, Pixels
from imaging.seal import SealSpot
from imaging.tick_box import TickMark, TickState, judge, judge_without_square
from imaging.tick_joined import are_joined
from imaging.tick_patch import EM_PX, LabelPatch, LabelStart, label_patch, label_strip
from imaging.tick_square import WEAKEST_SIDE_KNOWN, Square, find_square
from imaging.tick_strokes import STRUCK_LABEL_MIN, struck_share
from ocr.bracket_boxes import are_bracketed, judge_bracket
from ocr.duties import DUTIES
from ocr.duty_labels import MARK_SIGNS, DutyLabel, find_labels
from ocr.engine import Engine
from ocr.model import Field, Line, TickBox

# How far right of a label's start the middle of its box may lie, in characters: when the engine said where the label
# starts, and when that was estimated from the length of the text and may be the box itself.
KNOWN_START_EM = -0.15
GUESSED_START_EM = 0.75
# Labels of at least this many characters tell the size of print.
LONG_LABEL = 6
# How much the sides of two boxes of one form differ, as a share: as found on photos taken at an angle, and beyond what
# perspective does.
SAME_SIDE = 0.15
ODD_SIDE = 0.30
# How much a box's own sides differ at most; a circle drawn along the frame leaves a narrower one (0.24 on seed 214021).
LEAST_EVEN = 0.20
# How far a found edge lies from where it is, in samples of the patch.
EDGE_PX = 1.5
# Labels that make a list of boxes where recognition saw no box before any of them.
LEAST_LABELS = 3
# Inked share of a painted box; no character is this black.
SOLID = 0.90
# How far the middle of a painted box may lie from where the other boxes' middles are, in characters.
OFF_PLACE_EM = 0.4
# A stroke that strikes a label out goes on before or behind it by at least this much, in characters.
STRIKE_BEYOND_EM = 0.2


@dataclass(frozen=True, slots=True)
class TickReading:
    """All twelve boxes of one work certificate.

    Attributes:
        boxes: Twelve entries in print order.
        defects: `tick-uncertain` and `tick-crossed-out` (box; measured = confidence) for every box that a person must
            look at, and `tick-box-missing` (measured = boxes not found) where others were found.
    """

    boxes: tuple[TickBox, ...]
    defects: tuple[Defect, ...] = ()

    @property
    def ticked(self) -> tuple[str, ...]:
        """Duties whose box is ticked, in print order."""
        return tuple(box.duty for box in self.boxes if box.state.chooses)

    @property
    def has_boxes(self) -> bool:
        """False for a paper without any box: a letter in free words chooses nothing."""
        return any(box.state is not TickState.NOT_FOUND for box in self.boxes)

    @property
    def confidence(self) -> float:
        """Certainty of the weakest box; a box that was not found counts as 0."""
        return min((0.0 if box.state is TickState.NOT_FOUND else box.confidence for box in self.boxes), default=0.0)


def read_duties(
    pixels: Pixels, lines: Sequence[Line], engine: Engine | None = None, *, seals: Sequence[SealSpot] = ()
) -> TickReading:
    """Reads the tick boxes.

    Args:
        pixels: uint8 RGB of shape (height, width, 3), the rendition that the lines were read from.
        lines: Recognised lines, in any order.
        engine: Not needed today; kept so that callers pass it once labels are re-read.
        seals: Seals on the page: red ink inside them is not taken for a tick.
    """
    labels = {label.duty: label for label in find_labels(lines)}
    height_px, width_px = pixels.shape[:2]
    starts = _starts(labels, width_px=width_px, height_px=height_px)
    marks = _bracket_marks(pixels, labels, starts) or _square_marks(pixels, labels, starts, seals)
    boxes = [
        _tick_box(duty, marks[duty], labels[duty], width_px=width_px, height_px=height_px)
        if duty in marks
        else TickBox(duty, TickState.NOT_FOUND, 0.0)
        for duty in DUTIES
    ]
    return TickReading(tuple(boxes), _defects(boxes))


def with_duties(fields: Mapping[str, Field], ticks: TickReading) -> tuple[dict[str, Field], tuple[Defect, ...]]:
    """Adds duties, the chosen boxes in print order; none for a paper that has no boxes."""
    if not ticks.has_boxes:
        return dict(fields), ticks.defects
    place = enclosing(box.box for box in ticks.boxes if box.box is not None)
    return {**fields, "duties": Field(ticks.ticked, ticks.confidence, place, "；".join(ticks.ticked))}, ticks.defects


def _bracket_marks(
    pixels: Pixels, labels: Mapping[str, DutyLabel], starts: Mapping[str, LabelStart]
) -> dict[str, TickMark]:
    """The boxes of a form that prints brackets instead of squares; empty for any other form."""
    if not labels or not are_bracketed(labels.values()):
        return {}
    size = {"width_px": pixels.shape[1], "height_px": pixels.shape[0]}
    return {duty: judge_bracket(pixels, label, starts[duty], _length(label, **size)) for duty, label in labels.items()}


def _square_marks(
    pixels: Pixels,
    labels: Mapping[str, DutyLabel],
    starts: Mapping[str, LabelStart],
    seals: Sequence[SealSpot],
) -> dict[str, TickMark]:
    """The boxes of a form with squares; empty when the paper has neither squares nor signs before its labels."""
    patches = {duty: label_patch(pixels, start) for duty, start in starts.items()}
    squares = _squares(patches, labels)
    signs = any(label.sign for label in labels.values())
    # 口 in a character is no box: one or two of the words in a letter are no list.
    if not signs and (len(labels) < LEAST_LABELS or not any(squares.values())):
        return {}
    marks = {duty: _mark(patches[duty], squares[duty], labels[duty], starts[duty], seals) for duty in labels}
    struck = {
        duty: replace(mark, state=TickState.CROSSED_OUT, confidence=0.8, shape="struck-label")
        for duty, mark in marks.items()
        if _is_struck(pixels, labels[duty], starts[duty])
    }
    return _passed(pixels, marks | struck)


def _passed(pixels: Pixels, marks: Mapping[str, TickMark]) -> dict[str, TickMark]:
    """The marks, of two boxes that one stroke runs through the one with less ink in doubt."""
    found = dict(marks)
    chosen = [duty for duty, mark in marks.items() if mark.state is TickState.TICKED and len(mark.corners) == 4]
    for first, second in pairwise(sorted(chosen, key=lambda duty: marks[duty].corners[0][1])):
        if are_joined(pixels, marks[first].corners, marks[second].corners):
            less = min(first, second, key=lambda duty: marks[duty].inside)
            found[less] = replace(marks[less], state=TickState.UNCERTAIN, confidence=0.5, shape="passed")
    return found


def _is_struck(pixels: Pixels, label: DutyLabel, start: LabelStart) -> bool:
    """True when a stroke runs through the whole label."""
    length = (label.end - label.start) * _length(label, width_px=pixels.shape[1], height_px=pixels.shape[0])
    beyond = STRIKE_BEYOND_EM * start.em_px
    earlier = replace(start, x_px=start.x_px - beyond * start.along[0], y_px=start.y_px - beyond * start.along[1])
    return any(
        struck_share(label_strip(pixels, begin, length + beyond)) >= STRUCK_LABEL_MIN for begin in (start, earlier)
    )


def _length(label: DutyLabel, *, width_px: int, height_px: int) -> float:
    """Length of the label's recognised line in pixels."""
    a, b, c, d = label.line.box.to_pixels(width_px=width_px, height_px=height_px).astype(np.float64)
    return float(np.hypot(*((b + c - a - d) / 2)))


def _starts(labels: Mapping[str, DutyLabel], *, width_px: int, height_px: int) -> dict[str, LabelStart]:
    """Where the labels begin. The size of print comes from the long ones: two characters and a box measure badly."""
    starts = {duty: label_start(label, width_px=width_px, height_px=height_px) for duty, label in labels.items()}
    long = [starts[duty].em_px for duty in labels if len(duty) >= LONG_LABEL]
    if len(long) < 3:
        return starts
    em_px = median(long)
    return {duty: start if len(duty) >= LONG_LABEL else replace(start, em_px=em_px) for duty, start in starts.items()}


def label_start(label: DutyLabel, *, width_px: int, height_px: int) -> LabelStart:
    """Where a label begins on the page, with the direction of its line."""
    corners = label.line.box.to_pixels(width_px=width_px, height_px=height_px).astype(np.float64)
    top_left, top_right, bottom_right, bottom_left = corners
    left_middle, right_middle = (top_left + bottom_left) / 2, (top_right + bottom_right) / 2
    run = right_middle - left_middle
    length = max(1.0, float(np.hypot(*run)))
    along = run / length
    tall = (bottom_left - top_left + bottom_right - top_right) / 2
    line_height = max(1.0, float(np.hypot(*tall)))
    # A detected line is 1.1 to 1.7 characters high; the pitch of its characters is the better ruler unless it is odd.
    em_px = min(max(label.em * length, 0.55 * line_height), 1.05 * line_height)
    place = left_middle + along * (label.start * length)
    down = np.array([-along[1], along[0]])
    return LabelStart(float(place[0]), float(place[1]), em_px, (along[0], along[1]), (down[0], down[1]))


def _squares(patches: Mapping[str, LabelPatch], labels: Mapping[str, DutyLabel]) -> dict[str, Square | None]:
    """A box a label; where one is unclear, the size that the clear ones agree on narrows the search."""
    reach = {duty: KNOWN_START_EM if label.measured else GUESSED_START_EM for duty, label in labels.items()}
    found = {duty: find_square(patch, before_em=reach[duty]) for duty, patch in patches.items()}
    seen = [square for square in found.values() if square is not None]
    if len(seen) < 4:
        return found
    side_em = median((square.width + square.height) / 2 for square in seen) / EM_PX
    place = median(square.left + square.width for square in seen)
    if sum(_alike(square, side_em, place) for square in seen) < len(seen) / 2:
        return found
    for duty, square in found.items():
        if square is None or not _alike(square, side_em, place):
            again = _second_look(patches[duty], side_em, place, before_em=reach[duty])
            best = _around(again if again is not None else square, side_em, place)
            found[duty] = best if best is not None and _is_box(patches[duty], best, side_em, place) else None
    return found


def _second_look(patch: LabelPatch, side_em: float, place: float, *, before_em: float) -> Square | None:
    """A box of the size of the form's other ones; a hairline where they are is enough then."""
    known = (side_em * 0.86, side_em * 1.14)
    again = find_square(patch, side_em=known, before_em=before_em)
    if again is not None:
        return again
    faint = find_square(patch, side_em=known, before_em=before_em, weakest=WEAKEST_SIDE_KNOWN)
    return faint if faint is not None and _alike(faint, side_em, place) else None


def _around(square: Square | None, side_em: float, place: float) -> Square | None:
    """The box in which a smaller frame lies: a circle drawn along a hairline is found in the hairline's stead.

    Taken for the box itself it would be an empty one.
    """
    if square is None or square.width >= (1 - SAME_SIDE) * side_em * EM_PX:
        return square
    side = side_em * EM_PX
    box = replace(
        square, left=place - side, top=square.top + (square.height - side) / 2, width=round(side), height=round(side)
    )
    inside = square.left >= box.left - EDGE_PX and square.left + square.width <= place + EDGE_PX
    return box if inside and abs(square.height / side - 1) < ODD_SIDE else square


def _alike(square: Square, side_em: float, place: float) -> bool:
    longer, shorter = max(square.width, square.height), min(square.width, square.height)
    even = shorter >= (1 - LEAST_EVEN) * longer
    return even and _side_differs(square, side_em) < SAME_SIDE and abs(square.left + square.width - place) < 0.8 * EM_PX


def _is_box(patch: LabelPatch, square: Square, side_em: float, place: float) -> bool:
    """The boxes of one form have one size. What is much smaller or larger is a piece of print, unless it is solid.

    Paint may hide the frame, but it lies where the frame is: 目 in 算 is solid too on a small picture.
    """
    if judge(patch, square).inside <= SOLID:
        return _side_differs(square, side_em) < ODD_SIDE
    off_px = abs(square.left + square.width / 2 - (place - side_em * EM_PX / 2))
    return off_px < OFF_PLACE_EM * EM_PX


def _side_differs(square: Square, side_em: float) -> float:
    return abs((square.width + square.height) / 2 / EM_PX / side_em - 1)


def _mark(
    patch: LabelPatch, square: Square | None, label: DutyLabel, start: LabelStart, seals: Sequence[SealSpot]
) -> TickMark:
    if square is None:
        return judge_without_square(patch, glyph_read=bool(label.sign) and label.sign in MARK_SIGNS)
    return judge(patch, square, under_seal=any(_covers(seal, start) for seal in seals))


def _covers(seal: SealSpot, start: LabelStart) -> bool:
    """True when the seal reaches the place where a label's box stands."""
    box_x = start.x_px - start.along[0] * start.em_px
    box_y = start.y_px - start.along[1] * start.em_px
    reach = seal.ellipse.major_px + 1.2 * start.em_px
    return seal.colour == "red" and math.hypot(box_x - seal.ellipse.x_px, box_y - seal.ellipse.y_px) < reach


def _tick_box(duty: str, mark: TickMark, label: DutyLabel, *, width_px: int, height_px: int) -> TickBox:
    if mark.corners:
        box = Quad.from_pixels(np.array(mark.corners, np.float32), width_px=width_px, height_px=height_px).clipped()
    else:
        box = label.line.box.between(label.start, label.end)
    return TickBox(duty, mark.state, mark.confidence * min(1.0, 0.5 + label.likeness / 2), box, mark.shape, mark.inside)


# What a person is told about the states that need a look.
_CODES = {TickState.UNCERTAIN: "tick-uncertain", TickState.CROSSED_OUT: "tick-crossed-out"}


def _defects(boxes: Sequence[TickBox]) -> tuple[Defect, ...]:
    defects = [
        Defect(_CODES[box.state], measured=round(box.confidence, 3), box=box.box)
        for box in boxes
        if box.state in _CODES
    ]
    missing = sum(box.state is TickState.NOT_FOUND for box in boxes)
    if 0 < missing < len(boxes):
        defects.append(Defect("tick-box-missing", measured=float(missing), limit=0.0))
    return tuple(defects)
