"""Repairs numbers that carry a check digit, and only with its help.

A number that fails its check was misread (one substitution in a resident number never passes). What it should be is
known only when the recogniser's own second choices, one of them at a time, lead to a single number that passes: then
that number is the value, marked as repaired, and what was read is kept beside it. Two such numbers, or none, and the
number stays as it was read. No other field is ever asked (design.md section 3; issue 4).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from ocr.flow import Flow
from ocr.model import Field

# A number that fails its check is wrong somewhere, however sure every character looks.
FAILED_CONFIDENCE = 0.6


def repair_once(text: str, rivals: Sequence[str], passes: Callable[[str], bool]) -> str | None:
    """The only text that passes after one character is replaced by its rival.

    Args:
        text: As read; fails its check.
        rivals: For every character the recogniser's second choice, or an empty text.
        passes: The check.

    Returns:
        None when no single replacement passes, or when several do.
    """
    found = {
        fixed
        for at, rival in enumerate(rivals[: len(text)])
        if len(rival) == 1 and rival != text[at] and passes(fixed := text[:at] + rival + text[at + 1 :])
    }
    return found.pop() if len(found) == 1 else None


def checked_field(
    flow: Flow, start: int, end: int, *, marks: str, fold: Callable[[str], str], passes: Callable[[str], bool]
) -> Field:
    """A field from characters that hold a number with a check digit.

    Args:
        flow: The page's text.
        start: First character.
        end: Behind the last one.
        marks: Regular expression of what may stand inside the number without belonging to it.
        fold: Puts letters that cannot stand in such a number back to what they look like.
        passes: The check.

    Returns:
        The number as read, or repaired and marked so. One that fails its check is never sure.
    """
    kept = [at for at in range(start, end) if not re.match(marks, flow.text[at])]
    raw = "".join(flow.text[at] for at in kept)
    value = fold(raw)
    if passes(value):
        return flow.field(start, end, value, repaired=value != raw.upper())
    rivals = [fold(rival) for at in kept for rival in flow.rivals(at, at + 1)]
    fixed = repair_once(value, rivals, passes)
    if fixed is not None:
        return flow.field(start, end, fixed, repaired=True)
    return no_surer(flow.field(start, end, value), FAILED_CONFIDENCE)


def no_surer(field: Field, most: float) -> Field:
    """The field with a confidence of `most` at most."""
    return replace(field, confidence=min(field.confidence, most))
