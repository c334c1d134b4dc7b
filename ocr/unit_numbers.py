"""Check digits of the numbers that units carried before the unified code: GB 11714 and GS 15-2006."""

from __future__ import annotations

import re

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_10

# GB 11714-1997: weights of the eight characters; letters count from A = 10.
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def is_organisation_code(code: str) -> bool:
    """True when nine characters, with or without their hyphen, pass the check of GB 11714."""
    code = code.replace("-", "")
    if not re.fullmatch(r"[0-9A-Z]{8}[0-9X]", code):
        return False
    total = sum(int(char, 36) * weight for char, weight in zip(code, _ORGANISATION_WEIGHTS, strict=False))
    return {10: "X", 11: "0"}.get(check := 11 - total % 11, str(check)) == code[8]


def is_registration_number(number: str) -> bool:
    """True when a 15-digit 注册号 passes ISO 7064 MOD 11,10 (GS 15-2006)."""
    if not re.fullmatch(r"[0-9]{15}", number):
        return False
    try:
        mod_11_10.validate(number)
    except ValidationError:
        return False
    return True
