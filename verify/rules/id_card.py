"""Rules on the card itself: validity, term, issuer, and a number that agrees with what is printed above it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from ocr.check_digits import is_early_foreign_number
from ocr.model import Field, Kind
from verify.identifiers.addresses import CodeStatus
from verify.identifiers.resident import ResidentNumber, parse_resident
from verify.model import Finding, Level
from verify.rules.case import CaseView, Document
from verify.rules.findings import finding_on
from verify.rules.numbers import trusted_number
from verify.severity import is_sure
from verify.text.dates import PartialDate, age_on, is_long_term, parse_date, years_after
from verify.text.folding import fold_text

# 居民身份证法 art. 5: age at issue and years of validity; None is 长期.
_TERMS: tuple[tuple[int, int, int | None], ...] = ((0, 15, 5), (16, 25, 10), (26, 45, 20), (46, 200, None))
# Issue and birthday may lie a day apart on either side of midnight of the paperwork; domain.md 3.1 allows one day.
_TOLERANCE = timedelta(days=1)
# Cards with terms of their own, five years for compatriots and ten and more for foreigners, whatever the age.
_OTHER_TERMS = frozenset({"hmt_residence_permit", "foreign_permanent_residence"})
# 五华区 is 五华分局 in an authority's name, 石林彝族自治县 is 石林县: what follows the first two characters varies.
_COUNTY_CHARACTERS = 2
# No second-generation card is older (domain.md section 3.1).
_FIRST_CARDS = date(2004, 1, 1)


def check_validity(case: CaseView) -> Iterator[Finding]:
    """Valid today, not from tomorrow, and for a lawful term."""
    for document in case.of_kind(Kind.ID_CARD_BACK):
        start = _day(document.text("valid_from"))
        until_text = document.text("valid_until")
        until = _day(until_text)
        until_field = document.field("valid_until")
        if until is not None and until_field is not None and until < case.today:
            proved = (
                start is not None and _is_lawful(start, until) and _term_fits(case, start, until, until.isoformat())
            )
            sure = is_sure(until_field) and not breaks_lawful_term(document)
            yield _expired(document, until, until_field, level=Level.BLOCK if proved or sure else Level.WARN)
        if start is not None and start > case.today:
            yield finding_on(
                document,
                "id-card-not-yet-valid",
                level=Level.WARN,
                field="person.id_valid_from",
                read=start.isoformat(),
            )
        ordinary = document.reading.variant not in _OTHER_TERMS
        if ordinary and start is not None and until_text and not _term_fits(case, start, until, until_text):
            yield finding_on(
                document,
                "id-card-term-odd",
                level=Level.WARN,
                field="person.id_valid_until",
                read=f"{start.isoformat()} 至 {until_text}",
                of=until_field,
            )


def _expired(document: Document, until: date, field: Field, *, level: Level) -> Finding:
    """Blocks when the reading is sure or a lawful term proves it; a doubtful date only warns."""
    return finding_on(
        document, "id-card-expired", level=level, field="person.id_valid_until", read=until.isoformat(), of=field
    )


def breaks_lawful_term(document: Document) -> bool:
    """True when the two dates of an ordinary card are no lawful term apart (居民身份证法 art. 5).

    The police print none but lawful terms, so one of the two was misread, however sure both look.
    """
    start, until = _day(document.text("valid_from")), _day(document.text("valid_until"))
    ordinary = document.kind is Kind.ID_CARD_BACK and document.reading.variant not in _OTHER_TERMS
    return ordinary and start is not None and until is not None and not _is_lawful(start, until)


def _day(text: str | None) -> date | None:
    found: PartialDate | None = parse_date(text) if text else None
    return None if found is None or found.day is None else found.earliest()


def _is_lawful(start: date, until: date) -> bool:
    return any(abs(until - years_after(start, years)) <= _TOLERANCE for _, _, years in _TERMS if years is not None)


def _term_fits(case: CaseView, start: date, until: date | None, until_text: str) -> bool:
    if start < _FIRST_CARDS:
        return False
    if until is None and not is_long_term(until_text):
        return True
    lawful = until is None or _is_lawful(start, until)
    born = _birth(case)
    if born is None or not lawful:
        return lawful
    ages = {age_on(start + shift, born=born) for shift in (-_TOLERANCE, timedelta(0), _TOLERANCE)}
    allowed = {years for low, high, years in _TERMS for age in ages if low <= age <= high}
    years = None if until is None else round((until - start).days / 365.25)
    # The number does not tell when a card was replaced early, so a longer term of a later age is not checked further.
    return years in allowed


def _birth(case: CaseView) -> date | None:
    number = trusted_number(case)
    return number.born if number is not None else None


def check_issuer(case: CaseView) -> Iterator[Finding]:
    """The issuing county against the number's address code: only noted, because people move (居民身份证法 art. 8)."""
    number = trusted_number(case)
    if number is None or number.division.status is CodeStatus.UNKNOWN or not number.division.name:
        return
    for document in case.of_kind(Kind.ID_CARD_BACK):
        issuer, field = document.text("issuing_authority"), document.field("issuing_authority")
        if issuer is None or field is None or document.reading.variant in _OTHER_TERMS:
            continue
        if not _names(issuer, number.division.name):
            yield finding_on(
                document,
                "card-issuer-elsewhere",
                level=Level.INFO,
                read=issuer,
                value=f"{number.division.province}{number.division.name}",
                of=field,
            )


def _names(issuer: str, county: str) -> bool:
    """True when the authority's name holds the county's, of which two characters tell it from its neighbours."""
    return county[:_COUNTY_CHARACTERS] in fold_text(issuer)


def check_card_number(case: CaseView) -> Iterator[Finding]:
    """The card's own number: its check character, and what it says about birth and gender."""
    for document in case.of_kind(Kind.ID_CARD_FRONT):
        text, field = document.text("id_number"), document.field("id_number")
        if text is None or field is None:
            continue
        if is_early_foreign_number(text):
            # Fifteen characters whose check digit agrees; they tell neither the gender nor the century.
            continue
        number = parse_resident(text)
        if not number.is_valid:
            yield finding_on(
                document, "read-number-check", level=Level.WARN, field="person.id_number", read=text, of=field
            )
            continue
        yield from _against_card(document, number)


def _against_card(document: Document, number: ResidentNumber) -> Iterator[Finding]:
    """Only noted: the form is compared with each of them, and the number's check character decides who is right."""
    born, gender = document.text("birth_date"), document.text("gender")
    day = parse_date(born) if born else None
    if day is not None and number.born is not None and not day.earliest() <= number.born <= day.latest():
        yield _internal("card-birth-against-number", document, "birth_date", born or "", number.born.isoformat())
    # Numbers of foreigners begin with 9; what their serial tells of the gender is not written down (domain.md 2.2).
    if gender in ("男", "女") and gender != number.gender and not number.text.startswith("9"):
        yield _internal("card-gender-against-number", document, "gender", gender, number.gender)


def _internal(code: str, document: Document, name: str, read: str, value: str) -> Finding:
    field = document.field(name)
    return finding_on(document, code, level=Level.WARN, field=f"person.{name}", read=read, value=value, of=field)
