"""Rules on papers of people without a post: student papers still valid, permits endorsed, the right page shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ocr.model import Kind
from verify.model import Finding, Level
from verify.policy_model import Source
from verify.rules.case import CaseView, Document
from verify.rules.field_rules import names_nobody
from verify.rules.findings import finding_on
from verify.text.dates import parse_date

# A residence permit is endorsed once a year; without the endorsement it is suspended, and no end date is printed on
# the front (domain.md section 3.2).
_ENDORSEMENT_LAW = Source("《居住证暂行条例》第十条")


def check_student_papers(case: CaseView) -> Iterator[Finding]:
    """Student cards and proofs that print an end cover today (R8: 在校学生)."""
    for document in case.of_kind(Kind.STUDENT_CARD, Kind.ENROLMENT_PROOF):
        end = _end(document)
        if end is not None and end < case.today:
            yield _about("student-paper-expired", document, Level.WARN)


def check_residence_permit(case: CaseView) -> Iterator[Finding]:
    """The endorsement covers today; where none was shown, its side is asked for."""
    permits = case.of_kind(Kind.RESIDENCE_PERMIT)
    ends = [(end, permit) for permit in permits if (end := _end(permit)) is not None]
    if ends:
        # Endorsements stand one below the other, on one side or on several uploads: the last one counts.
        last, permit = max(ends, key=lambda item: item[0])
        if last < case.today:
            yield _about("residence-permit-lapsed", permit, Level.WARN, source=_ENDORSEMENT_LAW)
    elif permits and not any(names_nobody(permit) for permit in permits):
        yield _about("residence-permit-endorsement", permits[0], Level.INFO, source=_ENDORSEMENT_LAW)


def check_own_page(case: CaseView) -> Iterator[Finding]:
    """Of permits and household registers, the page with the person's own data (seed 004, 1.5（四）)."""
    for kind in (Kind.RESIDENCE_PERMIT, Kind.HOUSEHOLD_REGISTER):
        pages = case.of_kind(kind)
        if pages and all(names_nobody(page) for page in pages):
            yield _about("own-page-missing", pages[0], Level.WARN)


def _end(document: Document) -> date | None:
    """The last day that the paper names."""
    text = document.text("valid_until")
    day = parse_date(text) if text else None
    return day.latest() if day is not None else None


def _about(code: str, document: Document, level: Level, *, source: Source | None = None) -> Finding:
    field = document.field("valid_until")
    return finding_on(document, code, level=level, source=source, read=document.text("valid_until"), of=field)
