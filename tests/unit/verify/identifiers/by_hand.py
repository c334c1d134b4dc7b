"""The standards' sums written out once more, so that no code under test checks itself."""

from __future__ import annotations

from datetime import date

DIGITS_AND_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# GB 32100-2015, table 1: no I O S V Z.
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def citizen(body17: str) -> str:
    """GB 11643-1999: 17 digits with their check character."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = 0
    for digit, weight in zip(body17, weights, strict=True):
        total += int(digit) * weight
    return body17 + "10X98765432"[total % 11]


def citizen_born(code: str, born: date, sequence: int) -> str:
    """A citizen number from its parts."""
    return citizen(f"{code}{born.year:04d}{born.month:02d}{born.day:02d}{sequence:03d}")


def organisation(body8: str) -> str:
    """GB 11714-1997: eight characters with their check character."""
    total = 0
    for char, weight in zip(body8, (3, 7, 9, 10, 5, 8, 4, 2), strict=True):
        total += DIGITS_AND_LETTERS.index(char) * weight
    rest = 11 - total % 11
    return body8 + {10: "X", 11: "0"}.get(rest, str(rest))


def credit(body17: str) -> str:
    """GB 32100-2015: 17 characters with their check character."""
    total = 0
    for place, char in enumerate(body17):
        total += CREDIT_ALPHABET.index(char) * 3**place
    return body17 + CREDIT_ALPHABET[-total % 31]


def licence(body14: str) -> str:
    """GS 15-2006 (ISO 7064 MOD 11,10): 14 digits with the digit that makes the sum end in 1."""
    product = 10
    for digit in body14:
        rest = (product + int(digit)) % 10
        product = (rest or 10) * 2 % 11
    return body14 + next(str(digit) for digit in range(10) if (product + digit) % 10 == 1)


def machine(text: str) -> str:
    """ICAO Doc 9303 part 3: a text with its check digit."""
    total = 0
    for place, char in enumerate(text):
        value = 0 if char == "<" else DIGITS_AND_LETTERS.index(char)
        total += value * (7, 3, 1)[place % 3]
    return text + str(total % 10)
