"""Papers of people without a post."""

from __future__ import annotations

from typing import Any

import pytest

from ocr.model import Kind, Reading
from ocr.readers.household_register import HOME_PAGE
from ocr.readers.residence_permit import ENDORSEMENT
from tests.unit.verify.conftest import ID_NUMBER, Papers
from verify.model import Level
from verify.rules.case import Document
from verify.rules.field_rules import RULES, names_nobody


def off_duty(papers: Papers, slot: str, **values: Any) -> Papers:
    """A person without a post, and the paper that proves where they belong."""
    papers.entered["work"] = {"on_duty": False}
    papers.without.add("work_certificate")
    papers.read[slot] = {"name": "岩温香", "id_number": ID_NUMBER, **values}
    papers.kinds[slot] = Kind(slot.partition("-")[0])
    return papers


# Today is 2026-11-21; a month without its day ends on its last one.
@pytest.mark.parametrize("slot", ["student_card", "enrolment_proof"])
@pytest.mark.parametrize(
    ("until", "expired"),
    [("2026-11-20", True), ("2026-11-21", False), ("2026-11", False), ("2026-10", True), ("2027-07-01", False)],
)
def test_papers_of_students_cover_today(papers: Papers, slot: str, until: str, expired: bool) -> None:
    found = off_duty(papers, slot, school="云南财经大学", valid_until=until).codes()
    assert set(found) == ({"student-paper-expired"} if expired else set())
    assert not expired or (found["student-paper-expired"].level, found["student-paper-expired"].material) == (
        Level.WARN,
        slot,
    )


@pytest.mark.parametrize("slot", ["student_card", "enrolment_proof"])
def test_a_student_paper_with_another_number(papers: Papers, slot: str) -> None:
    off_duty(papers, slot, school="云南财经大学").print(slot, "id_number", "533103199007151242")
    assert papers.codes()["id-number-differs"].level is Level.MISMATCH
    papers.unread(slot, "id_number")
    assert papers.codes() == {}


@pytest.mark.parametrize(
    ("until", "code"),
    [("2026-11-20", "residence-permit-lapsed"), ("2026-11-21", None), ("2027-05-01", None)],
)
def test_the_endorsement_of_a_residence_permit(papers: Papers, until: str, code: str | None) -> None:
    found = off_duty(papers, "residence_permit", valid_until=until).codes()
    assert set(found) == ({code} if code else set())
    assert code is None or "第十条" in found[code].message


def test_the_endorsement_side_is_asked_for(papers: Papers) -> None:
    found = off_duty(papers, "residence_permit").codes()
    assert set(found) == {"residence-permit-endorsement"}
    assert found["residence-permit-endorsement"].level is Level.INFO
    assert papers.verdict().score == 100


def test_both_sides_of_a_residence_permit(papers: Papers) -> None:
    off_duty(papers, "residence_permit")
    papers.read["residence_permit-2"] = {"valid_until": "2027-03-01"}
    papers.kinds["residence_permit-2"] = Kind.RESIDENCE_PERMIT
    papers.variants["residence_permit-2"] = ENDORSEMENT
    assert papers.codes() == {}
    papers.read["residence_permit-2"] = {"valid_until": "2026-03-01"}
    assert papers.codes()["residence-permit-lapsed"].material == "residence_permit-2"


@pytest.mark.parametrize(("slot", "variant"), [("residence_permit", ENDORSEMENT), ("household_register", HOME_PAGE)])
def test_a_page_without_the_person_is_not_enough(papers: Papers, slot: str, variant: str) -> None:
    off_duty(papers, slot).variants[slot] = variant
    papers.unread(slot, "id_number").print(slot, "name", "岩大军")
    found = papers.codes()
    assert set(found) == {"own-page-missing"}
    assert (found["own-page-missing"].level, found["own-page-missing"].material) == (Level.WARN, slot)


def test_both_pages_of_a_household_register(papers: Papers) -> None:
    off_duty(papers, "household_register")
    papers.read["household_register-2"] = {"name": "岩大军", "address": "芒市"}
    papers.kinds["household_register-2"] = Kind.HOUSEHOLD_REGISTER
    papers.variants["household_register-2"] = HOME_PAGE
    assert papers.codes() == {}


def test_the_variants_that_name_nobody_are_those_of_the_readers() -> None:
    for kind, variant in ((Kind.RESIDENCE_PERMIT, ENDORSEMENT), (Kind.HOUSEHOLD_REGISTER, HOME_PAGE)):
        assert names_nobody(Document(kind.value, Reading(kind, 1.0, variant=variant)))
        assert not names_nobody(Document(kind.value, Reading(kind, 1.0)))


def test_only_what_may_be_kept_of_a_household_register_is_compared() -> None:
    # PIPL art. 6 and 28: name, citizen number, address and the seal (domain.md section 3.2).
    assert {rule.read for rule in RULES[Kind.HOUSEHOLD_REGISTER]} <= {"name", "id_number", "address", "seal_present"}
