from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.model import Kind
from tests.unit.verify.filing.packs import asking
from tests.unit.verify.filing.persons import circumstances
from verify.entered import Entered, EnteredEducation, EnteredQualification, EnteredWork
from verify.filing.circumstances import Circumstances
from verify.filing.due import Due, materials_due
from verify.model import Level
from verify.policy import available_policies, load_policy
from verify.policy_model import Policy

QUALIFICATION = EnteredQualification(level="初级")
DIPLOMA = EnteredEducation(level="本科", school="云南财经大学")
HOME = (Kind.RESIDENCE_PERMIT, Kind.HOUSEHOLD_REGISTER)
SCHOOL = (Kind.STUDENT_CARD, Kind.ENROLMENT_PROOF)

# domain.md section 1.2, the four columns of Yunnan, written as an office would write its pack.
YUNNAN_TABLE = asking(
    ("always", (Kind.PHOTO,)),
    ("always", (Kind.ID_CARD_FRONT,)),
    ("always", (Kind.ID_CARD_BACK,)),
    ("working_unqualified", (Kind.WORK_CERTIFICATE,)),
    ("working_qualified", (Kind.WORK_CERTIFICATE,)),
    ("not_working_qualified", HOME),
    ("student_qualified", SCHOOL),
    ("per_education", (Kind.DIPLOMA,)),
    ("qualified", (Kind.QUALIFICATION_CERTIFICATE,)),
)
# The column of Liaoning's new registrants: form and unit code of whoever works; photo and card are not listed.
LIAONING_TABLE = asking(
    ("always", (Kind.INFORMATION_FORM,)),
    ("working_unqualified", (Kind.UNIT_CERTIFICATE,)),
    ("working_qualified", (Kind.UNIT_CERTIFICATE,)),
    ("per_education", (Kind.DIPLOMA,)),
    ("qualified", (Kind.QUALIFICATION_CERTIFICATE,)),
)
ALWAYS = ((Kind.PHOTO,), (Kind.ID_CARD_FRONT,), (Kind.ID_CARD_BACK,))


def form(*, on_duty: bool | None, qualified: bool, educations: int = 0) -> Entered:
    return Entered(
        work=EnteredWork(on_duty=on_duty),
        education=(DIPLOMA,) * educations,
        qualification=QUALIFICATION if qualified else None,
    )


def asked(person: Circumstances, policy: Policy, *, educations: int = 1) -> dict[tuple[Kind, ...], int]:
    entered = form(on_duty=person.on_duty, qualified=bool(person.qualified), educations=educations)
    return {due.one_of: due.count for due in materials_due(entered, person, policy) if due.certain}


@pytest.mark.parametrize(
    ("person", "wanted"),
    [
        (Circumstances(on_duty=True, qualified=False), ((Kind.WORK_CERTIFICATE,), (Kind.DIPLOMA,))),
        (
            Circumstances(on_duty=True, qualified=True),
            ((Kind.WORK_CERTIFICATE,), (Kind.DIPLOMA,), (Kind.QUALIFICATION_CERTIFICATE,)),
        ),
        (
            Circumstances(on_duty=False, qualified=True, student=False),
            (HOME, (Kind.DIPLOMA,), (Kind.QUALIFICATION_CERTIFICATE,)),
        ),
        (
            Circumstances(on_duty=False, qualified=True, student=True),
            (SCHOOL, (Kind.DIPLOMA,), (Kind.QUALIFICATION_CERTIFICATE,)),
        ),
    ],
)
def test_table_1_2_yunnan(person: Circumstances, wanted: tuple[tuple[Kind, ...], ...]) -> None:
    assert asked(person, YUNNAN_TABLE) == dict.fromkeys((*ALWAYS, *wanted), 1)


@pytest.mark.parametrize(
    ("qualified", "wanted"),
    [
        (False, ((Kind.INFORMATION_FORM,), (Kind.UNIT_CERTIFICATE,), (Kind.DIPLOMA,))),
        (
            True,
            ((Kind.INFORMATION_FORM,), (Kind.UNIT_CERTIFICATE,), (Kind.DIPLOMA,), (Kind.QUALIFICATION_CERTIFICATE,)),
        ),
    ],
)
def test_table_1_2_r29_liaoning(qualified: bool, wanted: tuple[tuple[Kind, ...], ...]) -> None:
    assert asked(Circumstances(on_duty=True, qualified=qualified), LIAONING_TABLE) == dict.fromkeys(wanted, 1)


@pytest.mark.parametrize("educations", [0, 1, 2])
def test_table_1_2_r21_a_diploma_for_each_education_and_none_without(educations: int) -> None:
    counts = asked(Circumstances(on_duty=True, qualified=False), YUNNAN_TABLE, educations=educations)
    assert counts.get((Kind.DIPLOMA,), 0) == educations


def test_table_1_2_part_time_degrees_are_asked_only_when_held() -> None:
    policy = asking(("per_degree", (Kind.DEGREE_CERTIFICATE,)))
    with_degree = replace(DIPLOMA, degree="管理学学士")
    entered = Entered(education=(with_degree, DIPLOMA))
    assert [due.count for due in materials_due(entered, Circumstances(), policy)] == [1]
    assert materials_due(Entered(education=(DIPLOMA,)), Circumstances(), policy) == ()


@pytest.mark.parametrize(
    ("when", "on_duty", "count"),
    [("on_duty", True, 1), ("on_duty", False, 0), ("off_duty", False, 1), ("off_duty", True, 0)],
)
def test_situations_are_answers_of_the_form(when: str, on_duty: bool, count: int) -> None:
    policy = asking((when, (Kind.WORK_CERTIFICATE,)))
    found = materials_due(form(on_duty=on_duty, qualified=False), Circumstances(), policy)
    assert [due.count for due in found] == [1] * count


@pytest.mark.parametrize(
    "entry",
    [EnteredEducation(level="本科"), EnteredEducation(school="大理大学"), EnteredEducation(certificate_number="1")],
)
def test_an_education_counts_by_its_level_school_or_number(entry: EnteredEducation) -> None:
    policy = asking(("per_education", (Kind.DIPLOMA,)))
    assert [due.count for due in materials_due(Entered(education=(entry,)), Circumstances(), policy)] == [1]
    other = Entered(education=(EnteredEducation(study_mode="full_time", major="会计学"),))
    assert materials_due(other, Circumstances(), policy) == ()


@pytest.mark.parametrize(
    ("entered", "when", "question"),
    [
        (Entered(), "on_duty", "是否在岗"),
        (Entered(), "off_duty", "是否在岗"),
        (Entered(usable=False), "qualified", "是否具有会计专业技术资格"),
        (Entered(), "working_qualified", "是否在岗"),
    ],
)
def test_what_is_not_certain_is_not_due_and_is_said(entered: Entered, when: str, question: str) -> None:
    (due,) = materials_due(entered, Circumstances(), asking((when, (Kind.WORK_CERTIFICATE,))))
    assert (due.count, due.certain) == (0, False)
    assert question in due.why and "暂不能确定" in due.why


def test_one_material_asked_of_two_categories_is_certain_when_only_they_are_possible() -> None:
    # Whether they hold a qualification is not known, and does not matter.
    found = materials_due(Entered(), Circumstances(on_duty=True), YUNNAN_TABLE)
    assert [due.count for due in found if due.one_of == (Kind.WORK_CERTIFICATE,)] == [1]


def test_a_category_of_somebody_else_is_left_out() -> None:
    person = Circumstances(on_duty=True, qualified=True)
    assert materials_due(Entered(), person, asking(("student_qualified", SCHOOL))) == ()


def test_every_material_says_why_with_its_source() -> None:
    person = Circumstances(on_duty=False, qualified=True, student=False)
    found = materials_due(form(on_duty=False, qualified=True, educations=2), person, YUNNAN_TABLE)
    by_kind = {due.one_of: due for due in found}
    assert "居住证或户口簿" in by_kind[HOME].why
    assert "填报了 2 项学历" in by_kind[(Kind.DIPLOMA,)].why
    assert all(due.why.endswith("依据：《云南省会计人员信息采集操作说明》第1.3项。") for due in found)


@given(circumstances(), st.sampled_from(available_policies()), st.booleans())
def test_every_pack_that_comes_with_the_product_is_answered(person: Circumstances, name: str, qualified: bool) -> None:
    policy = load_policy(name)
    entered = form(on_duty=person.on_duty, qualified=qualified, educations=2)
    for due in materials_due(entered, person, policy):
        assert (due.count > 0) is due.certain
        assert due.why.endswith("。") and "None" not in due.why
        assert due.one_of in {row.one_of for row in policy.required}


def test_yunnans_own_pack_asks_as_its_guide_does() -> None:
    policy = load_policy("yunnan-2023")
    entered = Entered(
        work=EnteredWork(on_duty=False),
        education=(replace(DIPLOMA, degree="管理学学士"), DIPLOMA),
        qualification=QUALIFICATION,
    )
    found: dict[Kind, Due] = {due.one_of[0]: due for due in materials_due(entered, Circumstances(), policy)}
    assert {kind: due.count for kind, due in found.items()} == {
        Kind.PHOTO: 1,
        Kind.ID_CARD_FRONT: 1,
        Kind.ID_CARD_BACK: 1,
        Kind.RESIDENCE_PERMIT: 1,
        Kind.DIPLOMA: 2,
        Kind.DEGREE_CERTIFICATE: 1,
        Kind.QUALIFICATION_CERTIFICATE: 1,
    }
    assert found[Kind.DEGREE_CERTIFICATE].level is Level.WARN
    assert Kind.HOUSEHOLD_REGISTER in found[Kind.RESIDENCE_PERMIT].one_of
