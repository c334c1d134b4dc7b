"""Level (本科, 专科 …) and mode (full-time or part-time) of a course of study, from the words of its diploma."""

from __future__ import annotations

import re
from dataclasses import replace

from ocr.flow import Flow
from ocr.model import Field
from ocr.people import HAN
from ocr.traditional import fold

# From the highest down: 专升本 ends with 本科, and 研究生 alone is told apart by the words around it.
_LEVELS = (
    ("博士研究生", re.compile(r"博士研究生|博士生|博士")),
    ("硕士研究生", re.compile(r"硕士研究生|硕士生|硕士|研究生(?!院|部|处)")),
    ("本科", re.compile(r"专升本|高升本|高起本|专科起点升?本科|专科升本科|高中起点升?本科|第二学士学位|本科(?!目|研)")),
    ("专科", re.compile(r"大学专科|高职|高起专|高升专|大专|专科(?!学校|起点|层次起点)")),
    ("中专", re.compile(r"中等专业|中专|中等职业|职业中专|中等师范")),
    ("高中", re.compile(r"普通高中|高级中学|高中(?!起点)")),
    # Only where nothing else names a level: a school of this kind taught nothing higher.
    ("专科", re.compile(r"高等专科学校")),
)
# Where the level is named: behind the length of study and the major, or right before the major.
_BEHIND = re.compile(r"(?:年制|学制|层次|攻读|专业)[^，,。]{0,16}")
_BEFORE = re.compile(r"[^，,。]{0,24}(?:专业|年制)")
_LABELLED = re.compile(rf"(?:层次|学历层次|培养层次)[：:]?\n?([{HAN}（）()]{{2,12}})")

# 成人, 网络 and 自考 study is 非全日制 for the collection form, also where the school calls it 脱产.
_PART_TIME = (
    r"非全日制|函授|业余|夜大|成人高等|成人教育|网络教育|远程教育|现代远程|自学考试|开放教育|半?脱产|在职研究生"
    r"|在职攻读|继续教育"
)
_FULL_TIME = r"(?<!非)全日制|普通高等|普通全日制|普通中等|普通高中|普通高级中学|普通中学"
_MODES = (("part_time", re.compile(_PART_TIME)), ("full_time", re.compile(_FULL_TIME)))
_FORM = re.compile(rf"(?:学习形式|办学形式|学习方式)[：:]?\n?([{HAN}]{{2,8}})")
# Weaker words, used only when none of the above stands on the paper. The name of a school says how most study there,
# not how this person did, so what follows from it is never certain.
_WEAK_WORTH = 0.8
_WEAK = (
    ("full_time", re.compile(r"研究生(?!院|部|处)")),
    ("part_time", re.compile(r"广播电视大学|开放大学|业余大学|职工大学|函授大学")),
)


def find_level(flow: Flow) -> Field | None:
    """The labelled level, else the one named with the length of study or the major, else the highest named anywhere."""
    text = fold(flow.text)
    ranges = [match.span(1) for match in _LABELLED.finditer(text)]
    ranges += [match.span() for match in _BEHIND.finditer(text)]
    ranges += [match.span() for match in _BEFORE.finditer(text)]
    for start, end in (*ranges, (0, len(text))):
        for level, pattern in _LEVELS:
            match = pattern.search(text, start, end)
            if match:
                return flow.field(match.start(), match.end(), level)
    return None


def find_study_mode(flow: Flow) -> Field | None:
    """`full_time` or `part_time`: the stated form, else the words of sentence and title, else the kind of school.

    教学[2001]4号 calls the ordinary form 普通全日制; 脱产 under an adult title stays part-time.
    """
    text = fold(flow.text)
    form = _FORM.search(text)
    ranges = [form.span(1)] if form else []
    for start, end in (*ranges, (0, len(text))):
        for mode, pattern in _MODES:
            match = pattern.search(text, start, end)
            if match:
                return flow.field(match.start(), match.end(), mode)
    for mode, pattern in _WEAK:
        match = pattern.search(text)
        if match:
            field = flow.field(match.start(), match.end(), mode)
            return replace(field, confidence=min(field.confidence, _WEAK_WORTH))
    return None
