"""The text of one page in the forms that readers work on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from imaging.codes import Code
from ocr.flow import Flow
from ocr.labels import without_spaces
from ocr.model import Line
from ocr.reading_order import Row, rows_of


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
        """Orders the lines and builds the flows."""
        rows = rows_of(lines, aspect=aspect)
        flow = Flow.of(rows)
        return Page(rows, without_spaces(flow), flow.squeezed(), aspect, codes)
