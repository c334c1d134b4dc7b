"""Reader for diplomas (学历证书): content fixed by 教学[1993]12号 art. 6 and 教学[2001]4号 art. 7."""

from __future__ import annotations

import re
from itertools import pairwise

from ocr.dates import DateSpan, find_dates
from ocr.flow import Flow
from ocr.labels import values_by_label
from ocr.model import Field
from ocr.page import Page
from ocr.people import HAN
from ocr.readers.sentence import (
    find_birth,
    find_gender,
    find_major,
    find_name,
    find_number,
    find_school,
    last_date,
)

# 教学[2001]4号: 17 digits at first, 18 since 2002 (domain.md 3.3).
_NUMBER_FORM = r"\d{17,18}"
_MAJOR = (
    re.compile(rf"(?:在|于)(?:本|我|该)?(?:校|院|大学|学院|学校)?([{HAN}（）()、·]{{2,24}}?)专业"),
    re.compile(rf"专业(?:名称)?[：:]([{HAN}（）()、·]{{2,24}}?)(?=[，,。;；\n]|层次|学制|学习|$)"),
    re.compile(rf"(?:参加|完成|修读|主修|学习)([{HAN}（）()、·]{{2,24}}?)专业"),
    re.compile(rf"([{HAN}（）()、·]{{2,24}}?)专业"),
)
_MAJOR_LEAD = re.compile(
    r"^.*(?:教育|自学考试|业余|函授|夜大学?|脱产|年制|本科|专科|研究生|层次|本校|我校|大学|学院|学校|攻读|主修|修读|参加|在|月)"
)
# From the highest down: 专升本 ends with 本科, and 研究生 alone is told apart by the words around it.
_LEVELS = (
    ("博士研究生", re.compile(r"博士研究生|博士生|博士")),
    ("硕士研究生", re.compile(r"硕士研究生|硕士生|硕士|研究生")),
    ("本科", re.compile(r"专升本|专科起点升?本科|高中起点升?本科|本科")),
    ("专科", re.compile(r"大学专科|高职|专科")),
    ("中专", re.compile(r"中等专业|中专")),
    ("高中", re.compile(r"普通高中|高级中学|高中")),
)
# 成人, 网络 and 自考 study is 非全日制 for the collection form, also where the school calls it 脱产.
_PART_TIME = re.compile(r"非全日制|函授|业余|夜大|成人高等|成人教育|网络教育|远程|自学考试|开放教育|广播电视|脱产")
_FULL_TIME = re.compile(r"全日制|普通高等|普通全日制|研究生")
_FORM = re.compile(rf"学习形式[：:]?([{HAN}]{{2,8}})")
# The same facts as labels, on forms such as the 学历证书电子注册备案表.
_LABELS = {
    "gender": ("性别",),
    "birth_date": ("出生日期", "出生年月"),
    "major": ("专业名称", "专业"),
    "enrolled_on": ("入学日期", "入学时间", "入学年月"),
    "graduated_on": ("毕业日期", "毕(结)业日期", "毕（结）业日期", "毕业时间", "毕业年月"),
}
_STOPS = ("学制", "层次", "学历类别", "学习形式", "姓名", "学校名称", "证书编号", "民族", "身份证号")
_PERIOD_LINK = re.compile(r"^(?:起)?[至到—–\-~～]+$")
_FINISHED = re.compile(r"毕业|结业|肄业|成绩合格|教学计划")


def read(page: Page) -> dict[str, Field]:
    """Fields: name, gender, birth_date, school, major, level, study_mode, enrolled_on, graduated_on,
    certificate_number."""
    flow = page.running
    dates = find_dates(flow.text)
    found: dict[str, Field | None] = {
        "name": find_name(page),
        "gender": find_gender(flow),
        "school": find_school(page),
        "major": find_major(flow, _MAJOR, lead=_MAJOR_LEAD),
        "level": _level(flow),
        "study_mode": _study_mode(flow),
        "certificate_number": find_number(page, pattern=_NUMBER_FORM),
    }
    birth = find_birth(flow, dates)
    if birth:
        found["birth_date"] = birth[1]
        dates = tuple(date for date in dates if date != birth[0])
    enrolled, left = _period(flow, dates)
    if enrolled:
        found["enrolled_on"] = flow.field(enrolled.start, enrolled.end, enrolled.iso, repaired=enrolled.repaired)
    found["graduated_on"] = _graduated(flow, dates, left)
    read = {name: field for name, field in found.items() if field is not None}
    return {**_labelled(page), **read}


def _labelled(page: Page) -> dict[str, Field]:
    """Fields stated as label and value; the sentence, where there is one, has the last word."""
    flow = page.by_row
    fields: dict[str, Field] = {}
    for name, span in values_by_label(flow, _LABELS, _STOPS).items():
        text = flow.text[span.start : span.end]
        if name.endswith(("_on", "_date")):
            for date in find_dates(text, runs=True)[:1]:
                fields[name] = flow.field(span.start + date.start, span.start + date.end, date.iso)
        elif name == "gender":
            if text in ("男", "女"):
                fields[name] = flow.field(span.start, span.end, text)
        elif re.fullmatch(rf"[{HAN}（）()、·]{{2,20}}", text):
            fields[name] = flow.field(span.start, span.end, text)
    return fields


def _level(flow: Flow) -> Field | None:
    """The level named with the length of study (四年制本科), else the first one named anywhere."""
    near = [match.span() for match in re.finditer(r"(?:年制|学制|层次|攻读|专业)[^，,。]{0,16}", flow.text)]
    for start, end in (*near, (0, len(flow.text))):
        for level, pattern in _LEVELS:
            match = pattern.search(flow.text, start, end)
            if match:
                return flow.field(match.start(), match.end(), level)
    return None


def _study_mode(flow: Flow) -> Field | None:
    """`full_time` or `part_time`: the stated form, else the words of the title."""
    form = _FORM.search(flow.text)
    if form:
        mode = "part_time" if _PART_TIME.search(form[1]) else "full_time" if _FULL_TIME.search(form[1]) else None
        # 教学[2001]4号 calls the ordinary form 普通全日制; 脱产 under an adult title stays part-time.
        if mode:
            return flow.field(form.start(1), form.end(1), mode)
    for mode, pattern in (("part_time", _PART_TIME), ("full_time", _FULL_TIME)):
        match = pattern.search(flow.text)
        if match:
            return flow.field(match.start(), match.end(), mode)
    return None


def _period(flow: Flow, dates: tuple[DateSpan, ...]) -> tuple[DateSpan | None, DateSpan | None]:
    """The dates joined by 至: start and end of study."""
    for first, second in pairwise(dates):
        if _PERIOD_LINK.match(flow.text[first.end : second.start]):
            return first, second
    return None, None


def _graduated(flow: Flow, dates: tuple[DateSpan, ...], left: DateSpan | None) -> Field | None:
    """The end of study as the sentence states it; the day at the foot where no period is stated.

    The foot is the day of issue, which some schools set months later.
    """
    finished = _FINISHED.search(flow.text)
    chosen = left or last_date(flow, dates, after=finished.start() if finished else 0)
    return flow.field(chosen.start, chosen.end, chosen.iso, repaired=chosen.repaired) if chosen else None
