"""Names of persons in which somebody put a makeshift for a character they could not write (domain.md section 5.1)."""

from __future__ import annotations

import re

from verify.text.folding import fold_name
from verify.text.graphemes import description_length

# Stands for one character that nobody could write.
PLACEHOLDER = "?"
# Marks that people and old systems put for a character; U+FFFD is a decoder's own mark.
PLACEHOLDERS = frozenset("?？□*＊■〓○◯\ufffd")
_HAN = "\u3007\u3400-\u9fff\U00020000-\U000323af"
# `王(马高)` spells a character by its parts, `王[左马右高]` says where they stand; two parts at least.
_COMPOSED = re.compile(rf"[(\[{{<《〈【〔「『][{_HAN}+]{{2,8}}[)\]}}>》〉】〕」』]")
# A syllable in Latin letters, with or without the mark or the number of its tone; the longest is ZHUANG and the like.
_SYLLABLE = r"[A-Z\u00c0-\u024f]{1,6}[1-5]?"
_PINYIN = re.compile(rf"(?<=[{_HAN}?]){_SYLLABLE}|{_SYLLABLE}(?=[{_HAN}?])")
# Private code points that no table explains: a font of somebody's own held the character.
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")


def with_placeholders(folded: str) -> str:
    """A folded name with every makeshift (composition, pinyin, private code, box, star) as one `?`."""
    plain = _PRIVATE.sub(PLACEHOLDER, _without_descriptions(folded))
    plain = _COMPOSED.sub(PLACEHOLDER, plain)
    plain = "".join(PLACEHOLDER if char in PLACEHOLDERS else char for char in plain)
    return _PINYIN.sub(PLACEHOLDER, plain)


def _without_descriptions(name: str) -> str:
    parts: list[str] = []
    at = 0
    while at < len(name):
        size = description_length(name, at)
        parts.append(PLACEHOLDER if size else name[at])
        at += size or 1
    return "".join(parts)


def has_makeshift(name: str) -> bool:
    """True when a name as typed holds a makeshift, so that the spelling of the identity card must be asked for."""
    return PLACEHOLDER in with_placeholders(fold_name(name))
