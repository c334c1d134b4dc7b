"""A table of findings, shared by all commands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.table import Column, Table
from rich.text import Text

from intake.report.labels import LEVEL_MARKS, LEVELS, field_label, slot_label
from verify.model import Finding

_STYLES = {"block": "bold red", "mismatch": "red", "warn": "yellow", "info": "cyan"}


def findings_table(findings: Iterable[Finding]) -> Table:
    """Findings as rows, in the order given."""
    return records_table(
        {
            "code": f.code,
            "level": f.level.value,
            "field": f.field,
            "material": f.material,
            "entered": f.entered,
            "read": f.read,
            "message": f.message,
            "points_lost": f.points_lost,
        }
        for f in findings
    )


def records_table(records: Iterable[Mapping[str, Any]]) -> Table:
    """The same from result records. Texts of documents go in as plain text: they are no markup."""
    # Folding, because a table that cuts a number short would hide what differs.
    table = Table(*(Column(name, overflow="fold") for name in ("结论", "位置", "填报 / 证件", "说明", "扣分")))
    for record in records:
        level = str(record["level"])
        place = " · ".join(
            part
            for part in (
                slot_label(str(record["material"])) if record.get("material") else "",
                field_label(str(record["field"])) if record.get("field") else "",
            )
            if part
        )
        table.add_row(
            Text(f"{LEVEL_MARKS.get(level, '')} {LEVELS.get(level, level)}", style=_STYLES.get(level, "")),
            Text(place),
            Text(_both(record.get("entered"), record.get("read"))),
            Text(f"{record['message']} [{record['code']}]"),
            f"{record.get('points_lost') or 0:g}",
        )
    return table


def _both(entered: object, read: object) -> str:
    if entered is None and read is None:
        return ""
    return f"{entered if entered is not None else '—'}\n{read if read is not None else '—'}"
