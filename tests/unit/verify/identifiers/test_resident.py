from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.verify.identifiers import by_hand
from verify.identifiers.addresses import CodeStatus, division_of
from verify.identifiers.resident import check_character, expand, parse_resident

births = st.dates(min_value=date(1901, 1, 1), max_value=date(2026, 1, 1))


@st.composite
def numbers(draw: st.DrawFn) -> str:
    code = f"{draw(st.integers(110000, 659999)):06d}"
    return by_hand.citizen_born(code, draw(births), draw(st.integers(0, 999)))


# Public specimens named in domain.md section 2.1; the 1880 one lies before the years we accept.
@pytest.mark.parametrize(
    ("number", "born", "gender"),
    [
        ("11010519491231002X", date(1949, 12, 31), "女"),
        ("810000199408230021", date(1994, 8, 23), "女"),
        ("830000199201300022", date(1992, 1, 30), "女"),
        ("932682198501010017", date(1985, 1, 1), "男"),
    ],
)
def test_specimens_are_valid(number: str, born: date, gender: str) -> None:
    found = parse_resident(number)
    assert (found.is_valid, found.born, found.gender) == (True, born, gender)


def test_year_1880_is_no_birth() -> None:
    found = parse_resident("440524188001010014")
    assert found.check_holds
    assert found.born is None
    assert not found.is_valid


@given(numbers())
def test_made_numbers_are_valid(number: str) -> None:
    found = parse_resident(number)
    assert found.is_valid
    assert found.born == date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    assert found.gender == ("男" if int(number[16]) % 2 else "女")
    assert found.full == found.text == number


@pytest.mark.parametrize("number", ["11010519491231002X", "810000199408230021", "932682198501010017"])
def test_every_substitution_of_a_digit_is_noticed(number: str) -> None:
    # 17 places with nine other digits each, and the check character with ten others: all of them, not a sample.
    wrong = {
        number[:place] + char + number[place + 1 :]
        for place in range(18)
        for char in ("0123456789X" if place == 17 else "0123456789")
        if char != number[place]
    }
    assert len(wrong) == 17 * 9 + 10
    assert [text for text in wrong if parse_resident(text).is_valid] == []


@given(numbers(), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(number: str, place: int, shift: int) -> None:
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert not parse_resident(wrong).is_valid


@given(numbers(), st.integers(0, 15))
def test_swapped_neighbours_are_always_noticed(number: str, place: int) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert parse_resident(swapped).is_valid == (swapped == number)


@given(numbers().filter(lambda number: number[6:8] == "19" and int(number[14:17]) < 996))
def test_old_form_expands_to_the_new_one(number: str) -> None:
    short = number[:6] + number[8:17]
    found = parse_resident(short)
    assert found.full == number == expand(short)
    assert found.is_valid
    assert found.text == short


# domain.md section 2.1: these sequences were kept for people born in the 1800s.
@pytest.mark.parametrize(("sequence", "century"), [("995", "19"), ("996", "18"), ("999", "18")])
def test_sequences_of_centenarians(sequence: str, century: str) -> None:
    found = parse_resident(f"533103900715{sequence}")
    assert found.full == by_hand.citizen(f"533103{century}900715{sequence}")
    assert (found.born is None) is (century == "18")


def test_sequences_of_centenarians_mean_nothing_in_the_long_form() -> None:
    assert parse_resident(by_hand.citizen_born("533103", date(1990, 7, 15), 996)).is_valid


@given(st.text(max_size=30) | st.text(alphabet="0123456789Xx１２٣٤²", min_size=15, max_size=19))
def test_any_text_is_parsed(text: str) -> None:
    found = parse_resident(text)
    assert (found.full == "") is not found.well_formed
    assert not found.well_formed or found.full.isascii()


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002x",
        " 110105 19491231 002X ",
        "１１０１０５１９４９１２３１００２Ｘ",
        "１１０１０５１９４９１２３１００２ｘ",
        "110105-19491231-002X",
        "\u200b11010519491231002X",
    ],
)
def test_ways_of_typing_are_folded(typed: str) -> None:
    assert parse_resident(typed).text == "11010519491231002X"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1101051949123100",
        "11010519491231002",
        "1101051949123100200",
        "1101051949123X0021",
        "X1010519491231002X",
        "ABCDEFGHIJKLMNOPQR",
        "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X",
        "11010549123X002",
    ],
)
def test_other_lengths_and_letters_are_malformed(text: str) -> None:
    assert not parse_resident(text).well_formed


@pytest.mark.parametrize("day", ["19900230", "19901301", "19900100", "19000101", "00000000", "20010229"])
def test_day_that_does_not_exist_is_no_birth(day: str) -> None:
    found = parse_resident(by_hand.citizen(f"110105{day}002"))
    assert (found.check_holds, found.born, found.is_valid) == (True, None, False)


def test_leap_day_is_a_birth() -> None:
    assert parse_resident(by_hand.citizen("11010520000229002")).born == date(2000, 2, 29)


@given(births)
def test_birth_after_today_is_left_to_the_rules(born: date) -> None:
    body = f"533103{born + timedelta(days=36_500):%Y%m%d}100"
    assert parse_resident(body + check_character(body)).born is not None


def test_2099_is_a_birth_of_the_number() -> None:
    # python-stdnum accepts it silently; here it is said, and the rule blocks it (domain.md section 0).
    assert parse_resident(by_hand.citizen("53310320990101100")).born == date(2099, 1, 1)


# domain.md section 2.3: Dehong's and Chaoyang's codes and their years.
@pytest.mark.parametrize(
    ("code", "status", "name", "until"),
    [
        ("533103", CodeStatus.CURRENT, "芒市", None),
        ("533102", CodeStatus.CURRENT, "瑞丽市", None),
        ("533101", CodeStatus.ABOLISHED, "畹町市", 1999),
        ("533121", CodeStatus.ABOLISHED, "潞西县", 1996),
        ("533125", CodeStatus.ABOLISHED, "瑞丽县", 1992),
        ("533126", CodeStatus.ABOLISHED, "畹町镇", 1985),
        ("211381", CodeStatus.CURRENT, "北票市", None),
        ("211326", CodeStatus.ABOLISHED, "北票县", 1985),
        ("211323", CodeStatus.ABOLISHED, "凌源县", 1991),
        ("530102", CodeStatus.CURRENT, "五华区", None),
        ("810000", CodeStatus.CURRENT, "香港特别行政区", None),
        ("820000", CodeStatus.CURRENT, "澳门特别行政区", None),
        ("830000", CodeStatus.CURRENT, "台湾省", None),
        ("999999", CodeStatus.UNKNOWN, "", None),
        ("", CodeStatus.UNKNOWN, "", None),
    ],
)
def test_divisions(code: str, status: CodeStatus, name: str, until: int | None) -> None:
    found = division_of(code)
    assert (found.status, found.name, found.until_year) == (status, name, until)


# domain.md section 2.3: python-stdnum refuses everybody whose county's code began after their birth.
@pytest.mark.parametrize(
    ("code", "year"), [("530102", 1970), ("533103", 1970), ("211302", 1970), ("530111", 1979), ("533121", 1960)]
)
def test_people_older_than_their_county_are_valid(code: str, year: int) -> None:
    found = parse_resident(by_hand.citizen_born(code, date(year, 1, 1), 100))
    assert found.is_valid
    assert found.division.status is not CodeStatus.UNKNOWN


def test_unknown_county_of_a_known_province_is_said_and_not_raised() -> None:
    # `is_valid` of python-stdnum raises KeyError for it (domain.md section 0).
    found = parse_resident(by_hand.citizen_born("213025", date(1965, 3, 4), 12))
    assert found.is_valid
    assert (found.division.status, found.division.province) == (CodeStatus.UNKNOWN, "辽宁省")


@pytest.mark.parametrize(("code", "year"), [("810000", 1960), ("820000", 1975), ("830000", 1950), ("830000", 2001)])
def test_compatriots_of_every_year_are_valid(code: str, year: int) -> None:
    # python-stdnum rejects 81 and 82 before 1997 and 1999, and all of 83 (domain.md section 0).
    found = parse_resident(by_hand.citizen_born(code, date(year, 6, 1), 11))
    assert (found.is_valid, found.is_compatriot, found.is_foreign) == (True, True, False)


@pytest.mark.parametrize(
    ("number", "foreign"),
    [("932682198501010017", True), ("11010519491231002X", False), ("999999199007151223", False)],
)
def test_numbers_of_foreigners(number: str, foreign: bool) -> None:
    found = parse_resident(number)
    assert (found.is_valid, found.is_foreign, found.is_compatriot) == (True, foreign, False)


def test_results_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        parse_resident("").text = "1"  # type: ignore[misc]
