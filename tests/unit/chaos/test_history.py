"""The judge of chaos runs: what it must find, each by itself. A blind judge makes every run look good."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.chaos.history import Call, Found, History, Judgement, Told, judge

ENDED = frozenset(("read", "dead", "in_review"))
GOOD = Found({"m": "read"}, {"s": (2, "in_review")}, [("s", 1), ("s", 2)], ENDED)
TOLD = [Told("e1", "s", 1, "submission.scored", True), Told("e2", "s", 2, "submission.scored", True)]


@pytest.fixture
def history() -> History:
    made = History()
    made.note_acknowledged(Call.UPLOAD, "k1", {"id": "m"}, seconds=0.5)
    made.note_acknowledged(Call.FILING, "k2", {"id": "s", "revision": 1}, seconds=2.0)
    made.note_acknowledged(Call.REFILING, "k3", {"id": "s", "revision": 2}, seconds=1.0)
    return made


def test_a_good_run_is_good(history: History) -> None:
    verdict = judge(history, GOOD, TOLD)
    assert verdict == Judgement([], [], [], [], [])
    assert verdict.good
    assert history.longest_s == 2.0


def test_a_message_that_came_twice_under_one_id_is_no_fault(history: History) -> None:
    assert judge(history, GOOD, [*TOLD, *TOLD]).good


def test_a_verdict_of_a_revision_that_was_fenced_off_need_not_be(history: History) -> None:
    assert judge(history, replace(GOOD, scored=[("s", 2)]), TOLD[1:]).good


def test_what_ended_dead_ended(history: History) -> None:
    assert judge(history, replace(GOOD, materials={"m": "dead"}, submissions={"s": (2, "dead")}), TOLD).good


@pytest.mark.parametrize(
    "found",
    [
        replace(GOOD, materials={}),
        replace(GOOD, materials={"m": "received"}),
        replace(GOOD, materials={"m": "processing"}),
        replace(GOOD, submissions={}),
        replace(GOOD, submissions={"s": (1, "in_review")}),
        replace(GOOD, submissions={"s": (2, "received")}),
        replace(GOOD, scored=[("s", 1), ("s", 2), ("s", 3)]),
    ],
)
def test_what_is_lost_is_found(history: History, found: Found) -> None:
    verdict = judge(history, found, TOLD)
    assert verdict.lost
    assert not verdict.good


@pytest.mark.parametrize("told", [[], TOLD[:1], TOLD[1:]])
def test_a_verdict_that_nobody_was_told_of_is_lost(history: History, told: list[Told]) -> None:
    assert judge(history, GOOD, told).lost


@pytest.mark.parametrize(
    "found",
    [
        replace(GOOD, materials={"m": "read", "n": "read"}),
        replace(GOOD, submissions={"s": (2, "in_review"), "t": (1, "in_review")}),
        replace(GOOD, scored=[("s", 1), ("s", 2), ("s", 2)]),
    ],
)
def test_what_is_there_twice_is_found(history: History, found: Found) -> None:
    verdict = judge(history, found, TOLD)
    assert verdict.duplicated
    assert not verdict.good


def test_a_row_of_a_call_that_was_given_up_is_no_duplicate(history: History) -> None:
    history.count("given up")
    assert judge(history, replace(GOOD, materials={"m": "read", "n": "read"}), TOLD).good


def test_a_verdict_told_under_two_ids_is_found(history: History) -> None:
    told = [*TOLD, replace(TOLD[0], event_id="e3")]
    assert judge(history, GOOD, told).duplicated


def test_a_forged_message_is_found(history: History) -> None:
    assert judge(history, GOOD, [*TOLD, replace(TOLD[0], genuine=False)]).broken


def test_answers_that_differ_or_may_not_be_are_found(history: History) -> None:
    history.note_unequal("k1")
    history.note_unexpected("upload was answered with 500")
    verdict = judge(history, GOOD, TOLD)
    assert (len(verdict.unequal), len(verdict.unexpected)) == (1, 1)
    assert not verdict.good


def test_a_broken_store_is_found(history: History) -> None:
    assert not judge(history, replace(GOOD, broken=["the event log is broken at 3"]), TOLD).good
