"""Traditional and variant characters: two spellings of what may be one character.

Equality after this folding is a `variant`, never a match: OpenCC merges real differences such as 沈/瀋 and 余/餘
(domain.md section 5.1), and a surname may lawfully keep its variant (国家通用语言文字法 art. 17).
"""

from __future__ import annotations

from functools import cache

from opencc import OpenCC

# Variants that OpenCC's simplified table keeps apart and that papers print for each other: 异体字 of names and places.
_VARIANTS = str.maketrans(
    {
        "髙": "高", "吳": "吴", "喆": "哲", "堃": "坤", "昇": "升", "陞": "升", "珎": "珍", "玨": "珏",
        "峯": "峰", "羣": "群", "劒": "剑", "劍": "剑", "甦": "苏", "囯": "国", "囸": "日", "涼": "凉", "衞": "卫",
        "栢": "柏", "菓": "果", "寳": "宝", "寶": "宝", "邨": "村", "崑": "昆", "崐": "昆", "崙": "仑", "慤": "悫",
        "迺": "乃",
        "侶": "侣", "黃": "黄", "呂": "吕", "靑": "青", "淸": "清", "眞": "真", "產": "产",
        "戶": "户", "戸": "户", "彔": "录", "郞": "郎", "冮": "江", "溫": "温",
        "內": "内", "於": "于", "阪": "坂", "仝": "同", "祕": "秘", "勳": "勋", "勛": "勋", "镕": "熔", "鎔": "熔",
    }
)  # fmt: skip


@cache
def _converter() -> OpenCC:
    """OpenCC's traditional to simplified tables, loaded once."""
    return OpenCC("t2s")


def fold_variants(text: str) -> str:
    """The text in simplified standard characters, as far as the tables know."""
    # Half a surrogate pair comes from broken JSON; the converter takes whole characters only.
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return str(_converter().convert(whole)).translate(_VARIANTS)
