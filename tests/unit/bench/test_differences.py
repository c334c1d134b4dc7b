"""What counts as a planted difference found, and as a false mismatch."""

from __future__ import annotations

from typing import Any

import pytest

from bench.differences import ASKED, MISMATCH, MISSED, WARN, false_mismatches, how_found
from bench.outcomes import CaseOutcome

PLANTED = {
    "field": "person.name",
    "material": "id_card_front",
    "also_on": ("diploma",),
    "entered": "李明",
    "printed": "李朋",
}


def _finding(**changes: Any) -> dict[str, Any]:
    plain = {
        "code": "name-differs",
        "level": "mismatch",
        "field": "person.name",
        "material": "id_card_front",
        "match": "different",
        "entered": "李明",
        "read": "李朋",
    }
    return plain | changes


@pytest.mark.parametrize(
    ("changes", "way"),
    [
        ({}, MISMATCH),
        ({"level": "warn", "match": "fuzzy"}, WARN),
        ({"material": "diploma"}, MISMATCH),
        ({"material": None}, MISMATCH),
        # Another paper differs as well, but not because of the slip: it was misread.
        ({"material": "work_certificate"}, ASKED),
        # Not read: somebody is asked to look, which is less than finding it.
        ({"level": "warn", "match": None, "read": None}, ASKED),
        ({"level": "block", "match": None, "read": None}, ASKED),
        ({"level": "info", "match": "different"}, MISSED),
        ({"field": "person.gender"}, MISSED),
    ],
)
def test_the_way_a_planted_difference_shows_up(changes: dict[str, Any], way: str) -> None:
    assert how_found(PLANTED, [_finding(**changes)]) == way


def test_the_strongest_finding_counts() -> None:
    weak = _finding(level="warn", match="fuzzy")
    assert how_found(PLANTED, [weak, _finding()]) == MISMATCH


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({}, 0),
        ({"field": "person.gender"}, 1),
        ({"field": None}, 1),
        ({"field": "person.gender", "level": "warn"}, 0),
        ({"field": "person.gender", "level": "block"}, 0),
    ],
)
def test_only_mismatches_elsewhere_are_false(changes: dict[str, Any], count: int) -> None:
    case = CaseOutcome("case", "scan", (PLANTED,), (), {"findings": [_finding(**changes)]})
    assert len(list(false_mismatches(case))) == count


def test_a_case_without_a_verdict_finds_nothing() -> None:
    case = CaseOutcome("case", "scan", (PLANTED,), (), {})
    assert list(false_mismatches(case)) == []
