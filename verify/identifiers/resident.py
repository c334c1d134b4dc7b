"""公民身份号码 (GB 11643-1999) and its 15-digit forerunner."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from stdnum.iso7064 import mod_11_2

from ocr.check_digits import is_resident_number
from verify.identifiers.addresses import Division, division_of
from verify.text.folding import fold_spaces, fold_width

_FORM_18 = re.compile(r"\d{17}[\dX]")
_FORM_15 = re.compile(r"\d{15}")
# The law asks 16 years of whoever sits the qualification exam or works (domain.md 5.4); younger means a misread.
MIN_AGE_YEARS = 16
# No one working in accounting is older; a larger age means a misread century.
MAX_AGE_YEARS = 110


@dataclass(frozen=True, slots=True)
class ResidentNumber:
    """What a number says.

    Attributes:
        text: As given, folded (ASCII, upper case, no spaces).
        full: 18 characters; a 15-digit number is expanded with `19` and its check character. Empty when malformed.
        well_formed: 18 or 15 characters of the right kind.
        check_holds: ISO 7064 MOD 11-2 agrees. A 15-digit number has no check and counts as True.
        born: Birth date, or None when the digits are no real day.
        gender: 男 or 女; empty when malformed.
        division: What is known about the first six digits.
    """

    text: str
    full: str
    well_formed: bool
    check_holds: bool
    born: date | None
    gender: str
    division: Division

    @property
    def is_valid(self) -> bool:
        """Well formed, check agrees, born on a real day. Says nothing about the division: old codes are normal."""
        return self.well_formed and self.check_holds and self.born is not None


def fold_resident(text: str) -> str:
    """ASCII, upper case, no spaces or hyphens."""
    return re.sub(r"[-‐‑–—_.·]", "", fold_spaces(fold_width(text))).upper()


def check_character(first17: str) -> str:
    """The 18th character for 17 digits."""
    return str(mod_11_2.calc_check_digit(first17))


def expand(number15: str) -> str:
    """The 18-character form of a 15-digit number. People born before 1900 had other numbers and are not met."""
    body = number15[:6] + "19" + number15[6:]
    return body + check_character(body)


def parse_resident(text: str) -> ResidentNumber:
    """Takes a number apart; never raises."""
    folded = fold_resident(text)
    if _FORM_18.fullmatch(folded):
        full, holds = folded, is_resident_number(folded)
    elif _FORM_15.fullmatch(folded):
        full, holds = expand(folded), True
    else:
        return ResidentNumber(folded, "", False, False, None, "", division_of(""))
    return ResidentNumber(
        text=folded,
        full=full,
        well_formed=True,
        check_holds=holds,
        born=_birth(full[6:14]),
        gender="男" if int(full[16]) % 2 else "女",
        division=division_of(full[:6]),
    )


def _birth(digits: str) -> date | None:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return born if born.year > 1900 else None
