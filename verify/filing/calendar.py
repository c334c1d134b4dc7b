"""Rest days and working days by the yearly holiday notices of the State Council's office.

The data is `verify/calendars/*.toml`; this module is the only place that opens it, rules get the calendar as an
argument. What no notice has arranged yet is unknown: nothing is guessed. Holidays that an autonomous area sets for
itself (全国年节及纪念日放假办法 art. 4) are not in those notices and not known here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

# `date.weekday()` of Saturday; it and the day after are rest days (国务院关于职工工作时间的规定 art. 7).
_SATURDAY = 5
# The next year's notice reaches back into the last week of a year: 2018-12-29 was a working Saturday by that of 2019.
_LAST_WEEK = (12, 25)


@dataclass(frozen=True, slots=True)
class HolidayNotice:
    """The notice that arranges one year's holidays.

    Attributes:
        year: The year.
        title: Chinese title.
        number: Document number; empty when it could not be checked.
        changed_by: Number of the notice that changed it later; empty for none.
    """

    year: int
    title: str
    number: str
    changed_by: str = ""

    def cite(self) -> str:
        """As it is printed behind a sentence."""
        changed = f"，经{self.changed_by}调整" if self.changed_by else ""
        return f"{self.title}（{self.number or '文号未核实'}{changed}）"


@dataclass(frozen=True, slots=True)
class Calendar:
    """Rest days of the years that have been arranged.

    Attributes:
        name: Stable name, the file's stem.
        notices: The notice of each known year.
        days_off: Days of the breaks, statutory days and those moved to them; also those that fall on a weekend.
        working_weekends: Saturdays and Sundays that are worked for them.
    """

    name: str
    notices: Mapping[int, HolidayNotice]
    days_off: frozenset[date]
    working_weekends: frozenset[date]

    def covers(self, day: date) -> bool:
        """True when it is known whether this day is worked: its notice is out, in the last week the next one too."""
        if day.year not in self.notices:
            return False
        return (day.month, day.day) < _LAST_WEEK or day.year + 1 in self.notices

    def is_rest_day(self, day: date) -> bool | None:
        """True for a holiday or a weekend that is not worked; None when nobody has arranged it yet."""
        if not self.covers(day):
            return None
        if day in self.days_off:
            return True
        return day.weekday() >= _SATURDAY and day not in self.working_weekends


@cache
def load_calendar(name: str = "cn") -> Calendar:
    """Loads a calendar that comes with the product.

    Raises:
        ValueError: The data breaks its own rules.
        FileNotFoundError: There is no calendar of this name.
    """
    return parse_calendar(files("verify").joinpath("calendars", f"{name}.toml").read_text(encoding="utf-8"))


def parse_calendar(text: str) -> Calendar:
    """Builds a calendar from TOML text.

    Raises:
        ValueError: No TOML, a missing or repeated year, a break that ends before it begins or lies in another year, a
            working day that is no weekend or lies in a break. The message names the place.
    """
    data = tomllib.loads(text)
    notices: dict[int, HolidayNotice] = {}
    off: set[date] = set()
    working: set[date] = set()
    for row in data.get("year", []):
        notice = _notice(row)
        if notice.year in notices:
            raise ValueError(f"year {notice.year} is there twice")
        notices[notice.year] = notice
        for entry in row["breaks"]:
            off.update(_days(entry, notice.year))
            working.update(_working_days(entry))
    if off & working:
        raise ValueError(f"both worked and off: {sorted(day.isoformat() for day in off & working)}")
    return Calendar(str(data.get("name", "")), MappingProxyType(notices), frozenset(off), frozenset(working))


def _notice(row: Mapping[str, Any]) -> HolidayNotice:
    missing = {"year", "title", "number", "breaks"} - row.keys()
    if missing:
        raise ValueError(f"year {row.get('year')}: missing {sorted(missing)}")
    return HolidayNotice(row["year"], row["title"], row["number"], row.get("changed_by", ""))


def _days(entry: Mapping[str, Any], year: int) -> Iterator[date]:
    missing = {"name", "first", "last", "work"} - entry.keys()
    if missing:
        raise ValueError(f"year {year}, {entry.get('name')}: missing {sorted(missing)}")
    first, last = _date(entry["first"]), _date(entry["last"])
    # A break may begin in the last week of the year before (元旦), never end in another year.
    if not first <= last or last.year != year or first < date(year - 1, *_LAST_WEEK):
        raise ValueError(f"year {year}, {entry['name']}: {first} to {last}")
    return (first + timedelta(days=count) for count in range((last - first).days + 1))


def _working_days(entry: Mapping[str, Any]) -> Iterator[date]:
    for day in entry["work"]:
        if _date(day).weekday() < _SATURDAY:
            raise ValueError(f"{entry['name']}: {day} is no weekend")
        yield day


def _date(value: object) -> date:
    # A TOML date-time is a date to Python, but does not compare with one.
    if type(value) is not date:
        raise ValueError(f"{value!r} is no date")
    return value
