"""Dates of a page whose year lost characters, completed from the room that they left.

The recogniser loses 〇, a bare circle between strokes, and 一 at the edge of a box. 二〇〇一 comes back as 二一, which
could be 2001 or 2010: but the characters around a lost one stand a character further apart, and that decides.
"""

from __future__ import annotations

import re
from itertools import pairwise
from statistics import fmean, median

from ocr.dates import DateSpan, find_dates
from ocr.flow import Flow
from ocr.model import Line

_DIGITS = "〇○零一二三四五六七八九"
_SHORT_YEAR = re.compile(
    rf"(?<![{_DIGITS}])(?P<year>[{_DIGITS}]{{1,3}})年[{_DIGITS}十廿卅]{{1,3}}月(?:[{_DIGITS}十廿卅]{{1,4}}日)?"
)
# A distance counts as so many characters when it is this near to them, in character widths: on cached pages of all four
# levels distances in Chinese print stay within 0.2.
_NEAR = 0.35


def find_dates_on(flow: Flow) -> tuple[DateSpan, ...]:
    """All dates of the text as `find_dates` gives them, and those whose year can be completed from the page."""
    found = list(find_dates(flow.text))
    for match in _SHORT_YEAR.finditer(flow.text):
        if any(span.start < match.end() and match.start() < span.end for span in found):
            continue
        year = _completed(flow, match.start(), match.end("year"))
        dates = find_dates(year + flow.text[match.end("year") : match.end()]) if year else ()
        if dates:
            found.append(DateSpan(match.start(), match.end(), dates[0].iso, repaired=True))
    return tuple(sorted(found, key=lambda span: span.start))


def _completed(flow: Flow, start: int, end: int) -> str:
    """The four characters of the year; empty when the page does not tell them.

    Args:
        flow: The text.
        start: First character of the year.
        end: Index of 年.
    """
    origins = flow.origins[start : end + 1]
    first = origins[0]
    if first is None or any(origin is None or origin.line is not first.line for origin in origins):
        return ""
    missing = _missing(first.line, first.index, first.index + end - start)
    if missing is None:
        return ""
    written = "".join(char + "〇" * count for char, count in zip(flow.text[start:end], missing, strict=True))
    if len(written) == 3 and first.index == 0:
        # The box began behind the first character: of 一 and 二 one makes a year that living persons' papers carry.
        years = [year for year in (f"一{written}", f"二{written}") if find_dates(f"{year}年一月") and _is_recent(year)]
        return years[0] if len(years) == 1 else ""
    return written if len(written) == 4 and _is_recent(written) else ""


def _is_recent(year: str) -> bool:
    number = int("".join(str(max(0, _DIGITS.index(char) - 2)) for char in year))
    return 1930 <= number <= 2049


def _missing(line: Line, first: int, last: int) -> tuple[int, ...] | None:
    """How many characters are missing behind each of the characters `first` to `last - 1`; None when unclear."""
    if len(line.char_spans) != len(line.text) or last >= len(line.text):
        return None
    centres = _centres(line)
    distances = [b - a for a, b in pairwise(centres)]
    typical = median(distances)
    if typical <= 0:
        return None
    # The mean of the ordinary distances: a single one is uneven by a fifth.
    unit = fmean(distance for distance in distances if abs(distance - typical) <= 0.5 * typical)
    counts = []
    for distance in distances[first:last]:
        characters = distance / unit - 1
        if characters < -_NEAR or abs(characters - round(characters)) > _NEAR:
            return None
        counts.append(max(0, round(characters)))
    return tuple(counts)


def _centres(line: Line) -> list[float]:
    """Character centres: spans meet half-way between them, so each is the last one mirrored in the border between."""
    start, end = line.char_spans[0]
    centres = [(start + end) / 2]
    for left, _ in line.char_spans[1:]:
        centres.append(2 * left - centres[-1])
    return centres
