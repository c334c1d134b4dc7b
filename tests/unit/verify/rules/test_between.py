"""Papers among themselves, where the form is silent."""

from __future__ import annotations

import pytest

from ocr.model import Kind
from tests.unit.verify.conftest import USCC, Papers
from verify.model import Level

ANOTHER_NUMBER = "533103199007151242"


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("person.name", "name", "李大军"),
        ("person.id_number", "id_number", ANOTHER_NUMBER),
        ("person.gender", "gender", "男"),
        ("person.birth_date", "birth_date", "1985-03"),
    ],
)
def test_every_paper_is_held_against_the_card(papers: Papers, path: str, name: str, value: str) -> None:
    papers.type(path, None).print("qualification_certificate", name, value)
    found = papers.codes()["documents-disagree"]
    assert (found.material, found.field, found.level) == ("qualification_certificate", path, Level.MISMATCH)
    assert "身份证人像面" in found.message


def test_without_a_card_the_next_paper_speaks(papers: Papers) -> None:
    papers.without.add("id_card_front")
    papers.type("person.name", None).print("diploma", "name", "李大军")
    found = papers.codes()["documents-disagree"]
    assert (found.material, found.field, found.level) == ("diploma", "person.name", Level.MISMATCH)
    assert "会计专业技术资格证书上的“岩温香”" in found.message


def test_honest_papers_agree_without_a_form(papers: Papers) -> None:
    for path in ("person.name", "person.id_number", "person.gender", "person.birth_date", "work.uscc", "work.employer"):
        papers.type(path, None)
    papers.read["unit_certificate"] = {"unit_name": "芒市金色商贸有限公司", "uscc": USCC, "unit_type": "有限责任公司"}
    codes = set(papers.codes())
    assert codes == {"entered-field-missing"}


def test_gender_of_a_diploma_against_the_number_when_the_card_is_missing(papers: Papers) -> None:
    papers.without.add("id_card_front")
    papers.type("person.gender", None).print("diploma", "gender", "男").unread("degree_certificate", "gender")
    papers.unread("qualification_certificate", "gender")
    found = papers.codes()["documents-disagree"]
    assert (found.material, found.field, found.level) == ("diploma", "person.gender", Level.WARN)


def test_two_codes_of_the_unit_disagree(papers: Papers) -> None:
    papers.read["unit_certificate"] = {"unit_name": "芒市金色商贸有限公司", "uscc": "91533103MAH4BXKF13"}
    papers.type("work.uscc", None)
    found = papers.codes()["documents-disagree"]
    assert (found.material, found.field, found.level) == ("work_certificate", "work.uscc", Level.MISMATCH)


@pytest.mark.parametrize(
    ("seal", "level"),
    [
        ("盈江大盈江水电厂", Level.MISMATCH),
        ("芒市金邑商贸有限公司", Level.WARN),
        ("芒市金色商贸有限公司", None),
    ],
)
def test_the_seal_is_that_of_the_unit_certificate(papers: Papers, seal: str, level: Level | None) -> None:
    papers.read["unit_certificate"] = {"unit_name": "芒市金色商贸有限公司", "uscc": USCC}
    papers.type("work.employer", None).print("work_certificate", "seal_text", seal)
    found = papers.codes().get("documents-disagree")
    assert (found.level if found else None) is level
    assert found is None or (found.field, found.material) == ("work.employer", "work_certificate")


@pytest.mark.parametrize("slot", ["unit_certificate", "work_certificate"])
def test_a_doubtful_reading_of_either_only_warns(papers: Papers, slot: str) -> None:
    papers.read["unit_certificate"] = {"uscc": USCC}
    papers.print("unit_certificate", "unit_name", "芒市金色商贸有限公司", 0.5 if slot == "unit_certificate" else 0.99)
    papers.print("work_certificate", "seal_text", "盈江大盈江水电厂", 0.5 if slot == "work_certificate" else 0.99)
    papers.type("work.employer", None)
    assert papers.codes()["documents-disagree"].level is Level.WARN


def test_a_typed_employer_is_compared_once(papers: Papers) -> None:
    papers.read["unit_certificate"] = {"unit_name": "芒市金色商贸有限公司", "uscc": USCC}
    papers.print("work_certificate", "seal_text", "盈江大盈江水电厂")
    assert "documents-disagree" not in papers.codes()
    assert papers.codes()["seal-text-differs"].level is Level.MISMATCH


def test_a_page_that_names_somebody_else_by_its_nature_accuses_nobody(papers: Papers) -> None:
    # The first page of a household register names the head of the household.
    papers.read["household_register"] = {"name": "岩大军", "address": "芒市"}
    papers.kinds["household_register"] = Kind.HOUSEHOLD_REGISTER
    papers.variants["household_register"] = "home_page"
    assert set(papers.codes()) == {"own-page-missing"}
    assert set(papers.type("person.name", None).codes()) == {"own-page-missing", "entered-field-missing"}
