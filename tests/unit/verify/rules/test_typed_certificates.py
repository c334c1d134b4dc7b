"""Numbers of certificates in the form (domain.md sections 3.3 to 3.5)."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.verify.conftest import ID_NUMBER, Papers
from verify.model import Finding, Level

DIPLOMA, DEGREE = "education.0.certificate_number", "education.0.degree_number"
QUALIFICATION = "qualification.certificate_number"
NUMBER_CODES = (
    "diploma-number-year",
    "diploma-number-level",
    "diploma-number-mode",
    "diploma-number-form",
    "diploma-number-length",
    "certificate-number-future",
    "certificate-number-swapped",
    "degree-number-form",
    "degree-number-level",
    "degree-number-year",
    "degree-number-mode",
    "qualification-number-form",
    "qualification-number-archive",
)


def told(papers: Papers) -> dict[str, Finding]:
    """What was said about the numbers of certificates."""
    return {code: found for code, found in papers.codes().items() if code in NUMBER_CODES}


@pytest.mark.parametrize(
    ("path", "value", "code", "field"),
    [
        ("education.0.graduated_on", "2011-07-01", "diploma-number-year", "education.0.graduated_on"),
        ("education.0.level", "专科", "diploma-number-level", "education.0.level"),
        (DIPLOMA, "106895201205001234", "diploma-number-mode", "education.0.study_mode"),
        (DIPLOMA, "106897201205001234", "diploma-number-mode", "education.0.study_mode"),
        (DIPLOMA, "65530101121012345", "diploma-number-mode", "education.0.study_mode"),
        (DIPLOMA, "1068942012001234", "certificate-number-swapped", DIPLOMA),
        (DEGREE, "106891201205001234", "certificate-number-swapped", DEGREE),
        (DEGREE, "C1068942012001234", "degree-number-mode", "education.0.study_mode"),
        (DEGREE, "1068942012Z01234", "degree-number-mode", "education.0.study_mode"),
        (DEGREE, "1068942011001234", "degree-number-year", DEGREE),
        ("education.0.degree", "管理学硕士", "degree-number-level", "education.0.degree"),
        (QUALIFICATION, "管12345", "qualification-number-form", QUALIFICATION),
        (QUALIFICATION, "12345", "qualification-number-form", QUALIFICATION),
        (QUALIFICATION, ID_NUMBER, "qualification-number-archive", QUALIFICATION),
        (QUALIFICATION, "HKA123456(3)", "qualification-number-archive", QUALIFICATION),
        (QUALIFICATION, "WJ5331032012001", "qualification-number-archive", QUALIFICATION),
    ],
)
def test_one_thing_is_told_where_it_stands(papers: Papers, path: str, value: str, code: str, field: str) -> None:
    found = told(papers.type(path, value))
    assert list(found) == [code]
    assert (found[code].level, found[code].field) == (Level.WARN, field)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (DIPLOMA, "106891201204001234"),
        (DIPLOMA, "教留服认美00001号"),
        (DIPLOMA, "120190000001"),
        (DEGREE, "1068942013001234"),
        (DEGREE, "1068942012S01234"),
        (DEGREE, "L1068942012001234"),
        (DEGREE, "教留服认英00001号"),
        (QUALIFICATION, "123456"),
        (QUALIFICATION, "2015-0530-00001"),
        # 18 digits that pass as the number of another person, by chance.
        (QUALIFICATION, "11010519491231002X"),
    ],
)
def test_numbers_against_which_nothing_speaks(papers: Papers, path: str, value: str) -> None:
    assert told(papers.type(path, value)) == {}


def test_adult_study_in_part_time_is_right(papers: Papers) -> None:
    papers.type(DIPLOMA, "106895201205001234").type(DEGREE, "C1068942012001234")
    assert told(papers.type("education.0.study_mode", "part_time")) == {}


@pytest.mark.parametrize(("year", "is_told"), [("2002", False), ("2003", True)])
def test_seventeen_digits_after_the_change(papers: Papers, year: str, is_told: bool) -> None:
    papers.type(DIPLOMA, f"106891{year}0500123").type("education.0.graduated_on", f"{year}-07-01")
    assert ("diploma-number-length" in told(papers)) is is_told


@pytest.mark.parametrize(("year", "is_told"), [(2025, True), (2026, False)])
def test_year_in_the_future(papers: Papers, year: int, is_told: bool) -> None:
    papers.today = date(year, 12, 31)
    papers.type(DIPLOMA, "106891202605001234").type(DEGREE, "1068942026001234")
    found = [finding for finding in papers.verdict().findings if finding.code == "certificate-number-future"]
    assert {finding.field for finding in found} == ({DIPLOMA, DEGREE} if is_told else set())
    assert all(finding.level is Level.WARN for finding in found)


@pytest.mark.parametrize(("graduated", "is_told"), [("2001-12-01", False), ("2002-07-01", True)])
def test_free_diploma_numbers_are_noted_after_registration_began(papers: Papers, graduated: str, is_told: bool) -> None:
    papers.type("education.0.graduated_on", graduated).type(DIPLOMA, "0200123")
    found = told(papers)
    assert ("diploma-number-form" in found) is is_told
    assert not is_told or found["diploma-number-form"].level is Level.INFO


@pytest.mark.parametrize(
    ("graduated", "is_told"), [("2005-12-31", False), ("2006-07-01", True), ("2012", True), (None, True)]
)
def test_free_degree_numbers_are_noted_after_the_notice(papers: Papers, graduated: str | None, is_told: bool) -> None:
    found = told(papers.type("education.0.graduated_on", graduated).type(DEGREE, "2012-0034"))
    assert ("degree-number-form" in found) is is_told
    assert not is_told or found["degree-number-form"].level is Level.INFO


@pytest.mark.parametrize(("level", "is_told"), [("初级", True), ("中级", True), ("高级", False), ("正高级", False)])
def test_senior_levels_bear_the_number_of_a_document(papers: Papers, level: str, is_told: bool) -> None:
    papers.type("qualification.level", level).type(QUALIFICATION, "云人社发〔2019〕12号")
    assert ("qualification-number-form" in told(papers)) is is_told


@pytest.mark.parametrize("path", [DIPLOMA, DEGREE, QUALIFICATION])
def test_without_a_number_nothing_is_told(papers: Papers, path: str) -> None:
    assert told(papers.type(path, None)) == {}
