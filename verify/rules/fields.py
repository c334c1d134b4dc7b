"""The form against every reading, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ocr.model import Field, Kind
from verify.compare import Comparison, FieldKind, compare, compare_duties, seal_similarity
from verify.entered import Entered
from verify.model import Finding, Level, Match
from verify.rules.case import CaseView, Document
from verify.rules.numbers import trusted_number
from verify.severity import level_of
from verify.text.dates import parse_date
from verify.wording import finding


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One field of a document and what it is held against.

    Attributes:
        read: Name in the reading.
        path: Path into entered.json; `education.*` stands for the entry that the document belongs to.
        kind: How the two are compared.
        code: Code of the finding when they differ.
        printed: Every paper of this kind prints it, so its absence means that it was not read.
        most: The worst level that a difference may have.
    """

    read: str
    path: str
    kind: FieldKind
    code: str
    printed: bool = True
    most: Level = Level.MISMATCH


_NAME = FieldRule("name", "person.name", FieldKind.NAME, "name-differs")
_NUMBER = FieldRule("id_number", "person.id_number", FieldKind.RESIDENT_NUMBER, "id-number-differs")
_GENDER = FieldRule("gender", "person.gender", FieldKind.GENDER, "gender-differs")
_BIRTH = FieldRule("birth_date", "person.birth_date", FieldKind.DATE, "birth-date-differs")
_SEAL = FieldRule("seal_text", "work.employer", FieldKind.SEAL, "seal-text-differs", printed=False)
# Certificates before 2001 print an age instead of a birth date, some no sex (domain.md section 3.3).
_GENDER_MAYBE = FieldRule("gender", "person.gender", FieldKind.GENDER, "gender-differs", printed=False)
_BIRTH_MAYBE = FieldRule("birth_date", "person.birth_date", FieldKind.DATE, "birth-date-differs", printed=False)

RULES: dict[Kind, tuple[FieldRule, ...]] = {
    Kind.ID_CARD_FRONT: (
        _NAME,
        _GENDER,
        FieldRule("ethnicity", "person.ethnicity", FieldKind.ETHNICITY, "ethnicity-differs"),
        _BIRTH,
        FieldRule("address", "person.address", FieldKind.ADDRESS, "address-differs", most=Level.WARN),
        _NUMBER,
    ),
    Kind.ID_CARD_BACK: (
        FieldRule("valid_from", "person.id_valid_from", FieldKind.DATE, "id-valid-from-differs"),
        FieldRule("valid_until", "person.id_valid_until", FieldKind.DATE, "id-valid-until-differs"),
    ),
    Kind.WORK_CERTIFICATE: (
        _NAME,
        _NUMBER,
        FieldRule("duties", "work.duties", FieldKind.DUTIES, "duties-differs"),
        FieldRule("uscc", "work.uscc", FieldKind.CREDIT_CODE, "uscc-differs"),
        FieldRule("finance_bureau", "work.finance_bureau", FieldKind.OFFICE, "finance-bureau-differs"),
        _SEAL,
    ),
    Kind.DIPLOMA: (
        _NAME,
        _GENDER_MAYBE,
        _BIRTH_MAYBE,
        FieldRule("school", "education.*.school", FieldKind.UNIT, "school-differs"),
        FieldRule("major", "education.*.major", FieldKind.TEXT, "major-differs"),
        FieldRule("level", "education.*.level", FieldKind.EDUCATION_LEVEL, "education-level-differs"),
        FieldRule("study_mode", "education.*.study_mode", FieldKind.STUDY_MODE, "study-mode-differs", printed=False),
        FieldRule("graduated_on", "education.*.graduated_on", FieldKind.GRADUATION, "graduated-on-differs"),
        FieldRule(
            "certificate_number", "education.*.certificate_number", FieldKind.NUMBER, "certificate-number-differs"
        ),
    ),
    Kind.DEGREE_CERTIFICATE: (
        _NAME,
        _GENDER_MAYBE,
        _BIRTH_MAYBE,
        FieldRule("school", "education.*.school", FieldKind.UNIT, "school-differs"),
        # A degree names the discipline, which may be wider than the diploma's major.
        FieldRule("major", "education.*.major", FieldKind.TEXT, "major-differs", printed=False, most=Level.WARN),
        FieldRule("degree", "education.*.degree", FieldKind.DEGREE, "degree-differs"),
        FieldRule("certificate_number", "education.*.degree_number", FieldKind.NUMBER, "degree-number-differs"),
    ),
    Kind.QUALIFICATION_CERTIFICATE: (
        _NAME,
        FieldRule("id_number", "person.id_number", FieldKind.RESIDENT_NUMBER, "id-number-differs", printed=False),
        _GENDER_MAYBE,
        _BIRTH_MAYBE,
        FieldRule("level", "qualification.level", FieldKind.QUALIFICATION_LEVEL, "qualification-level-differs"),
        FieldRule("approved_on", "qualification.approved_on", FieldKind.DATE, "approved-on-differs"),
        FieldRule(
            "certificate_number", "qualification.certificate_number", FieldKind.NUMBER, "qualification-number-differs"
        ),
    ),
    Kind.RESIDENCE_PERMIT: (_NAME, _NUMBER),
    Kind.HOUSEHOLD_REGISTER: (_NAME, _NUMBER),
    Kind.STUDENT_CARD: (_NAME,),
    Kind.ENROLMENT_PROOF: (_NAME,),
    Kind.UNIT_CERTIFICATE: (
        FieldRule("unit_name", "work.employer", FieldKind.UNIT, "employer-differs"),
        FieldRule("uscc", "work.uscc", FieldKind.CREDIT_CODE, "uscc-differs"),
    ),
    Kind.INFORMATION_FORM: (_NAME, _NUMBER, _SEAL),
}  # fmt: skip

# A document of which this share of the expected fields is missing was not read at all, whatever the rest says.
UNREADABLE_SHARE = 2 / 3
# With fewer expected fields than this, a share says nothing.
_LEAST_EXPECTED = 3

TypedValue = str | tuple[str, ...] | None


def compare_fields(case: CaseView) -> Iterator[Finding]:
    """Every field of every document against the form."""
    for document in case.documents:
        yield from _compare_document(case, document)


def confirmed_paths(case: CaseView) -> frozenset[str]:
    """Paths into entered.json that at least one document prints as typed."""
    return frozenset(
        real_path(rule.path, document.entry)
        for document in case.documents
        for rule in RULES.get(document.kind, ())
        if (typed := typed_value(case.entered, rule.path, document.entry))
        and (found := document.field(rule.read)) is not None
        and (compared := _compared(rule, typed, found)) is not None
        and compared.match in (Match.EXACT, Match.NORMALISED)
    )


def expected_rules(case: CaseView, document: Document) -> tuple[FieldRule, ...]:
    """The rules of a document for which something was typed and the paper prints the field."""
    rules = RULES.get(document.kind, ())
    return tuple(rule for rule in rules if rule.printed and typed_value(case.entered, rule.path, document.entry))


def unread_rules(case: CaseView, document: Document) -> tuple[FieldRule, ...]:
    """Those of them that were not read."""
    return tuple(rule for rule in expected_rules(case, document) if document.field(rule.read) is None)


def typed_value(entered: Entered, path: str, entry: int | None) -> TypedValue:
    """What was typed at a path; None for nothing, or when the document has no entry of its own."""
    section, _, rest = path.partition(".")
    if section == "education":
        if entry is None or entry >= len(entered.education):
            return None
        value = getattr(entered.education[entry], rest.removeprefix("*."))
    elif section == "qualification":
        value = None if entered.qualification is None else getattr(entered.qualification, rest)
    else:
        value = getattr(entered.person if section == "person" else entered.work, rest)
    return value if isinstance(value, tuple) or value is None else str(value)


def real_path(path: str, entry: int | None) -> str:
    """The path with the entry's index in place of the star."""
    return path.replace("*", str(entry))


def _compare_document(case: CaseView, document: Document) -> Iterator[Finding]:
    unread = unread_rules(case, document)
    expected = expected_rules(case, document)
    if len(expected) >= _LEAST_EXPECTED and len(unread) >= UNREADABLE_SHARE * len(expected):
        yield finding(
            "document-unreadable",
            level=Level.BLOCK,
            material=document.slot,
            picture=document.picture,
            paper=document.kind,
            measured=len(expected) - len(unread),
            limit=len(expected),
        )
        unread = ()
    for rule in RULES.get(document.kind, ()):
        typed = typed_value(case.entered, rule.path, document.entry)
        if not typed:
            continue
        found = document.reading.fields.get(rule.read)
        if found is None or found.value in (None, ""):
            # A label without a value is noticed even where not every paper prints the field.
            if rule in unread or (found is not None and rule.kind is not FieldKind.SEAL):
                yield _unread(rule, document, typed, found)
            continue
        yield from _compare_field(case, document, rule, typed, found)


def _unread(rule: FieldRule, document: Document, typed: TypedValue, found: Field | None) -> Finding:
    return finding(
        "field-unread",
        level=Level.WARN,
        field=real_path(rule.path, document.entry),
        material=document.slot,
        picture=document.picture,
        paper=document.kind,
        entered=shown(typed),
        confidence=found.confidence if found is not None else 0.0,
        box=found.box if found is not None else None,
    )


def _compare_field(
    case: CaseView, document: Document, rule: FieldRule, typed: TypedValue, found: Field
) -> Iterator[Finding]:
    read = found.value
    compared = _compared(rule, typed, found)
    if compared is None:
        return
    level = level_of(
        rule.kind,
        compared,
        found,
        contradicted=compared.match is Match.DIFFERENT and _contradicted(case, document, rule, str(typed)),
        alike=seal_similarity(str(typed), str(read)) if rule.kind is FieldKind.SEAL else 0.0,
    )
    if level is None:
        return
    yield finding(
        rule.code,
        level=Level.WARN if level is Level.MISMATCH and rule.most is Level.WARN else level,
        policy=case.policy,
        field=real_path(rule.path, document.entry),
        material=document.slot,
        picture=document.picture,
        paper=document.kind,
        entered=shown(typed),
        read=shown(read),
        match=compared.match,
        confidence=found.confidence,
        box=found.box,
    )


def _compared(rule: FieldRule, typed: TypedValue, found: Field) -> Comparison | None:
    """None when the two are not of one type: a reader's fault, and nothing to hold against anybody."""
    read = found.value
    if isinstance(typed, tuple) and isinstance(read, tuple):
        return compare_duties(typed, read)
    if isinstance(typed, str) and isinstance(read, str):
        return compare(rule.kind, typed, read)
    return None


def _contradicted(case: CaseView, document: Document, rule: FieldRule, typed: str) -> bool:
    """True when other evidence agrees with what was typed, so that the reading stands alone."""
    if rule.path == "person.gender" and _number_says(case, "gender", typed):
        return True
    if rule.path == "person.birth_date" and _number_says(case, "birth", typed):
        return True
    if rule.path not in ("person.name", "person.ethnicity", "person.gender", "person.birth_date"):
        return False
    return any(
        compare(rule.kind, typed, other).match in (Match.EXACT, Match.NORMALISED)
        for document_b in case.documents
        if document_b is not document and (other := document_b.text(rule.read)) is not None
    )


def _number_says(case: CaseView, what: str, typed: str) -> bool:
    """True when the digits of a valid resident number, read or typed, agree with the typed value."""
    number = trusted_number(case)
    if number is None or number.born is None:
        return False
    if what == "gender":
        return number.gender == typed
    day = parse_date(typed)
    return day is not None and day.earliest() <= number.born <= day.latest()


def shown(value: object) -> str:
    """A value as findings carry it: duties joined by the Chinese list mark."""
    return "；".join(value) if isinstance(value, tuple) else str(value)
