"""Rules on diplomas and degree certificates beyond the field comparison: dates in order, papers with an entry."""

from __future__ import annotations

from collections.abc import Iterator

from ocr.model import Kind
from verify.model import Finding, Level
from verify.rules.case import CaseView, Document
from verify.rules.findings import finding_on
from verify.rules.numbers import trusted_number
from verify.text.dates import PartialDate, parse_date

# The youngest graduates of a 中专 are about 17; below 15 a date was misread.
MIN_GRADUATION_AGE_YEARS = 15
# A degree is awarded with the diploma or later; a few weeks before happens (domain.md section 5.3), a year does not.
DEGREE_BEFORE_DIPLOMA_DAYS = 366


def check_dates(case: CaseView) -> Iterator[Finding]:
    """Graduation not in the future, not in childhood, not before enrolment; the degree not long before the diploma."""
    for document in case.of_kind(Kind.DIPLOMA, Kind.DEGREE_CERTIFICATE):
        name = "graduated_on" if document.kind is Kind.DIPLOMA else "awarded_on"
        yield from _plausible(case, document, name)
    for diploma in case.of_kind(Kind.DIPLOMA):
        yield from _after_enrolment(diploma)
    for degree in case.of_kind(Kind.DEGREE_CERTIFICATE):
        yield from _after_diploma(case, degree)


def _plausible(case: CaseView, document: Document, name: str) -> Iterator[Finding]:
    day = _day(document, name)
    if day is None:
        return
    number = trusted_number(case)
    if day.earliest() > case.today:
        yield _about("date-in-future", document, name)
    elif number is not None and number.born is not None:
        youngest = number.born.year + MIN_GRADUATION_AGE_YEARS
        if day.year < youngest:
            yield _about("diploma-before-age", document, name)


def _after_enrolment(diploma: Document) -> Iterator[Finding]:
    enrolled, graduated = _day(diploma, "enrolled_on"), _day(diploma, "graduated_on")
    if enrolled is not None and graduated is not None and enrolled.earliest() > graduated.latest():
        yield _about("enrolled-after-graduation", diploma, "enrolled_on", value=graduated.iso())


def _after_diploma(case: CaseView, degree: Document) -> Iterator[Finding]:
    awarded = _day(degree, "awarded_on")
    text = _graduation(case, degree)
    graduated = parse_date(text) if text else None
    if awarded is None or graduated is None:
        return
    if (graduated.earliest() - awarded.latest()).days > DEGREE_BEFORE_DIPLOMA_DAYS:
        yield _about("degree-before-diploma", degree, "awarded_on", entered=text)


def _graduation(case: CaseView, degree: Document) -> str | None:
    """When the studies of a degree ended: as typed, else as the diploma of the same entry prints it."""
    if degree.entry is not None and (typed := case.entered.education[degree.entry].graduated_on):
        return typed
    diplomas = [diploma for diploma in case.of_kind(Kind.DIPLOMA) if diploma.entry == degree.entry]
    # Without an entry nothing says which of several diplomas belongs to the degree.
    return diplomas[0].text("graduated_on") if len(diplomas) == 1 else None


def _day(document: Document, name: str) -> PartialDate | None:
    text = document.text(name)
    return parse_date(text) if text else None


def _about(code: str, document: Document, name: str, *, entered: str | None = None, value: str = "") -> Finding:
    field = document.reading.fields[name]
    return finding_on(
        document, code, level=Level.WARN, entered=entered, read=document.text(name), value=value, of=field
    )


def check_entries(case: CaseView) -> Iterator[Finding]:
    """Papers that nothing was typed for."""
    if not case.entered.usable:
        return
    for document in case.of_kind(Kind.DIPLOMA):
        if document.entry is None:
            yield _without_entry("education-without-entry", document, "education")
    if case.entered.qualification is None:
        for document in case.of_kind(Kind.QUALIFICATION_CERTIFICATE):
            yield _without_entry("qualification-without-entry", document, "qualification")


def _without_entry(code: str, document: Document, section: str) -> Finding:
    return finding_on(document, code, level=Level.WARN, field=section)
