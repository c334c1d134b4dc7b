import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.check_digits import USCC_ALPHABET, as_digits, as_uscc, is_resident_number, is_uscc


@pytest.mark.parametrize(
    "number", ["11010519491231002X", "440524188001010014", "810000199408230021", "830000199201300022"]
)
def test_public_specimen_numbers_pass(number: str) -> None:
    assert is_resident_number(number)


@pytest.mark.parametrize(
    "number", ["110105194912310021", "11010519491231002x", "1101051949123100", "", "11010519491231002Y"]
)
def test_wrong_numbers_are_refused(number: str) -> None:
    assert not is_resident_number(number)


@given(st.integers(0, 16), st.integers(1, 9))
def test_every_single_wrong_digit_is_noticed(place: int, change: int) -> None:
    number = "11010519491231002X"
    wrong = number[:place] + str((int(number[place]) + change) % 10) + number[place + 1 :]
    assert not is_resident_number(wrong)


def test_published_credit_code_passes_and_its_neighbour_does_not() -> None:
    assert is_uscc("91110000600037341L")
    assert not is_uscc("91110000600037341M")
    assert not is_uscc("91110000600037341")
    assert not is_uscc("9111000060003734IL")


def test_look_alikes() -> None:
    assert as_digits("1l0IO5") == "110105"
    assert as_uscc("9lllOZS") == "9LLL025"
    assert all(as_uscc(char) == char for char in USCC_ALPHABET)


@pytest.mark.parametrize(
    ("read", "code"),
    [
        ("125331Q2MA4F969M0A", "12533102MA4F969M0A"),
        ("9I53O1O3377161007∪", "91530103377161007U"),
        ("QQ5331020000000000", "QQ5331020000000000"),
        ("", ""),
    ],
)
def test_letters_are_put_back_where_a_code_has_digits_only(read: str, code: str) -> None:
    assert as_uscc(read) == code
