"""Pieces shared by the papers that certify in a sentence: diploma, degree and review certificate.

Schools word and order the sentence as they like, so each piece is found by the words around it and not by its place.
Words are looked for in the folded text, because older papers print traditional characters; values stay as printed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ocr.dates import DateSpan
from ocr.flow import Flow
from ocr.model import Field
from ocr.page import Page
from ocr.people import ETHNICITIES, HAN, NAME, clean_name
from ocr.traditional import fold

_ETHNIC = "(?:" + "|".join(sorted(ETHNICITIES, key=len, reverse=True)) + ")族"
_PAUSE = "[，,、;；.。:：]"
# 一九六二年八月二十七日生, 1990.7.15生: a date of birth, however its zeros were read.
_BORN = r"(?:[12][0-9Ool]{3}|[一二][一二三四五六七八九〇○零ＯOo0◯Q]{1,3})\s*[年.\-][^，,。；;]{1,9}?(?:出?生)(?!效)"
_NAME_LEADS = re.compile(
    rf"(?<!高等学校)(?:学生|研究生|学员|考生|兹有|兹证明|学位获得者)[：:]?({NAME})(?={_PAUSE}|性别|男|女|系|同学|同志|[（(]|{_BORN})"
)
# What follows a name at the beginning of a sentence: the gender, the ethnic group, the date of birth, a card's number.
_NAME_BEFORE_FACTS = re.compile(
    rf"({NAME})(?:同志|同学)?{_PAUSE}?"
    rf"(?:(?:性别)?[：:]?\n?[男女](?![{HAN}]{{0,1}}生)|[（(][男女][，,、）)]|[（(]?身份证|{_ETHNIC}{_PAUSE}|{_BORN})"
)
_NAME_LABELLED = re.compile(
    rf"(?<![长人])姓[_＿\-—]{{0,3}}名[：:_＿\-—]*({NAME})"
    rf"(?={_PAUSE}|性别|出生|身份|证件|民族|学号|国籍|照片|\n|$)"
)
_LEADS = (
    "学生",
    "研究生",
    "学员",
    "考生",
    "兹有",
    "兹证明",
    "证明",
    "姓名",
    "学位获得者",
    "博士",
    "硕士",
    "证书",
    "授予",
    "授与",
)
# Words that a name pattern can run over; no name holds one of them.
_NO_NAME = re.compile(
    r"^[男女]$|族$|日生$|年.{1,8}日|月.{1,3}日|学校|学院|大学|证书|证件|性别|日期|专业|教育|考试|出生|毕业|学位|资格|身份"
    r"|编号|注册|计划|课程|培养|规定|成绩|准予|攻读|学习|期满"
)
_GENDER = re.compile(
    r"性别[：:]?\n?([男女])|[，,、;；.。（(]([男女])[，,、;；.。）)]"
    rf"|([男女])(?=[，,、]?(?:{_ETHNIC}[，,、]|\d{{4}}年|[一二]九|二[〇○零O0]))"
)


def find_name(page: Page, sentence: Flow | None = None) -> Field | None:
    """The holder's name: labelled, after 学生 …, or before the gender, the ethnic group or the date of birth.

    Args:
        page: The page.
        sentence: Its running text, where that is not `page.running`.
    """
    labelled = _labelled_name(page.by_row)
    if labelled:
        return labelled
    # Rows first: a running text lets the title flow into the name. The sentence may still wrap inside it, and behind
    # 学生 the running text is as good, while a row that begins inside a name holds a piece of it.
    for pattern in (_NAME_LEADS, _NAME_BEFORE_FACTS):
        for flow in (page.by_row, sentence or page.running):
            found = _first_name(flow, pattern)
            if found:
                return found
    return None


def _labelled_name(flow: Flow) -> Field | None:
    for match in _NAME_LABELLED.finditer(fold(flow.text)):
        start, end = match.span(1)
        name = clean_name(flow.text[start:end])
        if name and not _NO_NAME.search(fold(name)):
            return flow.field(start, end, name)
    return None


def _first_name(flow: Flow, pattern: re.Pattern[str]) -> Field | None:
    text = fold(flow.text)
    for match in pattern.finditer(text):
        start, end = _without_lead(text, *match.span(1))
        name = clean_name(flow.text[start:end])
        if name and not _NO_NAME.search(text[start:end]):
            return flow.field(start, end, name)
    return None


def _without_lead(text: str, start: int, end: int) -> tuple[int, int]:
    """Takes 学生 and the like off the front, wherever in the hit they stand."""
    for lead in _LEADS:
        at = text.rfind(lead, start, end)
        if at >= 0 and at + len(lead) < end:
            start = at + len(lead)
    return start, end


def find_gender(flow: Flow) -> Field | None:
    """男 or 女, labelled or between marks."""
    match = _GENDER.search(fold(flow.text))
    if not match:
        return None
    group = next(i for i in (1, 2, 3) if match[i])
    return flow.field(match.start(group), match.end(group), match[group])


def find_birth(flow: Flow, dates: tuple[DateSpan, ...]) -> tuple[DateSpan, Field] | None:
    """The date followed by 生, or preceded by 出生 / 生于."""
    text = fold(flow.text)
    for date in dates:
        after = text[date.end : date.end + 3]
        before = text[max(0, date.start - 6) : date.start]
        if re.match(r"[，,]?(?:出?生)(?!效)", after) or re.search(
            r"(?:出生(?:日期|年月)?|(?<!该)(?<!学)生于)[：:]?$", before
        ):
            return date, flow.field(date.start, date.end, date.iso, repaired=date.repaired)
    return None


def last_date(dates: Sequence[DateSpan], *, after: int) -> DateSpan | None:
    """The last complete date behind the sentence: the day of issue at the foot of the paper."""
    later = [date for date in dates if date.start >= after]
    complete = [date for date in later if len(date.iso) == 10]
    chosen = complete or later
    return chosen[-1] if chosen else None


def full_brackets(text: str) -> str:
    """Brackets in their Chinese form: recognisers return either, and 会计（涉外） is one name (domain.md 5.2)."""
    return text.replace("(", "（").replace(")", "）").replace("〔", "（").replace("〕", "）")
