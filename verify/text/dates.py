"""Dates as papers print them and people type them, with the precision they have (domain.md section 5.3)."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from verify.text.folding import fold_spaces, fold_width

# 有效期限 of a card issued to a person of 46 or more (居民身份证法 art. 5), and what people type for it.
LONG_TERM = "长期"
_LONG_TERM_WORDS = frozenset({"长期", "长期有效", "永久", "長期"})
# How the end of a period that goes on is printed and typed.
_UNTIL_NOW_WORDS = frozenset({"至今", "今", "现在", "目前"})

# Zero is printed in many ways: U+3007, U+25CB, a letter O (domain.md section 5.3).
_HAN_DIGITS = {
    **dict.fromkeys("〇零○Oo◯", "0"),
    **{char: str(value) for value, char in enumerate("一二三四五六七八九", 1)},
    **{char: str(value) for value, char in enumerate("壹贰叁肆伍陆柒捌玖", 1)},
}
# Ten, twenty and thirty in one character each; 元 is the first month.
_HAN_TENS = str.maketrans({"拾": "十", "廿": "二十", "卅": "三十", "元": "一"})
_HAN = "".join(_HAN_DIGITS) + "十拾廿卅"
_WORDED = re.compile(
    rf"([\d{_HAN}]{{2,5}})年(?:([\d{_HAN}元]{{1,3}})月(?:份|([\d{_HAN}]{{1,4}})[日号]?)?)?(?:生|出生)?"
)
_SEPARATED = re.compile(r"(\d{4})[./\-–—·、年](\d{1,2})(?:[./\-–—·、月](\d{1,2})日?)?[./\-]?")
# Papers of the 15-digit era print `87.12.31`; year, month and day are all there, so it is no decimal number.
_SHORT = re.compile(r"(\d{2})[./](\d{1,2})[./](\d{1,2})")
_RUN = re.compile(r"(\d{4})(?:(\d{2})(\d{2})?)?")
_TIME_OF_DAY = re.compile(r"[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$")
# Between the two ends of a period; a hyphen only where what stands on both sides is a date by itself.
_SPAN_MARKS = re.compile(r"[至到~～—–-]+")

# No paper of a living person is older, and a year beyond means a misread (GB 11643 uses four digits of the year).
_FIRST_YEAR = 1900
_LAST_YEAR = 2200
# Two-digit years stand on papers of the 15-digit era: births from 1930 on and papers up to 1999. `12年7月` is more
# likely 2012 than 1912, and may be 民国 12 on a paper from Taiwan: no date is made of it.
_FIRST_SHORT_YEAR = 30


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A date as precise as its source: a year, a month or a day.

    Attributes:
        year: 1900..2200.
        month: 1..12, or None when only the year is known.
        day: 1..31 and real in its month, or None when only the month is known.
    """

    year: int
    month: int | None = None
    day: int | None = None

    def iso(self) -> str:
        """`2019`, `2019-07` or `2019-07-01`."""
        parts = [f"{self.year:04d}"]
        parts += [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)

    def same_as(self, other: PartialDate) -> bool:
        """True when the two agree as far as both say something: compared at the coarser precision."""
        pairs = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        return all(a == b for a, b in pairs if a is not None and b is not None)

    def earliest(self) -> date:
        """The first day it may mean."""
        return date(self.year, self.month or 1, self.day or 1)

    def latest(self) -> date:
        """The last day it may mean."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])


def parse_date(text: str) -> PartialDate | None:
    """Reads a date in any form of domain.md section 5.3; None when it is none or not a real day.

    A 民国 year is none either: only papers from Taiwan print it, and a person reads those.
    """
    plain = fold_spaces(_TIME_OF_DAY.sub("", fold_width(text).strip())).removeprefix("公元")
    for pattern in (_SEPARATED, _RUN, _WORDED, _SHORT):
        match = pattern.fullmatch(plain)
        if match is not None:
            return _build(*(_number(part) for part in match.groups()))
    return None


def parse_span(text: str) -> tuple[PartialDate, PartialDate | None] | None:
    """Reads a period such as `2012.03.05-2022.03.05` or `2008年9月至今`.

    Returns:
        Start and end, the end None for 长期 and 至今; None when the text is no period.
    """
    plain = fold_spaces(fold_width(text))
    for mark in _SPAN_MARKS.finditer(plain):
        start, end = parse_date(plain[: mark.start()]), plain[mark.end() :]
        # 至今 keeps its 至 for the one who splits before it.
        goes_on = is_long_term(end) or end in _UNTIL_NOW_WORDS
        until = parse_date(end)
        if start is not None and (goes_on or until is not None):
            return start, until
    return None


def is_long_term(text: str) -> bool:
    """True for 长期 and the words people type for it."""
    return fold_spaces(fold_width(text)) in _LONG_TERM_WORDS


def years_after(start: date, years: int) -> date:
    """The same day `years` later; 28 February when there is no 29th that year."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return start.replace(year=start.year + years, day=28)


def age_on(day: date, *, born: date) -> int:
    """Completed years of age."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _number(part: str | None) -> int | None:
    if part is None:
        return None
    if part.isascii() and part.isdigit():
        return int(part)
    part = part.translate(_HAN_TENS)
    if "十" in part:
        tens, _, ones = part.partition("十")
        high, low = _digits(tens) or "1", _digits(ones) or "0"
        return int(high) * 10 + int(low)
    digits = _digits(part)
    return int(digits) if digits else None


def _digits(part: str) -> str:
    return "".join(char if char.isdigit() and char.isascii() else _HAN_DIGITS.get(char, "") for char in part)


def _build(year: int | None, month: int | None, day: int | None) -> PartialDate | None:
    if year is None or year < _FIRST_SHORT_YEAR:
        return None
    if year < 100:
        year += 1900
    if not _FIRST_YEAR <= year <= _LAST_YEAR or (month is not None and not 1 <= month <= 12):
        return None
    if day is not None and (month is None or not 1 <= day <= calendar.monthrange(year, month)[1]):
        return None
    return PartialDate(year, month, day)
