from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ocr.model import Coverage, Field, Kind, Reading
from tests.unit.verify.conftest import TODAY, Papers
from verify.entered import parse_entered
from verify.model import Level
from verify.policy import load_policy
from verify.rules.case import CaseView, Document
from verify.rules.id_card import check_card_number, check_issuer, check_validity


def card(papers: Papers, valid_from: str, valid_until: str, confidence: float = 0.99) -> Papers:
    """The same term on the card and in the form."""
    papers.print("id_card_back", "valid_from", valid_from).print("id_card_back", "valid_until", valid_until, confidence)
    return papers.type("person.id_valid_from", valid_from).type("person.id_valid_until", valid_until)


@pytest.mark.parametrize(
    ("today", "expired"), [(date(2030, 2, 14), False), (date(2030, 2, 15), False), (date(2030, 2, 16), True)]
)
def test_valid_to_the_last_day(papers: Papers, today: date, expired: bool) -> None:
    card(papers, "2010-02-15", "2030-02-15").today = today
    found = papers.codes()
    assert ("id-card-expired" in found) is expired
    assert not expired or found["id-card-expired"].level is Level.BLOCK


def test_long_term_never_expires(papers: Papers) -> None:
    card(papers, "2010-02-15", "长期").today = date(2090, 1, 1)
    assert "id-card-expired" not in papers.codes()


def test_a_doubtful_end_blocks_only_when_the_term_proves_it(papers: Papers) -> None:
    assert card(papers, "2010-02-15", "2020-02-15", 0.5).codes()["id-card-expired"].level is Level.BLOCK
    assert card(papers, "2010-02-15", "2021-03-01", 0.5).codes()["id-card-expired"].level is Level.WARN


@pytest.mark.parametrize(("valid_from", "told"), [("2026-11-21", False), ("2026-11-22", True)])
def test_a_term_that_has_not_begun(papers: Papers, valid_from: str, told: bool) -> None:
    card(papers, valid_from, valid_from.replace("2026", "2046"))
    assert ("id-card-not-yet-valid" in papers.codes()) is told


# 居民身份证法 art. 5; born 1990-07-15, so 16 on 2006-07-15, 26 on 2016-07-15, 46 on 2036-07-15.
@pytest.mark.parametrize(
    ("valid_from", "valid_until", "odd"),
    [
        ("2006-07-12", "2011-07-12", False),
        ("2006-07-12", "2016-07-12", True),
        ("2006-07-14", "2016-07-14", False),
        ("2006-07-16", "2016-07-16", False),
        ("2006-07-17", "2011-07-17", True),
        ("2016-07-13", "2026-07-13", False),
        ("2016-07-13", "2036-07-13", True),
        ("2016-07-16", "2036-07-16", False),
        ("2016-07-16", "2036-07-17", False),
        ("2016-07-16", "2036-07-18", True),
        ("2016-07-15", "2026-07-15", False),
        ("2016-07-16", "2026-07-16", True),
        ("2020-02-15", "长期", True),
        ("2036-07-16", "长期", False),
        ("2016-08-01", "2031-08-01", True),
        ("2003-12-31", "2008-12-31", True),
        ("2004-02-29", "2009-02-28", False),
    ],
)
def test_term_fits_the_age(papers: Papers, valid_from: str, valid_until: str, odd: bool) -> None:
    papers.today = date(2036, 12, 1)
    card(papers, valid_from, valid_until)
    assert ("id-card-term-odd" in papers.codes()) is odd


def test_a_doubtful_end_with_a_term_of_another_age_is_a_misread(papers: Papers) -> None:
    # Five years are lawful below sixteen only; this one was 29, so 2025 is a misread 2040.
    papers.print("id_card_back", "valid_from", "2020-02-15").print("id_card_back", "valid_until", "2025-02-15", 0.5)
    assert papers.codes()["id-card-expired"].level is Level.WARN


@pytest.mark.parametrize("weakness", [{"repaired": True}, {"coverage": Coverage.COVERED}])
def test_a_covered_or_repaired_end_blocks_only_when_the_term_proves_it(
    papers: Papers, weakness: dict[str, Any]
) -> None:
    papers.print("id_card_back", "valid_from", "2020-02-15")
    papers.print("id_card_back", "valid_until", "2025-02-15", 0.99, **weakness)
    assert papers.codes()["id-card-expired"].level is Level.WARN
    papers.print("id_card_back", "valid_from", "2015-02-15")
    assert papers.codes()["id-card-expired"].level is Level.BLOCK


# 533103 is 芒市; the specimen 11010519491231002X is of 朝阳区 in Beijing.
@pytest.mark.parametrize(
    ("issuer", "number", "told"),
    [
        ("芒市公安局", "533103199007151226", False),
        ("德宏州公安局芒市分局", "533103199007151226", False),
        ("盈江县公安局", "533103199007151226", True),
        ("北京市公安局朝阳分局", "11010519491231002X", False),
        ("北京市公安局海淀分局", "11010519491231002X", True),
    ],
)
def test_the_issuing_county_is_noted_where_the_number_is_of_another(issuer: str, number: str, told: bool) -> None:
    front = Document("id_card_front", Reading(Kind.ID_CARD_FRONT, 1.0, {"id_number": Field(number, 0.99)}))
    back = Document("id_card_back", Reading(Kind.ID_CARD_BACK, 1.0, {"issuing_authority": Field(issuer, 0.99)}))
    entered, _ = parse_entered({})
    found = list(check_issuer(CaseView(entered, {}, (front, back), load_policy("yunnan-2023"), TODAY)))
    assert [(item.code, item.level) for item in found] == [("card-issuer-elsewhere", Level.INFO)] * told


@pytest.mark.parametrize("number", ["533103199007151228", "999999199007151226"])
def test_a_number_that_tells_no_county_is_held_against_no_issuer(papers: Papers, number: str) -> None:
    papers.type("person.id_number", None).print("id_card_front", "id_number", number)
    papers.print("id_card_back", "issuing_authority", "盈江县公安局")
    assert "card-issuer-elsewhere" not in papers.codes()


def test_without_a_birth_date_only_the_length_counts(papers: Papers) -> None:
    papers.type("person.id_number", None).unread("id_card_front", "id_number")
    assert "id-card-term-odd" not in card(papers, "2020-02-15", "长期").codes()
    assert "id-card-term-odd" in card(papers, "2020-02-15", "2035-02-15").codes()


def test_a_number_that_fails_its_check_was_misread(papers: Papers) -> None:
    papers.print("id_card_front", "id_number", "533103199007151228")
    found = papers.codes()["read-number-check"]
    assert (found.level, found.field, found.material) == (Level.WARN, "person.id_number", "id_card_front")


def test_a_card_that_contradicts_itself_was_misread(papers: Papers) -> None:
    papers.print("id_card_front", "birth_date", "1990-07-16").print("id_card_front", "gender", "男", 0.95)
    found = papers.codes()
    assert found["card-birth-against-number"].level is Level.WARN
    assert found["card-gender-against-number"].level is Level.WARN
    assert found["gender-differs"].level is Level.WARN


def a_card(kind: Kind, variant: str, **values: str) -> CaseView:
    """A case that consists of one card alone."""
    reading = Reading(kind, 1.0, {name: Field(value, 0.99) for name, value in values.items()}, variant=variant)
    entered, _ = parse_entered({})
    return CaseView(entered, {}, (Document(kind.value, reading),), load_policy("yunnan-2023"), TODAY)


# The specimen of domain.md 2.2, and a 15-character number weighed by hand (7-3-1, sum 356).
@pytest.mark.parametrize(
    ("number", "codes"),
    [
        ("932682198501010017", []),
        ("932682198501010018", ["read-number-check"]),
        ("USA110085010116", []),
        ("USA110085010117", ["read-number-check"]),
        ("810000199408230021", []),
        ("810000199408230022", ["read-number-check"]),
    ],
)
def test_numbers_of_other_cards_are_held_against_their_own_check(number: str, codes: list[str]) -> None:
    case = a_card(Kind.ID_CARD_FRONT, "", id_number=number)
    assert [found.code for found in check_card_number(case)] == codes


def test_the_serial_of_a_foreigner_tells_no_gender() -> None:
    foreign = a_card(Kind.ID_CARD_FRONT, "foreign_permanent_residence", id_number="932682198501010017", gender="女")
    assert list(check_card_number(foreign)) == []
    hong_kong = a_card(Kind.ID_CARD_FRONT, "hmt_residence_permit", id_number="810000199408230021", gender="男")
    assert [found.code for found in check_card_number(hong_kong)] == ["card-gender-against-number"]


@pytest.mark.parametrize(
    ("variant", "odd"),
    [("", True), ("minority_script", True), ("hmt_residence_permit", False), ("foreign_permanent_residence", False)],
)
def test_other_cards_have_other_terms(variant: str, odd: bool) -> None:
    case = a_card(Kind.ID_CARD_BACK, variant, valid_from="2020-03-01", valid_until="2027-03-01")
    assert ("id-card-term-odd" in [found.code for found in check_validity(case)]) is odd


def test_other_cards_expire_too() -> None:
    case = a_card(Kind.ID_CARD_BACK, "hmt_residence_permit", valid_from="2020-03-01", valid_until="2025-03-01")
    assert [found.code for found in check_validity(case)] == ["id-card-expired"]


# The form and the card's other date say 2020-02-15 to 2040-02-15.
@pytest.mark.parametrize("read_from", ["2020-03-15", "2019-02-15", "2028-02-15"])
def test_a_date_that_breaks_the_lawful_term_was_misread_and_accuses_nobody(papers: Papers, read_from: str) -> None:
    papers.print("id_card_back", "valid_from", read_from)
    assert papers.codes()["id-valid-from-differs"].level is Level.WARN


def test_two_dates_of_a_lawful_term_that_differ_from_the_form_are_a_mismatch(papers: Papers) -> None:
    papers.print("id_card_back", "valid_from", "2020-03-15")
    papers.print("id_card_back", "valid_until", "2040-03-15")
    assert papers.codes()["id-valid-from-differs"].level is Level.MISMATCH


def test_an_expiry_that_breaks_the_lawful_term_only_warns(papers: Papers) -> None:
    papers.print("id_card_back", "valid_until", "2024-02-15")
    assert papers.codes()["id-card-expired"].level is Level.WARN
    papers.print("id_card_back", "valid_from", "2004-02-15")
    assert papers.codes()["id-card-expired"].level is Level.BLOCK
