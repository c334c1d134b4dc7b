"""Rules on qualification certificates: approved at a possible age, and the highest one claimed."""

from __future__ import annotations

from collections.abc import Iterator

from ocr.model import Kind
from verify.entered import QUALIFICATION_LEVELS
from verify.model import Finding, Level
from verify.rules.case import CaseView, Document
from verify.rules.findings import finding_on
from verify.rules.numbers import trusted_number
from verify.text.dates import age_on, parse_date
from verify.text.levels import qualification_level

# 会计专业技术资格 cannot be approved for a child (domain.md section 3.5).
_MIN_AGE_YEARS = 16


def check_age(case: CaseView) -> Iterator[Finding]:
    """Approved at 16 or later, and not after today."""
    number = trusted_number(case)
    born = number.born if number is not None else None
    for document in case.of_kind(Kind.QUALIFICATION_CERTIFICATE):
        text = document.text("approved_on")
        day = parse_date(text) if text else None
        if day is None:
            continue
        if day.earliest() > case.today:
            yield _about("date-in-future", document, "approved_on")
        elif born is not None and age_on(day.latest(), born=born) < _MIN_AGE_YEARS:
            yield _about("qualification-too-young", document, "approved_on")


def check_highest(case: CaseView) -> Iterator[Finding]:
    """The form asks for the highest qualification (seed 000, 一（五）): no certificate may show a higher one.

    The certificate that the form describes is compared with it already; this is about those beside it.
    """
    claimed = case.entered.qualification.level if case.entered.qualification is not None else None
    if claimed is None:
        return
    for document in case.of_kind(Kind.QUALIFICATION_CERTIFICATE):
        shown = qualification_level(document.text("level") or "")
        if document.spare and _rank(shown) > _rank(qualification_level(claimed)):
            yield _about("qualification-not-highest", document, "level", field="qualification.level", entered=claimed)


def _rank(level: str) -> int:
    return QUALIFICATION_LEVELS.index(level) if level in QUALIFICATION_LEVELS else -1


def _about(
    code: str, document: Document, name: str, *, field: str | None = None, entered: str | None = None
) -> Finding:
    found = document.reading.fields[name]
    return finding_on(
        document, code, level=Level.WARN, field=field, entered=entered, read=document.text(name), of=found
    )
