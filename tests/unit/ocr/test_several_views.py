"""Dates and numbers that cannot be right as first read are settled by most of several views, never by another field."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.ellipse import Ellipse
from imaging.geometry import Quad
from imaging.model import Pixels
from imaging.seal import SealSpot
from ocr.check_digits import is_uscc, uscc_check_character
from ocr.engine import Recognised
from ocr.model import Coverage, Field, Line
from ocr.several_views import settle
from tests.unit.ocr.doubles import PlainEngine

PAGE = np.full((400, 600, 3), 240, np.uint8)
BOX = Quad.from_rect(0.4, 0.8, 0.7, 0.84)
CODE = "9153010" + "2MA6K5L4W2"
GOOD_CODE = CODE + uscc_check_character(CODE)


def seal(box: Quad = BOX, colour: str = "red") -> SealSpot:
    return SealSpot(box, Ellipse(300.0, 320.0, 60.0, 60.0, 0.0), 1.0, 0.3, 120.0, colour)


def seen(text: str, score: float = 0.99) -> Recognised:
    return Recognised(text, score, (), (score,) * len(text))


class Views(PlainEngine):
    """Answers a place's six views in order."""

    def __init__(self, *texts: str | Recognised) -> None:
        super().__init__()
        self.answers = [text if isinstance(text, Recognised) else seen(text) for text in texts]
        self.asked = 0

    def recognise(self, crops: Sequence[Pixels]) -> list[Recognised]:
        assert len(crops) == 6 and all(crop.ndim == 3 and min(crop.shape[:2]) >= 1 for crop in crops)
        self.asked += 1
        return [self.answers[min(at, len(self.answers) - 1)] for at in range(6)]


def date(value: str, confidence: float = 0.97, *, coverage: Coverage = Coverage.COMPLETE) -> dict[str, Field]:
    return {"issued_on": Field(value, confidence, BOX, value, coverage=coverage)}


def test_a_date_under_a_seal_is_what_most_views_show_and_keeps_what_was_read() -> None:
    views = Views("2026年10月13日", "2026年10月13日", "2026年10月13日", "2028年10月18日", "2026年10月13日", "")
    found = settle(date("2028-10-18"), PAGE, views, lines=(), seals=(seal(),))["issued_on"]
    assert (found.value, found.raw, found.repaired) == ("2026-10-13", "2028-10-18", True)
    assert found.confidence <= 0.85


def test_views_that_agree_leave_a_date_as_sure_as_it_was() -> None:
    found = settle(date("2026-10-13"), PAGE, Views("2026年10月13日"), lines=(), seals=(seal(),))["issued_on"]
    assert (found.value, found.repaired, found.confidence) == ("2026-10-13", False, pytest.approx(0.97))


def test_views_that_disagree_make_a_date_doubtful() -> None:
    views = Views("2026年10月13日", "2028年10月18日", "2026年10月13日")
    found = settle(date("2026-10-13"), PAGE, views, lines=(), seals=(seal(),))["issued_on"]
    assert found.value == "2026-10-13" and 0.6 < found.confidence < 0.9


def test_one_view_against_the_first_reading_changes_nothing_and_is_doubt() -> None:
    views = Views(seen("2026年10月13日", 0.99), "2026年10月")
    found = settle(date("2026-10-18", 0.5), PAGE, Views("2026年10月13日", "", "", "", "", ""), lines=(), seals=())
    assert found["issued_on"].value == "2026-10-18" and found["issued_on"].confidence < 0.9
    whole_only = settle(date("2026-10", 0.5, coverage=Coverage.COVERED), PAGE, views, lines=(), seals=())
    assert whole_only["issued_on"].value == "2026-10-13"


@pytest.mark.parametrize("colour", ["black", "none"])
def test_a_sure_date_without_a_coloured_seal_asks_nothing(colour: str) -> None:
    engine = Views("2026年10月13日")
    seals = () if colour == "none" else (seal(colour=colour),)
    fields = date("2028-10-18")
    assert settle(fields, PAGE, engine, lines=(), seals=seals) == fields
    assert engine.asked == 0


def test_a_month_that_is_all_the_paper_prints_stays_a_month() -> None:
    found = settle(date("2018-07", 0.8), PAGE, Views("2018年7月"), lines=(), seals=())["issued_on"]
    assert (found.value, found.coverage) == ("2018-07", Coverage.COMPLETE)


def test_half_of_a_date_is_looked_for_in_the_whole_line() -> None:
    half = date("2026-09", 0.5, coverage=Coverage.COVERED)
    line = Line("2026-09#23", 0.9, Quad.from_rect(0.3, 0.79, 0.9, 0.85))
    found = settle(half, PAGE, Views("2026-09=23", "2026-0923"), lines=(line,), seals=())["issued_on"]
    assert (found.value, found.coverage, found.repaired) == ("2026-09-23", Coverage.COMPLETE, False)
    assert found.confidence < 0.9


def test_a_year_seen_whole_outweighs_views_that_lost_its_characters() -> None:
    first = {"issued_on": Field("2006-08-25", 0.85, BOX, "二六年八月二十五日", True)}
    views = Views("二六年八月二十五日", "二六年八月二十五日", "二〇二六年八月二十五日", "二六年八月二十五日")
    assert settle(first, PAGE, views, lines=(), seals=(seal(),))["issued_on"].value == "2026-08-25"


def test_a_date_of_no_score_at_all_that_no_view_shows_stays_as_it_is() -> None:
    fields = date("2026-10-13", 0.0)
    assert settle(fields, PAGE, Views(""), lines=(), seals=()) == fields


def test_a_view_with_two_dates_says_nothing() -> None:
    fields = date("2026-10-13", 0.5)
    assert settle(fields, PAGE, Views("2026.10.13-2027.10.13"), lines=(), seals=()) != {}
    assert settle(fields, PAGE, Views("2026.10.13-2027.10.13"), lines=(), seals=())["issued_on"].value == "2026-10-13"


def test_a_code_that_fails_its_check_is_what_a_view_proves() -> None:
    bad = GOOD_CODE.replace("2MA", "8MA")
    assert not is_uscc(bad)
    fields = {"uscc": Field(bad, 0.6, BOX, bad)}
    found = settle(fields, PAGE, Views("为" + bad, "为" + GOOD_CODE + "所属"), lines=(), seals=())["uscc"]
    assert (found.value, found.raw, found.repaired, found.confidence) == (GOOD_CODE, bad, True, 0.85)


def test_a_code_that_no_view_proves_stays_as_it_was() -> None:
    bad = GOOD_CODE[:-1]
    fields = {"uscc": Field(bad, 0.6, BOX, bad)}
    assert settle(fields, PAGE, Views(bad, GOOD_CODE + "1"), lines=(), seals=()) == fields


def test_numbers_that_pass_or_carry_no_check_ask_nothing() -> None:
    engine = Views(GOOD_CODE)
    fields = {"uscc": Field(GOOD_CODE, 0.5, BOX, GOOD_CODE), "id_number": Field("530102800101123", 0.7, BOX, "")}
    assert settle(fields, PAGE, engine, lines=(), seals=()) == fields
    assert engine.asked == 0


def test_a_closing_date_that_was_not_made_out_is_found_at_the_foot() -> None:
    lines = (
        Line("参加工作2001年7月", 0.99, Quad.from_rect(0.1, 0.2, 0.5, 0.24)),
        Line("2026年90月13日", 0.97, BOX),
    )
    engine = Views("2026年90月13日", "2026年9月13日", "2026年9月13日", "2026年9月13日")
    found = settle({}, PAGE, engine, lines=lines, seals=(seal(),), closing_date="issued_on")
    assert found["issued_on"].value == "2026-09-13" and found["issued_on"].confidence <= 0.89
    assert "issued_on" not in settle({}, PAGE, engine, lines=lines, seals=(seal(),))


def test_what_one_view_alone_shows_of_a_closing_date_is_very_doubtful() -> None:
    lines = (Line("2026年90月13日", 0.97, BOX),)
    engine = Views("2026年90月13日", "2026年9月13日", "2026年90月13日")
    found = settle({}, PAGE, engine, lines=lines, seals=(), closing_date="issued_on")["issued_on"]
    assert (found.value, found.confidence) == ("2026-09-13", 0.6)
    assert settle({}, PAGE, Views("2026年90月"), lines=lines, seals=(), closing_date="issued_on") == {}


def test_a_closing_date_whose_marks_lie_under_the_seal_is_read_from_its_digits_alone() -> None:
    lines = (Line("2026#0822", 0.9, BOX), Line("91530302MAREK8J51B2026年", 0.9, Quad.from_rect(0.1, 0.9, 0.9, 0.94)))
    engine = Views("2026082", "20260822", "20260822")
    found = settle({}, PAGE, engine, lines=lines, seals=(), closing_date="issued_on")
    assert found["issued_on"].value == "2026-08-22"
    assert engine.asked == 1


def test_a_line_that_holds_another_value_is_no_closing_date() -> None:
    number = Field("532501200108041234", 0.99, BOX, "532501200108041234")
    lines = (Line("532501200108041234", 0.99, BOX),)
    engine = Views("2026年9月13日")
    found = settle({"id_number": number}, PAGE, engine, lines=lines, seals=(), closing_date="issued_on")
    assert "issued_on" not in found


@given(st.lists(st.text("2026年10月13日-.二〇 ", max_size=14), min_size=1, max_size=6), st.floats(0.01, 1.0))
def test_confidence_is_a_share_and_a_value_has_the_form_of_a_date(texts: list[str], confidence: float) -> None:
    fields = date("2026-10-13", confidence)
    found = settle(fields, PAGE, Views(*texts), lines=(), seals=(seal(),))["issued_on"]
    assert 0.0 <= found.confidence <= 1.0
    assert isinstance(found.value, str) and found.value[:2] == "20"
