"""The hand-filled blanks of the work certificate of which no value was read: left empty, or written and not readable.

Text says where a blank is: between the words that the form prints before and behind it. Pixels say what is in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from imaging.blank_ink import BlankState, look_at_blank
from imaging.geometry import Quad
from imaging.model import Defect, Pixels
from ocr.flow import Flow
from ocr.model import Field
from ocr.page import Page

# Room above the printed line that writing needs, and below it down to the rule, in heights of the line.
_ABOVE, _BELOW = 0.30, 0.10
# Recognition places a character to within this share of its height; the printed words must stay outside.
_APART = 0.45
# Boxes of one row: their middles lie apart by less than this share of the height.
_SAME_ROW = 0.6
# A blank narrower than this many heights holds no value; the rest of it is in the next row.
_NARROW = 1.2
_LAST_CHARACTER = 1.0


@dataclass(frozen=True, slots=True)
class _Blank:
    """The form's words around a blank, and what it is called on the form."""

    before: re.Pattern[str]
    after: re.Pattern[str]
    called: str


_BLANKS: Mapping[str, _Blank] = MappingProxyType(
    {
        "name": _Blank(re.compile(r"兹有"), re.compile(r"[（(]?身份证"), "姓名"),
        "id_number": _Blank(re.compile(r"身份证件?号码?[：:]?"), re.compile(r"[）)]|[，,]?系我"), "身份证件号码"),
        "uscc": _Blank(re.compile(r"信用代码[）)]?为?"), re.compile(r"所?属?会计管理|所属"), "统一社会信用代码"),
        "finance_bureau": _Blank(
            re.compile(r"会计管理部门为?"), re.compile(r"市?[（(]县|市?[（(]"), "所属会计管理部门"
        ),
        "issued_on": _Blank(re.compile(r"年"), re.compile(r"月"), "落款日期"),
    }
)
# How far behind the words before it the words behind a blank are looked for, in characters.
_REACH = 30
# The date's words are looked for below this, the end of the sentence.
_CLOSING = re.compile(r"特此证明|单位[（(]?盖章|盖章(?!后)")


def add_blanks(pixels: Pixels, page: Page, fields: Mapping[str, Field]) -> tuple[dict[str, Field], tuple[Defect, ...]]:
    """Looks at every blank of which no value was read.

    Args:
        pixels: uint8 RGB rendition that the page was read from.
        page: Its text.
        fields: What was read.

    Returns:
        The fields, those written but unreadable added without a value, and `blank-not-filled` or `blank-unread` with
        the blank's name on the form.
    """
    found = dict(fields)
    defects: list[Defect] = []
    for name, blank in _BLANKS.items():
        if name in fields:
            continue
        places = _places(page, blank, dated=name == "issued_on")
        if not places:
            continue
        looks = [look_at_blank(pixels, place) for place in places]
        states = {look.state for look in looks}
        if BlankState.FILLED in states:
            place = places[[look.state for look in looks].index(BlankState.FILLED)]
            found[name] = Field(None, 0.0, place)
            defects.append(Defect("blank-unread", box=place, detail=blank.called))
        elif states == {BlankState.EMPTY}:
            defects.append(Defect("blank-not-filled", box=places[0], detail=blank.called))
    return found, tuple(defects)


def _places(page: Page, blank: _Blank, *, dated: bool) -> tuple[Quad, ...]:
    """Where the blank is: one piece, or two when the row ends inside it; nothing when the words around are unread."""
    flow, start = page.running, 0
    if dated:
        closing = _CLOSING.search(flow.text)
        start = closing.end() if closing else len(flow.text)
    before = blank.before.search(flow.text, start)
    after = blank.after.search(flow.text, before.end(), before.end() + _REACH) if before else None
    if before is None or after is None:
        return ()
    left, right = flow.box(before.end() - 1, before.end()), flow.box(after.start(), after.start() + 1)
    if left is None or right is None:
        return ()
    height = (left.bottom - left.top + right.bottom - right.top) / 2
    if abs(left.centre[1] - right.centre[1]) < _SAME_ROW * height:
        pieces = [(left.right, right.left, left, right)]
    else:
        edges = _edges(flow)
        # A printed character alone at the end of the row is often lost by recognition and is no writing.
        last = edges[1] - _LAST_CHARACTER * height / page.aspect
        pieces = [(left.right, last, left, left), (edges[0], right.left, right, right)]
    quads = [_quad(*piece, aspect=page.aspect) for piece in pieces]
    return tuple(quad for quad in quads if quad is not None)


def _edges(flow: Flow) -> tuple[float, float]:
    """Left and right edge of the text block, as most of its long rows have them."""
    boxes = {id(origin.line): origin.line.box for origin in flow.origins if origin is not None}
    wide = sorted(boxes.values(), key=lambda box: box.left - box.right)[:4]
    return min(box.left for box in wide), max(box.right for box in wide)


def _quad(start: float, end: float, left: Quad, right: Quad, *, aspect: float) -> Quad | None:
    """The blank between two x, along the row of its neighbours; None when there is no room for a value."""
    em = (left.bottom - left.top) / aspect
    start, end = start + _APART * em, end - _APART * em
    if end - start < _NARROW * em:
        return None
    heights = [box.bottom - box.top for box in (left, right)]
    return Quad(
        (
            (start, left.top - _ABOVE * heights[0]),
            (end, right.top - _ABOVE * heights[1]),
            (end, right.bottom + _BELOW * heights[1]),
            (start, left.bottom + _BELOW * heights[0]),
        )
    )
