"""Documents among themselves, where the form is silent.

Where something was typed, every document is compared with it already and a second comparison would count the same
cause again. Without it the identity card speaks for the person; where there is none, the next paper that names them.
"""

from __future__ import annotations

from collections.abc import Iterator

from ocr.model import Field, Kind
from verify.compare import FieldKind, compare, seal_similarity
from verify.model import Finding, Level, Match
from verify.rules.case import CaseView, Document
from verify.rules.field_rules import FieldRule, names_nobody, rules_of, typed_value
from verify.rules.numbers import trusted_number
from verify.severity import is_sure, level_of
from verify.text.dates import parse_date
from verify.wording import finding, kind_name

# What every paper about one person must say alike (domain.md section 5.4), and the code of the unit on two papers.
_SHARED = ("name", "id_number", "gender", "birth_date", "uscc")
# Who speaks for the person, and for the unit, where nothing was typed: papers that an authority made out come first.
_SPEAKERS = (
    Kind.ID_CARD_FRONT,
    Kind.HOUSEHOLD_REGISTER,
    Kind.RESIDENCE_PERMIT,
    Kind.UNIT_CERTIFICATE,
    Kind.QUALIFICATION_CERTIFICATE,
    Kind.WORK_CERTIFICATE,
    Kind.INFORMATION_FORM,
    Kind.DIPLOMA,
    Kind.DEGREE_CERTIFICATE,
)
_WITH_PERSON = (Kind.DIPLOMA, Kind.DEGREE_CERTIFICATE, Kind.QUALIFICATION_CERTIFICATE)
_STAMPED = (Kind.WORK_CERTIFICATE, Kind.INFORMATION_FORM)
# Numbers of foreigners begin with 9; what their serial tells of the gender is not written down (domain.md 2.2).
_FOREIGN = "9"


def check_documents(case: CaseView) -> Iterator[Finding]:
    """Name, number, gender, birth date and credit code of every document against the one that speaks for it."""
    for name in _SHARED:
        speaker = _speaker(case, name)
        for document in case.documents:
            if speaker is None or document is speaker:
                continue
            for rule in rules_of(document):
                if rule.read == name and not typed_value(case.entered, rule.path, document.entry):
                    yield from _against_speaker(speaker, document, rule)


def _speaker(case: CaseView, name: str) -> Document | None:
    able = [d for d in case.of_kind(*_SPEAKERS) if d.text(name) is not None and not names_nobody(d)]
    return min(able, key=lambda document: _SPEAKERS.index(document.kind), default=None)


def _against_speaker(speaker: Document, document: Document, rule: FieldRule) -> Iterator[Finding]:
    own, other = speaker.text(rule.read), document.text(rule.read)
    field, own_field = document.field(rule.read), speaker.field(rule.read)
    if own is None or other is None or field is None or own_field is None:
        return
    compared = compare(rule.kind, own, other)
    level = level_of(rule.kind, compared, field)
    doubtful = level_of(rule.kind, compared, own_field) is not Level.MISMATCH
    if level is None:
        return
    yield _disagreement(
        document,
        field,
        path=rule.path,
        level=Level.WARN if level is Level.MISMATCH and doubtful else level,
        value=f"{kind_name(speaker.kind)}上的“{own}”",
        match=compared.match,
        confidence=min(field.confidence, own_field.confidence),
    )


def _disagreement(
    document: Document, field: Field, *, path: str, level: Level, value: str, match: Match, confidence: float
) -> Finding:
    return finding(
        "documents-disagree",
        level=level,
        field=path,
        material=document.slot,
        picture=document.picture,
        paper=document.kind,
        read=str(field.value),
        value=value,
        match=match,
        confidence=confidence,
        box=field.box,
    )


def check_number_facts(case: CaseView) -> Iterator[Finding]:
    """Birth date and gender of a certificate against the number, where the form is silent about them."""
    number = trusted_number(case)
    if number is None or number.born is None:
        return
    for document in case.of_kind(*_WITH_PERSON):
        born, gender = document.text("birth_date"), document.text("gender")
        day = parse_date(born) if born else None
        untyped = not case.entered.person.birth_date
        if untyped and day is not None and not day.earliest() <= number.born <= day.latest():
            yield _against_number(document, "birth_date", number.born.isoformat())
        speaks = not number.text.startswith(_FOREIGN)
        if speaks and gender in ("男", "女") and gender != number.gender and not case.entered.person.gender:
            yield _against_number(document, "gender", number.gender)


def _against_number(document: Document, name: str, value: str) -> Finding:
    field = document.reading.fields[name]
    return _disagreement(
        document,
        field,
        path=f"person.{name}",
        level=Level.WARN,
        value=f"身份证号码中的“{value}”",
        match=Match.DIFFERENT,
        confidence=field.confidence,
    )


def check_seal_of_unit(case: CaseView) -> Iterator[Finding]:
    """The unit's seal against the name on the unit's own certificate, where no employer was typed."""
    if case.entered.work.employer:
        return
    unit = next((found for d in case.of_kind(Kind.UNIT_CERTIFICATE) if (found := d.field("unit_name"))), None)
    if unit is None:
        return
    name = str(unit.value)
    for document in case.of_kind(*_STAMPED):
        seal, field = document.text("seal_text"), document.field("seal_text")
        if seal is None or field is None:
            continue
        compared = compare(FieldKind.SEAL, name, seal)
        level = level_of(FieldKind.SEAL, compared, field, alike=seal_similarity(name, seal))
        if level is not None:
            yield _disagreement(
                document,
                field,
                path="work.employer",
                level=level if is_sure(unit) or level is Level.INFO else Level.WARN,
                value=f"{kind_name(Kind.UNIT_CERTIFICATE)}上的“{name}”",
                match=compared.match,
                confidence=min(field.confidence, unit.confidence),
            )
