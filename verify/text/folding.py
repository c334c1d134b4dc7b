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
# A dot between two letters of any script; a hyphen or full stop elsewhere may mean something else.
_BETWEEN_LETTERS = re.compile(rf"(?<=[^\W\d_])\s*[{re.escape(_DOT_LOOKALIKES)}]\s*(?=[^\W\d_])")
_SPACES = re.compile(r"\s+")
# Characters without a glyph: they come with copied text, nobody sees them, and they break every comparison.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe00-\ufe0f]")
# Kangxi radicals and CJK radical supplements look like the character they became; NFKC knows the pairs.
_RADICALS = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\U0002f800-\U0002fa1f]")
# GB18030-2005 put these in the private use area; GB18030-2022 maps them to Unicode. Python's codec still gives the
# old ones for old exports (domain.md section 5.1, two of them measured there).
_GB18030_2022 = str.maketrans({"\ue81e": "\u9fb4", "\ue78d": "\ufe10"})
# Marks around and inside a text that carry no meaning in an address, a major or a unit's name.
_PUNCTUATION = re.compile(r"[^\w]+|_", re.UNICODE)


def fold_width(text: str) -> str:
    """Full-width letters, digits and marks become ASCII; radicals and compatibility forms become characters."""
    plain = "".join(
        unicodedata.normalize("NFKC", char) if "\uff00" <= char <= "\uffef" or _RADICALS.match(char) else char
        for char in unicodedata.normalize("NFC", text)
    )
    return _INVISIBLE.sub("", plain.replace("\u3000", " ")).translate(_GB18030_2022)


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
    plain = re.sub(r"^(?:第|NO\.?:?|编号:?|号码:?)|号$", "", plain)
    return re.sub(r"[-‐‑–—_·.]", "", plain)
