"""公民身份号码 (GB 11643-1999) and its 15-digit forerunner.

python-stdnum's own verdict on these numbers is not used: it refuses people who are older than their county's code, all
holders of 81/82 numbers born before 1997/1999, and raises on an unknown county (domain.md 2.3). Only its MOD 11-2 is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from stdnum.iso7064 import mod_11_2

from ocr.check_digits import is_resident_number
from verify.identifiers.addresses import Division, division_of, is_known_province
from verify.identifiers.days import real_day
from verify.text.folding import fold_spaces, fold_width

_FORM_18 = re.compile(r"\d{17}[\dX]", re.ASCII)
_FORM_15 = re.compile(r"\d{15}", re.ASCII)
# The law asks 16 years of whoever sits the qualification exam or works (domain.md 5.4); younger means a misread.
MIN_AGE_YEARS = 16
# No one working in accounting is older; a larger age means a misread century.
MAX_AGE_YEARS = 110
# Sequences of the 15-digit form that were kept for people born in the 1800s (domain.md 2.1, of weak authority).
_CENTENARIANS = frozenset({"996", "997", "998", "999"})
# In place of a county: residents of Hong Kong, Macau and Taiwan (国办发〔2018〕81号 art. 3).
COMPATRIOT_REGIONS = {"810000": "香港", "820000": "澳门", "830000": "台湾"}
# First digit of the numbers of foreign permanent residents since 2023-12-01 (domain.md 2.2).
FOREIGN_FIRST = "9"


@dataclass(frozen=True, slots=True)
class ResidentNumber:
    """What a number says.

    Attributes:
        text: As given, folded (ASCII, upper case, no spaces).
        full: 18 characters; a 15-digit number is expanded with its century and its check character. Empty when
            malformed.
        well_formed: 18 or 15 characters of the right kind.
        check_holds: ISO 7064 MOD 11-2 agrees. A 15-digit number has no check and counts as True.
        born: Birth date, which may lie after today; None when the digits are no real day of 1901 or later.
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

    @property
    def is_compatriot(self) -> bool:
        """The number stands on a residence permit of Hong Kong, Macau or Taiwan residents."""
        return len(self.text) == 18 and self.full[:6] in COMPATRIOT_REGIONS

    @property
    def is_foreign(self) -> bool:
        """The number stands on a permanent residence card of foreigners: 9, then a province."""
        return len(self.text) == 18 and self.full[0] == FOREIGN_FIRST and is_known_province(self.full[1:3])


def fold_resident(text: str) -> str:
    """ASCII, upper case, no spaces or hyphens."""
    return re.sub(r"[-‐‑–—_.·]", "", fold_spaces(fold_width(text))).upper()


def check_character(first17: str) -> str:
    """The 18th character for 17 digits."""
    return str(mod_11_2.calc_check_digit(first17))


def expand(number15: str) -> str:
    """The 18-character form of a 15-digit number: of the 1900s, and of the 1800s for the sequences kept for them."""
    century = "18" if number15[12:] in _CENTENARIANS else "19"
    body = number15[:6] + century + number15[6:]
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
    born = real_day(digits)
    return born if born is not None and born.year > 1900 else None
