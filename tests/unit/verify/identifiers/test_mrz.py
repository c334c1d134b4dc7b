from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.verify.identifiers import by_hand
from verify.identifiers.mrz import MachineForm, MachinePart, MachineZone, machine_check_digit, parse_mrz

TODAY = date(2026, 11, 21)
# The specimens of ICAO Doc 9303 parts 5, 6 and 4.
TD1 = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
TD2 = ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6")
TD3 = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
# The worked example of part 11 with a number longer than nine characters.
LONG = ("I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2", "STEVENSON<<PETER<JOHN<<<<<<<<<")


@pytest.mark.parametrize(
    ("lines", "form", "code", "number", "optional"),
    [
        (TD1, MachineForm.TD1, "I", "D23145890", ""),
        (TD2, MachineForm.TD2, "I", "D23145890", ""),
        (TD3, MachineForm.TD3, "P", "L898902C3", "ZE184226B"),
    ],
)
def test_specimens(lines: tuple[str, ...], form: MachineForm, code: str, number: str, optional: str) -> None:
    assert parse_mrz(lines) == MachineZone(
        form=form,
        document_code=code,
        issuer="UTO",
        number=number,
        surname="ERIKSSON",
        given_names="ANNA MARIA",
        nationality="UTO",
        birth_digits="740812",
        expiry_digits="120415",
        gender="女",
        optional=optional,
    )


def test_specimen_dates() -> None:
    found = parse_mrz(TD3)
    assert (found.born(TODAY), found.expires()) == (date(1974, 8, 12), date(2012, 4, 15))
    assert found.is_valid


def test_number_that_goes_on_in_the_optional_places() -> None:
    found = parse_mrz(LONG)
    assert (found.number, found.surname, found.given_names, found.gender) == (
        "D23145890734",
        "STEVENSON",
        "PETER JOHN",
        "男",
    )
    assert found.failed == ()


@pytest.mark.parametrize(
    ("lines", "line", "part"),
    [
        (TD1, 0, MachinePart.NUMBER),
        (TD1, 1, MachinePart.BIRTH),
        (TD2, 1, MachinePart.NUMBER),
        (TD3, 1, MachinePart.NUMBER),
        (TD3, 1, MachinePart.BIRTH),
        (TD3, 1, MachinePart.EXPIRY),
        (TD3, 1, MachinePart.OPTIONAL),
    ],
)
def test_every_substitution_of_a_digit_is_noticed(lines: tuple[str, ...], line: int, part: MachinePart) -> None:
    start, end = {
        (0, MachinePart.NUMBER): (6, 15),
        (1, MachinePart.NUMBER): (1, 10),
        (1, MachinePart.BIRTH): (0, 7) if lines is TD1 else (13, 20),
        (1, MachinePart.EXPIRY): (21, 28),
        (1, MachinePart.OPTIONAL): (30, 36),
    }[line, part]
    text = lines[line]
    changed = [
        text[:place] + digit + text[place + 1 :]
        for place in range(start, end)
        if text[place].isdigit()
        for digit in "0123456789"
        if digit != text[place]
    ]
    assert len(changed) >= 9 * 5
    for wrong in changed:
        found = parse_mrz([*lines[:line], wrong, *lines[line + 1 :]])
        assert part in found.failed
        assert not found.is_valid


def test_composite_alone() -> None:
    # The check digit at the very end is wrong, everything else agrees.
    assert parse_mrz((TD3[0], TD3[1][:-1] + "1")).failed == (MachinePart.COMPOSITE,)
    # Part 5: the optional places of a TD1 are covered by the composite only.
    assert parse_mrz((TD1[0], TD1[1][:18] + "1" + TD1[1][19:], TD1[2])).failed == (MachinePart.COMPOSITE,)


def test_nothing_optional_may_have_a_filler_for_its_check_digit() -> None:
    for check in "<0":
        body = "L898902C36UTO7408122F1204159" + "<" * 14 + check
        composite = by_hand.machine(body[:10] + body[13:20] + body[21:])[-1]
        assert parse_mrz((TD3[0], body + composite)).failed == ()


def test_a_filler_is_no_check_digit_for_something_optional() -> None:
    body = "L898902C36UTO7408122F1204159ZE184226B<<<<<<"
    composite = by_hand.machine(body[:10] + body[13:20] + body[21:])[-1]
    assert parse_mrz((TD3[0], body + composite)).failed == (MachinePart.OPTIONAL,)


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("L898902C36UTO7408I22F1204159ZE184226B<<<<<10", "birth"),
        ("L898902C36UTO74O8122F1204159ZE184226B<<<<<10", "birth"),
        ("L898902C36UTO7408122F120415gZE184226B<<<<<10", "expiry's check digit"),
        ("L898902C36UTO7408122F1204159ZE184226B<<<<<1O", "composite"),
        ("L898902C36UTO7408122F1204159ZE184226B<<<<<I0", "optional"),
    ],
)
def test_lookalikes_are_folded_where_only_digits_stand(line: str, read: str) -> None:
    assert parse_mrz((TD3[0], line)).failed == (), read


def test_lookalikes_in_a_number_are_left_alone() -> None:
    # O stands for 0 in the number, where letters are allowed: the check digit tells, nobody guesses.
    found = parse_mrz((TD3[0], TD3[1].replace("L898902", "L8989O2", 1)))
    assert found.number == "L8989O2C3"
    assert MachinePart.NUMBER in found.failed


@pytest.mark.parametrize(
    "names",
    [
        "P<UTOERIKSSON<<ANNA<MARIA",
        "P<UTOERIKSSON<<ANNA<MARIA<<<<",
        "p<utoeriksson<<anna<maria<<<<<<<<<<<<<<<<<<<",
        "P<UTO ERIKSSON<<ANNA<MARIA <<<<<",
        "P＜UTOERIKSSON＜＜ANNA＜MARIA＜＜",
        "P<UTOERIKSSON《ANNA<MARIA««",
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<<<<",
    ],
)
def test_ways_of_reading_the_line_of_names(names: str) -> None:
    found = parse_mrz((names, TD3[1]))
    assert (found.form, found.surname, found.given_names) == (MachineForm.TD3, "ERIKSSON", "ANNA MARIA")


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("",),
        ("P<UTO",),
        (TD3[0],),
        (TD3[0], TD3[1][:-1]),
        (TD3[0], TD3[1] + "<"),
        (TD3[1], TD3[0]),
        (*TD1, TD1[2]),
        (TD1[0], TD1[1]),
        ("中华人民共和国", "居民身份证"),
        (TD3[0], TD3[1].replace("<", "*")),
    ],
)
def test_other_texts_are_no_zone(lines: tuple[str, ...]) -> None:
    assert parse_mrz(lines) == MachineZone(None)
    assert not parse_mrz(lines).is_valid


@pytest.mark.parametrize(
    ("digits", "today", "born"),
    [
        ("261121", date(2026, 11, 21), date(2026, 11, 21)),
        ("261122", date(2026, 11, 21), date(1926, 11, 22)),
        ("000229", TODAY, date(2000, 2, 29)),
        ("851301", TODAY, None),
        ("85<<<<", TODAY, None),
    ],
)
def test_century_of_birth(digits: str, today: date, born: date | None) -> None:
    assert MachineZone(MachineForm.TD3, birth_digits=digits).born(today) == born


@pytest.mark.parametrize(("digits", "day"), [("350101", date(2035, 1, 1)), ("350231", None), ("<<<<<<", None)])
def test_end_of_validity(digits: str, day: date | None) -> None:
    assert MachineZone(MachineForm.TD3, expiry_digits=digits).expires() == day


# Part 3, 4.9, by hand: 5*7 + 2*3 + 0*1 + 7*7 + 2*3 + 7*1 = 103, so 520727 has the check digit 3.
@pytest.mark.parametrize(
    ("text", "digit"), [("520727", "3"), ("", "0"), ("<<<<<<", "0"), ("A", "0"), ("B", "7"), ("a", ""), ("中", "")]
)
def test_check_digits(text: str, digit: str) -> None:
    assert machine_check_digit(text) == digit


letters = st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=12)
tokens = st.text(alphabet="ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", min_size=9, max_size=9)
days = st.dates(min_value=date(1930, 1, 1), max_value=date(2026, 1, 1))


@given(letters, letters, tokens, days, st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.sampled_from("MF<"))
def test_made_passports_are_read(surname: str, given_name: str, number: str, born: date, ends: date, sex: str) -> None:
    names = f"P<CHN{surname}<<{given_name}".ljust(44, "<")
    parts = by_hand.machine(number), by_hand.machine(f"{born:%y%m%d}"), by_hand.machine(f"{ends:%y%m%d}")
    optional = by_hand.machine("<" * 14)
    composite = by_hand.machine("".join(parts) + optional)[-1]
    found = parse_mrz((names, f"{parts[0]}CHN{parts[1]}{sex}{parts[2]}{optional}{composite}"))
    assert found.failed == ()
    assert (found.surname, found.given_names, found.number) == (surname, given_name, number)
    assert (found.born(date(2026, 1, 1)), found.expires()) == (born, ends)
    assert found.gender == {"M": "男", "F": "女", "<": ""}[sex]


@given(st.lists(st.text(max_size=50) | st.text(alphabet="<PIO0189ABß", min_size=28, max_size=46), max_size=5))
def test_any_lines_are_parsed(lines: list[str]) -> None:
    found = parse_mrz(lines)
    assert found.form is not None or found == MachineZone(None)
    assert found.born(TODAY) is None or found.form is not None
