"""Tables, floors and figures of the verification benchmark."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.planting import GROUPS
from bench.report import Floor, Part, Table, median, percent
from bench.verify_outcomes import WAYS, Clean, Outcome
from bench.verify_persons import CIRCUMSTANCES
from fixtures.ageing import LEVELS
from verify.model import Band

# Issue 5.
BANDS = tuple(Band)
# One submission in two, as where every case is suspect, and one in ten, as where most people are honest.
BASE_RATES = (0.5, 0.1)


@dataclass(frozen=True, slots=True)
class Limits:
    """What the issue asks of one way of measuring.

    Attributes:
        persons: At least so many.
        found: Share of planted errors found, at least.
        accused: Share of clean persons with a mismatch or a block, at most.
        passed: Share of planted errors among `likely_pass`, at most; None where it is not asked for.
        seconds: Median and 95th percentile of the time of everything but reading, at most; None likewise.
    """

    persons: int
    found: float
    accused: float
    passed: float | None = None
    seconds: float | None = None


REPLAYED = Limits(persons=300, found=0.99, accused=0.005, passed=0.005, seconds=0.05)
END_TO_END = Limits(persons=60, found=0.97, accused=0.03)


@dataclass(frozen=True, slots=True)
class ScoreBin:
    """Submissions with a score of `low` to `high`, both included.

    Attributes:
        clean: How many clean persons.
        planted: How many with a planted error.
        expected_errors: By base rate the expected share with an error; None where nothing landed.
    """

    low: int
    high: int
    clean: int
    planted: int
    expected_errors: tuple[float | None, ...]


def verify_part(name: str, cleans: Sequence[Clean], outcomes: Sequence[Outcome], limits: Limits) -> Part:
    """Everything about one way of measuring."""
    tables = (
        _group_table(name, outcomes),
        _error_table(name, outcomes),
        _level_table(name, cleans, outcomes),
        _circumstance_table(name, cleans),
        _band_table(name, cleans, outcomes),
        _bin_table(name, cleans, outcomes),
    )
    return Part(name, tables, tuple(_floors(name, cleans, outcomes, limits)), _figures(cleans, outcomes))


def expected_error(clean: int, planted: int, cleans: int, planteds: int, base_rate: float) -> float | None:
    """The share of submissions with an error among those of one pile, where a share of all has one.

    Args:
        clean: Clean submissions on the pile.
        planted: Submissions with an error on the pile.
        cleans: Clean submissions in all.
        planteds: Submissions with an error in all.
        base_rate: Share of all submissions that have an error, 0..1.
    """
    if not cleans or not planteds:
        return None
    wrong, right = base_rate * planted / planteds, (1 - base_rate) * clean / cleans
    return wrong / (wrong + right) if wrong + right else None


def score_bins(cleans: Sequence[Clean], outcomes: Sequence[Outcome]) -> list[ScoreBin]:
    """Ten bins of ten points; the last one holds the score of 100 too."""
    of_clean = Counter(min(9, one.score // 10) for one in cleans)
    of_planted = Counter(min(9, one.score // 10) for one in outcomes)
    return [
        ScoreBin(
            10 * place,
            100 if place == 9 else 10 * place + 9,
            of_clean[place],
            of_planted[place],
            _expected(of_clean[place], of_planted[place], len(cleans), len(outcomes)),
        )
        for place in range(10)
    ]


def percentile_95(values: Sequence[float]) -> float:
    """The smallest value that 95 of 100 do not exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[math.ceil(0.95 * len(ordered)) - 1] if ordered else 0.0


def _expected(clean: int, planted: int, cleans: int, planteds: int) -> tuple[float | None, ...]:
    return tuple(expected_error(clean, planted, cleans, planteds, rate) for rate in BASE_RATES)


def _row(label: str, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    ways = Counter(one.way for one in outcomes)
    passed = sum(one.band is Band.LIKELY_PASS for one in outcomes)
    found = percent(sum(one.found for one in outcomes), len(outcomes))
    return (label, str(len(outcomes)), found, *(str(ways[way]) for way in WAYS), str(passed))


_HEADER = ("planted", "found", *WAYS, "likely_pass")


def _group_table(name: str, outcomes: Sequence[Outcome]) -> Table:
    rows = [_row(group, [one for one in outcomes if one.group == group]) for group in GROUPS]
    rows.append(_row("all", outcomes))
    return Table(f"Planted errors, {name}", ("group", *_HEADER), tuple(row for row in rows if row[1] != "0"))


def _error_table(name: str, outcomes: Sequence[Outcome]) -> Table:
    errors = dict.fromkeys((one.group, one.error) for one in outcomes)
    rows = [
        _row(f"{group}: {error}", [one for one in outcomes if (one.group, one.error) == (group, error)])
        for group, error in errors
    ]
    return Table(f"By kind of error, {name}", ("error", *_HEADER), tuple(rows))


def _level_table(name: str, cleans: Sequence[Clean], outcomes: Sequence[Outcome]) -> Table:
    rows = []
    for level in LEVELS:
        own = [one for one in cleans if one.level == level]
        planted = [one for one in outcomes if one.level == level]
        rows.append(
            (level, *_clean_cells(own), str(len(planted)), percent(sum(p.found for p in planted), len(planted)))
        )
    return Table(f"By ageing level, {name}", ("level", *_CLEAN_HEADER, "planted", "found"), tuple(rows))


_CLEAN_HEADER = ("clean persons", "accused", *(band.value for band in BANDS), "median score")


def _clean_cells(cleans: Sequence[Clean]) -> tuple[str, ...]:
    bands = Counter(one.band for one in cleans)
    accused = sum(one.accused for one in cleans)
    score = f"{median([one.score for one in cleans]):.0f}"
    return (str(len(cleans)), str(accused), *(str(bands[band]) for band in BANDS), score)


def _circumstance_table(name: str, cleans: Sequence[Clean]) -> Table:
    rows = [
        (circumstance, *_clean_cells([one for one in cleans if one.circumstance == circumstance]))
        for circumstance in CIRCUMSTANCES
    ]
    rows.append(("all", *_clean_cells(cleans)))
    return Table(
        f"Clean persons, {name}", ("circumstance", *_CLEAN_HEADER), tuple(row for row in rows if row[1] != "0")
    )


_ERROR_HEADER = tuple(f"expected error at {rate:.0%}" for rate in BASE_RATES)


def _band_table(name: str, cleans: Sequence[Clean], outcomes: Sequence[Outcome]) -> Table:
    rows = []
    for band in BANDS:
        clean, planted = sum(o.band is band for o in cleans), sum(o.band is band for o in outcomes)
        expected = _expected(clean, planted, len(cleans), len(outcomes))
        rows.append((band.value, str(clean), str(planted), *(share(value) for value in expected)))
    header = ("band", "clean persons", "planted errors", *_ERROR_HEADER)
    return Table(f"Bands and their expected error, {name}", header, tuple(rows))


def share(value: float | None) -> str:
    """A share as a percentage with two decimals, `-` for none."""
    return "-" if value is None else f"{100 * value:.2f} %"


def _bin_table(name: str, cleans: Sequence[Clean], outcomes: Sequence[Outcome]) -> Table:
    rows = tuple(
        (f"{one.low}-{one.high}", str(one.clean), str(one.planted), *(share(value) for value in one.expected_errors))
        for one in score_bins(cleans, outcomes)
    )
    return Table(f"Reliability, {name}", ("score", "clean persons", "planted errors", *_ERROR_HEADER), rows)


def _floors(name: str, cleans: Sequence[Clean], outcomes: Sequence[Outcome], limits: Limits) -> list[Floor]:
    persons, planted = len(cleans), len(outcomes)
    found, accused = sum(one.found for one in outcomes), sum(one.accused for one in cleans)
    floors = [
        Floor(f"persons, {name}", str(persons), f">= {limits.persons}", persons >= limits.persons),
        Floor(
            f"planted errors found, {name}",
            percent(found, planted),
            f">= {limits.found:.0%}",
            planted > 0 and found >= limits.found * planted,
        ),
        Floor(
            f"clean persons accused, {name}",
            f"{accused} of {persons}",
            f"<= {100 * limits.accused:g} %",
            persons > 0 and accused <= limits.accused * persons,
        ),
    ]
    if limits.passed is not None:
        passed = sum(one.band is Band.LIKELY_PASS for one in outcomes)
        floors.append(
            Floor(
                f"planted errors in likely_pass, {name}",
                f"{passed} of {planted}",
                f"<= {100 * limits.passed:g} %",
                planted > 0 and passed <= limits.passed * planted,
            )
        )
    if limits.seconds is not None:
        floors += _time_floors(name, [one.seconds for one in cleans], limits.seconds)
    return floors


def _time_floors(name: str, seconds: Sequence[float], limit: float) -> list[Floor]:
    measured = (("median", median(seconds)), ("95th percentile", percentile_95(seconds)))
    return [
        Floor(
            f"all but reading of one person, {word}, {name}",
            f"{1000 * value:.1f} ms",
            f"<= {1000 * limit:.0f} ms",
            0 < value <= limit,
        )
        for word, value in measured
    ]


def _figures(cleans: Sequence[Clean], outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Totals only, so that they may be kept for the reserved seeds too."""
    errors: dict[str, Counter[str]] = {}
    for one in outcomes:
        errors.setdefault(f"{one.group}: {one.error}", Counter())[one.way] += 1
    return {
        "persons": len(cleans),
        "accused": sum(one.accused for one in cleans),
        "planted": len(outcomes),
        "found": sum(one.found for one in outcomes),
        "likely_pass": sum(one.band is Band.LIKELY_PASS for one in outcomes),
        "ways": errors,
        "warnings_of_clean_persons": Counter(code for one in cleans for code in one.warnings),
        "accusations_of_clean_persons": Counter(line.split(" ")[0] for one in cleans for line in one.accusations),
        "bins": [
            [one.low, one.high, one.clean, one.planted, *one.expected_errors] for one in score_bins(cleans, outcomes)
        ],
    }
