from __future__ import annotations

from datetime import date

import pytest

from tests.unit.verify.conftest import Papers
from verify.model import Level


@pytest.mark.parametrize(
    ("path", "level"),
    [
        ("person.name", Level.BLOCK),
        ("person.id_number", Level.BLOCK),
        ("person.gender", Level.WARN),
        ("person.birth_date", Level.WARN),
        ("person.phone", Level.INFO),
        ("work.on_duty", Level.WARN),
        ("work.employer", Level.WARN),
        ("work.uscc", Level.WARN),
        ("work.duties", Level.WARN),
        ("work.finance_bureau", Level.WARN),
        ("education.0.school", Level.WARN),
        ("education.0.certificate_number", Level.WARN),
        ("qualification.level", Level.WARN),
        ("qualification.approved_on", Level.WARN),
    ],
)
def test_each_mandatory_field(papers: Papers, path: str, level: Level) -> None:
    papers.type(path, None)
    found = papers.codes()["entered-field-missing"]
    assert (found.field, found.level) == (path, level)


@pytest.mark.parametrize("path", ["person.address", "person.ethnicity", "work.region", "education.0.degree"])
def test_other_fields_may_stay_empty(papers: Papers, path: str) -> None:
    papers.type(path, None)
    assert "entered-field-missing" not in papers.codes()


def test_off_duty_owes_no_work_fields(papers: Papers) -> None:
    papers.entered["work"] = {"on_duty": False}
    assert "entered-field-missing" not in papers.codes()


def test_without_qualification_none_of_its_fields_is_due(papers: Papers) -> None:
    papers.entered["qualification"] = None
    papers.without.add("qualification_certificate")
    assert papers.codes() == {}


# domain.md section 5.4: check digit, birth date, age at least 16, county never a reason to refuse.
@pytest.mark.parametrize(
    ("number", "code", "level"),
    [
        ("533103199007151228", "id-number-check", Level.BLOCK),
        ("53310319900715122", "id-number-malformed", Level.BLOCK),
        ("E12345678", "id-number-malformed", Level.BLOCK),
        ("533103900715122", "id-number-first-generation", Level.BLOCK),
        ("440524188001010014", "id-number-birth", Level.BLOCK),
        ("999999199007151223", "id-number-division-unknown", Level.WARN),
        ("533121199007151229", "id-number-division-abolished", Level.INFO),
    ],
)
def test_typed_numbers(papers: Papers, number: str, code: str, level: Level) -> None:
    papers.type("person.id_number", number)
    found = papers.codes()[code]
    assert (found.level, found.field) == (level, "person.id_number")


def test_other_papers_have_other_numbers(papers: Papers) -> None:
    papers.type("person.id_number", "E12345678").type("person.id_type", "passport")
    assert "id-number-malformed" not in papers.codes()


@pytest.mark.parametrize(
    ("today", "told"), [(date(2006, 7, 14), True), (date(2006, 7, 15), False), (date(2106, 1, 1), True)]
)
def test_age_from_sixteen(papers: Papers, today: date, told: bool) -> None:
    papers.today = today
    assert ("id-number-age" in papers.codes()) is told


def test_gender_against_the_number(papers: Papers) -> None:
    papers.type("person.gender", "男")
    found = papers.codes()["gender-against-number"]
    assert (found.level, found.field, found.entered, found.read) == (Level.MISMATCH, "person.gender", "男", "女")


@pytest.mark.parametrize("typed", ["1990-07-14", "1990-08", "1991"])
def test_birth_date_against_the_number(papers: Papers, typed: str) -> None:
    papers.type("person.birth_date", typed)
    found = papers.codes()["birth-date-against-number"]
    assert (found.level, found.field, found.read) == (Level.MISMATCH, "person.birth_date", "1990-07-15")


@pytest.mark.parametrize("typed", ["1990-07-15", "1990-07", "1990", "1990年7月15日"])
def test_birth_date_that_agrees_as_far_as_it_goes(papers: Papers, typed: str) -> None:
    papers.type("person.birth_date", typed)
    assert "birth-date-against-number" not in papers.codes()


def test_a_number_that_the_card_contradicts_accuses_nobody(papers: Papers) -> None:
    # A real number of another person: the number is the slip, not birth date and gender.
    papers.type("person.id_number", "11010519491231002X")
    found = papers.codes()
    assert found["id-number-differs"].level is Level.MISMATCH
    assert "birth-date-against-number" not in found


def test_placeholders_in_names(papers: Papers) -> None:
    papers.type("person.name", "岩?香")
    assert papers.codes()["name-placeholder"].level is Level.WARN


@pytest.mark.parametrize(
    ("code", "expected", "level"),
    [
        ("91533103MAURQ2838N", "uscc-check", Level.BLOCK),
        ("91533103MAURQ2839", "uscc-check", Level.BLOCK),
        ("530103600012345", "uscc-check", Level.BLOCK),
    ],
)
def test_typed_credit_codes(papers: Papers, code: str, expected: str, level: Level) -> None:
    papers.type("work.uscc", code)
    assert papers.codes()[expected].level is level


def test_letter_first_credit_code_is_good(papers: Papers) -> None:
    # Village collectives hold codes that start with N (domain.md section 0); python-stdnum refuses them.
    papers.type("work.uscc", "N2533103311524493K").print("work_certificate", "uscc", "N2533103311524493K")
    assert papers.codes() == {}


def test_box_twelve_excludes_the_others(papers: Papers) -> None:
    papers.type("work.duties", ["出纳", "不从事会计工作岗位"])
    assert papers.codes()["duties-exclusive"].level is Level.BLOCK


@pytest.mark.parametrize(
    ("path", "value", "code", "field"),
    [
        ("education.0.graduated_on", "2013-07-01", "diploma-number-year", "education.0.graduated_on"),
        ("education.0.level", "专科", "diploma-number-level", "education.0.level"),
        ("education.0.certificate_number", "106895201205001234", "diploma-number-mode", "education.0.study_mode"),
        ("education.0.degree", "管理学硕士", "degree-number-level", "education.0.degree"),
    ],
)
def test_numbers_against_what_stands_beside_them(papers: Papers, path: str, value: str, code: str, field: str) -> None:
    papers.type(path, value)
    found = papers.codes()[code]
    assert (found.level, found.field) == (Level.WARN, field)


@pytest.mark.parametrize(("graduated", "told"), [("2001-12-01", False), ("2002-07-01", True)])
def test_free_numbers_are_noted_only_after_registration_began(papers: Papers, graduated: str, told: bool) -> None:
    papers.type("education.0.graduated_on", graduated).type("education.0.certificate_number", "0200123")
    found = papers.codes()
    assert ("diploma-number-form" in found) is told
    assert not told or found["diploma-number-form"].level is Level.INFO


def test_odd_degree_number_is_noted(papers: Papers) -> None:
    papers.type("education.0.degree_number", "2012-0034")
    assert papers.codes()["degree-number-form"].level is Level.INFO
