"""Finds labels such as 姓名 or 管理号 and the value that belongs to each.

Works on a flow without spaces, so that a label printed with gaps (姓　名) is found, and tolerates one misread
character in labels of four and more, because a blurred 证书编号 still has to be found.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from ocr.flow import ROW, Flow

_BOX_SIGNS = "□☐☑☒■▢"
# One wrong character in four: partial_ratio counts it as two operations of eight, 75 %.
_FUZZY_MIN_LENGTH = 4
_FUZZY_RATIO = 74.0
# What may stand between a label and its value.
_SEPARATOR = re.compile(r"[：:;；.．,，、\-—_＿丨|\s]*")


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` (exclusive) of a flow's text."""

    start: int
    end: int


def without_spaces(flow: Flow) -> Flow:
    """The flow without spaces, rows kept apart: labels with gaps close up, values end with their row.

    Box signs go too: the wide gap of 专　业 is sometimes read as an empty box.
    """
    kept = [i for i, char in enumerate(flow.text) if char == ROW or not (char.isspace() or char in _BOX_SIGNS)]
    return Flow("".join(flow.text[i] for i in kept), tuple(flow.origins[i] for i in kept))


def find_label(text: str, variants: Sequence[str], *, start: int = 0) -> Span | None:
    """The first place where one of the label's variants stands, exactly or with one character misread.

    Args:
        text: Text without spaces.
        variants: Spellings of the label, the most telling first.
        start: Where to begin.
    """
    for label in variants:
        at = text.find(label, start)
        if at >= 0:
            return Span(at, at + len(label))
    for label in variants:
        if len(label) < _FUZZY_MIN_LENGTH:
            continue
        hit = fuzz.partial_ratio_alignment(label, text[start:], score_cutoff=_FUZZY_RATIO)
        if hit is None or hit.score < _FUZZY_RATIO:
            continue
        span = Span(start + hit.dest_start, start + hit.dest_end)
        # A text shorter than the label is compared the other way round: 证书 would be found in 证书编号.
        if span.end - span.start >= len(label) - 1 and ROW not in text[span.start : span.end]:
            return span
    return None


def values_by_label(flow: Flow, labels: Mapping[str, Sequence[str]], stops: Sequence[str] = ()) -> dict[str, Span]:
    """For every label found, the text between it and the next label or the end of its row.

    When nothing stands to the right of a label, the next row is taken if no label starts there (value below label).

    Args:
        flow: Flow without spaces (`without_spaces`).
        labels: Field name to spellings.
        stops: Further labels that end a value but are not wanted.

    Returns:
        Field name to the span of its value; fields whose label is missing are absent, empty values too.
    """
    found = {name: span for name, variants in labels.items() if (span := find_label(flow.text, variants)) is not None}
    starts = sorted([span.start for span in found.values()] + _starts_of(flow.text, stops))
    values = {}
    for name, label in found.items():
        span = _value_after(flow.text, label.end, starts)
        if span is not None:
            values[name] = span
    return values


def _starts_of(text: str, stops: Sequence[str]) -> list[int]:
    return [match.start() for stop in stops for match in re.finditer(re.escape(stop), text)]


def _value_after(text: str, label_end: int, starts: Sequence[int]) -> Span | None:
    begin = _skip_separator(text, label_end)
    limit = min([s for s in starts if s >= label_end], default=len(text))
    row_end = text.find(ROW, label_end)
    row_end = len(text) if row_end < 0 else row_end
    if begin < min(limit, row_end):
        return _trimmed(text, begin, min(limit, row_end))
    if row_end < limit and row_end + 1 < len(text):
        below_end = text.find(ROW, row_end + 1)
        below_end = len(text) if below_end < 0 else below_end
        return _trimmed(text, row_end + 1, min(limit, below_end))
    return None


def _skip_separator(text: str, at: int) -> int:
    row_end = text.find(ROW, at)
    match = _SEPARATOR.match(text, at, len(text) if row_end < 0 else row_end)
    return match.end() if match else at


def _trimmed(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start] in " ：:;；,，、_＿—-|丨":
        start += 1
    while end > start and text[end - 1] in " ：:;；,，、。.．_＿—-|丨":
        end -= 1
    return Span(start, end) if end > start else None
