"""Finds dates in running text, in Arabic and in Chinese numerals, and writes them as ISO.

Forms: domain.md section 5.3. The precision of the paper is kept: a month stays a month.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Marks that stand for zero in Chinese numerals, as printed and as recognisers return them.
_ZERO = "〇○零ＯOo0◯Q"
_CHINESE = {**dict.fromkeys(_ZERO, 0), **{c: i for i, c in enumerate("一二三四五六七八九", 1)}, "壹": 1, "两": 2}
_ARABIC_SLIPS = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "Q": "0", "０": "0"})

# Years that living persons' papers carry; only used to decide where a dropped zero belongs.
_PLAUSIBLE_YEARS = (1930, 2049)

_ARABIC = "[0-9OolIQ]"
_HAN = f"[{_ZERO}一二三四五六七八九]"
_HAN_SMALL = f"[{_ZERO}一二三四五六七八九十廿卅]"
_SEPARATED = re.compile(
    rf"(?P<year>{_ARABIC}{{4}}|{_HAN}{{2,4}})\s*年\s*(?P<month>{_ARABIC}{{1,2}}|{_HAN_SMALL}{{1,3}})\s*月"
    rf"(?:\s*(?P<day>{_ARABIC}{{1,2}}|{_HAN_SMALL}{{1,4}})\s*[日曰口号])?"
)
_DOTTED = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d{2})\s*[.．\-－–—/／·=~～]\s*(?P<month>\d{1,2})(?:\s*[.．\-－–—/／·=~～]\s*(?P<day>\d{1,2}))?(?!\d)"
)
_RUN = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})?(?!\d)")


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A date found in a text.

    Attributes:
        start: Index of its first character.
        end: Index after its last character.
        iso: `YYYY-MM-DD` or `YYYY-MM`.
        repaired: True when zeros that the recogniser dropped were put back into the year.
    """

    start: int
    end: int
    iso: str
    repaired: bool = False


def find_dates(text: str, *, runs: bool = False) -> tuple[DateSpan, ...]:
    """All dates of the text in order of appearance, overlapping ones left out.

    Args:
        text: Text without line feeds inside dates (`Flow.squeezed`).
        runs: Also accept bare digit runs such as `20190701`, which elsewhere are pieces of other numbers.
    """
    found = sorted(
        (*_spans(_SEPARATED, text), *_spans(_DOTTED, text), *(_spans(_RUN, text) if runs else ())),
        key=lambda span: (span.start, -span.end),
    )
    kept: list[DateSpan] = []
    for span in found:
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return tuple(kept)


def _spans(pattern: re.Pattern[str], text: str) -> Iterator[DateSpan]:
    for match in pattern.finditer(text):
        iso = _iso(match["year"], match["month"], match["day"])
        if iso:
            yield DateSpan(match.start(), match.end(), iso, repaired=len(match["year"]) < 4)


def _iso(year: str, month: str, day: str | None) -> str | None:
    y, m = _year(year), _small(month)
    d = _small(day) if day else None
    if y is None or not 1900 <= y <= 2100 or m is None or not 1 <= m <= 12:
        return None
    if day is None:
        return f"{y:04d}-{m:02d}"
    if d is None or not 1 <= d <= 31:
        return None
    return f"{y:04d}-{m:02d}-{d:02d}"


def _year(text: str) -> int | None:
    arabic = text.translate(_ARABIC_SLIPS)
    if arabic.isascii() and arabic.isdigit():
        return int(arabic)
    digits = [_CHINESE.get(char) for char in text]
    if any(digit is None for digit in digits):
        return None
    written = "".join(str(digit) for digit in digits)
    return int(written) if len(written) == 4 else _with_zeros(written)


def _with_zeros(digits: str) -> int | None:
    """The only plausible year that becomes `digits` when zeros are dropped; None when there are several.

    The recogniser loses 〇, a bare circle between strokes, without a trace: 二〇〇七 comes back as 二七.
    """
    possible = {digits}
    for _ in range(4 - len(digits)):
        possible = {word[:at] + "0" + word[at:] for word in possible for at in range(len(word) + 1)}
    years = {int(word) for word in possible if _PLAUSIBLE_YEARS[0] <= int(word) <= _PLAUSIBLE_YEARS[1]}
    return years.pop() if len(years) == 1 else None


def _small(text: str) -> int | None:
    """A month or a day: 7, 07, 七, 十二, 二十三, 廿三, 三十一, 二三 (digit by digit)."""
    arabic = text.translate(_ARABIC_SLIPS)
    if arabic.isascii() and arabic.isdigit():
        return int(arabic)
    text = text.replace("廿", "二十").replace("卅", "三十")
    if "十" in text:
        tens, _, ones = text.partition("十")
        high = _CHINESE.get(tens) if tens else 1
        low = _CHINESE.get(ones) if ones else 0
        return None if high is None or low is None else high * 10 + low
    digits = [_CHINESE.get(char) for char in text]
    if not digits or any(digit is None for digit in digits):
        return None
    return int("".join(str(digit) for digit in digits))
