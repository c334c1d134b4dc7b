"""Names of units (employers, schools, offices): folding and likeness.

A seal prints no brackets, wraps and omits; the registry treats 有限公司 and 有限责任公司 of one name as the same firm
(工商企注字〔2017〕133号 art. 3(三)); 红光（北京） and 北京红光 are the same name there (domain.md section 5.2).
"""

from __future__ import annotations

import re

from verify.identifiers.addresses import place_names
from verify.text.folding import fold_spaces, fold_text, fold_width
from verify.text.places import as_place, leading_places, shorten_places
from verify.text.variants import fold_variants

_LEGAL_FORMS = (("有限责任公司", "有限公司"), ("股份有限公司", "股份公司"), ("集团有限公司", "集团公司"))
_SEAL_TYPES = re.compile(
    r"(?:公章|印章|(?:财务|合同|发票|业务|收费|税务|报关|人事|人力资源|行政|户口|档案|学籍|证明|电子)?专用章)$"
)
# Longest first. The last character is where an arc ends, and is the one most often misread.
_COMPANY_END = re.compile(r"(?<=.{2})(?:股份有限公.|集团有限公.|有限责任公.|有限公.|股份公司|集团公司|公司)$")
_NOT_HAN = re.compile(r"[^\u3007\u3400-\u9fff\U00020000-\U000323af0-9A-Z]+")
_BRANCH = re.compile(r"(?:分公司|分店|分厂|分行|支行|分校|分部|分社|分院|分所|办事处|营业部|营业所)$")
_OFFICE_SUFFIX = re.compile(r"(?:市[(]?县、?区[)]?)?财政局$")
_LEVEL_SUFFIX = re.compile(r"(?<=.)[省市县区州盟旗]$")
_BRACKETED = re.compile(r"\(([^()]*)\)")
_OTHER_BRACKETS = str.maketrans("[]{}【】〔〕〖〗", "()()()()()")


def fold_unit(name: str) -> str:
    """A unit's name without brackets, spaces, marks and script other than Han, digits and Latin letters."""
    return _NOT_HAN.sub("", fold_text(name))


def fold_legal_form(folded: str) -> str:
    """A folded name with the lawful spellings of its legal form made one."""
    for long, short in _LEGAL_FORMS:
        folded = folded.replace(long, short)
    return folded


def without_legal_form(folded: str) -> str:
    """A folded name without 有限公司 and the like behind it, which says nothing about which firm it is."""
    return _COMPANY_END.sub("", folded) or folded


def without_place(folded: str) -> tuple[str, str]:
    """A folded name split into the place it names first (in it, or in brackets) and the rest.

    Only places of the province and city level are known; a county's name stays in the rest.
    """
    for place in place_names():
        if place in folded:
            at = folded.index(place)
            return place, folded[:at] + folded[at + len(place) :].removeprefix("省").removeprefix("市")
    return "", folded


def places_and_rest(name: str) -> tuple[tuple[str, ...], str]:
    """A unit's name split into the places in front of it and in its brackets, by today's names, and the folded rest.

    `红光（北京）酒业有限公司` and `北京红光酒业有限公司` give the same; so do 潞西市 and 芒市.
    """
    plain = fold_spaces(fold_width(fold_variants(name))).upper().translate(_OTHER_BRACKETS)
    in_brackets: list[str] = []

    def pull_out(match: re.Match[str]) -> str:
        place = as_place(shorten_places(match[1]))
        if place:
            in_brackets.append(place)
        return "" if place else match[0]

    plain = _BRACKETED.sub(pull_out, plain)
    in_front, rest = leading_places(shorten_places(fold_unit(plain)))
    return (*in_front, *in_brackets), fold_legal_form(rest)


def is_branch(name: str) -> bool:
    """True when the name is that of a branch, which has a code and a seal of its own."""
    return _BRANCH.search(fold_unit(name)) is not None


def is_branch_of(branch: str, parent: str) -> bool:
    """True when `branch` is named after `parent`: its whole name, then the branch's own part.

    A branch is another unit (企业名称登记管理规定 art. 13), and a certificate of the one proves nothing of the other.
    """
    a, b = (fold_variants(fold_legal_form(fold_unit(name))) for name in (branch, parent))
    return is_branch(branch) and not is_branch(parent) and bool(b) and a != b and a.startswith(b)


def without_seal_type(folded: str) -> str:
    """A seal's folded text without 财务专用章 and the like."""
    return _SEAL_TYPES.sub("", folded)


def fold_office(name: str) -> str:
    """A finance office as the work certificate's blank holds it: without 市（县、区）财政局."""
    return shorten_places(_OFFICE_SUFFIX.sub("", fold_unit(name).replace("市县区", "")))


def without_level(office: str) -> str:
    """An office's place without 市, 县 or 区 at its end: the printed suffix may already say it."""
    return _LEVEL_SUFFIX.sub("", office)
