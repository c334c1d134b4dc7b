"""The field of study (专业) of a certificate, from a sentence of any word order or from a label.

The name stands right before 专业 or 学科. Where it begins is told by the words that can stand before it: 在本校, 四年制
本科, 函授, 参加 … Names such as 学前教育, 系统工程 or 国际关系 hold pieces of such words and must stay whole.
"""

from __future__ import annotations

import re

from ocr.flow import Flow
from ocr.model import Field
from ocr.people import HAN
from ocr.readers.sentence import full_brackets
from ocr.traditional import fold

_CHAR = f"[{HAN}（）()、·A-Za-z]"
# 专业 as the end of a name; 专业学校, 专业课程 and the labels are something else.
_MARK = re.compile(r"(?:学科[（(]专业[）)]|专业|学科)(?!学校|技术|课|类别|名称|代码|人员|职务|委员|评议|门类|教学计划)")
_LABELLED = re.compile(
    rf"(?:专业名称|学科[/、／]?专业|专业|学科)[：:]\n?({_CHAR}{{2,24}}?)(?=[，,。;；\n]|层次|学制|学习|学历|所授|学位|$)"
)
# What can stand before the name. The longest run of text up to the last of them is taken off.
_BEFORE = re.compile(
    r"[本我该][校院]|(?:大学|学院|学校|党校|分校|研究院|研究所)(?:[（(][^（）()]{2,8}[）)])?(?!校)"
    r"|(?:高等|成人|网络|继续|开放|远程|职业|学历)教育(?!学|心理|技术|管理)|自学考试|考试"
    r"|非?全日制|普通全日制|业余|函授|夜大学?|半?脱产|在职(?!业)|学制|年制|专升本|高起[本专]|本科班?|专科班?|大专班?|层次"
    r"|硕士生?|博士生?|研究生|攻读|主修|辅修|修读|修习|修完|完成了?|通过了?|学习|参加|按照|选学|考入|在(?!线|职(?!业))|[，,。；;：:《》]"
    r"|[于月]|(?<!关)系(?!统|列)"
)
# Said of the name behind it: not a part of it.
_BEHIND = re.compile(
    r"(?:第二|双)学士学位$|[（(][^（）()]*(?:本科|专科|专升本|高起|函授|业余|层次|脱产)[^（）()]*[）)]$|(?:学士|硕士|博士)$"
)
_NO_MAJOR = frozenset({"本", "该", "各", "所学", "所修", "本科", "专科", "中等", "相关", "其他", "规定", "会计系列"})
# Longer than any name in the catalogues of the ministry with its direction in brackets.
_LONGEST = 30


def find_major(flow: Flow) -> Field | None:
    """The major as printed, with brackets in their Chinese form.

    Args:
        flow: Running text.
    """
    text = fold(flow.text)
    match = _LABELLED.search(text)
    if match and match[1] not in _NO_MAJOR:
        return _field(flow, text, *match.span(1))
    for mark in _MARK.finditer(text):
        span = _name_before(text, mark.start())
        if span is not None:
            return _field(flow, text, *span)
    return None


def _field(flow: Flow, text: str, start: int, end: int) -> Field:
    start, end = _trimmed(text, start, end)
    return flow.field(start, end, full_brackets(flow.text[start:end]))


def _name_before(text: str, end: int) -> tuple[int, int] | None:
    """The name that ends at `end`; None when only other words stand there."""
    start = end
    while start > max(0, end - _LONGEST) and re.match(_CHAR, text[start - 1]):
        start -= 1
    start, end = _trimmed(text, start, end)
    for lead in _BEFORE.finditer(text, start, end):
        # A word inside brackets that follow the name belongs to the name: 会计学（专科起点方向）.
        if lead.end() < end and _balanced(text[lead.end() : end]):
            start = lead.end()
    start, end = _trimmed(text, start, end)
    if end - start < 2 or text[start:end] in _NO_MAJOR:
        return None
    return start, end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while (behind := _BEHIND.search(text, start, end)) is not None and behind.start() > start:
        end = behind.start()
    while start < end and text[start] in "）)、·的":
        start += 1
    return start, end


def _balanced(text: str) -> bool:
    text = full_brackets(text).lstrip("）")
    return text.count("（") == text.count("）")
