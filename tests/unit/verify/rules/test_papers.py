"""Work certificate, education, qualification, and papers among themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from imaging.model import Defect
from ocr.duties import DUTIES
from ocr.model import Coverage
from tests.unit.verify.conftest import TODAY, Papers
from verify.model import Level
from verify.policy import load_policy
from verify.severity import SURE


@pytest.mark.parametrize(("confidence", "level"), [(SURE, Level.BLOCK), (SURE - 0.01, Level.WARN)])
def test_a_missing_seal(papers: Papers, confidence: float, level: Level) -> None:
    papers.print("work_certificate", "seal_present", False, confidence).unread("work_certificate", "seal_text")
    papers.defects["work_certificate"] = (Defect("seal-missing", severe=True),)
    seals = [item for item in papers.verdict().findings if item.code == "seal-missing"]
    assert [item.level for item in seals] == [level]


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("芒市金色商贸有限公司发票专用章", True),
        ("芒市金色商贸有限公司合同专用章", True),
        ("芒市金色商贸有限公司", False),
    ],
)
def test_special_seals_do_not_stand_for_the_unit(papers: Papers, text: str, refused: bool) -> None:
    papers.print("work_certificate", "seal_text", text)
    assert ("seal-type-refused" in papers.codes()) is refused


def test_no_box_ticked(papers: Papers) -> None:
    papers.print("work_certificate", "duties", ())
    assert papers.codes()["work-certificate-no-duty"].level is Level.BLOCK


@pytest.mark.parametrize("duty", DUTIES)
def test_any_single_box_will_do(papers: Papers, duty: str) -> None:
    papers.print("work_certificate", "duties", (duty,)).type("work.duties", [duty])
    assert papers.codes() == {}


def test_box_twelve_beside_another(papers: Papers) -> None:
    papers.print("work_certificate", "duties", ("出纳", DUTIES[11]))
    assert papers.codes()["work-certificate-contradiction"].level is Level.BLOCK


@pytest.mark.parametrize(
    ("issued", "code"),
    [
        (TODAY + timedelta(days=1), "work-certificate-future"),
        (TODAY, None),
        (TODAY - timedelta(days=365), None),
        (TODAY - timedelta(days=366), "work-certificate-old"),
    ],
)
def test_date_of_the_work_certificate(papers: Papers, issued: date, code: str | None) -> None:
    papers.print("work_certificate", "issued_on", issued.isoformat())
    assert set(papers.codes()) == ({code} if code else set())


def test_the_age_comes_from_the_policy(papers: Papers) -> None:
    policy = load_policy("yunnan-2023")
    strict = replace(policy, work_certificate=replace(policy.work_certificate, max_age_days=50))
    assert [item.code for item in papers.verdict(strict).findings] == ["work-certificate-old"]


def test_undated_is_noted(papers: Papers) -> None:
    papers.unread("work_certificate", "issued_on")
    assert papers.codes()["work-certificate-undated"].level is Level.INFO


def test_a_code_that_fails_its_check_was_misread(papers: Papers) -> None:
    papers.print("work_certificate", "uscc", "91533103MAURQ2838N")
    assert papers.codes()["uscc-read-invalid"].level is Level.WARN


def test_graduation_after_today(papers: Papers) -> None:
    papers.print("diploma", "graduated_on", "2027-07").type("education.0.graduated_on", "2027-07-01")
    assert papers.codes()["date-in-future"].material == "diploma"


@pytest.mark.parametrize(("graduated", "told"), [("2004-07", True), ("2005-07", False)])
def test_graduation_in_childhood(papers: Papers, graduated: str, told: bool) -> None:
    papers.print("diploma", "graduated_on", graduated).type("education.0.graduated_on", f"{graduated}-01")
    assert ("diploma-before-age" in papers.codes()) is told


@pytest.mark.parametrize(("awarded", "told"), [("2011-07-01", False), ("2011-06-29", True), ("2013-01-01", False)])
def test_degree_long_before_the_diploma(papers: Papers, awarded: str, told: bool) -> None:
    papers.print("degree_certificate", "awarded_on", awarded)
    assert ("degree-before-diploma" in papers.codes()) is told


def test_degree_long_before_the_diploma_where_the_form_is_silent(papers: Papers) -> None:
    papers.type("education.0.graduated_on", None).print("degree_certificate", "awarded_on", "2011-06-29")
    assert papers.codes()["degree-before-diploma"].material == "degree_certificate"


@pytest.mark.parametrize(
    ("enrolled", "told"), [("2012-07", False), ("2012-08", True), ("2012-08-01", True), ("2008-09", False)]
)
def test_enrolment_before_graduation(papers: Papers, enrolled: str, told: bool) -> None:
    papers.print("diploma", "enrolled_on", enrolled)
    found = papers.codes()
    assert set(found) == ({"enrolled-after-graduation"} if told else set())
    assert not told or (found["enrolled-after-graduation"].level, found["enrolled-after-graduation"].material) == (
        Level.WARN,
        "diploma",
    )


@pytest.mark.parametrize("weakness", [{"repaired": True}, {"coverage": Coverage.COVERED}])
def test_a_covered_field_of_boxes_only_warns(papers: Papers, weakness: dict[str, Any]) -> None:
    papers.print("work_certificate", "duties", (), 0.99, **weakness)
    assert papers.codes()["work-certificate-no-duty"].level is Level.WARN
    papers.print("work_certificate", "seal_present", False, 0.99, **weakness)
    assert papers.codes()["seal-missing"].level is Level.WARN


def test_papers_without_an_entry(papers: Papers) -> None:
    papers.entered["education"] = []
    papers.entered["qualification"] = None
    found = papers.codes()
    assert found["education-without-entry"].level is Level.WARN
    assert found["qualification-without-entry"].level is Level.WARN


@pytest.mark.parametrize(("approved", "told"), [("2006-07-14", True), ("2006-07-15", False), ("2006-07", False)])
def test_qualification_from_sixteen(papers: Papers, approved: str, told: bool) -> None:
    papers.print("qualification_certificate", "approved_on", approved)
    papers.type("qualification.approved_on", approved)
    assert ("qualification-too-young" in papers.codes()) is told


@pytest.mark.parametrize(
    ("path", "slot", "name", "value"),
    [
        ("person.name", "diploma", "name", "李大军"),
        ("person.id_number", "work_certificate", "id_number", "533103199007151242"),
        ("person.id_number", "qualification_certificate", "id_number", "533103199007151242"),
        ("person.gender", "diploma", "gender", "男"),
        ("person.birth_date", "degree_certificate", "birth_date", "1985-03-02"),
    ],
)
def test_papers_disagree_where_the_form_is_silent(papers: Papers, path: str, slot: str, name: str, value: str) -> None:
    papers.type(path, None).print(slot, name, value)
    found = papers.codes()["documents-disagree"]
    assert (found.level, found.material, found.field) == (Level.MISMATCH, slot, path)
    assert "身份证人像面" in found.message


def test_a_doubtful_card_accuses_no_other_paper(papers: Papers) -> None:
    papers.type("person.name", None).print("id_card_front", "name", "岩温香", 0.4)
    papers.print("diploma", "name", "李大军")
    assert papers.codes()["documents-disagree"].level is Level.WARN


def test_papers_agree_where_the_form_is_silent(papers: Papers) -> None:
    for path in ("person.name", "person.gender", "person.birth_date"):
        papers.type(path, None)
    assert "documents-disagree" not in papers.codes()


def test_birth_date_against_the_number_when_the_card_is_missing(papers: Papers) -> None:
    papers.type("person.birth_date", None).print("diploma", "birth_date", "1985-03-02")
    papers.without.add("id_card_front")
    papers.unread("degree_certificate", "birth_date").unread("qualification_certificate", "birth_date")
    found = papers.codes()["documents-disagree"]
    assert (found.level, found.material) == (Level.WARN, "diploma")
    assert "身份证号码中的“1990-07-15”" in found.message


def test_a_policy_out_of_force_is_noted(papers: Papers) -> None:
    policy = replace(load_policy("yunnan-2023"), effective_to=date(2024, 12, 31))
    assert [item.code for item in papers.verdict(policy).findings] == ["policy-not-in-force"]
    assert papers.verdict(policy).score == 100
