"""What the numbers of diplomas and degrees say against what stands beside them (domain.md sections 3.3 and 3.4).

Where number and fact were both typed, the form is held against itself (`within_form`) and against the paper, which
leaves nothing to find here; this is for what the form is silent about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ocr.model import Kind
from verify.identifiers.certificates import CertificateNumber, parse_degree_number, parse_diploma_number
from verify.model import Finding, Level, Match
from verify.rules.case import CaseView, Document
from verify.rules.field_rules import real_path, typed_value
from verify.severity import is_sure
from verify.text import levels
from verify.text.dates import parse_date
from verify.wording import finding

# The number of a degree bears the year of its award; the paper of a winter session may be dated in the next year.
_DEGREE_YEARS_APART = 1


@dataclass(frozen=True, slots=True)
class _Fact:
    """One fact that a number holds.

    Attributes:
        read: Name of the field that states it in words.
        path: Path into entered.json; empty where no form asks for it.
        code: Code of the finding when they differ.
        told: What the number says, given what the paper says; empty when it says nothing or the same.
    """

    read: str
    path: str
    code: str
    told: Callable[[CertificateNumber, str], str]


def check_diploma_numbers(case: CaseView) -> Iterator[Finding]:
    """Year, level and study mode in a diploma's number."""
    for document in case.of_kind(Kind.DIPLOMA):
        yield from _check(case, document, "education.*.certificate_number", parse_diploma_number, _DIPLOMA_FACTS)


def check_degree_numbers(case: CaseView) -> Iterator[Finding]:
    """Level and year in a degree's number."""
    for document in case.of_kind(Kind.DEGREE_CERTIFICATE):
        yield from _check(case, document, "education.*.degree_number", parse_degree_number, _DEGREE_FACTS)


def _check(
    case: CaseView,
    document: Document,
    number_path: str,
    parse: Callable[[str], CertificateNumber],
    facts: tuple[_Fact, ...],
) -> Iterator[Finding]:
    typed_number = typed_value(case.entered, number_path, document.entry)
    text = document.text("certificate_number") or typed_number
    number = parse(str(text)) if text else None
    if number is None or not number.known_form:
        return
    for fact in facts:
        typed = typed_value(case.entered, fact.path, document.entry) if fact.path else None
        if typed and typed_number:
            continue
        stated = document.text(fact.read) or (str(typed) if typed else None)
        told = fact.told(number, stated) if stated else ""
        if stated and told:
            yield _differs(document, fact, stated, told)


def _differs(document: Document, fact: _Fact, stated: str, told: str) -> Finding:
    field = document.field(fact.read)
    number = document.field("certificate_number")
    behind = [found for found in (field, number) if found is not None]
    return finding(
        fact.code,
        level=Level.WARN,
        field=real_path(fact.path, document.entry) if fact.path and document.entry is not None else None,
        material=document.slot,
        picture=document.picture,
        paper=document.kind,
        read=stated,
        value=told,
        match=Match.DIFFERENT if all(is_sure(found) for found in behind) else Match.FUZZY,
        confidence=min((found.confidence for found in behind), default=1.0),
        box=field.box if field is not None else None,
    )


def _year(number: CertificateNumber, stated: str) -> str:
    day = parse_date(stated)
    return "" if day is None or number.year_agrees(day.year) else str(number.year)


def _award_year(number: CertificateNumber, stated: str) -> str:
    day = parse_date(stated)
    if day is None or number.year is None or abs(number.year - day.year) <= _DEGREE_YEARS_APART:
        return ""
    return str(number.year)


def _level(number: CertificateNumber, stated: str) -> str:
    return "" if number.level_agrees(levels.education_level(stated)) else number.level


def _degree_level(number: CertificateNumber, stated: str) -> str:
    return "" if number.level_agrees(levels.degree(stated)) else number.level


def _study_mode(number: CertificateNumber, stated: str) -> str:
    # Words that do not decide it, such as 脱产, contradict nothing; an ordinary number decides nothing either.
    mode = levels.study_mode(stated)
    return "" if not mode or number.study_agrees(mode) else "非全日制"


_DIPLOMA_FACTS = (
    _Fact("graduated_on", "education.*.graduated_on", "paper-number-year", _year),
    _Fact("level", "education.*.level", "paper-number-level", _level),
    _Fact("study_mode", "education.*.study_mode", "paper-number-mode", _study_mode),
)
_DEGREE_FACTS = (
    _Fact("awarded_on", "", "paper-number-year", _award_year),
    _Fact("degree", "education.*.degree", "paper-number-level", _degree_level),
)
