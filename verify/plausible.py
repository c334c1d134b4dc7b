"""Whether a reading can be a value of its field at all.

A reader that cut a sentence in the wrong place returns real words with high scores; such a reading must not accuse.
"""

from __future__ import annotations

import re

from verify.compare import FieldKind
from verify.text.dates import is_long_term, parse_date
from verify.text.folding import fold_name, fold_number, fold_text
from verify.text.units import fold_unit

# 学位授予和人才培养学科目录: the disciplines that bachelor, master and doctor degrees are named after.
_DISCIPLINES = "哲学|经济学|法学|教育学|文学|历史学|理学|工学|农学|医学|军事学|管理学|艺术学|交叉学科"
# Professional degrees are named after the profession; the list is open, so any short word before the rank that is
# no verb of the sentence around it counts.
_SENTENCE_WORDS = re.compile(r"已|通过|授予|规定|答辩|完成|成绩|课程|攻读|申请|获得")
_DEGREE = re.compile(rf"(?:(?:{_DISCIPLINES})|[\u4e00-\u9fff]{{2,8}}(?:专业)?)(?:学士|硕士|博士)")
# Last words of units and schools. A name cut short or run on ends elsewhere.
_UNIT_END = re.compile(
    r"(?:大学|学院|学校|中学|小学|党校|校|院|公司|集团|厂|局|厅|所|中心|会|社|部|店|站|队|场|行|室|处|馆|台|政府|科|园|商行|"
    r"矿|庄|铺|铺子|村|组|团|办|库|司|户|分公司|支行|事务所|服务部|经营部)$"
)
# A Han name has at least two characters, a name with a dot more (domain.md 5.1: people with one name exist, but a
# single character read is more often a cut).
_LEAST_NAME = 2


def is_plausible(kind: FieldKind, read: str) -> bool:
    """True when the text has the form of a value of this kind; kinds without a form always do."""
    if kind is FieldKind.DEGREE:
        text = fold_text(read).removesuffix("学位")
        return _DEGREE.fullmatch(text) is not None and _SENTENCE_WORDS.search(text) is None
    if kind in (FieldKind.UNIT, FieldKind.SEAL):
        return _UNIT_END.search(fold_unit(read)) is not None
    if kind is FieldKind.NAME:
        return len(fold_name(read)) >= _LEAST_NAME
    if kind in (FieldKind.DATE, FieldKind.GRADUATION):
        return is_long_term(read) or parse_date(read) is not None
    if kind is FieldKind.NUMBER:
        return any(char.isdigit() for char in fold_number(read))
    return bool(fold_text(read))
