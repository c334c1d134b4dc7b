"""Traditional characters of certificates as their simplified forms, one for one, so that places stay where they are.

Papers into the 1990s print 畢業證書 and 准予畢業 (domain.md 5.1). The readers look for words in the folded text and
take values from the text as it stands: a name in traditional characters is lawful and must not be changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import opencc

from ocr.model import Field

# The characters of the fixed words of certificates, of schools, majors and levels; values are never folded with it.
_TRADITIONAL = (
    "畢業證書學歷習專於歲現係級計劃課規準與長稱編號發給會財經濟國務統電師範農醫術貿員該滿績時間層論辯碩結當處關兩門類"
    "別齡聯廳東遼寧雲嶺龍華陽們職稅價單數應護體樂語歐漢傣這個縣鄉鎮區黨頒驗觀點選報還進過運達適遠邊機構橋樓標樣樹極"
)
_SIMPLIFIED = (
    "毕业证书学历习专于岁现系级计划课规准与长称编号发给会财经济国务统电师范农医术贸员该满绩时间层论辩硕结当处关两门类"
    "别龄联厅东辽宁云岭龙华阳们职税价单数应护体乐语欧汉傣这个县乡镇区党颁验观点选报还进过运达适远边机构桥楼标样树极"
)
# So many different characters of the table make a page a traditional one: a name alone may hold two or three.
_LEAST_TRADITIONAL = 5
# A value in the other script than its page was folded by the recogniser: a person has to look.
_DOUBTFUL = 0.6
_FOLD = str.maketrans(_TRADITIONAL, _SIMPLIFIED)


def fold(text: str) -> str:
    """The text with traditional characters of fixed words replaced, as long as it was."""
    return text.translate(_FOLD)


def is_traditional(text: str) -> bool:
    """True for the text of a page that prints traditional characters."""
    return len(set(text) & set(_TRADITIONAL)) >= _LEAST_TRADITIONAL


def doubt_other_script(fields: Mapping[str, Field], names: tuple[str, ...], *, page_text: str) -> dict[str, Field]:
    """The fields, those worth little that came back in simplified characters from a traditional page.

    Args:
        fields: As read.
        names: Fields whose value is printed text.
        page_text: All text of the page.
    """
    if not is_traditional(page_text):
        return dict(fields)
    return {
        name: replace(field, confidence=min(field.confidence, _DOUBTFUL))
        if name in names and _has_traditional_form(str(field.value))
        else field
        for name, field in fields.items()
    }


def _has_traditional_form(text: str) -> bool:
    return str(_converter().convert(text)) != text


@lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")
