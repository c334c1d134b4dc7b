"""Reader for proofs of enrolment (在校学生证明, 在读证明, 学籍证明) and the register's online report."""

from __future__ import annotations

import re

from ocr.flow import Flow
from ocr.model import Field
from ocr.page import Page
from ocr.people import HAN, NAME, clean_name
from ocr.readers.schooling import (
    find_id_number,
    find_labelled_name,
    find_school,
    find_student_number,
    find_valid_until,
)

_AFTER = r"(?=同学|同志|[，,、；;。（(]|性别|男|女|系|身份证|学号|现|于)"
_NAMES = (
    re.compile(rf"(?:兹证明|证明|兹有)[：:]?(?:学生|研究生|学员)?({NAME}){_AFTER}"),
    re.compile(rf"(?:学生|研究生|学员)[：:]?({NAME}){_AFTER}"),
    re.compile(rf"({NAME})(?:同学|同志)(?=[，,、（(系于现]|性别|身份证|学号)"),
    re.compile(rf"({NAME})[，,、]?(?:性别[：:]?)?[男女][，,、]"),
)
# What stands in front of a name inside a match: the title, the class, the words that begin the sentence.
_LEAD = re.compile(r"^.*(?:学生|研究生|学员|兹证明|证明|兹有|专业|班|级|我校|我院|本校|本院|财政局|单位|姓名)(?=.)")
# The report of the register is a page on a screen or printed from one; it carries a code and no seal.
_REPORT = re.compile(r"学籍在线验证|在线验证报告|在线验证码")
_NOT_A_NAME = re.compile(
    r"^(?:该|本|此)?(?:生|学生|学员|研究生|同学|人)$|^(?:我|本|该|此)?(?:校|院)|证明|学校|在校|在读|学籍|情况|以上"
)


def read(page: Page) -> dict[str, Field]:
    """Fields: name, school, id_number, student_number, valid_until. The seal is added by `ocr.read`."""
    found = {
        "name": _name(page),
        "school": find_school(page),
        "id_number": find_id_number(page),
        "student_number": find_student_number(page),
        "valid_until": _valid_until(page),
    }
    return {name: field for name, field in found.items() if field is not None}


def _valid_until(page: Page) -> Field | None:
    """The date of an item, or the one of the sentence; the sentence's when the item's day stands in the next line."""
    item, sentence = find_valid_until(page.by_row, by_line=True), find_valid_until(page.running, by_line=False)
    whole = item and sentence and str(sentence.value).startswith(f"{item.value}-")
    return sentence if whole else item or sentence


def variant(page: Page) -> str:
    """`online-report` for the register's report, empty for the paper of a school."""
    return "online-report" if _REPORT.search(page.running.text) else ""


def _name(page: Page) -> Field | None:
    labelled = find_labelled_name(page)
    if labelled is not None:
        return labelled
    # Rows first: in the running text the title flows into the name.
    for flow in (page.by_row, page.running):
        for pattern in _NAMES:
            for match in pattern.finditer(flow.text):
                found = _without_lead(flow, *match.span(1))
                if found is not None:
                    return found
    return None


def _without_lead(flow: Flow, start: int, end: int) -> Field | None:
    lead = _LEAD.match(flow.text[start:end])
    if lead:
        start += lead.end()
    name = clean_name(flow.text[start:end])
    if not name or _NOT_A_NAME.search(name) or not re.fullmatch(f"[{HAN}·A-Za-z]+", name):
        return None
    return flow.field(start, end, name)
