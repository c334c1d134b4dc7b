from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures import numbers
from ocr.check_digits import USCC_ALPHABET as ALPHABET
from ocr.check_digits import as_uscc
from verify.identifiers.uscc import organisation_check, parse_credit_code

codes = st.builds(
    lambda seed, registry: numbers.credit_code(random.Random(seed), registry=registry, county_code="533103"),
    st.integers(0, 10_000),
    st.sampled_from(("91", "12", "52", "N1", "N2", "N3", "54", "93")),
)


def test_public_code_is_valid_inside_and_out() -> None:
    # Named as verified in domain.md section 2.4.
    found = parse_credit_code("91110000600037341L")
    assert (found.is_valid, found.inner_holds, found.category_known) == (True, True, True)
    assert organisation_check("60003734") == "1"


@given(codes)
def test_made_codes_are_valid(code: str) -> None:
    found = parse_credit_code(code)
    assert (found.is_valid, found.inner_holds, found.category_known) == (True, True, True)


@given(codes, st.integers(8, 17), st.integers(1, 30))
def test_one_wrong_character_is_noticed(code: str, place: int, shift: int) -> None:
    other = ALPHABET[(ALPHABET.index(code[place]) + shift) % len(ALPHABET)]
    assert not parse_credit_code(code[:place] + other + code[place + 1 :]).is_valid


@given(st.text(max_size=30))
def test_any_text_is_parsed(text: str) -> None:
    assert parse_credit_code(text).is_valid in (True, False)


@pytest.mark.parametrize(
    "text", ["", "9111000060003734", "91110000600037341LL", "91110000600037341O", "911100A0600037341L"]
)
def test_malformed(text: str) -> None:
    assert not parse_credit_code(text).well_formed


def test_inner_check_alone_is_softer() -> None:
    # Same body with another inner check character and an outer one that fits it.
    body = "91110000600037342"
    total = sum(ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    found = parse_credit_code(body + ALPHABET[(31 - total % 31) % 31])
    assert found.is_valid
    assert not found.inner_holds


def test_unknown_registry_is_only_odd() -> None:
    body = "E1110000600037341"
    total = sum(ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    found = parse_credit_code(body + ALPHABET[(31 - total % 31) % 31])
    assert found.is_valid
    assert not found.category_known


@pytest.mark.parametrize(("read", "meant"), [("O", "0"), ("I", "1"), ("Z", "2"), ("S", "5"), ("V", "U"), ("B", "B")])
def test_letters_outside_the_alphabet(read: str, meant: str) -> None:
    assert as_uscc(read) == meant
