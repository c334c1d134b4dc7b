"""Tables for people, one JSON file for machines."""

from __future__ import annotations

import json
import math
import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Table:
    """A title, a header and rows of text."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Floor:
    """One figure that the issue asks for.

    Attributes:
        what: The figure in words.
        measured: As printed.
        wanted: As printed.
        met: Whether the figure is as wanted.
    """

    what: str
    measured: str
    wanted: str
    met: bool


@dataclass(frozen=True, slots=True)
class Part:
    """The outcome of one part of the benchmark.

    Attributes:
        name: Key in the results file.
        tables: For people.
        floors: What the issue asks for.
        figures: For machines; totals only.
    """

    name: str
    tables: tuple[Table, ...]
    floors: tuple[Floor, ...] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)


def percent(part: float, whole: float) -> str:
    """A share with one decimal, never rounded up to 100."""
    if not whole:
        return "-"
    share = 100 * part / whole
    return "100 %" if part == whole else f"{min(share, 99.9):.1f} %"


def median(values: Sequence[float]) -> float:
    """The middle value; 0 for none."""
    return statistics.median(values) if values else 0.0


def percentile_90(values: Sequence[float]) -> float:
    """The smallest value that nine of ten do not exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[math.ceil(0.9 * len(ordered)) - 1] if ordered else 0.0


def megabytes(count: float) -> str:
    """Bytes as decimal megabytes, the unit of the memory floor."""
    return f"{count / 1e6:.0f} MB"


def render(parts: Sequence[Part], *, title: str = "Floors of issue 2") -> str:
    """All tables, then all floors under a title."""
    blocks = [_machine()]
    blocks += [_table(table) for part in parts for table in part.tables if table.rows]
    floors = [floor for part in parts for floor in part.floors]
    rows = tuple((f.what, f.measured, f.wanted, "PASS" if f.met else "MISS") for f in floors)
    if rows:
        blocks.append(_table(Table(title, ("figure", "measured", "wanted", ""), rows)))
    return "\n\n".join(blocks) + "\n"


def save(parts: Sequence[Part], path: Path, *, seeds: range) -> None:
    """Writes the figures of the parts, with the seeds of the cases."""
    path.parent.mkdir(parents=True, exist_ok=True)
    floors = {
        floor.what: {"measured": floor.measured, "wanted": floor.wanted, "met": floor.met}
        for part in parts
        for floor in part.floors
    }
    content = {
        "machine": _machine(),
        "seeds": [seeds.start, seeds.stop - 1],
        "floors": floors,
        **{part.name: part.figures for part in parts},
    }
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _machine() -> str:
    cores, (load, _, _) = len(os.sched_getaffinity(0)), os.getloadavg()
    return f"Python {platform.python_version()}, {cores} cores, load {load:.1f}, engines on one core with one thread"


def _table(table: Table) -> str:
    lines = [table.header, *table.rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(table.header))]
    out = [table.title, "-" * len(table.title)]
    for line in lines:
        cells = [
            cell.ljust(w) if column == 0 else cell.rjust(w)
            for column, (cell, w) in enumerate(zip(line, widths, strict=True))
        ]
        out.append("  ".join(cells).rstrip())
    return "\n".join(out)
