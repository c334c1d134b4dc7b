"""Other evidence that agrees with what was typed, so that a reading that differs stands alone.

A reading that stands alone may still be right, so it is never dropped: it only has to be surer before it accuses.
"""

from __future__ import annotations

from ocr.model import Kind
from verify.compare import compare
from verify.identifiers.certificates import parse_diploma_number
from verify.model import Match
from verify.rules.case import CaseView, Document
from verify.rules.field_rules import FieldRule, real_path, rules_of
from verify.rules.numbers import trusted_number
from verify.text.dates import parse_date
from verify.text.levels import education_level

_SAME = frozenset({Match.EXACT, Match.NORMALISED})
# Numbers with a check character prove themselves: a second one that passes its check is no slip.
_PROVE_THEMSELVES = frozenset({"person.id_number", "work.uscc"})


def speaks_for(case: CaseView, document: Document, rule: FieldRule, typed: str) -> bool:
    """True when something beside this reading agrees with what was typed.

    Args:
        case: The case.
        document: The paper whose reading differs.
        rule: The field.
        typed: What the form says.
    """
    if rule.path in _PROVE_THEMSELVES:
        return False
    if rule.path in ("person.gender", "person.birth_date") and _number_says(case, rule.path, typed):
        return True
    if document.kind is Kind.DIPLOMA and _own_number_says(document, rule.read, typed):
        return True
    return _another_paper_says(case, document, rule, typed)


def _number_says(case: CaseView, path: str, typed: str) -> bool:
    """True when the digits of a valid resident number, read or typed, agree with the typed value."""
    number = trusted_number(case)
    if number is None or number.born is None:
        return False
    if path == "person.gender":
        return number.gender == typed
    day = parse_date(typed)
    return day is not None and day.earliest() <= number.born <= day.latest()


def _own_number_says(document: Document, read: str, typed: str) -> bool:
    """True when the diploma's own number holds the typed year or level (domain.md section 3.3)."""
    text = document.text("certificate_number")
    number = parse_diploma_number(text) if text else None
    if number is None or not number.known_form:
        return False
    if read == "level":
        return bool(number.level) and number.level == education_level(typed)
    day = parse_date(typed) if read == "graduated_on" else None
    return day is not None and number.year == day.year


def _another_paper_says(case: CaseView, document: Document, rule: FieldRule, typed: str) -> bool:
    path = real_path(rule.path, document.entry)
    return any(
        compare(other_rule.kind, typed, value).match in _SAME
        for other in case.documents
        if other is not document
        for other_rule in rules_of(other)
        if real_path(other_rule.path, other.entry) == path and (value := other.text(other_rule.read)) is not None
    )
