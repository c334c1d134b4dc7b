"""Numbers are repaired by their check digit alone, and only when a single repair exists."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2

from imaging.geometry import Quad
from ocr.check_digits import USCC_ALPHABET, is_resident_number, is_uscc, uscc_check_character
from ocr.credit_code import credit_code_field
from ocr.flow import REPAIRED_CONFIDENCE, Flow
from ocr.model import Line
from ocr.people import find_resident_number, resident_number_field
from ocr.reading_order import rows_of
from ocr.repair import FAILED_CONFIDENCE, repair_once

# A number of the fictional kind that the generator draws: its check digit is computed here, not copied.
BASE = "53310319900715004"
NUMBER = BASE + mod_11_2.calc_check_digit(BASE)
CODE = "91533103MA6K0000X"
CODE += uscc_check_character(CODE)


def flow_of(text: str, rivals: dict[int, str] | None = None, confidence: float = 0.99) -> Flow:
    box = Quad.from_rect(0.1, 0.1, 0.9, 0.15)
    places = tuple((rivals or {}).get(at, "") for at in range(len(text)))
    line = Line(text, confidence, box, (), (confidence,) * len(text), places)
    return Flow.of(rows_of([line], aspect=1.0))


def misread(text: str, at: int, wrong: str) -> str:
    return text[:at] + wrong + text[at + 1 :]


def test_a_good_number_stays_as_it_is() -> None:
    field = resident_number_field(flow_of(NUMBER, {3: "8"}), 0, 18)
    assert (field.value, field.repaired, field.confidence) == (NUMBER, False, 0.99)


def test_one_rival_that_passes_repairs_the_number_and_what_was_read_is_kept() -> None:
    wrong = misread(NUMBER, 7, "3")
    field = resident_number_field(flow_of(wrong, {7: NUMBER[7], 2: "6"}), 0, 18)
    assert (field.value, field.raw, field.repaired) == (NUMBER, wrong, True)
    assert field.confidence == REPAIRED_CONFIDENCE


def test_without_a_rival_a_failed_check_is_doubt_and_nothing_more() -> None:
    wrong = misread(NUMBER, 7, "3")
    field = resident_number_field(flow_of(wrong), 0, 18)
    assert (field.value, field.repaired, field.confidence) == (wrong, False, FAILED_CONFIDENCE)


def test_two_repairs_are_none() -> None:
    wrong = misread(NUMBER, 7, "3" if NUMBER[7] != "3" else "4")
    # The rival that would pass at another place, found by trying.
    other = next(
        (at, digit)
        for at in range(17)
        for digit in "0123456789"
        if at != 7 and digit != wrong[at] and is_resident_number(misread(wrong, at, digit))
    )
    field = resident_number_field(flow_of(wrong, {7: NUMBER[7], other[0]: other[1]}), 0, 18)
    assert (field.value, field.repaired) == (wrong, False)


def test_letters_that_cannot_stand_in_a_number_are_put_back() -> None:
    written = NUMBER.replace("0", "O", 1)
    field = resident_number_field(flow_of(written), 0, 18)
    assert (field.value, field.raw, field.repaired) == (NUMBER, written, True)


def test_the_first_generation_has_no_check_and_is_left_alone() -> None:
    short = NUMBER[:6] + NUMBER[8:17]
    field = resident_number_field(flow_of(short), 0, 15)
    assert (field.value, field.repaired, field.confidence) == (short, False, 0.99)


def test_blanks_between_groups_do_not_shift_the_rivals() -> None:
    wrong = misread(NUMBER, 7, "3" if NUMBER[7] != "3" else "4")
    grouped = f"{wrong[:6]} {wrong[6:14]} {wrong[14:]}"
    field = resident_number_field(flow_of(grouped, {8: NUMBER[7]}), 0, len(grouped))
    assert (field.value, field.repaired) == (NUMBER, True)


def test_a_credit_code_is_repaired_in_its_own_alphabet() -> None:
    wrong = misread(CODE, 2, "8" if CODE[2] != "8" else "9")
    field = credit_code_field(flow_of(wrong, {2: CODE[2]}), 0, 18)
    assert (field.value, field.repaired) == (CODE, True)
    plain = credit_code_field(flow_of(CODE.lower()), 0, 18)
    assert (plain.value, plain.repaired) == (CODE, False)


@given(st.text("0123456789", min_size=17, max_size=17), st.integers(0, 16), st.data())
def test_a_repair_never_leads_away_from_the_printed_number(first17: str, at: int, data: st.DataObject) -> None:
    number = first17 + mod_11_2.calc_check_digit(first17)
    wrong = misread(number, at, data.draw(st.sampled_from([d for d in "0123456789" if d != number[at]])))
    rivals = [data.draw(st.sampled_from("0123456789X")) if k != at else number[at] for k in range(18)]
    assert repair_once(wrong, rivals, is_resident_number) in (number, None)


@given(st.text(USCC_ALPHABET, min_size=17, max_size=17), st.integers(0, 16), st.sampled_from(USCC_ALPHABET))
def test_a_single_rival_repairs_a_code(first17: str, at: int, wrong: str) -> None:
    code = first17 + uscc_check_character(first17)
    read = misread(code, at, wrong)
    rivals = [code[at] if k == at else "" for k in range(18)]
    expected = None if read == code else code
    assert repair_once(read, rivals, is_uscc) == expected


@given(st.text(max_size=30), st.lists(st.text(max_size=2), max_size=40))
def test_any_text_and_any_rivals_end_in_a_number_that_passes_or_in_none(text: str, rivals: list[str]) -> None:
    found = repair_once(text, rivals, is_resident_number)
    assert found is None or is_resident_number(found)


def test_a_repaired_value_is_never_sure() -> None:
    written = NUMBER.replace("0", "O", 1)
    assert resident_number_field(flow_of(written), 0, 18).confidence == REPAIRED_CONFIDENCE
    assert flow_of("二七年九月").field(0, 5, "2007-09", repaired=True).confidence == REPAIRED_CONFIDENCE


def test_a_units_code_that_passes_by_chance_is_no_persons_number() -> None:
    """Digits alone, its own check right, and by chance the person's check too: only the birthday tells."""
    first = next(
        f"91211382{n:08d}9" for n in range(1, 10**6)
        if is_resident_number(f"91211382{n:08d}9" + mod_11_2.calc_check_digit(f"91211382{n:08d}9"))
    )  # fmt: skip
    number = first + mod_11_2.calc_check_digit(first)
    assert find_resident_number(flow_of(f"代码{number}")) is None
    assert find_resident_number(flow_of(f"代码{number}，{NUMBER}")) == (21, 39)


def test_fifteen_digits_without_a_birthday_are_another_number() -> None:
    assert find_resident_number(flow_of("准考证号101013100012345")) is None
    short = NUMBER[:6] + NUMBER[8:17]
    assert find_resident_number(flow_of(f"证号{short}")) == (2, 17)
