"""Closes labels of two characters that are set as wide as four, where the gap was read as a stroke: 姓_名, 专一业."""

from __future__ import annotations

import re
from dataclasses import replace

from ocr.page import Page

# A stroke between the two characters, followed by a colon, the value or the end of a line; 专一业 means nothing else.
_WIDE = re.compile(
    r"(?:姓(?=.{1,2}名)|性(?=.{1,2}别)|专(?=.{1,2}业)|级(?=.{1,2}别)|编(?=.{1,2}号))([_＿一—\-–·.]{1,2})[名别业号]"
)


def with_closed_labels(page: Page) -> Page:
    """The page whose rows hold 姓名 and the like without what stands in their gap."""
    flow = page.by_row
    strokes = {at for match in _WIDE.finditer(flow.text) for at in range(*match.span(1))}
    if not strokes:
        return page
    kept = [at for at in range(len(flow.text)) if at not in strokes]
    closed = type(flow)("".join(flow.text[at] for at in kept), tuple(flow.origins[at] for at in kept))
    return replace(page, by_row=closed)
