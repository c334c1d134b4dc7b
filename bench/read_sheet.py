"""One sheet for an operator: every field that was not read as printed, with its piece of the picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2

from bench.read_figures import CONFIDENT
from bench.read_outcomes import EXACT, UNREAD, WRONG, FieldRow, Sheet, field_rows, kind_of
from bench.report import percent
from fixtures.ageing import LEVELS
from intake.report.labels import FIELDS, KINDS


def write_sheet(sheets: Sequence[Sheet], path: Path) -> None:
    """Writes the sheet as one HTML file that needs nothing else."""
    rows = field_rows(sheets)
    wrong = [row for row in rows if row.verdict != EXACT]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=jinja2.StrictUndefined
    )
    kinds = dict.fromkeys(row.sheet.group for row in wrong)
    page = environment.get_template("read_sheet.html.j2").render(
        pictures=len(sheets),
        fields=len(rows),
        rows=wrong,
        wrong=sum(row.verdict == WRONG for row in wrong),
        unread=sum(row.verdict == UNREAD for row in wrong),
        confident=CONFIDENT,
        sure=sum(_is_sure(row) for row in wrong),
        levels=LEVELS,
        totals=[(_group_name(group), _shares(rows, group)) for group in dict.fromkeys(s.group for s in sheets)],
        kinds=[(_group_name(kind), [_shown(row) for row in wrong if row.sheet.group == kind]) for kind in kinds],
    )
    path.write_text(page, encoding="utf-8")


def _is_sure(row: FieldRow) -> bool:
    return row.verdict == WRONG and row.confidence >= CONFIDENT


def _group_name(group: str) -> str:
    kind = kind_of(group)
    return KINDS.get(kind, kind) + ("（其他版式）" if kind != group else "")


def _shares(rows: Sequence[FieldRow], group: str) -> list[str]:
    cells = []
    for level in LEVELS:
        own = [row for row in rows if row.sheet.group == group and row.sheet.level == level]
        cells.append(percent(sum(row.verdict == EXACT for row in own), len(own)))
    return cells


def _shown(row: FieldRow) -> dict[str, Any]:
    return {
        "level": row.sheet.level,
        "seed": row.sheet.seed,
        "name": FIELDS.get(row.name, row.name),
        "truth": "（未印）" if row.truth is None else _text(row.truth),
        "read": None if row.read is None else _text(row.read),
        "confidence": row.confidence,
        "sure": _is_sure(row),
        "crop": row.sheet.crops.get(row.name, ""),
    }


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "；".join(value) if isinstance(value, list | tuple) else str(value)
