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
from verify.text.dates import parse_date


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
        """Who the person is; None while it is not known whether they are in an accounting post."""
        if self.on_duty:
            return Category.WORKING_QUALIFIED if self.qualified else Category.WORKING_UNQUALIFIED
        if self.student:
            return Category.STUDENT_QUALIFIED if self.qualified else Category.STUDENT_UNQUALIFIED
        if self.on_duty is None:
            return None
        if self.qualified:
            return Category.NOT_WORKING_QUALIFIED
        return Category.EXAM_CANDIDATE if self.intends_exam else Category.OTHER


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
        on_duty=work.on_duty,
        qualified=entered.qualification is not None if entered.usable else None,
        unit_region=work.region,
        with_unit=True if work.employer or work.uscc or NO_ACCOUNTING_DUTY in duties else None,
        # Of a month without its day the last one counts: nobody is late for what they did not write.
        started_on=started.latest() if started else None,
        filed_on=today,
    )
