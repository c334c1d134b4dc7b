"""The running text of a page whose sentence stands in a column of its own.

An opened booklet shows two pages, and a certificate in two languages two texts. Read row by row, the other page's words
land inside the sentence. Where an empty strip runs down between them, each side is read for itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from ocr.flow import Flow
from ocr.model import Line
from ocr.page import Page
from ocr.reading_order import rows_of

# Where the strip may lie, as a share of the page's width, and in which steps it is looked for.
_FIRST, _LAST, _STEPS = 0.2, 0.8, 120
# Scraps of seals and patterns cross the strip now and then: they are short or badly read.
_SCRAP_LENGTH, _SCRAP_CONFIDENCE = 3, 0.6
# A side that is a text of its own: a certificate's number and place under a portrait are not.
_LEAST_LINES = 3


def sentence_flow(page: Page) -> Flow:
    """Text without spaces and rows, one column after the other where the page has two."""
    lines = [line for row in page.rows for line in row.lines]
    x = _strip(lines)
    if x is None:
        return page.running
    sides = ([line for line in lines if line.box.centre[0] < x], [line for line in lines if line.box.centre[0] >= x])
    rows = [row for side in sides for row in rows_of(side, aspect=page.aspect)]
    return Flow.of(rows).squeezed()


def _strip(lines: Sequence[Line]) -> float | None:
    """The middle of the widest strip that no text crosses and that has a text on either side; None without one."""
    texts = [line for line in lines if len(line.text) >= _SCRAP_LENGTH and line.confidence >= _SCRAP_CONFIDENCE]
    places = [_FIRST + (_LAST - _FIRST) * step / _STEPS for step in range(_STEPS + 1)]
    free = [x for x in places if not any(line.box.left < x < line.box.right for line in texts)]
    best: list[float] = []
    run: list[float] = []
    step = (_LAST - _FIRST) / _STEPS
    for x in free:
        run = [*run, x] if run and x - run[-1] < 1.5 * step else [x]
        if len(run) > len(best) and _parts(texts, run[len(run) // 2]):
            best = run
    return best[len(best) // 2] if best else None


def _parts(lines: Sequence[Line], x: float) -> bool:
    left = sum(line.box.right <= x for line in lines)
    return left >= _LEAST_LINES and len(lines) - left >= _LEAST_LINES
