"""The number of the form's identity paper, checked by the kind of paper that was chosen.

A form that no such paper can have blocks; what is odd but possible warns. The address code never refuses anybody: it
is a place of long ago (domain.md section 0). What a number says of birth and sex is held against the form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from ocr.model import Kind
from verify.identifiers.addresses import CodeStatus
from verify.identifiers.id_types import IdType, id_type_name, id_type_of
from verify.identifiers.passport import PassportSeries, parse_passport
from verify.identifiers.permits import (
    ForeignResidence,
    parse_compatriot_permit,
    parse_foreign_residence,
    parse_hk_macau_permit,
    parse_military_number,
    parse_taiwan_permit,
)
from verify.identifiers.resident import MAX_AGE_YEARS, MIN_AGE_YEARS, ResidentNumber, parse_resident
from verify.model import Finding, Level, Match
from verify.policy_model import Source
from verify.rules.case import CaseView
from verify.text.dates import age_on, parse_date
from verify.wording import finding

_FIELD = "person.id_number"
# What the number of each paper looks like (domain.md 2.2), in the words of the message.
_FORMS: Mapping[IdType, str] = {
    IdType.HK_MACAU_PERMIT: "字母H（香港）或M（澳门）加8位数字，早期证件为10位数字",
    IdType.TAIWAN_PERMIT: "8位数字，早期证件为10位数字（不是台湾身份证字号）",
    IdType.HMT_RESIDENCE_PERMIT: "18位，以810000、820000或830000开头",
    IdType.FOREIGN_PERMANENT_RESIDENCE: "18位，以9开头；2023年12月以前的证件为3位字母加12位数字",
    IdType.PASSPORT: "1至9位的字母和数字",
    IdType.MILITARY_ID: "证件上“字第”前后的文字和6位以上数字",
}
# Where the form of a number is written down; of the others only descriptions were found (domain.md 2.2).
_SOURCES: Mapping[IdType, Source] = {
    IdType.HMT_RESIDENCE_PERMIT: Source("国办发〔2018〕81号第三条"),
    IdType.PASSPORT: Source("ICAO Doc 9303第4部分"),
}
# The ten years of a passport of the series that ended first.
_PASSPORT_TERM = Source("《中华人民共和国护照法》第七条")
# Papers whose number cannot be mistaken for that of another one, asked when a number does not fit the chosen paper.
_PRC_SERIES = frozenset({PassportSeries.PRC_ORDINARY, PassportSeries.PRC_SERVICE, PassportSeries.PRC_DIPLOMATIC})


def check_person_number(case: CaseView) -> Iterator[Finding]:
    """The kind of paper, its number, and what the number says about the person."""
    person = case.entered.person
    id_type = id_type_of(person.id_type)
    if id_type is None:
        yield finding("id-type-unknown", level=Level.WARN, field="person.id_type", entered=person.id_type)
        return
    if person.id_number:
        yield from _CHECKS[id_type](case, person.id_number)


def _resident(case: CaseView, typed: str) -> Iterator[Finding]:
    number = parse_resident(typed)
    other = _other_type(typed, IdType.RESIDENT_ID_CARD)
    if other is not None:
        yield _wrong_type(case, IdType.RESIDENT_ID_CARD, other)
    if not number.well_formed:
        yield finding("id-number-malformed", level=Level.BLOCK, field=_FIELD, entered=typed)
        return
    if len(number.text) == 15:
        yield finding("id-number-first-generation", level=Level.BLOCK, field=_FIELD, entered=typed)
    if number.born is None:
        yield finding("id-number-birth", level=Level.BLOCK, field=_FIELD, entered=typed)
    elif not number.check_holds:
        yield finding("id-number-check", level=Level.BLOCK, field=_FIELD, entered=typed)
    else:
        yield from _check_age(case, number.born, typed)
    if other is None:
        yield from _check_division(number, typed)
    if number.is_valid and _number_stands(case, number):
        yield from _against_number(case, born=number.born, gender="" if number.is_foreign else number.gender)


def _hk_macau(case: CaseView, typed: str) -> Iterator[Finding]:
    number = parse_hk_macau_permit(typed)
    if not number.well_formed:
        yield from _malformed(case, IdType.HK_MACAU_PERMIT, typed)
    elif _is_filler(number.lifelong):
        yield _odd(typed, "数字全部相同，像是随意填写")
    elif number.renewals is not None:
        yield finding("permit-number-old-form", level=Level.WARN, field=_FIELD, entered=typed, value="10位数字")


def _taiwan(case: CaseView, typed: str) -> Iterator[Finding]:
    number = parse_taiwan_permit(typed)
    if not number.well_formed:
        yield from _malformed(case, IdType.TAIWAN_PERMIT, typed)
    elif _is_filler(number.text):
        yield _odd(typed, "数字全部相同，像是随意填写")
    elif number.is_booklet:
        yield finding("permit-number-old-form", level=Level.WARN, field=_FIELD, entered=typed, value="10位数字")


def _compatriot(case: CaseView, typed: str) -> Iterator[Finding]:
    permit = parse_compatriot_permit(typed)
    if not permit.well_formed:
        yield from _malformed(case, IdType.HMT_RESIDENCE_PERMIT, typed)
        return
    number = permit.number
    source = _SOURCES[IdType.HMT_RESIDENCE_PERMIT]
    if number.born is None:
        yield finding("permit-number-birth", level=Level.BLOCK, source=source, field=_FIELD, entered=typed)
    elif not number.check_holds:
        yield finding("permit-number-check", level=Level.BLOCK, source=source, field=_FIELD, entered=typed)
    else:
        yield from _check_age(case, number.born, typed)
    if number.is_valid and _number_stands(case, number):
        yield from _against_number(case, born=number.born, gender=number.gender)


def _foreign(case: CaseView, typed: str) -> Iterator[Finding]:
    number = parse_foreign_residence(typed)
    if not number.well_formed:
        yield from _malformed(case, IdType.FOREIGN_PERMANENT_RESIDENCE, typed)
        return
    if not number.birth_possible:
        yield finding("permit-number-birth", level=Level.BLOCK, field=_FIELD, entered=typed)
        return
    if not number.check_holds:
        yield finding("permit-number-check", level=Level.BLOCK, field=_FIELD, entered=typed)
        return
    if not number.place_known:
        yield _odd(typed, "受理地的代码不在已知的省份代码内")
    if number.is_early:
        yield from _against_two_digit_birth(case, number)
        return
    if number.born is not None:
        yield from _check_age(case, number.born, typed)
    if _number_stands(case, parse_resident(typed)):
        # What the serial tells of the sex is not written down for foreigners (domain.md 2.2).
        yield from _against_number(case, born=number.born, gender="")


def _passport(case: CaseView, typed: str) -> Iterator[Finding]:
    number = parse_passport(typed)
    if not number.plausible:
        yield from _malformed(case, IdType.PASSPORT, typed)
    elif number.forbidden_letter:
        yield _odd(typed, "中国护照E后面的字母不使用I和O，可能应为数字1或0")
    elif not number.has_digits:
        yield _odd(typed, "护照号码中没有数字")
    elif _is_filler("".join(char for char in number.text if char.isdigit())):
        yield _odd(typed, "数字全部相同，像是随意填写")
    elif number.is_early:
        yield finding(
            "permit-number-old-form",
            level=Level.WARN,
            source=_PASSPORT_TERM,
            field=_FIELD,
            entered=typed,
            value="以G开头",
        )


def _military(case: CaseView, typed: str) -> Iterator[Finding]:
    number = parse_military_number(typed)
    other = _other_type(typed, IdType.MILITARY_ID)
    if other is not None:
        yield _wrong_type(case, IdType.MILITARY_ID, other)
    elif not number.possible:
        yield from _malformed(case, IdType.MILITARY_ID, typed)
    elif not number.usual:
        yield _odd(typed, f"军人证件通常为{_FORMS[IdType.MILITARY_ID]}")


_CHECKS: Mapping[IdType, Callable[[CaseView, str], Iterator[Finding]]] = {
    IdType.RESIDENT_ID_CARD: _resident,
    IdType.HK_MACAU_PERMIT: _hk_macau,
    IdType.TAIWAN_PERMIT: _taiwan,
    IdType.HMT_RESIDENCE_PERMIT: _compatriot,
    IdType.FOREIGN_PERMANENT_RESIDENCE: _foreign,
    IdType.PASSPORT: _passport,
    IdType.MILITARY_ID: _military,
}


def _malformed(case: CaseView, id_type: IdType, typed: str) -> Iterator[Finding]:
    """A number that the chosen paper cannot have: either another paper was meant, or the number is wrong."""
    other = _other_type(typed, id_type)
    if other is not None:
        yield _wrong_type(case, id_type, other)
    else:
        yield finding(
            "permit-number-malformed",
            level=Level.BLOCK,
            source=_SOURCES.get(id_type),
            field=_FIELD,
            entered=typed,
            value=_FORMS[id_type],
        )


def _other_type(typed: str, chosen: IdType) -> IdType | None:
    """The paper, other than the chosen, whose number was typed most likely; None when the number tells none."""
    resident = parse_resident(typed)
    if resident.is_valid and len(resident.text) == 18:
        found = IdType.RESIDENT_ID_CARD
        if resident.is_compatriot:
            found = IdType.HMT_RESIDENCE_PERMIT
        elif resident.is_foreign:
            found = IdType.FOREIGN_PERMANENT_RESIDENCE
        return found if found is not chosen else None
    foreign = parse_foreign_residence(typed)
    for id_type, fits in (
        (IdType.FOREIGN_PERMANENT_RESIDENCE, foreign.is_early and foreign.check_holds and foreign.birth_possible),
        # A passport of Hong Kong may have this form too, but people from there come with the permit.
        (IdType.HK_MACAU_PERMIT, chosen is not IdType.PASSPORT and parse_hk_macau_permit(typed).well_formed),
        (IdType.PASSPORT, bool(_PRC_SERIES.intersection(parse_passport(typed).series))),
    ):
        if fits and id_type is not chosen:
            return id_type
    return None


def _wrong_type(case: CaseView, chosen: IdType, other: IdType) -> Finding:
    return finding(
        "id-type-against-number",
        level=Level.WARN,
        field="person.id_type",
        entered=case.entered.person.id_type or id_type_name(chosen),
        read=id_type_name(other),
        value=id_type_name(chosen),
    )


def _odd(typed: str, why: str) -> Finding:
    return finding("permit-number-odd", level=Level.WARN, field=_FIELD, entered=typed, value=why)


def _is_filler(digits: str) -> bool:
    """True when one digit fills the whole number, as in 00000000."""
    return len(digits) > 1 and len(set(digits)) == 1


def _check_age(case: CaseView, born: date, typed: str) -> Iterator[Finding]:
    if born > case.today:
        yield finding("id-number-birth-future", level=Level.BLOCK, field=_FIELD, entered=typed, read=born.isoformat())
        return
    age = age_on(case.today, born=born)
    if not MIN_AGE_YEARS <= age <= MAX_AGE_YEARS:
        limit = MIN_AGE_YEARS if age < MIN_AGE_YEARS else MAX_AGE_YEARS
        yield finding("id-number-age", level=Level.BLOCK, field=_FIELD, entered=typed, measured=age, limit=limit)


def _check_division(number: ResidentNumber, typed: str) -> Iterator[Finding]:
    if number.division.status is CodeStatus.UNKNOWN:
        yield finding("id-number-division-unknown", level=Level.WARN, field=_FIELD, entered=typed)
    elif number.division.status is CodeStatus.ABOLISHED:
        place = f"{number.division.province}{number.division.name}"
        yield finding("id-number-division-abolished", level=Level.INFO, field=_FIELD, entered=typed, value=place)


def _number_stands(case: CaseView, number: ResidentNumber) -> bool:
    """False when the card shows another number: then the number is accused already and must not accuse in turn."""
    texts = [document.text("id_number") for document in case.of_kind(Kind.ID_CARD_FRONT, Kind.WORK_CERTIFICATE)]
    read = [parse_resident(text) for text in texts if text]
    return not any(other.is_valid and other.full != number.full for other in read)


def _against_number(case: CaseView, *, born: date | None, gender: str) -> Iterator[Finding]:
    """Sex and birth date of the form against those of the number; an empty `gender` says nothing."""
    person = case.entered.person
    if person.gender and gender and person.gender != gender:
        yield finding(
            "gender-against-number",
            level=Level.MISMATCH,
            field="person.gender",
            entered=person.gender,
            read=gender,
            match=Match.DIFFERENT,
        )
    typed = parse_date(person.birth_date) if person.birth_date else None
    if typed is not None and born is not None and not typed.earliest() <= born <= typed.latest():
        yield _birth_differs(case, born.isoformat())


def _against_two_digit_birth(case: CaseView, number: ForeignResidence) -> Iterator[Finding]:
    person = case.entered.person
    typed = parse_date(person.birth_date) if person.birth_date else None
    if typed is None:
        return
    year, month, day = (int(number.birth_digits[place : place + 2]) for place in (0, 2, 4))
    pairs = ((typed.year % 100, year), (typed.month, month), (typed.day, day))
    if any(said is not None and said != printed for said, printed in pairs):
        yield _birth_differs(case, f"{year:02d}年{month}月{day}日（年份只有后两位）")


def _birth_differs(case: CaseView, read: str) -> Finding:
    return finding(
        "birth-date-against-number",
        level=Level.MISMATCH,
        field="person.birth_date",
        entered=case.entered.person.birth_date,
        read=read,
        match=Match.DIFFERENT,
    )
