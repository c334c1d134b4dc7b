from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.identifiers.addresses import CodeStatus, division_of
from verify.identifiers.resident import check_character, expand, parse_resident

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"

births = st.dates(min_value=date(1901, 1, 1), max_value=date(2026, 1, 1))


@st.composite
def numbers(draw: st.DrawFn) -> str:
    born = draw(births)
    body = f"{draw(st.integers(110000, 659999)):06d}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    # The standard's own table, written out here so that the code under test does not check itself.
    return body + CHECKS[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


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


@given(numbers(), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(number: str, place: int, shift: int) -> None:
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert not parse_resident(wrong).is_valid


@given(numbers(), st.integers(0, 15))
def test_swapped_neighbours_are_always_noticed(number: str, place: int) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert parse_resident(swapped).is_valid == (swapped == number)


@given(numbers().filter(lambda number: number[6:8] == "19"))
def test_old_form_expands_to_the_new_one(number: str) -> None:
    short = number[:6] + number[8:17]
    found = parse_resident(short)
    assert found.full == number == expand(short)
    assert found.is_valid
    assert found.text == short


@given(st.text(max_size=30))
def test_any_text_is_parsed(text: str) -> None:
    assert parse_resident(text).full == "" or parse_resident(text).well_formed


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002x",
        " 110105 19491231 002X ",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105-19491231-002X",
        "\u200b11010519491231002X",
    ],
)
def test_ways_of_typing_are_folded(typed: str) -> None:
    assert parse_resident(typed).text == "11010519491231002X"


@pytest.mark.parametrize(
    "text", ["", "1101051949123100", "1101051949123100200", "1101051949123X0021", "ABCDEFGHIJKLMNOPQR"]
)
def test_other_lengths_and_letters_are_malformed(text: str) -> None:
    assert not parse_resident(text).well_formed


def test_day_that_does_not_exist_is_no_birth() -> None:
    body = "11010519900230002"
    assert parse_resident(body + check_character(body)).born is None


# domain.md section 2.3: Dehong's codes and their years.
@pytest.mark.parametrize(
    ("code", "status", "name"),
    [
        ("533103", CodeStatus.CURRENT, "芒市"),
        ("533121", CodeStatus.ABOLISHED, "潞西县"),
        ("533125", CodeStatus.ABOLISHED, "瑞丽县"),
        ("530102", CodeStatus.CURRENT, "五华区"),
        ("810000", CodeStatus.CURRENT, "香港特别行政区"),
        ("999999", CodeStatus.UNKNOWN, ""),
        ("", CodeStatus.UNKNOWN, ""),
    ],
)
def test_divisions(code: str, status: CodeStatus, name: str) -> None:
    found = division_of(code)
    assert (found.status, found.name) == (status, name)


def test_people_older_than_their_county_are_valid() -> None:
    # 芒市 exists since 2010; python-stdnum's own check refuses everybody born there before (domain.md section 0).
    body = "53310319700101100"
    assert parse_resident(body + check_character(body)).is_valid


@given(births)
def test_birth_after_today_is_left_to_the_rules(born: date) -> None:
    body = f"533103{born + timedelta(days=36_500):%Y%m%d}100"
    assert parse_resident(body + check_character(body)).born is not None
