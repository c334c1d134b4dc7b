"""Reader for 会计专业技术资格证书: a booklet of two pages, a labelled sheet, the electronic form, a review certificate.

管理号 has no established composition (domain.md 3.5), so it is read as it stands. The abolished 会计从业资格证 looks
like one of these papers and is none: its 档案号 must never become a certificate number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from imaging.model import Defect
from ocr.dates import find_dates
from ocr.dates_on_page import find_dates_on
from ocr.flow import Flow
from ocr.labels import Span, values_by_label
from ocr.model import Field
from ocr.page import Page
from ocr.people import clean_name, find_resident_number, gender_in, resident_number_field
from ocr.readers.qualification_level import find_level
from ocr.readers.sentence import find_birth, find_gender, find_name
from ocr.readers.wide_labels import with_closed_labels
from ocr.reading_order import line_height

ELECTRONIC, REVIEW, PRACTISING = "electronic", "review", "practising"

_LABELS = {
    "name": ("姓名",),
    "id_number": ("证件号码", "身份证号码", "身份证件号码", "身份证件号", "身份证号", "证件编号", "证件号"),
    "gender": ("性别",),
    "birth_date": ("出生年月", "出生日期"),
    "specialty": ("专业名称", "专业类别", "从事专业", "申报专业", "专业"),
    "level": ("资格级别", "级别", "资格等级", "职称级别", "资格层级"),
    "title": ("资格名称", "职称名称", "任职资格", "职务名称", "技术职务", "职称"),
    "approved_on": (
        "批准日期",
        "批准时间",
        "取得时间",
        "授予时间",
        "取得日期",
        "授予日期",
        "取得资格时间",
        "取得资格日期",
        "资格取得时间",
        "评审通过时间",
        "评审时间",
        "评审日期",
        "通过时间",
        "审定时间",
    ),
    "certificate_number": ("管理号", "证书管理号", "证书编号", "资格证书编号", "证书号", "编号"),
    "paper_number": ("批准文号", "公布文号", "批文号", "发文文号", "文号"),
}
_STOPS = (
    "签发单位",
    "签发日期",
    "发证日期",
    "发证机关",
    "发证单位",
    "有效期",
    "证件类型",
    "照片",
    "批准部门",
    "评审组织",
    "评审委员会",
    "工作单位",
    "签名",
    "持证人",
    "证书编号",
    "管理号",
    "档案号",
)
# Blanked out, so that the label 专业 is not found inside 专业技术资格, nor 任职资格 inside a title of the paper.
_TRAPS = ("专业技术职务任职资格", "专业技术", "任职资格证")
_MASK = "\ue000"
# Pieces of one value stand closer than this many line heights; the other page of a booklet is further away.
_PIECES_APART = 1.2
# Labels that are also words of a sentence: inside a line they count only with their colon.
_SHORT_LABELS = re.compile(r"(?:专业|职称|任职资格|技术职务)(?![：:])(?!名称|类别|级别)")
# What a value of 专业 never holds: the line began in the middle of a sentence.
_NO_SPECIALTY = re.compile(r"资格|会计师|[。，,]|特发")
_SPECIALTY = re.compile("会计")
_SPECIALTY_TOLD = re.compile(r"(会计)(?:专业|系列)")
_NUMBER = re.compile(r"[0-9A-Za-z]{6,32}")
# 云人社发〔2019〕12号: the number of the paper that announces a review's results.
_PAPER_NUMBER = re.compile(r"([\u4e00-\u9fff]{2,10})[〔\[（(【{]((?:19|20)\d{2})[〕\])）】}]第?(\d{1,4})号")
_BEFORE_APPROVAL = re.compile(r"(?:于|自)$")
_AFTER_APPROVAL = re.compile(r"^[，,]?(?:取得|获得|经|通过|被评|评审|起具备)")
_PRACTISING = re.compile(r"会计从业资格证|会计从业资格|会计证(?=档案号|发证|持证)|会计人员从业资格")
_ISSUED = re.compile(r"发证机关|发证日期|财政局|财政厅")
_REVIEW = re.compile(
    r"经[^，,。]{2,24}评审|评审通过|经评审|评审组织|评审时间|批准文号|公布文号|批文号|职称证书|任职资格证书|高级专业技术职务资格"
)
_ELECTRONIC = re.compile(
    r"电子证书|电子版证书|电子印章|电子签章|扫[描码]二?维?码?|二维码|下载|与纸质证书|验证本证书|验证网址"
)


def read(page: Page) -> dict[str, Field]:
    """Fields: name, id_number, gender, birth_date, specialty, level, approved_on, certificate_number."""
    page = with_closed_labels(page)
    flow = page.by_row
    values = {name: _in_column(page, span) for name, span in values_by_label(_masked(flow), _LABELS, _STOPS).items()}
    found: dict[str, Field | None] = {
        "name": _name(page, values.get("name")),
        "id_number": _id_number(page, values.get("id_number")),
        "gender": _gender(page, values.get("gender")),
        "birth_date": _birth(page, values.get("birth_date")),
    }
    if not _is_practising(page):
        found |= {
            "specialty": _specialty(page, values),
            "level": find_level(page, values.get("level"), values.get("title")),
            "approved_on": _date(flow, values.get("approved_on")) or _approval_told(page.running),
            "certificate_number": _number(flow, values),
        }
    return {name: field for name, field in found.items() if field is not None}


def variant(page: Page) -> str:
    """Which paper it is: the abolished 会计从业资格证, a review certificate, the electronic form; empty for others."""
    text = page.running.text
    if _is_practising(page):
        return PRACTISING
    if _REVIEW.search(text):
        return REVIEW
    return ELECTRONIC if _ELECTRONIC.search(text) else ""


def doubts(page: Page) -> tuple[Defect, ...]:
    """`qualification-wrong-paper` on a 会计从业资格证: cancelled in 2017, it never was a 专业技术资格."""
    return (Defect("qualification-wrong-paper", severe=True),) if _is_practising(page) else ()


def _is_practising(page: Page) -> bool:
    text = page.running.text
    # A newer paper may mention the old one in a note; its own name then stands there too.
    if "专业技术" in text or "管理号" in text:
        return False
    # The data page of the booklet does not repeat its name; only this paper has a 档案号.
    return bool(_PRACTISING.search(text) or ("档案号" in text and _ISSUED.search(text)))


def _masked(flow: Flow) -> Flow:
    text = flow.text
    for trap in _TRAPS:
        text = text.replace(trap, _MASK * len(trap))
    masked = list(text)
    for match in _SHORT_LABELS.finditer(text):
        origin = flow.origins[match.start()]
        if origin is not None and origin.index > 0:
            masked[match.start() : match.end()] = _MASK * (match.end() - match.start())
    return Flow("".join(masked), flow.origins)


def _in_column(page: Page, span: Span) -> Span:
    """The value without what stands in the same row on the other page of a booklet, or in a seal beside it."""
    flow = page.by_row
    end = flow.same_line_end(span.start, span.end)
    while end < span.end and _gap(flow, end, page.aspect) < _PIECES_APART:
        end = flow.same_line_end(end, span.end)
    return Span(span.start, end)


def _gap(flow: Flow, at: int, aspect: float) -> float:
    """Room between the line before character `at` and the line that begins there, in line heights."""
    before, behind = flow.origins[at - 1], flow.origins[at]
    if before is None or behind is None:
        return 0.0
    height = line_height(before.line.box, aspect)
    return (behind.line.box.left - before.line.box.right) * aspect / height if height > 0 else 0.0


def _name(page: Page, span: Span | None) -> Field | None:
    flow = page.by_row
    name = clean_name(flow.text[span.start : span.end]) if span else ""
    if span is None or not name:
        return find_name(page)
    return flow.field(span.start, span.end, name)


def _id_number(page: Page, span: Span | None) -> Field | None:
    """The labelled number first: a 管理号 of 15 digits looks like one of the first generation."""
    flow = page.by_row
    found = find_resident_number(flow, start=span.start) if span else None
    if span is None or found is None or found[0] > span.end:
        found = find_resident_number(flow)
    if found:
        return resident_number_field(flow, *found)
    found = find_resident_number(page.running)
    return resident_number_field(page.running, *found) if found else None


def _gender(page: Page, span: Span | None) -> Field | None:
    flow = page.by_row
    gender = gender_in(flow.text[span.start : span.end]) if span else None
    if span is None or gender is None:
        return find_gender(page.running)
    at = flow.text.index(gender, span.start)
    return flow.field(at, at + 1, gender)


def _birth(page: Page, span: Span | None) -> Field | None:
    labelled = _date(page.by_row, span)
    if labelled:
        return labelled
    told = find_birth(page.running, find_dates_on(page.running))
    return told[1] if told else None


def _date(flow: Flow, span: Span | None) -> Field | None:
    if span is None:
        return None
    for date in find_dates(flow.text[span.start : span.end], runs=True):
        return flow.field(span.start + date.start, span.start + date.end, date.iso)
    return None


def _approval_told(flow: Flow) -> Field | None:
    """The day in a sentence: 于2019年12月1日取得 …, 经 … 评审."""
    for date in find_dates_on(flow):
        before, after = flow.text[max(0, date.start - 2) : date.start], flow.text[date.end : date.end + 4]
        if _AFTER_APPROVAL.match(after) or (_BEFORE_APPROVAL.search(before) and not re.match(r"出?生", after)):
            return flow.field(date.start, date.end, date.iso)
    return None


def _specialty(page: Page, values: Mapping[str, Span]) -> Field | None:
    flow = page.by_row
    span = values.get("specialty")
    if span is not None and _NO_SPECIALTY.search(flow.text, span.start, span.end):
        span = None
    if span is not None and span.end - span.start <= 12:
        return flow.field(span.start, span.end, flow.text[span.start : span.end])
    hit = _SPECIALTY.search(flow.text, span.start, span.end) if span else None
    if hit:
        return flow.field(hit.start(), hit.end(), hit[0])
    title = values.get("title")
    if title is not None and flow.text[title.start : title.end] == "会计":
        return flow.field(title.start, title.end, "会计")
    told = _SPECIALTY_TOLD.search(page.running.text, _sentence_start(page.running.text))
    return page.running.field(told.start(1), told.end(1), told[1]) if told else None


def _sentence_start(text: str) -> int:
    """Where the certifying part begins; 会计专业 in the heading is no specialty."""
    match = re.search(r"取得|具备|获得|通过", text)
    return match.start() if match else len(text)


def _number(flow: Flow, values: Mapping[str, Span]) -> Field | None:
    """管理号 or 证书编号; the number of the approving paper where a review certificate has no other."""
    span = values.get("certificate_number")
    match = _NUMBER.search(flow.text, span.start, span.end) if span else None
    if match:
        return flow.field(match.start(), match.end(), match[0].upper())
    span = values.get("paper_number")
    paper = _PAPER_NUMBER.search(flow.text, span.start, span.end) if span else None
    if paper:
        return flow.field(paper.start(), paper.end(), f"{paper[1]}〔{paper[2]}〕{paper[3]}号")
    return None
