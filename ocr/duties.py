"""The twelve boxes of the work certificate, in print order, with their printed text normalised.

Source: seed 004 (云南 guide), section 12. Parentheses are ASCII, the stray `;` behind 总账 is dropped. Readers return
these strings and `entered.json` uses them; compare with `canonical_duty`, which forgives widths and punctuation.
"""

from __future__ import annotations

import re
import unicodedata

DUTIES: tuple[str, ...] = (
    "会计机构负责人(会计主管)",
    "出纳",
    "稽核",
    "资本、基金核算",
    "收入、支出、债权、债务核算",
    "工资核算、成本费用核算、财务成果核算",
    "财产物资收发、增减核算",
    "总账",
    "财务会计报告编制",
    "会计机构内会计档案管理",
    "其它会计工作",
    "不从事会计工作岗位",
)

# Box 12 says that the person does no accounting work, so it excludes the other eleven (domain.md section 1.4).
NO_ACCOUNTING_DUTY = DUTIES[11]

# Everything that is not a letter or a digit: commas of either kind, brackets, spaces, the stray semicolon.
_PUNCTUATION = re.compile(r"[\W_]+")
# Spellings that people type for the printed words; 其他/其它 and 帐/账 are the same word in two spellings.
_SPELLINGS = (("其他", "其它"), ("总帐", "总账"))


def fold_duty(text: str) -> str:
    """A duty without widths, punctuation and the two common spelling pairs."""
    folded = _PUNCTUATION.sub("", unicodedata.normalize("NFKC", text))
    for typed, printed in _SPELLINGS:
        folded = folded.replace(typed, printed)
    return folded


_BY_FOLD = {fold_duty(duty): duty for duty in DUTIES} | {
    # The box names the head and, in brackets, the same person's other title; either alone means box 1.
    fold_duty("会计机构负责人"): DUTIES[0],
    fold_duty("会计主管"): DUTIES[0],
    fold_duty("会计机构负责人(会计主管人员)"): DUTIES[0],
}


def canonical_duty(text: str) -> str | None:
    """The printed duty that `text` stands for, or None when it is none of the twelve."""
    return _BY_FOLD.get(fold_duty(text))
