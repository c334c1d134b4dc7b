"""Numbers of the papers that stand in for a resident identity card (domain.md 2.2), and of old 会计从业资格 records."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ocr.check_digits import is_early_foreign_number
from verify.identifiers.addresses import is_known_province
from verify.identifiers.days import real_day
from verify.identifiers.resident import COMPATRIOT_REGIONS, FOREIGN_FIRST, ResidentNumber, parse_resident
from verify.text.folding import fold_number

# Card of 1999: ten digits, of which eight are for life and two count the renewals; the card after it: eight digits.
_HK_MACAU = re.compile(r"(?P<region>[HM])(?P<lifelong>\d{8})(?P<renewals>\d{2})?", re.ASCII)
_HK_MACAU_REGIONS = {"H": "香港", "M": "澳门"}
# Card: eight digits. The older booklet: ten digits; some print the number of issues behind them as a letter.
_TAIWAN = re.compile(r"\d{8}|(?P<booklet>\d{10})(?:\([A-Z]\)|[A-Z])?", re.ASCII)
# Until 2023: country as three letters, four digits of the place, birth date, one more digit, check digit.
_EARLY_FOREIGN = re.compile(r"(?P<country>[A-Z]{3})(?P<area>\d{4})(?P<birth>\d{6})\d{2}", re.ASCII)
# 军字第1234567号 and the like. Nothing official about the form was found (domain.md 2.2), so others are only odd.
_MILITARY = re.compile(r"[\u4e00-\u9fff]{1,6}第?\d{6,10}|\d{6,10}", re.ASCII)
# A paper's number has at least this many digits; fewer are a word or a slip.
_LEAST_MILITARY_DIGITS = 4

# 财会〔2013〕9号: what stands before the number of the person's own paper in the record number (档案号).
_ARCHIVE = re.compile(r"(?P<mark>HK|MO|TW|WJ)(?P<rest>[0-9A-Z()]+)", re.ASCII)
# Hong Kong identity card: one or two letters, six digits, check digit 0-9 or A, often in brackets.
_HK_CARD = re.compile(r"(?P<letters>[A-Z]{1,2})(?P<digits>\d{6})\(?(?P<check>[0-9A])\)?", re.ASCII)
# Macau identity card: 1, 5 or 7, then six digits and one more that checks by a rule which is not published.
_MACAU_CARD = re.compile(r"[157]\d{6}\(?\d\)?", re.ASCII)
# Foreigners: county, year of the record, serial.
_FOREIGN_RECORD = re.compile(r"(?P<county>\d{6})(?P<year>(?:19|20)\d{2})\d{3}", re.ASCII)
# Values of the characters of a Hong Kong card's number: a missing first letter counts as a space.
_HK_VALUES = {char: value for value, char in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ ")}


@dataclass(frozen=True, slots=True)
class HkMacauPermit:
    """港澳居民来往内地通行证.

    Attributes:
        text: As given, folded.
        well_formed: H or M with eight or ten digits. There is no check digit.
        region: 香港 or 澳门; empty when malformed.
        lifelong: The eight digits that stay with the person; empty when malformed.
        renewals: How often the card of 1999 was renewed; None for the newer card, whose number does not say.
    """

    text: str
    well_formed: bool
    region: str = ""
    lifelong: str = ""
    renewals: int | None = None


@dataclass(frozen=True, slots=True)
class TaiwanPermit:
    """台湾居民来往大陆通行证.

    Attributes:
        text: As given, folded.
        well_formed: Eight digits (card) or ten (older booklet). There is no check digit.
        is_booklet: The ten-digit form.
    """

    text: str
    well_formed: bool
    is_booklet: bool = False


@dataclass(frozen=True, slots=True)
class CompatriotPermit:
    """港澳台居民居住证.

    Attributes:
        number: The number taken apart as a citizen number.
        region: 香港, 澳门 or 台湾; empty when the first six digits are another code, so that it is no such permit.
    """

    number: ResidentNumber
    region: str

    @property
    def well_formed(self) -> bool:
        """18 characters that begin with one of the three codes."""
        return bool(self.region)


@dataclass(frozen=True, slots=True)
class ForeignResidence:
    """外国人永久居留身份证.

    Attributes:
        text: As given, folded.
        well_formed: One of the two forms.
        is_early: The 15-character form of cards before 2023-12-01.
        check_holds: MOD 11-2 for 18 characters, the 7-3-1 check of ICAO 9303 for 15.
        country: Three digits (ISO 3166 numeric) of the new form, three letters of the old one.
        place_known: The place of acceptance lies in a known province.
        born: Birth date; None for the old form, which has no century, and for what is no real day.
        birth_digits: `YYMMDD`, for both forms.
    """

    text: str
    well_formed: bool
    is_early: bool = False
    check_holds: bool = False
    country: str = ""
    place_known: bool = False
    born: date | None = None
    birth_digits: str = ""

    @property
    def birth_possible(self) -> bool:
        """The digits are a day of some century: 29 February may be real in one and not in the other."""
        if not self.is_early:
            return self.born is not None
        return any(real_day(f"{century}{self.birth_digits}") is not None for century in ("19", "20"))


class ArchiveHolder(StrEnum):
    """Whose record it is."""

    RESIDENT = "resident"
    HONG_KONG = "hong_kong"
    MACAU = "macau"
    TAIWAN = "taiwan"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class ArchiveNumber:
    """档案号 of the former 会计从业资格证书: a key into old records, never a 管理号 (domain.md 2.2 and 3.5).

    Attributes:
        text: As given, folded.
        holder: Whose form it has; None for none of them.
        own_number: The number of the person's own paper inside; empty for foreigners, who got a serial instead.
        check_holds: The own number's check agrees; None when it has none.
        year: Year of a foreigner's record.
    """

    text: str
    holder: ArchiveHolder | None
    own_number: str = ""
    check_holds: bool | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class MilitaryNumber:
    """军官证 and the like.

    Attributes:
        text: As given, folded.
        possible: It has digits enough to be a number at all.
        usual: It has the form that these papers usually have.
    """

    text: str
    possible: bool
    usual: bool


def parse_hk_macau_permit(text: str) -> HkMacauPermit:
    """Takes a number apart; never raises."""
    number = fold_number(text)
    match = _HK_MACAU.fullmatch(number)
    if match is None:
        return HkMacauPermit(number, False)
    renewals = match["renewals"]
    return HkMacauPermit(
        text=number,
        well_formed=True,
        region=_HK_MACAU_REGIONS[match["region"]],
        lifelong=match["lifelong"],
        renewals=None if renewals is None else int(renewals),
    )


def parse_taiwan_permit(text: str) -> TaiwanPermit:
    """Takes a number apart; never raises."""
    number = fold_number(text)
    match = _TAIWAN.fullmatch(number)
    return TaiwanPermit(number, match is not None, match is not None and match["booklet"] is not None)


def parse_compatriot_permit(text: str) -> CompatriotPermit:
    """Takes a number apart; never raises."""
    number = parse_resident(text)
    return CompatriotPermit(number, COMPATRIOT_REGIONS[number.full[:6]] if number.is_compatriot else "")


def parse_foreign_residence(text: str) -> ForeignResidence:
    """Takes a number of either form apart; never raises."""
    number = parse_resident(text)
    early = _EARLY_FOREIGN.fullmatch(number.text)
    if early is not None:
        return ForeignResidence(
            text=number.text,
            well_formed=True,
            is_early=True,
            check_holds=is_early_foreign_number(number.text),
            country=early["country"],
            place_known=is_known_province(early["area"][:2]),
            birth_digits=early["birth"],
        )
    if len(number.text) != 18 or not number.well_formed or number.full[0] != FOREIGN_FIRST:
        return ForeignResidence(number.text, False)
    return ForeignResidence(
        text=number.text,
        well_formed=True,
        check_holds=number.check_holds,
        country=number.full[3:6],
        place_known=is_known_province(number.full[1:3]),
        born=number.born,
        birth_digits=number.full[8:14],
    )


def parse_archive_number(text: str) -> ArchiveNumber:
    """Takes a record number of the former licence apart; never raises."""
    number = fold_number(text)
    resident = parse_resident(number)
    if resident.is_valid:
        check = True if len(resident.text) == 18 else None
        return ArchiveNumber(number, ArchiveHolder.RESIDENT, resident.text, check)
    match = _ARCHIVE.fullmatch(number)
    if match is None:
        return ArchiveNumber(number, None)
    rest = match["rest"]
    if match["mark"] == "HK" and _HK_CARD.fullmatch(rest):
        return ArchiveNumber(number, ArchiveHolder.HONG_KONG, rest, hong_kong_card_holds(rest))
    if match["mark"] == "MO" and _MACAU_CARD.fullmatch(rest):
        return ArchiveNumber(number, ArchiveHolder.MACAU, rest)
    if match["mark"] == "TW" and parse_taiwan_permit(rest).well_formed:
        return ArchiveNumber(number, ArchiveHolder.TAIWAN, rest)
    record = _FOREIGN_RECORD.fullmatch(rest) if match["mark"] == "WJ" else None
    if record is not None:
        return ArchiveNumber(number, ArchiveHolder.FOREIGN, year=int(record["year"]))
    return ArchiveNumber(number, None)


def hong_kong_card_holds(text: str) -> bool:
    """True when the check digit of a Hong Kong identity card agrees.

    The places weigh 9 to 2, the check digit 1, letters count from A = 10 and a missing first letter 36; the sum is a
    multiple of 11. The rule is general knowledge; the specimen A123456(3) that is in wide use satisfies it.
    """
    match = _HK_CARD.fullmatch(text)
    if match is None:
        return False
    body = match["letters"].rjust(2) + match["digits"]
    total = sum(_HK_VALUES[char] * weight for char, weight in zip(body, range(9, 1, -1), strict=True))
    return (total + _HK_VALUES[match["check"]]) % 11 == 0


def parse_military_number(text: str) -> MilitaryNumber:
    """Takes a number apart as far as that goes; never raises."""
    number = fold_number(text)
    digits = sum(char.isdigit() for char in number)
    return MilitaryNumber(number, digits >= _LEAST_MILITARY_DIGITS, _MILITARY.fullmatch(number) is not None)
