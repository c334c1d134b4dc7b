"""Figures as they are printed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.report import Floor, Part, Table, median, percent, percentile_90, render, save


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(0, 0, "-"), (0, 3, "0.0 %"), (1, 3, "33.3 %"), (9_999, 10_000, "99.9 %"), (5, 5, "100 %")],
)
def test_percent_shows_100_only_for_all(part: int, whole: int, shown: str) -> None:
    assert percent(part, whole) == shown


def test_middle_and_high_values() -> None:
    assert (median([]), percentile_90([])) == (0.0, 0.0)
    assert (median([3.0, 1.0, 2.0]), percentile_90([7.0])) == (2.0, 7.0)
    assert percentile_90([float(value) for value in range(1, 11)]) == 9.0


def test_floors_are_judged_in_the_table_and_in_the_file(tmp_path: Path) -> None:
    table = Table("A title", ("name", "count"), (("first", "1"),))
    floors = (Floor("good", "1", "1", True), Floor("bad", "0", "1", False))
    parts = [Part("part", (table,), floors, {"count": 1})]
    printed = render(parts).splitlines()
    assert [line.split()[-1] for line in printed if line.startswith(("good", "bad"))] == ["PASS", "MISS"]
    save(parts, tmp_path / "out" / "results.json", seeds=range(5, 9))
    written = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert written["seeds"] == [5, 8]
    assert written["floors"]["bad"]["met"] is False
    assert written["part"] == {"count": 1}
