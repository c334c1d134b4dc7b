"""Finds out from the words on a picture whether it shows two documents, and which lines belong to which.

Words lead, because white gaps lie: a booklet has two inner pages, a form has empty halves, a seal may stand alone.
Two documents are proposed when a straight line parts the text so that both sides tell of a document of their own:

- two kinds, each proved by words that stand on its own side only (both sides of an identity card, diploma and degree);
- one kind, whose telling words stand on both sides (two diplomas); a booklet's words stand once on its two pages;
- one kind on one side, and on the other text that cannot be read the way the first one lies (a card laid upside down).

A proposal is no proof: whoever cuts the picture reads both parts again and holds them against what was read before.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from imaging.geometry import Quad
from ocr.kinds import FULL_EVIDENCE, SECOND_KIND_EVIDENCE, evidence_by_kind, telling_words
from ocr.model import Kind, Line
from ocr.page import Page

# Kinds whose fields are read, so that it can be proved that a cut loses none of them.
CUTTABLE = frozenset(
    {
        Kind.ID_CARD_FRONT,
        Kind.ID_CARD_BACK,
        Kind.WORK_CERTIFICATE,
        Kind.DIPLOMA,
        Kind.DEGREE_CERTIFICATE,
        Kind.QUALIFICATION_CERTIFICATE,
    }
)
# Weight of telling words that must stand on both sides for two documents of one kind: its name and one more of its own.
_TWIN_EVIDENCE = 4.0
# Text the wrong way up reads at 0.3-0.75 in the mean (see ocr.lines), single pieces of it at up to 0.85; upright text
# of a usable picture above 0.9.
_DOUBTFUL = 0.88
# A line of so many characters as sure as this lies the right way up: no paper turned round holds it, but the foot of a
# stamped form does, whose seal and dates are doubtful.
_UPRIGHT, _UPRIGHT_LENGTH = 0.95, 8
# A box this much taller than wide runs down the picture.
_STANDING_RATIO = 1.5
# The emblem side, the document with the least text, has four to six lines; three of them are found at least. A title
# alone is none.
_LEAST_LINES = 3
# Of the boxes on a turned document's side at least this share is doubtful.
_TURNED_SHARE = 0.6
# Directions that are tried; papers laid down loosely differ by less from one of them.
_STEP_DEG = 15
# Boxes are longer than their text by about this share, and of tilted lines they overlap a little.
_SLACK_SHARE = 0.12


class Reason(IntEnum):
    """Why two documents are proposed, the best reason highest."""

    TURNED = 1
    TWINS = 2
    KINDS = 3


@dataclass(frozen=True, slots=True)
class Side:
    """Text that seems to belong to one document.

    Attributes:
        lines: What was read.
        boxes: Places of all text, read or not.
        kind: What the words say it is; None when it could not be read.
        evidence: Weight of that kind's words.
    """

    lines: tuple[Line, ...]
    boxes: tuple[Quad, ...]
    kind: Kind | None
    evidence: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two documents on one picture, as far as words can tell.

    Attributes:
        sides: First the document further left, or further up when they lie over one another.
        reason: What speaks for it.
    """

    sides: tuple[Side, Side]
    reason: Reason


@dataclass(frozen=True, slots=True, eq=False)
class _Text:
    """All text of a picture: a line a box, None where the recogniser read nothing."""

    lines: tuple[Line | None, ...]
    boxes: tuple[Quad, ...]
    doubtful: NDArray[np.bool_]
    upright: NDArray[np.bool_]
    corners: NDArray[np.float64]
    aspect: float

    @staticmethod
    def of(lines: Sequence[Line], unread: Sequence[Quad], *, aspect: float) -> _Text:
        boxes = (*(line.box for line in lines), *unread)
        standing = [_is_standing(box, aspect) for box in boxes]
        doubtful = [line.confidence < _DOUBTFUL for line in lines] + [True] * len(unread)
        return _Text(
            (*lines, *([None] * len(unread))),
            boxes,
            np.array(doubtful, bool) | np.array(standing, bool),
            np.array([*map(_is_upright, lines), *[False] * len(unread)], bool),
            np.array([box.points for box in boxes]) * np.array([aspect, 1.0]),
            aspect,
        )

    def running(self, chosen: NDArray[np.bool_]) -> str:
        """The text of some boxes without spaces, in reading order."""
        kept = [line for line, take in zip(self.lines, chosen, strict=True) if take and line is not None]
        return Page.of(kept, aspect=self.aspect).running.text


def propose_two(lines: Sequence[Line], unread: Sequence[Quad], *, aspect: float) -> Proposal | None:
    """Looks for two documents in what was read from one picture.

    Args:
        lines: Recognised lines.
        unread: Boxes in which text was seen but none was read.
        aspect: Width of the picture divided by its height.

    Returns:
        The best parting, or None when nothing speaks for a second document.
    """
    if len(lines) < 2:
        return None
    page_text = Page.of(lines, aspect=aspect).running.text
    evidence = {kind: weight for kind, weight in evidence_by_kind(page_text).items() if kind in CUTTABLE}
    text = _Text.of(lines, unread, aspect=aspect)
    reasons = _possible_reasons(page_text, evidence, text)
    if not reasons:
        return None
    best: tuple[tuple[int, float, float], NDArray[np.bool_]] | None = None
    for chosen, gap in _partings(text):
        found = _weigh_parting(text, chosen, reasons)
        if found is not None and (best is None or (*found, gap) > best[0]):
            best = ((*found, gap), chosen)
    return None if best is None else _proposal(text, best[1], Reason(best[0][0]))


def _possible_reasons(page_text: str, evidence: dict[Kind, float], text: _Text) -> frozenset[Reason]:
    """What could speak for two documents at all; nothing on nearly every picture, and then nothing is tried."""
    reasons = set()
    if sum(weight >= SECOND_KIND_EVIDENCE for weight in evidence.values()) > 1:
        reasons.add(Reason.KINDS)
    kind = max(evidence, key=lambda k: evidence[k])
    twice = sum(weight for word, weight in telling_words(page_text, kind).items() if page_text.count(word) > 1)
    if twice >= _TWIN_EVIDENCE:
        reasons.add(Reason.TWINS)
    if evidence[kind] >= FULL_EVIDENCE and int(text.doubtful.sum()) >= _LEAST_LINES:
        reasons.add(Reason.TURNED)
    return frozenset(reasons)


def _is_upright(line: Line) -> bool:
    return line.confidence >= _UPRIGHT and len(line.text) >= _UPRIGHT_LENGTH


def _is_standing(box: Quad, aspect: float) -> bool:
    (ax, ay), (bx, by), _, (dx, dy) = box.points
    along = math.hypot((bx - ax) * aspect, by - ay)
    across = math.hypot((dx - ax) * aspect, dy - ay)
    return across > _STANDING_RATIO * along


def _partings(text: _Text) -> Iterator[tuple[NDArray[np.bool_], float]]:
    """All ways to part the boxes by a straight line, each once with its widest gap; True is further left or up."""
    widest: dict[bytes, tuple[NDArray[np.bool_], float]] = {}
    for angle_deg in range(0, 180, _STEP_DEG):
        angle = math.radians(angle_deg)
        place = text.corners @ np.array([math.cos(angle), math.sin(angle)])
        low, high = place.min(axis=1), place.max(axis=1)
        slack = _SLACK_SHARE * (high - low)
        low, high = low + slack, high - slack
        order = np.argsort(low, kind="stable")
        reach = np.maximum.accumulate(high[order])
        for rank, (before, after) in enumerate(pairwise(zip(reach, low[order], strict=True)), start=1):
            gap = float(after[1] - before[0])
            if gap <= 0:
                continue
            chosen = np.zeros(len(order), bool)
            chosen[order[:rank]] = True
            key = min(chosen.tobytes(), (~chosen).tobytes())
            if key not in widest or widest[key][1] < gap:
                widest[key] = (chosen, gap)
    yield from widest.values()


def _weigh_parting(text: _Text, chosen: NDArray[np.bool_], reasons: frozenset[Reason]) -> tuple[int, float] | None:
    """The best reason for a parting and how much speaks for it; None when nothing does."""
    words = text.running(chosen), text.running(~chosen)
    weights = [{kind: weight for kind, weight in evidence_by_kind(part).items() if kind in CUTTABLE} for part in words]
    best = [max(side, key=lambda kind: side[kind]) for side in weights]
    (a, b), (kind_a, kind_b) = weights, best
    if Reason.KINDS in reasons and kind_a is not kind_b and min(a[kind_a], b[kind_b]) >= SECOND_KIND_EVIDENCE:
        # What stands on the wrong side counts against a parting; words that both kinds share do so for every one.
        return Reason.KINDS, a[kind_a] + b[kind_b] - a[kind_b] - b[kind_a]
    fewest = min(int(chosen.sum()), int((~chosen).sum()))
    if Reason.TWINS in reasons and kind_a is kind_b and fewest >= _LEAST_LINES:
        common = telling_words(words[0], kind_a).keys() & telling_words(words[1], kind_a).keys()
        shared = float(sum(telling_words(words[0], kind_a)[word] for word in common))
        if shared >= _TWIN_EVIDENCE:
            return Reason.TWINS, shared
    if Reason.TURNED in reasons:
        return _weigh_turned(text, chosen, (a[kind_a], b[kind_b]))
    return None


def _weigh_turned(text: _Text, chosen: NDArray[np.bool_], evidence: tuple[float, float]) -> tuple[int, float] | None:
    """One side tells of a document, the other has text that does not read this way up."""
    for told, side in ((evidence[0], ~chosen), (evidence[1], chosen)):
        if (side & text.upright).any():
            continue
        doubtful = side & text.doubtful
        share = int(doubtful.sum()) / max(int(side.sum()), 1)
        if told >= FULL_EVIDENCE and int(doubtful.sum()) >= _LEAST_LINES and share >= _TURNED_SHARE:
            # All of the doubtful text belongs to the turned document, and nothing else.
            apart = int(doubtful.sum()) / max(int(text.doubtful.sum()), 1)
            return Reason.TURNED, told + FULL_EVIDENCE * apart * share
    return None


def _proposal(text: _Text, chosen: NDArray[np.bool_], reason: Reason) -> Proposal:
    first, second = (_side(text, side, reason) for side in (chosen, ~chosen))
    (ax, ay), (bx, by) = (text.corners[side].mean(axis=(0, 1)) for side in (chosen, ~chosen))
    beside = abs(bx - ax) > abs(by - ay)
    in_order = ax < bx if beside else ay < by
    return Proposal((first, second) if in_order else (second, first), reason)


def _side(text: _Text, chosen: NDArray[np.bool_], reason: Reason) -> Side:
    lines = tuple(line for line, take in zip(text.lines, chosen, strict=True) if take and line is not None)
    boxes = tuple(box for box, take in zip(text.boxes, chosen, strict=True) if take)
    weights = {kind: weight for kind, weight in evidence_by_kind(text.running(chosen)).items() if kind in CUTTABLE}
    kind = max(weights, key=lambda k: weights[k])
    # Of what lies the wrong way up, a stray word proves nothing.
    told = weights[kind] >= (FULL_EVIDENCE if reason is Reason.TURNED else SECOND_KIND_EVIDENCE)
    return Side(lines, boxes, kind if told else None, weights[kind] if told else 0.0)
