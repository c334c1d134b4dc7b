"""Recordings come back as they were, also after a cut; the deal covers every circumstance at every level."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.cases import RESERVED_SEEDS as RESERVED_CASES
from bench.read_outcomes import RESERVED_SEEDS as RESERVED_SHEETS
from bench.verify_persons import (
    CIRCUMSTANCES,
    END_TO_END_SEEDS,
    RECORDED_SEEDS,
    RESERVED_SEEDS,
    circumstance_of,
    is_reserved,
    level_of,
)
from bench.verify_record import main
from bench.verify_store import FOLDER, append_row, differing, load, read_rows, recorded_json, recorded_of
from fixtures.ageing import LEVELS
from imaging.geometry import Quad
from imaging.model import Defect
from ocr.model import Coverage, Line
from tests.unit.bench.verify_people import BOX, honest


def test_a_person_comes_back_as_recorded() -> None:
    person = honest()
    assert recorded_of(recorded_json(person)) == person


def test_all_of_a_reading_is_kept_but_its_lines() -> None:
    person = honest()
    material = person.materials["work_certificate"]
    (reading,) = material.readings
    name = replace(reading.fields["name"], repaired=True, coverage=Coverage.COVERED, box=None)
    full = replace(
        reading,
        fields={**reading.fields, "name": name},
        defects=(Defect("page-glare", 0.25, 0.1, severe=True, box=BOX, detail="x"),),
        lines=(Line("工作证明", 0.9, BOX),),
        picture=1,
        variant="other",
        seals=(replace(reading.seals[0], over_text=0.5),),
    )
    changed = replace(person, materials={"work_certificate": replace(material, readings=(full,))})
    (back,) = recorded_of(recorded_json(changed)).materials["work_certificate"].readings
    assert back == replace(full, lines=())


def test_places_are_rounded_to_a_ten_thousandth() -> None:
    person = honest()
    material = person.materials["diploma"]
    (reading,) = material.readings
    placed = replace(reading.fields["name"], box=Quad.from_rect(0.123456, 0.2, 0.4, 0.25), confidence=0.9699999)
    changed = replace(reading, fields={"name": placed})
    row = recorded_json(replace(person, materials={"diploma": replace(material, readings=(changed,))}))
    (back,) = recorded_of(row).materials["diploma"].readings
    assert back.fields["name"].box == Quad.from_rect(0.1235, 0.2, 0.4, 0.25)
    assert back.fields["name"].confidence == 0.97


def test_a_file_that_was_cut_short_gives_its_whole_rows(tmp_path: Path) -> None:
    path = tmp_path / "verify.jsonl.gz"
    append_row(path, {"manifest": {"code": {}}})
    append_row(path, {"seed": 1})
    whole = path.stat().st_size
    append_row(path, {"seed": 2})
    for cut in range(whole + 1, path.stat().st_size):
        short = tmp_path / "short.gz"
        short.write_bytes(path.read_bytes()[:cut])
        rows, kept_bytes = read_rows(short)
        assert [row.get("seed") for row in rows] == [None, 1]
        assert kept_bytes == whole


def test_persons_of_several_files_stand_in_the_order_of_their_seeds(tmp_path: Path) -> None:
    first, second = tmp_path / "a.gz", tmp_path / "b.gz"
    append_row(first, {"manifest": {"code": {"ocr": "1"}}})
    append_row(first, recorded_json(honest(9)))
    append_row(second, recorded_json(honest(4)))
    append_row(second, recorded_json(honest(9)))
    persons, manifests = load([first, second])
    assert [person.seed for person in persons] == [4, 9]
    assert manifests == [{"code": {"ocr": "1"}}]


def test_what_changed_since_is_named() -> None:
    recorded = {"code": {"ocr": "1", "imaging": "1"}, "libraries": {"numpy": "2"}}
    now = {"code": {"ocr": "2", "imaging": "1"}, "libraries": {"numpy": "2", "pillow": "12"}}
    assert differing(recorded, now) == ["code ocr", "libraries pillow"]
    assert differing(now, now) == []


def test_every_circumstance_comes_at_every_level() -> None:
    pairs = {
        (circumstance_of(seed), level_of(seed)) for seed in range(RECORDED_SEEDS.start, RECORDED_SEEDS.start + 100)
    }
    assert pairs == {(circumstance, level) for circumstance in CIRCUMSTANCES for level in LEVELS}


def test_the_reserved_ranges_are_apart() -> None:
    assert set(RECORDED_SEEDS).isdisjoint(END_TO_END_SEEDS)
    assert {*RECORDED_SEEDS, *END_TO_END_SEEDS} <= set(RESERVED_SEEDS)
    assert set(RESERVED_SEEDS).isdisjoint(RESERVED_SHEETS)
    assert set(RESERVED_SEEDS).isdisjoint(RESERVED_CASES)
    assert len(RECORDED_SEEDS) >= 300
    assert len(END_TO_END_SEEDS) >= 60


@pytest.mark.parametrize(
    ("first", "last", "reserved"),
    [
        (RESERVED_SEEDS.start - 5, RESERVED_SEEDS.start - 1, False),
        (RESERVED_SEEDS.start - 5, RESERVED_SEEDS.start, True),
        (RESERVED_SEEDS.stop - 1, RESERVED_SEEDS.stop + 5, True),
        (RESERVED_SEEDS.stop, RESERVED_SEEDS.stop + 5, False),
        (RESERVED_SEEDS.start + 5, RESERVED_SEEDS.start + 4, False),
    ],
)
def test_a_range_that_holds_a_reserved_seed_says_so(first: int, last: int, reserved: bool) -> None:
    assert is_reserved(range(first, last + 1)) is reserved


@pytest.mark.parametrize("arguments", [["--persons", "0", "--seed-from", "1"], ["--persons", "1", "--seed-from", "-1"]])
def test_no_person_is_wrong_usage(arguments: list[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as end:
        main([*arguments, "--out", str(tmp_path / "x.gz")])
    assert end.value.code == 2


def test_the_committed_recordings_are_of_the_reserved_seeds_and_small() -> None:
    paths = sorted(FOLDER.glob("verify-*.jsonl.gz"))
    persons, manifests = load(paths)
    assert persons
    assert manifests
    assert {person.seed for person in persons} <= set(RECORDED_SEEDS)
    assert all(
        (person.level, person.circumstance) == (level_of(person.seed), circumstance_of(person.seed))
        for person in persons
    )
    assert all(reading.lines == () for person in persons for m in person.materials.values() for reading in m.readings)
    # Three megabytes for all of them is what a repository bears.
    assert sum(path.stat().st_size for path in paths) < 3_000_000
