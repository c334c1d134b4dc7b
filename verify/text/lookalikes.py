"""Which characters a recogniser takes for each other.

The Han table was measured (`bench/make_lookalikes.py`: glyphs of four typefaces, blurred, correlated); the digits and
Latin letters are the usual confusions of a worn or blurred line.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

# Characters that share most of their strokes at 40 px and below. Pairs are listed once.
_DIGIT_PAIRS = "0O 0D 0Q 0U 1I 1L 1T 17 2Z 27 38 35 3B 4A 49 56 5S 58 5B 68 6G 6B 60 80 83 8B 89 90 9G 9Q 7T J1"
_LETTER_PAIRS = "OQ OD IL UV VY CG CO EF MN MH KX XY PR BR BE RK WV NH"
_LATIN_AND_DIGITS = frozenset(frozenset(pair) for pairs in (_DIGIT_PAIRS, _LETTER_PAIRS) for pair in pairs.split())
# Numerals of printed Chinese dates: strokes lost or doubled in a blur.
_CHINESE_NUMERALS = frozenset(
    frozenset(pair) for pair in ("一二", "二三", "一三", "〇零", "七匕", "十千", "八人", "一十")
)
# Pairs that the measured table misses, because a whole part of the character is lost: seen in recogniser output
# (ocr.md section 5.1 and 5.3).
_SEEN = frozenset(frozenset(pair) for pair in ("沙少", "帮福", "日曰", "岐纹", "阳阻"))


@cache
def _han_table() -> dict[str, frozenset[str]]:
    """The measured table, loaded once: character -> characters that look like it."""
    text = files("verify.text").joinpath("lookalikes.txt").read_text(encoding="utf-8")
    return {line[0]: frozenset(line[1:]) for line in text.splitlines() if line}


def look_alike(first: str, second: str) -> bool:
    """True when a recogniser may take one character for the other. Symmetric; a character looks like itself."""
    a, b = first.upper(), second.upper()
    if a == b:
        return True
    pair = frozenset((a, b))
    if pair in _LATIN_AND_DIGITS or pair in _CHINESE_NUMERALS or pair in _SEEN:
        return True
    table = _han_table()
    return b in table.get(a, frozenset()) or a in table.get(b, frozenset())


def is_rare(character: str) -> bool:
    """True for a Han character outside GB 2312: recognisers drop or replace those silently (ocr.md section 5.3)."""
    if not ("\u3400" <= character <= "\u9fff" or character >= "\U00020000"):
        return False
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False
