"""The fewest single-character edits between two short texts, and what kind they are."""

from __future__ import annotations

from dataclasses import dataclass


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
    table = _costs(a, b)
    row, column = len(a), len(b)
    found: list[Edit] = []
    while row or column:
        cost = table[row][column]
        if row and column and cost == table[row - 1][column - 1] + (a[row - 1] != b[column - 1]):
            row, column = row - 1, column - 1
            if a[row] != b[column]:
                found.append(Edit(a[row], b[column]))
        elif row and cost == table[row - 1][column] + 1:
            row -= 1
            found.append(Edit(a[row], ""))
        else:
            column -= 1
            found.append(Edit("", b[column]))
    return tuple(reversed(found))


def _costs(a: str, b: str) -> list[list[int]]:
    table = [list(range(len(b) + 1))]
    for row, char in enumerate(a, 1):
        line = [row]
        for column, other in enumerate(b, 1):
            swap = table[-1][column - 1] + (char != other)
            line.append(min(swap, table[-1][column] + 1, line[-1] + 1))
        table.append(line)
    return table


def similarity(first: str, second: str) -> float:
    """1 - edits / length of the longer text, 0..1; two empty texts are alike."""
    longest = max(len(first), len(second))
    return 1.0 if longest == 0 else 1.0 - len(edits_between(first, second)) / min(longest, MAX_LENGTH)
