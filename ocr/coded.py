"""QR and bar codes of a page as fields.

A code says what its maker put into it, often the address of a page of a registry. It is told as it stands, and nothing
follows it; what it proves is the caller's business.
"""

from __future__ import annotations

from collections.abc import Iterable

from imaging.codes import Code
from imaging.model import Defect
from ocr.model import Field

# Field name by symbology.
_FIELDS = {"qr": "qr_code", "bar": "bar_code"}
# A QR code's error correction accepts a wrong content about once in many million tries; a bar code has one check of
# 103, and three lines that agree.
_CONFIDENCE = {"qr": 0.99, "bar": 0.95}


def code_fields(codes: Iterable[Code]) -> tuple[dict[str, Field], tuple[Defect, ...]]:
    """Fields `qr_code` and `bar_code`: the first decoded code of each sort, else None with its place.

    A code that was seen and not decoded is a defect `code-unreadable`, for information.
    """
    fields: dict[str, Field] = {}
    for code in sorted(codes, key=lambda code: not code.content):
        name = _FIELDS[code.symbology]
        if name not in fields:
            known = _CONFIDENCE[code.symbology] if code.content else 0.0
            fields[name] = Field(code.content or None, known, code.box, code.content)
    unread = [field.box for field in fields.values() if field.value is None]
    return fields, tuple(Defect("code-unreadable", box=box) for box in unread)
