"""The form against itself: mandatory fields, numbers that must be real, facts that a number already holds."""

from __future__ import annotations

from collections.abc import Iterator

from ocr.duties import NO_ACCOUNTING_DUTY
from verify.identifiers.licence import parse_licence_number
from verify.identifiers.organisation import parse_organisation_code
from verify.identifiers.uscc import parse_credit_code
from verify.model import Finding, Level
from verify.rules.case import CaseView
from verify.rules.field_rules import typed_value
from verify.rules.person_number import check_person_number
from verify.rules.typed_certificates import check_degree_number, check_diploma_number, check_qualification_number
from verify.wording import finding

# 民委发〔2016〕33号 asks for the real characters; these stand for one that a system could not write.
_PLACEHOLDERS = "?？□*＊〓■"


def check_mandatory(case: CaseView) -> Iterator[Finding]:
    """Fields that the policy wants filled in this person's situation."""
    if not case.entered.usable:
        return
    on_duty = case.entered.work.on_duty
    situations = {
        "always": True,
        "on_duty": on_duty is True,
        "off_duty": on_duty is False,
        "qualified": case.entered.qualification is not None,
    }
    for row in case.policy.mandatory:
        paths = [row.path] if situations.get(row.when, False) else []
        if row.when == "per_education":
            paths = [f"education.{place}.{row.path}" for place in range(len(case.entered.education))]
        for path in paths:
            if not _is_filled(case, path):
                yield finding(
                    "entered-field-missing", level=row.level, policy=case.policy, source=row.source, field=path
                )


def _is_filled(case: CaseView, path: str) -> bool:
    parts = path.split(".")
    if parts[0] == "education":
        return bool(getattr(case.entered.education[int(parts[1])], parts[2]))
    value = typed_value(case.entered, path, None)
    return value is not None and value != () and value != ""


def check_person(case: CaseView) -> Iterator[Finding]:
    """Name and number of the form."""
    person = case.entered.person
    if person.name and any(mark in person.name for mark in _PLACEHOLDERS):
        yield finding("name-placeholder", level=Level.WARN, field="person.name", entered=person.name)
    yield from check_person_number(case)


def check_work(case: CaseView) -> Iterator[Finding]:
    """Credit code and duties of the form."""
    work = case.entered.work
    if work.uscc:
        yield from _check_unit_code(work.uscc)
    if work.duties and NO_ACCOUNTING_DUTY in work.duties and len(work.duties) > 1:
        yield finding("duties-exclusive", level=Level.BLOCK, field="work.duties", entered="；".join(work.duties))


def _check_unit_code(typed: str) -> Iterator[Finding]:
    """A credit code, or one of the two numbers that units had before it."""
    field = "work.uscc"
    code = parse_credit_code(typed)
    if not code.is_valid:
        if parse_licence_number(typed).is_valid:
            yield finding("uscc-licence-number", level=Level.WARN, field=field, entered=typed)
        elif parse_organisation_code(typed).is_valid:
            yield finding("uscc-organisation-code", level=Level.WARN, field=field, entered=typed)
        else:
            yield finding("uscc-check", level=Level.BLOCK, field=field, entered=typed)
        return
    if not code.inner_holds:
        yield finding("uscc-inner-check", level=Level.WARN, field=field, entered=typed)
    if not code.category_known:
        # A registry that nobody knows is odder than a new category of a known one (domain.md sections 2.4 and 5.4).
        level = Level.INFO if code.registry_known else Level.WARN
        yield finding("uscc-category", level=level, field=field, entered=typed, value=code.text[:2])


def check_education(case: CaseView) -> Iterator[Finding]:
    """What the numbers of certificates say against what was typed beside them."""
    for place, entry in enumerate(case.entered.education):
        yield from check_diploma_number(case, place, entry)
        yield from check_degree_number(case, place, entry)
    if case.entered.qualification is not None:
        yield from check_qualification_number(case, case.entered.qualification)
