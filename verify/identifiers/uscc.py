"""统一社会信用代码 (GB 32100-2015) with the organisation code (GB 11714) inside.

python-stdnum refuses every code that begins with a letter, among them those of village collectives, and does not look
at the organisation code inside (domain.md 2.3), so neither its form nor its verdict is used.
"""

from __future__ import annotations

from dataclasses import dataclass

from ocr.check_digits import USCC_ALPHABET, uscc_check_character
from verify.identifiers.organisation import organisation_check
from verify.text.folding import fold_number

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
        registry_known: The registry is one we know, whatever the category.
    """

    text: str
    well_formed: bool
    check_holds: bool
    inner_holds: bool
    category_known: bool
    registry_known: bool = False

    @property
    def is_valid(self) -> bool:
        """Well formed and the outer check agrees; the softer checks are not counted."""
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
        registry_known=code[0] in _CATEGORIES,
    )
