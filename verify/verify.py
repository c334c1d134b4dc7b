"""The verification stage from end to end: build the view, run the rules in order, score."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType

from verify.entered import Entered
from verify.model import Finding, Level, Material, Seen, Verdict
from verify.policy_model import Policy
from verify.rules import (
    between,
    certificate_numbers,
    education,
    fields,
    files,
    filing,
    id_card,
    images,
    information_form,
    materials,
    qualification,
    unit_certificate,
    validity,
    within_form,
    work_certificate,
)
from verify.rules.case import CaseView
from verify.rules.pairing import documents_of
from verify.score import score_findings
from verify.wording import finding, reword

Rule = Callable[[CaseView], Iterator[Finding]]

# In the order in which a reviewer would look.
RULES: tuple[Rule, ...] = (
    materials.check_materials,
    materials.check_kinds,
    images.check_same_image,
    images.check_seen_elsewhere,
    files.check_files,
    within_form.check_mandatory,
    within_form.check_person,
    within_form.check_work,
    within_form.check_education,
    fields.compare_fields,
    id_card.check_validity,
    id_card.check_issuer,
    id_card.check_card_number,
    work_certificate.check_seal,
    work_certificate.check_boxes,
    work_certificate.check_date,
    work_certificate.check_credit_code,
    unit_certificate.check_unit_type,
    unit_certificate.check_inner_code,
    information_form.check_signature,
    validity.check_student_papers,
    validity.check_residence_permit,
    validity.check_own_page,
    education.check_dates,
    education.check_entries,
    certificate_numbers.check_diploma_numbers,
    certificate_numbers.check_degree_numbers,
    qualification.check_age,
    qualification.check_highest,
    between.check_documents,
    between.check_number_facts,
    between.check_seal_of_unit,
    filing.check_office,
)

# No other filing looks like this one, as far as anybody looked.
_NOWHERE: Mapping[str, tuple[Seen, ...]] = MappingProxyType({})


def verify_case(
    entered: Entered,
    entered_findings: Iterable[Finding],
    materials_by_slot: Mapping[str, Material],
    policy: Policy,
    *,
    today: date,
    seen_elsewhere: Mapping[str, tuple[Seen, ...]] = _NOWHERE,
) -> Verdict:
    """Compares what was typed with what was read and scores the submission.

    Args:
        entered: What was typed (`verify.entered.parse_entered`).
        entered_findings: What was wrong with it, and with the folder.
        materials_by_slot: Everything uploaded, read.
        policy: The rules in force.
        today: The day of the check.
        seen_elsewhere: By slot, uploads of other filings with the same bytes or a near fingerprint, as the caller
            looked them up.

    Returns:
        The verdict; never raises for what a document or a form says.
    """
    documents = documents_of(materials_by_slot, entered.education, entered.qualification)
    case = CaseView(entered, materials_by_slot, documents, policy, today, seen_elsewhere)
    found = [*entered_findings, *_policy_findings(policy, today)]
    for rule in RULES:
        found.extend(rule(case))
    told = [reword(item, policy) for item in _once(found)]
    score, band, ordered = score_findings(told, policy.score, confirmed=fields.confirmed_paths(case))
    return Verdict(score, band, ordered, MappingProxyType(dict(materials_by_slot)))


def _policy_findings(policy: Policy, today: date) -> Iterator[Finding]:
    if not policy.in_force(today):
        yield finding("policy-not-in-force", level=Level.INFO, value=policy.title)


def _once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The same thing about the same field of the same material is said once, the first time."""
    seen: set[tuple[object, ...]] = set()
    for item in findings:
        key = (item.code, item.field, item.material, item.box, item.entered if item.field is None else None)
        if key not in seen:
            seen.add(key)
            yield item
