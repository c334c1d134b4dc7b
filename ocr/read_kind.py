"""Reads one document of a known kind: text, what lies under its seals, codes, boxes, signature, and how sure all is.

The steps are listed in `read_kind`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from types import MappingProxyType

from imaging.codes import find_codes
from imaging.model import Defect, Pixels
from ocr.blanks import add_blanks
from ocr.coded import code_fields
from ocr.coverage import mark_covered
from ocr.dropped import doubt_dropped
from ocr.engine import Engine
from ocr.kinds import KindGuess
from ocr.model import Field, Kind, Line, Reading
from ocr.page import Page
from ocr.readers.registry import READERS, Reader
from ocr.seal_presence import seal_presence
from ocr.second_look import look_again
from ocr.several_views import settle
from ocr.signature import read_signature
from ocr.stamped import NO_STAMPS, Stamps, add_seal_fields, merge_lines, read_stamps
from ocr.tick_boxes import read_duties, with_duties


@dataclass(frozen=True, slots=True, eq=False)
class _Sheet:
    """What the steps work on.

    Attributes:
        pixels: uint8 RGB rendition.
        engine: The recogniser.
        reader: What belongs to the kind.
        lines: All lines, those under seals in their best reading.
        page: The same, ordered.
        stamps: Seals.
    """

    pixels: Pixels
    engine: Engine
    reader: Reader
    lines: tuple[Line, ...]
    page: Page
    stamps: Stamps

    def with_lines(self, lines: tuple[Line, ...]) -> _Sheet:
        """The sheet with other lines on it."""
        page = Page.of(lines, aspect=self.page.aspect, codes=self.page.codes)
        return replace(self, lines=lines, page=page)


def read_kind(pixels: Pixels, guess: KindGuess, lines: tuple[Line, ...], page: Page, engine: Engine) -> Reading:
    """Reads a document.

    Args:
        pixels: uint8 RGB rendition that all boxes refer to.
        guess: Its kind.
        lines: Recognised lines.
        page: The same, ordered.
        engine: The recogniser.

    Returns:
        The reading; without fields for kinds that have no reader.

    Raises:
        EngineFailed: The engine broke down.
    """
    reader = READERS.get(guess.kind)
    if reader is None:
        return Reading(guess.kind, guess.confidence, lines=lines)
    stamps = read_stamps(pixels, engine, names=reader.reads_seals) if reader.stamped else NO_STAMPS
    sheet = _Sheet(pixels, engine, reader, lines, page, stamps)
    sheet = _looked_again(sheet.with_lines(merge_lines(lines, stamps.lines)) if stamps.lines else sheet)
    if reader.coded:
        sheet = replace(sheet, page=replace(sheet.page, codes=find_codes(pixels)))
    reading = Reading(guess.kind, guess.confidence, lines=sheet.lines, seals=stamps.seals)
    reading = replace(reading, variant=reader.variant(sheet.page))
    reading = _with(reading, reader.fields(sheet.page), reader.doubts(sheet.page))
    for step in _STEPS:
        reading = step(reading, sheet)
    return reader.kept(reading)


def _looked_again(sheet: _Sheet) -> _Sheet:
    """Doubtful values read once more, those under seals left as they were read without the seal's ink."""
    under = frozenset(line.box for line in sheet.stamps.lines)
    first = sheet.reader.fields(sheet.page)
    lines = look_again(sheet.pixels, sheet.lines, first, sheet.engine, keep=under)
    return sheet if lines == sheet.lines else sheet.with_lines(lines)


def _with(reading: Reading, fields: dict[str, Field], defects: tuple[Defect, ...] = ()) -> Reading:
    return replace(reading, fields=MappingProxyType(fields), defects=(*reading.defects, *defects))


def _views(reading: Reading, sheet: _Sheet) -> Reading:
    """Dates and numbers that cannot be right as first read, or that lie under a seal, seen in several views."""
    seals = sheet.stamps.spots
    fields = settle(reading.fields, sheet.pixels, sheet.engine, lines=sheet.lines, seals=seals,
                    closing_date=sheet.reader.closing_date)  # fmt: skip
    return _with(reading, fields)


def _codes(reading: Reading, sheet: _Sheet) -> Reading:
    if not sheet.reader.coded:
        return reading
    found, defects = code_fields(sheet.page.codes)
    return _with(reading, {**reading.fields, **found}, defects)


def _seals(reading: Reading, sheet: _Sheet) -> Reading:
    fields = dict(reading.fields)
    if sheet.reader.sealed:
        fields, defects = add_seal_fields(fields, sheet.stamps)
        return _with(reading, fields, defects)
    if sheet.reader.seal_unseen is not None:
        fields["seal_present"] = seal_presence(sheet.stamps, unseen=sheet.reader.seal_unseen)
    return _with(reading, fields)


def _signature(reading: Reading, sheet: _Sheet) -> Reading:
    signature = read_signature(sheet.pixels, sheet.lines) if sheet.reader.signed else None
    return reading if signature is None else _with(reading, {**reading.fields, "signature_present": signature})


def _boxes(reading: Reading, sheet: _Sheet) -> Reading:
    """The twelve tick boxes and the hand-filled blanks of the work certificate."""
    if reading.kind is not Kind.WORK_CERTIFICATE:
        return reading
    ticks = read_duties(sheet.pixels, sheet.lines, sheet.engine, seals=sheet.stamps.spots)
    fields, defects = with_duties(dict(reading.fields), ticks)
    fields, blanks = add_blanks(sheet.pixels, sheet.page, fields)
    return replace(_with(reading, fields, (*defects, *blanks)), ticks=ticks.boxes)


def _doubts(reading: Reading, sheet: _Sheet) -> Reading:
    """What was dropped without a trace, and what is hidden."""
    fields, defects = doubt_dropped(reading.fields, sheet.lines)
    return _with(reading, mark_covered(fields, sheet.pixels, sheet.stamps.spots), defects)


_STEPS: tuple[Callable[[Reading, _Sheet], Reading], ...] = (_views, _codes, _seals, _signature, _boxes, _doubts)
