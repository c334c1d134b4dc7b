"""Which characters differ between what was typed and what was read, for drawing them beside each other."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from verify.text.folding import fold_text
from verify.text.variants import fold_variants


class Sameness(StrEnum):
    EQUAL = "equal"
    NORMALISED = "normalised"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of characters of one sameness; together the spans of a side rebuild its text.

    Attributes:
        sameness: `equal`, `normalised` (another spelling of the same), or `different`.
        entered: The characters typed; empty where only something was read.
        read: The characters read; empty where something is missing on the paper.
    """

    sameness: Sameness
    entered: str
    read: str


# Longest text compared character by character; the rest of a longer one becomes one differing span.
MAX_GRAPHEMES = 400
# Joins the character before and after it into one picture.
_JOINER = "\u200d"


def graphemes(text: str) -> tuple[str, ...]:
    """Splits a text into what a reader sees as one character: combining marks and selectors stay with their base."""
    found: list[str] = []
    for char in text:
        if found and (_extends(char) or found[-1].endswith(_JOINER)):
            found[-1] += char
        else:
            found.append(char)
    return tuple(found)


def _extends(char: str) -> bool:
    return unicodedata.category(char) in ("Mn", "Me", "Mc") or char == _JOINER or "\ufe00" <= char <= "\ufe0f"


def difference(entered: str, read: str) -> tuple[Span, ...]:
    """Aligns the two texts.

    Returns:
        Spans in text order. Joining their `entered` gives the typed text, joining their `read` the read one.
    """
    a, b = graphemes(entered), graphemes(read)
    steps = list(_align(a[:MAX_GRAPHEMES], b[:MAX_GRAPHEMES]))
    tail = ("".join(a[MAX_GRAPHEMES:]), "".join(b[MAX_GRAPHEMES:]))
    if any(tail):
        steps.append((Sameness.DIFFERENT, *tail))
    return tuple(_merged(steps))


def _folded(grapheme: str) -> str:
    """What a character says; nothing for spaces and punctuation."""
    return fold_text(grapheme)


def _sameness(first: str, second: str) -> Sameness:
    if first == second:
        return Sameness.EQUAL
    a, b = _folded(first), _folded(second)
    same = a == b or fold_variants(a) == fold_variants(b)
    return Sameness.NORMALISED if same else Sameness.DIFFERENT


def _align(a: tuple[str, ...], b: tuple[str, ...]) -> Iterator[tuple[Sameness, str, str]]:
    """A shortest alignment; another spelling of a character costs less than another character."""
    keys_a = [fold_variants(_folded(char)) for char in a]
    keys_b = [fold_variants(_folded(char)) for char in b]
    costs = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a), -1, -1):
        for j in range(len(b), -1, -1):
            costs[i][j] = _cheapest(costs, i, j, keys_a, keys_b, (a, b))
    i = j = 0
    while i < len(a) or j < len(b):
        if i < len(a) and j < len(b) and costs[i][j] == costs[i + 1][j + 1] + _swap(keys_a[i], keys_b[j], a[i], b[j]):
            yield _sameness(a[i], b[j]), a[i], b[j]
            i, j = i + 1, j + 1
        elif i < len(a) and costs[i][j] == costs[i + 1][j] + _drop(keys_a[i]):
            yield (Sameness.DIFFERENT if keys_a[i] else Sameness.NORMALISED), a[i], ""
            i += 1
        else:
            yield (Sameness.DIFFERENT if keys_b[j] else Sameness.NORMALISED), "", b[j]
            j += 1


def _cheapest(
    costs: list[list[float]], i: int, j: int, keys_a: list[str], keys_b: list[str], texts: tuple[tuple[str, ...], ...]
) -> float:
    a, b = texts
    options = []
    if i < len(a) and j < len(b):
        options.append(costs[i + 1][j + 1] + _swap(keys_a[i], keys_b[j], a[i], b[j]))
    if i < len(a):
        options.append(costs[i + 1][j] + _drop(keys_a[i]))
    if j < len(b):
        options.append(costs[i][j + 1] + _drop(keys_b[j]))
    return min(options, default=0.0)


# Costs are multiples of a quarter, so sums compare exactly.
def _swap(key_a: str, key_b: str, a: str, b: str) -> float:
    if a == b:
        return 0.0
    return 0.25 if key_a == key_b else 1.5


def _drop(key: str) -> float:
    # Spaces and punctuation fold to nothing: leaving them out is no difference.
    return 1.0 if key else 0.25


def _merged(steps: list[tuple[Sameness, str, str]]) -> Iterator[Span]:
    current: Span | None = None
    for sameness, first, second in steps:
        if current is not None and current.sameness is sameness:
            current = Span(sameness, current.entered + first, current.read + second)
            continue
        if current is not None:
            yield current
        current = Span(sameness, first, second)
    if current is not None:
        yield current
