"""The table for people: every judged measure is there, its verdict is the check's, and its limit is the rule's."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from api.photo_table import photo_rows, photo_table
from imaging.model import Defect
from imaging.photo import limits
from imaging.photo.standards import GA461, ONE_INCH
from tests.unit.imaging.photo.test_check import GOOD
from verify.wording import known_codes

MEASURED = {**GOOD, "width_px": 295.0, "height_px": 413.0, "border": 0.0, "file_bytes": 18_000.0}
# Said without a number, or only by the maker.
WITHOUT_ROW = {"photo-wrong-format", "photo-hat", "photo-will-be-made", "photo-too-tight", "photo-cut-out-uncertain",
               "photo-face-width"}  # fmt: skip


def _shown(*defects: Defect, standard=ONE_INCH, measured=MEASURED) -> str:
    out = io.StringIO()
    Console(file=out, width=140).print(photo_table(measured, defects, standard))
    return out.getvalue()


def test_every_photo_code_has_its_line():
    codes = {code for code in known_codes() if code.startswith("photo-")}
    assert codes - WITHOUT_ROW == {code for row in photo_rows(MEASURED, ONE_INCH) for code in row.codes}


def test_a_good_photo_has_only_ticks():
    shown = _shown()
    assert "✗" not in shown
    assert "!" not in shown
    assert shown.count("✓") == len(photo_rows(MEASURED, ONE_INCH))


@pytest.mark.parametrize(("severe", "mark"), [(True, "✗ 不合格"), (False, "! 请留意")])
def test_the_verdict_stands_in_the_line_of_the_defect(severe: bool, mark: str):
    shown = _shown(Defect("photo-blurred", 60, 65, severe=severe))
    assert [line.split("│")[1].strip() for line in shown.splitlines() if mark in line] == ["清晰度（满分 100）"]


def test_limits_are_those_of_the_check():
    rows = {row.codes[0]: row.asked for row in photo_rows(MEASURED, ONE_INCH)}
    assert rows["photo-roll"] == f"最多 {limits.ROLL_WARN_DEG:.0f} 度，超过 {limits.ROLL_FAIL_DEG:.0f} 度不可用"
    assert rows["photo-head-size"] == "55% 至 70%"
    assert rows["photo-wrong-size"] == "295×413 像素"
    assert "358×441" in {row.codes[0]: row.asked for row in photo_rows(MEASURED, GA461)}["photo-wrong-size"]


def test_what_could_not_be_measured_is_left_out():
    assert "唇部" not in _shown(measured={k: v for k, v in MEASURED.items() if k != "mouth_contrast"})
    faceless = _shown(measured={"width_px": 10.0, "height_px": 20.0, "faces": 0.0, "border": 0.0})
    assert "10×20 像素" in faceless
    assert "清晰度" not in faceless
    assert "0 张" in faceless
