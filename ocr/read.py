"""Reads one picture: turn it upright, part it when it shows two documents, find out what it is, read its fields.

The steps are listed in `read_page`; each lives in a module of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from imaging.model import Defect, Pixels, Rendition
from imaging.rectify import PaperPlace
from imaging.split import find_cut, take_side
from ocr.attempt import Attempt, look_at, look_at_part
from ocr.documents import Side, propose_two
from ocr.engine import Engine
from ocr.errors import EngineFailed
from ocr.kinds import KindGuess, detect_kinds
from ocr.misplaced import misplaced
from ocr.model import Field, Kind, Line, Reading
from ocr.page import Page
from ocr.proof import CARD_SIDES, are_two, is_clear, is_promising, keeps_document
from ocr.read_kind import read_kind
from ocr.readers.registry import READERS


@dataclass(frozen=True, slots=True, eq=False)
class PageReading:
    """What was read from one picture.

    Attributes:
        rendition: The upright, possibly straightened picture that all boxes refer to.
        readings: One a document on it; never empty, kind `UNKNOWN` when it is none of ours.
        defects: What is wrong with the page as a whole: `no-text`, `kind-unknown`, `engine-failed`.
        paper: Where the page lies in the picture that was handed in, or in `scene`; page quality is measured there.
        scene: The piece of the handed-in picture that holds this document alone, or that picture with its text turned
            level, uint8 RGB; None when it was neither parted nor levelled.
        others: Further documents on the same picture, each with a rendition of its own, in reading order.
    """

    rendition: Rendition
    readings: tuple[Reading, ...]
    defects: tuple[Defect, ...] = ()
    paper: PaperPlace = field(default_factory=PaperPlace)
    scene: Pixels | None = None
    others: tuple[PageReading, ...] = ()


def read_page(rendition: Rendition, engine: Engine, *, kind: Kind | None = None) -> PageReading:
    """Reads the documents on one picture.

    A picture of two documents is parted when that is proved to lose nothing (see `ocr.documents`, `ocr.proof`); then
    the second one is among the first one's `others`.

    Args:
        rendition: The decoded picture.
        engine: The recogniser.
        kind: What the document is said to be; detected when None. Of two documents only those of this kind are kept.

    Returns:
        The rendition that boxes refer to, with its readings. A picture that cannot be read is a defect, no error.
    """
    try:
        attempt = look_at(rendition.pixels, engine)
        pages = tuple(page for page in _read_two(rendition, attempt, engine) if kind in (None, page.readings[0].kind))
        if pages:
            return replace(pages[0], others=pages[1:])
        return _read_attempt(rendition, attempt, engine, kind)
    except EngineFailed:
        defect = Defect("engine-failed", severe=True)
        return PageReading(rendition, (Reading(kind or Kind.UNKNOWN, 0.0, defects=(defect,)),), (defect,))


def _read_two(rendition: Rendition, attempt: Attempt, engine: Engine) -> tuple[PageReading, ...]:
    """Both documents of a picture that shows two; nothing when it shows one, or when parting it is not proved right."""
    proposal = propose_two(attempt.lines, attempt.unread, aspect=attempt.aspect)
    if proposal is None:
        return ()
    before = [_fields_before(side, attempt) for side in proposal.sides]
    cut = None
    if is_promising(proposal, before):
        cut = find_cut(attempt.pixels, proposal.sides[0].boxes, proposal.sides[1].boxes)
    if cut is None or not is_clear(cut, proposal):
        return ()
    pages: dict[int, PageReading] = {}
    # The doubtful side first: if it is no document, the other one need not be read again.
    for place in sorted((0, 1), key=lambda number: proposal.sides[number].evidence):
        side = proposal.sides[place]
        part = take_side(attempt.pixels, cut, side.boxes, second=place == 1)
        pages[place] = _read_attempt(rendition, look_at_part(part, engine), engine, None, scene=True)
        if not keeps_document(side, before[place], pages[place].readings):
            return ()
    two = (pages[0], pages[1])
    return two if are_two([page.readings[0] for page in two]) else ()


def _fields_before(side: Side, attempt: Attempt) -> dict[str, Field]:
    """What a side's text tells on the whole picture, seals and boxes left aside.

    Both sides of a card are read from the whole picture too when it is not parted, so all that is read there counts.
    """
    reader = READERS.get(side.kind) if side.kind is not None else None
    if reader is None:
        return {}
    own = reader.fields(Page.of(side.lines, aspect=attempt.aspect))
    if side.kind not in CARD_SIDES:
        return own
    return reader.fields(Page.of(attempt.lines, aspect=attempt.aspect)) | own


def _read_attempt(
    rendition: Rendition, attempt: Attempt, engine: Engine, kind: Kind | None, *, scene: bool = False
) -> PageReading:
    page = Page.of(attempt.lines, aspect=attempt.aspect)
    guesses = detect_kinds(page.running.text)
    misplacements = misplaced(guesses, kind)
    if kind is not None:
        guesses = tuple(g for g in guesses if g.kind is kind) or (KindGuess(kind, 0.0),)
    defects = (*_page_defects(attempt.lines, guesses), *misplacements)
    upright = replace(rendition, pixels=attempt.pixels)
    readings = tuple(read_kind(upright.pixels, guess, attempt.lines, page, engine) for guess in guesses)
    return PageReading(upright, readings, defects, attempt.paper, attempt.scene if scene or attempt.levelled else None)


def _page_defects(lines: Sequence[Line], guesses: Sequence[KindGuess]) -> tuple[Defect, ...]:
    if not lines:
        return (Defect("no-text", severe=True),)
    if guesses[0].kind is Kind.UNKNOWN:
        return (Defect("kind-unknown", severe=True),)
    return ()
