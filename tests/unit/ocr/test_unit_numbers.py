"""Check digits of the former numbers of units."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.unit_numbers import is_organisation_code, is_registration_number


@pytest.mark.parametrize("code", ["60003734-1", "600037341", "D2143569-X"])
def test_codes_that_pass(code):
    """The first is the one of domain.md 2.4, the last the example of GB 11714-1997."""
    assert is_organisation_code(code)


def _by_hand(body):
    signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    total = sum(signs.index(char) * weight for char, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    return {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))


@pytest.mark.parametrize("code", ["60003734-2", "60003734", "6000373-41A", "60003734-l", "", "60003734-Y"])
def test_codes_that_fail(code):
    assert not is_organisation_code(code)


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=8, max_size=8))
def test_exactly_one_check_character_passes(body):
    assert [sign for sign in "0123456789X" if is_organisation_code(f"{body}-{sign}")] == [_by_hand(body)]


def test_the_known_registration_number_passes():
    # The example of GS 15-2006: 110108 0000000 1 with its check digit 6.
    assert is_registration_number("110108000000016")


@pytest.mark.parametrize("number", ["110108000000015", "11010800000001", "1101080000000166", "11010800000001X", ""])
def test_registration_numbers_that_fail(number):
    assert not is_registration_number(number)


@given(st.text("0123456789", min_size=14, max_size=14))
def test_exactly_one_check_digit_passes(first14):
    assert sum(is_registration_number(first14 + digit) for digit in "0123456789") == 1


@given(st.text(max_size=20))
def test_no_text_breaks_the_checks(text):
    assert is_organisation_code(text) in (True, False)
    assert is_registration_number(text) in (True, False)
