from __future__ import annotations

import random
from datetime import date

import pytest

from fixtures.numbers import credit_code
from ocr.duties import DUTIES
from verify.entered import Entered, EnteredQualification, EnteredWork
from verify.filing.circumstances import (
    Category,
    Circumstances,
    UnitLevel,
    circumstances_of,
    does_accounting_work,
    open_questions,
    possible_categories,
)

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize("box", range(11))
def test_r04_r05_each_of_the_first_eleven_boxes_is_accounting_work(box: int) -> None:
    # Box 1 is the head of the accounting office (R5), 2 to 11 the closed list of R4 as the certificate prints it.
    assert does_accounting_work((DUTIES[box],)) is True


def test_r04_box_12_is_none() -> None:
    assert does_accounting_work((DUTIES[11],)) is False


@pytest.mark.parametrize("duties", [(), (DUTIES[1], DUTIES[11])])
def test_r04_nothing_ticked_or_a_contradiction_says_nothing(duties: tuple[str, ...]) -> None:
    assert does_accounting_work(duties) is None


def test_the_typed_answer_comes_before_the_boxes() -> None:
    work = EnteredWork(on_duty=False, duties=(DUTIES[1],))
    assert circumstances_of(Entered(work=work), today=TODAY).on_duty is False
    assert circumstances_of(Entered(work=EnteredWork(duties=(DUTIES[1],))), today=TODAY).on_duty is True


def test_a_form_that_cannot_be_used_says_nothing_about_a_qualification() -> None:
    assert circumstances_of(Entered(usable=False), today=TODAY).qualified is None
    assert circumstances_of(Entered(), today=TODAY).qualified is False
    held = Entered(qualification=EnteredQualification(level="初级"))
    assert circumstances_of(held, today=TODAY).qualified is True


def test_a_month_without_its_day_counts_to_its_end() -> None:
    entered = Entered(work=EnteredWork(started_on="2026-02"))
    assert circumstances_of(entered, today=TODAY).started_on == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("registry", "division", "level"),
    [
        ("11", "100000", UnitLevel.CENTRAL),
        ("12", "530000", UnitLevel.PROVINCE),
        ("11", "533100", UnitLevel.PREFECTURE),
        ("12", "533103", UnitLevel.COUNTY),
        # The office that registers a firm says nothing about whom the firm belongs to.
        ("91", "533100", None),
        ("52", "533100", None),
    ],
)
def test_r06_level_of_organs_by_the_office_that_registered_them(
    registry: str, division: str, level: UnitLevel | None
) -> None:
    uscc = credit_code(random.Random(1), registry=registry, county_code=division)
    assert circumstances_of(Entered(work=EnteredWork(uscc=uscc)), today=TODAY).unit_level is level


def test_r06_a_code_that_does_not_verify_says_nothing_about_the_level() -> None:
    uscc = credit_code(random.Random(1), registry="11", county_code="533100")
    wrong = uscc[:17] + ("0" if uscc[17] != "0" else "1")
    assert circumstances_of(Entered(work=EnteredWork(uscc=wrong)), today=TODAY).unit_level is None


@pytest.mark.parametrize(
    ("circumstances", "categories"),
    [
        (Circumstances(on_duty=True, qualified=True), {Category.WORKING_QUALIFIED}),
        (Circumstances(on_duty=True), {Category.WORKING_QUALIFIED, Category.WORKING_UNQUALIFIED}),
        (Circumstances(on_duty=False, qualified=True), {Category.NOT_WORKING_QUALIFIED}),
        (Circumstances(on_duty=False, qualified=True, student=True), {Category.STUDENT_QUALIFIED}),
        # A working student is a working person.
        (Circumstances(on_duty=True, qualified=False, student=True), {Category.WORKING_UNQUALIFIED}),
        (Circumstances(on_duty=False, qualified=False), {Category.EXAM_CANDIDATE, Category.OTHER}),
        (Circumstances(on_duty=False, qualified=False, intends_exam=True), {Category.EXAM_CANDIDATE}),
        (Circumstances(on_duty=False, qualified=False, intends_exam=False), {Category.OTHER}),
        (Circumstances(qualified=True), {Category.WORKING_QUALIFIED, Category.NOT_WORKING_QUALIFIED}),
    ],
)
def test_what_nobody_said_leaves_every_category_open(circumstances: Circumstances, categories: set[Category]) -> None:
    assert possible_categories(circumstances) == categories
    assert circumstances.category is (next(iter(categories)) if len(categories) == 1 else None)


@pytest.mark.parametrize(
    ("circumstances", "questions"),
    [
        (Circumstances(), ("on_duty", "qualified", "intends_exam")),
        (Circumstances(on_duty=True), ("qualified",)),
        (Circumstances(on_duty=False, qualified=False), ("intends_exam",)),
        (Circumstances(on_duty=False, qualified=True), ()),
    ],
)
def test_only_what_would_tell_is_asked(circumstances: Circumstances, questions: tuple[str, ...]) -> None:
    assert open_questions(circumstances) == questions
