"""Words of closed sets in the many spellings of papers and forms, made one."""

from __future__ import annotations

import re

from verify.text.folding import fold_text

# Levels of education (design.md section 3) by the words that diplomas and applicants use.
_EDUCATION = (
    ("博士研究生", ("博士研究生", "博士")),
    ("硕士研究生", ("硕士研究生", "硕士", "研究生")),
    ("专科", ("专科", "大专", "高职", "高等职业", "专升本预科")),
    ("本科", ("本科", "大学")),
    ("中专", ("中专", "中等专业", "中等职业", "职高", "技校")),
    ("高中", ("高中", "普通高中", "高级中学")),
)  # fmt: skip
# Forms of study as diplomas print them (教学〔2001〕4号 art. 7). 脱产 adult study is full time by its own words but
# counts as 非全日制 in many offices, so it decides nothing.
_PART_TIME = (
    "非全日制",
    "函授",
    "业余",
    "夜大",
    "网络",
    "自学考试",
    "自考",
    "成人",
    "开放",
    "远程",
    "在职",
    "广播电视",
)
_FULL_TIME = ("全日制", "普通")
# Professional titles beside the exam's levels (财会〔2019〕8号 names them so).
_QUALIFICATION = (
    ("正高级", ("正高级",)),
    ("高级", ("副高级", "高级")),
    ("初级", ("初级", "助理会计师", "会计员", "助理级", "员级")),
    ("中级", ("中级", "会计师")),
)


def education_level(text: str) -> str:
    """专科, 本科, 硕士研究生, 博士研究生, 高中 or 中专; the folded text itself when it is none of them."""
    folded = fold_text(text)
    if folded.startswith("专升本") or folded.endswith("专升本"):
        return "本科"
    return next((level for level, words in _EDUCATION if any(word in folded for word in words)), folded)


def study_mode(text: str) -> str:
    """`full_time`, `part_time`, or empty when the words do not decide it."""
    plain = text.strip().lower()
    if plain in ("full_time", "part_time"):
        return plain
    folded = fold_text(text)
    if any(word in folded for word in _PART_TIME):
        return "part_time"
    return "full_time" if any(word in folded for word in _FULL_TIME) else ""


def qualification_level(text: str) -> str:
    """初级, 中级, 高级 or 正高级; the folded text itself when it is none of them."""
    folded = fold_text(text)
    return next((level for level, words in _QUALIFICATION if any(word in folded for word in words)), folded)


def ethnicity(text: str) -> str:
    """An ethnicity without 族, as the card prints it."""
    folded = fold_text(text)
    return folded[:-1] if len(folded) > 1 and folded.endswith("族") else folded


def gender(text: str) -> str:
    """男, 女, or the folded text."""
    return re.sub(r"性$", "", fold_text(text))


def degree(text: str) -> str:
    """A degree without the word 学位 behind it."""
    return fold_text(text).removesuffix("学位")
