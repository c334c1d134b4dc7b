"""Inheritance between policy packs (`extends`): own tables over those of a parent, each value with its source.

A pack names one parent, which may name one too. Tables merge key by key; a list replaces the parent's whole list; a
list of tables under the name with `_added` behind it is appended instead. Sources are put in before packs meet: every
value keeps the source, and the days, of the pack that wrote it, whatever a child writes beside it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from verify.errors import PolicyInvalid
from verify.policy_model import Source
from verify.policy_table import shown

# Behind the name of a list of tables: its rows come after the parent's instead of replacing them.
ADDED = "_added"
# What every pack says of itself and none takes from its parent.
OWN_KEYS = ("name", "title", "jurisdiction", "effective_from", "effective_to")
# The one source that has no days: what this system assumes where no notice says anything.
DEFAULT_SOURCE = "default"
# Tables whose values share a source; rows of lists have one each.
_SOURCED_TABLES = frozenset({"photo", "documents", "work_certificate", "mandatory", "score", "occupied_number"})
# Tables that hold no values but names of sources, or sentences.
_PLAIN_TABLES = frozenset({"sources", "wording"})
# How a source with days of its own is written.
_SOURCE_FORM = '{ title = "…", effective_from = 2019-04-15, effective_to = 2020-12-31 }（起止日期可省略）'
# Where tomllib says a fault is.
_TOML_PLACE = re.compile(r"at line (\d+), column (\d+)")

# Text of the pack of a name, None when there is none.
PackReader = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Inherited:
    """A pack with everything that it inherits.

    Attributes:
        data: Tables of TOML with `Source` values: under `source` in rows of lists, and under `source_of` by key in
            tables.
        extends: Names of the packs behind it, the nearest first.
        faults: What is wrong with sources and lists, in Chinese lines.
    """

    data: Mapping[str, Any]
    extends: tuple[str, ...]
    faults: tuple[str, ...]


def inherit(text: str, *, name: str, read_pack: PackReader) -> Inherited:
    """Puts a pack over its parents.

    Args:
        text: The pack's own text.
        name: Its name.
        read_pack: Gives the text of a parent.

    Raises:
        PolicyInvalid: A text is no TOML, a parent does not exist, or packs inherit from each other in a circle.
    """
    chain = _chain(text, name, read_pack)
    faults: list[str] = []
    merged: dict[str, Any] = {}
    titles: dict[str, Source] = {}
    own_days = _days(chain[0][1])
    for _, data in reversed(chain):
        titles |= _titles(data, own_days, faults)
        inherited = {key: value for key, value in merged.items() if key not in OWN_KEYS}
        own = {key: value for key, value in data.items() if key != "extends"}
        merged = _merge(inherited, _with_sources(own, titles, faults), "", faults)
    return Inherited(merged, tuple(parent for parent, _ in chain[1:]), tuple(faults))


def _chain(text: str, name: str, read_pack: PackReader) -> list[tuple[str, dict[str, Any]]]:
    """The pack and those behind it, the nearest first."""
    chain = [(name, _toml(text, name, ""))]
    while "extends" in chain[-1][1]:
        parent = chain[-1][1]["extends"]
        seen = [known for known, _ in chain]
        if not isinstance(parent, str):
            raise PolicyInvalid(name, f"顶层 extends：写的是 {shown(parent)}，应为一套采集规则的名称")
        if parent in seen:
            raise PolicyInvalid(name, f"顶层 extends：循环继承 {' → '.join([*seen, parent])}")
        parent_text = read_pack(parent)
        if parent_text is None:
            raise PolicyInvalid(
                name, f"顶层 extends：没有名为 {shown(parent)} 的采集规则，应为随产品提供的一套规则的名称"
            )
        chain.append((parent, _toml(parent_text, name, f"上级规则 {parent} ")))
    return chain


def _toml(text: str, name: str, whose: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        # Brackets nested by the thousand end in a RecursionError, which names no place.
        found = _TOML_PLACE.search(str(fault))
        place = f"第 {found[1]} 行第 {found[2]} 列" if found else "文件末尾"
        raise PolicyInvalid(name, f"{whose}{place}：不符合 TOML 语法") from fault


def _days(data: Mapping[str, Any]) -> tuple[Any, Any]:
    return data.get("effective_from"), data.get("effective_to")


def _titles(data: Mapping[str, Any], own_days: tuple[Any, Any], faults: list[str]) -> dict[str, Source]:
    """The pack's `[sources]`: by key a title, or a table of title and days where these differ from the pack's."""
    found: dict[str, Source] = {}
    listed = data.get("sources", {})
    if not isinstance(listed, dict):
        faults.append(f"[sources]：写的是 {shown(listed)}，应为一张表")
        return found
    for key, value in listed.items():
        entry = value if isinstance(value, dict) else {"title": value}
        if not _is_source_entry(entry):
            faults.append(f"[sources] {key}：写的是 {shown(value)}，应为文件名称，或 {_SOURCE_FORM}")
            continue
        title = entry["title"]
        first, last = _days(entry if isinstance(value, dict) else data)
        dated = key != DEFAULT_SOURCE and (first, last) != own_days
        found[key] = Source(title, "", first, last) if dated else Source(title)
    return found


def _is_source_entry(entry: Mapping[str, Any]) -> bool:
    title, *days = (entry.get(key) for key in ("title", "effective_from", "effective_to"))
    known = set(entry) <= {"title", "effective_from", "effective_to"}
    return known and isinstance(title, str) and title != "" and all(day is None or type(day) is date for day in days)


def _with_sources(data: Mapping[str, Any], titles: Mapping[str, Source], faults: list[str]) -> dict[str, Any]:
    """A pack's tables, with `Source` values in the place of keys of `[sources]`."""
    return {
        key: value if key in _PLAIN_TABLES else _attributed(key, value, key, titles, faults)
        for key, value in data.items()
    }


def _attributed(key: str, value: Any, place: str, titles: Mapping[str, Source], faults: list[str]) -> Any:
    if isinstance(value, dict):
        if key in _SOURCED_TABLES:
            return _table_with_sources(value, place, titles, faults)
        return {k: _attributed(k, part, f"{place}.{k}", titles, faults) for k, part in value.items()}
    if isinstance(value, list) and any(isinstance(row, dict) for row in value):
        return [
            _row_with_source(row, f"[[{place}]] 第 {number} 条", titles, faults) if isinstance(row, dict) else row
            for number, row in enumerate(value, start=1)
        ]
    return value


def _row_with_source(
    row: Mapping[str, Any], place: str, titles: Mapping[str, Source], faults: list[str]
) -> dict[str, Any]:
    rest = {key: value for key, value in row.items() if key not in ("source", "clause")}
    return {**rest, "source": _resolve(row, place, titles, faults)}


def _table_with_sources(
    table: Mapping[str, Any], place: str, titles: Mapping[str, Source], faults: list[str]
) -> dict[str, Any]:
    """A table whose `source` and `source_of` became one source for each of its values."""
    own = table.get("source_of", {})
    values = {key: value for key, value in table.items() if key not in ("source", "clause", "source_of")}
    leaves = list(_leaves(values))
    if not isinstance(own, dict) or not set(own) <= set(leaves):
        faults.append(f"[{place}] source_of：写的是 {shown(own)}，应为 {{ 键 = 来源 }}，键为本表中写了值的键")
        own = {}
    whole = _resolve(table, f"[{place}]", titles, faults) if set(leaves) - set(own) else Source("")
    singles = {
        key: _resolve(value if isinstance(value, dict) else {"source": value}, f"[{place}] {key}", titles, faults)
        for key, value in own.items()
    }
    return {**values, "source_of": {leaf: singles.get(leaf, whole) for leaf in leaves}}


def _leaves(table: Mapping[str, Any], before: str = "") -> Iterator[str]:
    """Keys of all values, those of tables inside with the table's key and a dot in front."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{before}{key}.")
        else:
            yield f"{before}{key}"


def _resolve(table: Mapping[str, Any], place: str, titles: Mapping[str, Source], faults: list[str]) -> Source:
    key, clause = table.get("source"), table.get("clause", "")
    if key is None:
        faults.append(f"{place}：缺少 source，应为 [sources] 中的键：{'、'.join(sorted(titles))}")
    elif not isinstance(key, str) or key not in titles:
        faults.append(f"{place} source：写的是 {shown(key)}，应为 [sources] 中的键：{'、'.join(sorted(titles))}")
    elif not isinstance(clause, str):
        faults.append(f"{place} clause：写的是 {shown(clause)}，应为一段文字，如“一（三）”")
    else:
        return replace(titles[key], clause=clause)
    return Source("")


def _merge(parent: Mapping[str, Any], own: Mapping[str, Any], place: str, faults: list[str]) -> dict[str, Any]:
    """A pack's tables over its parent's."""
    merged = dict(parent)
    for key, value in own.items():
        before = merged.get(key)
        if isinstance(value, dict) and isinstance(before, dict):
            merged[key] = _merge(before, value, f"{place}{key}.", faults)
        elif not _is_addition(key, value):
            merged[key] = value
    for key, value in own.items():
        if _is_addition(key, value):
            _add(merged, key.removesuffix(ADDED), value, f"[[{place}{key}]]", faults)
    return merged


def _is_addition(key: str, value: Any) -> bool:
    return key.endswith(ADDED) and isinstance(value, list) and all(isinstance(row, dict) for row in value)


def _add(merged: dict[str, Any], stem: str, rows: list[Any], place: str, faults: list[str]) -> None:
    before = merged.get(stem, [])
    if isinstance(before, list) and all(isinstance(row, dict) for row in before):
        merged[stem] = [*before, *rows]
    else:
        faults.append(f"{place}：{stem} 不是若干条 [[…]]，不能追加")
