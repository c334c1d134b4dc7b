"""Reader for degree certificates (学位证书) and verification reports of degrees (domain.md 3.4)."""

from __future__ import annotations

import re

from ocr.dates import find_dates
from ocr.dates_on_page import find_dates_on
from ocr.flow import Flow
from ocr.labels import Span, values_by_label
from ocr.model import Field
from ocr.page import Page
from ocr.people import HAN
from ocr.readers import filing_form
from ocr.readers.certificate_number import doubted, find_number, is_degree_number
from ocr.readers.columns import sentence_flow
from ocr.readers.major import find_major
from ocr.readers.school import find_school, school_in_sentence
from ocr.readers.sentence import find_birth, find_gender, find_name, full_brackets, last_date
from ocr.readers.wide_labels import with_closed_labels
from ocr.traditional import doubt_other_script, fold

_RANK = "(?:学士|硕士|博士)"
_DEGREE = (
    # 授予 first: 通过硕士学位的课程考试 names a degree too, but not the one that is given.
    re.compile(rf"授[予与]([{HAN}]{{0,12}}?{_RANK})(?=(?:专业)?学位|[（(。，,]|$)"),
    # 授予王芳，女，1990年…生，管理学学士学位: the person stands between.
    re.compile(rf"授[予与][^。]{{1,60}}?[，,]([{HAN}]{{1,12}}?{_RANK})(?:专业)?学位"),
    re.compile(rf"获得([{HAN}]{{1,12}}?{_RANK})(?:专业)?学位"),
    re.compile(rf"([{HAN}]{{1,6}}学{_RANK})学位(?!证|评|条|办|委|法|授)"),
)
_DEGREE_LEAD = re.compile(rf"^[{HAN}]*?(?:授予|授与|规定|获得|其|他|她)")
_LABELS = {
    "school": ("学位授予单位", "授予单位", "学位授予学校"),
    "degree": ("所授学位", "所获学位", "学位类别", "学位名称"),
    "major": ("学科/专业", "学科／专业", "学科、专业", "学科专业", "专业名称", "专业"),
    "awarded_on": ("获学位日期", "学位授予日期", "授予学位日期", "授予日期", "获得学位日期"),
}
_STOPS = ("姓名", "性别", "出生日期", "学位证书编号", "证书编号", "在线验证", "报告日期", "更新日期", "照片", "验证码")
_REPORT = re.compile(r"学位在线验证|学位(?:证书)?(?:认证|验证)报告|学位授予单位[：:]?.{0,40}所授学位")
# The notice of 2005-08-25; the years before it had numbers of the schools' own.
_REGULATED_SINCE = 2008


def read(page: Page) -> dict[str, Field]:
    """Fields: name, gender, birth_date, school, major, degree, awarded_on, certificate_number; on verification reports
    also verification_code."""
    page = with_closed_labels(page)
    flow = sentence_flow(page)
    dates = find_dates_on(flow)
    found: dict[str, Field | None] = {
        "name": find_name(page, flow),
        "gender": find_gender(flow),
        "school": _school(page),
        "major": find_major(flow),
        "degree": _degree(flow),
    }
    birth = find_birth(flow, dates)
    if birth:
        found["birth_date"] = birth[1]
        dates = tuple(date for date in dates if date != birth[0])
    awarded = last_date(dates, after=0)
    if awarded:
        found["awarded_on"] = flow.field(awarded.start, awarded.end, awarded.iso, repaired=awarded.repaired)
    fields = {name: field for name, field in found.items() if field is not None}
    if _REPORT.search(fold(flow.text)):
        # The last date of a report is the day of its printing.
        fields.pop("awarded_on", None)
        fields |= filing_form.read_labels(page) | _labelled(page)
        code = filing_form.find_verification_code(page)
        fields |= {"verification_code": code} if code else {}
    number = doubted(
        find_number(page, is_whole=is_degree_number), is_whole=is_degree_number, regulated=_is_regulated(fields)
    )
    wanted = {name: field for name, field in fields.items() if name not in ("enrolled_on", "graduated_on")}
    wanted = {**wanted, "certificate_number": number} if number else wanted
    return doubt_other_script(wanted, ("name", "school", "major", "degree"), page_text=flow.text)


def _school(page: Page) -> Field | None:
    """The school that the sentence names, else the one at the foot."""
    told, issuer = school_in_sentence(page), find_school(page)
    if told is None or issuer is None:
        return told or issuer
    # Read in both places: the one that was read better.
    same = issuer.value == told.value
    return issuer if same and issuer.confidence > told.confidence else told


def _degree(flow: Flow) -> Field | None:
    """管理学学士, 会计硕士 and the like; the word 学位 is not part of the name."""
    text = fold(flow.text)
    for pattern in _DEGREE:
        for match in pattern.finditer(text):
            start, end = match.span(1)
            lead = _DEGREE_LEAD.match(text[start:end])
            if lead and lead.end() < end - start:
                start += lead.end()
            return flow.field(start, end, flow.text[start:end])
    return None


def _labelled(page: Page) -> dict[str, Field]:
    """What a verification report states behind labels of its own."""
    flow = page.by_row
    spans = values_by_label(Flow(fold(flow.text), flow.origins), _LABELS, _STOPS)
    found = {name: _value(name, flow, span) for name, span in spans.items()}
    return {name: field for name, field in found.items() if field is not None}


def _value(name: str, flow: Flow, span: Span) -> Field | None:
    text = flow.text[span.start : span.end]
    if name == "awarded_on":
        for date in find_dates(text, runs=True)[:1]:
            return flow.field(span.start + date.start, span.start + date.end, date.iso)
        return None
    if name == "degree":
        match = re.match(rf"[{HAN}]{{0,14}}?{_RANK}", fold(text))
        return flow.field(span.start, span.start + match.end(), text[: match.end()]) if match else None
    whole = re.fullmatch(rf"[{HAN}（）()、·]{{2,30}}", text)
    return flow.field(span.start, span.end, full_brackets(text)) if whole else None


def _is_regulated(fields: dict[str, Field]) -> bool | None:
    awarded = fields.get("awarded_on")
    return None if awarded is None else int(str(awarded.value)[:4]) >= _REGULATED_SINCE
