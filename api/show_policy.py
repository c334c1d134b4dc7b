"""Shows policies."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from api.output import Output
from api.policy_notice import Grid, Section, notice_head, notice_sections
from verify.policy_model import Policy


def show_list(output: Output, policies: Sequence[Policy], *, as_json: bool) -> None:
    """All packs, one a line."""
    if as_json:
        for policy in policies:
            output.json_line(_head(policy))
        return
    table = Table("名称", "标题", "施行", "终止")
    for policy in policies:
        end = "" if policy.effective_to is None else policy.effective_to.isoformat()
        table.add_row(policy.name, policy.title, policy.effective_from.isoformat(), end)
    output.show(table)


def show_policy(output: Output, policy: Policy, *, as_json: bool) -> None:
    """One pack in full: as the notice that an office would publish, or every value as JSON."""
    if as_json:
        output.json_line(_plain(policy))
        return
    title, *below = notice_head(policy)
    output.show(Text(title, style="bold"))
    _write(output, below)
    for section in notice_sections(policy):
        _show_section(output, section)


def _show_section(output: Output, section: Section) -> None:
    output.show(Text(f"\n{section.heading}", style="bold"))
    if section.grid is not None:
        output.show(_table(section.grid))
    _write(output, section.lines)


def _write(output: Output, lines: Iterable[str]) -> None:
    """Sentences as they are: breaking is the terminal's, which knows that Chinese may break anywhere."""
    for line in lines:
        output.out.write(f"{line}\n")
    output.out.flush()


def _table(grid: Grid) -> Table:
    # Cells are data of a pack, which a site writes: rich would take brackets in them for its own marks.
    table = Table()
    for head in grid.heads:
        # Chinese has no blanks to break at: without folding, a cell that is too long loses its end, a source's number.
        table.add_column(head, overflow="fold")
    for row in grid.rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def show_checked(output: Output, name: str, faults: Sequence[str], *, as_json: bool) -> None:
    """Whether one pack can be used; one line for each fault, never broken, so that it can be searched for."""
    if as_json:
        reason = "；".join(faults) or None
        output.json_line({"policy": name, "usable": not faults, "reason": reason, "faults": list(faults)})
        return
    _write(output, [f"{name}：{fault}" for fault in faults or ("可用",)])


def _head(policy: Policy) -> dict[str, Any]:
    return {
        "name": policy.name,
        "title": policy.title,
        "jurisdiction": policy.jurisdiction,
        "effective_from": policy.effective_from.isoformat(),
        "effective_to": None if policy.effective_to is None else policy.effective_to.isoformat(),
    }


def _plain(value: Any) -> Any:
    """Dataclasses, mappings, tuples and dates as JSON values."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, datetime.date) else value
