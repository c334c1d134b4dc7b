"""工商注册号 (GS 15-2006): the 15 digits on business licences before the credit code.

The check digit is ISO 7064 MOD 11,10. That was verified in three ways: the number 110108000000016, which public test
data name as the specimen of GS 15-2006, agrees; so do twelve other numbers published as right, and 320483000067848,
published as wrong, does not; the sums were done by hand-written arithmetic, not with the library used here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from stdnum.iso7064 import mod_11_10

from verify.identifiers.addresses import Division, division_of
from verify.text.folding import fold_number

# Six digits of the registering office, eight of the serial, one check digit (GS 15-2006, 4.1).
_FORM = re.compile(r"\d{15}", re.ASCII)


@dataclass(frozen=True, slots=True)
class LicenceNumber:
    """What a number says.

    Attributes:
        text: As given, folded.
        well_formed: Fifteen digits.
        check_holds: The check digit agrees.
        division: What is known about the office's six digits. Zones and the national office have codes of their own.
    """

    text: str
    well_formed: bool
    check_holds: bool
    division: Division

    @property
    def is_valid(self) -> bool:
        """Well formed and the check agrees."""
        return self.well_formed and self.check_holds


def parse_licence_number(text: str) -> LicenceNumber:
    """Takes a number apart; never raises."""
    number = fold_number(text)
    if not _FORM.fullmatch(number):
        return LicenceNumber(number, False, False, division_of(""))
    return LicenceNumber(number, True, mod_11_10.is_valid(number), division_of(number[:6]))
