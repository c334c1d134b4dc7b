from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.verify.identifiers import by_hand
from verify.identifiers.id_types import IdType, id_type_name, id_type_of
from verify.identifiers.permits import (
    ArchiveHolder,
    hong_kong_card_holds,
    parse_archive_number,
    parse_compatriot_permit,
    parse_foreign_residence,
    parse_hk_macau_permit,
    parse_military_number,
    parse_taiwan_permit,
)

births = st.dates(min_value=date(1920, 1, 1), max_value=date(2026, 1, 1))
digits = st.text(alphabet="0123456789", min_size=8, max_size=8)


@pytest.mark.parametrize(
    ("typed", "region", "lifelong", "renewals"),
    [
        ("H12345678", "香港", "12345678", None),
        ("m87654321", "澳门", "87654321", None),
        ("H1234567800", "香港", "12345678", 0),
        ("M1234567811", "澳门", "12345678", 11),
        ("Ｈ１２３４５６７８", "香港", "12345678", None),
        ("H 1234 5678", "香港", "12345678", None),
    ],
)
def test_hk_macau_permits(typed: str, region: str, lifelong: str, renewals: int | None) -> None:
    found = parse_hk_macau_permit(typed)
    assert (found.well_formed, found.region, found.lifelong, found.renewals) == (True, region, lifelong, renewals)


# One digit too few and too many for both forms, and letters that are none of the two.
@pytest.mark.parametrize(
    "typed", ["", "H", "H1234567", "H123456789", "H12345678901", "T12345678", "12345678", "HM1234567", "H1234567O"]
)
def test_no_hk_macau_permits(typed: str) -> None:
    assert not parse_hk_macau_permit(typed).well_formed


@pytest.mark.parametrize(
    ("typed", "booklet"),
    [("01234567", False), ("0123456789", True), ("0123456789(B)", True), ("0123456789（B）", True)],
)
def test_taiwan_permits(typed: str, booklet: bool) -> None:
    found = parse_taiwan_permit(typed)
    assert (found.well_formed, found.is_booklet) == (True, booklet)


@pytest.mark.parametrize("typed", ["", "1234567", "123456789", "12345678901", "A123456789", "1234567X", "01234567(B)"])
def test_no_taiwan_permits(typed: str) -> None:
    assert not parse_taiwan_permit(typed).well_formed


@pytest.mark.parametrize(("number", "region"), [("810000199408230021", "香港"), ("830000199201300022", "台湾")])
def test_specimens_of_residence_permits(number: str, region: str) -> None:
    # Specimens of the Beijing police (domain.md section 2.1).
    found = parse_compatriot_permit(number)
    assert (found.well_formed, found.region, found.number.is_valid) == (True, region, True)


@given(st.sampled_from(["810000", "820000", "830000"]), births, st.integers(1, 999))
def test_made_residence_permits(code: str, born: date, sequence: int) -> None:
    found = parse_compatriot_permit(by_hand.citizen_born(code, born, sequence))
    assert found.well_formed
    assert found.number.is_valid
    assert found.number.born == born


@pytest.mark.parametrize("typed", ["", "11010519491231002X", "81000019940823002", "810000940823002", "H12345678"])
def test_no_residence_permits(typed: str) -> None:
    assert (parse_compatriot_permit(typed).well_formed, parse_compatriot_permit(typed).region) == (False, "")


def test_specimen_of_permanent_residence() -> None:
    # 9 - 32 - 682 - 19850101 - 001 - 7, a specimen of the immigration administration (domain.md section 2.1).
    found = parse_foreign_residence("932682198501010017")
    assert (found.well_formed, found.is_early, found.check_holds, found.place_known) == (True, False, True, True)
    assert (found.country, found.born, found.birth_digits) == ("682", date(1985, 1, 1), "850101")


@given(st.sampled_from(["11", "31", "44", "53"]), st.integers(4, 894), births, st.integers(1, 999))
def test_made_permanent_residence(province: str, country: int, born: date, sequence: int) -> None:
    number = by_hand.citizen(f"9{province}{country:03d}{born:%Y%m%d}{sequence:03d}")
    found = parse_foreign_residence(number)
    assert (found.check_holds, found.country, found.born) == (True, f"{country:03d}", born)
    assert found.birth_possible


@given(st.sampled_from(["USA", "DEU", "MMR"]), st.sampled_from(["1101", "5301"]), births, st.integers(0, 9))
def test_made_early_permanent_residence(country: str, area: str, born: date, digit: int) -> None:
    number = by_hand.machine(f"{country}{area}{born:%y%m%d}{digit}")
    found = parse_foreign_residence(number)
    assert (found.well_formed, found.is_early, found.check_holds) == (True, True, True)
    assert (found.country, found.birth_digits, found.born) == (country, f"{born:%y%m%d}", None)
    assert found.birth_possible


@pytest.mark.parametrize("number", ["932682198501010017", by_hand.machine("USA11018501013")])
def test_every_substitution_in_permanent_residence_is_noticed(number: str) -> None:
    wrong = [
        number[:place] + digit + number[place + 1 :]
        for place in range(3 if number[0].isalpha() else 1, len(number))
        for digit in "0123456789"
        if digit != number[place]
    ]
    assert len(wrong) in (17 * 9, 12 * 9)
    assert [text for text in wrong if parse_foreign_residence(text).check_holds] == []


@pytest.mark.parametrize("typed", ["", "11010519491231002X", "USA1101850101", "US11018501013", "9326821985010100171"])
def test_no_permanent_residence(typed: str) -> None:
    assert not parse_foreign_residence(typed).well_formed


@pytest.mark.parametrize(
    ("birth", "possible"), [("000229", True), ("010229", False), ("851301", False), ("850100", False)]
)
def test_birth_of_an_early_number(birth: str, possible: bool) -> None:
    # 2000 was a leap year, so 000229 is a day of one of the two centuries.
    assert parse_foreign_residence(by_hand.machine(f"USA1101{birth}1")).birth_possible is possible


@pytest.mark.parametrize(
    ("typed", "holder", "check"),
    [
        ("11010519491231002X", ArchiveHolder.RESIDENT, True),
        ("110105491231002", ArchiveHolder.RESIDENT, None),
        ("HKA123456(3)", ArchiveHolder.HONG_KONG, True),
        ("HKA1234563", ArchiveHolder.HONG_KONG, True),
        ("HKA123456(4)", ArchiveHolder.HONG_KONG, False),
        ("MO1234567(8)", ArchiveHolder.MACAU, None),
        ("MO51234567", ArchiveHolder.MACAU, None),
        ("TW01234567", ArchiveHolder.TAIWAN, None),
        ("TW0123456789", ArchiveHolder.TAIWAN, None),
        ("WJ5331032012001", ArchiveHolder.FOREIGN, None),
    ],
)
def test_record_numbers(typed: str, holder: ArchiveHolder, check: bool | None) -> None:
    found = parse_archive_number(typed)
    assert (found.holder, found.check_holds) == (holder, check)


def test_record_number_of_a_foreigner_tells_its_year() -> None:
    assert parse_archive_number("WJ5331032012001").year == 2012


@pytest.mark.parametrize(
    "typed", ["", "HK", "HK12345678", "MO21234567", "TW123", "WJ533103201200", "WJ53310329120012", "2015053000001"]
)
def test_no_record_numbers(typed: str) -> None:
    assert parse_archive_number(typed).holder is None


def test_hong_kong_card_by_hand() -> None:
    # 36*9 + 10*8 + 1*7 + 2*6 + 3*5 + 4*4 + 5*3 + 6*2 = 481 = 43*11 + 8, so the check digit is 3.
    assert [digit for digit in "0123456789A" if hong_kong_card_holds(f"A123456{digit}")] == ["3"]
    # With A = 10 in the first place instead of the space: 10*9 + 11*8 + 7+12+15+16+15+12 = 255 = 23*11 + 2.
    assert [digit for digit in "0123456789A" if hong_kong_card_holds(f"AB123456{digit}")] == ["9"]


@pytest.mark.parametrize(
    ("typed", "possible", "usual"),
    [
        ("军字第1234567号", True, True),
        ("南字第0123456号", True, True),
        ("12345678", True, True),
        ("ABC-12345", True, False),
        ("军字第123", False, False),
        ("", False, False),
    ],
)
def test_military_numbers(typed: str, possible: bool, usual: bool) -> None:
    found = parse_military_number(typed)
    assert (found.possible, found.usual) == (possible, usual)


@given(st.text(max_size=24) | st.text(alphabet="HMTWOJK9012345678X()（）", max_size=20))
def test_any_text_is_parsed(text: str) -> None:
    hk, taiwan = parse_hk_macau_permit(text), parse_taiwan_permit(text)
    assert (hk.region != "") is hk.well_formed
    assert not (hk.well_formed and taiwan.well_formed)
    foreign = parse_foreign_residence(text)
    assert foreign.well_formed or not foreign.check_holds
    assert parse_compatriot_permit(text).well_formed in (True, False)
    assert parse_archive_number(text).holder in (None, *ArchiveHolder)
    military = parse_military_number(text)
    assert military.possible or not military.usual


@pytest.mark.parametrize(
    ("word", "id_type"),
    [
        (None, IdType.RESIDENT_ID_CARD),
        ("", IdType.RESIDENT_ID_CARD),
        ("resident_id_card", IdType.RESIDENT_ID_CARD),
        ("居民身份证", IdType.RESIDENT_ID_CARD),
        ("身份证", IdType.RESIDENT_ID_CARD),
        ("hk_macau_permit", IdType.HK_MACAU_PERMIT),
        ("港澳居民来往内地通行证", IdType.HK_MACAU_PERMIT),
        ("台湾居民来往大陆通行证", IdType.TAIWAN_PERMIT),
        ("台胞证", IdType.TAIWAN_PERMIT),
        ("港澳台居民居住证", IdType.HMT_RESIDENCE_PERMIT),
        ("外国人永久居留身份证", IdType.FOREIGN_PERMANENT_RESIDENCE),
        (" 护照 ", IdType.PASSPORT),
        ("Passport", IdType.PASSPORT),
        ("军官证", IdType.MILITARY_ID),
        ("驾驶证", None),
    ],
)
def test_words_for_papers(word: str | None, id_type: IdType | None) -> None:
    assert id_type_of(word) is id_type


@pytest.mark.parametrize("id_type", list(IdType))
def test_every_paper_is_known_by_its_own_words(id_type: IdType) -> None:
    assert id_type_of(id_type.value) is id_type_of(id_type_name(id_type)) is id_type
