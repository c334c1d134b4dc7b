"""Name and address of the person that a paper with labelled cells is about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ocr.cells import Cells, as_printed, block_of, joined, value_of
from ocr.flow import Flow
from ocr.labels import values_by_label
from ocr.model import Field
from ocr.people import HAN, clean_name

_BEFORE = re.compile(r"^[：:;；.,，、\s]+")
# Digits alone at the end of an address are kept; marks are not.
_AFTER = re.compile(r"[\s.,，。:：;；|丨_＿]+$")


def name_field(cells: Cells, label: str) -> Field | None:
    """The name beside or under its label."""
    piece = value_of(cells, label)
    if piece is None:
        return None
    name = clean_name(as_printed(cells.flow, piece.start, piece.end))
    # A Latin letter between Han characters is a stroke of the frame.
    name = re.sub("[A-Za-z]", "", name) if re.search(f"[{HAN}]", name) else name
    return cells.flow.field(piece.start, piece.end, name) if name else None


def address_field(cells: Cells, label: str) -> Field | None:
    """The address of a label over all its lines."""
    pieces = block_of(cells, label)
    if not pieces:
        return None
    part = joined(cells.flow, pieces)
    value = _AFTER.sub("", _BEFORE.sub("", part.text))
    return part.field(0, len(part.text), value) if len(re.findall(f"[{HAN}]", value)) > 1 else None


def name_in_row(flow: Flow, stops: Sequence[str]) -> Field | None:
    """The name behind 姓名 in a row of text, for labels whose two characters were found as two pieces.

    Args:
        flow: The page by rows, without spaces.
        stops: Labels that may follow in the row.
    """
    span = values_by_label(flow, {"name": ("姓名",)}, stops).get("name")
    name = clean_name(flow.text[span.start : span.end]) if span else ""
    return flow.field(span.start, span.end, name) if span and name else None
