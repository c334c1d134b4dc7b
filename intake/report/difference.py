"""Cuts texts into pieces for showing: which characters differ, and which belong to a number to be hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from verify.difference import Sameness, difference

# A resident number inside any text: 6 digits of region, the birth date (8 digits, or 6 in numbers of the 15-digit
# form), 3 digits of order and, in the 18-digit form, the check character (GB 11643-1999).
_ID_NUMBER = re.compile(r"(?<![0-9])(?:[0-9]{6}([0-9]{8})[0-9]{3}[0-9Xx]|[0-9]{6}([0-9]{6})[0-9]{3})(?![0-9Xx])")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters that are all shown in one way.

    Attributes:
        text: The characters.
        how: `equal`, `normalised` (another spelling of the same, shown quietly) or `different`.
        secret: They belong to the birth date inside a resident number, and are hidden until asked for.
    """

    text: str
    how: str = Sameness.EQUAL.value
    secret: bool = False


def mark_difference(entered: object, read: object) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Cuts both texts into pieces; with only one text there is nothing to compare and nothing is marked."""
    left, right = _text(entered), _text(read)
    if not left or not right:
        return cut(left), cut(right)
    spans = difference(left, right)
    return (
        cut(left, [span.sameness.value for span in spans for _ in span.entered]),
        cut(right, [span.sameness.value for span in spans for _ in span.read]),
    )


def cut(text: str, how: list[str] | None = None) -> tuple[Piece, ...]:
    """Runs of characters that are alike in being different and in being secret.

    Args:
        text: What is shown.
        how: One word for every character of it; `equal` when not given.
    """
    secret = [False] * len(text)
    for start, end in _secret_spans(text):
        secret[start:end] = [True] * (end - start)
    marked = list(zip(text, how or [Sameness.EQUAL.value] * len(text), secret, strict=True))
    return tuple(
        Piece("".join(c for c, _, _ in run), how=key[0], secret=key[1])
        for key, run in groupby(marked, key=lambda item: (item[1], item[2]))
    )


def starred(text: str) -> str:
    """The text with stars for every secret character, for places that cannot be uncovered."""
    return "".join("*" * len(p.text) if p.secret else p.text for p in cut(text))


def _secret_spans(text: str) -> Iterator[tuple[int, int]]:
    for match in _ID_NUMBER.finditer(text):
        yield match.span(1) if match[1] is not None else match.span(2)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "、".join(str(v) for v in value)
    return str(value)
