from __future__ import annotations

from typing import Any

import pytest

from tests.unit.verify.conftest import BOX, Papers
from verify.model import Level, Match

CERTIFICATE = "certificate_number"
# One difference for every compared field: where it is printed, what the paper says instead, and how bad it is.
WORK, DIPLOMA, DEGREE, QUALIFICATION = "work_certificate", "diploma", "degree_certificate", "qualification_certificate"
Row = tuple[str, str, str, Any, str]
DIFFERENCES: list[Row] = [
    ("person.name", "id_card_front", "name", "李大军", "name-differs"),
    ("person.name", DIPLOMA, "name", "李大军", "name-differs"),
    ("person.gender", "id_card_front", "gender", "男", "gender-differs"),
    ("person.ethnicity", "id_card_front", "ethnicity", "景颇", "ethnicity-differs"),
    ("person.birth_date", "id_card_front", "birth_date", "1985-03-02", "birth-date-differs"),
    ("person.id_number", "id_card_front", "id_number", "533103199007151242", "id-number-differs"),
    ("person.id_number", WORK, "id_number", "533103199007151242", "id-number-differs"),
    ("person.id_number", QUALIFICATION, "id_number", "533103199007151242", "id-number-differs"),
    ("person.id_valid_from", "id_card_back", "valid_from", "2016-02-15", "id-valid-from-differs"),
    ("person.id_valid_until", "id_card_back", "valid_until", "2036-02-15", "id-valid-until-differs"),
    ("work.uscc", WORK, "uscc", "91533103MAH4BXKF13", "uscc-differs"),
    ("work.duties", WORK, "duties", ("出纳",), "duties-differs"),
    ("work.finance_bureau", WORK, "finance_bureau", "盈江县", "finance-bureau-differs"),
    ("work.employer", WORK, "seal_text", "盈江大盈江水电厂", "seal-text-differs"),
    ("education.0.school", DIPLOMA, "school", "昆明理工大学", "school-differs"),
    ("education.0.major", DIPLOMA, "major", "旅游管理", "major-differs"),
    ("education.0.level", DIPLOMA, "level", "专科", "education-level-differs"),
    ("education.0.study_mode", DIPLOMA, "study_mode", "part_time", "study-mode-differs"),
    ("education.0.graduated_on", DIPLOMA, "graduated_on", "2014-12", "graduated-on-differs"),
    ("education.0.certificate_number", DIPLOMA, CERTIFICATE, "106891201205009999", "certificate-number-differs"),
    ("education.0.degree", DEGREE, "degree", "工学学士", "degree-differs"),
    ("education.0.degree_number", DEGREE, CERTIFICATE, "1068942012009999", "degree-number-differs"),
    ("qualification.level", QUALIFICATION, "level", "中级", "qualification-level-differs"),
    ("qualification.approved_on", QUALIFICATION, "approved_on", "2014-03-28", "approved-on-differs"),
    ("qualification.certificate_number", QUALIFICATION, CERTIFICATE, "2015053999999", "qualification-number-differs"),
]  # fmt: skip


def print_otherwise(papers: Papers, slot: str, name: str, value: Any) -> None:
    """Prints another value; of a card's dates the other one is moved too, on paper and in the form.

    A card prints none but lawful terms, and one that does not was misread.
    """
    papers.print(slot, name, value)
    other = {"valid_from": ("valid_until", "2036-02-15"), "valid_until": ("valid_from", "2016-02-15")}.get(name)
    if other is not None:
        papers.print(slot, *other).type(f"person.id_{other[0]}", other[1])


@pytest.mark.parametrize(("field", "slot", "name", "value", "code"), DIFFERENCES)
def test_each_difference_accuses_at_its_place(
    papers: Papers, field: str, slot: str, name: str, value: Any, code: str
) -> None:
    print_otherwise(papers, slot, name, value)
    found = papers.codes()[code]
    assert (found.level, found.field, found.material) == (Level.MISMATCH, field, slot)
    assert (found.match, found.box, found.confidence) == (Match.DIFFERENT, BOX, 0.99)
    assert found.entered
    assert found.read
    assert papers.verdict().band.value != "likely_pass"


@pytest.mark.parametrize(("field", "slot", "name", "value", "code"), DIFFERENCES)
def test_no_other_field_is_accused(papers: Papers, field: str, slot: str, name: str, value: Any, code: str) -> None:
    print_otherwise(papers, slot, name, value)
    accused = {item.field for item in papers.verdict().findings if item.level is Level.MISMATCH}
    assert accused == {field}


@pytest.mark.parametrize(("field", "slot", "name", "value", "code"), DIFFERENCES)
def test_a_doubtful_reading_only_warns(papers: Papers, field: str, slot: str, name: str, value: Any, code: str) -> None:
    papers.print(slot, name, value, 0.5)
    assert papers.codes()[code].level is Level.WARN
    # Somebody must look before it may pass.
    assert papers.verdict().band.value != "likely_pass"


@pytest.mark.parametrize(("field", "slot", "name", "value", "code"), DIFFERENCES)
def test_what_was_not_typed_is_not_compared(
    papers: Papers, field: str, slot: str, name: str, value: Any, code: str
) -> None:
    papers.print(slot, name, value).type(field, None)
    assert code not in papers.codes()


@pytest.mark.parametrize(
    ("slot", "name"),
    [(slot, name) for _, slot, name, _, _ in DIFFERENCES if name not in ("seal_text", "study_mode")],
)
def test_an_unread_field_is_a_warning_and_never_a_mismatch(papers: Papers, slot: str, name: str) -> None:
    papers.print(slot, name, None, 0.2)
    found = papers.codes()["field-unread"]
    assert (found.level, found.material, found.read) == (Level.WARN, slot, None)


def test_an_unread_field_matters_only_where_no_other_paper_confirms_it(papers: Papers) -> None:
    papers.print("diploma", "name", None, 0.2)
    assert papers.verdict().band.value == "likely_pass"
    papers.print("diploma", "major", "", 0.2).print("degree_certificate", "major", None, 0.2)
    assert papers.verdict().band.value == "needs_review"


def test_a_field_that_not_every_paper_prints_may_be_absent(papers: Papers) -> None:
    papers.unread("diploma", "gender", "birth_date", "study_mode").unread("qualification_certificate", "id_number")
    assert papers.codes() == {}


def test_a_page_without_most_fields_is_unreadable(papers: Papers) -> None:
    papers.unread("diploma", "name", "school", "major", "level", "certificate_number")
    found = papers.codes()
    assert found["document-unreadable"].level is Level.BLOCK
    assert "field-unread" not in found


def test_addresses_never_accuse(papers: Papers) -> None:
    papers.print("id_card_front", "address", "昆明市五华区翠湖南路3号")
    found = papers.codes()["address-differs"]
    assert (found.level, found.match) == (Level.WARN, Match.DIFFERENT)


@pytest.mark.parametrize(
    ("slot", "name", "value"),
    [
        ("id_card_front", "name", "岩溫香"),
        ("id_card_front", "name", "岩温番"),
        ("diploma", "name", "岩香"),
        ("diploma", "certificate_number", "10689120120500123"),
        ("diploma", "graduated_on", "2012-01"),
        ("work_certificate", "id_number", "533103199007151228"),
        ("work_certificate", "uscc", "91533103MAURQ2838N"),
        ("work_certificate", "seal_text", "芒市金邑商贸有限公司"),
        ("degree_certificate", "degree", "已通过学士"),
        ("degree_certificate", "major", "工商管理"),
    ],
)
def test_slips_of_the_recogniser_only_warn(papers: Papers, slot: str, name: str, value: str) -> None:
    papers.print(slot, name, value)
    levels = {item.level for item in papers.verdict().findings}
    assert levels == {Level.WARN}


def test_a_number_of_fifteen_digits_is_the_same_number(papers: Papers) -> None:
    papers.print("qualification_certificate", "id_number", "533103900715122")
    assert papers.codes() == {}


def test_a_repaired_number_only_warns(papers: Papers) -> None:
    papers.print("work_certificate", "id_number", "533103199007151242", repaired=True)
    assert papers.codes()["id-number-differs"].level is Level.WARN


def test_one_typed_slip_is_seen_on_every_paper_and_told_once(papers: Papers) -> None:
    papers.type("person.name", "岩温军")
    verdict = papers.verdict()
    names = [item for item in verdict.findings if item.field == "person.name"]
    assert {item.material for item in names} == {
        "id_card_front",
        "work_certificate",
        "diploma",
        "degree_certificate",
        "qualification_certificate",
    }
    assert sorted(item.level for item in names) == [Level.INFO] * 4 + [Level.MISMATCH]
    assert verdict.score == 75


def test_a_reading_that_other_papers_contradict_must_be_very_sure(papers: Papers) -> None:
    papers.print("diploma", "name", "岩温军", 0.98)
    assert papers.codes()["name-differs"].level is Level.WARN
    papers.print("diploma", "name", "岩温军", 0.99)
    assert papers.codes()["name-differs"].level is Level.MISMATCH


def test_diplomas_find_their_entries_whatever_their_order(papers: Papers) -> None:
    papers.entered["education"].insert(
        0,
        {
            "study_mode": "part_time",
            "level": "专科",
            "school": "德宏师范学院",
            "major": "会计",
            "graduated_on": "2009-07-01",
            "certificate_number": "116475200906000321",
        },
    )
    papers.read["diploma-2"] = {
        "name": "岩温香",
        "school": "德宏师范学院",
        "major": "会计",
        "level": "专科",
        "graduated_on": "2009-07",
        "certificate_number": "116475200906000321",
    }
    from ocr.model import Kind

    papers.kinds["diploma-2"] = Kind.DIPLOMA
    assert papers.codes() == {}
    papers.print("diploma-2", "major", "旅游管理")
    assert papers.codes()["major-differs"].field == "education.0.major"


def test_a_paper_that_was_hardly_read_accuses_nobody(papers: Papers) -> None:
    for name in ("name", "school", "level", "graduated_on", "certificate_number"):
        papers.unread("diploma", name)
    papers.print("diploma", "major", "土木工程")
    found = papers.codes()
    assert found["document-unreadable"].level is Level.BLOCK
    assert found["major-differs"].level is Level.WARN
