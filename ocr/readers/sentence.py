"""Pieces shared by the papers that certify in a sentence: diploma and degree certificate.

Schools word and order the sentence as they like, so each piece is found by the words around it and not by its place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ocr.dates import DateSpan
from ocr.flow import Flow
from ocr.labels import find_label
from ocr.model import Field
from ocr.page import Page
from ocr.people import HAN, NAME, clean_name

# Words that close the name of a school.
_SCHOOL_END = r"(?:大学|学院|专科学校|职业学校|技术学校|财经学校|党校|分校|学校|研究院|研究所|研究生院|中学)"
_SCHOOL_CHAR = f"[{HAN}（）()]"
_SCHOOL_LINE = re.compile(rf"^{_SCHOOL_CHAR}{{2,24}}{_SCHOOL_END}(?:（[{HAN}]{{2,8}}）)?$")
# The last word misread (学院 as 季院): still a row that can only be a school, because it ends like one.
_SCHOOL_BLURRED = re.compile(rf"^[{HAN}]{{4,20}}[院校学]$")
_SCHOOL_LABELLED = re.compile(
    rf"(?:校名|学校名称|毕业院校|主考学校|主考院校|办学单位|培养单位|授予单位|学校\(?（?盖?章?）?\)?)[：:]({_SCHOOL_CHAR}{{2,24}}{_SCHOOL_END})"
)
_SCHOOL_TITLE = re.compile(
    rf"^({_SCHOOL_CHAR}{{2,24}}?{_SCHOOL_END})(?:.{{0,8}}(?:毕业|结业|肄业|学历|学位|硕士|博士|学士).{{0,6}}证书?)$"
)
# Not a school: words of the title that end like one, and the printing office's line.
_NOT_A_SCHOOL = re.compile(r"普通高等|成人高等|高等教育|高等学校|教育部|监制|印制|委员会|自学考试|本校|我校|在校|学习")
_NAME_LEADS = re.compile(
    rf"(?:学生|研究生|学员|考生|兹有|兹证明|学位获得者)[：:]?({NAME})(?=[，,、;；。.]|性别|男|女|系|[（(])"
)
_NAME_BEFORE_GENDER = re.compile(rf"({NAME})[，,、;；.。]?(?:性别)?[：:]?[男女](?![{HAN}]{{0,1}}生)")
_NAME_LABELLED = re.compile(rf"姓名[：:]?({NAME})(?=[，,、;；。.]|性别|出生|身份|证件|民族|\n|$)")
_LEADS = ("学生", "研究生", "学员", "考生", "兹有", "兹证明", "证明", "姓名", "博士", "硕士", "证书")
_GENDER = re.compile(
    r"性别[：:]?([男女])|[，,、;；.。]([男女])[，,、;；.。]|([男女])(?=[，,、]?(?:汉族|\d{4}年|[一二]九))"
)
_NUMBER_LABELS = (
    "证书编号",
    "学位证书编号",
    "毕业证书编号",
    "学历证书编号",
    "电子注册号",
    "学校编号",
    "注册号",
    "编号",
    "证书号",
    "证号",
    "证书序号",
)
_NUMBER = re.compile(r"[0-9A-Za-z]{6,24}")
_FREE_NUMBER = re.compile(rf"[：:]?([（(\[〔]?[0-9{HAN}（）()\[\]〔〕\-]{{1,18}}[0-9]{{2,}}号?)")


def find_name(page: Page) -> Field | None:
    """The holder's name: after 学生 …, before the gender, or labelled."""
    # Rows first: a running text lets the title flow into the name. The sentence may still wrap inside it.
    for flow in (page.by_row, page.running):
        for pattern in (_NAME_LEADS, _NAME_BEFORE_GENDER):
            match = pattern.search(flow.text)
            if match:
                start, end = _without_lead(flow.text, *match.span(1))
                name = clean_name(flow.text[start:end])
                if name:
                    return flow.field(start, end, name)
    match = _NAME_LABELLED.search(page.by_row.text)
    if match:
        return page.by_row.field(match.start(1), match.end(1), clean_name(match[1]))
    return None


def _without_lead(text: str, start: int, end: int) -> tuple[int, int]:
    """Takes 学生 and the like off the front, wherever in the hit they stand."""
    for lead in _LEADS:
        at = text.rfind(lead, start, end)
        if at >= 0 and at + len(lead) < end:
            start = at + len(lead)
    return start, end


def find_gender(flow: Flow) -> Field | None:
    match = _GENDER.search(flow.text)
    if not match:
        return None
    group = next(i for i in (1, 2, 3) if match[i])
    return flow.field(match.start(group), match.end(group), match[group])


def find_birth(flow: Flow, dates: tuple[DateSpan, ...]) -> tuple[DateSpan, Field] | None:
    """The date followed by 生, or preceded by 出生 / 生于."""
    for date in dates:
        after = flow.text[date.end : date.end + 3]
        before = flow.text[max(0, date.start - 6) : date.start]
        if re.match(r"[，,]?(?:出?生)", after) or re.search(r"(?:出生(?:日期|年月)?|生于)[：:]?$", before):
            return date, flow.field(date.start, date.end, date.iso, repaired=date.repaired)
    return None


def find_school(page: Page) -> Field | None:
    """The school's name: labelled, else a row of its own, else in front of the title."""
    flow = page.by_row
    match = _SCHOOL_LABELLED.search(flow.text)
    if match and not _NOT_A_SCHOOL.search(match[1]):
        return flow.field(match.start(1), match.end(1), match[1])
    pieces = _pieces(page)
    for pattern in (_SCHOOL_LINE, _SCHOOL_TITLE, _SCHOOL_BLURRED):
        for text, start, _ in pieces:
            hit = pattern.match(text)
            if hit and not _NOT_A_SCHOOL.search(text):
                name = hit[1] if pattern.groups and hit.lastindex else text
                return flow.field(start, start + len(name), name)
    return None


def _pieces(page: Page) -> list[tuple[str, int, int]]:
    """Every line of the page with its place in `page.by_row`, longest type first is not known, so in order."""
    found = []
    at = 0
    for row in page.rows:
        for line in row.lines:
            text = "".join(line.text.split())
            end = at + len(text)
            found.append((text, at, end))
            at = end
        whole_start = at - sum(len("".join(line.text.split())) for line in row.lines)
        if len(row.lines) > 1:
            found.append((page.by_row.text[whole_start:at], whole_start, at))
        at += 1
    return found


def find_major(flow: Flow, patterns: Sequence[re.Pattern[str]], *, lead: re.Pattern[str]) -> Field | None:
    """The field of study: group 1 of the first pattern that leaves a name once the words before it are taken off.

    Args:
        flow: Running text.
        patterns: The most telling first; group 1 ends where the name ends.
        lead: What may stand before the name inside group 1, such as 本校 or 四年制本科.
    """
    for pattern in patterns:
        for match in pattern.finditer(flow.text):
            start, end = match.span(1)
            before = lead.match(flow.text[start:end])
            if before:
                start += before.end()
            if end - start >= 2:
                return flow.field(start, end, flow.text[start:end])
    return None


def find_number(page: Page, *, pattern: str) -> Field | None:
    """The certificate number: after its label, else the run of characters that has the number's form.

    Args:
        page: The page.
        pattern: Regular expression of a complete number, for papers whose label is unreadable.
    """
    flow = page.by_row
    for label in _NUMBER_LABELS:
        span = find_label(flow.text, (label,))
        if span is None:
            continue
        row_end = flow.text.find("\n", span.end)
        row_end = len(flow.text) if row_end < 0 else row_end
        match = _NUMBER.search(flow.text, span.end, min(len(flow.text), span.end + 32))
        if match and sum(char.isdigit() for char in match[0]) >= 6:
            start, end = match.span()
            short = flow.same_line_end(start, end)
            end = short if short - start >= 6 else end
            return flow.field(start, end, flow.text[start:end].upper())
        # Before 2001 numbers had no fixed form: （91）学字第0123号.
        free = _FREE_NUMBER.match(flow.text, span.end, row_end)
        if free:
            return flow.field(free.start(1), free.end(1), free[1])
    match = re.search(rf"(?<![0-9A-Za-z])(?:{pattern})(?![0-9A-Za-z])", flow.text)
    return flow.field(match.start(), match.end(), match[0].upper()) if match else None


def last_date(flow: Flow, dates: tuple[DateSpan, ...], *, after: int) -> DateSpan | None:
    """The last complete date behind the sentence: the day of issue at the foot of the paper."""
    later = [date for date in dates if date.start >= after]
    complete = [date for date in later if len(date.iso) == 10]
    chosen = complete or later
    return chosen[-1] if chosen else None
