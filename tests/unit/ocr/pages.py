"""Builds pages of recognised text without an engine: each string is a row, `|` separates lines of one row."""

from __future__ import annotations

from imaging.geometry import Quad
from ocr.model import Line
from ocr.page import Page

ROW_HEIGHT = 0.03


def lines_of(*rows: str) -> tuple[Line, ...]:
    """One line a piece; rows are spread down the page, pieces across it in proportion to their length."""
    lines = []
    for number, row in enumerate(rows):
        pieces = row.split("|")
        top = 0.05 + number * 0.9 / max(1, len(rows))
        width = 0.9 / max(20, sum(len(piece) + 2 for piece in pieces))
        left = 0.05
        for piece in pieces:
            right = left + len(piece) * width
            lines.append(Line(piece, 0.99, Quad.from_rect(left, top, right, top + ROW_HEIGHT)))
            left = right + 2 * width
    return tuple(lines)


def page_of(*rows: str, aspect: float = 1.4) -> Page:
    return Page.of(lines_of(*rows), aspect=aspect)


def values(fields: dict[str, object]) -> dict[str, object]:
    return {name: field.value for name, field in fields.items()}  # type: ignore[attr-defined]
