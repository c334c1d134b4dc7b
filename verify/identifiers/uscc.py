"""统一社会信用代码 (GB 32100-2015) with the organisation code (GB 11714) inside."""

from __future__ import annotations

from dataclasses import dataclass

from ocr.check_digits import USCC_ALPHABET, uscc_check_character
from verify.text.folding import fold_number

# GB 11714: weights of the eight body characters; letters count from A = 10.
_INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_INNER_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

# Registry (first character) and the categories (second) seen in the standard or in later notices. An unknown pair is
# odd, never wrong: the list has been extended before (domain.md section 2.4).
_CATEGORIES = {
    "1": "1239", "2": "19", "3": "1234569", "4": "19", "5": "123459", "6": "129", "7": "129", "8": "129", "9": "1239",
    "A": "19", "G": "19", "J": "19", "N": "1239", "Q": "1239", "Y": "1",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CreditCode:
    """What a code says.

    Attributes:
        text: As given, folded.
        well_formed: 18 characters of the alphabet, six digits as division.
        check_holds: The outer check character agrees.
        inner_holds: The organisation code inside agrees; old and special issues exist where it does not.
        category_known: Registry and category are a pair we know.
    """

    text: str
    well_formed: bool
    check_holds: bool
    inner_holds: bool
    category_known: bool

    @property
    def is_valid(self) -> bool:
        """Well formed and the outer check agrees; the two softer checks are not counted."""
        return self.well_formed and self.check_holds


def fold_credit_code(text: str) -> str:
    """ASCII, upper case, no spaces or hyphens."""
    return fold_number(text)


def parse_credit_code(text: str) -> CreditCode:
    """Takes a code apart; never raises."""
    code = fold_credit_code(text)
    well_formed = len(code) == 18 and all(char in USCC_ALPHABET for char in code) and code[2:8].isdigit()
    if not well_formed:
        return CreditCode(code, False, False, False, False)
    return CreditCode(
        text=code,
        well_formed=True,
        check_holds=uscc_check_character(code[:17]) == code[17],
        inner_holds=organisation_check(code[8:16]) == code[16],
        category_known=code[1] in _CATEGORIES.get(code[0], ""),
    )


def organisation_check(body: str) -> str:
    """The check character of an eight-character organisation code."""
    total = sum(_INNER_ALPHABET.index(char) * weight for char, weight in zip(body, _INNER_WEIGHTS, strict=True))
    remainder = 11 - total % 11
    return {10: "X", 11: "0"}.get(remainder, str(remainder))
