"""bench/verify-report.html: how reliable a score is, drawn, and every error that was not found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from bench.report import Part, Table
from bench.verify_figures import BASE_RATES, ScoreBin, score_bins
from bench.verify_outcomes import Clean, Outcome, misses
from bench.verify_persons import is_reserved

# Pixels of the plot: the line of 0 %, the height of 100 %, and from bar to bar.
_FOOT, _FULL, _LEFT, _PITCH = 250, 220, 56, 57
# Colours of the bars from right to wrong, readable without colour by their height.
_COLOURS = ("#4a8f5a", "#c9a13b", "#b5493b")


@dataclass(frozen=True, slots=True)
class Measured:
    """One way of measuring, as shown: the part with its tables, and what it was made of."""

    part: Part
    cleans: Sequence[Clean]
    outcomes: Sequence[Outcome]


def write_sheet(measured: Sequence[Measured], path: Path) -> None:
    """Writes the sheet as one HTML file that needs nothing else; cases of reserved seeds are counted only."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=jinja2.StrictUndefined
    )
    page = environment.get_template("verify_sheet.html.j2").render(
        parts=[_shown(one) for one in measured],
        rates=[f"{rate:.0%}" for rate in BASE_RATES],
        header=_table(measured[0].part, "By kind of error").header[1:] if measured else (),
    )
    path.write_text(page, encoding="utf-8")


def _shown(one: Measured) -> dict[str, Any]:
    seeds = [clean.seed for clean in one.cleans]
    reserved = any(is_reserved(range(seed, seed + 1)) for seed in seeds)
    return {
        "name": one.part.name,
        "clean": len(one.cleans),
        "planted": len(one.outcomes),
        "lines": [{"y": _FOOT - _FULL * step // 4, "text": f"{25 * step}%"} for step in range(5)],
        "bars": [_bar(place, found) for place, found in enumerate(score_bins(one.cleans, one.outcomes))],
        "bands": _table(one.part, "Bands").rows,
        "errors": _table(one.part, "By kind of error").rows,
        "misses": None if reserved else list(misses(one.cleans, one.outcomes)),
    }


def _table(part: Part, title: str) -> Table:
    return next(table for table in part.tables if table.title.startswith(title))


def _bar(place: int, found: ScoreBin) -> dict[str, Any]:
    expected = found.expected_errors[0]
    height = None if expected is None else round(_FULL * expected)
    return {
        "x": _LEFT + _PITCH * place,
        "y": _FOOT - (height or 0),
        "height": height,
        "colour": _COLOURS[min(2, int(3 * (expected or 0)))],
        "text": "" if expected is None else f"{100 * expected:.0f}%",
        "label": f"{found.low}–{found.high}",
        "clean": found.clean,
        "planted": found.planted,
    }
