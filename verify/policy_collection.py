"""Builds `[collection]` of a pack: who files where and by when (R1-R10, R17, R31-R35 and R45 of domain.md)."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from typing import TypeVar

from verify.policy_model import (
    CATEGORIES,
    CLEAN_UP_ACTIONS,
    EVENTS,
    OCCUPIED_THEN,
    TERRITORY_BY,
    CategoryRule,
    CleanUpRule,
    CollectionRules,
    DeadlineRule,
    ExcludedRegion,
    FilingWindow,
    OccupiedNumber,
    Office,
    TerritoryRule,
)
from verify.policy_table import TableReader

# A clean-up day stands in every year: 29 February is none. 2023 is any common year.
_COMMON_YEAR = 2023
_PREFIX = (r"\d{2}|\d{4}|\d{6}", "2、4、6 位行政区划代码")
_REGION = (r"\d{6}", "六位行政区划代码")
# As numbers are published: area code, number, extension, several of them.
_PHONE = (r"[0-9０-９()（）+、，,;；转 \-]*", "电话号码，没有公布时写空")
_MONTH_DAY = re.compile(r"(\d{2})-(\d{2})")

_Row = TypeVar("_Row")


def build_collection(table: TableReader) -> CollectionRules:
    """Builds the rules; what is wrong is noted by the tables."""
    rules = CollectionRules(
        categories=tuple(rule for row in table.rows("categories", optional=True) for rule in _categories(row)),
        territory=tuple(rule for row in table.rows("territory", optional=True) for rule in _territory(row)),
        excluded=_each(table, "excluded", _excluded),
        offices=_each(table, "offices", _office),
        deadlines=_each(table, "deadlines", _deadline),
        windows=_each(table, "windows", _window),
        clean_up=_each(table, "clean_up", _clean_up),
        occupied_number=_occupied_number(table),
    )
    table.finish()
    return rules


def _each(table: TableReader, key: str, build: Callable[[TableReader], _Row]) -> tuple[_Row, ...]:
    built = []
    for row in table.rows(key, optional=True):
        built.append(build(row))
        row.finish()
    return tuple(built)


def _categories(row: TableReader) -> Iterator[CategoryRule]:
    collected = row.flag("collected")
    for category in row.texts("categories", one_of=CATEGORIES):
        yield CategoryRule(category, collected, row.source())
    row.finish()


def _territory(row: TableReader) -> Iterator[TerritoryRule]:
    by = row.text("by", one_of=TERRITORY_BY)
    for category in row.texts("categories", one_of=CATEGORIES):
        yield TerritoryRule(category, by, row.source())
    row.finish()


def _excluded(row: TableReader) -> ExcludedRegion:
    return ExcludedRegion(row.text("prefix", form=_PREFIX), row.text("office"), row.source())


def _office(row: TableReader) -> Office:
    return Office(
        region=row.text("region", form=_REGION),
        name=row.text("name"),
        phone=row.text("phone", form=_PHONE),
        address=row.text("address"),
        source=row.source(),
    )


def _deadline(row: TableReader) -> DeadlineRule:
    """`months`, or `promptly = true` where the notice says 及时 and no number."""
    promptly = row.flag("promptly", default=False)
    if promptly and row.has("months"):
        row.fault("months 和 promptly = true 只能写一个")
    return DeadlineRule(
        event=row.text("event", one_of=EVENTS),
        # Notices give one month (domain.md 4.3); more than ten years would be a slip of the pen.
        months=None if promptly else row.count("months", low=1, high=120),
        source=row.source(),
    )


def _window(row: TableReader) -> FilingWindow:
    window = FilingWindow(row.day("first"), row.day("last"), row.source(), row.text("note", default=""))
    if window.last < window.first:
        row.fault(f"last（{window.last}）早于 first（{window.first}）")
    return window


def _clean_up(row: TableReader) -> CleanUpRule:
    """Every year at one day after years without an update, or once, of those who did not confirm until a day."""
    yearly = row.has("years_without_update") or row.has("month_day")
    once = row.has("not_confirmed_by")
    if yearly == once:
        row.fault("要么写 years_without_update 和 month_day，要么写 not_confirmed_by")
    return CleanUpRule(
        action=row.text("action", one_of=CLEAN_UP_ACTIONS),
        years_without_update=row.count("years_without_update", low=1, high=100) if yearly else None,
        month_day=_month_day(row) if yearly else None,
        not_confirmed_by=row.optional_day("not_confirmed_by"),
        source=row.source(),
    )


def _month_day(row: TableReader) -> tuple[int, int] | None:
    written = row.text("month_day", form=(_MONTH_DAY.pattern, "“月-日”，如 12-31"))
    found = _MONTH_DAY.fullmatch(written)
    if found is None:
        return None
    month, day = int(found[1]), int(found[2])
    if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(_COMMON_YEAR, month)[1]:
        row.fault(f"month_day：{written} 不是每年都有的日期")
        return None
    return month, day


def _occupied_number(table: TableReader) -> OccupiedNumber | None:
    if not table.has("occupied_number"):
        return None
    inside = table.table("occupied_number")
    rule = OccupiedNumber(inside.text("then", one_of=OCCUPIED_THEN), inside.source("then"))
    inside.finish()
    return rule
