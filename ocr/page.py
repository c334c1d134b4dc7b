"""The text of one page in the forms that readers work on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from imaging.codes import Code
from ocr.flow import Flow
from ocr.labels import without_spaces
from ocr.model import Line
from ocr.people import HAN
from ocr.reading_order import Row, rows_of

# A box with so few characters, none of them Chinese, read with less certainty than this, is a stroke of the security
# print or of a frame: 姓 M 名 (0.48), 1e (0.23), =4 (0.62). Of the values that papers print only digits are so short.
_SCRAP_LENGTH, _SCRAP_CONFIDENCE = 3, 0.8
_HAN = re.compile(f"[{HAN}]")


def is_scrap(line: Line) -> bool:
    """True for a box in which nothing was written."""
    text = line.text.strip()
    # Digits may be a day or a room: they stay, with their doubt.
    short = len(text) <= _SCRAP_LENGTH and not text.isdecimal()
    return short and line.confidence < _SCRAP_CONFIDENCE and not _HAN.search(text)


@dataclass(frozen=True, slots=True)
class Page:
    """Recognised text of one page.

    Attributes:
        rows: Lines grouped into rows, top to bottom.
        by_row: Text without spaces, rows apart: for labels and values.
        running: Text without spaces and rows: for sentences that wrap.
        aspect: Width of the page divided by its height.
        codes: QR and bar codes on it, decoded ones first; only looked for on kinds that carry them.
    """

    rows: tuple[Row, ...]
    by_row: Flow
    running: Flow
    aspect: float
    codes: tuple[Code, ...] = ()

    @staticmethod
    def of(lines: Sequence[Line], *, aspect: float, codes: tuple[Code, ...] = ()) -> Page:
        """Orders the lines and builds the flows; scraps have no place in them, where they would part a label in two."""
        rows = rows_of(lines, aspect=aspect)
        flow = Flow.of([Row(kept) for row in rows if (kept := tuple(line for line in row.lines if not is_scrap(line)))])
        return Page(rows, without_spaces(flow), flow.squeezed(), aspect, codes)
