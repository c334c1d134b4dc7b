"""Reader for degree certificates (学位证书); number form of the notice of 2005-08-25 (domain.md 3.4)."""

from __future__ import annotations

import re

from ocr.dates import find_dates
from ocr.flow import Flow
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

_NUMBER_FORM = r"[ZTLQC]?\d{5}[234](?:19|20)\d{2}[0-9A-Z]\d{5}"
_DEGREE = (
    # 授予 first: 通过硕士学位的课程考试 names a degree too, but not the one that is given.
    re.compile(rf"授[予与]([{HAN}]{{1,8}}?(?:学士|硕士|博士))"),
    re.compile(rf"获得([{HAN}]{{1,8}}?(?:学士|硕士|博士))学位"),
    re.compile(rf"([{HAN}]{{1,6}}学(?:学士|硕士|博士))学位(?!证|评|条|办|委|法|授)"),
)
_DEGREE_LEAD = re.compile(rf"^[{HAN}]*?(?:授予|授与|规定|获得|其|他|她)")
_SCHOOL_IN_SENTENCE = re.compile(rf"在([{HAN}（）()]{{2,20}}?(?:大学|学院|学校|研究院|研究所))")
_MAJOR = (
    re.compile(rf"(?:大学|学院|学校|本校|我校|研究院|研究所|在)([{HAN}（）()、·]{{2,20}}?)(?:专业|学科)"),
    re.compile(rf"(?:专业|学科)(?:名称)?[：:]([{HAN}（）()、·]{{2,20}})"),
    re.compile(rf"([{HAN}（）()、·]{{2,20}}?)(?:专业|学科)"),
)
_MAJOR_LEAD = re.compile(r"^.*(?:教育|自学考试|大学|学院|学校|本校|我校|完成|通过|在)")


def read(page: Page) -> dict[str, Field]:
    """Fields: name, gender, birth_date, school, major, degree, awarded_on, certificate_number."""
    flow = page.running
    dates = find_dates(flow.text)
    found: dict[str, Field | None] = {
        "name": find_name(page),
        "gender": find_gender(flow),
        "school": _school(page),
        "major": find_major(flow, _MAJOR, lead=_MAJOR_LEAD),
        "degree": _degree(flow),
        "certificate_number": find_number(page, pattern=_NUMBER_FORM),
    }
    birth = find_birth(flow, dates)
    if birth:
        found["birth_date"] = birth[1]
        dates = tuple(date for date in dates if date != birth[0])
    awarded = last_date(flow, dates, after=0)
    if awarded:
        found["awarded_on"] = flow.field(awarded.start, awarded.end, awarded.iso, repaired=awarded.repaired)
    return {name: field for name, field in found.items() if field is not None}


def _school(page: Page) -> Field | None:
    match = _SCHOOL_IN_SENTENCE.search(page.running.text)
    if match and match[1] not in ("本大学", "我大学"):
        return page.running.field(match.start(1), match.end(1), match[1])
    return find_school(page)


def _degree(flow: Flow) -> Field | None:
    """管理学学士 and the like; the word 学位 is not part of the name."""
    for pattern in _DEGREE:
        for match in pattern.finditer(flow.text):
            start, end = match.span(1)
            lead = _DEGREE_LEAD.match(flow.text[start:end])
            if lead and lead.end() < end - start:
                start += lead.end()
            return flow.field(start, end, flow.text[start:end])
    return None
