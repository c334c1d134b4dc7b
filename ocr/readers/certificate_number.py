"""Certificate numbers of diplomas and degrees: found by label or form, and doubted where the form is not kept.

A digit lost under a seal leaves a number that looks whole. Only its regulated form tells, so a number that should have
that form and has not is never returned as certain.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from ocr.flow import Flow
from ocr.labels import find_label
from ocr.model import Field
from ocr.page import Page
from ocr.people import HAN
from ocr.readers.sentence import full_brackets
from ocr.traditional import fold

_LABELS = (
    "学位证书编号",
    "毕业证书编号",
    "学历证书编号",
    "证书编号",
    "电子注册号",
    "学校编号",
    "注册号",
    "证书号",
    "证书序号",
    "编号",
    "证号",
)
_RUN = re.compile(r"[0-9A-Za-z]{6,24}")
_FREE = re.compile(rf"[：:]?([（(\[〔]?[0-9{HAN}（）()\[\]〔〕\-]{{1,18}}?[0-9]{{2,}}(?:号|(?![0-9{HAN}）)\]〕\-])))")
# 18 digits since 2003, 17 in 2001 and 2002: school, kind of study, year, level, serial (教学[2001]4号, domain.md 3.3).
_DIPLOMA = re.compile(r"\d{5}[1-9](?:(?:200[12])\d{2}\d{5,6}|(?:200[3-9]|20[1-4]\d)\d{2}\d{6})")
# Self-study: type 6 and a level; 17 digits in the rule of 2001, 18 today.
_SELF_STUDY = re.compile(r"6[1-6]\d{15,16}")
# Notice of 2005-08-25 with the letters in use (domain.md 3.4).
_DEGREE = re.compile(r"[ZTLQC]?\d{5}[234](?:19|20)\d{2}[0-9A-Z]\d{5}")
# Runs of this many characters can only be meant as regulated numbers; shorter ones are free forms of earlier years.
_LONG = 12
# What a number that does not keep its form is worth: a person has to look at it.
_DOUBTFUL = 0.6
# Behind the label; a number of the next row is still reached.
_WINDOW = 32


def is_diploma_number(text: str) -> bool:
    """True for the regulated forms of higher education and self-study."""
    return bool(_DIPLOMA.fullmatch(text) or _SELF_STUDY.fullmatch(text))


def is_degree_number(text: str) -> bool:
    """True for the form in force since 2005."""
    return bool(_DEGREE.fullmatch(text))


def find_number(page: Page, *, is_whole: Callable[[str], bool]) -> Field | None:
    """The certificate number: after its label, else the run of characters that has the number's form.

    Args:
        page: The page.
        is_whole: Tells a complete number of the regulated form.
    """
    flow = page.by_row
    text = fold(flow.text)
    for label in _LABELS:
        span = find_label(text, (label,))
        found = _behind_label(flow, text, span.end, is_whole) if span else None
        if found:
            return found
    for match in re.finditer(r"(?<![0-9A-Za-z])[0-9A-Za-z]{16,18}(?![0-9A-Za-z])", text):
        if is_whole(match[0].upper()):
            return flow.field(match.start(), match.end(), match[0].upper())
    return None


def _behind_label(flow: Flow, text: str, at: int, is_whole: Callable[[str], bool]) -> Field | None:
    row_end = text.find("\n", at)
    row_end = len(text) if row_end < 0 else row_end
    # Before 2001 numbers had no fixed form: （91）学字第0123号. They begin right behind the label.
    begin = at + 1 if text[at : at + 1] in ("：", ":") else at
    free = _FREE.match(text, begin, flow.same_line_end(begin, row_end)) if begin < row_end else None
    match = _RUN.search(text, at, min(len(text), at + _WINDOW))
    if match and sum(char.isdigit() for char in match[0]) >= 6 and not (free and _is_free(free[1])):
        start, end = match.span()
        piece = flow.same_line_end(start, end)
        # A number in two pieces is one number where the whole has the form and the first piece has not.
        if piece - start >= 6 and not (is_whole(text[start:end].upper()) and not is_whole(text[start:piece].upper())):
            end = piece
        return flow.field(start, end, flow.text[start:end].upper())
    return (
        flow.field(free.start(1), free.end(1), full_brackets(flow.text[free.start(1) : free.end(1)])) if free else None
    )


def _is_free(text: str) -> bool:
    return "字" in text or "第" in text or text.endswith("号")


def doubted(field: Field | None, *, is_whole: Callable[[str], bool], regulated: bool | None) -> Field | None:
    """The field, worth little where the number should have a form that it has not.

    Args:
        field: The number as read.
        is_whole: Tells a complete number of the regulated form.
        regulated: Whether a paper of its year must carry such a number; None when the year was not read.
    """
    if field is None or not isinstance(field.value, str) or is_whole(field.value):
        return field
    looks_regulated = len(field.value) >= _LONG and field.value.isascii()
    if regulated or (regulated is None and looks_regulated):
        return replace(field, confidence=min(field.confidence, _DOUBTFUL))
    return field
