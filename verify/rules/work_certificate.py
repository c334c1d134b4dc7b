"""Rules on the work certificate: seal, boxes, date, credit code (domain.md sections 1.4 and 5.4)."""

from __future__ import annotations

from collections.abc import Iterator

from ocr.duties import NO_ACCOUNTING_DUTY
from ocr.model import Kind
from verify.identifiers.uscc import parse_credit_code
from verify.model import Finding, Level
from verify.rules.case import CaseView, Document
from verify.rules.findings import finding_on
from verify.severity import is_sure
from verify.text.dates import parse_date
from verify.text.folding import fold_text
from verify.wording import finding


def check_seal(case: CaseView) -> Iterator[Finding]:
    """A seal, and the right kind of seal, on every paper that a unit must stamp."""
    rules = case.policy.work_certificate
    for document in case.of_kind(Kind.WORK_CERTIFICATE, Kind.INFORMATION_FORM, Kind.ENROLMENT_PROOF):
        present = document.field("seal_present")
        # The register's online report proves itself by a code and carries no seal.
        stamped = document.reading.variant != "online-report"
        if stamped and present is not None and present.value is False:
            yield finding_on(
                document,
                "seal-missing",
                level=Level.BLOCK if is_sure(present) else Level.WARN,
                source=rules.source,
                of=present,
            )
        seal = document.field("seal_text")
        # The raw text also holds the straight words in the middle, where special seals say what they are for.
        text = fold_text(f"{seal.value or ''}{seal.raw}") if seal is not None else ""
        if seal is not None and any(word in text for word in rules.refused_seal_words):
            yield finding(
                "seal-type-refused",
                level=Level.WARN,
                material=document.slot,
                picture=document.picture,
                paper=document.kind,
                read=seal.raw or document.text("seal_text"),
                box=seal.box,
            )


def check_boxes(case: CaseView) -> Iterator[Finding]:
    """At least one of boxes 1 to 11, or box 12 alone."""
    for document in case.of_kind(Kind.WORK_CERTIFICATE):
        field = document.field("duties")
        if field is None or not isinstance(field.value, tuple):
            continue
        sure = Level.BLOCK if is_sure(field) else Level.WARN
        if not field.value:
            yield _boxes("work-certificate-no-duty", document, sure)
        elif NO_ACCOUNTING_DUTY in field.value and len(field.value) > 1:
            yield _boxes("work-certificate-contradiction", document, sure)


def _boxes(code: str, document: Document, level: Level) -> Finding:
    field = document.reading.fields["duties"]
    return finding_on(document, code, level=level, field="work.duties", of=field)


def check_date(case: CaseView) -> Iterator[Finding]:
    """Dated, not after today, not older than the policy allows."""
    rules = case.policy.work_certificate
    for document in case.of_kind(Kind.WORK_CERTIFICATE):
        text, field = document.text("issued_on"), document.field("issued_on")
        day = parse_date(text) if text else None
        if day is None or field is None:
            yield finding_on(document, "work-certificate-undated", level=Level.INFO)
            continue
        age_days = (case.today - day.latest()).days
        if day.earliest() > case.today:
            yield finding_on(document, "work-certificate-future", level=Level.WARN, read=text, of=field)
        elif age_days > rules.max_age_days:
            yield finding_on(
                document,
                "work-certificate-old",
                level=Level.WARN,
                source=rules.max_age_source,
                read=text,
                measured=age_days,
                limit=rules.max_age_days,
                of=field,
            )


def check_credit_code(case: CaseView) -> Iterator[Finding]:
    """A code that was read but fails its own check is a misread or a slip of the pen: a person looks."""
    for document in case.of_kind(Kind.WORK_CERTIFICATE, Kind.UNIT_CERTIFICATE):
        text, field = document.text("uscc"), document.field("uscc")
        if text is None or field is None or parse_credit_code(text).is_valid:
            continue
        yield finding_on(document, "uscc-read-invalid", level=Level.WARN, field="work.uscc", read=text, of=field)
