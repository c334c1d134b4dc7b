"""The two numbers that units had before the credit code."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.unit.verify.identifiers import by_hand
from verify.identifiers.addresses import CodeStatus
from verify.identifiers.licence import parse_licence_number
from verify.identifiers.organisation import organisation_check, parse_organisation_code

bodies = st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=8, max_size=8)


# D2143569-X is the example of GB 11714-1997; 60003734-1 lies in a credit code verified in domain.md section 2.4.
@pytest.mark.parametrize("typed", ["D2143569-X", "D2143569X", "d2143569-x", "60003734-1", "６０００３７３４－１"])
def test_published_organisation_codes(typed: str) -> None:
    assert parse_organisation_code(typed).is_valid


def test_organisation_check_by_hand() -> None:
    # 13*3 + 2*7 + 1*9 + 4*10 + 3*5 + 5*8 + 6*4 + 9*2 = 199 = 18*11 + 1, and 11 - 1 = 10 is written X.
    assert organisation_check("D2143569") == "X"
    # 7 + ... : 0*3 + 0*7 + 0*9 + 0*10 + 0*5 + 0*8 + 0*4 + 0*2 = 0, and 11 - 0 = 11 is written 0.
    assert organisation_check("00000000") == "0"


@given(bodies)
# The letters of a label may be a code's own.
@example("NO000000")
def test_made_organisation_codes(body: str) -> None:
    code = by_hand.organisation(body)
    assert parse_organisation_code(code).is_valid
    assert parse_organisation_code(f"{body}-{code[8]}").text == code


def test_a_label_in_front_of_an_organisation_code_does_not_count() -> None:
    assert parse_organisation_code("No. 60003734-1") == parse_organisation_code("600037341")


def test_every_substitution_of_a_digit_in_an_organisation_code_is_noticed() -> None:
    number = "600037341"
    wrong = [
        number[:place] + digit + number[place + 1 :]
        for place in range(9)
        for digit in "0123456789"
        if digit != number[place]
    ]
    assert len(wrong) == 81
    assert [text for text in wrong if parse_organisation_code(text).is_valid] == []


@pytest.mark.parametrize("typed", ["", "60003734", "6000373411", "60003734A", "6000373-4-", "中0003734-1"])
def test_no_organisation_codes(typed: str) -> None:
    assert not parse_organisation_code(typed).well_formed


def test_specimen_of_gs_15() -> None:
    found = parse_licence_number("110108000000016")
    assert (found.is_valid, found.division.name) == (True, "海淀区")


def test_licence_check_by_hand() -> None:
    # The product is 10 at first and 5 at last, and 5 + 6 = 11 ends in 1, so 6 is the check digit.
    product = 10
    trail = []
    for digit in "11010800000001":
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
        trail.append(product)
    # (10+1)%10=1 -> 2; 3 -> 6; 6 -> 1; 2 -> 4; 4 -> 8; 16%10=6 -> 1; 1 -> 2; 2 -> 4; 4 -> 8; 8 -> 5; 5 -> 10;
    # 0 -> 10*2%11 = 9; 9 -> 7; 7+1 = 8 -> 5.
    assert trail == [2, 6, 1, 4, 8, 1, 2, 4, 8, 5, 10, 9, 7, 5]
    assert parse_licence_number("110108000000016").check_holds


@given(st.text(alphabet="0123456789", min_size=14, max_size=14))
def test_made_licence_numbers(body: str) -> None:
    assert parse_licence_number(by_hand.licence(body)).is_valid


@given(st.text(alphabet="0123456789", min_size=14, max_size=14), st.integers(0, 14), st.integers(1, 9))
def test_one_wrong_digit_of_a_licence_number_is_noticed(body: str, place: int, shift: int) -> None:
    number = by_hand.licence(body)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert not parse_licence_number(wrong).is_valid


def test_every_substitution_in_a_licence_number_is_noticed() -> None:
    number = "110108000000016"
    wrong = [
        number[:place] + digit + number[place + 1 :]
        for place in range(15)
        for digit in "0123456789"
        if digit != number[place]
    ]
    assert len(wrong) == 135
    assert [text for text in wrong if parse_licence_number(text).is_valid] == []


@pytest.mark.parametrize("typed", ["", "11010800000001", "1101080000000166", "11010800000001X", "11010800000001６６"])
def test_no_licence_numbers(typed: str) -> None:
    found = parse_licence_number(typed)
    assert (found.well_formed, found.division.status) == (False, CodeStatus.UNKNOWN)


@given(st.text(max_size=20) | st.text(alphabet="0123456789X-²٣", max_size=17))
def test_any_text_is_parsed(text: str) -> None:
    licence, organisation = parse_licence_number(text), parse_organisation_code(text)
    assert licence.well_formed or not licence.check_holds
    assert organisation.well_formed or not organisation.check_holds
    assert not (licence.well_formed and organisation.well_formed)
