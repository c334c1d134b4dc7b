"""The unified social credit code of a unit (GB 32100-2015) as papers print it."""

from __future__ import annotations

from ocr.check_digits import as_uscc, is_uscc
from ocr.flow import Flow
from ocr.model import Field
from ocr.repair import checked_field

# A character of a code as recognisers return it: at the beginning of a line a U comes back as the sign of set union.
_CHARACTERS = "0-9A-Za-z∪"
CODE_CHARACTER = f"[{_CHARACTERS}]"
# Strokes of the line it is written on or of a seal's rim, and the blanks and hyphens of its grouping.
_MARKS = f"[^{_CHARACTERS}]"


def credit_code_field(flow: Flow, start: int, end: int) -> Field:
    """A field from characters that hold a code: upper case, letters outside its alphabet put back, repaired if proved.

    Args:
        flow: The page's text.
        start: First character of the code.
        end: Behind the last one.
    """
    return checked_field(flow, start, end, marks=_MARKS, fold=as_uscc, passes=is_uscc)
