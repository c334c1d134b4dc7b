"""Reader for diplomas (学历证书): content fixed by 教学[1993]12号 art. 6 and 教学[2001]4号 art. 7.

Certificates of completion (结业) and of leaving early (肄业) have the same sentence and are no diplomas; the filing
form (学历证书电子注册备案表) states the same facts as labels.
"""

from __future__ import annotations

import re
from itertools import pairwise

from imaging.model import Defect
from ocr.dates import DateSpan
from ocr.dates_on_page import find_dates_on
from ocr.flow import Flow
from ocr.model import Field
from ocr.page import Page
from ocr.readers import filing_form
from ocr.readers.certificate_number import doubted, find_number, is_diploma_number
from ocr.readers.columns import sentence_flow
from ocr.readers.major import find_major
from ocr.readers.school import find_school
from ocr.readers.sentence import find_birth, find_gender, find_name, last_date
from ocr.readers.study import find_level, find_study_mode
from ocr.readers.wide_labels import with_closed_labels
from ocr.traditional import doubt_other_script, fold

FILING_FORM, SELF_STUDY, COMPLETION, INCOMPLETE = "filing_form", "self_study", "completion", "incomplete"

_PERIOD_LINK = re.compile(r"^(?:起)?[至到—–\-~～一]+$")
_ENTERED = re.compile(r"^[，,]?(?:考入|入学|进入|起)")
_FINISHED = re.compile(r"毕业|结业|肄业|成绩合格|教学计划")
_SELF_STUDY = re.compile(r"自学考试")
# 准予毕业 outweighs the other words: a note may mention 结业.
_GRADUATED = re.compile(r"准予[^。]{0,40}毕业|毕业证书(?!编号|号)")
_COMPLETED = re.compile(r"结业证书|准予结业|准许结业|作结业|结业证")
# 肆 is what recognisers and some schools make of 肄.
_LEFT = re.compile(r"[肄肆]业")
# Registered numbers begin with the graduates of 2001 (教学[2001]4号); 2003 is the first year without exceptions.
_REGULATED_SINCE = 2003
_REGISTERED_LEVELS = frozenset({"专科", "本科", "硕士研究生", "博士研究生"})
# Party schools stand outside the registration of higher education.
_UNREGISTERED = re.compile(r"党校|行政学院")


def read(page: Page) -> dict[str, Field]:
    """Fields: name, gender, birth_date, school, major, level, study_mode, enrolled_on, graduated_on,
    certificate_number; on filing forms also verification_code."""
    page = with_closed_labels(page)
    labelled = filing_form.read_labels(page)
    if filing_form.is_form(page):
        fields = {**_stated(page), **labelled}
        code = filing_form.find_verification_code(page)
        if code:
            fields["verification_code"] = code
    else:
        # On a diploma the sentence has the last word.
        fields = {**labelled, **_stated(page)}
    number = doubted(
        fields.get("certificate_number"), is_whole=is_diploma_number, regulated=_is_regulated(page, fields)
    )
    fields = {**fields, "certificate_number": number} if number else fields
    return doubt_other_script(fields, ("name", "school", "major"), page_text=page.running.text)


def variant(page: Page) -> str:
    """Which paper it is: a filing form, a self-study diploma, 结业, 肄业, or an ordinary one."""
    if filing_form.is_form(page):
        return FILING_FORM
    text = fold(page.running.text)
    ending = _ending(text)
    if ending:
        return ending
    return SELF_STUDY if _SELF_STUDY.search(text) else ""


def doubts(page: Page) -> tuple[Defect, ...]:
    """`diploma-not-graduation` on 结业 and 肄业, also where a filing form says so."""
    if filing_form.is_form(page):
        outcome = filing_form.outcome_of(page)
    else:
        outcome = {COMPLETION: "结业", INCOMPLETE: "肄业"}.get(_ending(fold(page.running.text)), "")
    if outcome not in ("结业", "肄业"):
        return ()
    return (Defect("diploma-not-graduation", severe=True, detail=outcome),)


def _ending(text: str) -> str:
    if _GRADUATED.search(text):
        return ""
    if _COMPLETED.search(text):
        return COMPLETION
    return INCOMPLETE if _LEFT.search(text) else ""


def _stated(page: Page) -> dict[str, Field]:
    """What the sentence, the title and the foot say."""
    flow = sentence_flow(page)
    dates = find_dates_on(flow)
    found: dict[str, Field | None] = {
        "name": find_name(page, flow),
        "gender": find_gender(flow),
        "school": find_school(page),
        "major": find_major(flow),
        "level": find_level(flow),
        "study_mode": find_study_mode(flow),
        "certificate_number": find_number(page, is_whole=is_diploma_number),
    }
    birth = find_birth(flow, dates)
    if birth:
        found["birth_date"] = birth[1]
        dates = tuple(date for date in dates if date != birth[0])
    enrolled, left = _period(flow, dates)
    if enrolled:
        found["enrolled_on"] = flow.field(enrolled.start, enrolled.end, enrolled.iso, repaired=enrolled.repaired)
    found["graduated_on"] = _graduated(flow, dates, left)
    return {name: field for name, field in found.items() if field is not None}


def _period(flow: Flow, dates: tuple[DateSpan, ...]) -> tuple[DateSpan | None, DateSpan | None]:
    """The dates joined by 至: start and end of study; else the day of entering (于…考入本校) alone."""
    for first, second in pairwise(dates):
        if _PERIOD_LINK.match(flow.text[first.end : second.start]):
            return first, second
    for date in dates:
        if _ENTERED.match(flow.text[date.end : date.end + 3]):
            return date, None
    return None, None


def _graduated(flow: Flow, dates: tuple[DateSpan, ...], left: DateSpan | None) -> Field | None:
    """The end of study as the sentence states it; the day at the foot where no period is stated.

    The foot is the day of issue, which some schools set months later.
    """
    finished = _FINISHED.search(fold(flow.text))
    chosen = left or last_date(dates, after=finished.start() if finished else 0)
    return flow.field(chosen.start, chosen.end, chosen.iso, repaired=chosen.repaired) if chosen else None


def _is_regulated(page: Page, fields: dict[str, Field]) -> bool | None:
    """Whether a paper of this year and level must carry a registered number; None when they were not read."""
    graduated, level = fields.get("graduated_on"), fields.get("level")
    if graduated is None or level is None:
        return None
    school = fields.get("school")
    if level.value not in _REGISTERED_LEVELS or (school and _UNREGISTERED.search(str(school.value))):
        return False
    if _ending(fold(page.running.text)) == INCOMPLETE:
        return False
    return int(str(graduated.value)[:4]) >= _REGULATED_SINCE
