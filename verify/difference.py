"""Which characters differ between what was typed and what was read, for drawing them beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from verify.text.folding import fold_text
from verify.text.graphemes import graphemes
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
# Different characters on one page of text; single characters only, so nothing of a person stays behind.
_KEYS_KEPT = 4096

_Step = tuple[Sameness, str, str]


def difference(entered: str, read: str) -> tuple[Span, ...]:
    """Aligns the two texts.

    Returns:
        Spans in text order. Joining their `entered` gives the typed text, joining their `read` the read one.
    """
    a, b = graphemes(entered), graphemes(read)
    head = _common(a, b)
    tail = _common(a[head:][::-1], b[head:][::-1])
    equal_head, equal_tail = "".join(a[:head]), "".join(a[len(a) - tail :])
    steps: list[_Step] = [(Sameness.EQUAL, equal_head, equal_head)] if head else []
    steps += _differing(a[head : len(a) - tail], b[head : len(b) - tail])
    if tail:
        steps.append((Sameness.EQUAL, equal_tail, equal_tail))
    return tuple(_merged(steps))


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    """How many graphemes the two begin with alike."""
    size = 0
    for first, second in zip(a, b, strict=False):
        if first != second:
            break
        size += 1
    return size


def _differing(a: Sequence[str], b: Sequence[str]) -> Iterator[_Step]:
    yield from _align(a[:MAX_GRAPHEMES], b[:MAX_GRAPHEMES])
    rest = ("".join(a[MAX_GRAPHEMES:]), "".join(b[MAX_GRAPHEMES:]))
    if any(rest):
        yield Sameness.DIFFERENT, *rest


@lru_cache(maxsize=_KEYS_KEPT)
def _key(grapheme: str) -> str:
    """What a character says; nothing for spaces and punctuation."""
    return fold_variants(fold_text(grapheme))


def _align(a: Sequence[str], b: Sequence[str]) -> Iterator[_Step]:
    """A shortest alignment of what the characters say; spaces and punctuation go along between them."""
    at_a = at_b = 0
    for place_a, place_b in _pairs(a, b):
        yield from _between(a[at_a:place_a], b[at_b:place_b])
        yield _sameness(a[place_a], b[place_b]), a[place_a], b[place_b]
        at_a, at_b = place_a + 1, place_b + 1
    yield from _between(a[at_a:], b[at_b:])


def _pairs(a: Sequence[str], b: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Places of characters that stand for each other, be they the same or not."""
    said_a = [place for place, grapheme in enumerate(a) if _key(grapheme)]
    said_b = [place for place, grapheme in enumerate(b) if _key(grapheme)]
    keys_a, keys_b = [_key(a[place]) for place in said_a], [_key(b[place]) for place in said_b]
    for code in Levenshtein.opcodes(keys_a, keys_b):
        if code.tag in ("equal", "replace"):
            yield from zip(said_a[code.src_start : code.src_end], said_b[code.dest_start : code.dest_end], strict=True)


def _sameness(first: str, second: str) -> Sameness:
    if first == second:
        return Sameness.EQUAL
    return Sameness.NORMALISED if _key(first) == _key(second) else Sameness.DIFFERENT


def _between(a: Sequence[str], b: Sequence[str]) -> Iterator[_Step]:
    """What stands on one side only, and the marks between two pairs."""
    head = _common(a, b)
    tail = _common(a[head:][::-1], b[head:][::-1])
    for same in a[:head]:
        yield Sameness.EQUAL, same, same
    for lost in a[head : len(a) - tail]:
        yield (Sameness.DIFFERENT if _key(lost) else Sameness.NORMALISED), lost, ""
    for added in b[head : len(b) - tail]:
        yield (Sameness.DIFFERENT if _key(added) else Sameness.NORMALISED), "", added
    for same in a[len(a) - tail :]:
        yield Sameness.EQUAL, same, same


def _merged(steps: Sequence[_Step]) -> Iterator[Span]:
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
