"""A table of findings, shared by all commands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.table import Column, Table
from rich.text import Text

from api.output import Output
from intake.record import finding_json
from intake.report.labels import LEVEL_MARKS, LEVELS, field_label, slot_label
from verify.model import Finding, Level

_STYLES = {"block": "bold red", "mismatch": "red", "warn": "yellow", "info": "cyan"}


def show_findings(output: Output, findings: Iterable[Finding]) -> None:
    """Findings of one file, in the order given."""
    show_records(output, [finding_json(f) for f in findings])


def show_records(output: Output, records: Sequence[Mapping[str, Any]]) -> None:
    """Findings out of result records: a table of what needs a person, and the notes counted in one line."""
    notes = [r for r in records if r["level"] == Level.INFO.value]
    serious = [r for r in records if r["level"] != Level.INFO.value]
    if serious:
        output.show(_table(serious))
    if notes:
        counted = Counter(_short(r) for r in notes)
        many = "、".join(f"{text}×{count}" if count > 1 else text for text, count in counted.items())
        output.show(Text(f"{LEVEL_MARKS['info']} 提示 {len(notes)} 条：{many}（用 --json 查看全文）", style="dim"))


def _table(records: Sequence[Mapping[str, Any]]) -> Table:
    """Columns that would stay empty are left out. Texts of documents go in as plain text: they are no markup."""
    columns: dict[str, list[Text]] = {"结论": [], "位置": [], "填报 / 证件": [], "说明": [], "扣分": []}
    for record in records:
        level, points = str(record["level"]), record.get("points_lost") or 0
        mark = f"{LEVEL_MARKS.get(level, '')} {LEVELS.get(level, level)}"
        columns["结论"].append(Text(f"{mark}\n{_short(record)}", style=_STYLES.get(level, "")))
        columns["位置"].append(Text(_place(record)))
        columns["填报 / 证件"].append(Text(_both(record.get("entered"), record.get("read"))))
        columns["说明"].append(Text(f"{record['message']} [{record['code']}]"))
        columns["扣分"].append(Text(f"{points:g}" if points else ""))
    used = {name: cells for name, cells in columns.items() if any(cell.plain for cell in cells)}
    # Folding, because a table that cuts a number short would hide what differs.
    table = Table(*(Column(name, overflow="fold") for name in used))
    for row in zip(*used.values(), strict=True):
        table.add_row(*row)
    return table


def _short(record: Mapping[str, Any]) -> str:
    """What to look at; the code in records of earlier versions, which have no short text."""
    return str(record.get("short") or record["code"])


def _place(record: Mapping[str, Any]) -> str:
    material, field = record.get("material"), record.get("field")
    parts = (slot_label(str(material)) if material else "", field_label(str(field)) if field else "")
    return " · ".join(part for part in parts if part)


def _both(entered: object, read: object) -> str:
    if entered is None and read is None:
        return ""
    return f"{entered if entered is not None else '—'}\n{read if read is not None else '—'}"
