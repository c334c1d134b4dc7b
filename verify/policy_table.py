"""Reads the tables of a policy pack: what is wrong is noted with its place, and a harmless value stands in for it.

All faults of a file are told at once, so reading goes on after each of them; whoever reads looks at the list afterwards
and builds nothing when it is not empty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from verify.policy_model import Source

# Stands for a key that is not there; None is no value of TOML, but a default may be None.
_ABSENT: Any = object()
# Longest piece of a wrong value that a fault repeats.
_SHOWN_CHARS = 40
# Keys that belong to the machinery of a pack, not to the values.
_SOURCE_KEYS = ("source", "source_of")


class TableReader:
    """One table of a pack.

    Args:
        data: The table, after `verify.policy_inherit` put `Source` values in.
        place: How a person finds it in the file: `[photo]`, `[[required]] 第 2 条`.
        faults: Where faults are noted; shared by all tables of a pack.
    """

    def __init__(self, data: Mapping[str, Any], *, place: str, faults: list[str]) -> None:
        self._data, self.place, self._faults = data, place, faults
        self._read: set[str] = set(_SOURCE_KEYS)

    def has(self, key: str) -> bool:
        """True when the pack writes this key."""
        return key in self._data

    def text(
        self, key: str, *, default: str = _ABSENT, one_of: Sequence[str] = (), form: tuple[str, str] | None = None
    ) -> str:
        """One text.

        Args:
            key: Where it stands.
            default: For a key that is not there; without it that is a fault.
            one_of: All that is allowed; empty for any.
            form: A pattern that it has to match, and that pattern in words.
        """
        value = self._take(key, default)
        allowed = f"其中之一：{'、'.join(one_of)}" if one_of else form[1] if form else "一段文字"
        right = isinstance(value, str) and (not one_of or value in one_of)
        if right and (form is None or re.fullmatch(form[0], value)):
            return str(value)
        self._wrong(key, value, allowed)
        return ""

    def texts(self, key: str, *, default: Sequence[str] = _ABSENT, one_of: Sequence[str] = ()) -> tuple[str, ...]:
        """A list of texts; a default makes the key optional, an empty list is a fault where something is asked for."""
        value = self._take(key, default)
        if value is default and default is not _ABSENT:
            return tuple(default)
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            self._wrong(key, value, '一列文字，如 ["…", "…"]')
            return ()
        strangers = [part for part in value if one_of and part not in one_of]
        if strangers or (one_of and not value):
            self._wrong(key, value, f"至少一项，且只能是：{'、'.join(one_of)}")
            return ()
        return tuple(value)

    def count(self, key: str, *, default: int = _ABSENT, low: int = 0, high: int | None = None) -> int:
        """A whole number within bounds, ends included."""
        value = self._take(key, default)
        allowed = f"不小于 {low:,} 的整数" if high is None else f"{low:,} 至 {high:,} 的整数"
        if not isinstance(value, int) or isinstance(value, bool):
            self._wrong(key, value, allowed)
            return low
        if value < low or (high is not None and value > high):
            self._wrong(key, value, allowed)
            return low
        return value

    def size(self, key: str) -> tuple[int, int] | None:
        """Width and height in pixels; None for a key that is not there."""
        value = self._take(key, None)
        if value is None:
            return None
        sides = value if isinstance(value, list) else []
        if len(sides) != 2 or any(not isinstance(side, int) or isinstance(side, bool) or side < 1 for side in sides):
            self._wrong(key, value, "[宽, 高]，两个不小于 1 的整数（像素）")
            return None
        return sides[0], sides[1]

    def day(self, key: str) -> date:
        """A date without a time of day."""
        return self.optional_day(key, needed=True) or date.min

    def optional_day(self, key: str, *, needed: bool = False) -> date | None:
        """A date without a time of day; None for a key that is not there."""
        value = self._take(key, _ABSENT if needed else None)
        # A TOML date-time would be a datetime, which is a date too but does not compare with one.
        if type(value) is date or value is None:
            return value
        self._wrong(key, value, "不带时刻、不加引号的日期，如 2019-04-15")
        return None

    def flag(self, key: str, *, default: bool = _ABSENT) -> bool:
        """`true` or `false`."""
        value = self._take(key, default)
        if isinstance(value, bool):
            return value
        self._wrong(key, value, "true 或 false")
        return False

    def table(self, key: str, *, optional: bool = False) -> TableReader:
        """A table inside; an empty one where it is optional and not there."""
        value = self._take(key, {} if optional else _ABSENT)
        place = f"[{key}]" if not self.place else f"{self.place[:-1]}.{key}]"
        if not isinstance(value, dict):
            self._wrong(key, value, f"一张表 {place}")
            value = {}
        return TableReader(value, place=place, faults=self._faults)

    def rows(self, key: str, *, optional: bool = False) -> tuple[TableReader, ...]:
        """The tables of a list; none where it is optional and not there."""
        value = self._take(key, [] if optional else _ABSENT)
        name = key if not self.place else f"{self.place[1:-1]}.{key}"
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            self._wrong(key, value, f"若干条 [[{name}]]")
            return ()
        return tuple(
            TableReader(row, place=f"[[{name}]] 第 {number} 条", faults=self._faults)
            for number, row in enumerate(value, start=1)
        )

    def value_keys(self) -> tuple[str, ...]:
        """All keys of the values, for tables whose keys are data."""
        return tuple(key for key in self._data if key not in _SOURCE_KEYS)

    def source(self, key: str = "") -> Source:
        """The source of a row, or of one value of a table; its absence was noted when the pack was read."""
        found = self._data.get("source") if not key else self._data.get("source_of", {}).get(key)
        return found if isinstance(found, Source) else Source("")

    def sources(self) -> tuple[tuple[str, Source], ...]:
        """The sources of all values of a table, by key."""
        return tuple(sorted(self._data.get("source_of", {}).items()))

    def fault(self, text: str) -> None:
        """Notes a fault of the table as a whole."""
        self._faults.append(f"{self.place or '顶层'}：{text}")

    def finish(self) -> None:
        """Notes keys that nobody asked for: a slip of the pen must not pass for a rule."""
        for key in self._data:
            if key not in self._read:
                self.fault(
                    f"不认识的键 {printable(key)}；这里可以写：{'、'.join(sorted(self._read - set(_SOURCE_KEYS)))}"
                )

    def _take(self, key: str, default: Any) -> Any:
        self._read.add(key)
        return self._data.get(key, default)

    def _wrong(self, key: str, value: Any, allowed: str) -> None:
        if value is _ABSENT:
            self._faults.append(f"{self.place or '顶层'}：缺少 {key}，应为{allowed}")
        else:
            self._faults.append(f"{self.place or '顶层'} {key}：写的是 {shown(value)}，应为{allowed}")


def printable(text: str) -> str:
    """A text on one line: a fault is one, whatever a pack holds."""
    return "".join(char if char.isprintable() else "�" for char in text)


def shown(value: Any) -> str:
    """A wrong value as a fault repeats it, shortened."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        text = f"“{printable(value)}”"
    elif isinstance(value, list):
        text = "[" + "、".join(shown(part) for part in value) + "]"
    elif isinstance(value, dict):
        return "一张表"
    else:
        text = str(value)
    return text if len(text) <= _SHOWN_CHARS else text[:_SHOWN_CHARS] + "…"
