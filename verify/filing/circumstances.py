"""What about a person decides who collects them, what is due, where, and by when.

`entered.json` tells a part of it (design.md section 3); the collection front end knows the rest. What nobody said is
None, and every question that hangs on it is then answered with a named reason instead of a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ocr.duties import NO_ACCOUNTING_DUTY
from verify.entered import Entered
from verify.identifiers.uscc import parse_credit_code
from verify.text.dates import parse_date

# Registry digit of 机构编制: organs and institutions (GB 32100-2015, table 1).
_ORGANS = "1"
# Place of the division of the registering authority in a credit code (GB 32100-2015, third part). The 编制 office of
# the unit's own level registers organs and institutions, so here it tells the level; with firms it does not.
_DIVISION_AT = slice(2, 8)
# Division of units that the central office registers (GB/T 2260 has no place of this code).
_CENTRAL_DIVISION = "100000"


class Category(StrEnum):
    """Who a person is to the collection (domain.md section 1.1 and 1.2); the words are used in policy packs."""

    # In an accounting post, with or without a qualification (R1, R2).
    WORKING_QUALIFIED = "working_qualified"
    WORKING_UNQUALIFIED = "working_unqualified"
    # Qualified and in no accounting post (R1, R9).
    NOT_WORKING_QUALIFIED = "not_working_qualified"
    # Enrolled, qualified or not (R8).
    STUDENT_QUALIFIED = "student_qualified"
    STUDENT_UNQUALIFIED = "student_unqualified"
    # No qualification, no accounting post, but means to sit this year's exam (R3).
    EXAM_CANDIDATE = "exam_candidate"
    # None of them: nobody asks for their data.
    OTHER = "other"


class UnitLevel(StrEnum):
    """Level of a unit by its 行政隶属关系 (R6); the words are used in policy packs."""

    CENTRAL = "central"
    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    # Firms and whoever belongs to no level.
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Everything that the rules about filing look at; None where nobody said it.

    Attributes:
        on_duty: In an accounting post.
        qualified: Holds 初级, 中级, 高级 or 正高级.
        student: Enrolled at a school.
        intends_exam: Means to sit this year's qualification exam.
        unit_region: Six-digit division of the unit's place of work.
        unit_level: The unit's level.
        household_region: Six-digit division of the household register.
        residence_region: Six-digit division of the place of living.
        school_region: Six-digit division of the school.
        chosen: `household` or `residence`, where the policy lets the applicant choose.
        with_unit: Employed, though perhaps not in an accounting post: box 12 of the work certificate.
        legacy: Already on file (原有会计人员, R13).
        started_on: First day in the accounting post.
        changed_on: Day of the change that is filed.
        filed_on: Day of the filing.
    """

    on_duty: bool | None = None
    qualified: bool | None = None
    student: bool | None = None
    intends_exam: bool | None = None
    unit_region: str | None = None
    unit_level: UnitLevel | None = None
    household_region: str | None = None
    residence_region: str | None = None
    school_region: str | None = None
    chosen: str | None = None
    with_unit: bool | None = None
    legacy: bool | None = None
    started_on: date | None = None
    changed_on: date | None = None
    filed_on: date | None = None

    @property
    def category(self) -> Category | None:
        """Who the person is; None while more than one category is possible."""
        possible = possible_categories(self)
        return next(iter(possible)) if len(possible) == 1 else None


def possible_categories(circumstances: Circumstances) -> frozenset[Category]:
    """Every category that the person may be of, given what nobody said; never empty, exactly one when all is known.

    Whoever is enrolled says so (no other page of the form asks about a school's place), so silence about it means no.
    """
    student = circumstances.student is True
    return frozenset(
        _category_of(on_duty=on_duty, qualified=qualified, student=student, intends_exam=intends_exam)
        for on_duty in _answers(circumstances.on_duty)
        for qualified in _answers(circumstances.qualified)
        for intends_exam in _answers(circumstances.intends_exam)
    )


def open_questions(circumstances: Circumstances) -> tuple[str, ...]:
    """Attributes whose answer would tell which of the possible categories it is."""
    asked = ["on_duty", "qualified"]
    if Category.EXAM_CANDIDATE in possible_categories(circumstances):
        asked.append("intends_exam")
    return tuple(name for name in asked if getattr(circumstances, name) is None)


def _answers(said: bool | None) -> tuple[bool, ...]:
    return (True, False) if said is None else (said,)


def _category_of(*, on_duty: bool, qualified: bool, student: bool, intends_exam: bool) -> Category:
    if on_duty:
        return Category.WORKING_QUALIFIED if qualified else Category.WORKING_UNQUALIFIED
    if student:
        return Category.STUDENT_QUALIFIED if qualified else Category.STUDENT_UNQUALIFIED
    if qualified:
        return Category.NOT_WORKING_QUALIFIED
    return Category.EXAM_CANDIDATE if intends_exam else Category.OTHER


def circumstances_of(entered: Entered, *, today: date) -> Circumstances:
    """What entered.json tells; the rest stays None.

    Args:
        entered: What was typed.
        today: The day of the filing.
    """
    work = entered.work
    duties = work.duties or ()
    started = parse_date(work.started_on) if work.started_on else None
    return Circumstances(
        on_duty=does_accounting_work(duties) if work.on_duty is None else work.on_duty,
        qualified=entered.qualification is not None if entered.usable else None,
        unit_region=work.region,
        unit_level=_level_of(work.uscc) if work.uscc else None,
        with_unit=True if work.employer or work.uscc or NO_ACCOUNTING_DUTY in duties else None,
        # Of a month without its day the last one counts: nobody is late for what they did not write.
        started_on=started.latest() if started else None,
        filed_on=today,
    )


def does_accounting_work(duties: tuple[str, ...]) -> bool | None:
    """Whether the duties are accounting work in the sense of R4 and R5.

    Boxes 1 to 11 of the work certificate are: heads of the accounting office, and so 总会计师, count (box 1);
    会计监督 and whatever else has no box of its own is box 11. Box 12 says that the person does none.

    Args:
        duties: Of `ocr.duties.DUTIES`.

    Returns:
        None when nothing is ticked, or box 12 together with others: a person has to look.
    """
    if not duties or (NO_ACCOUNTING_DUTY in duties and len(duties) > 1):
        return None
    return NO_ACCOUNTING_DUTY not in duties


def _level_of(uscc: str) -> UnitLevel | None:
    """The level of an organ or institution, from the division of the office that registered it; None for others."""
    code = parse_credit_code(uscc)
    if not code.is_valid or code.text[0] != _ORGANS:
        return None
    division = code.text[_DIVISION_AT]
    if division == _CENTRAL_DIVISION:
        return UnitLevel.CENTRAL
    if division.endswith("0000"):
        return UnitLevel.PROVINCE
    return UnitLevel.PREFECTURE if division.endswith("00") else UnitLevel.COUNTY
