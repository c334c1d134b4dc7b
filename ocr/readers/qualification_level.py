"""初级, 中级, 高级 or 正高级: as a level or as the title that belongs to it."""

from __future__ import annotations

import re

from ocr.flow import Flow
from ocr.labels import Span
from ocr.model import Field
from ocr.page import Page

# Titles of the accounting series; 正高级会计师 contains 高级会计师 contains 会计师, so the longest comes first.
# 注册会计师 and 总会计师 are other things.
_TITLE = re.compile(r"正高级会计师|高级会计师|中级会计师|助理会计师|初级会计师|(?<![注册总高助理])会计师|会计员")
_LEVEL_OF_TITLE = {
    "正高级会计师": "正高级",
    "高级会计师": "高级",
    "中级会计师": "中级",
    "会计师": "中级",
    "助理会计师": "初级",
    "初级会计师": "初级",
    "会计员": "初级",
}
_LEVELS = (
    ("正高级", re.compile(r"正高级|正高")),
    ("高级", re.compile(r"副高级|副高|高级")),
    ("中级", re.compile(r"中级")),
    ("初级", re.compile(r"初级|助理级|员级")),
)
# What a sentence gives: 取得会计专业高级会计师资格.
_GIVEN = re.compile(
    r"(?:取得|具备|具有|获得|晋升|评定为|评为|认定为|聘任为|任职资格为)[^，,。；;]{0,14}?(?=正高级|高级|中级|初级|助理|会计)"
)
# How far behind such a word the title may stand.
_REACH = 18
# Names that hold a level and do not state the holder's: boards, offices, kinds of paper.
_NOT_THE_HOLDER = re.compile(
    r"[^，,。；;\n：:]{0,16}(?:评审委员会|评委会|领导小组|办公室)|高级专业技术|高级职称|高级技术资格|高级职务"
    r"|高级[^，,。；;\n：:]{0,6}资格评审"
)
_MASK = "\ue000"


def find_level(page: Page, level: Span | None, title: Span | None) -> Field | None:
    """The labelled level, the labelled title, what the sentence gives, a title anywhere, a level anywhere.

    Args:
        page: The page.
        level: Value of 级别 in `page.by_row`.
        title: Value of 资格名称 and the like.
    """
    flow = page.by_row
    if level and title and title.start <= level.start < title.end:
        # 任职资格高级会计师 was taken for a misread label 资格级别 in the middle of the title.
        level = None
    # 高级（会计师系列） is a level, 高级会计师 a title: each label is asked for its own first.
    for span, ways in ((level, (_level_in, _title_in)), (title, (_title_in, _level_in))):
        for way in ways if span else ():
            found = way(flow, span.start, span.end) if span else None
            if found:
                return found
    running = _without_boards(page.running)
    for given in _GIVEN.finditer(running.text):
        end = min(len(running.text), given.end() + _REACH)
        found = _title_in(running, given.end(), end) or _level_in(running, given.end(), end)
        if found:
            return found
    return _title_in(running, 0, len(running.text)) or _level_in(running, 0, len(running.text))


def _title_in(flow: Flow, start: int, end: int) -> Field | None:
    match = _TITLE.search(flow.text, start, end)
    return flow.field(match.start(), match.end(), _LEVEL_OF_TITLE[match[0]]) if match else None


def _level_in(flow: Flow, start: int, end: int) -> Field | None:
    """The highest level named: 正高级 holds 高级."""
    for level, pattern in _LEVELS:
        match = pattern.search(flow.text, start, end)
        if match:
            return flow.field(match.start(), match.end(), level)
    return None


def _without_boards(flow: Flow) -> Flow:
    text = _NOT_THE_HOLDER.sub(lambda match: _MASK * len(match[0]), flow.text)
    return Flow(text, flow.origins)
