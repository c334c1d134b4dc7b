"""Numbers of certificates in the form: what they say against what was typed beside them.

Nothing here blocks: certificates before 2001 carry any number, and schools of other systems go on to number their own
way (domain.md sections 3.3 to 3.5).
"""

from __future__ import annotations

from collections.abc import Iterator

from verify.entered import EnteredEducation, EnteredQualification
from verify.identifiers.certificates import (
    DEGREES_NUMBERED_SINCE_YEAR,
    REGISTERED_SINCE_YEAR,
    CertificateForm,
    CertificateNumber,
    is_qualification_number,
    parse_degree_number,
    parse_diploma_number,
)
from verify.identifiers.permits import ArchiveHolder, parse_archive_number
from verify.identifiers.resident import parse_resident
from verify.model import Finding, Level
from verify.rules.case import CaseView
from verify.text.dates import PartialDate, parse_date
from verify.wording import finding

# 高级 and 正高级 are given by review: their certificates bear the number of a document instead of a 管理号
# (domain.md section 3.5).
_BY_REVIEW = frozenset({"高级", "正高级"})


def check_diploma_number(case: CaseView, place: int, entry: EnteredEducation) -> Iterator[Finding]:
    """Form, year, level and mode of study in the number of a diploma."""
    field = f"education.{place}.certificate_number"
    typed = entry.certificate_number
    if not typed:
        return
    number = parse_diploma_number(typed)
    graduated = parse_date(entry.graduated_on) if entry.graduated_on else None
    if not number.known_form:
        yield from _free_diploma_number(field, typed, graduated)
        return
    if number.lacks_a_digit:
        yield finding("diploma-number-length", level=Level.WARN, field=field, entered=typed, read=str(number.year))
    yield from _future(case, field, typed, number)
    if graduated is not None and not number.year_agrees(graduated.year):
        yield finding(
            "diploma-number-year",
            level=Level.WARN,
            field=f"education.{place}.graduated_on",
            entered=entry.graduated_on,
            read=str(number.year),
        )
    if entry.level and not number.level_agrees(entry.level):
        yield finding(
            "diploma-number-level",
            level=Level.WARN,
            field=f"education.{place}.level",
            entered=entry.level,
            read=number.level,
        )
    if entry.study_mode and not number.study_agrees(entry.study_mode):
        yield finding("diploma-number-mode", level=Level.WARN, field=f"education.{place}.study_mode", entered=typed)


def _free_diploma_number(field: str, typed: str, graduated: PartialDate | None) -> Iterator[Finding]:
    """A number of no rule: that of a degree in the wrong place, or a form of its own."""
    if parse_degree_number(typed).form is CertificateForm.DEGREE:
        yield finding("certificate-number-swapped", level=Level.WARN, field=field, entered=typed, value="学位证书编号")
    # Before the electronic registration numbers had any form; afterwards another form is only noted, because party
    # schools, the army and foreign schools number their own way.
    elif graduated is not None and graduated.year > REGISTERED_SINCE_YEAR:
        yield finding("diploma-number-form", level=Level.INFO, field=field, entered=typed)


def check_degree_number(case: CaseView, place: int, entry: EnteredEducation) -> Iterator[Finding]:
    """Form, level, year and mode of study in the number of a degree."""
    field = f"education.{place}.degree_number"
    typed = entry.degree_number
    if not typed:
        return
    number = parse_degree_number(typed)
    graduated = parse_date(entry.graduated_on) if entry.graduated_on else None
    if not number.known_form:
        yield from _free_degree_number(field, typed, graduated)
        return
    yield from _future(case, field, typed, number)
    if entry.degree and not number.level_agrees(entry.degree):
        yield finding(
            "degree-number-level",
            level=Level.WARN,
            field=f"education.{place}.degree",
            entered=entry.degree,
            read=number.level,
        )
    # A degree may be awarded years after the diploma, never in a year before it.
    if graduated is not None and number.year is not None and number.year < graduated.year:
        yield finding(
            "degree-number-year", level=Level.WARN, field=field, entered=entry.graduated_on, read=str(number.year)
        )
    if entry.study_mode and not number.study_agrees(entry.study_mode):
        yield finding(
            "degree-number-mode",
            level=Level.WARN,
            field=f"education.{place}.study_mode",
            entered=typed,
            value="、".join(number.programme),
        )


def _free_degree_number(field: str, typed: str, graduated: PartialDate | None) -> Iterator[Finding]:
    if parse_diploma_number(typed).known_form:
        yield finding("certificate-number-swapped", level=Level.WARN, field=field, entered=typed, value="学历证书编号")
    elif graduated is None or graduated.year >= DEGREES_NUMBERED_SINCE_YEAR:
        yield finding("degree-number-form", level=Level.INFO, field=field, entered=typed)


def _future(case: CaseView, field: str, typed: str, number: CertificateNumber) -> Iterator[Finding]:
    if number.year is not None and number.year > case.today.year:
        yield finding("certificate-number-future", level=Level.WARN, field=field, entered=typed, read=str(number.year))


def check_qualification_number(case: CaseView, entry: EnteredQualification) -> Iterator[Finding]:
    """管理号: opaque, so only what it cannot be is told."""
    field = "qualification.certificate_number"
    typed = entry.certificate_number
    if not typed:
        return
    if _is_archive_number(case, typed):
        yield finding("qualification-number-archive", level=Level.WARN, field=field, entered=typed)
    elif entry.level not in _BY_REVIEW and not is_qualification_number(typed):
        yield finding("qualification-number-form", level=Level.WARN, field=field, entered=typed)


def _is_archive_number(case: CaseView, typed: str) -> bool:
    """True for the record number of the former licence: the person's own number, or one of its other forms."""
    number = parse_archive_number(typed)
    if number.holder is ArchiveHolder.RESIDENT:
        # Some 18 digits of a 管理号 may pass as a citizen number by chance; the person's own number does not.
        own = parse_resident(case.entered.person.id_number or "")
        return own.is_valid and own.full == parse_resident(typed).full
    return number.holder is not None
