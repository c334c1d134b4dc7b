"""Wrong values are well formed, and differ as they say."""

from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from bench import planting_values as wrong
from fixtures import numbers
from fixtures.people import DUTIES, make_person
from verify.text.lookalikes import look_alike

seeds = st.integers(0, 5000)


def differing(first: str, second: str) -> list[int]:
    assert len(first) == len(second)
    return [place for place, (a, b) in enumerate(zip(first, second, strict=True)) if a != b]


@given(seeds)
def test_another_sequence_is_valid_and_of_one_sex_and_birthday(seed: int) -> None:
    number = make_person(seed).id_number
    other = wrong.other_resident(number, random.Random(seed))
    assert other is not None
    assert mod_11_2.is_valid(other)
    assert other != number
    assert other[:14] == number[:14]
    assert int(other[16]) % 2 == int(number[16]) % 2


@given(seeds)
def test_transposed_digits_have_a_valid_check_character_and_a_day_that_exists(seed: int) -> None:
    number = make_person(seed).id_number
    other = wrong.transposed_resident(number, random.Random(seed))
    if other is None:
        return
    first, second = differing(number[:17], other[:17])
    assert second == first + 1
    assert (other[first], other[second]) == (number[second], number[first])
    assert mod_11_2.is_valid(other)
    assert date.fromisoformat(other[6:14])


def test_a_number_whose_neighbours_are_all_alike_cannot_be_transposed() -> None:
    # The only unlike neighbours are in the year, and 9111 and 1191 are no years of a birth.
    number = numbers.resident_number(county_code="533103", birth=date(1911, 11, 11), sequence=111)
    assert wrong.transposed_resident(number, random.Random(1)) is None


@given(seeds)
def test_one_digit_alone_breaks_the_check_character(seed: int) -> None:
    number = make_person(seed).id_number
    other = wrong.unchecked_resident(number, random.Random(seed))
    assert other is not None
    assert len(differing(number, other)) == 1
    assert not mod_11_2.is_valid(other)


@pytest.mark.parametrize("change", [wrong.other_resident, wrong.transposed_resident, wrong.unchecked_resident])
def test_numbers_of_other_lengths_are_left_alone(change: wrong.Change) -> None:
    assert change("53310319900715123", random.Random(1)) is None
    assert change("533103900715123", random.Random(1)) is None


@given(seeds)
def test_wrong_credit_codes_are_valid(seed: int) -> None:
    code = make_person(seed).unit.uscc
    for change in (wrong.other_code, wrong.transposed_code):
        other = change(code, random.Random(seed))
        if other is not None:
            assert other != code
            assert other[:8] == code[:8]
            # stdnum knows the numeric check only where the registry is one of its own.
            assert numbers.credit_code_check(other[:17]) == other[17]
            assert numbers.organisation_check(other[8:16]) == other[16]


def test_a_wrong_credit_code_holds_for_another_library() -> None:
    assert uscc.is_valid(wrong.other_code("91110000600037341L", random.Random(3)))
    assert uscc.is_valid(wrong.transposed_code("91110000600037341L", random.Random(3)))


@given(seeds)
def test_another_character_is_one_that_does_not_look_alike(seed: int) -> None:
    name = make_person(seed).name
    other = wrong.other_name(name, random.Random(seed))
    (place,) = differing(name, other)
    assert not look_alike(name[place], other[place])


@given(seeds)
def test_a_look_alike_character_looks_alike(seed: int) -> None:
    name = make_person(seed).name
    other = wrong.look_alike_name(name, random.Random(seed))
    if other is not None:
        (place,) = differing(name, other)
        assert look_alike(name[place], other[place])


@pytest.mark.parametrize(
    ("name", "shorter"), [("李明", None), ("李明珠", "李明"), ("勒都·弄", None), ("欧阳晨曦", "欧阳晨")]
)
def test_a_character_left_out(name: str, shorter: str | None) -> None:
    assert wrong.shortened_name(name, random.Random(1)) == shorter


@given(st.dates(date(1990, 1, 1), date(2025, 12, 31)), seeds)
def test_another_month_is_more_than_issuing_takes(day: date, seed: int) -> None:
    other = wrong.other_month(day.isoformat(), random.Random(seed))
    assert other is not None
    # 62 days: a paper may print the day of issue instead of the day of graduation.
    assert abs((date.fromisoformat(other) - day.replace(day=1)).days) > 62


@given(st.dates(date(1990, 1, 1), date(2025, 12, 31)), seeds)
def test_another_day_exists_and_differs(day: date, seed: int) -> None:
    other = wrong.other_day(day.isoformat(), random.Random(seed))
    assert other is not None
    assert date.fromisoformat(other) != day


@given(st.dates(date(1990, 1, 1), date(2025, 12, 31)), seeds)
def test_of_a_month_alone_another_month_is_made(day: date, seed: int) -> None:
    month = f"{day:%Y-%m}"
    other = wrong.other_day(month, random.Random(seed))
    assert other is not None
    assert len(other) == 7
    assert date.fromisoformat(f"{other}-01")
    assert other != month


def test_long_term_becomes_a_day() -> None:
    assert wrong.other_end("长期", random.Random(1)) == "2046-05-20"
    assert wrong.other_day("长期", random.Random(1)) is None


@pytest.mark.parametrize(
    ("number", "places"), [("AB1234567", range(3, 9)), ("12", range(2)), ("学字第00123号", range(3, 8))]
)
def test_one_of_the_last_digits_is_another(number: str, places: range) -> None:
    other = wrong.other_digit(number, random.Random(2))
    assert other is not None
    (place,) = differing(number, other)
    assert place in places


def test_a_number_without_digits_is_left_alone() -> None:
    assert wrong.other_digit("无编号", random.Random(1)) is None


def test_another_house_keeps_the_rest_of_an_address() -> None:
    other = wrong.other_house("云南省芒市青竹路12号", random.Random(1))
    assert other is not None
    assert other.startswith("云南省芒市青竹路")
    assert other.endswith("号")
    assert 13 <= int(other[8:-1]) <= 20
    assert wrong.other_house("云南省芒市", random.Random(1)) is None


@given(seeds)
def test_other_duties_are_another_set_without_box_12(seed: int) -> None:
    duties = make_person(seed).duties
    other = wrong.other_duties(duties, random.Random(seed))
    assert set(other) != set(duties)
    assert other
    assert DUTIES[11] not in other


def test_box_12_beside_others() -> None:
    assert wrong.with_box_12((DUTIES[1],)) == (DUTIES[1], DUTIES[11])
    assert wrong.with_box_12((DUTIES[11],)) is None


@pytest.mark.parametrize("name", ["芒市", "盈江", "盈江县", "个旧市"])
def test_another_office_is_of_another_place(name: str) -> None:
    other = wrong.other_office(name, random.Random(4))
    assert other is not None
    assert other[:2] != name[:2]


@pytest.mark.parametrize("value", ["男", "女"])
def test_a_closed_set_never_gives_the_same_word(value: str) -> None:
    assert wrong.OTHER_GENDER(value, random.Random(1)) == {"男": "女", "女": "男"}[value]
