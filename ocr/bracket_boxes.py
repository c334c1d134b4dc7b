"""Boxes that are no squares but brackets: （　）出纳, [√]稽核. Text and pixels must agree on what stands in them."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels
from imaging.tick_box import TickMark, TickState
from imaging.tick_patch import EM_PX, LabelStart, Plane, label_strip
from ocr.duty_labels import DutyLabel, char_spans

# What may stand right before a label: an opening and a closing bracket of one family, and a sign between them.
_BRACKETS = re.compile(r"[【〖\[（(〔［]\s*([^\w\s]?|[VvXxJ丿])\s*[】〗\]）)〕］]\s*$")
# Signs that choose; recognisers return a √ also as V, J, / or 丿.
_MARKS = frozenset("√✓✔☑VvXx×✗✘JM/丿●■")
# Darkness from which a point counts as ink.
_INK = 0.35
# How far to either side of a bracket's middle its strokes reach at most, in characters.
_AROUND_EM = 0.4
# Ink columns wider apart than this are two pieces; brackets are narrower than half a character.
_GAP_PX = 3
_BRACKET_PX = round(0.5 * EM_PX)


def is_bracketed(label: DutyLabel) -> bool:
    """True when recognition saw a pair of brackets right before the label."""
    return _BRACKETS.search(label.before) is not None


def are_bracketed(labels: Iterable[DutyLabel]) -> bool:
    """True when most labels of a form have brackets before them: then it has no squares at all."""
    found = [is_bracketed(label) for label in labels]
    return sum(found) > len(found) / 2


def judge_bracket(pixels: Pixels, label: DutyLabel, start: LabelStart, length_px: float) -> TickMark:
    """What stands between the brackets before a label.

    Args:
        pixels: uint8 RGB page.
        label: A label for which `is_bracketed`.
        start: Where the label begins.
        length_px: Length of the label's recognised line in pixels.
    """
    match = _BRACKETS.search(label.before)
    if match is None:
        return TickMark(TickState.UNCERTAIN, 0.4, (), 0.0, "bracket")
    spans = char_spans(label.line)
    opened, closed = spans[match.start()], spans[len(label.before.rstrip()) - 1]
    # From well before the middle of the opening bracket to well behind that of the closing one, the label left out.
    before_px = (label.start - sum(opened) / 2) * length_px + _AROUND_EM * start.em_px
    end = min(label.start, sum(closed) / 2 + _AROUND_EM * start.em_px / max(1.0, length_px))
    reach_px = before_px - (label.start - end) * length_px
    back = LabelStart(
        start.x_px - start.along[0] * before_px,
        start.y_px - start.along[1] * before_px,
        start.em_px,
        start.along,
        start.down,
    )
    strip = label_strip(pixels, back, before_px + 2 * start.em_px)
    between = _between(strip[:, : round(reach_px / start.em_px * EM_PX)])
    state, confidence = _state(match.group(1) in _MARKS and match.group(1) != "", between)
    return TickMark(state, confidence, _corners(back, reach_px), between or 0.0, "bracket")


def _state(marked: bool, between: float | None) -> tuple[TickState, float]:
    """Text and pixels agree, or a person has to look. `between` is None when the pieces could not be told apart."""
    if between is None:
        return (TickState.TICKED, 0.75) if marked else (TickState.UNCERTAIN, 0.4)
    if marked:
        return (TickState.TICKED, 0.95) if between > 0 else (TickState.UNCERTAIN, 0.5)
    return (TickState.EMPTY, 0.92) if between == 0 else (TickState.UNCERTAIN, 0.5)


def _between(strip: Plane) -> float | None:
    """Share of ink between two brackets; None when there are not two pieces that can be brackets at the ends."""
    pieces = _pieces(np.asarray(strip.max(axis=0) > _INK, bool))
    # The label's first stroke may reach back over the place where its character begins.
    if len(pieces) > 2 and pieces[-1][1] == strip.shape[1] and pieces[-1][1] - pieces[-1][0] <= _GAP_PX:
        pieces = pieces[:-1]
    if len(pieces) < 2 or any(end - start > _BRACKET_PX for start, end in (pieces[0], pieces[-1])):
        return None
    inner = strip[:, pieces[0][1] : pieces[-1][0]]
    return float((inner > _INK).mean()) if inner.size else 0.0


def _pieces(columns: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Runs of inked columns as (start, end); gaps below `_GAP_PX` do not part them."""
    pieces: list[tuple[int, int]] = []
    for column in np.flatnonzero(columns):
        if pieces and column - pieces[-1][1] < _GAP_PX:
            pieces[-1] = (pieces[-1][0], int(column) + 1)
        else:
            pieces.append((int(column), int(column) + 1))
    return pieces


def _corners(back: LabelStart, length_px: float) -> tuple[tuple[float, float], ...]:
    (ax, ay), (dx, dy) = back.along, back.down
    half = back.em_px / 2
    ends = ((0.0, -half), (length_px, -half), (length_px, half), (0.0, half))
    return tuple((back.x_px + u * ax + v * dx, back.y_px + u * ay + v * dy) for u, v in ends)
