"""Check digits that a reader may use to tell a misread number from a good one.

Only arithmetic: whether a number belongs to a real county or a past date is verify's business.
"""

from __future__ import annotations

import re

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_2

# GB 32100-2015: the alphabet leaves out I, O, S, V, Z; weights are powers of 3 modulo 31.
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))

# Letters that are not in a digit string, and what a recogniser meant by them (domain.md 2.4).
_LETTER_TO_DIGIT = str.maketrans("OoQDIl|iqgbBSZ", "00001111996852")
_USCC_REPAIRS = str.maketrans({"O": "0", "I": "1", "Z": "2", "S": "5", "V": "U", "∪": "U"})


def is_resident_number(number: str) -> bool:
    """True when an 18-character resident number passes ISO 7064 MOD 11-2 (GB 11643-1999)."""
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return False
    try:
        mod_11_2.validate(number)
    except ValidationError:
        return False
    return True


def is_uscc(code: str) -> bool:
    """True when an 18-character unified social credit code passes its outer check (GB 32100-2015)."""
    if len(code) != 18 or any(char not in USCC_ALPHABET for char in code):
        return False
    return uscc_check_character(code[:17]) == code[17]


def uscc_check_character(first17: str) -> str:
    """The 18th character for 17 characters of the code's alphabet."""
    total = sum(USCC_ALPHABET.index(char) * weight for char, weight in zip(first17, _USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[(31 - total % 31) % 31]


def as_digits(text: str) -> str:
    """The text with letters that cannot stand in a digit string replaced by the digit they look like."""
    return text.translate(_LETTER_TO_DIGIT)


def as_uscc(text: str) -> str:
    """The text with letters outside the code's alphabet replaced by the member they look like.

    Places 3 to 8 are the registering office's area code, digits only (GB 32100-2015, 4.3).
    """
    folded = text.upper().translate(_USCC_REPAIRS)
    return folded[:2] + folded[2:8].translate(_LETTER_TO_DIGIT) + folded[8:]


# ICAO 9303: weights of the check digit of machine-readable lines.
_MACHINE_WEIGHTS = (7, 3, 1)


def is_early_foreign_number(number: str) -> bool:
    """True when a 15-character number of a foreign permanent resident (before 2023) passes its check.

    Three letters of the country, four digits of the place, six of the birth date, one more, and the check digit of
    ICAO 9303 over the fourteen before it (domain.md 2.2). Numbers since 2023 have 18 digits and the residents' check.
    """
    if not re.fullmatch(r"[A-Z]{3}\d{12}", number):
        return False
    values = [int(char, 36) for char in number]
    total = sum(value * _MACHINE_WEIGHTS[place % 3] for place, value in enumerate(values[:14]))
    return total % 10 == values[14]
