"""Passport numbers: the series of the PRC, Hong Kong, Macau and Taiwan, and whatever else can stand in a passport.

A number has no check digit of its own (that of the machine-readable zone is in `verify.identifiers.mrz`), so a form
that is not listed here is no fault: any state numbers as it likes within the nine places of ICAO Doc 9303 part 4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from verify.text.folding import fold_number


class PassportSeries(StrEnum):
    """Series of numbers whose form is known (domain.md 2.2)."""

    PRC_ORDINARY = "prc_ordinary"
    PRC_ORDINARY_EARLY = "prc_ordinary_early"
    PRC_PUBLIC_AFFAIRS = "prc_public_affairs"
    PRC_SERVICE = "prc_service"
    PRC_DIPLOMATIC = "prc_diplomatic"
    HONG_KONG = "hong_kong"
    MACAU = "macau"
    TAIWAN = "taiwan"


# Stops as in `P.1234567` are gone when a number has been folded. Several series may fit one number.
_SERIES: tuple[tuple[PassportSeries, re.Pattern[str]], ...] = tuple(
    (series, re.compile(pattern, re.ASCII))
    for series, pattern in (
        # E and eight digits until 2017-04-05, E, a letter other than I and O, and seven digits since.
        (PassportSeries.PRC_ORDINARY, r"E[A-HJ-NP-Z\d]\d{7}"),
        # The series before the E passports: G and eight digits, 14 or 15 and seven.
        (PassportSeries.PRC_ORDINARY_EARLY, r"G\d{8}|1[45]\d{7}"),
        (PassportSeries.PRC_PUBLIC_AFFAIRS, r"PE?\d{7}"),
        (PassportSeries.PRC_SERVICE, r"SE?\d{7}|S\d{8}"),
        (PassportSeries.PRC_DIPLOMATIC, r"DE\d{7}"),
        (PassportSeries.HONG_KONG, r"[KH][A-Z\d]\d{7}"),
        (PassportSeries.MACAU, r"M[AB]\d{7}"),
        (PassportSeries.TAIWAN, r"\d{9}"),
    )
)
# The places of a number in ICAO Doc 9303 part 4, 4.2.2.2: letters and digits, at most nine.
_PLAUSIBLE = re.compile(r"[A-Z\d]{1,9}", re.ASCII)
# No PRC number has I or O behind its E: they would be taken for 1 and 0, and usually are these.
_FORBIDDEN_LETTER = re.compile(r"E[IO]\d{7}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PassportNumber:
    """What a number says.

    Attributes:
        text: As given, folded.
        plausible: One to nine letters and digits, so that some state may have issued it.
        series: The known series whose form it has; empty for any other, which says nothing against it.
        forbidden_letter: E, then I or O, then seven digits: the form of a PRC number but for a letter not in use.
    """

    text: str
    plausible: bool
    series: tuple[PassportSeries, ...] = ()
    forbidden_letter: bool = False

    @property
    def is_early(self) -> bool:
        """Only the PRC series before the E passports fits, whose ten years (护照法 art. 7) have run out."""
        return self.series == (PassportSeries.PRC_ORDINARY_EARLY,)

    @property
    def has_digits(self) -> bool:
        """At least one digit: a number without any is possible and hardly ever meant."""
        return any(char.isdigit() for char in self.text)


def parse_passport(text: str) -> PassportNumber:
    """Takes a number apart; never raises."""
    number = fold_number(text)
    return PassportNumber(
        text=number,
        plausible=_PLAUSIBLE.fullmatch(number) is not None,
        series=tuple(series for series, pattern in _SERIES if pattern.fullmatch(number)),
        forbidden_letter=_FORBIDDEN_LETTER.fullmatch(number) is not None,
    )
