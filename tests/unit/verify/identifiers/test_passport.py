from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.identifiers.passport import PassportSeries, parse_passport

S = PassportSeries


# Every form of domain.md section 2.2.
@pytest.mark.parametrize(
    ("typed", "series"),
    [
        ("E12345678", (S.PRC_ORDINARY,)),
        ("EA1234567", (S.PRC_ORDINARY,)),
        ("EZ1234567", (S.PRC_ORDINARY,)),
        ("ej1234567", (S.PRC_ORDINARY,)),
        ("Ｅ１２３４５６７８", (S.PRC_ORDINARY,)),
        ("G12345678", (S.PRC_ORDINARY_EARLY,)),
        ("141234567", (S.PRC_ORDINARY_EARLY, S.TAIWAN)),
        ("151234567", (S.PRC_ORDINARY_EARLY, S.TAIWAN)),
        ("161234567", (S.TAIWAN,)),
        ("PE1234567", (S.PRC_PUBLIC_AFFAIRS,)),
        ("P.1234567", (S.PRC_PUBLIC_AFFAIRS,)),
        ("SE1234567", (S.PRC_SERVICE,)),
        ("S.1234567", (S.PRC_SERVICE,)),
        ("S12345678", (S.PRC_SERVICE,)),
        ("DE1234567", (S.PRC_DIPLOMATIC,)),
        ("K12345678", (S.HONG_KONG,)),
        ("H12345678", (S.HONG_KONG,)),
        ("KJ1234567", (S.HONG_KONG,)),
        ("MA1234567", (S.MACAU,)),
        ("MB1234567", (S.MACAU,)),
        ("MC1234567", ()),
        ("E1234567", ()),
        ("PE12345678", ()),
        ("C01X00T47", ()),
        ("L898902C3", ()),
        ("AB1", ()),
    ],
)
def test_series(typed: str, series: tuple[PassportSeries, ...]) -> None:
    assert parse_passport(typed).series == series


# Nine places in the machine-readable zone (ICAO Doc 9303 part 4): 0, 1, 9 and 10 characters.
@pytest.mark.parametrize(
    ("typed", "plausible"),
    [
        ("", False),
        ("1", True),
        ("123456789", True),
        ("1234567890", False),
        ("ABCDEFGHI", True),
        ("护照1234", False),
        ("12/345", False),
        ("E1234567８", True),
    ],
)
def test_plausible(typed: str, plausible: bool) -> None:
    assert parse_passport(typed).plausible is plausible


@pytest.mark.parametrize(("typed", "forbidden"), [("EI1234567", True), ("EO1234567", True), ("EH1234567", False)])
def test_letters_that_no_prc_number_has(typed: str, forbidden: bool) -> None:
    found = parse_passport(typed)
    assert found.plausible
    assert found.forbidden_letter is forbidden
    assert (found.series == ()) is forbidden


@pytest.mark.parametrize(("typed", "early"), [("G12345678", True), ("E12345678", False), ("141234567", False)])
def test_series_that_ended(typed: str, early: bool) -> None:
    # 14 and seven digits may be a number of Taiwan too, so nothing is said about it.
    assert parse_passport(typed).is_early is early


@pytest.mark.parametrize(("typed", "has_digits"), [("ABCDEF", False), ("ABCDE1", True)])
def test_digits(typed: str, has_digits: bool) -> None:
    assert parse_passport(typed).has_digits is has_digits


@given(st.text(max_size=14) | st.text(alphabet="EGPSDKHM0123456789.", max_size=10))
def test_any_text_is_parsed(text: str) -> None:
    found = parse_passport(text)
    # Whatever has the form of a known series is possible in a passport at all.
    assert found.plausible or not found.series
