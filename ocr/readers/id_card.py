"""Readers for the two sides of the resident ID card (GA 448-2013; content fixed by 居民身份证法 art. 3)."""

from __future__ import annotations

import re

from ocr.dates import DateSpan, find_dates
from ocr.flow import Flow
from ocr.labels import Span, find_label, values_by_label
from ocr.model import Field
from ocr.page import Page
from ocr.people import (
    HAN,
    clean_name,
    ethnicity_in,
    find_resident_number,
    gender_in,
    resident_number_field,
)

_FRONT_LABELS = {
    "name": ("姓名",),
    "gender": ("性别",),
    "ethnicity": ("民族",),
    "birth_date": ("出生",),
    "address": ("住址", "长期固定住址"),
    "id_number": ("公民身份号码", "身份号码"),
}
_BACK_LABELS = {"issuing_authority": ("签发机关",), "validity": ("有效期限", "有效期")}
_LONG_TERM = re.compile("长期")
# The pale label 日 is lost now and then; the digits before it are the day all the same.
_DAY_WITHOUT_MARK = re.compile(r"\d{4}年\d{1,2}月\d{1,2}(?![\d日曰口])")
# A line that begins beyond this share of the number line's width belongs to the portrait, not to the address:
# GA 448 puts the portrait to the right of all text but the number, whose digits run under it.
_PORTRAIT_EDGE = 0.55


def read_front(page: Page) -> dict[str, Field]:
    """Fields of the portrait side: name, gender, ethnicity, birth_date, address, id_number."""
    flow = page.by_row
    values = values_by_label(flow, _FRONT_LABELS)
    fields: dict[str, Field] = {}
    number = _number_span(flow, values)
    if number:
        fields["id_number"] = resident_number_field(flow, *number)
    _add_gender_and_ethnicity(flow, values, fields)
    birth = _birth(flow, values)
    if birth:
        fields["birth_date"] = birth
    name = _name(flow, values, fields)
    if name:
        fields["name"] = name
    address = _address(page, fields)
    if address:
        fields["address"] = address
    return fields


def read_back(page: Page) -> dict[str, Field]:
    """Fields of the emblem side: issuing_authority, valid_from, valid_until."""
    flow = page.by_row
    values = values_by_label(flow, _BACK_LABELS)
    fields: dict[str, Field] = {}
    authority = _authority(flow, values)
    if authority:
        end = _authority_end(flow.text, authority)
        text = re.sub(f"[^{HAN}]", "", flow.text[authority.start : end])
        if text:
            # No office is called 分: the 局 behind it ran into the wall of the background.
            cut = text.endswith("分") and "公安" in text
            fields["issuing_authority"] = flow.field(authority.start, end, text + "局" * cut, repaired=cut)
    label = find_label(flow.text, _BACK_LABELS["validity"])
    start = label.end if label else 0
    if not _days(flow.text[start:]):
        # Of two scripts the label's row may come after the dates' own.
        start = 0
    dates = _days(flow.text[start:])
    if dates:
        first = dates[0]
        fields["valid_from"] = flow.field(start + first.start, start + first.end, first.iso)
        rest = start + first.end
        long_term = _LONG_TERM.search(flow.text, rest)
        if len(dates) > 1:
            fields["valid_until"] = flow.field(start + dates[1].start, start + dates[1].end, dates[1].iso)
        elif long_term:
            fields["valid_until"] = flow.field(long_term.start(), long_term.end(), "长期")
    return fields


def _days(text: str) -> list[DateSpan]:
    """Complete dates, bare runs of digits only when there is nothing else."""
    return [d for d in find_dates(text) if len(d.iso) == 10] or [
        d for d in find_dates(text, runs=True) if len(d.iso) == 10
    ]


def _number_span(flow: Flow, values: dict[str, Span]) -> tuple[int, int] | None:
    found = find_resident_number(flow)
    if found:
        return found
    # Not 18 characters: still the reading of the label's value, for the reviewer to see.
    span = values.get("id_number")
    if span and len(re.findall(r"[0-9]", flow.text[span.start : span.end])) >= 10:
        return span.start, span.end
    return None


def _add_gender_and_ethnicity(flow: Flow, values: dict[str, Span], fields: dict[str, Field]) -> None:
    span = values.get("gender")
    if span:
        gender = gender_in(flow.text[span.start : span.end])
        if gender:
            at = flow.text.index(gender, span.start)
            fields["gender"] = flow.field(at, at + 1, gender)
    span = values.get("ethnicity")
    if span:
        # Strokes of a second script may stand before the word.
        start = span.start + len(re.match(f"[^{HAN}]*", flow.text[span.start : span.end])[0])  # type: ignore[index]
        text = flow.text[start : span.end]
        ethnicity = ethnicity_in(text)
        if ethnicity:
            fields["ethnicity"] = flow.field(start, start + len(ethnicity), ethnicity)
        elif re.fullmatch(f"[{HAN}]{{1,6}}", text):
            fields["ethnicity"] = flow.field(start, span.end, text.removesuffix("族"))
    if "gender" not in fields:
        row = re.search(r"([男女])\W?(?:民族|民|族)", flow.text)
        if row:
            fields["gender"] = flow.field(row.start(1), row.end(1), row[1])


def _birth(flow: Flow, values: dict[str, Span]) -> Field | None:
    span = values.get("birth_date")
    if span and (field := birth_field(flow, span.start, span.end, marked=False)):
        return field
    return birth_field(flow, 0, len(flow.text))


def birth_field(flow: Flow, start: int, end: int, *, marked: bool = True) -> Field | None:
    """The complete birth date between two places; a card prints the day too, so a month alone is a misread.

    Args:
        flow: Text without spaces.
        start: First character to look at.
        end: Behind the last one.
        marked: Only a date with 年 counts, because other numbers stand in the range too.
    """
    for match in _DAY_WITHOUT_MARK.finditer(flow.text, start, end):
        for date in find_dates(f"{match[0]}日"):
            if len(date.iso) == 10:
                return flow.field(*match.span(), date.iso)
    for date in find_dates(flow.text[start:end]):
        if len(date.iso) == 10 and (not marked or "年" in flow.text[start + date.start : start + date.end]):
            return flow.field(start + date.start, start + date.end, date.iso)
    return None


def _name(flow: Flow, values: dict[str, Span], fields: dict[str, Field]) -> Field | None:
    span = values.get("name") or _row_above_gender(flow)
    if not span:
        return None
    text = clean_name(flow.text[span.start : span.end])
    return flow.field(span.start, span.end, text) if text else None


def _row_above_gender(flow: Flow) -> Span | None:
    """When the label 姓名 is unreadable: the row over the one with gender and ethnicity."""
    label = find_label(flow.text, ("性别", "民族"))
    if not label:
        return None
    row_start = flow.text.rfind("\n", 0, label.start)
    if row_start <= 0:
        return None
    above = flow.text.rfind("\n", 0, row_start) + 1
    text = flow.text[above:row_start]
    # Two characters of a damaged label come before the name.
    offset = 2 if len(text) > 3 else 0
    return Span(above + offset, row_start) if len(text) - offset >= 1 else None


def _address(page: Page, fields: dict[str, Field]) -> Field | None:
    """Everything between the address label and the number, leaving out what stands in the portrait."""
    flow = page.by_row
    label = find_label(flow.text, _FRONT_LABELS["address"])
    birth = fields.get("birth_date")
    if label:
        start = label.end
    elif birth and birth.raw in flow.text:
        at = flow.text.index(birth.raw) + len(birth.raw)
        start = flow.text.find("\n", at) + 1
        if start == 0:
            return None
    else:
        return None
    number_label = find_label(flow.text, ("公民身份号码", "公民身份", "身份号码"), start=start)
    number = find_resident_number(flow, start=start)
    ends = [at for at in (number_label.start if number_label else None, number[0] if number else None) if at]
    end = min(ends) if ends else len(flow.text)
    return _joined(page, start, end, number)


def _joined(page: Page, start: int, end: int, number: tuple[int, int] | None) -> Field | None:
    flow = page.by_row
    number_box = flow.box(*number) if number else None
    edge = 1.0
    if number_box:
        edge = number_box.left + _PORTRAIT_EDGE * (number_box.right - number_box.left)
    kept = [i for i in range(start, end) if (origin := flow.origins[i]) is not None and origin.line.box.left < edge]
    if not kept:
        return None
    part = Flow("".join(flow.text[i] for i in kept), tuple(flow.origins[i] for i in kept))
    value = re.sub(r"^[：:;；.,，\s]+|[\s.,，。:：]+$", "", part.text)
    return part.field(0, len(part.text), value) if value else None


def _authority(flow: Flow, values: dict[str, Span]) -> Span | None:
    span = values.get("issuing_authority")
    if span and re.search(f"[{HAN}]{{2}}", flow.text[span.start : span.end]):
        return span
    match = re.search(f"[{HAN}]{{2,25}}公安[局厅分]+[{HAN}]*", flow.text)
    return Span(match.start(), match.end()) if match else None


def _authority_end(text: str, span: Span) -> int:
    """Where the authority's name ends: at 公安局 or 分局. The wall behind it reads as 日 and 口."""
    match = re.match(f"[{HAN}]{{2,}}?公安[局厅部](?:[{HAN}]{{1,12}}?分局?)?", text[span.start : span.end])
    return span.start + match.end() if match else span.end
