"""The school that issued a certificate: labelled, on a row of its own, in the title, or in the sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from rapidfuzz import fuzz

from ocr.flow import Flow
from ocr.model import Field
from ocr.page import Page
from ocr.people import HAN
from ocr.readers.columns import sentence_flow
from ocr.readers.sentence import full_brackets
from ocr.traditional import fold

# Words that close the name of a school; a place or a campus in brackets may follow.
_END = (
    r"(?:大学|学院|专科学校|职业学校|技术学校|财经学校|党校|分校|(?<!大)学校|研究院|研究所|研究生院|中学|进修学校|干部学校)"
    rf"(?:[（(][{HAN}]{{2,8}}[）)])?"
)
_CHAR = f"[{HAN}（）()]"
_LINE = re.compile(rf"^{_CHAR}{{2,24}}{_END}$")
# Characters of a seal read together with the name.
_WITH_SCRAP = re.compile(rf"^({_CHAR}{{2,24}}{_END}).{{1,4}}$")
# The last word misread (学院 as 季院): still a row that can only be a school, because it ends like one.
_BLURRED = re.compile(rf"^[{HAN}]{{4,20}}[院校学]$")
_LABELLED = re.compile(
    rf"(?:(?:校名|学校|(?<!单位)名称)(?:[：:]|[（(]盖?章[）)][：:]?)"
    rf"|(?:学校名称|院校名称|毕业院校|毕业学校|主考学校|主考院校|办学单位|培养单位|学位授予单位|授予单位)(?:[（(]盖?章[）)])?[：:]?)"
    rf"\n?({_CHAR}{{2,24}}{_END})"
)
_TITLE = re.compile(rf"^({_CHAR}{{2,24}}?{_END})(?:.{{0,8}}(?:毕业|结业|肄业|学历|学位|硕士|博士|学士).{{0,6}}证书?)$")
_SENTENCE = re.compile(rf"(?:在|系|入|考入|毕业于)({_CHAR}{{2,20}}?{_END})")
# A college or a department behind the name of a university.
_FURTHER = re.compile(rf"[{HAN}]{{2,8}}?学院(?=[{HAN}（）()]{{2,24}}(?:专业|学科))")
# Likeness (of 100) at which a line of the page is the issuer's name, and what a name is worth without such a line.
_ALIKE, _UNDECIDED = 80.0, 0.6
# Not a school: words of the title that end like one, and the printing office's line.
_NOT_A_SCHOOL = re.compile(
    r"[0-9〇○零一二三四五六七八九十]年|月[至在]|主考|名称|单位|院校|毕业学校|普通高等|成人高等|高等教育|高等学校|教育部|监制|印制|委员会|自学考试|[本我该在][校院]|学习|普通高级?中|普通中等|普通中学"
    r"|证书|证号|编号|^(?:职业|普通|成人)?(?:高级中学|中等专业学校|中等职业学校|技工学校)$|^(?:网络|继续|成人|远程)?教育?学院$"
    r"|[：:]|专业(?!学校)|准予|修完|成绩|[（(]盖?章[）)]"
)
# Fewer characters than this are no echo.
_ECHO = 2
# 学校（盖章）： is the longest label of a school.
_LONGEST_LABEL = 9
# Below this another mention of the school is preferred when it was read better.
_SURE = 0.85
# A longer name that holds the chosen one is preferred from here on; below, neither is certain.
_READABLE = 0.5


def find_school(page: Page) -> Field | None:
    """The school's name, from the mention that says it most clearly; a poorly read one gives way to a better one."""
    found = [candidate for candidate in _candidates(page) if candidate is not None]
    if not found:
        return None
    best = found[0]
    if best.confidence < _SURE:
        best = max(found, key=lambda field: (field.confidence >= _SURE, field is best, field.confidence))
    # A seal's arc leaves a piece of the name as a line of its own, read better than the line under the seal.
    # Scraps behind the name, or before it in a row of several lines, make no longer name.
    lines = [full_brackets("".join(line.text.split())) for row in page.rows for line in row.lines]
    whole = [
        field
        for field in found
        if str(field.value).find(str(best.value)) > 0 and any(str(field.value) in line for line in lines)
    ]
    if not whole:
        return best
    longest = max(whole, key=lambda field: (field.confidence, len(str(field.value))))
    if longest.confidence >= _READABLE:
        return longest
    return replace(best, confidence=min(best.confidence, _UNDECIDED))


def may_be_school(text: str) -> bool:
    """False for words that stand beside a school's name or only end like one."""
    return _NOT_A_SCHOOL.search(fold(text)) is None


def school_in_sentence(page: Page) -> Field | None:
    """The school where the sentence names it: 在云岭民族大学 …; not in 在我校.

    A second name behind the first is a college with a certificate of its own (某大学某学院) or a department. Only the
    issuer's line at the foot tells which; without it the name is worth little.
    """
    flow = sentence_flow(page)
    text = fold(flow.text)
    for match in _SENTENCE.finditer(text):
        if _NOT_A_SCHOOL.search(match[1]) or len(match[1]) < 4:
            continue
        further = _FURTHER.match(text, match.end())
        if further is None:
            return _field(flow, match.start(1), match.end(1))
        return _with_or_without(page, flow, match.start(1), (match.end(1), further.end()))
    return None


def _with_or_without(page: Page, flow: Flow, start: int, ends: tuple[int, int]) -> Field:
    """The name up to the first or the second end, whichever the foot of the paper is nearer to."""
    names = [full_brackets(flow.text[start:end]) for end in ends]
    lines = [text for text, _ in pieces_of(page) if len(text) <= len(names[1]) + 2]
    likeness = [max((fuzz.ratio(name, line) for line in lines), default=0.0) for name in names]
    chosen = int(likeness[1] > likeness[0])
    field = _field(flow, start, ends[chosen])
    return field if max(likeness) >= _ALIKE else replace(field, confidence=min(field.confidence, _UNDECIDED))


def _candidates(page: Page) -> Iterator[Field | None]:
    flow = page.by_row
    for match in _LABELLED.finditer(fold(flow.text)):
        if not _NOT_A_SCHOOL.search(match[1]):
            yield _field(flow, match.start(1), match.end(1))
            break
    pieces = [piece for whole in pieces_of(page) for piece in (whole, *_behind_colon(*whole))]
    for pattern in (_LINE, _TITLE):
        for text, start in pieces:
            hit = pattern.match(fold(text))
            name = _without_echo(hit[hit.lastindex or 0]) if hit else ""
            if name and not _NOT_A_SCHOOL.search(name):
                yield _field(flow, start, start + len(name))
    yield school_in_sentence(page)
    for text, start in pieces:
        hit = _WITH_SCRAP.match(fold(text))
        if hit and not _NOT_A_SCHOOL.search(hit[1]):
            field = _field(flow, start, start + len(hit[1]))
            yield replace(field, confidence=min(field.confidence, _UNDECIDED))
    for text, start in pieces:
        if _BLURRED.match(fold(text)) and not _NOT_A_SCHOOL.search(fold(text)):
            yield _field(flow, start, start + len(text))


def _without_echo(name: str) -> str:
    """滇南师范大学范大学 as 滇南师范大学: a seal's arc repeated the end of the name in the same line."""
    for end in re.finditer(_END, name):
        head, rest = name[: end.end()], name[end.end() :]
        if len(rest) >= _ECHO and rest in head:
            return head
    return name


def _behind_colon(text: str, start: int) -> Iterator[tuple[str, int]]:
    """What stands behind a label that was misread (东考院校：…)."""
    at = max(text.rfind("：", 0, _LONGEST_LABEL), text.rfind(":", 0, _LONGEST_LABEL)) + 1
    if at > 0:
        yield text[at:], start + at


def _field(flow: Flow, start: int, end: int) -> Field:
    return flow.field(start, end, full_brackets(flow.text[start:end]))


def pieces_of(page: Page) -> list[tuple[str, int]]:
    """Every line and every row of several lines, each with its place in `page.by_row`."""
    flow = page.by_row
    found = []
    at = 0
    for row in flow.text.split("\n"):
        start, row_end = at, at + len(row)
        ends = []
        while start < row_end:
            end = flow.same_line_end(start, row_end)
            end = end if end > start else row_end
            found.append((flow.text[start:end], start))
            ends.append(end)
            start = end
        if len(ends) > 1:
            found.append((row, at))
        at = row_end + 1
    return found
