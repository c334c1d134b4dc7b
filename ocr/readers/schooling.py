"""What papers about a running course of study share: the school, the student's number, how long the paper is valid.

No layout of these papers is fixed, so everything is found by labels, by the words around it, and by its form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ocr.dates import DateSpan, find_dates
from ocr.flow import Flow
from ocr.model import Field
from ocr.page import Page
from ocr.people import HAN, clean_name, find_resident_number, resident_number_field

_CHAR = f"[{HAN}（）()]"
# Words that close the name of a school; the longer ones first.
_END = (
    r"(?:高等专科学校|专科学校|职业技术学院|职业技术大学|职业学院|师范学校|职业学校|技术学校|财经学校|党校|研究生院"
    r"|大学|学院|学校|中学|研究院|研究所)"
)
SCHOOL = rf"{_CHAR}{{2,24}}?{_END}"
# Offices and departments that sign for a school, and titles that stand in one line with it.
_BEHIND = re.compile(
    rf"(?:教务处|教务部|教务科|学生处|学生工作处|学生工作部|学工处|学籍科|学籍管理|研究生处|研究生院|招生|继续教育|印章"
    rf"|[{HAN}]{{1,10}}(?:学院|系|部|处|中心)$"
    r"|(?:在校|在读|就读|学籍|在学|在籍|学生|研究生)[学生籍]{0,2}(?:证明|证|卡|信息)|[（(]盖?章|校园卡|一卡通|关于)"
)
_LABELS = (
    "学校名称",
    "院校名称",
    "所在学校",
    "就读学校",
    "在读学校",
    "培养单位",
    "办学单位",
    "发证学校",
    "院校",
    "学校",
    "校名",
)
_IN_SENTENCE = re.compile(
    rf"(?:考入|考取|升入|转入|就读于|就读|录取到|录取至|入读|在籍于|系|是|为|在)({SCHOOL})(?![{HAN}]{{0,2}}(?:校区|路))"
)
# Not the name of a school: what only says "our school", departments behind their label, sorts of schools.
_NOT_A_SCHOOL = re.compile(
    r"^(?:我|本|该|此|贵)(?:校|院|大学|学院)|^(?:院系|系部|别)|^(?:普通|成人|高等|全日制|所在|就读|毕业|[级年月届系])|年级|学校名称|专业|证明|学生"
    r"|教育部|网络教育|自学考试"
    r"|^(?:会计|财会|财经|财政|财务与会计|经济管理|经济与管理|经济|管理|工商管理|商|金融|继续教育|研究生|国际教育"
    r"|信息工程|成人教育)学?院$"
)
_DEPARTMENT_LABEL = re.compile(
    r"(?:院系|学院|系别|系部|院\(系\)|院（系）|二级学院|所在院系|所在学院|部门)(?:名称)?[：:]?$"
)
_OURS = re.compile(r"(?:我|本|该)[校院]$")

_NUMBER_LABELS = re.compile(
    r"(?:学生证号|学生编号|学生号|学[_＿]*号|(?<![份书考业])证[_＿]*号|学籍号|(?<=\n)号(?=[：:]?\d{6}))(?:码)?[：:;；为是.．_＿\s]*"
)
_NUMBER = re.compile(r"[（(]?([A-Za-z]{0,3}[0-9OolI][0-9A-Za-z\-]{3,19})")
# What stands between a label and its value: colons, the stroke that a colon is read as, the end of a row.
_BETWEEN = "\n：:;；_＿.．丨|"
# A number of at least so many digits; fewer are a class or a year.
_LEAST_DIGITS = 4

_VALID = re.compile(r"有效(?:期限?|日期|期间|时间|截止)(?:截止|截至)?(?:日期|时间)?(?:至|到|止)?[：:;；为是（(_＿\s]*")
_ENDS = re.compile(r"(?:截止|到期)(?:日期|时间)[：:]?")
_BEFORE_VALID = re.compile(r"^(?:之?前|以前|止|内)(?:有效|使用)")
_LONG_TERM = re.compile(r"^(?:至|为)?长期")
_DASHES = "—–―−－\\-~～〜一"
_LINK = re.compile(rf"^(?:日|起|止)?(?:至|到|[{_DASHES}])+$")
# What may stand between the label and its first date: 自, 从, a bracket, a stroke.
_MOST_BETWEEN = 3
# Both dates of a period with their words.
_WINDOW = 44


@dataclass(frozen=True, slots=True)
class _Candidate:
    start: int
    end: int
    weight: float


def find_school(page: Page) -> Field | None:
    """The school's name: labelled, named in the sentence, or a line of its own, at the head or the foot."""
    flow = page.by_row
    found = [*_labelled_schools(flow), *_lines_with_schools(page)]
    running = page.running
    names: dict[str, float] = {}
    places: dict[str, tuple[Flow, _Candidate]] = {}
    for where, candidate in (*((flow, c) for c in found), *((running, c) for c in _schools_in_sentence(running))):
        name = where.text[candidate.start : candidate.end]
        sure = where.confidence(candidate.start, candidate.end)
        names[name] = names.get(name, 0.0) + candidate.weight * sure
        best = places.get(name)
        if best is None or sure > best[0].confidence(best[1].start, best[1].end):
            places[name] = (where, candidate)
    if not names:
        return None
    name = max(names, key=lambda n: names[n])
    where, candidate = places[name]
    return where.field(candidate.start, candidate.end, name.replace("(", "（").replace(")", "）"))


def _labelled_schools(flow: Flow) -> Iterator[_Candidate]:
    for label in _LABELS:
        for match in re.finditer(rf"{label}(?:[（(][^）)]{{1,6}}[）)])?[：:_]?\n?({SCHOOL})", flow.text):
            if _is_school(flow.text, match.start(1), match.end(1)):
                yield _Candidate(match.start(1), match.end(1), 3.0)
                return


def _schools_in_sentence(flow: Flow) -> Iterator[_Candidate]:
    for match in _IN_SENTENCE.finditer(flow.text):
        if _is_school(flow.text, match.start(1), match.end(1)):
            yield _Candidate(match.start(1), match.end(1), 2.0)


def _lines_with_schools(page: Page) -> Iterator[_Candidate]:
    """Lines that are a school's name, alone or with the office or the title behind it."""
    flow = page.by_row
    for start, end in line_spans(flow):
        text = flow.text[start:end]
        match = re.match(SCHOOL, text)
        if match is None:
            continue
        rest = text[match.end() :]
        length = match.end()
        if rest and not _BEHIND.match(rest):
            continue
        if _is_school(flow.text, start, start + length):
            yield _Candidate(start, start + length, 2.0 if not rest else 1.5)


def _is_school(text: str, start: int, end: int) -> bool:
    """False for departments, for "our school" and for words that only end like a school."""
    if _NOT_A_SCHOOL.search(text[start:end]) or end - start < 4:
        return False
    before = text[max(0, start - 8) : start].rstrip("\n")
    return not (_DEPARTMENT_LABEL.search(before) or _OURS.search(before))


def line_spans(flow: Flow) -> Iterator[tuple[int, int]]:
    """Start and end of every recognised line in a flow."""
    at = 0
    while at < len(flow.text):
        if flow.origins[at] is None:
            at += 1
            continue
        end = flow.same_line_end(at, len(flow.text))
        yield at, end
        at = end


def value_in_line(flow: Flow, label_end: int) -> tuple[int, int] | None:
    """The text behind a label: the rest of its line, else the next line of its row, else the line below.

    Args:
        flow: Rows apart, without spaces.
        label_end: Index after the label and its colon.
    """
    at = label_end
    while at < len(flow.text) and flow.text[at] in _BETWEEN:
        at += 1
    if at >= len(flow.text) or flow.text[label_end:at].count("\n") > 1:
        return None
    return at, flow.same_line_end(at, len(flow.text))


def find_labelled_name(page: Page, labels: tuple[str, ...] = ("学生姓名", "姓名")) -> Field | None:
    """The name behind its label, at most to the end of its line or to the next label."""
    flow = page.by_row
    for label in labels:
        # The gap of 姓　名 is read as a stroke at times.
        for span in re.finditer("[_＿.]{0,3}".join(label), flow.text):
            value = value_in_line(flow, span.end())
            if value is None:
                continue
            start, end = value
            match = (
                None
                if _LABEL_AHEAD.match(flow.text, start, end)
                else re.match(
                    rf"[{HAN}·•‧・･∙⋅˙ꞏ●.．A-Za-z]+?(?=性别|民族|出生|身份证|证件|学号|曾用名|$|[，,、；;：:（(\d])",
                    flow.text[start:end],
                )
            )
            name = clean_name(match[0]) if match else ""
            if name and name not in _LABEL_WORDS:
                return flow.field(start, start + len(match[0]) if match else end, name)
    return None


# Labels that begin where a value is missing.
_LABEL_AHEAD = re.compile(
    r"性别|民族|出生|身份证|证件|学号|学院|学校|院系|系别|班级|年级|专业|层次|工作|单位|政治|联系|手机|电话|籍贯|入学|户籍|照片|相片"
)
# Labels that stand where a value is missing; they are no names.
_LABEL_WORDS = frozenset(
    {"性别", "民族", "出生日期", "学号", "照片", "院系", "专业", "证件类型", "相片", "籍贯", "贴照片处"}
)


def find_id_number(page: Page) -> Field | None:
    """The resident number, from rows first; a sentence may break the line inside it."""
    for flow in (page.by_row, page.running):
        found = find_resident_number(flow)
        if found:
            return resident_number_field(flow, *found)
    return None


def find_student_number(page: Page) -> Field | None:
    """The number that the school gave, behind its label; schools form it as they like, so nothing is repaired."""
    for flow in (page.by_row, page.running):
        for label in _NUMBER_LABELS.finditer(flow.text):
            match = _NUMBER.match(flow.text, label.end())
            if match is None:
                continue
            start, end = match.span(1)
            end = max(flow.same_line_end(start, end), min(end, start + _LEAST_DIGITS))
            value = flow.text[start:end].strip("-").upper()
            if sum(char.isdigit() for char in value) >= _LEAST_DIGITS and len(value) != 18:
                return flow.field(start, end, value)
    return None


def find_valid_until(flow: Flow, *, by_line: bool) -> Field | None:
    """The last day on which the paper is valid; absent where only a length such as 四年 is printed.

    Args:
        flow: Text without spaces.
        by_line: A card's items, each in a line of its own; otherwise a sentence that runs on.
    """
    for label in (*_VALID.finditer(flow.text), *_ENDS.finditer(flow.text)):
        start, end = _window(flow, label.end(), by_line=by_line)
        text = flow.text[start:end]
        if _LONG_TERM.match(text):
            return flow.field(start, start + text.index("长期") + 2, "长期")
        date = _last_of_period(text)
        if date is not None:
            return flow.field(start + date.start, start + date.end, date.iso, repaired=date.repaired)
    for date in find_dates(flow.text):
        if _BEFORE_VALID.match(flow.text[date.end : date.end + 6].replace("\n", "")):
            return flow.field(date.start, date.end, date.iso, repaired=date.repaired)
    return None


def _window(flow: Flow, start: int, *, by_line: bool) -> tuple[int, int]:
    """Where a label's value stands."""
    if not by_line:
        return start, min(len(flow.text), start + _WINDOW)
    value = value_in_line(flow, start)
    if value is None:
        return start, start
    begin, end = value
    # A period may be read as two lines: 2023年9月1日至 and 2027年7月1日.
    if end < len(flow.text) and (_LINK.match(flow.text[end - 1 : end]) or _LINK.match(flow.text[end : end + 1])):
        follow = end + 1 if flow.text[end] == "\n" else end
        end = flow.same_line_end(follow, len(flow.text)) if follow < len(flow.text) else end
    return begin, end


def _last_of_period(text: str) -> DateSpan | None:
    """The first date of the text, or the one joined to it by 至."""
    dates = find_dates(text, runs=True)
    if not dates or dates[0].start > _MOST_BETWEEN:
        return None
    if len(dates) > 1 and _LINK.match(text[dates[0].end : dates[1].start].replace("\n", "")):
        return dates[1]
    # A period whose end was not read must not end on its first day.
    rest = text[dates[0].end :].replace("\n", "")
    return None if re.match(rf"日?(?:起|[至到{_DASHES}]|[\d.])", rest) else dates[0]
