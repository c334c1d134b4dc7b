"""Facts stated as label and value: on 学历证书电子注册备案表, on printed look-ups, above the sentence of a diploma."""

from __future__ import annotations

import re
from dataclasses import replace

from ocr.dates import find_dates
from ocr.flow import Flow
from ocr.labels import Span, values_by_label
from ocr.model import Field
from ocr.page import Page
from ocr.people import HAN, clean_name
from ocr.readers.school import may_be_school
from ocr.readers.sentence import full_brackets
from ocr.traditional import fold

_LABELS = {
    "name": ("姓名",),
    "gender": ("性别",),
    "birth_date": ("出生日期", "出生年月"),
    "school": ("学校名称", "院校名称", "毕业院校", "毕业学校"),
    "major": ("专业名称", "专业"),
    "enrolled_on": ("入学日期", "入学时间", "入学年月"),
    "graduated_on": (
        "毕业日期",
        "毕(结)业日期",
        "毕（结）业日期",
        "毕业时间",
        "毕(结)业时间",
        "毕（结）业时间",
        "毕业年月",
    ),
}
_STOPS = (
    "学制",
    "层次",
    "学历类别",
    "学历层次",
    "学习形式",
    "学校名称",
    "证书编号",
    "身份证号",
    "证件号码",
    "毕（结）业",
    "毕(结)业",
    "校（院）长",
    "校(院)长",
    "在线验证",
    "更新日期",
    "报告日期",
    "照片",
    "所授学位",
    "获学位日期",
    "学位授予",
    "学位证书",
)
_FORM = re.compile(
    r"电子注册备案表|注册备案表|备案表|学历证书查询(?!网)|学历证书电子注册信息|学历(?:证书)?(?:认证|验证)报告"
)
# Labels of the form, for a form whose title was cut off or covered.
_FORM_LABELS = ("学历类别", "学习形式", "层次", "业日期", "在线验证码", "学校名称", "证书编号")
_ENOUGH_LABELS = 5
_CODE_LABEL = re.compile(r"验证码[：:]?\n?")
# 12 digits or 16 capital letters and digits (domain.md 3.3), printed in one piece or in groups of four.
_CODE = re.compile(r"[0-9A-Z]{16}|[0-9]{12}")
_CODE_LIKE = re.compile(r"[0-9A-Z]{8,20}")
# A code that has neither length was read badly.
_DOUBTFUL = 0.5
_OUTCOME = re.compile(r"业[：:]?\n?(毕业|结业|肄业)(?!日期|时间|证)")


def is_form(page: Page) -> bool:
    """True for the filing form and printed look-ups of the same register."""
    text = fold(page.running.text)
    return bool(_FORM.search(text)) or sum(label in text for label in _FORM_LABELS) >= _ENOUGH_LABELS


def outcome_of(page: Page) -> str:
    """毕业, 结业 or 肄业 as the form states it; empty when it was not read."""
    text = fold(page.by_row.text)
    for label in re.finditer(r"毕[（(]?结[）)]?业(?!日期|时间|证)", text):
        match = _OUTCOME.match(text, label.end() - 1)
        if match:
            return match[1]
    return ""


def read_labels(page: Page) -> dict[str, Field]:
    """The facts that stand behind labels."""
    flow = page.by_row
    folded = Flow(fold(flow.text), flow.origins)
    found: dict[str, Field | None] = {
        name: _value(name, flow, span) for name, span in values_by_label(folded, _LABELS, _STOPS).items()
    }
    return {name: field for name, field in found.items() if field is not None}


def _value(name: str, flow: Flow, span: Span) -> Field | None:
    text = flow.text[span.start : span.end]
    if name.endswith(("_on", "_date")):
        dates = find_dates(text, runs=True)
        return _part(flow, span, dates[0].start, dates[0].end, dates[0].iso) if dates else None
    if name == "gender":
        return flow.field(span.start, span.start + 1, text[0]) if text[:1] in ("男", "女") else None
    if name == "name":
        match = re.match(rf"[{HAN}·•‧・･∙⋅˙ꞏ●.．]+", text)
        cleaned = clean_name(match[0]) if match else ""
        return _part(flow, span, 0, len(match[0]), cleaned) if match and cleaned else None
    if name == "school" and not may_be_school(text):
        return None
    longest = 30 if name == "school" else 24
    whole = re.fullmatch(rf"[{HAN}（）()、·]{{2,{longest}}}", text)
    return flow.field(span.start, span.end, full_brackets(text)) if whole else None


def _part(flow: Flow, span: Span, start: int, end: int, value: str) -> Field:
    return flow.field(span.start + start, span.start + end, value)


def find_verification_code(page: Page) -> Field | None:
    """在线验证码 without the gaps of its groups; of another length it is worth little."""
    flow = page.by_row
    for label in _CODE_LABEL.finditer(flow.text):
        for pattern in (_CODE, _CODE_LIKE):
            match = pattern.match(flow.text.upper(), label.end())
            if match is None:
                continue
            field = flow.field(match.start(), match.end(), match[0])
            after = flow.text[match.end() : match.end() + 1]
            if pattern is _CODE and not (after.isascii() and after.isalnum()):
                return field
            return replace(field, confidence=min(field.confidence, _DOUBTFUL))
    return None
