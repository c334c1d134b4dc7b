"""Documents among themselves, where the form is silent.

Where something was typed, every document is compared with it already and a second comparison would count the same
cause again. Without it the identity card speaks for the person.
"""

from __future__ import annotations

from collections.abc import Iterator

from ocr.model import Kind
from verify.compare import compare
from verify.model import Finding, Level, Match
from verify.rules.case import CaseView, Document
from verify.rules.fields import RULES, FieldRule, typed_value
from verify.rules.numbers import trusted_number
from verify.severity import level_of
from verify.text.dates import age_on, parse_date
from verify.wording import finding, material_name

# What every paper about one person must say alike (domain.md section 5.4).
_SHARED = ("name", "id_number", "gender", "birth_date")
# 会计专业技术资格 cannot be approved for a child (domain.md section 3.5).
_MIN_AGE_YEARS = 16


def check_documents(case: CaseView) -> Iterator[Finding]:
    """Name, number, gender and birth date of every document against the identity card."""
    cards = case.of_kind(Kind.ID_CARD_FRONT)
    if not cards:
        return
    card = cards[0]
    for document in case.documents:
        if document is card:
            continue
        for rule in RULES.get(document.kind, ()):
            if rule.read in _SHARED and not typed_value(case.entered, rule.path, document.entry):
                yield from _against_card(card, document, rule)


def _against_card(card: Document, document: Document, rule: FieldRule) -> Iterator[Finding]:
    own, other = card.text(rule.read), document.text(rule.read)
    field, card_field = document.field(rule.read), card.field(rule.read)
    if own is None or other is None or field is None or card_field is None:
        return
    compared = compare(rule.kind, own, other)
    level = level_of(rule.kind, compared, field)
    doubtful = level_of(rule.kind, compared, card_field) is not Level.MISMATCH
    if level is None:
        return
    yield finding(
        "documents-disagree",
        level=Level.WARN if level is Level.MISMATCH and doubtful else level,
        field=rule.path,
        material=document.slot,
        picture=document.picture,
        paper=document.kind,
        read=other,
        value=f"{material_name(card.slot)}上的“{own}”",
        match=compared.match,
        confidence=min(field.confidence, card_field.confidence),
        box=field.box,
    )


def check_number_facts(case: CaseView) -> Iterator[Finding]:
    """Birth date and gender of a diploma against the number, where the form is silent about them."""
    number = trusted_number(case)
    if number is None or number.born is None:
        return
    for document in case.of_kind(Kind.DIPLOMA, Kind.DEGREE_CERTIFICATE, Kind.QUALIFICATION_CERTIFICATE):
        born = document.text("birth_date")
        day = parse_date(born) if born else None
        if case.entered.person.birth_date or day is None:
            continue
        if not day.earliest() <= number.born <= day.latest():
            field = document.reading.fields["birth_date"]
            yield finding(
                "documents-disagree",
                level=Level.WARN,
                field="person.birth_date",
                material=document.slot,
                picture=document.picture,
                paper=document.kind,
                read=born,
                value=f"身份证号码中的“{number.born.isoformat()}”",
                match=Match.DIFFERENT,
                confidence=field.confidence,
                box=field.box,
            )


def check_qualification_age(case: CaseView) -> Iterator[Finding]:
    """Approved at 16 or later."""
    number = trusted_number(case)
    for document in case.of_kind(Kind.QUALIFICATION_CERTIFICATE):
        text, field = document.text("approved_on"), document.field("approved_on")
        day = parse_date(text) if text else None
        if day is None or field is None:
            continue
        born = number.born if number is not None else None
        if day.earliest() > case.today:
            yield _date("date-in-future", document, text)
        elif born is not None and age_on(day.latest(), born=born) < _MIN_AGE_YEARS:
            yield _date("qualification-too-young", document, text)


def _date(code: str, document: Document, text: str | None) -> Finding:
    field = document.reading.fields["approved_on"]
    return finding(
        code,
        level=Level.WARN,
        material=document.slot,
        picture=document.picture,
        paper=document.kind,
        read=text,
        confidence=field.confidence,
        box=field.box,
    )
