"""Reads seals: the name along the arc, the number along the bottom, the text in the middle, and the text under it.

Nothing here knows what was entered. A seal's text is evidence of its own and is compared by the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from imaging.geometry import Quad
from imaging.model import Pixels
from imaging.seal import SealSpot, find_seals
from imaging.seal_strip import (
    FALLBACK_BAND,
    Band,
    Plane,
    SealCrop,
    centre_lines,
    clean_ink,
    colour_ink,
    crop_seal,
    find_bands,
    number_strip,
    straight_strip,
)
from ocr.engine import Engine, Recognised
from ocr.seal_vote import Vote, ends_like_unit, han_count, name_part, vote

# More seals than this on one page are not read (two on a 自考 diploma, a few on a form).
SEALS_READ_MAX = 4
# A unit's name has at least four characters (shortest seen: 某某县某局 style organs).
NAME_MIN = 4
# Widest blank over second widest above which the start of the arc is certain (measured on own seals: closed circles
# and number arcs give 1.0-1.5, the blank under a name 5-60).
CLEAR_GAP = 1.8
# Seal codes have 13 digits (domain.md 3.7), tax numbers 15-20; shorter runs are ornament or noise.
NUMBER_DIGITS = (13, 20)
NUMBER_CONFIDENCE_MIN = 0.85
# Straight text in the middle is words such as 财务专用章; below this certainty it is a star's edge.
CENTRE_CONFIDENCE_MIN = 0.70


@dataclass(frozen=True, slots=True)
class Seal:
    """One seal and what it says.

    Attributes:
        text: Name along the arc, without the number; empty when nothing could be read.
        confidence: 0..1: certainty of the characters, low where differently made strips disagree.
        number: Digits along the bottom, or None; not reliable on photos (ocr.md 3.2).
        box: Upright rectangle around the seal.
        centre_text: Straight text in the middle, such as 财务专用章; empty for none.
        diameter_px: Geometric mean diameter in pixels of the rendition.
        colour: `red` or `blue`.
        ring: Share of the ring that carries ink, 0..1.
        visible: Share of the ring that lies on the image, 0..1.
    """

    text: str
    confidence: float
    number: str | None
    box: Quad
    centre_text: str
    diameter_px: float
    colour: str = "red"
    ring: float = 1.0
    visible: float = 1.0


def read_seals(
    pixels: Pixels, engine: Engine, *, spots: Sequence[SealSpot] | None = None, colours: tuple[str, ...] = ("red",)
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
    return tuple(read_seal(pixels, spot, engine) for spot in places[:SEALS_READ_MAX])


def read_seal(pixels: Pixels, spot: SealSpot, engine: Engine) -> Seal:
    """Reads one seal that was found on these pixels."""
    crop = crop_seal(pixels, spot)
    bands = find_bands(crop)
    clean, colour = clean_ink(crop), colour_ink(crop)
    name = _read_name(crop, bands, clean, colour, engine)
    number, centre = _read_rest(crop, bands[0], clean, engine)
    return Seal(
        name.text, name.confidence, number, spot.box, centre, spot.diameter_px, spot.colour, spot.ring, spot.visible
    )


def _read_name(crop: SealCrop, bands: tuple[Band, ...], clean: Plane, colour: Plane, engine: Engine) -> Vote:
    """The fitted band on two kinds of strip; more strips only where these two disagree."""
    band = bands[0]
    strips = [straight_strip(plane, crop.ellipse, band, widen=0.015) for plane in (clean, colour)]
    readings = [name_part(answer) for answer in engine.recognise(strips)]
    if _settled(readings, band):
        return vote(readings)
    options = [_Option(band, readings)]
    if band.gap_ratio < CLEAR_GAP:
        for other in bands[1:]:
            strips = [straight_strip(plane, crop.ellipse, other, widen=0.015) for plane in (clean, colour)]
            options.append(_Option(other, [name_part(answer) for answer in engine.recognise(strips)]))
        options.sort(key=_Option.merit, reverse=True)
    best = options[0]
    return vote(best.readings + _second_look(crop, best.band, clean, colour, engine))


@dataclass(frozen=True, slots=True)
class _Option:
    band: Band
    readings: list[Recognised]

    def merit(self) -> float:
        """Which of several starting points fits best: many certain characters, agreement, a unit's ending."""
        chosen = vote(self.readings)
        return chosen.confidence * han_count(chosen.text) + 2.0 * ends_like_unit(chosen.text)


def _settled(readings: Sequence[Recognised], band: Band) -> bool:
    first = readings[0].text
    return (
        han_count(first) >= NAME_MIN
        and all(reading.text == first for reading in readings)
        and (band.gap_ratio >= CLEAR_GAP or ends_like_unit(first))
        and min(reading.confidence for reading in readings) >= 0.80
    )


def _second_look(crop: SealCrop, band: Band, clean: Plane, colour: Plane, engine: Engine) -> list[Recognised]:
    """The same arc made differently: wider characters, a looser band, the usual band of seals."""
    usual = replace(band, inner=FALLBACK_BAND[0], outer=FALLBACK_BAND[1])
    strips = [
        straight_strip(clean, crop.ellipse, band, stretch=1.3, widen=0.02),
        straight_strip(colour, crop.ellipse, band, stretch=1.2, widen=0.03),
        straight_strip(clean, crop.ellipse, usual, widen=0.03 if abs(usual.inner - band.inner) < 0.03 else 0.0),
    ]
    return [name_part(answer) for answer in engine.recognise(strips)]


def _read_rest(crop: SealCrop, band: Band, clean: Plane, engine: Engine) -> tuple[str | None, str]:
    """Number along the bottom and straight text in the middle, where there is ink for them."""
    number = number_strip(crop, band, clean)
    centre = centre_lines(crop, band, clean)
    strips = ([number] if number is not None else []) + list(centre)
    answers = engine.recognise(strips) if strips else []
    digits = _digits(answers[0]) if number is not None and answers else None
    words = [_centre_words(a) for a in answers[1 if number is not None else 0 :]]
    return digits, "".join(words)


def _digits(answer: Recognised) -> str | None:
    text = "".join(c for c in answer.text if c.isascii() and c.isdigit())
    plausible = NUMBER_DIGITS[0] <= len(text) <= NUMBER_DIGITS[1] and len(text) >= len(answer.text) - 1
    return text if plausible and answer.confidence >= NUMBER_CONFIDENCE_MIN else None


def _centre_words(answer: Recognised) -> str:
    text = "".join(c for c in answer.text if is_word(c))
    return text if len(text) >= 2 and answer.confidence >= CENTRE_CONFIDENCE_MIN else ""


def is_word(character: str) -> bool:
    """True for what straight text in a seal is made of: Han, digits, Latin letters, parentheses."""
    return character.isalnum() or character in "()（）"
