"""What every paper about a person prints: a name, a gender, an ethnicity, a resident number."""

from __future__ import annotations

import re

from ocr.check_digits import as_digits, as_uscc, is_resident_number, is_uscc
from ocr.flow import Flow
from ocr.model import Field
from ocr.repair import checked_field

# GB/T 3304-1991, the 56 ethnic groups as ID cards print them (without 族), and the three further entries in use.
ETHNICITIES = tuple(
    [
        "汉",
        "蒙古",
        "回",
        "藏",
        "维吾尔",
        "苗",
        "彝",
        "壮",
        "布依",
        "朝鲜",
        "满",
        "侗",
        "瑶",
        "白",
        "土家",
        "哈尼",
        "哈萨克",
        "傣",
        "黎",
        "傈僳",
        "佤",
        "畲",
        "高山",
        "拉祜",
        "水",
        "东乡",
        "纳西",
        "景颇",
        "柯尔克孜",
        "土",
        "达斡尔",
        "仫佬",
        "羌",
        "布朗",
        "撒拉",
        "毛南",
        "仡佬",
        "锡伯",
        "阿昌",
        "普米",
        "塔吉克",
        "怒",
        "乌孜别克",
        "俄罗斯",
        "鄂温克",
        "德昂",
        "保安",
        "裕固",
        "京",
        "塔塔尔",
        "独龙",
        "鄂伦春",
        "赫哲",
        "门巴",
        "珞巴",
        "基诺",
        "穿青人",
        "其他",
        "外国血统",
    ]
)
# Any Han character including the extensions and the ideographic zero, the dots seen in the wild (domain.md 5.1),
# and Latin letters for names that have no Han form.
HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
DOTS = "·•‧・･∙⋅˙ꞏ●"
# As short as the words around it allow, because 性别女 consists of Han characters too.
NAME = f"[{HAN}](?:[{HAN}{DOTS}]{{0,29}}?[{HAN}])??"
# 18 places of a resident number as recognisers return them, or the 15 of the first generation. The last place may
# be an X. Letters are looked at later.
RESIDENT_NUMBER = r"(?<![0-9A-Za-z])(?:[0-9OoQDIl|i]{17}[0-9OoQDIl|iXx×]|[0-9OoQDIl|i]{15})(?![0-9A-Za-z])"
# The first generation's number has no check digit, but a birthday that can be: other numbers have 15 places too.
_SHORT_NUMBER = re.compile(r"\d{8}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}")
# One number of 18 digits in eleven passes the check by chance; a unit's code of digits then looks like a person's.
_BIRTHDAY = re.compile(r"\d{6}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]")
_LOOSE_NUMBER = r"(?<![0-9A-Za-z])[0-9OoQDIl|iqgbBSZ]{17}[0-9OoQDIl|iqgbBSZXx×](?![0-9A-Za-z])"
# Blanks and hyphens of a grouped number; other marks are look-alikes of its digits.
_MARKS = r"[\s\-]"
# GB 11643-1989.
FIRST_GENERATION_LENGTH = 15
_DOT_FOLD = re.compile(f"[{DOTS}]")
_NAME_DOT_LOOKALIKE = re.compile(rf"(?<=[{HAN}])[.．。,，'’\-](?=[{HAN}])")


def clean_name(text: str) -> str:
    """A name with its dots folded to U+00B7 and everything that is not part of a name taken off.

    A recogniser returns the middle dot as a full stop, a comma or a hyphen; between two Han characters of a name
    nothing else can be meant (民委发〔2016〕33号 fixes U+00B7).
    """
    text = _DOT_FOLD.sub("·", text.strip())
    text = _NAME_DOT_LOOKALIKE.sub("·", text)
    text = re.sub(f"[^{HAN}·A-Za-z]", "", text)
    return text.strip("·")


def gender_in(text: str) -> str | None:
    """男 or 女 when exactly one of them stands in the text."""
    hits = [char for char in text if char in "男女"]
    return hits[0] if len(set(hits)) == 1 else None


def ethnicity_in(text: str) -> str | None:
    """The ethnicity written at the start of the text, without 族; the longest entry wins (土家 before 土)."""
    for name in sorted(ETHNICITIES, key=len, reverse=True):
        if text.startswith(name):
            return name
    return None


def ethnicity_like(text: str) -> str | None:
    """The one ethnicity of several characters from which the text differs in a single one; None for none or several.

    The list is closed (GB/T 3304-1991), so 便僳 can only be 傈僳. Entries of one character resemble everything.
    """
    word = text.removesuffix("族")
    alike = [
        name
        for name in ETHNICITIES
        if len(name) == len(word) > 1 and sum(a != b for a, b in zip(name, word, strict=True)) == 1
    ]
    return alike[0] if len(alike) == 1 else None


def resident_number_field(flow: Flow, start: int, end: int) -> Field:
    """A field from characters that hold a resident number: upper case, letters put back to digits.

    The value is marked repaired when characters had to be replaced and the check digit then agrees. The first
    generation's number of 15 places carries no check digit.
    """
    if len(re.sub(_MARKS, "", flow.text[start:end])) == FIRST_GENERATION_LENGTH:
        return flow.field(start, end, _as_number(re.sub(_MARKS, "", flow.text[start:end])))
    return checked_field(flow, start, end, marks=_MARKS, fold=_as_number, passes=is_resident_number)


def _as_number(text: str) -> str:
    """Look-alike letters as digits, and the last place as a capital X."""
    return as_digits(text.replace("×", "X").replace("x", "X"))


def find_resident_number(flow: Flow, *, start: int = 0) -> tuple[int, int] | None:
    """The span of the best-looking resident number: one whose check digit agrees comes first.

    Hand-like digits also come back as q, g, b, B, S, Z; a run with those is a number only when the check digit agrees.
    """
    hits = [match.span() for match in re.finditer(RESIDENT_NUMBER, flow.text) if match.start() >= start]
    loose = [match.span() for match in re.finditer(_LOOSE_NUMBER, flow.text) if match.start() >= start]
    numbers = {hit: _as_number(flow.text[hit[0] : hit[1]]) for hit in (*hits, *loose)}
    for hit, number in numbers.items():
        if _BIRTHDAY.fullmatch(number) and is_resident_number(number):
            return hit
    dated = [hit for hit in hits if _BIRTHDAY.fullmatch(numbers[hit])]
    short = [hit for hit in hits if _SHORT_NUMBER.fullmatch(numbers[hit])]
    # A digit of the birthday may be misread: the number then fails its check and is doubtful. One that passes without
    # a birthday is another number, such as a unit's code.
    rest = [
        hit
        for hit in hits
        if len(numbers[hit]) == 18
        and not any(map(is_uscc, (numbers[hit], as_uscc(flow.text[hit[0] : hit[1]]))))
        and not is_resident_number(numbers[hit])
    ]
    return next(iter((*dated, *short, *rest)), None)
