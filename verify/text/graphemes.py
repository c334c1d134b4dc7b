"""Splits a text into what a reader sees as one character (Unicode UAX #29, as far as papers and forms need it)."""

from __future__ import annotations

import unicodedata

# Joins the character before and after it into one picture.
_JOINER = "\u200d"
# Ideographic description characters and how many parts each takes (Unicode 15.1, section 18.2): `⿰马高` is one
# character that its writer could not type.
_PARTS = (
    {chr(code): 2 for code in range(0x2FF0, 0x2FFC)}
    | {"\u2ff2": 3, "\u2ff3": 3, "\u2ffc": 2, "\u2ffd": 2, "\u2ffe": 1, "\u2fff": 1, "\u31ef": 2}
)  # fmt: skip
# A description of one character is never longer; a row of description characters alone is no description.
_MAX_DESCRIPTION = 16


def graphemes(text: str) -> tuple[str, ...]:
    """Splits a text; joining the parts gives it back. Marks, selectors and joined pictures stay with their base."""
    found: list[str] = []
    at = 0
    while at < len(text):
        size = description_length(text, at) or 1
        part = text[at : at + size]
        if found and size == 1 and _belongs_to(found[-1], part):
            found[-1] += part
        else:
            found.append(part)
        at += size
    return tuple(found)


def description_length(text: str, start: int) -> int:
    """How many characters the ideographic description at `start` takes; 0 when none is complete there."""
    wanted, at = 1, start
    while wanted and at < len(text) and at - start < _MAX_DESCRIPTION:
        wanted += _PARTS.get(text[at], 0) - 1
        at += 1
    return at - start if not wanted and at - start > 1 else 0


def _belongs_to(before: str, char: str) -> bool:
    return (
        _extends(char)
        or before.endswith(_JOINER)
        or (before == "\r" and char == "\n")
        or (len(before) == 1 and _is_flag_letter(before) and _is_flag_letter(char))
    )


def _extends(char: str) -> bool:
    """Marks, selectors, joiners, skin tones and the invisible letters of regional flags."""
    return (
        unicodedata.category(char) in ("Mn", "Me", "Mc")
        or char in ("\u200c", _JOINER)
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0020" <= char <= "\U000e007f"
    )


def _is_flag_letter(char: str) -> bool:
    """Two of them are one flag."""
    return "\U0001f1e6" <= char <= "\U0001f1ff"
