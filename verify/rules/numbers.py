"""The resident number that the rest of a case may be held against."""

from __future__ import annotations

from ocr.model import Kind
from verify.identifiers.resident import ResidentNumber, parse_resident
from verify.rules.case import CaseView


def trusted_number(case: CaseView) -> ResidentNumber | None:
    """The first number whose check character agrees: the card's, else the form's; None when there is none."""
    texts = [document.text("id_number") for document in case.of_kind(Kind.ID_CARD_FRONT)]
    for text in (*texts, case.entered.person.id_number):
        number = parse_resident(text) if text else None
        if number is not None and number.is_valid:
            return number
    return None
