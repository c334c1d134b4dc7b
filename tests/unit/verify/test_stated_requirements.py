"""Requirements of the notices that concern verification and have no other home; numbers as in docs/requirements.md."""

from __future__ import annotations

from typing import Any

import pytest

from imaging.model import Defect
from ocr.model import Kind
from tests.unit.verify.conftest import ID_NUMBER, Papers
from verify.filing.occupied import occupied_number
from verify.model import Band, Level
from verify.policy import load_policy
from verify.severity import SURE


def asked_for(papers: Papers) -> dict[str | None, Level]:
    """Fields that are said to be missing, with their levels."""
    return {item.field: item.level for item in papers.verdict().findings if item.code == "entered-field-missing"}


def test_r14_a_missing_phone_number_is_noted(papers: Papers) -> None:
    papers.type("person.phone", None)
    assert asked_for(papers) == {"person.phone": Level.INFO}


@pytest.mark.parametrize(
    ("path", "level"),
    [
        ("person.name", Level.BLOCK),
        ("person.id_number", Level.BLOCK),
        ("person.gender", Level.WARN),
        ("work.employer", Level.WARN),
        ("work.uscc", Level.WARN),
        ("education.0.certificate_number", Level.WARN),
        ("qualification.approved_on", Level.WARN),
    ],
)
@pytest.mark.parametrize("empty", [None, "", "  "])
def test_r19_a_mandatory_field_left_empty_is_named(papers: Papers, path: str, level: Level, empty: str | None) -> None:
    papers.type(path, empty)
    assert asked_for(papers) == {path: level}


def test_r19_a_person_with_a_gap_is_not_waved_through(papers: Papers) -> None:
    assert papers.verdict().band is Band.LIKELY_PASS
    assert papers.type("person.gender", None).verdict().band is Band.NEEDS_REVIEW


def test_r20_who_is_in_no_post_is_not_asked_for_a_unit(papers: Papers) -> None:
    for key in ("employer", "uscc", "duties", "finance_bureau"):
        papers.type(f"work.{key}", None)
    assert asked_for(papers).keys() == {"work.employer", "work.uscc", "work.duties", "work.finance_bureau"}
    assert asked_for(papers.type("work.on_duty", False)) == {}


def test_r20_whether_somebody_is_in_a_post_must_be_said(papers: Papers) -> None:
    assert asked_for(papers.type("work.on_duty", None)) == {"work.on_duty": Level.WARN}


def test_r21_who_has_no_education_leaves_it_empty(papers: Papers) -> None:
    papers.entered["education"] = []
    papers.without |= {"diploma", "degree_certificate"}
    assert papers.verdict().findings == ()


def test_r21_each_education_given_must_be_complete(papers: Papers) -> None:
    second: dict[str, Any] = {"study_mode": "part_time", "level": "本科"}
    papers.entered["education"].append(second)
    assert asked_for(papers).keys() == {
        "education.1.school",
        "education.1.graduated_on",
        "education.1.certificate_number",
    }


def test_r23_an_unclear_picture_is_told_with_the_rule(papers: Papers) -> None:
    papers.defects["diploma"] = (Defect("page-blurred", 0.6, 0.2, severe=True),)
    found = papers.codes()["page-blurred"]
    assert found.level in (Level.WARN, Level.BLOCK)
    assert "第9项“待上传的材料请保证清晰”" in found.message


def test_r23_a_paper_in_the_wrong_place_is_told(papers: Papers) -> None:
    papers.read["diploma"], papers.read["degree_certificate"] = (
        papers.read["degree_certificate"],
        papers.read["diploma"],
    )
    papers.kinds = {"diploma": Kind.DEGREE_CERTIFICATE, "degree_certificate": Kind.DIPLOMA}
    wrong = {item.material for item in papers.verdict().findings if item.code == "wrong-document"}
    assert wrong == {"diploma", "degree_certificate"}


def test_r24_every_finding_belongs_to_an_item_that_can_be_reviewed_by_itself(papers: Papers) -> None:
    papers.type("person.name", "岩温甲").type("work.uscc", "1").type("education.0.school", "云南大学")
    papers.print("work_certificate", "duties", ()).without.add("photo")
    found = papers.verdict().findings
    assert len(found) >= 5
    assert all(item.field is not None or item.material is not None for item in found)


@pytest.mark.parametrize(
    ("signed", "stamped", "codes"),
    [
        (True, True, set()),
        (False, True, {"signature-missing"}),
        (True, False, {"seal-missing"}),
        (False, False, {"signature-missing", "seal-missing"}),
    ],
)
def test_r29_the_information_form_is_signed_and_stamped(
    papers: Papers, signed: bool, stamped: bool, codes: set[str]
) -> None:
    papers.read["information_form"] = {"name": "岩温香", "id_number": ID_NUMBER}
    papers.print("information_form", "signature_present", signed, SURE)
    papers.print("information_form", "seal_present", stamped, SURE)
    found = {item.code: item for item in papers.verdict().findings}
    assert found.keys() & {"signature-missing", "seal-missing"} == codes
    assert all(found[code].level is Level.BLOCK for code in codes)


def test_r42_a_certificate_stamped_by_another_unit_is_for_a_person_to_look_at(papers: Papers) -> None:
    papers.print("work_certificate", "seal_text", "瑞丽市山水茶业有限公司")
    verdict = papers.verdict()
    (seal,) = [item for item in verdict.findings if item.code == "seal-text-differs"]
    assert (seal.field, seal.material) == ("work.employer", "work_certificate")
    assert seal.level in (Level.WARN, Level.MISMATCH)
    assert verdict.band is not Band.LIKELY_PASS


# 200 KB is accepted up to 204 800 bytes, 20 KB up to 20 480 (design.md section 3).
@pytest.mark.parametrize(("slot", "limit_bytes"), [("diploma", 204_800), ("photo", 20_480)])
@pytest.mark.parametrize(("over", "told"), [(-1, False), (0, False), (1, True)])
def test_r52_a_file_that_is_too_big_is_compressed_by_the_service(
    papers: Papers, slot: str, limit_bytes: int, over: int, told: bool
) -> None:
    papers.sizes[slot] = limit_bytes + over
    verdict = papers.verdict()
    assert [(item.code, item.level) for item in verdict.findings] == (
        [("bytes-will-be-compressed", Level.INFO)] if told else []
    )
    assert verdict.score == 100


def test_r53_questions_go_to_an_office_with_a_phone() -> None:
    offices = load_policy("liaoning-chaoyang-2019").collection.offices
    assert len(offices) == 8
    for office in offices:
        text = occupied_number(load_policy("liaoning-chaoyang-2019"), office).what
        assert office.name in text
        assert office.phone and office.phone in text
