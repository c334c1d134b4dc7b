"""Reader for the printed and filled-in text of the work certificate (seed 004, section 12).

Ticks and the seal are looked at in the pixels (`ocr.tick_boxes`, `ocr.seal`); this module reads the sentences.
"""

from __future__ import annotations

import re

from ocr.check_digits import as_uscc, is_uscc
from ocr.dates import find_dates
from ocr.flow import Flow
from ocr.model import Field
from ocr.page import Page
from ocr.people import NAME, clean_name, find_resident_number, resident_number_field

_NAME = (
    re.compile(rf"兹?有[：:_＿—\-]*({NAME})[_＿—\-]*同?志?[（(]"),
    re.compile(rf"({NAME})[_＿—\-，,]*[（(]?身份证"),
    re.compile(rf"兹有[：:_＿—\-]*({NAME})(?=[，,]|系)"),
)
# Words of the title and of the sentence's beginning that run into the name when the row breaks between them.
_LEAD = re.compile(r".*?工作证明(?:兹有|兹证明)?|兹有|兹证明")
# Marks inside the code are strokes of the line it is written on, or of a seal's rim.
_USCC_LABELLED = re.compile(r"(?:信用代码|证照号码)[^0-9A-Za-z]{0,12}([0-9A-Za-z](?:[/|_.·\-]?[0-9A-Za-z]){14,19})")
_USCC_FORM = re.compile(r"(?<![0-9A-Za-z])[0-9A-HJ-NP-Ya-hj-np-y][0-9A-Za-z]\d{6}[0-9A-Za-z]{10}(?![0-9A-Za-z])")
_BUREAU = (
    re.compile(r"会计管理部门[为是]?[：:_＿—\-]*(.{1,20}?)[_＿—\-]*市?[（(]县"),
    re.compile(r"管理部门[为是]?[：:_＿—\-]*(.{1,20}?)[_＿—\-]*(?:市?[（(]?县[、，,]区|财政局)"),
)
_BUREAU_PREFIX = re.compile(r"^[为是：:_＿—\-.]+|[_＿—\-.]+$")
# What stands printed behind the blank; alone it means that nobody filled the blank in.
_PRINTED_SUFFIX = frozenset({"市", "市（", "市(", "县", "区"})
_CLOSING = re.compile(r"特此证明|单位盖章|盖章")


def read(page: Page) -> dict[str, Field]:
    """Fields: name, id_number, uscc, finance_bureau, issued_on. Duties and seal are added by `ocr.read`."""
    flow = page.running
    number = find_resident_number(flow)
    found: dict[str, Field | None] = {
        "name": _name(flow),
        "id_number": resident_number_field(flow, *number) if number else None,
        "uscc": _uscc(flow, number),
        "finance_bureau": _bureau(flow),
        "issued_on": _issued(flow),
    }
    return {name: field for name, field in found.items() if field is not None}


def _name(flow: Flow) -> Field | None:
    for pattern in _NAME:
        match = pattern.search(flow.text)
        if match:
            start, end = match.span(1)
            name = clean_name(flow.text[start:end])
            lead = _LEAD.match(name)
            if lead:
                start, name = start + lead.end(), name[lead.end() :]
            if name:
                return flow.field(start, end, name)
    return None


def _uscc(flow: Flow, person: tuple[int, int] | None) -> Field | None:
    for match in _USCC_LABELLED.finditer(flow.text):
        return _uscc_field(flow, *match.span(1))
    for match in _USCC_FORM.finditer(flow.text):
        if match.span() != person:
            return _uscc_field(flow, *match.span())
    return None


def _uscc_field(flow: Flow, start: int, end: int) -> Field:
    raw = re.sub(r"[^0-9A-Z]", "", flow.text[start:end].upper())
    code = as_uscc(raw)
    return flow.field(start, end, code, repaired=code != raw and is_uscc(code))


def _bureau(flow: Flow) -> Field | None:
    for pattern in _BUREAU:
        match = pattern.search(flow.text)
        if match:
            start, end = match.span(1)
            value = _BUREAU_PREFIX.sub("", flow.text[start:end])
            if value and value not in _PRINTED_SUFFIX:
                return flow.field(start, end, value)
    return None


def _issued(flow: Flow) -> Field | None:
    closing = _CLOSING.search(flow.text)
    dates = [date for date in find_dates(flow.text) if not closing or date.start > closing.start()]
    complete = [date for date in dates if len(date.iso) == 10]
    for date in (complete or dates)[-1:]:
        return flow.field(date.start, date.end, date.iso, repaired=date.repaired)
    return None
