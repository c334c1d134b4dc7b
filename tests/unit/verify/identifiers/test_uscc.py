from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.check_digits import as_uscc
from tests.unit.verify.identifiers import by_hand
from tests.unit.verify.identifiers.by_hand import CREDIT_ALPHABET as ALPHABET
from verify.identifiers.uscc import parse_credit_code

# Registry and category pairs of domain.md section 2.4.
PAIRS = (
    "11", "12", "13", "19", "21", "29", "31", "32", "33", "34", "35", "36", "39", "41", "49", "51", "52", "53", "54",
    "55", "59", "61", "62", "69", "71", "72", "79", "81", "82", "89", "91", "92", "93", "99", "A1", "A9", "G1", "G9",
    "J1", "J9", "N1", "N2", "N3", "N9", "Q1", "Q2", "Q3", "Q9", "Y1",
)  # fmt: skip


@st.composite
def codes(draw: st.DrawFn) -> str:
    # The organisation code inside may hold any letter but those that the outer alphabet leaves out.
    body = by_hand.organisation(draw(st.text(alphabet=ALPHABET, min_size=8, max_size=8)))
    return by_hand.credit(draw(st.sampled_from(PAIRS)) + f"{draw(st.integers(110000, 659999))}" + body)


def test_public_code_is_valid_inside_and_out() -> None:
    # Named as verified in domain.md section 2.4.
    found = parse_credit_code("91110000600037341L")
    assert (found.is_valid, found.inner_holds, found.category_known) == (True, True, True)


def test_example_of_the_standard() -> None:
    # GB 32100-2015's own example; its sum is 1640 = 52*31 + 28, so the check value is 31 - 28 = 3.
    found = parse_credit_code("91350100M000100Y43")
    assert (found.is_valid, found.inner_holds, found.category_known) == (True, True, True)
    assert not parse_credit_code("91350100M000100Y44").is_valid


@given(codes())
def test_made_codes_are_valid(code: str) -> None:
    found = parse_credit_code(code)
    assert (found.is_valid, found.inner_holds, found.category_known, found.registry_known) == (True, True, True, True)


@given(codes(), st.integers(0, 17), st.integers(1, 30))
def test_one_wrong_character_is_noticed(code: str, place: int, shift: int) -> None:
    other = ALPHABET[(ALPHABET.index(code[place]) + shift) % len(ALPHABET)]
    assert not parse_credit_code(code[:place] + other + code[place + 1 :]).is_valid


@pytest.mark.parametrize("code", ["91110000600037341L", "91350100M000100Y43"])
def test_every_substitution_is_noticed(code: str) -> None:
    wrong = [code[:place] + char + code[place + 1 :] for place in range(18) for char in ALPHABET if char != code[place]]
    assert len(wrong) == 18 * 30
    assert [text for text in wrong if parse_credit_code(text).is_valid] == []


# python-stdnum refuses all of them; village collectives hold N1 to N3 (domain.md section 0).
@pytest.mark.parametrize("pair", ["A1", "G1", "J1", "N1", "N2", "N3", "N9", "Q1", "Y1"])
def test_codes_that_begin_with_a_letter_are_good(pair: str) -> None:
    found = parse_credit_code(by_hand.credit(f"{pair}533103" + by_hand.organisation("31152449")))
    assert (found.is_valid, found.inner_holds, found.category_known) == (True, True, True)


@given(st.text(max_size=30) | st.text(alphabet=ALPHABET + "IOSVZ-²٣", min_size=17, max_size=19))
def test_any_text_is_parsed(text: str) -> None:
    found = parse_credit_code(text)
    assert found.well_formed or not (found.check_holds or found.inner_holds or found.category_known)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9111000060003734",
        "91110000600037341",
        "91110000600037341LL",
        "91110000600037341O",
        "911100A0600037341L",
        "I1110000600037341L",
        "9111000٣600037341L",
    ],
)
def test_malformed(text: str) -> None:
    assert not parse_credit_code(text).well_formed


@pytest.mark.parametrize(
    "typed", ["91110000600037341l", "9111 0000 6000 3734 1L", "９１１１００００６０００３７３４１Ｌ"]
)
def test_ways_of_typing_are_folded(typed: str) -> None:
    assert parse_credit_code(typed).text == "91110000600037341L"


def test_inner_check_alone_is_softer() -> None:
    # Same body with another inner check character and an outer one that fits it.
    found = parse_credit_code(by_hand.credit("91110000600037342"))
    assert found.is_valid
    assert not found.inner_holds


@pytest.mark.parametrize(("pair", "registry"), [("E1", False), ("X9", False), ("95", True), ("N4", True), ("Y9", True)])
def test_unknown_registry_or_category_is_only_odd(pair: str, registry: bool) -> None:
    found = parse_credit_code(by_hand.credit(f"{pair}110000600037341"))
    assert found.is_valid
    assert (found.category_known, found.registry_known) == (False, registry)


@pytest.mark.parametrize(("read", "meant"), [("O", "0"), ("I", "1"), ("Z", "2"), ("S", "5"), ("V", "U"), ("B", "B")])
def test_letters_outside_the_alphabet(read: str, meant: str) -> None:
    assert as_uscc(read) == meant
