"""组织机构代码 (GB 11714-1997): the nine characters inside a credit code, and alone on older papers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from verify.text.folding import fold_code, fold_number

# Weights of the eight body characters; letters count from A = 10 (GB 11714-1997, also quoted in domain.md 2.4).
_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Hyphens such as that of 60003734-1 are gone when a code has been folded.
_FORM = re.compile(r"[0-9A-Z]{8}[0-9X]", re.ASCII)


@dataclass(frozen=True, slots=True)
class OrganisationCode:
    """What a code says.

    Attributes:
        text: As given, folded, without the hyphen.
        well_formed: Eight digits or capital letters and a check character.
        check_holds: The check character agrees.
    """

    text: str
    well_formed: bool
    check_holds: bool

    @property
    def is_valid(self) -> bool:
        """Well formed and the check agrees."""
        return self.well_formed and self.check_holds


def parse_organisation_code(text: str) -> OrganisationCode:
    """Takes a code apart, with or without its hyphen; never raises."""
    code = fold_code(text)
    if not _FORM.fullmatch(code):
        code = fold_number(text)
    if not _FORM.fullmatch(code):
        return OrganisationCode(code, False, False)
    return OrganisationCode(code, True, organisation_check(code[:8]) == code[8])


def organisation_check(body: str) -> str:
    """The check character of an eight-character organisation code."""
    total = sum(_ALPHABET.index(char) * weight for char, weight in zip(body, _WEIGHTS, strict=True))
    remainder = 11 - total % 11
    return {10: "X", 11: "0"}.get(remainder, str(remainder))
