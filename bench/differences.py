"""Part 2: planted differences found, and mismatches where nothing was planted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bench.outcomes import CaseOutcome
from bench.report import Floor, Part, Table, percent
from fixtures.ageing import LEVELS

# Issue 2.
MIN_FOUND = 0.95
MAX_FALSE_PER_20 = 1.0
MISMATCH, WARN, ASKED, MISSED = "as mismatch", "as warning", "only a request to look", "missed"
_WAYS = (MISMATCH, WARN, ASKED, MISSED)


def differences_part(cases: Sequence[CaseOutcome]) -> Part:
    """Tables, floors and figures of this part."""
    counts = {level: dict.fromkeys(_WAYS, 0) for level in LEVELS}
    false = dict.fromkeys(LEVELS, 0)
    for case in cases:
        for planted in case.planted:
            counts[case.level][how_found(planted, _findings(case))] += 1
        false[case.level] += sum(1 for _ in false_mismatches(case))
    persons = {level: sum(case.level == level for case in cases) for level in LEVELS}
    totals = {way: sum(counts[level][way] for level in LEVELS) for way in _WAYS}
    rows = [_row(level, counts[level], false[level], persons[level]) for level in LEVELS]
    rows.append(_row("all", totals, sum(false.values()), len(cases)))
    header = ("level", "persons", "planted", "found", *_WAYS, "false mismatches", "per 20 persons")
    planted_count = sum(totals.values())
    found = totals[MISMATCH] + totals[WARN]
    per_20 = 20 * sum(false.values()) / max(1, len(cases))
    share = percent(found, planted_count)
    floors = (
        Floor("planted differences found", share, f">= {MIN_FOUND:.0%}", found >= MIN_FOUND * planted_count),
        Floor("false mismatches per 20 persons", f"{per_20:.2f}", "<= 1", per_20 <= MAX_FALSE_PER_20),
    )
    table = Table("Planted differences between form and paper", header, tuple(rows))
    figures = {"planted": counts, "false_mismatches": false, "persons": persons}
    return Part("differences", (table,), floors, figures)


def how_found(planted: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> str:
    """The strongest way in which a planted difference shows up.

    It is found when a mismatch or a warning names the field, says that form and paper differ (`fuzzy` or `different`)
    and points to a paper that prints the other value, or to the form alone.
    """
    places = {planted["material"], *planted["also_on"], None}
    about = [f for f in findings if f["field"] == planted["field"] and f["level"] != "info"]
    differing = [f for f in about if f["match"] in ("fuzzy", "different") and f["material"] in places]
    if any(finding["level"] == "mismatch" for finding in differing):
        return MISMATCH
    if differing:
        return WARN
    return ASKED if about else MISSED


def false_mismatches(case: CaseOutcome) -> Iterator[Mapping[str, Any]]:
    """Mismatches about a field in which nothing was planted."""
    fields = {planted["field"] for planted in case.planted}
    for finding in _findings(case):
        if finding["level"] == "mismatch" and finding["field"] not in fields:
            yield finding


def misses(cases: Sequence[CaseOutcome]) -> Iterator[str]:
    """One line for each difference not found and each false mismatch; never for reserved seeds (see main)."""
    for case in cases:
        for planted in case.planted:
            way = how_found(planted, _findings(case))
            if way not in (MISMATCH, WARN):
                values = f"typed {planted['entered']!r}, printed {planted['printed']!r}"
                yield f"{case.level} {case.name}/{planted['material']} {planted['field']}: {way}, {values}"
        for finding in false_mismatches(case):
            where = f"{case.level} {case.name}/{finding['material']} {finding['field']}"
            yield f"{where}: false {finding['code']}, typed {finding['entered']!r}, read {finding['read']!r}"


def _findings(case: CaseOutcome) -> Sequence[Mapping[str, Any]]:
    findings: Sequence[Mapping[str, Any]] = case.record.get("findings", ())
    return findings


def _row(level: str, counts: Mapping[str, int], false: int, persons: int) -> tuple[str, ...]:
    planted = sum(counts.values())
    found = percent(counts[MISMATCH] + counts[WARN], planted)
    ways = [str(counts[way]) for way in _WAYS]
    return (level, str(persons), str(planted), found, *ways, str(false), f"{20 * false / max(1, persons):.2f}")
