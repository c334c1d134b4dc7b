"""The harness itself: it must be able to fail."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from bench import hostile_pixels
from bench.hostile_pixels import Judged, Run, families_summary, mutants_summary
from bench.report import Part
from fixtures.hostile.corpus import FAMILIES
from fixtures.hostile.model import DECODE_BUDGET, HEADER_BUDGET

AT_ONCE = next(family for family in FAMILIES if family.budget == HEADER_BUDGET)
DECODED = next(family for family in FAMILIES if family.budget == DECODE_BUDGET)
GOOD = {
    AT_ONCE.name: Judged(AT_ONCE.name, AT_ONCE.expected_code, None, 0.01, 0.01, 0, 0.0, 0),
    DECODED.name: Judged(DECODED.name, DECODED.expected_code, None, 0.5, 0.1, 1000, 0.4, 100_000_000),
}


def summary(*judged: Judged, deaths: int = 0) -> dict[str, bool]:
    part: Part = families_summary(Run(judged, deaths), (AT_ONCE, DECODED))
    return {floor.what: floor.met for floor in part.floors if floor.what != "hostile families"}


def test_good_answers_meet_every_floor() -> None:
    assert set(summary(*GOOD.values()).values()) == {True}


@pytest.mark.parametrize(
    ("name", "change", "missed"),
    [
        (AT_ONCE.name, {"code": "other"}, "families with their expected code"),
        (AT_ONCE.name, {"fault": "ValueError"}, "families with their expected code"),
        (AT_ONCE.name, {"parent_cpu_s": 0.11}, "slowest that shows in the header"),
        (AT_ONCE.name, {"child_bytes": 1}, "families within their budget"),
        (AT_ONCE.name, {"parent_bytes": 65 * 2**20}, "families within their budget"),
        (DECODED.name, {"child_cpu_s": 10.0}, "slowest that is decoded"),
        (DECODED.name, {"child_bytes": 768 * 2**20 + 1}, "largest decoder child"),
    ],
)
def test_one_bad_answer_misses_its_floor(name: str, change: dict[str, object], missed: str) -> None:
    judged = GOOD | {name: replace(GOOD[name], **change)}  # type: ignore[arg-type]
    assert not summary(*judged.values())[missed]


def test_missing_answers_and_deaths_are_misses() -> None:
    floors = summary(GOOD[AT_ONCE.name], deaths=1)
    assert not floors["families with their expected code"]
    assert not floors["families within their budget"]
    assert not floors["deaths over families"]


@pytest.mark.parametrize(
    ("change", "deaths", "missed"),
    [
        ({}, 0, None),
        ({}, 1, "deaths over mutants"),
        ({"fault": "KeyError", "code": None}, 0, "uncaught errors over mutants"),
        ({"code": "nobody-worded-this"}, 0, "mutants with pixels or a worded code"),
    ],
)
def test_mutants(change: dict[str, object], deaths: int, missed: str | None) -> None:
    judged = Judged("mutant", "image-corrupt", None, 0.01, 0.01, 0, 0.0, 0)
    part = mutants_summary(Run((replace(judged, **change), judged), deaths), 2)  # type: ignore[arg-type]
    met = {floor.what: floor.met for floor in part.floors}
    assert met.pop(missed, False) is False if missed else True
    if missed is None:
        assert set(met.values()) == {True}


_DYING = """
import argparse, json, os
parser = argparse.ArgumentParser()
for name in ("--seed", "--mutants", "--start"):
    parser.add_argument(name, type=int, default=0)
start = parser.parse_args().start
for index in range(start, 6):
    if index in (2, 3):
        os.abort()
    row = dict(index=index, name="x", code=None, fault=None, seconds=0, parent_cpu_s=0, parent_bytes=0, child_cpu_s=0)
    print(json.dumps({**row, "child_bytes": 0}), flush=True)
"""


def test_run_goes_on_behind_a_death(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two files end the judging process; the other four are judged and both deaths are counted."""
    honest = hostile_pixels.subprocess.Popen

    def dying(command: list[str], **options: object) -> object:
        return honest([sys.executable, "-c", _DYING, *command[3:]], **options)  # type: ignore[call-overload]

    monkeypatch.setattr(hostile_pixels.subprocess, "Popen", dying)
    run = hostile_pixels._run(["--seed", "1"])
    assert (len(run.judged), run.deaths) == (4, 2)
