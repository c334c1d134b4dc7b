"""What the comparisons of all field kinds share: the outcome, and when a slip explains a difference."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from verify.model import Match
from verify.text.edits import edits_between
from verify.text.lookalikes import is_rare, look_alike
from verify.text.names import PLACEHOLDERS


class Why(StrEnum):
    """What the difference is about, where the comparison knows; for the wording, never for the class."""

    DOT = "dot"
    SPELLING = "spelling"
    PLACEHOLDER = "placeholder"
    LEGAL_FORM = "legal_form"
    PLACE = "place"
    RENAMED = "renamed"
    BRANCH = "branch"
    ANOTHER_SCHOOL = "another_school"
    HOUSE_NUMBER = "house_number"
    PRECISION = "precision"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How alike two values are.

    Attributes:
        match: The class.
        edits: Single-character edits between the folded values; 0 for `exact`, `normalised` and `variant`.
        why: What the difference is about; None where nothing more is known than the class.
    """

    match: Match
    edits: int = 0
    why: Why | None = None


# Own names and their seal readings: median similarity 0.96, 85 % at 0.8 or above; the closest wrong name reaches 0.8
# in 5 % (ocr.md section 3.2).
SEAL_ALIKE = 0.8
# A unit's name with at least this many characters may lose two of them in one line and still be the same reading.
_LONG_NAME = 8

SAME = Comparison(Match.EXACT)
NORMALISED = Comparison(Match.NORMALISED)


def variant(why: Why | None = None) -> Comparison:
    """Another spelling of what may be the same."""
    return Comparison(Match.VARIANT, 0, why)


def fuzzy(edits: int, why: Why | None = None) -> Comparison:
    """A difference that only a person can judge; at least one edit."""
    return Comparison(Match.FUZZY, max(1, edits), why)


def different(edits: int, why: Why | None = None) -> Comparison:
    """A difference that no slip explains; at least one edit."""
    return Comparison(Match.DIFFERENT, max(1, edits), why)


def explained(a: str, b: str, *, lost: int) -> bool:
    """True when slips of a recogniser turn one text into the other.

    Every character that differs is a confusion, and the shorter text has lost at most `lost` characters of the longer
    one. Any way to lay the two side by side will do, so neither their order nor ties between shortest ways matter.
    """
    short, long = sorted((a, b), key=len)
    spare = len(long) - len(short)
    if spare > lost:
        return False
    # How many characters of the longer text may have been passed over so far.
    passed = {0}
    for place, char in enumerate(long):
        over = {count + 1 for count in passed if count < spare}
        matched = {count for count in passed if place - count < len(short) and _confusable(char, short[place - count])}
        passed = over | matched
    return spare in passed


def _confusable(first: str, second: str) -> bool:
    if first == second or first in PLACEHOLDERS or second in PLACEHOLDERS:
        return True
    return is_rare(first) or is_rare(second) or look_alike(first, second)


def one_inside_other(a: str, b: str, *, at_least: int) -> bool:
    """True when the shorter text, of at least so many characters, stands whole in the longer one."""
    short, long = sorted((a, b), key=len)
    return len(short) >= at_least and short in long


def likeness(a: str, b: str) -> Comparison:
    """`fuzzy` or `different` for two folded texts that are not the same."""
    edits = edits_between(a, b)
    if not edits:
        # Folding left nothing on either side, 「·」 against an empty field: no name, so no agreement of names.
        return different(1)
    lost = 2 if min(len(a), len(b)) >= _LONG_NAME else 1
    # A line cut off at its end, or a neighbour's text glued on, leaves the rest whole.
    slip = explained(a, b, lost=lost) or one_inside_other(a, b, at_least=3)
    return fuzzy(len(edits)) if slip else different(len(edits))
