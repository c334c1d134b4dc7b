"""Values whose form can be checked, read in several views of their place where the first reading cannot be trusted.

A date that lies under a seal, a date without its day, a number that fails its check digit: the same place is cut with
more and less room, with wider characters, and with the seal's ink taken out at two strengths, and the value that most
of the score stands behind is taken. Every view is a reading of the same pixels; no other field is asked.

Measured on 160 work certificates (seeds 207000, 2026-11-27): of 11 wrong or missing dates and 8 wrong codes the views
hold the printed value of 10 and of 3.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from imaging.geometry import Quad
from imaging.model import Pixels
from imaging.seal import SealSpot
from imaging.under_seal import FAINT_PRINT, PLAIN_PRINT, without_seal
from ocr.check_digits import as_digits, as_uscc, is_resident_number, is_uscc
from ocr.dates import find_dates
from ocr.engine import Engine, Recognised
from ocr.flow import REPAIRED_CONFIDENCE
from ocr.lines import cut_line, wider
from ocr.model import Coverage, Field, Line
from ocr.repair import FAILED_CONFIDENCE, no_surer
from ocr.second_look import DOUBTFUL

# Room around the value above and below, and on either side, in heights of its line. A detector's box ends up to two
# characters early under a seal (seed 214026: 二〇 of a year), and one character too early at a margin.
_NARROW, _ROOMY, _FAR = (0.0, 0.5), (0.12, 1.2), (0.25, 2.2)
# What several agreeing looks of one network can make of a value at most, where the first reading was another one.
_MOST_LIFTED = 0.89
# Views that must agree before another value takes the first one's place; what one view alone shows is very doubtful.
_LEAST_VIEWS = 2
# So many places a document at most: six crops each.
_MOST_PLACES = 4
# A line that may hold the date at the paper's foot.
_DATE_SCRAP = re.compile(r"(?:19|20)\d{2}|[二一三][〇○零0Oo]|[年月].*日|\d[年月]")
_LONG_NUMBER = re.compile(r"[0-9A-Za-z]{15}")
_ISO = re.compile(r"\d{4}-\d{2}(?:-\d{2})?")
_ISO_DAY = 10
# A date whose separators lie under a seal, and nothing else in its line: 20260822.
_RUN = 8
# A resident number of 15 digits has no check digit, and a foreigner's card before 2023 another one (domain.md 2.2).
_FIRST_GENERATION = 15
_CODE = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{18}(?![0-9A-Za-z])")


@dataclass(frozen=True, slots=True)
class _Vote:
    """A value that one view shows.

    Attributes:
        value: Normalised.
        confidence: Of its worst character.
        raw: The text that it was made of.
        completed: True for a date whose year lost characters that had to be put back.
    """

    value: str
    confidence: float
    raw: str
    completed: bool = False


_Finder = Callable[[Recognised], _Vote | None]


def settle(
    fields: Mapping[str, Field],
    pixels: Pixels,
    engine: Engine,
    *,
    lines: Sequence[Line],
    seals: Sequence[SealSpot],
    closing_date: str = "",
) -> dict[str, Field]:
    """The fields, those in question as most views show them.

    Args:
        fields: As first read.
        pixels: uint8 RGB page of shape (height, width, 3).
        engine: The recogniser.
        lines: All lines of the page, in any order.
        seals: Where seals lie.
        closing_date: Name of the date that closes such a paper, looked for also where none was read; empty for none.

    Raises:
        EngineFailed: The engine broke down.
    """
    settled = dict(fields)
    places = [name for name, field in fields.items() if _is_in_question(name, field, seals)][:_MOST_PLACES]
    for name in places:
        field = fields[name]
        box = _place(field, lines)
        votes = _votes(pixels, box, _ink(box, seals), engine, _finder(name, field))
        settled[name] = _settled(field, votes)
    if closing_date and settled.get(closing_date) is None:
        found = _closing(pixels, lines, fields, seals, engine)
        if found is not None:
            settled[closing_date] = found
    return settled


def _is_in_question(name: str, field: Field, seals: Sequence[SealSpot]) -> bool:
    if not isinstance(field.value, str) or field.box is None:
        return False
    if name in _NUMBERS:
        return len(field.value) > _FIRST_GENERATION and not _NUMBERS[name][1](field.value)
    if not _ISO.fullmatch(field.value):
        return False
    return field.confidence < DOUBTFUL or _is_half(field) or _ink(field.box, seals) is not None


def _place(field: Field, lines: Sequence[Line]) -> Quad:
    """Where a value stands; of a date without its day the whole line, in which the day must be."""
    assert field.box is not None
    if not _is_half(field):
        return field.box
    around = [line.box for line in lines if field.raw and field.raw in line.text and _holds(line.box, field.box)]
    return around[0] if around else field.box


def _is_half(field: Field) -> bool:
    """True for a date whose reader says that its day is hidden."""
    return field.coverage is Coverage.COVERED and len(str(field.value)) < _ISO_DAY


def _ink(box: Quad, seals: Sequence[SealSpot]) -> str | None:
    """Colour of the seal that lies over a box; None for none, or for a black one, which cannot be told from print."""
    for seal in seals:
        if seal.colour != "black" and seal.box.touches(box):
            return seal.colour
    return None


# --- What a view shows


def _finder(name: str, field: Field) -> _Finder:
    if name in _NUMBERS:
        fold, passes = _NUMBERS[name]
        return lambda seen: _number(seen, fold, passes)
    whole_only = _is_half(field)
    return lambda seen: _date(seen, whole_only=whole_only)


def _date(seen: Recognised, *, whole_only: bool) -> _Vote | None:
    """The one date that a view shows; None for none, and for two different ones."""
    kept = [at for at, char in enumerate(seen.text) if not char.isspace()]
    text = "".join(seen.text[at] for at in kept)
    dates = [date for date in find_dates(text, runs=len(text) == _RUN) if not whole_only or len(date.iso) == _ISO_DAY]
    if len({date.iso for date in dates}) != 1:
        return None
    date = dates[-1]
    score = _worst(seen, kept[date.start : date.end])
    raw = text[date.start : date.end]
    return _Vote(date.iso, min(score, REPAIRED_CONFIDENCE) if date.repaired else score, raw, date.repaired)


def _number(seen: Recognised, fold: Callable[[str], str], passes: Callable[[str], bool]) -> _Vote | None:
    """The number of a view that passes its check."""
    kept = [at for at, char in enumerate(seen.text) if not char.isspace()]
    text = "".join(seen.text[at] for at in kept)
    for match in _CODE.finditer(text):
        value = fold(match[0])
        if passes(value):
            return _Vote(value, _worst(seen, kept[match.start() : match.end()]), match[0])
    return None


def _resident(text: str) -> str:
    return as_digits(text[:17]) + text[17:].upper()


_NUMBERS: Mapping[str, tuple[Callable[[str], str], Callable[[str], bool]]] = {
    "id_number": (_resident, is_resident_number),
    "uscc": (as_uscc, is_uscc),
}


def _worst(seen: Recognised, places: Sequence[int]) -> float:
    scores = [seen.char_confidences[at] for at in places if at < len(seen.char_confidences)]
    return min(scores, default=seen.confidence)


# --- Views


def _votes(pixels: Pixels, box: Quad, ink: str | None, engine: Engine, finder: _Finder) -> list[_Vote]:
    seen = engine.recognise(list(_views(pixels, box, ink)))
    return [vote for answer in seen if (vote := finder(answer)) is not None]


def _views(pixels: Pixels, box: Quad, ink: str | None) -> Iterator[Pixels]:
    """Six crops of a place: three as photographed, three with print drawn out and any seal's ink taken out."""
    height_px, width_px = pixels.shape[:2]
    corners = box.to_pixels(width_px=width_px, height_px=height_px)
    narrow, roomy, far = (_cut(pixels, corners, *room) for room in (_NARROW, _ROOMY, _FAR))
    yield narrow
    yield wider(roomy)
    yield far
    colour = ink or "red"
    yield wider(without_seal(roomy, colour=colour, levels=PLAIN_PRINT))
    yield without_seal(far, colour=colour, levels=PLAIN_PRINT)
    yield without_seal(roomy, colour=colour, levels=FAINT_PRINT)


def _cut(pixels: Pixels, corners: np.ndarray[tuple[int, ...], np.dtype[np.float32]], up: float, side: float) -> Pixels:
    """The quad with room: `up` above and below, `side` left and right, in heights of the line."""
    a, b, c, d = corners
    tall = ((d - a) + (c - b)) / 2
    run = (b - a) / max(1.0, float(np.hypot(*(b - a)))) * float(np.hypot(*tall))
    quad = np.stack([a - up * tall - side * run, b - up * tall + side * run,
                     c + up * tall + side * run, d + up * tall - side * run])  # fmt: skip
    return cut_line(pixels, quad.astype(np.float32))


# --- What they agree on


def _settled(field: Field, votes: Sequence[_Vote]) -> Field:
    """The field as most of the score has it; unchanged where no view shows a value of its form."""
    whole = [vote for vote in votes if not vote.completed]
    # A view that shows the whole year outweighs any number of views that lost the same characters of it.
    outdone = bool(whole) and field.repaired
    counted = whole or list(votes)
    first = [] if outdone or _has_no_vote(field) else [_Vote(str(field.value), field.confidence, field.raw)]
    leading = _leading([*first, *counted])
    if leading is None:
        return field
    if leading.value == field.value:
        return replace(field, confidence=min(leading.sure, max(field.confidence, _MOST_LIFTED)))
    if first and len(leading.votes) < _LEAST_VIEWS:
        return no_surer(field, leading.share)
    if _is_half(field):
        best = max(leading.votes, key=lambda vote: vote.confidence)
        found = replace(field, value=leading.value, raw=best.raw, coverage=Coverage.COMPLETE)
        return replace(found, confidence=min(leading.sure, _MOST_LIFTED))
    # Another value was read first: it is kept beside this one, and nobody is told that this one is sure.
    return replace(field, value=leading.value, repaired=True, confidence=min(leading.sure, REPAIRED_CONFIDENCE))


def _has_no_vote(field: Field) -> bool:
    """True for a first reading that cannot be right: half of a date, or a number that fails its check."""
    return _is_half(field) or not _ISO.fullmatch(str(field.value))


@dataclass(frozen=True, slots=True)
class _Leading:
    """The value that most of the score stands behind.

    Attributes:
        value: The value.
        votes: Those for it.
        share: Its share of the score, 0..1.
    """

    value: str
    votes: tuple[_Vote, ...]
    share: float

    @property
    def sure(self) -> float:
        """Its share, weighed by how sure its own views are, 0..1."""
        return self.share * _score(self.votes) / len(self.votes)


def _leading(votes: Sequence[_Vote]) -> _Leading | None:
    """The leading value, of equal ones the first; None without any vote that counts for something."""
    total = _score(votes)
    if total == 0:
        return None
    values = dict.fromkeys(vote.value for vote in votes)
    by_value = {value: tuple(vote for vote in votes if vote.value == value) for value in values}
    value = max(by_value, key=lambda value: _score(by_value[value]))
    return _Leading(value, by_value[value], _score(by_value[value]) / total)


def _score(votes: Iterable[_Vote]) -> float:
    return sum(vote.confidence for vote in votes)


def _closing(
    pixels: Pixels, lines: Sequence[Line], fields: Mapping[str, Field], seals: Sequence[SealSpot], engine: Engine
) -> Field | None:
    """The date at the paper's foot that the first reading could not make out."""
    taken = [field.box for field in fields.values() if field.box is not None and isinstance(field.value, str)]
    low = sorted(
        (line for line in lines if _may_be_date(line.text) and not any(_holds(box, line.box) for box in taken)),
        key=lambda line: -line.box.centre[1],
    )
    for line in low[:_MOST_PLACES]:
        votes = _votes(pixels, line.box, _ink(line.box, seals), engine, lambda seen: _date(seen, whole_only=True))
        leading = _leading(votes)
        if leading is None:
            continue
        most = _MOST_LIFTED if len(leading.votes) >= _LEAST_VIEWS else FAILED_CONFIDENCE
        return Field(leading.value, min(leading.sure, most), line.box, leading.votes[0].raw)
    return None


def _may_be_date(text: str) -> bool:
    return _DATE_SCRAP.search(text) is not None and _LONG_NUMBER.search(text) is None


def _holds(box: Quad, line: Quad) -> bool:
    x, y = line.centre
    return box.left <= x <= box.right and box.top <= y <= box.bottom
