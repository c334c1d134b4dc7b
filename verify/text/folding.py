"""Folding that takes away how a text was typed or printed and keeps what it says.

Each step undoes one habit of keyboards, printers or recognisers. NFKC alone would not do (domain.md section 5.1):
it leaves most of the dots as they are and turns others into a space with a combining mark.
"""

from __future__ import annotations

import re
import unicodedata

# What a middle dot looks like in the wild (domain.md section 5.1). The right one is U+00B7 (民委发〔2016〕33号).
_DOT_LOOKALIKES = "·•‧・･∙⋅˙ꞏ．。.-‐‑–—_'’｡﹒"
NAME_DOT = "·"
# Dots between two letters of any script; a hyphen or full stop elsewhere may mean something else.
_BETWEEN_LETTERS = re.compile(rf"(?<=[^\W\d_])\s*(?:[{re.escape(_DOT_LOOKALIKES)}]\s*)+(?=[^\W\d_])")
_SPACES = re.compile(r"\s+")
# Characters without a glyph: they come with copied text, nobody sees them, and they break every comparison. The last
# range are selectors that choose a form of a Han character (Unicode Ideographic Variation Database).
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# Half and full widths, and the Kangxi radicals and compatibility forms that look like the character they became: where
# NFKC does what is wanted.
_COMPATIBLE = re.compile("[\uff00-\uffef\u2e80-\u2fdf\uf900-\ufaff\U0002f800-\U0002fa1f]")
# The simplified radicals of the supplement have no pair in NFKC, yet stand in text copied from PDF pages (Unicode,
# EquivalentUnifiedIdeograph.txt).
_SUPPLEMENT = str.maketrans(
    "⺎⺓⺝⺠⻄⻅⻆⻉⻋⻑⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲",
    "兀幺月民西见角贝车長长门青韦页风飞食马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀",
)
# GB 18030-2022 gave these 18 two-byte codes Unicode characters in place of private ones; Python's codec still gives
# the private ones (domain.md section 5.1, two of them measured there). The first ten are vertical punctuation.
_GB18030_2022 = {
    0xE78D: "\ufe10", 0xE78E: "\ufe12", 0xE78F: "\ufe11", 0xE790: "\ufe13", 0xE791: "\ufe14", 0xE792: "\ufe15",
    0xE793: "\ufe16", 0xE794: "\ufe17", 0xE795: "\ufe18", 0xE796: "\ufe19",
    0xE81E: "\u9fb4", 0xE826: "\u9fb5", 0xE82B: "\u9fb6", 0xE82C: "\u9fb7",
    0xE832: "\u9fb8", 0xE843: "\u9fb9", 0xE854: "\u9fba", 0xE864: "\u9fbb",
}  # fmt: skip
# Six characters that GB 18030-2005 moved to plane 2; GB 18030-2000 and GBK had them in the private area.
_GB18030_2005 = {
    0xE816: "\U00020087", 0xE817: "\U00020089", 0xE818: "\U000200cc",
    0xE831: "\U000215d7", 0xE83B: "\U0002298f", 0xE855: "\U000241fe",
}  # fmt: skip
# GBK fonts held the 80 characters of the row FE (䶮 among them) here, in the order of their second bytes.
_GBK_ROW_FE = 0xE815
# Marks around and inside a text that carry no meaning in an address, a major or a unit's name.
_PUNCTUATION = re.compile(r"[^\w]+|_", re.UNICODE)


def _private_use() -> dict[int, str]:
    """Private code points of old Chinese encodings and the characters they stand for today."""
    second_bytes = [byte for byte in range(0x50, 0xA1) if byte != 0x7F]
    row = {_GBK_ROW_FE + place: bytes((0xFE, byte)).decode("gb18030") for place, byte in enumerate(second_bytes)}
    return row | _GB18030_2005 | _GB18030_2022


_PRIVATE_USE = _private_use()


def fold_width(text: str) -> str:
    """Full-width letters, digits and marks become ASCII; radicals and compatibility forms become characters."""
    plain = unicodedata.normalize("NFC", text.translate(_PRIVATE_USE))
    plain = _COMPATIBLE.sub(lambda match: unicodedata.normalize("NFKC", match[0]), plain)
    return _INVISIBLE.sub("", plain.replace("\u3000", " ")).translate(_SUPPLEMENT)


def fold_spaces(text: str) -> str:
    """No white space at all: Chinese text has none that means anything, and line breaks leave some behind."""
    return _SPACES.sub("", text)


def fold_name(text: str) -> str:
    """A person's name with the one right dot, ASCII widths, no spaces and upper-case Latin letters."""
    dotted = _BETWEEN_LETTERS.sub(NAME_DOT, fold_width(text).strip())
    return fold_spaces(dotted).strip(_DOT_LOOKALIKES).upper()


def fold_text(text: str) -> str:
    """Free text without spaces, punctuation and case."""
    return _PUNCTUATION.sub("", fold_width(text)).upper()


def fold_number(text: str) -> str:
    """A number without spaces, hyphens and the words around it (`第…号`, `No.`), upper case."""
    plain = fold_spaces(fold_width(text)).upper()
    return fold_code(re.sub(r"^(?:第|NO\.?:?|编号:?|号码:?)|号$", "", plain))


def fold_code(text: str) -> str:
    """A code without spaces and hyphens, upper case; letters in front stay, for NO may be its own."""
    return re.sub(r"[-‐‑–—_·.]", "", fold_spaces(fold_width(text)).upper())
