"""Numbers of certificates against what stands beside them, where the form is silent about one of the two."""

from __future__ import annotations

import pytest

from tests.unit.verify.conftest import Papers
from verify.model import Level

# 10689 1 2012 05 001234: ordinary study, 2012, 本科 (domain.md section 3.3).
NUMBER = "106891201205001234"


@pytest.mark.parametrize(
    ("number", "name", "value", "code"),
    [
        (NUMBER, "graduated_on", "2013-07", "paper-number-year"),
        (NUMBER, "level", "专科", "paper-number-level"),
        ("106895201205001234", "study_mode", "full_time", "paper-number-mode"),
    ],
)
@pytest.mark.parametrize("silent", ["certificate_number", "fact"])
def test_a_diploma_that_contradicts_its_number(
    papers: Papers, number: str, name: str, value: str, code: str, silent: str
) -> None:
    papers.print("diploma", "certificate_number", number).print("diploma", name, value)
    papers.type("education.0.certificate_number", number).type(f"education.0.{name}", value)
    papers.type(f"education.0.{name if silent == 'fact' else silent}", None)
    found = papers.codes()[code]
    assert (found.level, found.material, found.field) == (Level.WARN, "diploma", f"education.0.{name}")
    assert papers.verdict().band.value != "likely_pass"


def test_honest_numbers_say_nothing(papers: Papers) -> None:
    papers.type("education.0.certificate_number", None).type("education.0.degree_number", None)
    assert not [code for code in papers.codes() if code.startswith("paper-number")]


def test_where_both_were_typed_the_form_tells_it(papers: Papers) -> None:
    papers.type("education.0.graduated_on", "2013-07-01").print("diploma", "graduated_on", "2013-07")
    codes = papers.codes()
    assert "diploma-number-year" in codes
    assert "paper-number-year" not in codes


@pytest.mark.parametrize("number", ["云财2012字第031号", "12345"])
def test_free_numbers_say_nothing(papers: Papers, number: str) -> None:
    papers.print("diploma", "certificate_number", number).type("education.0.certificate_number", None)
    assert not [code for code in papers.codes() if code.startswith("paper-number")]


# 10689 4 2012 …: 学士, 2012 (domain.md section 3.4); a winter session may be dated a year later.
@pytest.mark.parametrize(
    ("awarded", "told"),
    [("2010-12-31", True), ("2011-12-31", False), ("2012-07-01", False), ("2013-01-10", False), ("2014-01-01", True)],
)
def test_the_year_of_a_degree(papers: Papers, awarded: str, told: bool) -> None:
    papers.print("degree_certificate", "awarded_on", awarded)
    assert ("paper-number-year" in papers.codes()) is told


@pytest.mark.parametrize(("degree", "told"), [("管理学学士", False), ("管理学硕士", True)])
def test_the_level_of_a_degree(papers: Papers, degree: str, told: bool) -> None:
    papers.type("education.0.degree_number", None).type("education.0.degree", degree)
    papers.print("degree_certificate", "degree", degree)
    assert ("paper-number-level" in papers.codes()) is told
