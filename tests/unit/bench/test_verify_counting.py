"""What counts as found, as accused and as reliable, on verdicts that are written here."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.planting import Planted
from bench.report import render
from bench.verify import main
from bench.verify_figures import (
    Limits,
    expected_error,
    percentile_95,
    score_bins,
    share,
    verify_part,
)
from bench.verify_outcomes import (
    ACCUSED,
    BEFORE,
    MISSED,
    REQUEST,
    WARNED,
    Clean,
    Outcome,
    clean_of,
    finding_key,
    misses,
    run_persons,
    way_found,
)
from bench.verify_persons import RECORDED_SEEDS, RESERVED_SEEDS
from bench.verify_sheet import Measured, write_sheet
from tests.unit.bench.verify_people import FULL_SEED, honest
from verify.model import Band, Finding, Level, Verdict

PLANTED: Planted[Any] = Planted({}, {}, frozenset({"person.name"}), frozenset({"diploma"}))


def finding(**changes: Any) -> Finding:
    plain: dict[str, Any] = {
        "code": "name-differs",
        "level": Level.MISMATCH,
        "message": "",
        "field": "person.name",
        "material": "id_card_front",
        "entered": "李明",
        "read": "李朋",
    }
    return Finding(**(plain | changes))


@pytest.mark.parametrize(
    ("changes", "way"),
    [
        ({}, ACCUSED),
        ({"level": Level.BLOCK}, ACCUSED),
        ({"level": Level.WARN}, WARNED),
        ({"level": Level.WARN, "code": "field-unread", "read": None}, REQUEST),
        ({"level": Level.INFO}, MISSED),
        # Named by the paper alone.
        ({"field": None, "material": "diploma"}, ACCUSED),
        ({"field": "education.0.school", "material": "diploma", "level": Level.WARN}, WARNED),
        # About something else.
        ({"field": "person.gender"}, MISSED),
        ({"field": None, "material": None}, MISSED),
    ],
)
def test_the_way_in_which_an_error_shows_up(changes: dict[str, Any], way: str) -> None:
    assert way_found(PLANTED, [finding(**changes)], set()) == way


def test_the_strongest_finding_counts() -> None:
    weak = [finding(code="field-unread", level=Level.WARN), finding(level=Level.WARN)]
    assert way_found(PLANTED, weak, set()) == WARNED
    assert way_found(PLANTED, [*weak, finding()], set()) == ACCUSED


def test_what_was_said_before_finds_nothing() -> None:
    old = finding(level=Level.WARN)
    assert way_found(PLANTED, [old], {finding_key(old)}) == BEFORE
    # The same place with another value is a new finding.
    assert way_found(PLANTED, [finding(level=Level.WARN, entered="李月")], {finding_key(old)}) == WARNED


@pytest.mark.parametrize(
    ("level", "accused"), [(Level.BLOCK, True), (Level.MISMATCH, True), (Level.WARN, False), (Level.INFO, False)]
)
def test_a_clean_person_is_accused_by_mismatch_and_block_only(level: Level, accused: bool) -> None:
    verdict = Verdict(90, Band.LIKELY_PASS, (finding(level=level),), {})
    assert clean_of(1, "scan", "working", verdict, 0.01).accused is accused


def clean(**changes: Any) -> Clean:
    plain = Clean(1, "scan", "working", 96, Band.LIKELY_PASS, 0.01, (), ())
    return replace(plain, **changes)


def outcome(**changes: Any) -> Outcome:
    plain = Outcome("person.name", "typed wrong", 1, "scan", ACCUSED, 75, Band.NEEDS_REVIEW, 0.01, "person.name")
    return replace(plain, **changes)


@pytest.mark.parametrize(
    ("clean_here", "planted_here", "rate", "expected"),
    [
        # 90 of 100 clean and 10 of 200 planted: 0.05 against 0.9 at even odds.
        (90, 10, 0.5, 0.025 / 0.475),
        # At one in ten: 0.1 x 0.05 against 0.9 x 0.9.
        (90, 10, 0.1, 0.005 / 0.815),
        (0, 10, 0.1, 1.0),
        (90, 0, 0.5, 0.0),
        (0, 0, 0.5, None),
    ],
)
def test_expected_error_of_a_pile(clean_here: int, planted_here: int, rate: float, expected: float | None) -> None:
    found = expected_error(clean_here, planted_here, 100, 200, rate)
    assert found == (None if expected is None else pytest.approx(expected))


def test_without_one_of_the_two_there_is_no_expected_error() -> None:
    assert expected_error(5, 0, 5, 0, 0.5) is None
    assert expected_error(0, 5, 0, 5, 0.5) is None


@pytest.mark.parametrize(("score", "place"), [(0, 0), (9, 0), (10, 1), (89, 8), (90, 9), (99, 9), (100, 9)])
def test_a_score_falls_into_its_bin(score: int, place: int) -> None:
    bins = score_bins([clean(score=score)], [outcome(score=score)])
    assert [one.clean for one in bins] == [int(number == place) for number in range(10)]
    assert [one.planted for one in bins] == [int(number == place) for number in range(10)]
    assert bins[place].low <= score <= bins[place].high


def test_percentile_and_share() -> None:
    assert percentile_95([float(number) for number in range(1, 101)]) == 95.0
    assert percentile_95([]) == 0.0
    assert share(None) == "-"
    assert share(0.00549) == "0.55 %"


LIMITS = Limits(persons=10, found=0.9, accused=0.1, passed=0.1, seconds=0.05)


def floors(cleans: list[Clean], outcomes: list[Outcome]) -> dict[str, bool]:
    part = verify_part("t", cleans, outcomes, LIMITS)
    return {
        floor.what.partition(",")[0] if "person," not in floor.what else floor.what: floor.met for floor in part.floors
    }


def test_floors_at_their_edges() -> None:
    cleans = [clean(accusations=("x",)), *[clean()] * 9]
    outcomes = [outcome(way=MISSED, band=Band.LIKELY_PASS), *[outcome()] * 9]
    met = floors(cleans, outcomes)
    assert all(met.values()), met
    assert len(met) == 6


@pytest.mark.parametrize(
    ("name", "cleans", "outcomes"),
    [
        ("persons", [clean()] * 9, [outcome()] * 10),
        ("planted errors found", [clean()] * 10, [outcome(way=MISSED)] * 2 + [outcome()] * 8),
        ("planted errors found", [clean()] * 10, [outcome(way=BEFORE)] * 2 + [outcome()] * 8),
        ("clean persons accused", [clean(accusations=("x",))] * 2 + [clean()] * 8, [outcome()] * 10),
        ("planted errors in likely_pass", [clean()] * 10, [outcome(band=Band.LIKELY_PASS)] * 2 + [outcome()] * 8),
    ],
)
def test_floors_just_missed(name: str, cleans: list[Clean], outcomes: list[Outcome]) -> None:
    met = floors(cleans, outcomes)
    assert [what for what, well in met.items() if not well] == [name]


def test_the_time_floors() -> None:
    met = floors([clean(seconds=0.06)] * 10, [outcome()] * 10)
    assert sorted(what for what, well in met.items() if not well) == [
        "all but reading of one person, 95th percentile, t",
        "all but reading of one person, median, t",
    ]


def test_nothing_measured_meets_no_floor() -> None:
    assert not any(floors([], []).values())


def test_tables_are_printed() -> None:
    text = render([verify_part("t", [clean()] * 3, [outcome(), outcome(error="no photo", way=MISSED)], LIMITS)])
    assert "typed wrong: no photo" in text
    assert "Reliability, t" in text
    assert "likely_return" in text


def test_misses_name_accusations_and_what_was_not_found_or_passed() -> None:
    lines = list(
        misses(
            [clean(seed=5, accusations=("name-differs diploma",)), clean()],
            [outcome(seed=6, way=MISSED), outcome(seed=7, band=Band.LIKELY_PASS), outcome(seed=8)],
        )
    )
    assert [line.split(" ")[1] for line in lines] == ["5", "6", "7"]


def measured(seed: int) -> Measured:
    cleans, outcomes = [clean(seed=seed)], [outcome(seed=seed, way=MISSED, place="<person.name>")]
    return Measured(verify_part("t", cleans, outcomes, LIMITS), cleans, outcomes)


def test_the_sheet_names_cases_of_other_seeds(tmp_path: Path) -> None:
    write_sheet([measured(5)], tmp_path / "sheet.html")
    text = (tmp_path / "sheet.html").read_text(encoding="utf-8")
    assert "scan 5 person.name: missed (&lt;person.name&gt;)" in text
    assert "<svg" in text


def test_the_sheet_only_counts_reserved_seeds(tmp_path: Path) -> None:
    write_sheet([measured(RECORDED_SEEDS.start)], tmp_path / "sheet.html")
    text = (tmp_path / "sheet.html").read_text(encoding="utf-8")
    assert f"{RECORDED_SEEDS.start}" not in text
    assert "预留种子" in text


def test_perfectly_read_honest_persons_are_not_accused_and_their_errors_are_found() -> None:
    from bench.verify_outcomes import all_errors

    persons = [honest(seed) for seed in range(FULL_SEED, FULL_SEED + 6)]
    cleans, outcomes = run_persons(persons, all_errors())
    assert [one.accusations for one in cleans] == [()] * 6
    assert len(outcomes) > 6 * 60
    assert sum(one.found for one in outcomes) >= 0.97 * len(outcomes)
    assert all(math.isfinite(one.seconds) and one.seconds > 0 for one in cleans)


def test_reserved_persons_are_never_named_one_by_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--only-end-to-end", "--end-to-end", "1", "--seed-from", str(RESERVED_SEEDS.start), "--detail"])
    assert end.value.code == 2
    assert "reserved" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--recordings", str(tmp_path / "none.gz")])
    assert end.value.code == 2
    assert "none.gz" in capsys.readouterr().err
