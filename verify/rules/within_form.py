"""The form against itself: mandatory fields, numbers that must be real, facts that a number already holds."""

from __future__ import annotations

from collections.abc import Iterator

from ocr.duties import NO_ACCOUNTING_DUTY
from ocr.model import Kind
from verify.entered import EnteredEducation
from verify.identifiers.addresses import CodeStatus
from verify.identifiers.certificates import (
    REGISTERED_SINCE_YEAR,
    parse_degree_number,
    parse_diploma_number,
)
from verify.identifiers.resident import MAX_AGE_YEARS, MIN_AGE_YEARS, ResidentNumber, parse_resident
from verify.identifiers.uscc import parse_credit_code
from verify.model import Finding, Level, Match
from verify.rules.case import CaseView
from verify.rules.fields import typed_value
from verify.text.dates import age_on, parse_date
from verify.wording import finding

# 民委发〔2016〕33号 asks for the real characters; these stand for one that a system could not write.
_PLACEHOLDERS = "?？□*＊〓■"
# Identity papers whose number is not a citizen number; their rules come with the issue that adds those papers.
_RESIDENT_CARD_TYPES = (None, "resident_id_card", "居民身份证", "身份证")


def check_mandatory(case: CaseView) -> Iterator[Finding]:
    """Fields that the policy wants filled in this person's situation."""
    if not case.entered.usable:
        return
    on_duty = case.entered.work.on_duty
    situations = {
        "always": True,
        "on_duty": on_duty is True,
        "off_duty": on_duty is False,
        "qualified": case.entered.qualification is not None,
    }
    for row in case.policy.mandatory:
        paths = [row.path] if situations.get(row.when, False) else []
        if row.when == "per_education":
            paths = [f"education.{place}.{row.path}" for place in range(len(case.entered.education))]
        for path in paths:
            if not _is_filled(case, path):
                yield finding(
                    "entered-field-missing", level=row.level, policy=case.policy, source=row.source, field=path
                )


def _is_filled(case: CaseView, path: str) -> bool:
    parts = path.split(".")
    if parts[0] == "education":
        return bool(getattr(case.entered.education[int(parts[1])], parts[2]))
    value = typed_value(case.entered, path, None)
    return value is not None and value != () and value != ""


def check_person(case: CaseView) -> Iterator[Finding]:
    """Name and number of the form."""
    person = case.entered.person
    if person.name and any(mark in person.name for mark in _PLACEHOLDERS):
        yield finding("name-placeholder", level=Level.WARN, field="person.name", entered=person.name)
    if not person.id_number or person.id_type not in _RESIDENT_CARD_TYPES:
        return
    number = parse_resident(person.id_number)
    yield from _check_number(case, number, person.id_number)
    if number.is_valid and _number_stands(case, number):
        yield from _against_number(case, number)


def _check_number(case: CaseView, number: ResidentNumber, typed: str) -> Iterator[Finding]:
    field = "person.id_number"
    if not number.well_formed:
        yield finding("id-number-malformed", level=Level.BLOCK, field=field, entered=typed)
        return
    if len(number.text) == 15:
        yield finding("id-number-first-generation", level=Level.BLOCK, field=field, entered=typed)
    if number.born is None:
        yield finding("id-number-birth", level=Level.BLOCK, field=field, entered=typed)
    elif not number.check_holds:
        yield finding("id-number-check", level=Level.BLOCK, field=field, entered=typed)
    else:
        age = age_on(case.today, born=number.born)
        if not MIN_AGE_YEARS <= age <= MAX_AGE_YEARS:
            yield finding(
                "id-number-age", level=Level.BLOCK, field=field, entered=typed, measured=age, limit=MIN_AGE_YEARS
            )
    if number.division.status is CodeStatus.UNKNOWN:
        yield finding("id-number-division-unknown", level=Level.WARN, field=field, entered=typed)
    elif number.division.status is CodeStatus.ABOLISHED:
        place = f"{number.division.province}{number.division.name}"
        yield finding("id-number-division-abolished", level=Level.INFO, field=field, entered=typed, value=place)


def _number_stands(case: CaseView, number: ResidentNumber) -> bool:
    """False when the card shows another number: then the number is accused already and must not accuse in turn."""
    texts = [document.text("id_number") for document in case.of_kind(Kind.ID_CARD_FRONT, Kind.WORK_CERTIFICATE)]
    read = [parse_resident(text) for text in texts if text]
    return not any(other.is_valid and other.full != number.full for other in read)


def _against_number(case: CaseView, number: ResidentNumber) -> Iterator[Finding]:
    person = case.entered.person
    if person.gender and person.gender != number.gender:
        yield finding(
            "gender-against-number",
            level=Level.MISMATCH,
            field="person.gender",
            entered=person.gender,
            read=number.gender,
            match=Match.DIFFERENT,
        )
    typed = parse_date(person.birth_date) if person.birth_date else None
    if typed is not None and number.born is not None and not typed.earliest() <= number.born <= typed.latest():
        yield finding(
            "birth-date-against-number",
            level=Level.MISMATCH,
            field="person.birth_date",
            entered=person.birth_date,
            read=number.born.isoformat(),
            match=Match.DIFFERENT,
        )


def check_work(case: CaseView) -> Iterator[Finding]:
    """Credit code and duties of the form."""
    work = case.entered.work
    if work.uscc:
        code = parse_credit_code(work.uscc)
        if not code.is_valid:
            yield finding("uscc-check", level=Level.BLOCK, field="work.uscc", entered=work.uscc)
        elif not code.inner_holds:
            yield finding("uscc-inner-check", level=Level.WARN, field="work.uscc", entered=work.uscc)
        if code.is_valid and not code.category_known:
            yield finding("uscc-category", level=Level.WARN, field="work.uscc", entered=work.uscc, value=code.text[:2])
    if work.duties and NO_ACCOUNTING_DUTY in work.duties and len(work.duties) > 1:
        yield finding("duties-exclusive", level=Level.BLOCK, field="work.duties", entered="；".join(work.duties))


def check_education(case: CaseView) -> Iterator[Finding]:
    """What certificate numbers say against what was typed beside them."""
    for place, entry in enumerate(case.entered.education):
        yield from _diploma_number(place, entry)
        yield from _degree_number(place, entry)


def _diploma_number(place: int, entry: EnteredEducation) -> Iterator[Finding]:
    field = f"education.{place}.certificate_number"
    if not entry.certificate_number:
        return
    number = parse_diploma_number(entry.certificate_number)
    graduated = parse_date(entry.graduated_on) if entry.graduated_on else None
    typed = entry.certificate_number
    if not number.known_form:
        # Before the electronic registration numbers had any form; afterwards another form is only noted, because
        # party schools, the army and foreign schools number their own way.
        if graduated is not None and graduated.year > REGISTERED_SINCE_YEAR:
            yield finding("diploma-number-form", level=Level.INFO, field=field, entered=typed)
        return
    if graduated is not None and number.year is not None and number.year != graduated.year:
        yield finding(
            "diploma-number-year",
            level=Level.WARN,
            field=f"education.{place}.graduated_on",
            entered=entry.graduated_on,
            read=str(number.year),
        )
    if entry.level and number.level and entry.level != number.level:
        yield finding(
            "diploma-number-level",
            level=Level.WARN,
            field=f"education.{place}.level",
            entered=entry.level,
            read=number.level,
        )
    if entry.study_mode == "full_time" and number.study_mode == "part_time":
        yield finding("diploma-number-mode", level=Level.WARN, field=f"education.{place}.study_mode", entered=typed)


def _degree_number(place: int, entry: EnteredEducation) -> Iterator[Finding]:
    field = f"education.{place}.degree_number"
    if not entry.degree_number:
        return
    number = parse_degree_number(entry.degree_number)
    if not number.known_form:
        yield finding("degree-number-form", level=Level.INFO, field=field, entered=entry.degree_number)
    elif entry.degree and number.level not in entry.degree:
        yield finding(
            "degree-number-level",
            level=Level.WARN,
            field=f"education.{place}.degree",
            entered=entry.degree,
            read=number.level,
        )
