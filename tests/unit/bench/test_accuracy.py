"""When a field counts as read exactly."""

from __future__ import annotations

from typing import Any

import pytest

from bench.accuracy import EXACT, UNREAD, WRONG, field_outcomes
from bench.outcomes import Answered, PageOutcome


def _page(truth: Any, *readings: dict[str, Any]) -> PageOutcome:
    answer = Answered(1.0, 1.0, 1, "", {"readings": list(readings)})
    material = {"kind": "work_certificate", "fields": {"field": truth}}
    return PageOutcome("case", "scan", "work_certificate", material, {"engine": answer})


def _reading(value: Any, kind: str = "work_certificate") -> dict[str, Any]:
    return {"kind": kind, "fields": {"field": value}}


@pytest.mark.parametrize(
    ("truth", "read", "verdict"),
    [
        ("李明", "李明", EXACT),
        ("李明", "李朋", WRONG),
        ("李明", "李明 ", WRONG),
        ("李明", "", WRONG),
        ("李明", None, UNREAD),
        (None, None, EXACT),
        (None, "某某公司", WRONG),
        (True, False, WRONG),
        (["出纳", "稽核"], ["稽核", "出纳"], EXACT),
        (["出纳", "稽核"], ["出纳"], WRONG),
        (["出纳"], None, UNREAD),
    ],
)
def test_verdict_of_a_field(truth: Any, read: Any, verdict: str) -> None:
    (field,) = field_outcomes(_page(truth, _reading(read)), "engine")
    assert field.verdict == verdict


def test_the_reading_of_the_right_kind_counts_wherever_it_stands() -> None:
    page = _page("李明", _reading("别人", "diploma"), _reading("李明"))
    (field,) = field_outcomes(page, "engine")
    assert field.verdict == EXACT


def test_a_refused_page_leaves_its_fields_unread() -> None:
    (field,) = field_outcomes(_page("李明"), "engine")
    assert field.verdict == UNREAD
