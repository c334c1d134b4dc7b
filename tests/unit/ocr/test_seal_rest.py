"""Numbers and straight words of seals: believed only when they agree or check."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.engine import Recognised
from ocr.seal_rest import agreed_number, tax_code

NUMBER = "5331030012345"


@pytest.mark.parametrize(
    ("readings", "number"),
    [
        ([NUMBER, NUMBER], NUMBER),
        (["4" + NUMBER, NUMBER], NUMBER),
        ([NUMBER, NUMBER[:-1] + "6"], None),
        ([NUMBER, ""], None),
        ([], None),
        (["1" * 12, "1" * 12], None),
        (["1" * 20, "1" * 20], "1" * 20),
        (["1" * 21, "1" * 21], None),
    ],
)
def test_a_number_needs_both_looks_and_a_seals_length(readings: list[str], number: str | None) -> None:
    assert agreed_number(readings) == number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("91110000600037341L", "91110000600037341L"),
        ("91110000600037341l", "91110000600037341L"),
        ("91110000600037342L", None),
        ("9111000060003734", None),
        ("发票专用章", None),
        ("", None),
    ],
)
def test_a_straight_row_is_a_credit_code_only_when_it_checks(text: str, code: str | None) -> None:
    assert tax_code(Recognised(text, 1.0)) == code


@given(st.lists(st.text(alphabet="0123456789", max_size=22), max_size=3))
def test_an_agreed_number_is_a_part_of_every_reading(readings: list[str]) -> None:
    number = agreed_number(readings)
    assert number is None or all(number in reading for reading in readings)


@given(st.text(max_size=24))
def test_any_text_is_safe(text: str) -> None:
    assert tax_code(Recognised(text, 0.5)) is None or len(text) >= 18
