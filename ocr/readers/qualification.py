"""Reader for 会计专业技术资格证书: a booklet of two pages, a labelled sheet, or the electronic form.

管理号 has no established composition (domain.md 3.5), so it is read as it stands.
"""

from __future__ import annotations

import re

from ocr.dates import find_dates
from ocr.flow import Flow
from ocr.labels import Span, values_by_label
from ocr.model import Field
from ocr.page import Page
from ocr.people import clean_name, find_resident_number, gender_in, resident_number_field

_LABELS = {
    "name": ("姓名",),
    "id_number": ("证件号码", "身份证号码", "身份证件号码", "身份证号", "证件编号"),
    "gender": ("性别",),
    "birth_date": ("出生年月", "出生日期"),
    "specialty": ("专业名称", "资格名称", "专业类别", "专业"),
    "level": ("资格级别", "级别", "资格等级"),
    "approved_on": ("批准日期", "批准时间", "取得时间", "授予时间", "取得日期", "授予日期"),
    "certificate_number": ("管理号", "证书编号", "证书管理号", "编号"),
}
_STOPS = (
    "签发单位",
    "签发日期",
    "发证日期",
    "发证机关",
    "有效期",
    "证件类型",
    "照片",
    "批准部门",
    "工作单位",
    "签名",
    "持证人",
)
# Highest first: 正高级会计师 contains 高级会计师 contains 会计师.
_LEVELS = (
    ("正高级", re.compile(r"正高级|正高")),
    ("高级", re.compile(r"高级")),
    ("中级", re.compile(r"中级")),
    ("初级", re.compile(r"初级|助理会计师|会计员")),
    ("中级", re.compile(r"会计师")),
)
_TRAP = "专业技术"
_SPECIALTY = re.compile("会计")
_NUMBER = re.compile(r"[0-9A-Za-z]{6,32}")


def read(page: Page) -> dict[str, Field]:
    """Fields: name, id_number, gender, birth_date, specialty, level, approved_on, certificate_number."""
    flow = page.by_row
    values = values_by_label(_masked(flow), _LABELS, _STOPS)
    found: dict[str, Field | None] = {
        "name": _name(flow, values.get("name")),
        "id_number": _id_number(flow),
        "gender": _gender(flow, values.get("gender")),
        "birth_date": _date(flow, values.get("birth_date"), runs=True),
        "specialty": _specialty(flow, values.get("specialty")),
        "level": _level(page, values.get("level")),
        "approved_on": _date(flow, values.get("approved_on"), runs=True),
        "certificate_number": _number(flow, values.get("certificate_number")),
    }
    return {name: field for name, field in found.items() if field is not None}


def _masked(flow: Flow) -> Flow:
    """The flow with 专业技术 blanked out, so that the label 专业 is not found inside 专业技术资格."""
    return Flow(flow.text.replace(_TRAP, "\ue000" * len(_TRAP)), flow.origins)


def _name(flow: Flow, span: Span | None) -> Field | None:
    if span is None:
        return None
    name = clean_name(flow.text[span.start : span.end])
    return flow.field(span.start, span.end, name) if name else None


def _id_number(flow: Flow) -> Field | None:
    found = find_resident_number(flow)
    return resident_number_field(flow, *found) if found else None


def _gender(flow: Flow, span: Span | None) -> Field | None:
    gender = gender_in(flow.text[span.start : span.end]) if span else None
    if span is None or gender is None:
        return None
    at = flow.text.index(gender, span.start)
    return flow.field(at, at + 1, gender)


def _date(flow: Flow, span: Span | None, *, runs: bool) -> Field | None:
    if span is None:
        return None
    for date in find_dates(flow.text[span.start : span.end], runs=runs):
        return flow.field(span.start + date.start, span.start + date.end, date.iso)
    return None


def _specialty(flow: Flow, span: Span | None) -> Field | None:
    if span is not None and span.end - span.start <= 12:
        return flow.field(span.start, span.end, flow.text[span.start : span.end])
    hit = _SPECIALTY.search(flow.text, span.start, span.end) if span else None
    return flow.field(hit.start(), hit.end(), hit[0]) if hit else None


def _level(page: Page, span: Span | None) -> Field | None:
    flow = page.by_row
    ranges = [(span.start, span.end)] if span else []
    for start, end in (*ranges, (0, len(flow.text))):
        for level, pattern in _LEVELS:
            match = pattern.search(flow.text, start, end)
            if match:
                return flow.field(match.start(), match.end(), level)
    return None


def _number(flow: Flow, span: Span | None) -> Field | None:
    if span is None:
        return None
    match = _NUMBER.search(flow.text, span.start, span.end)
    return flow.field(match.start(), match.end(), match[0]) if match else None
