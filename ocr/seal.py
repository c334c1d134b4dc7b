"""Reads seals: the name along the arc, the number along the bottom, the text in the middle, and the text under it.

Nothing here knows what was entered. A seal's text is evidence of its own and is compared by the caller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from imaging.model import Pixels
from imaging.seal import COLOURS, SealSpot, find_seals
from imaging.seal_band import FALLBACK_BAND, Band, find_bands, remeasured
from imaging.seal_crop import SealCrop, clean_ink, colour_ink, crop_seal, without_foreign
from imaging.seal_ink import Plane
from imaging.seal_look import middle_of, print_share
from imaging.seal_strip import Strip, straight_strip
from ocr.engine import Engine
from ocr.model import Seal
from ocr.seal_rest import read_rest
from ocr.seal_square import read_rows
from ocr.seal_vote import Glyph, Vote, ends_like_unit, han_count, is_han, name_glyphs, text_of, vote

# More seals than this on one page are not read (two on a 自考 diploma, a few on a form).
SEALS_READ_MAX = 4
# A unit's name has at least four characters (shortest seen: 某某县某局 style organs).
NAME_MIN = 4
# Widest blank over second widest above which the start of the arc is certain (measured on own seals: closed circles
# and number arcs give 1.0-1.5, the blank under a name 5-60).
CLEAR_GAP = 1.8
# Both edges of the characters together have to move this far, in half axes, to be worth another look.
EDGE_MOVED = 0.05
# Two strips that agree are believed from this mean character score on.
SETTLED_CONFIDENCE = 0.80
# Room between the end of the ink and the middle of the first or last character, in character widths, that suggests
# one more character (half a width is normal), and the mean score two looks must have to believe it.
EDGE_ROOM = (0.95, 3.0)
EDGE_CONFIDENCE = 0.6
# Certainty of a name that does not end the way names of units do.
NO_ENDING_FACTOR = 0.85
# Certainty of what is read on a copy without colour, where print that crosses the seal cannot be told from it.
BLACK_FACTOR = 0.8
# Ink for this many characters more than were read is more than loose ends: some were not made out.
LEFT_OUT_FROM = 1.5
# On such a copy a line of print in the middle looks like straight words; those of seals end so.
STRAIGHT_END = "章"


def read_seals(
    pixels: Pixels, engine: Engine, *, spots: Sequence[SealSpot] | None = None, colours: tuple[str, ...] = COLOURS
) -> tuple[Seal, ...]:
    """Finds and reads every seal of a page.

    Args:
        pixels: uint8 RGB of shape (height, width, 3).
        engine: Recognises line images; only `recognise` is used.
        spots: Seals already found on these pixels; None looks for them.
        colours: Inks to look for when `spots` is None.

    Returns:
        One entry a seal, the clearest ring first; a seal that cannot be read has an empty text.
    """
    places = find_seals(pixels, colours) if spots is None else tuple(spots)
    return tuple(read_seal(pixels, spot, engine, neighbours=places) for spot in places[:SEALS_READ_MAX])


def read_seal(pixels: Pixels, spot: SealSpot, engine: Engine, *, neighbours: Sequence[SealSpot] = ()) -> Seal:
    """Reads one seal that was found on these pixels, among others that may touch it."""
    crop = crop_seal(pixels, spot, neighbours)
    seen = _look(crop, spot)
    if spot.shape == "square":
        text, confidence = read_rows(crop, spot, engine, width_px=pixels.shape[1], height_px=pixels.shape[0])
        return replace(seen, text=text, confidence=confidence, middle="none")
    bands = find_bands(crop)
    sheet = _Sheet.of(crop)
    name = _read_name(sheet, bands, engine)
    number, centre = read_rest(crop, _around_name(crop, bands[0], name), sheet.planes["clean"], engine)
    if spot.colour == "black" and not centre.endswith(STRAIGHT_END):
        centre = ""
    # What lies off the picture was not read, nor was ink where no character was made out.
    confidence = name.confidence * spot.visible * covered_share(bands[0], name)
    if spot.colour == "black":
        confidence *= BLACK_FACTOR
    return replace(seen, text=name.text, confidence=confidence, number=number, centre_text=centre)


def covered_share(band: Band, name: Vote) -> float:
    """Characters read as a share of those that the inked stretch has room for, 0..1; 1 when its ends are a guess."""
    count = len(name.places)
    if count < 2 or name.pitch <= 0 or band.gap_ratio < CLEAR_GAP:
        return 1.0
    left_out = (band.length - (name.places[-1] - name.places[0])) / name.pitch - 1
    return count / (count + left_out) if left_out >= LEFT_OUT_FROM else 1.0


def look_at_seal(pixels: Pixels, spot: SealSpot) -> Seal:
    """The same without reading: where and what it is; text empty."""
    seen = _look(crop_seal(pixels, spot), spot)
    return replace(seen, middle="none") if spot.shape == "square" else seen


def _look(crop: SealCrop, spot: SealSpot) -> Seal:
    return Seal(
        text="",
        confidence=0.0,
        number=None,
        box=spot.box,
        centre_text="",
        diameter_px=spot.diameter_px,
        colour=spot.colour,
        ring=spot.ring,
        visible=spot.visible,
        shape=spot.shape,
        middle=middle_of(crop),
        over_text=None if spot.colour == "black" else print_share(crop),
    )


def _read_name(sheet: _Sheet, bands: tuple[Band, ...], engine: Engine) -> Vote:
    """The fitted band on two kinds of strip; more strips only where these two disagree."""
    first = _Option.read(sheet, bands[0], engine)
    if first.settled():
        return _with_ends_read(sheet, bands[0], vote(first.readings), engine)
    options = [first, *_first_again(sheet, bands[0], first, engine)]
    if bands[0].gap_ratio < CLEAR_GAP:
        options += [_Option.read(sheet, band, engine) for band in bands[1:]]
    best = max(options, key=_Option.merit)
    chosen = vote([*best.readings, *_second_look(sheet, best.band, engine)])
    if not chosen.places:
        return chosen
    return _with_ends_read(sheet, best.band, _with_holes_read(sheet, best.band, chosen, engine), engine)


def _first_again(sheet: _Sheet, band: Band, first: _Option, engine: Engine) -> list[_Option]:
    """The same start once more when, along the name alone, the characters stand elsewhere than all around."""
    seen = vote(first.readings)
    again = _around_name(sheet.crop, band, seen)
    if abs(again.inner - band.inner) + abs(again.outer - band.outer) < EDGE_MOVED:
        return []
    moved = replace(band, inner=again.inner, outer=again.outer)
    if band.gap_ratio < CLEAR_GAP:
        # The start was a guess: around what was read, with room for a character lost at either end.
        moved = replace(moved, start=again.start - seen.pitch, length=min(1.0, again.length + 2 * seen.pitch))
    return [_Option.read(sheet, moved, engine)]


@dataclass(frozen=True, slots=True, eq=False)
class _Sheet:
    """One seal and the grey pictures of it that strips are made from.

    `clean` is sharp and free of black print, `plain` is sharper and keeps some of it, `colour` is blurred and free.
    """

    crop: SealCrop
    planes: Mapping[str, Plane]

    @staticmethod
    def of(crop: SealCrop) -> _Sheet:
        planes = {"clean": clean_ink(crop), "plain": clean_ink(crop, edge_px=0.0), "colour": colour_ink(crop)}
        # Another seal's ring that runs through this one: with it and without it, different characters are legible.
        planes["plain"] = without_foreign(crop, planes["plain"])
        planes["apart"] = without_foreign(crop, planes["clean"])
        return _Sheet(crop, MappingProxyType(planes))

    def strips(self, band: Band, looks: Sequence[_Look]) -> list[Strip]:
        """The band made straight in several ways."""
        return [
            straight_strip(
                self.planes[look.plane],
                self.crop.ellipse,
                band,
                stretch=look.stretch,
                widen=look.widen,
            )
            for look in looks
        ]


@dataclass(frozen=True, slots=True)
class _Look:
    """One way to make a strip."""

    plane: str
    stretch: float
    widen: float


# Sharp and colour-only strips fail in different ways: at black print the first, at small seals the second.
FIRST_LOOKS = (_Look("clean", 1.0, 0.015), _Look("colour", 1.0, 0.015))
# Wider characters suit names engraved narrow, looser bands an ellipse that is a little off.
SECOND_LOOKS = (
    _Look("clean", 1.3, 0.02),
    _Look("plain", 1.0, 0.02),
    _Look("plain", 1.25, 0.04),
    _Look("colour", 1.2, 0.03),
)
# A hole is read again with its two neighbours, larger.
HOLE_LOOKS = (_Look("clean", 1.0, 0.02), _Look("colour", 1.0, 0.02), _Look("apart", 1.4, 0.03))


def _glyphs(sheet: _Sheet, band: Band, looks: Sequence[_Look], engine: Engine) -> list[tuple[Glyph, ...]]:
    strips = sheet.strips(band, looks)
    answers = engine.recognise([strip.pixels for strip in strips])
    return [
        name_glyphs(answer, start=strip.start, length=strip.length)
        for strip, answer in zip(strips, answers, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Option:
    """What one choice of starting point gives."""

    band: Band
    readings: tuple[tuple[Glyph, ...], ...]

    @staticmethod
    def read(sheet: _Sheet, band: Band, engine: Engine) -> _Option:
        return _Option(band, tuple(_glyphs(sheet, band, FIRST_LOOKS, engine)))

    def merit(self) -> float:
        """Which of several starting points fits best: many certain characters, agreement, a unit's ending."""
        chosen = vote(self.readings)
        return chosen.confidence * han_count(chosen.text) + 2.0 * ends_like_unit(chosen.text)

    def settled(self) -> bool:
        """True when two differently made strips say the same name without a hole."""
        first = text_of(self.readings[0])
        chosen = vote(self.readings)
        return (
            han_count(first) >= NAME_MIN
            and chosen.agreeing == len(self.readings)
            and not chosen.holes
            and (self.band.gap_ratio >= CLEAR_GAP or ends_like_unit(first))
            and chosen.confidence >= SETTLED_CONFIDENCE
        )


def _second_look(sheet: _Sheet, band: Band, engine: Engine) -> list[tuple[Glyph, ...]]:
    """The same arc made differently."""
    readings = _glyphs(sheet, band, SECOND_LOOKS, engine)
    if abs(band.inner - FALLBACK_BAND[0]) + abs(band.outer - FALLBACK_BAND[1]) > 0.06:
        usual = replace(band, inner=FALLBACK_BAND[0], outer=FALLBACK_BAND[1])
        readings += _glyphs(sheet, usual, FIRST_LOOKS[:1], engine)
    return readings


def _with_holes_read(sheet: _Sheet, band: Band, chosen: Vote, engine: Engine) -> Vote:
    """Reads every hole again with its neighbours and puts in what the strips see there."""
    for hole in chosen.holes:
        seen = _seen_at(sheet, band, chosen, hole, engine)
        if seen:
            best = max(seen, key=lambda glyph: sum(g.score for g in seen if g.character == glyph.character))
            chosen = chosen.with_glyph(replace(best, place=hole, score=best.score / 2))
    return chosen


def _with_ends_read(sheet: _Sheet, band: Band, chosen: Vote, engine: Engine) -> Vote:
    """Looks for a first or last character that was dropped: there is ink where the next one would stand."""
    first, last = chosen.places[0], chosen.places[-1]
    rooms = ((first - chosen.pitch, first - band.start), (last + chosen.pitch, band.start + band.length - last))
    for place, room in rooms:
        if EDGE_ROOM[0] * chosen.pitch < room < EDGE_ROOM[1] * chosen.pitch:
            found = _agreed(_seen_at(sheet, band, chosen, place, engine), completes=place > last, text=chosen.text)
            if found is not None:
                chosen = chosen.with_glyph(replace(found, place=place))
    # A name without an ending has probably lost it.
    return chosen if ends_like_unit(chosen.text) else replace(chosen, confidence=chosen.confidence * NO_ENDING_FACTOR)


def _agreed(seen: Sequence[Glyph], *, completes: bool, text: str) -> Glyph | None:
    """The character that two looks agree on, or that one saw and that turns the text into a unit's name."""
    found: list[tuple[bool, float, str]] = []
    for character in {glyph.character for glyph in seen}:
        scores = [glyph.score for glyph in seen if glyph.character == character]
        sure = len(scores) >= 2 and sum(scores) / len(scores) >= EDGE_CONFIDENCE
        ends = completes and not ends_like_unit(text) and ends_like_unit(text + character)
        if sure or ends:
            found.append((sure, sum(scores), character))
    if not found:
        return None
    # What two looks saw comes before what only ends well.
    _, total, character = max(found)
    return Glyph(0.0, character, total / len(HOLE_LOOKS))


def _seen_at(sheet: _Sheet, band: Band, chosen: Vote, place: float, engine: Engine) -> list[Glyph]:
    """Chinese characters that closer looks see at one place of the arc."""
    window = replace(band, start=place - 1.5 * chosen.pitch, length=3.0 * chosen.pitch)
    return [
        glyph
        for glyphs in _glyphs(sheet, window, HOLE_LOOKS, engine)
        for glyph in glyphs
        if abs(glyph.place - place) < 0.45 * chosen.pitch and is_han(glyph.character)
    ]


def _around_name(crop: SealCrop, band: Band, name: Vote) -> Band:
    """The band with the name's true ends, once they are known, and its edges measured between them."""
    if len(name.places) < NAME_MIN:
        return band
    length = name.places[-1] - name.places[0] + name.pitch
    if not 0.1 < length < 1.0:
        return band
    return remeasured(crop, replace(band, start=name.places[0] - name.pitch / 2, length=length))
