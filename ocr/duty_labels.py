"""Finds the twelve labels and the fixed sentences of the work certificate in recognised lines. Text work only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ocr.duties import DUTIES, fold_duty
from ocr.model import Line

# Share of a label's characters that recognition may have wrong. Two-character labels must be whole, because 出 or 总
# alone occur in every text.
ERROR_SHARE_MAX = 0.30
# A sentence goes on behind the words with one of these; a printed label ends there, or the next one begins.
_CONTINUES = re.compile(r"\s*(?:[、，,和及与等兼](?!$)|工作|岗位|一职)")
# What stands right before the words in a sentence: a character or a comma, and at least this much in all.
_CLOSES_WORD = re.compile(r"[\u4e00-\u9fff、，,：:]$")
_SENTENCE_CHARS = 3
# Labels of at least this many characters are still known with one of them lost.
_LONG = 6
# Signs that recognition reads where a box or a mark stands.
BOX_SIGNS = "□☐▢◻口囗"
MARK_SIGNS = "☑☒■▣√✓✔✗×✕Vv"


@dataclass(frozen=True, slots=True)
class DutyLabel:
    """One of the twelve labels, found in a recognised line.

    Attributes:
        duty: As in `DUTIES`.
        line: The recognised line it is part of.
        start: Left edge of its first character along the line's box, 0..1.
        end: Right edge of its last character, 0..1.
        em: Width of a Chinese character along the line's box, 0..1 of its length.
        likeness: 0..1, 1 when every character agrees.
        sign: The box-like or mark-like sign that recognition read right before it; empty for none.
        measured: True when the engine said where its characters are, False when `start` is an estimate that may be
            off by the width of a box.
        before: What recognition read in the same line before the label.
    """

    duty: str
    line: Line
    start: float
    end: float
    em: float
    likeness: float
    sign: str = ""
    measured: bool = True
    before: str = ""


def find_labels(lines: Sequence[Line]) -> tuple[DutyLabel, ...]:
    """The labels that occur in the lines, each once, in print order."""
    folded = [_Folded.of(line) for line in lines]
    best: dict[str, DutyLabel] = {}
    for duty in DUTIES:
        for line in folded:
            label = _in_line(duty, line)
            if label is not None and (duty not in best or label.likeness > best[duty].likeness):
                best[duty] = label
    return tuple(best[duty] for duty in DUTIES if duty in best)


@dataclass(frozen=True, slots=True)
class _Folded:
    """A line without blanks and punctuation; `places` says where each character stood."""

    line: Line
    text: str
    places: tuple[int, ...]

    @staticmethod
    def of(line: Line) -> _Folded:
        places = tuple(index for index, character in enumerate(line.text) if fold_duty(character))
        return _Folded(line, "".join(_folded_character(line.text[index]) for index in places), places)


def _in_line(duty: str, folded: _Folded) -> DutyLabel | None:
    wanted, text, places, line = fold_duty(duty), folded.text, folded.places, folded.line
    allowed = 0 if len(wanted) <= 2 else max(1, int(ERROR_SHARE_MAX * len(wanted)))
    if len(set(wanted) & set(text)) < len(set(wanted)) - allowed:
        return None
    begin, end, errors = best_match(wanted, text)
    if errors > allowed or end <= begin:
        return None
    first, last = places[begin], places[end - 1]
    if _in_a_sentence(line.text[:first], line.text[last + 1 :]):
        return None
    spans = char_spans(line)
    before = line.text[:first].rstrip()[-1:]
    sign = before if before and before in BOX_SIGNS + MARK_SIGNS else ""
    likeness = 1 - errors / len(wanted) - 0.001 * abs(len(text) - len(wanted))
    em = _em(line, spans)
    start = _start_of(spans[first], em)
    measured = len(line.char_spans) == len(line.text)
    return DutyLabel(duty, line, start, spans[last][1], em, likeness, sign, measured, line.text[:first])


def _in_a_sentence(before: str, after: str) -> bool:
    """True when the words stand in running text, as in 在我单位任出纳、稽核工作, and are no label of a box.

    Wide gaps on both sides part the labels of a row. What recognition makes of a box is a sign or a character or two
    (口, 日); labels of two columns follow one another.
    """
    if _CONTINUES.match(after):
        return True
    if before[-1:].isspace() and (not after or after[0].isspace()):
        return False
    head = before.rstrip()
    if len(head) < _SENTENCE_CHARS or not _CLOSES_WORD.search(head):
        return False
    if head[-1] in "、，,：:":
        return True
    folded = "".join(_folded_character(character) for character in head if fold_duty(character))
    return not any(_ends_with(folded, fold_duty(duty)) for duty in DUTIES)


def _ends_with(text: str, wanted: str) -> bool:
    """True when a text closes with a label, one character of it lost at the end or a quarter misread."""
    _, end, errors = best_match(wanted, text)
    lost = 1 if len(wanted) >= _LONG else 0
    return errors <= len(wanted) // 4 and end >= len(text) - lost and len(text) >= len(wanted) - lost


def _start_of(first: tuple[float, float], em: float) -> float:
    """Left edge of the label: half a character before the middle of its first one.

    The span of a first character can reach back over an unread box, its middle stays where it is printed.
    """
    return (first[0] + first[1]) / 2 - em / 2


def _folded_character(character: str) -> str:
    folded = fold_duty(character)
    return {"他": "它", "帐": "账"}.get(folded, folded)[:1]


def char_spans(line: Line) -> tuple[tuple[float, float], ...]:
    """For every character its (start, end) along the line; estimated from widths when the engine gave none."""
    if len(line.char_spans) == len(line.text):
        return line.char_spans
    widths = [0.5 if ord(character) < 0x2E80 and character not in "□☑√■" else 1.0 for character in line.text]
    total = sum(widths) or 1.0
    ends = [sum(widths[: index + 1]) / total for index in range(len(widths))]
    return tuple((end - width / total, end) for end, width in zip(ends, widths, strict=True))


def _em(line: Line, spans: Sequence[tuple[float, float]]) -> float:
    """Median distance of neighbouring Chinese characters along the line, 0..1 of its length."""
    centres = [(start + end) / 2 for start, end in spans]
    steps = sorted(
        b - a for a, b, c, d in zip(centres, centres[1:], line.text, line.text[1:], strict=False)
        if ord(c) > 0x2E80 and ord(d) > 0x2E80
    )  # fmt: skip
    if steps:
        return steps[len(steps) // 2]
    return 1.0 / max(1, len(line.text))


def best_match(wanted: str, text: str) -> tuple[int, int, int]:
    """(start, end, errors) of the piece of `text` that is closest to `wanted` by edit distance."""
    previous = [(0, start) for start in range(len(text) + 1)]
    for row, character in enumerate(wanted, start=1):
        current = [(row, 0)]
        for column, other in enumerate(text, start=1):
            errors, start = previous[column - 1]
            errors += character != other
            if previous[column][0] + 1 < errors:
                errors, start = previous[column][0] + 1, previous[column][1]
            if current[-1][0] + 1 < errors:
                errors, start = current[-1][0] + 1, current[-1][1]
            current.append((errors, start))
        previous = current
    end = min(range(len(text) + 1), key=lambda column: (previous[column][0], column))
    return previous[end][1], end, previous[end][0]
