"""Reader for the papers of a unit: business licences of three generations and code certificates (domain.md 3.6).

All of them print labelled entries, in one column or two, with or without colons. A number is found by its form near its
label, because on a landscape licence the words around a QR code stand between the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz import fuzz

from imaging.geometry import enclosing
from ocr.check_digits import as_digits, as_uscc, is_uscc
from ocr.credit_code import credit_code_field
from ocr.dates import find_dates
from ocr.flow import Flow
from ocr.labels import Span, find_label, values_by_label
from ocr.model import Field, Line
from ocr.page import Page, is_scrap
from ocr.people import HAN
from ocr.readers.schooling import line_spans
from ocr.repair import checked_field
from ocr.unit_numbers import is_organisation_code, is_registration_number

# What the wide gap of 名　　称 and 类　　型 comes back as when it is no gap.
_GAPS = ("", "一", "二", "三", "丶", "：", ":", "·", ".", "-", "—", "=", "口")
_LABELS = {
    "unit_name": (
        *("单位名称", "机构名称", "企业名称", "字号名称", "组织名称"),
        *(f"名{gap}称" for gap in _GAPS),
    ),
    "unit_type": (
        *("机构性质", "机构类型", "公司类型", "企业类型", "主体类型", "单位类型"),
        *(f"类{gap}型" for gap in _GAPS),
        "性质",
    ),
    "established_on": ("成立日期", "注册日期", "成立时间", "登记日期"),
}
# Labels and printed words that end a value; dates behind 期限, 有效期 and 发证 are not the day of establishment.
_STOPS = (
    "统一社会信用代码", "社会信用代码", "注册号", "法定代表人", "负责人", "经营者", "投资人", "执行事务合伙人",
    "组成形式", "注册资本", "注册资金", "实收资本", "出资额", "成员出资", "成立日期", "注册日期", "营业期限",
    "经营期限", "合伙期限", "有效期", "住所", "经营场所", "主要经营场所", "营业场所", "业务范围", "经营范围", "地址",
    "登记机关", "登记管理机关", "赋码机关", "发证机关", "颁发单位", "颁发日期", "发证日期", "核准日期", "经费来源",
    "开办资金", "举办单位", "宗旨", "登记号", "扫描二维码", "公司类型", "类型", "机构类型", "机构性质", "机构地址",
    "业务主管单位",
)  # fmt: skip
_SIGNS = r"[0-9A-Za-z]"
_MARKS = r"[^0-9A-Za-z]"
# 18 places with strokes of a rule or a seal's rim between them.
_USCC = re.compile(rf"(?<!{_SIGNS}){_SIGNS}(?:[/|_.·\-]?{_SIGNS}){{17}}(?!{_SIGNS})")
# A code that lost or won a character is told too, when its label stands before it: it then fails its check.
_USCC_LABELLED = re.compile(rf"信用代码(?:{_MARKS}|\n){{0,30}}({_SIGNS}(?:[/|_.·\-]?{_SIGNS}){{14,19}})(?!{_SIGNS})")
_URL = re.compile(r"(?:https?|www)[^\n\u3400-\u9fff]*|[0-9A-Za-z.\-]+\.(?:gov|com|cn)[^\n\u3400-\u9fff]*")
_REGISTRATION = re.compile(rf"注册号(?:[/／]统一社会信用代码)?[^0-9A-Za-z\n]{{0,6}}({_SIGNS}{{13,17}})(?!{_SIGNS})")
_ORGANISATION = re.compile(rf"(?<!{_SIGNS})(?<!{_SIGNS}-)({_SIGNS}{{8}}[\-—－–一_]{_SIGNS})(?!{_SIGNS})(?!-)")
_ORGANISATION_LABELLED = re.compile(rf"代码[^0-9A-Za-z\n]{{0,4}}({_SIGNS}{{8}}[\-—－–一_.·]?{_SIGNS})(?!{_SIGNS})")
_BRACKETS = str.maketrans({"(": "（", ")": "）", "[": "（", "]": "）", "【": "（", "】": "）", "〔": "（", "〕": "）"})
_NAME_CHARS = re.compile(rf"[^{HAN}（）·0-9A-Za-z&\-]")
_TYPE_CHARS = re.compile(rf"[^{HAN}（）、，/]")
# The shape of a unit's name, for papers whose label cannot be read, and whose names such a line must not be taken for.
_NAME_LINE = re.compile(
    rf"[{HAN}（）]{{4,40}}(?:公司|合作社|联合社|事务所|分公司|厂|店|部|行|院|局|中心|学校|中学|小学|会)"
)
_NOT_THE_UNIT = re.compile(
    r"执照|证书|代码|监督|管理局|行政|委员会|办公室|公示|系统|监制|机关|报告|项目|批准|销售|服务|法人$"
)
# Papers of a kind by their titles; the first that stands on the page decides. The credit code itself stands on most, so
# its certificate is told by the two characters behind it.
_VARIANTS = (
    ("public_institution", ("事业单位法人证",)),
    ("organisation_code", ("组织机构代码证",)),
    ("business_licence", ("营业执照",)),
    ("credit_code_certificate", ("统一社会信用代码证", "法人登记证书", "非企业单位登记证书")),
)
# One misread character of seven: partial_ratio counts it as two operations of fourteen, 86 %.
_TITLE_RATIO = 85.0
# Distance, in heights of a line, up to which pieces of one row belong to one value, and to which a row is the next one.
_SAME_VALUE, _NEXT_ROW = 2.0, 1.0
# How far the beginning of a wrapped row may lie from the beginning of its value, and how far left a label may stand.
_ALIGNED, _LABEL_ROOM = 1.5, 12.0


def read(page: Page) -> dict[str, Field]:
    """Fields: unit_name, uscc, unit_type, established_on; registration_number or organisation_code on older papers."""
    flow = page.by_row
    values = values_by_label(flow, _LABELS, _STOPS)
    found: dict[str, Field | None] = {
        "unit_name": _worded(page, values.get("unit_name"), _NAME_CHARS) or _unlabelled_name(page),
        "uscc": _uscc(flow),
        "unit_type": _worded(page, values.get("unit_type"), _TYPE_CHARS),
        "established_on": _established(flow, values.get("established_on")),
        "registration_number": _registration_number(flow),
        "organisation_code": _organisation_code(flow) if variant(page) == "organisation_code" else None,
    }
    return {name: field for name, field in found.items() if field is not None}


def variant(page: Page) -> str:
    """Which paper it is, by its title; a licence with the 15-digit number alone is an old one."""
    old = _registration_number(page.by_row) is not None and _uscc(page.by_row) is None
    text = page.running.text
    for stands_in in (_exactly, _nearly):
        for word, titles in _VARIANTS:
            if any(stands_in(title, text) for title in titles):
                return "old_licence" if old and word == "business_licence" else word
    return "old_licence" if old else ""


def _exactly(title: str, text: str) -> bool:
    return title in text


def _nearly(title: str, text: str) -> bool:
    """The title with one character misread; none of those that end in the words of a label."""
    if title.endswith("信用代码证"):
        return False
    if len(title) < 7:
        return find_label(text, (title,)) is not None
    return len(text) >= len(title) and fuzz.partial_ratio(title, text) >= _TITLE_RATIO


def _uscc(flow: Flow) -> Field | None:
    """The code that passes its check, else the one behind its label, else whatever has its form."""
    addresses = [match.span() for match in _URL.finditer(flow.text)]
    spans = [match.span() for match in _USCC.finditer(flow.text)]
    spans = [span for span in spans if not any(start <= span[0] < end for start, end in addresses)]
    for start, end in spans:
        if is_uscc(as_uscc(re.sub(_MARKS, "", flow.text[start:end]))):
            return _code_field(flow, start, end)
    labelled = [match.span(1) for match in _USCC_LABELLED.finditer(flow.text)]
    # An own number of 15 digits behind 注册号/统一社会信用代码 is no code.
    labelled = [span for span in labelled if not is_registration_number(flow.text[slice(*span)])]
    for start, end in (*labelled, *spans):
        return _code_field(flow, start, end)
    return None


def _code_field(flow: Flow, start: int, end: int) -> Field:
    return credit_code_field(flow, start, end)


def _registration_number(flow: Flow) -> Field | None:
    match = _REGISTRATION.search(flow.text)
    if match is None or is_uscc(as_uscc(match[1])):
        return None
    return checked_field(flow, *match.span(1), marks=_MARKS, fold=as_digits, passes=is_registration_number)


def _organisation_code(flow: Flow) -> Field | None:
    """Eight characters, a hyphen and the check character, as the paper prints them."""
    for pattern in (_ORGANISATION_LABELLED, _ORGANISATION):
        for match in pattern.finditer(flow.text):
            field = checked_field(flow, *match.span(1), marks=_MARKS, fold=str.upper, passes=is_organisation_code)
            code = str(field.value)
            return Field(
                f"{code[:8]}-{code[8:]}", field.confidence, field.box, field.raw, field.repaired, field.coverage
            )
    return None


def _established(flow: Flow, span: Span | None) -> Field | None:
    """The date behind its label; nothing else on the paper may stand in for it."""
    if span is None:
        return None
    for date in find_dates(flow.text[span.start : span.end], runs=True):
        return flow.field(span.start + date.start, span.start + date.end, date.iso, repaired=date.repaired)
    return None


def _worded(page: Page, span: Span | None, foreign: re.Pattern[str]) -> Field | None:
    """A value of words, with what wrapped below it, its brackets folded to （）."""
    if span is None:
        return None
    flow = page.by_row
    end = _end_of_value(flow, span)
    first = flow.field(span.start, end, flow.text[span.start : end])
    more = _wrapped(page, span.start, end)
    text = foreign.sub("", "".join((str(first.value), *(line.text for line in more))).translate(_BRACKETS))
    text = _closed(text)
    if len(text) < 2:
        return None
    box = enclosing(box for box in (first.box, *(line.box for line in more)) if box is not None)
    confidence = min(first.confidence, *(line.confidence for line in more)) if more else first.confidence
    return Field(text, confidence, box, first.raw + "".join(line.text for line in more))


def _closed(text: str) -> str:
    """The text without a bracket that lost its partner at either end."""
    if text.count("（") < text.count("）"):
        text = text.removesuffix("）") if text.endswith("））") or "（" not in text else text
    return text.removesuffix("（").removeprefix("）")


def _end_of_value(flow: Flow, span: Span) -> int:
    """Where a wide gap ends the value: behind it stand words of another column."""
    before: Line | None = None
    for at in range(span.start, span.end):
        origin = flow.origins[at]
        if origin is None:
            continue
        if before is not None and origin.line is not before:
            height = before.box.bottom - before.box.top
            if origin.line.box.left - before.box.right > _SAME_VALUE * height:
                return at
        before = origin.line
    return span.end


def _wrapped(page: Page, start: int, end: int) -> tuple[Line, ...]:
    """The row below that continues a value: it begins where the value begins and has no label of its own."""
    flow = page.by_row
    last, box = flow.origins[end - 1], flow.box(start, end)
    if last is None or box is None:
        return ()
    height = last.line.box.bottom - last.line.box.top
    across = height / page.aspect
    for line in _lines(page):
        near = abs(line.box.top - last.line.box.bottom) < _NEXT_ROW * height
        aligned = abs(line.box.left - box.left) < _ALIGNED * across
        follows = near and aligned and not _is_between(page, last.line, line)
        if line is not last.line and follows and not _is_labelled(page, line, across):
            return (line,)
    return ()


def _is_between(page: Page, upper: Line, lower: Line) -> bool:
    """True when another row stands between two lines: then the lower one goes on with that row."""
    return any(
        upper.box.bottom < other.box.centre[1] < lower.box.top
        and other.box.left < lower.box.right
        and other.box.right > lower.box.left
        for other in _lines(page)
    )


def _is_labelled(page: Page, line: Line, across: float) -> bool:
    """True when the line is a label or has something to its left in the room of a label."""
    text = "".join(line.text.split())
    if any(text.startswith(stop) for stop in (*_STOPS, *(word for words in _LABELS.values() for word in words))):
        return True
    middle = line.box.centre[1]
    return any(
        other is not line
        and other.box.top < middle < other.box.bottom
        and line.box.left - _LABEL_ROOM * across < other.box.right < line.box.left + across
        for other in _lines(page)
    )


def _lines(page: Page) -> Iterator[Line]:
    return (line for row in page.rows for line in row.lines if not is_scrap(line))


def _unlabelled_name(page: Page) -> Field | None:
    """The only line that has the form of a unit's name, where the label is unreadable."""
    found = []
    for start, end in line_spans(page.by_row):
        name = page.by_row.text[start:end].translate(_BRACKETS)
        if _NAME_LINE.fullmatch(name) and not _NOT_THE_UNIT.search(name):
            found.append((start, end, name))
    if len(found) != 1:
        return None
    start, end, name = found[0]
    return page.by_row.field(start, end, name)
