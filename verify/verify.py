"""The verification stage from end to end: build the view, run the rules in order, score."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType

from verify.entered import Entered
from verify.model import Finding, Level, Material, Verdict
from verify.policy_model import Policy
from verify.rules import (
    between,
    education,
    fields,
    files,
    id_card,
    information_form,
    materials,
    within_form,
    work_certificate,
)
from verify.rules.case import CaseView
from verify.rules.pairing import documents_of
from verify.score import score_findings
from verify.wording import finding

Rule = Callable[[CaseView], Iterator[Finding]]

# In the order in which a reviewer would look.
RULES: tuple[Rule, ...] = (
    materials.check_materials,
    materials.check_kinds,
    files.check_files,
    within_form.check_mandatory,
    within_form.check_person,
    within_form.check_work,
    within_form.check_education,
    fields.compare_fields,
    id_card.check_validity,
    id_card.check_card_number,
    work_certificate.check_seal,
    work_certificate.check_boxes,
    work_certificate.check_date,
    work_certificate.check_credit_code,
    information_form.check_signature,
    education.check_dates,
    education.check_entries,
    between.check_documents,
    between.check_number_facts,
    between.check_qualification_age,
)


def verify_case(
    entered: Entered,
    entered_findings: Iterable[Finding],
    materials_by_slot: Mapping[str, Material],
    policy: Policy,
    *,
    today: date,
) -> Verdict:
    """Compares what was typed with what was read and scores the submission.

    Args:
        entered: What was typed (`verify.entered.parse_entered`).
        entered_findings: What was wrong with it, and with the folder.
        materials_by_slot: Everything uploaded, read.
        policy: The rules in force.
        today: The day of the check.

    Returns:
        The verdict; never raises for what a document or a form says.
    """
    case = CaseView(entered, materials_by_slot, documents_of(materials_by_slot, entered.education), policy, today)
    found = [*entered_findings, *_policy_findings(policy, today)]
    for rule in RULES:
        found.extend(rule(case))
    score, band, ordered = score_findings(_once(found), policy.score, confirmed=fields.confirmed_paths(case))
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
