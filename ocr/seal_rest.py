"""Reads what a seal says apart from its name: the number along the bottom and the straight rows in the middle."""

from __future__ import annotations

import cv2
import numpy as np

from imaging.model import Pixels
from imaging.seal_band import Band
from imaging.seal_crop import SealCrop
from imaging.seal_ink import Plane
from imaging.seal_strip import centre_lines, number_strip
from ocr.check_digits import is_uscc
from ocr.engine import Engine, Recognised
from ocr.seal_vote import is_han

# Seal codes have 13 digits (domain.md 3.7), tax numbers up to 20; shorter runs are ornament or noise.
NUMBER_DIGITS = (13, 20)
NUMBER_CONFIDENCE_MIN = 0.85
# The number is read at two widths and believed when both agree: single answers were wrong at up to 0.97.
NARROWER = 0.8
# Straight text in the middle is words such as 财务专用章; below this certainty it is a star's edge.
CENTRE_CONFIDENCE_MIN = 0.70


def read_rest(crop: SealCrop, band: Band, clean: Plane, engine: Engine) -> tuple[str | None, str]:
    """The number and the straight words, where there is ink for them.

    Args:
        crop: The seal.
        band: Where its name is.
        clean: The grey picture of its ink, 1 = paper.
        engine: Recognises line images.
    """
    number = number_strip(crop, band, clean)
    looks = [] if number is None else [number, _narrowed(number)]
    strips = [*looks, *centre_lines(crop, band, clean)]
    answers = engine.recognise(strips) if strips else []
    straight = answers[len(looks) :]
    digits = agreed_number([_digits(answer) for answer in answers[: len(looks)]])
    codes = [code for answer in straight if (code := tax_code(answer)) is not None]
    words = "".join(_words(answer) for answer in straight)
    return digits or next(iter(codes), None), words


def _narrowed(line: Pixels) -> Pixels:
    width = max(16, round(line.shape[1] * NARROWER))
    return np.asarray(cv2.resize(line, (width, line.shape[0]), interpolation=cv2.INTER_AREA), np.uint8)


def _digits(answer: Recognised) -> str:
    """The digits of an answer that is sure and hardly anything else; empty otherwise."""
    text = "".join(c for c in answer.text if c.isascii() and c.isdigit())
    return text if len(text) >= len(answer.text) - 1 and answer.confidence >= NUMBER_CONFIDENCE_MIN else ""


def agreed_number(readings: list[str]) -> str | None:
    """The number that all readings support: the same, or the shorter one within the longer (a stroke beside it)."""
    if not readings or not all(readings):
        return None
    shortest = min(readings, key=len)
    fits = NUMBER_DIGITS[0] <= len(shortest) <= NUMBER_DIGITS[1]
    return shortest if fits and all(shortest in reading for reading in readings) else None


def tax_code(answer: Recognised) -> str | None:
    """A credit code in a straight row, as invoice seals have it; only with its check digit right.

    Older tax numbers of 15 digits have no check, and single answers drop characters, so those are left unread.
    """
    text = "".join(c for c in answer.text.upper() if c.isascii() and c.isalnum())
    return text if is_uscc(text) else None


def _words(answer: Recognised) -> str:
    text = "".join(c for c in answer.text if is_word(c))
    return text if sum(map(is_han, text)) >= 2 and answer.confidence >= CENTRE_CONFIDENCE_MIN else ""


def is_word(character: str) -> bool:
    """True for what straight text in a seal is made of: Han, digits, Latin letters, parentheses."""
    return character.isalnum() or character in "()（）"
