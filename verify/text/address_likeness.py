"""Comparing addresses (domain.md sections 3.1 and 5.2): places in front, words for the same thing, house numbers."""

from __future__ import annotations

import re

from verify.model import Match
from verify.text.edits import edits_between, is_subsequence, similarity
from verify.text.folding import fold_spaces, fold_text, fold_width
from verify.text.likeness import NORMALISED, SEAL_ALIKE, Comparison, Why, different, explained, fuzzy, likeness, variant
from verify.text.lookalikes import look_alike
from verify.text.places import leading_places, shorten_places
from verify.text.variants import fold_variants

# A mark between two digits keeps 3-2-501 from becoming 32501; everywhere else marks say nothing.
_MARK_IN_NUMBER = re.compile(r"(?<=\d)[\W_]+(?=\d)")
_KEPT_MARK = "之"
_HAN_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0}
# What is counted in an address; a numeral before another word (三台山乡, 一心路) is part of a name.
_COUNTED = "号|栋|幢|座|单元|室|层|楼|组|社|队"
_HAN_NUMBER = re.compile(rf"[〇零一二三四五六七八九十百]+(?={_COUNTED})")
# Two spellings of one thing. The building first: 3号楼 must not lose its 号 to the house number.
_SPELLINGS = (
    (re.compile(r"(?<=\d)(?:号楼|幢|座)"), "栋"),
    (re.compile(r"(?:社区)?(?:居民委员会|居委会)"), "社区"),
    (re.compile(r"村民小组"), "组"),
    (re.compile(r"(?:村民委员会|村委会)"), "村"),
    (re.compile(r"村{2,}"), "村"),
    (re.compile(r"(?<=\d)(?:号房|房间|房)"), "室"),
    # The word behind the last number may be left out: 12号 and 12, 501室 and 501.
    (re.compile(r"(?<=\d)(?:号|室)$"), ""),
)
_NUMBER = re.compile(r"\d+")
_HOUSE_MARKS = re.compile(r"[号栋室层楼之]|单元")
# A text shorter than this, a town alone, stands in many addresses.
_SHORTEST_PART = 3


def addresses(first: str, second: str) -> Comparison:
    """Two addresses. Another house number is `different`; parts of the building left out on one side are `fuzzy`."""
    a, b = _plain(first), _plain(second)
    if a == b:
        return NORMALISED if a else different(1)
    a, b = _spelled(a), _spelled(b)
    (places_a, rest_a), (places_b, rest_b) = leading_places(a), leading_places(b)
    if a == b or (rest_a == rest_b and _compatible(places_a, places_b)):
        return variant(Why.SPELLING if a == b else Why.PLACE)
    edits = len(edits_between(a, b))
    clash = _numbers_clash(_NUMBER.findall(rest_a), _NUMBER.findall(rest_b))
    if clash:
        return different(edits, Why.HOUSE_NUMBER)
    if len(places_a) == len(places_b) and places_a != places_b and not _slip(places_a, places_b):
        return different(edits, Why.PLACE)
    return fuzzy(edits) if _alike(a, b, rest_a, rest_b) else different(edits)


def _plain(text: str) -> str:
    """Without spaces, marks and widths; a mark inside a number is kept as one sign."""
    kept = _MARK_IN_NUMBER.sub(_KEPT_MARK, fold_spaces(fold_width(text)))
    return fold_text(kept)


def _spelled(plain: str) -> str:
    """With one spelling for what is written in several, and places in their short form."""
    text = _HAN_NUMBER.sub(lambda match: _value(match[0]), shorten_places(fold_variants(plain)))
    for pattern, word in _SPELLINGS:
        text = pattern.sub(word, text)
    return text


def _value(numeral: str) -> str:
    """The digits of a Chinese numeral below 1000; numerals spelled digit by digit stay so (`五〇一`)."""
    if not any(unit in numeral for unit in "十百"):
        return "".join(str(_HAN_DIGITS[char]) for char in numeral)
    hundreds, _, rest = numeral.rpartition("百")
    tens, mark, ones = rest.rpartition("十")
    total = 100 * _units_of(hundreds, "百" in numeral) + 10 * _units_of(tens, bool(mark)) + _units_of(ones, False)
    return str(total)


def _units_of(part: str, counted: bool) -> int:
    """A digit before 十 or 百; none there means one of it (十二), and zeros in between say nothing (一百零二)."""
    digits = [_HAN_DIGITS[char] for char in part if char in _HAN_DIGITS]
    return digits[-1] if any(digits) else int(counted)


def _compatible(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """True when one side only leaves out places that stand above the innermost one."""
    short, long = sorted((a, b), key=len)
    return a == b or (bool(short) and short[-1] == long[-1] and is_subsequence(short, long))


def _numbers_clash(a: list[str], b: list[str]) -> bool:
    """True when the numbers cannot be those of one place: a look-alike digit is a slip, a lost number an omission."""
    if len(a) == len(b):
        differing = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
        return len(differing) > 1 or any(not _one_digit_misread(x, y) for x, y in differing)
    short, long = sorted((tuple(a), tuple(b)), key=len)
    return not is_subsequence(short, long)


def _one_digit_misread(x: str, y: str) -> bool:
    edits = edits_between(x, y)
    return len(x) == len(y) and len(edits) == 1 and look_alike(edits[0].old, edits[0].new)


def _slip(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    return explained("".join(a), "".join(b), lost=1)


def _alike(a: str, b: str, rest_a: str, rest_b: str) -> bool:
    short, long = sorted((rest_a, rest_b), key=len)
    left_out = len(short) >= _SHORTEST_PART and is_subsequence(_HOUSE_MARKS.sub("", short), long)
    return left_out or likeness(a, b).match is not Match.DIFFERENT or similarity(a, b) >= SEAL_ALIKE
