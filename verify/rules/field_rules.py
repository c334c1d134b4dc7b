"""Which field of which paper is held against which field of the form, and how."""

from __future__ import annotations

from dataclasses import dataclass

from ocr.model import Kind
from verify.compare import FieldKind
from verify.entered import Entered
from verify.model import Level
from verify.rules.case import Document


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
# Qualification certificates and papers of students carry it or not (domain.md sections 3.2 and 3.5).
_NUMBER_MAYBE = FieldRule(
    "id_number", "person.id_number", FieldKind.RESIDENT_NUMBER, "id-number-differs", printed=False
)
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
        _NUMBER_MAYBE,
        _GENDER_MAYBE,
        _BIRTH_MAYBE,
        FieldRule("level", "qualification.level", FieldKind.QUALIFICATION_LEVEL, "qualification-level-differs"),
        FieldRule("approved_on", "qualification.approved_on", FieldKind.DATE, "approved-on-differs"),
        FieldRule(
            "certificate_number", "qualification.certificate_number", FieldKind.NUMBER, "qualification-number-differs"
        ),
    ),
    Kind.RESIDENCE_PERMIT: (_NAME, _NUMBER),
    # Nothing else of a household register is compared, or even kept (PIPL art. 6; domain.md section 3.2).
    Kind.HOUSEHOLD_REGISTER: (_NAME, _NUMBER),
    Kind.STUDENT_CARD: (_NAME, _NUMBER_MAYBE),
    Kind.ENROLMENT_PROOF: (_NAME, _NUMBER_MAYBE),
    Kind.UNIT_CERTIFICATE: (
        FieldRule("unit_name", "work.employer", FieldKind.UNIT, "employer-differs"),
        FieldRule("uscc", "work.uscc", FieldKind.CREDIT_CODE, "uscc-differs"),
    ),
    Kind.INFORMATION_FORM: (_NAME, _NUMBER, _SEAL),
}  # fmt: skip

# Pages that do not name the person: the back of a residence permit with its endorsements, and the first page of a
# household register, which names the head of the household (`variant` of the two readers).
_OF_NOBODY = frozenset({"endorsement", "home_page"})

TypedValue = str | tuple[str, ...] | None


def rules_of(document: Document) -> tuple[FieldRule, ...]:
    """The fields of a document that are compared."""
    if names_nobody(document):
        return ()
    rules = RULES.get(document.kind, ())
    # The form describes one qualification, the highest; a paper of a lower one is not held against it.
    return tuple(rule for rule in rules if not (document.spare and rule.path.startswith("qualification.")))


def names_nobody(document: Document) -> bool:
    """True for a page that says nothing about the person."""
    return document.reading.variant in _OF_NOBODY


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
