"""The fewest single-character edits between two short texts, and what kind they are."""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: `old` became `new`; one of them is empty for a character lost or added."""

    old: str
    new: str


# A field of a document is never longer; a pasted novel would make the quadratic table slow.
MAX_LENGTH = 200


def edits_between(old: str, new: str) -> tuple[Edit, ...]:
    """The edits of a shortest edit path (Levenshtein), in text order. Texts are cut at `MAX_LENGTH`."""
    a, b = old[:MAX_LENGTH], new[:MAX_LENGTH]
    return tuple(
        Edit("" if edit.tag == "insert" else a[edit.src_pos], "" if edit.tag == "delete" else b[edit.dest_pos])
        for edit in Levenshtein.editops(a, b)
    )


def similarity(first: str, second: str) -> float:
    """1 - edits / length of the longer text, 0..1; two empty texts are alike."""
    longest = max(len(first), len(second))
    if longest == 0:
        return 1.0
    return 1.0 - Levenshtein.distance(first[:MAX_LENGTH], second[:MAX_LENGTH]) / min(longest, MAX_LENGTH)


def is_subsequence(short: str | tuple[str, ...], long: str | tuple[str, ...]) -> bool:
    """True when everything in `short` stands in `long` in the same order."""
    rest = iter(long)
    return all(item in rest for item in short)
