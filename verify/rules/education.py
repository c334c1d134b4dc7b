"""Rules on diplomas and degree certificates beyond the field comparison."""

from __future__ import annotations

from collections.abc import Iterator

from ocr.model import Kind
from verify.model import Finding, Level
from verify.rules.case import CaseView, Document
from verify.rules.numbers import trusted_number
from verify.text.dates import parse_date
from verify.wording import finding

# The youngest graduates of a 中专 are about 17; below 15 a date was misread.
MIN_GRADUATION_AGE_YEARS = 15
# A degree is awarded with the diploma or later; a few weeks before happens (domain.md section 5.3), a year does not.
DEGREE_BEFORE_DIPLOMA_DAYS = 366


def check_dates(case: CaseView) -> Iterator[Finding]:
    """Graduation not in the future and not in childhood; the degree not long before the diploma."""
    for document in case.of_kind(Kind.DIPLOMA, Kind.DEGREE_CERTIFICATE):
        name = "graduated_on" if document.kind is Kind.DIPLOMA else "awarded_on"
        yield from _plausible(case, document, name)
    for degree in case.of_kind(Kind.DEGREE_CERTIFICATE):
        yield from _after_diploma(case, degree)


def _plausible(case: CaseView, document: Document, name: str) -> Iterator[Finding]:
    text = document.text(name)
    day = parse_date(text) if text else None
    if day is None:
        return
    number = trusted_number(case)
    if day.earliest() > case.today:
        yield _about("date-in-future", document, name)
    elif number is not None and number.born is not None:
        youngest = number.born.year + MIN_GRADUATION_AGE_YEARS
        if day.year < youngest:
            yield _about("diploma-before-age", document, name)


def _after_diploma(case: CaseView, degree: Document) -> Iterator[Finding]:
    text = degree.text("awarded_on")
    awarded = parse_date(text) if text else None
    if awarded is None or degree.entry is None:
        return
    typed = case.entered.education[degree.entry].graduated_on
    graduated = parse_date(typed) if typed else None
    if graduated is not None and (graduated.earliest() - awarded.latest()).days > DEGREE_BEFORE_DIPLOMA_DAYS:
        yield _about("degree-before-diploma", degree, "awarded_on", entered=typed)


def _about(code: str, document: Document, name: str, *, entered: str | None = None) -> Finding:
    field = document.reading.fields[name]
    return finding(
        code,
        level=Level.WARN,
        material=document.slot,
        picture=document.picture,
        paper=document.kind,
        entered=entered,
        read=document.text(name),
        confidence=field.confidence,
        box=field.box,
    )


def check_entries(case: CaseView) -> Iterator[Finding]:
    """Papers that nothing was typed for."""
    if not case.entered.usable:
        return
    for document in case.of_kind(Kind.DIPLOMA):
        if document.entry is None:
            yield finding(
                "education-without-entry",
                level=Level.WARN,
                field="education",
                material=document.slot,
                picture=document.picture,
                paper=document.kind,
            )
    if case.entered.qualification is None:
        for document in case.of_kind(Kind.QUALIFICATION_CERTIFICATE):
            yield finding(
                "qualification-without-entry",
                level=Level.WARN,
                field="qualification",
                material=document.slot,
                picture=document.picture,
                paper=document.kind,
            )
