"""What the applicant typed, as frozen values (design.md section 3, entered.json).

Every key may be absent or null. What cannot be taken as it stands becomes a finding and the value is left out, so no
rule ever meets a wrong type; nothing here raises for what is in the document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ocr.duties import canonical_duty
from verify.model import Finding, Level
from verify.text.dates import is_long_term, parse_date
from verify.text.folding import fold_spaces, fold_width
from verify.text.levels import education_level, gender, qualification_level, study_mode
from verify.wording import finding

# Longest value kept. An address of a card has about 60 characters; more than 300 is not an answer to any question.
MAX_TEXT_CHARS = 300
# Two study modes with the highest of each are collected; more than ten entries are a mistake, not a history.
MAX_EDUCATIONS = 10
_NOTHING = frozenset({"无", "没有", "暂无", "-", "--", "—", "——", "/"})
EDUCATION_LEVELS = ("专科", "本科", "硕士研究生", "博士研究生", "高中", "中专")
QUALIFICATION_LEVELS = ("初级", "中级", "高级", "正高级")


@dataclass(frozen=True, slots=True)
class EnteredPerson:
    """基本信息. Text as typed, None where nothing usable was typed."""

    name: str | None = None
    id_type: str | None = None
    id_number: str | None = None
    gender: str | None = None
    ethnicity: str | None = None
    birth_date: str | None = None
    address: str | None = None
    id_valid_from: str | None = None
    id_valid_until: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class EnteredWork:
    """工作信息. `duties` is None when nothing was typed."""

    on_duty: bool | None = None
    employer: str | None = None
    uscc: str | None = None
    duties: tuple[str, ...] | None = None
    finance_bureau: str | None = None
    region: str | None = None
    started_on: str | None = None


@dataclass(frozen=True, slots=True)
class EnteredEducation:
    """One entry of 学历信息."""

    study_mode: str | None = None
    level: str | None = None
    school: str | None = None
    major: str | None = None
    graduated_on: str | None = None
    certificate_number: str | None = None
    degree: str | None = None
    degree_number: str | None = None


@dataclass(frozen=True, slots=True)
class EnteredQualification:
    """专业技术资格信息."""

    level: str | None = None
    certificate_number: str | None = None
    approved_on: str | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """Everything typed.

    Attributes:
        usable: False when there was no document to take it from; then nothing is held to be missing in it.
        qualification: None when none is claimed.
    """

    person: EnteredPerson = EnteredPerson()
    work: EnteredWork = EnteredWork()
    education: tuple[EnteredEducation, ...] = ()
    qualification: EnteredQualification | None = None
    usable: bool = True


Parsed = tuple[str | bool | tuple[str, ...] | None, str | None]
_Reader = Callable[[object], Parsed]

_PERSON_READERS: Mapping[str, _Reader]
_WORK_READERS: Mapping[str, _Reader]
_EDUCATION_READERS: Mapping[str, _Reader]
_QUALIFICATION_READERS: Mapping[str, _Reader]


def parse_entered(document: object) -> tuple[Entered, tuple[Finding, ...]]:
    """Takes a decoded entered.json apart.

    Args:
        document: The decoded JSON value; None when there was none (then nothing is reported here).

    Returns:
        What could be used, and what was wrong: `entered-wrong-type`, `entered-unknown-key`, `entered-bad-value`,
        `entered-bad-date`, `entered-too-long`.
    """
    if document is None:
        return Entered(usable=False), ()
    if not isinstance(document, Mapping):
        return Entered(usable=False), (_fault("entered-wrong-type", None, "整个文件"),)
    findings = list(_unknown_keys(document, ("person", "work", "education", "qualification"), ""))
    person = _section(document.get("person"), "person", _PERSON_READERS, findings)
    work = _section(document.get("work"), "work", _WORK_READERS, findings)
    qualification = _section(document.get("qualification"), "qualification", _QUALIFICATION_READERS, findings)
    education = tuple(
        EnteredEducation(**_section(entry, f"education.{place}", _EDUCATION_READERS, findings))  # type: ignore[arg-type]
        for place, entry in enumerate(_list(document.get("education"), findings))
    )
    entered = Entered(
        person=EnteredPerson(**person),  # type: ignore[arg-type]
        work=EnteredWork(**work),  # type: ignore[arg-type]
        education=tuple(entry for entry in education),
        qualification=EnteredQualification(**qualification) if any(qualification.values()) else None,  # type: ignore[arg-type]
    )
    return entered, tuple(findings)


def _section(
    value: object, path: str, readers: Mapping[str, _Reader], findings: list[Finding]
) -> dict[str, str | bool | tuple[str, ...] | None]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        findings.append(_fault("entered-wrong-type", path, path))
        return {}
    findings.extend(_unknown_keys(value, tuple(readers), f"{path}."))
    found: dict[str, str | bool | tuple[str, ...] | None] = {}
    for key, reader in readers.items():
        parsed, fault = reader(value.get(key))
        found[key] = parsed
        if fault is not None:
            findings.append(_fault(fault, f"{path}.{key}", value.get(key)))
    return found


def _list(value: object, findings: list[Finding]) -> list[object]:
    if value is None:
        return []
    if isinstance(value, Mapping):
        # A form with one entry is often exported without the list around it.
        return [value]
    if not isinstance(value, list):
        findings.append(_fault("entered-wrong-type", "education", "education"))
        return []
    if len(value) > MAX_EDUCATIONS:
        findings.append(_fault("entered-too-long", "education", f"{len(value)} 项"))
    return value[:MAX_EDUCATIONS]


def _unknown_keys(value: Mapping[object, object], known: tuple[str, ...], prefix: str) -> Iterator[Finding]:
    for key in value:
        if key not in known:
            yield _fault("entered-unknown-key", None, f"{prefix}{_shown(key)}")


def _fault(code: str, field: str | None, value: object) -> Finding:
    return finding(code, level=Level.WARN, field=field, entered=_shown(value))


def _shown(value: object) -> str:
    # Control characters would break the one-line outputs that this ends up in.
    text = "".join(char if char.isprintable() else "�" for char in str(value))
    return text if len(text) <= 60 else f"{text[:60]}…"


def _text(value: object) -> Parsed:
    if value is None:
        return None, None
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None, "entered-wrong-type"
    # A number typed without quotes (an ID number in a spreadsheet export) still says the same digits.
    text = str(value).strip()
    if len(text) > MAX_TEXT_CHARS:
        return None, "entered-too-long"
    return text or None, None


def _text_or_none(value: object) -> Parsed:
    """Text, with the words that forms put where there is nothing (no degree is 无, domain.md section 1.5) as None."""
    text, fault = _text(value)
    return (None if isinstance(text, str) and fold_spaces(text) in _NOTHING else text), fault


def _date(value: object) -> Parsed:
    text, fault = _text_or_none(value)
    if isinstance(text, str) and parse_date(text) is None:
        return None, "entered-bad-date"
    return text, fault


def _date_or_long_term(value: object) -> Parsed:
    text, fault = _text(value)
    if isinstance(text, str) and is_long_term(text):
        return text, None
    return (text, fault) if fault else _date(value)


def _one_of(words: tuple[str, ...], canonical: Callable[[str], str]) -> _Reader:
    def reader(value: object) -> Parsed:
        text, fault = _text_or_none(value)
        if not isinstance(text, str):
            return None, fault
        word = canonical(text)
        return (word, None) if word in words else (None, "entered-bad-value")

    return reader


def _flag(value: object) -> Parsed:
    if value is None or isinstance(value, bool):
        return value, None
    word = fold_spaces(fold_width(str(value))).lower()
    if word in ("是", "true", "yes", "1"):
        return True, None
    if word in ("否", "false", "no", "0"):
        return False, None
    return None, "entered-bad-value"


def _duties(value: object) -> Parsed:
    if value is None:
        return None, None
    parts = [value] if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        return None, "entered-wrong-type"
    words = tuple(canonical_duty(part) for part in parts if part.strip())
    known = tuple(dict.fromkeys(word for word in words if word is not None))
    fault = None if len(known) == len(set(words)) else "entered-bad-value"
    # An unknown word makes the whole set unusable for comparison: it may be the box that is ticked.
    return (None if fault or not known else known), fault


_PERSON_READERS = {
    "name": _text,
    "id_type": _text,
    "id_number": _text,
    "gender": _one_of(("男", "女"), gender),
    "ethnicity": _text,
    "birth_date": _date,
    "address": _text,
    "id_valid_from": _date,
    "id_valid_until": _date_or_long_term,
    "phone": _text,
}
_WORK_READERS = {
    "on_duty": _flag,
    "employer": _text,
    "uscc": _text,
    "duties": _duties,
    "finance_bureau": _text,
    "region": _text,
    "started_on": _date,
}
_EDUCATION_READERS = {
    "study_mode": _one_of(("full_time", "part_time"), study_mode),
    "level": _one_of(EDUCATION_LEVELS, education_level),
    "school": _text,
    "major": _text,
    "graduated_on": _date,
    "certificate_number": _text_or_none,
    "degree": _text_or_none,
    "degree_number": _text_or_none,
}
_QUALIFICATION_READERS = {
    "level": _one_of(QUALIFICATION_LEVELS, qualification_level),
    "certificate_number": _text_or_none,
    "approved_on": _date,
}
