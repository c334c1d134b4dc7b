"""What a webhook says, and above all what it does not."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.webhooks.body import Event, Notice, Point, points_of, webhook_body

NOTICE = Notice(
    submission_id="b" * 40,
    number=2,
    event=Event.SCORED,
    state="in_review",
    score=87,
    band="needs_review",
    findings=(Point("name-different", "mismatch", "person.name"), Point("seal-missing", "warn")),
)


def test_body_says_what_happened_in_which_order() -> None:
    body = webhook_body(NOTICE, event_id="a" * 40, sequence=3, occurred_ms=1_795_766_400_123)
    assert json.loads(body) == {
        "event_id": "a" * 40,
        "event": "submission.scored",
        "sequence": 3,
        # 1 795 766 400 s = 20 784 days and 8 hours after 1970-01-01.
        "occurred_at": "2026-11-27T08:00:00.123Z",
        "submission_id": "b" * 40,
        "revision": 2,
        "state": "in_review",
        "score": 87,
        "band": "needs_review",
        "findings": [
            {"code": "name-different", "level": "mismatch", "field": "person.name"},
            {"code": "seal-missing", "level": "warn", "field": None},
        ],
        "findings_left_out": 0,
    }


def test_of_a_finding_only_code_level_and_field_are_taken() -> None:
    finding = {
        "code": "name-different", "level": "mismatch", "field": "person.name", "entered": "王小明", "read": "王晓明",
        "message": "姓名不一致：王小明", "short": "王小明", "value": "王小明", "box": [[0, 0]],
    }  # fmt: skip
    assert points_of([finding]) == (Point("name-different", "mismatch", "person.name"),)
    assert points_of([{"code": "a", "level": "info"}]) == (Point("a", "info", None),)


@pytest.mark.parametrize("field", ["person.name", "education.0.graduated_on", "work.duties.11", "person"])
def test_own_paths_are_told(field: str) -> None:
    notice = Notice("b" * 40, 1, Event.SCORED, "in_review", findings=(Point("c", "warn", field),))
    assert (
        json.loads(webhook_body(notice, event_id="a" * 40, sequence=1, occurred_ms=0))["findings"][0]["field"] == field
    )


@pytest.mark.parametrize(
    "field", ["person.王小明", "person.533103199007150023", "", ".", "person.", "Person", "a b", "x" * 41, "a.b\n"]
)
def test_what_is_no_path_of_ours_is_not_told(field: str) -> None:
    notice = Notice("b" * 40, 1, Event.SCORED, "in_review", findings=(Point("c", "warn", field),))
    body = webhook_body(notice, event_id="a" * 40, sequence=1, occurred_ms=0)
    assert json.loads(body)["findings"] == [{"code": "c", "level": "warn", "field": None}]


@pytest.mark.parametrize(("given_findings", "told", "left_out"), [(499, 499, 0), (500, 500, 0), (501, 500, 1)])
def test_a_long_list_is_cut_and_says_so(given_findings: int, told: int, left_out: int) -> None:
    notice = Notice("b" * 40, 1, Event.SCORED, "in_review", findings=(Point("c", "warn"),) * given_findings)
    content = json.loads(webhook_body(notice, event_id="a" * 40, sequence=1, occurred_ms=0))
    assert (len(content["findings"]), content["findings_left_out"]) == (told, left_out)


@given(st.integers(0, 4_102_444_800_000), st.text(max_size=50))
def test_body_is_ascii_json_on_one_line(occurred_ms: int, field: str) -> None:
    notice = Notice("b" * 40, 1, Event.RETURNED, "returned", findings=(Point("c", "warn", field),))
    body = webhook_body(notice, event_id="a" * 40, sequence=1, occurred_ms=occurred_ms)
    assert body.isascii() and b"\n" not in body
    assert json.loads(body)["event"] == "submission.returned"


def test_a_notice_does_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        NOTICE.score = 1  # type: ignore[misc]
