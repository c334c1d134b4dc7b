"""Reader for the printed and filled-in text of the work certificate (seed 004, section 12).

Ticks, blanks and the seal are looked at in the pixels (`ocr.tick_boxes`, `ocr.blanks`, `ocr.seal`); this module reads
the sentences, also those of letters and tables that do not follow the form.
"""

from __future__ import annotations

import re
from dataclasses import replace

from imaging.model import Defect
from ocr.credit_code import CODE_CHARACTER, credit_code_field
from ocr.dates import find_dates
from ocr.flow import Flow
from ocr.labels import find_label, values_by_label
from ocr.model import Coverage, Field
from ocr.page import Page
from ocr.people import DOTS, HAN, clean_name, find_resident_number, resident_number_field
from ocr.repair import no_surer
from ocr.work_template import FOREIGN, compare_with_template

# A name of two to thirty characters; of its dot recognition makes a full stop or a hyphen.
_PERSON = rf"[{HAN}](?:[{HAN}{DOTS}.．\-]{{0,28}}?[{HAN}])??"
_RULE = r"[：:_＿—\-\s]*"
# What ends in front of the name: title, beginning of the sentence, the unit and the person's place in it.
_BEFORE_NAME = re.compile(
    r"兹有|兹证明|证明|[我本](?:单位|公司|校|院|局|所|厂|社|行|中心)|职工|员工|工作人员|财务人员|会计人员|(?<=[我本].)会计"
    r"|[：:。；;！!]"
)
_NAME_CLOSED = re.compile(rf"[兹有]{{0,2}}{_RULE}({_PERSON})(?:同志|先生|女士)?{_RULE}[（(\[［〔，,、。]")
_NAME_OPEN = re.compile(rf"[兹有]{{0,2}}{_RULE}({_PERSON})(?:同志|先生|女士|性别|[男女]|系我|$)")
# Where the person's number begins, which stands behind the name in every sentence.
_NUMBER_WORDS = ("身份证件号码", "身份证号码", "身份证号", "身份证件", "居民身份证", "证件号码", "公民身份号码")
# Digits behind those words that are one too few or too many.
_NUMBER_CUT = re.compile(
    r"(?:身份证件?号码|身份证号|证件号码|公民身份号码)[：:是为]?([0-9]{16,19}[Xx]?)(?![0-9A-Za-z])"
)
_NAME_ALONE = re.compile(rf"(?:兹有|兹证明){_RULE}({_PERSON})(?:同志|[，,（(]|系我)")
# A table's label and the labels that end its cell.
_TABLE = {"name": ("姓名",)}
_TABLE_STOPS = (
    "性别",
    "民族",
    "出生",
    "身份证",
    "证件",
    "年龄",
    "工作单位",
    "单位名称",
    "参加会计",
    "参加工作",
    "岗位",
    "职务",
)
# Words that no name holds: the sentence was cut in the wrong place.
_NO_NAME = re.compile(r"单位|公司|证明|身份|性别|工作|会计|职工|号码")
# Marks inside the code are strokes of the line it is written on, or of a seal's rim.
_USCC_LABELLED = re.compile(
    r"(?:信用代码|证照号码)[^0-9A-Za-z]{0,12}([0-9A-Za-z](?:[/|_.·\-]?" + CODE_CHARACTER + "){14,39})"
)
_USCC_FORM = re.compile(r"(?<![0-9A-Za-z])[0-9A-HJ-NP-Ya-hj-np-y][0-9A-Za-z]\d{6}[0-9A-Za-z]{10}(?![0-9A-Za-z])")
# Right in front of a credit code.
_CODE_WORDS = re.compile(r"(?:信用代码|证照号码|组织机构代码)[^0-9A-Za-z]{0,8}$")
# 18 characters and a stroke or two of the rule between them.
_CODE_LONGEST = 19
_BUREAU_LABELS = (
    "所属会计管理部门为",
    "会计管理部门为",
    "会计管理部门",
    "主管财政部门为",
    "主管财政部门",
    "管理部门为",
)
# What the form prints behind the blank, also where a seal hides some of it; the bureau's name ends in front of it.
_BUREAU_END = re.compile(
    r"市?[（(〔]县|市?[（(]?县[、，,．.]区[）)]?|[（(]?县[、，,．.]区|市?[（(〔]?[、，,]?区[）)]|[财才材贝]政局"
)
_BUREAU_EDGES = re.compile(r"^[为是：:_＿—\-.\s]+|[_＿—\-.\s]+$")
# Longest name of a county with its prefecture: 双江拉祜族佤族布朗族傣族自治县 with 临沧市 before it has 18.
_BUREAU_LONGEST = 20
_NO_BUREAU = re.compile(r"部门|理部|单位|证明|代码|[（()）]")
# What stands printed behind the blank; alone it means that nobody filled the blank in.
_PRINTED_SUFFIX = frozenset({"市", "市（", "市(", "县", "区", "（县", "(县"})
# A date without its day is never surer than this.
_HALF_DATE_CONFIDENCE = 0.5
_CLOSING = re.compile(r"特此证明|特\n?此\n?证|单位[（(]?盖章|盖章(?!后)")


def read(page: Page) -> dict[str, Field]:
    """Fields: name, id_number, uscc, finance_bureau, issued_on. Duties and seal are added by `ocr.read`."""
    number = _person_number(page)
    found: dict[str, Field | None] = {
        "name": _name(page),
        "id_number": None if number is None else resident_number_field(*number),
        "uscc": _uscc(page.running, number),
        "finance_bureau": _bureau(page.running),
        "issued_on": _issued(page),
    }
    return {name: field for name, field in found.items() if field is not None}


def variant(page: Page) -> str:
    """`foreign_format` for a paper that does not follow the form, empty for the form."""
    return FOREIGN if compare_with_template(page).differs else ""


def doubts(page: Page) -> tuple[Defect, ...]:
    """How the paper departs from the form."""
    return compare_with_template(page).defects


def _person_number(page: Page) -> tuple[Flow, int, int] | None:
    """The number in the running text, else among single pieces: in a table another number stands right beside it.

    A credit code of digits alone is none.
    """
    for flow in (page.running, Flow.of(page.rows)):
        span = find_resident_number(flow)
        while span is not None and _CODE_WORDS.search(flow.text[max(0, span[0] - 16) : span[0]]):
            span = find_resident_number(flow, start=span[1])
        if span is not None:
            return flow, *span
    # A number that lost a character, or took one of the bracket's, is shown as it was read and fails its check.
    cut = _NUMBER_CUT.search(page.running.text)
    return None if cut is None else (page.running, *cut.span(1))


def _name(page: Page) -> Field | None:
    """Behind 姓名 in a table, in front of the person's number in a sentence."""
    return _name_in_table(page.by_row) or _name_in_sentence(page.running) or _name_alone(page.running)


def _name_in_sentence(flow: Flow) -> Field | None:
    words = find_label(flow.text, _NUMBER_WORDS)
    number = find_resident_number(flow)
    ends = [span for span in (words.start if words else None, number[0] if number else None) if span is not None]
    if not ends:
        return None
    end = min(ends)
    begin = max((match.end() for match in _BEFORE_NAME.finditer(flow.text, max(0, end - 60), end)), default=0)
    for pattern in (_NAME_CLOSED, _NAME_OPEN):
        match = pattern.match(flow.text, begin, end)
        if match and (field := _name_field(flow, match)) is not None:
            return field
    return None


def _name_in_table(flow: Flow) -> Field | None:
    span = values_by_label(flow, _TABLE, _TABLE_STOPS).get("name")
    if span is None:
        return None
    value = clean_name(flow.text[span.start : span.end])
    return flow.field(span.start, span.end, value) if value and not _NO_NAME.search(value) else None


def _name_alone(flow: Flow) -> Field | None:
    match = _NAME_ALONE.search(flow.text)
    return _name_field(flow, match) if match else None


def _name_field(flow: Flow, match: re.Match[str]) -> Field | None:
    start, end = match.span(1)
    name = clean_name(flow.text[start:end])
    return flow.field(start, end, name) if name and not _NO_NAME.search(name) else None


def _uscc(flow: Flow, person: tuple[Flow, int, int] | None) -> Field | None:
    for match in _USCC_LABELLED.finditer(flow.text):
        return credit_code_field(flow, *_one_code(flow, *match.span(1)))
    taken = person[1:] if person is not None and person[0] is flow else None
    for match in _USCC_FORM.finditer(flow.text):
        if match.span() != taken:
            return credit_code_field(flow, *match.span())
    return None


def _one_code(flow: Flow, start: int, end: int) -> tuple[int, int]:
    """The code in a run of letters and digits; a run too long holds two readings of it, and the longer one counts."""
    if end - start <= _CODE_LONGEST:
        return start, end
    pieces = []
    while start < end:
        stop = flow.same_line_end(start, end)
        pieces.append((start, stop))
        start = stop
    return max(pieces, key=lambda piece: min(piece[1] - piece[0], _CODE_LONGEST))


def _bureau(flow: Flow) -> Field | None:
    """Between the label and what the form prints behind the blank."""
    label = find_label(flow.text, _BUREAU_LABELS)
    if label is None:
        return None
    close = _BUREAU_END.search(flow.text, label.end, label.end + _BUREAU_LONGEST + 8)
    if close is None:
        return None
    start, end = label.end, close.start()
    printed = _BUREAU_EDGES.sub("", flow.text[start:end])
    # The rule of the blank comes back as a letter in the name: 个I旧市.
    value = re.sub(r"[0-9A-Za-z|]", "", printed)
    # Under a seal the brackets are lost first; then the printed 市 still stands behind the written one.
    if close[0].endswith("政局") and value.endswith("市市"):
        value, printed = value[:-1], printed[:-1]
    if not value or value in _PRINTED_SUFFIX or len(value) > _BUREAU_LONGEST or _NO_BUREAU.search(value):
        return None
    start = flow.text.index(printed, start)
    return flow.field(start, start + len(printed), value)


def _issued(page: Page) -> Field | None:
    """The last complete date behind the sentence, looked for row by row: a seal's number may stand below it."""
    flow = Flow.of(page.rows)
    closing = _CLOSING.search(flow.text)
    dates = [date for date in find_dates(flow.text) if not closing or date.start > closing.start()]
    complete = [date for date in dates if len(date.iso) == 10]
    if complete:
        return flow.field(complete[-1].start, complete[-1].end, complete[-1].iso, repaired=complete[-1].repaired)
    # The form prints 年月日: a month without its day is half of a date, and a seal hides the other half.
    for date in dates[-1:]:
        field = no_surer(flow.field(date.start, date.end, date.iso, repaired=date.repaired), _HALF_DATE_CONFIDENCE)
        return replace(field, coverage=Coverage.COVERED)
    return None
