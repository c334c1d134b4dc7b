"""Words of closed sets in the many spellings of papers and forms, made one."""

from __future__ import annotations

import re

from verify.text.folding import fold_text

EDUCATION_LEVELS = ("专科", "本科", "硕士研究生", "博士研究生", "高中", "中专")
QUALIFICATION_LEVELS = ("初级", "中级", "高级", "正高级")

# Levels of education (design.md section 3) by the words that diplomas and applicants use. Two words may stand in one
# text (职业高中, 大学专科): the first level that has one wins.
_EDUCATION = (
    ("博士研究生", ("博士研究生", "博士")),
    ("硕士研究生", ("硕士研究生", "硕士", "研究生")),
    ("专科", ("专科", "大专", "高职", "高等职业", "高专", "高起专", "高升专")),
    ("本科", ("本科", "大学", "高起本", "高升本", "第二学士", "双学士")),
    ("中专", ("中专", "中等专业", "中等职业", "职业高中", "职高", "技校", "技工学校", "中技")),
    ("高中", ("高中", "普通高中", "高级中学")),
)  # fmt: skip
# Study from a 专科 upwards ends as 本科, though the text names the level it began with first (专科起点本科, 专升本).
_UPGRADED = re.compile(r"专(?:科)?(?:起点?|升|接|续)本(?:科)?")
# Forms of study as diplomas print them (教学〔2001〕4号 art. 7). 脱产 adult study is full time by its own words but
# counts as 非全日制 in many offices, so it decides nothing.
_PART_TIME = (
    "非全日制",
    "非脱产",
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
    "电大",
)
_FULL_TIME = ("全日制", "普通")
# Professional titles beside the exam's levels (财会〔2019〕8号 names them so; before it 正高级 was 教授级).
_QUALIFICATION = (
    ("正高级", ("正高级", "正高", "教授级")),
    ("高级", ("副高级", "副高", "高级")),
    ("初级", ("初级", "助理会计师", "会计员", "助理级", "员级")),
    ("中级", ("中级", "会计师")),
)
# 注册会计师 is a licence of the profession's institute and 总会计师 a post; neither is a level of 会计专业技术资格.
_NO_QUALIFICATION = re.compile(r"注册会计师|总会计师")
# Professional degrees by the letters that people type for them (专业学位授予和人才培养目录).
_DEGREE_LETTERS = {
    "MPACC": "会计硕士",
    "MBA": "工商管理硕士",
    "EMBA": "工商管理硕士",
    "MPA": "公共管理硕士",
    "MAUD": "审计硕士",
}
_DEGREE = re.compile(r"学士|硕士|博士")
# Words in a degree's name that do not say which one it is.
_DEGREE_FILLERS = re.compile(r"专业学位|学位|专业|研究生")
# What people say for the names of GB/T 3304-1991; 德昂族 was called 崩龙族 until 1985.
_ETHNIC_SPELLINGS = {"维": "维吾尔", "蒙": "蒙古", "哈": "哈萨克", "崩龙": "德昂"}
# 港澳台居民居住证 and other bilingual papers print the letter beside the word.
_GENDERS = {
    "男": "男",
    "男性": "男",
    "男M": "男",
    "M": "男",
    "MALE": "男",
    "女": "女",
    "女性": "女",
    "女F": "女",
    "F": "女",
    "FEMALE": "女",
}


def education_level(text: str) -> str:
    """专科, 本科, 硕士研究生, 博士研究生, 高中 or 中专; the folded text itself when it is none of them."""
    folded = fold_text(text)
    if _UPGRADED.search(folded):
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
    if _NO_QUALIFICATION.search(folded):
        return folded
    return next((level for level, words in _QUALIFICATION if any(word in folded for word in words)), folded)


def ethnicity(text: str) -> str:
    """An ethnicity without 族, as the card prints it; `(入籍)` behind it says how, not which (户口登记)."""
    folded = fold_text(text).removesuffix("入籍")
    plain = folded[:-1] if len(folded) > 1 and folded.endswith("族") else folded
    return _ETHNIC_SPELLINGS.get(plain, plain)


def gender(text: str) -> str:
    """男, 女, or the folded text."""
    folded = fold_text(text)
    return _GENDERS.get(folded, folded)


def degree(text: str) -> str:
    """A degree without the word 学位 behind it."""
    return fold_text(text).removesuffix("学位")


def degree_parts(text: str) -> tuple[str, str]:
    """Discipline without its 学 and rank: `管理学学士学位`, `管理学士` and `学士学位（管理学）` give (管理, 学士).

    Returns:
        Both empty when the text names no rank; an empty discipline when it names the rank alone.
    """
    folded = fold_text(text)
    folded = _DEGREE_LETTERS.get(folded, folded)
    plain = _DEGREE_FILLERS.sub("", folded)
    ranks = _DEGREE.findall(plain)
    if len(ranks) != 1:
        return "", ""
    discipline = plain.replace(ranks[0], "")
    return (discipline.removesuffix("学") if len(discipline) > 1 else discipline), ranks[0]
