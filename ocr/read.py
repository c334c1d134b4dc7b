"""Reads one rendition: turn it upright, find out what it is, read the fields of that kind.

The steps are listed in `read_page`; each lives in a module of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from imaging.model import Defect, Pixels, Rendition
from imaging.rectify import PaperPlace, rectify
from ocr.engine import Engine
from ocr.errors import EngineFailed
from ocr.kinds import FULL_EVIDENCE, KindGuess, detect_kinds, evidence_of
from ocr.lines import read_lines
from ocr.model import Field, Kind, Line, Reading
from ocr.page import Page
from ocr.readers import degree, diploma, id_card, qualification, work_certificate
from ocr.stamped import add_seal_fields, add_tick_fields, merge_lines, read_stamps

_READERS: Mapping[Kind, Callable[[Page], dict[str, Field]]] = MappingProxyType(
    {
        Kind.ID_CARD_FRONT: id_card.read_front,
        Kind.ID_CARD_BACK: id_card.read_back,
        Kind.DIPLOMA: diploma.read,
        Kind.DEGREE_CERTIFICATE: degree.read,
        Kind.QUALIFICATION_CERTIFICATE: qualification.read,
        Kind.WORK_CERTIFICATE: work_certificate.read,
    }
)
# Papers on which a seal may lie over text. ID cards carry none, and their emblem must not be searched for one.
_STAMPED = frozenset({Kind.DIPLOMA, Kind.DEGREE_CERTIFICATE, Kind.QUALIFICATION_CERTIFICATE, Kind.WORK_CERTIFICATE})


@dataclass(frozen=True, slots=True, eq=False)
class PageReading:
    """What was read from one picture.

    Attributes:
        rendition: The upright, possibly straightened picture that all boxes refer to.
        readings: One a document on it; never empty, kind `UNKNOWN` when it is none of ours.
        defects: What is wrong with the page as a whole: `no-text`, `kind-unknown`, `engine-failed`.
        paper: Where the page lies in the picture that was handed in; page quality is measured there.
    """

    rendition: Rendition
    readings: tuple[Reading, ...]
    defects: tuple[Defect, ...] = ()
    paper: PaperPlace = field(default_factory=PaperPlace)


@dataclass(frozen=True, slots=True, eq=False)
class _Attempt:
    """One way of looking at the picture."""

    pixels: Pixels
    lines: tuple[Line, ...]
    evidence: float
    paper: PaperPlace


def read_page(rendition: Rendition, engine: Engine, *, kind: Kind | None = None) -> PageReading:
    """Reads the documents on one picture.

    Args:
        rendition: The decoded picture.
        engine: The recogniser.
        kind: What the document is said to be; detected when None.

    Returns:
        The rendition that boxes refer to, with its readings. A picture that cannot be read is a defect, no error.
    """
    try:
        attempt = _best_attempt(rendition.pixels, engine)
        upright = replace(rendition, pixels=attempt.pixels)
        return _read_attempt(upright, attempt, engine, kind)
    except EngineFailed:
        defect = Defect("engine-failed", severe=True)
        return PageReading(rendition, (Reading(kind or Kind.UNKNOWN, 0.0, defects=(defect,)),), (defect,))


def _best_attempt(pixels: Pixels, engine: Engine) -> _Attempt:
    """Straightened if that is safe, and the picture as it came when straightening did not lead to a document.

    A crop needs a check and a fall-back (ocr.md 5.2): a wrong one costs half of the fields.
    """
    page = rectify(pixels)
    attempt = _attempt(page.pixels, engine, PaperPlace(page.found, page.applied))
    if not page.applied or attempt.evidence >= FULL_EVIDENCE:
        return attempt
    whole = _attempt(pixels, engine, PaperPlace(page.found))
    return whole if whole.evidence > attempt.evidence else attempt


def _attempt(pixels: Pixels, engine: Engine, paper: PaperPlace) -> _Attempt:
    found = read_lines(pixels, engine)
    text = "".join("".join(line.text.split()) for line in found.lines)
    placed = replace(paper, quarter_turns=found.quarter_turns)
    return _Attempt(found.pixels, found.lines, evidence_of(text), placed)


def _read_attempt(rendition: Rendition, attempt: _Attempt, engine: Engine, kind: Kind | None) -> PageReading:
    aspect = rendition.width_px / rendition.height_px
    page = Page.of(attempt.lines, aspect=aspect)
    guesses = detect_kinds(page.running.text)
    if kind is not None:
        guesses = tuple(g for g in guesses if g.kind is kind) or (KindGuess(kind, 0.0),)
    defects = _page_defects(attempt.lines, guesses)
    readings = tuple(_read_kind(rendition.pixels, guess, attempt.lines, page, engine) for guess in guesses)
    return PageReading(rendition, readings, defects, attempt.paper)


def _page_defects(lines: Sequence[Line], guesses: Sequence[KindGuess]) -> tuple[Defect, ...]:
    if not lines:
        return (Defect("no-text", severe=True),)
    if guesses[0].kind is Kind.UNKNOWN:
        return (Defect("kind-unknown", severe=True),)
    return ()


def _read_kind(pixels: Pixels, guess: KindGuess, lines: tuple[Line, ...], page: Page, engine: Engine) -> Reading:
    reader = _READERS.get(guess.kind)
    if reader is None:
        return Reading(guess.kind, guess.confidence, lines=lines)
    defects: tuple[Defect, ...] = ()
    if guess.kind in _STAMPED:
        stamps = read_stamps(pixels, engine, names=guess.kind is Kind.WORK_CERTIFICATE)
        lines = merge_lines(lines, stamps.lines)
        page = Page.of(lines, aspect=page.aspect)
        fields = reader(page)
        if guess.kind is Kind.WORK_CERTIFICATE:
            fields, seal_defects = add_seal_fields(fields, stamps)
            fields, tick_defects = add_tick_fields(fields, pixels, lines, stamps, engine)
            defects = (*seal_defects, *tick_defects)
    else:
        fields = reader(page)
    return Reading(guess.kind, guess.confidence, MappingProxyType(dict(fields)), defects, lines)
