"""Chooses one text out of several readings of the same seal: character by character, weighted by certainty.

Pure text work. The recogniser's own score misleads on curved text (ocr.md 3.2: wrong strips up to 0.996, right ones
down to 0.73), so agreement between differently made strips counts first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from ocr.engine import Recognised

# Last characters of unit names, longest first (companies, organs, schools, hospitals, banks, shops).
# They only settle where a closed circle begins, or that one stray character follows a name; they never replace text.
UNIT_ENDINGS = (
    "有限责任公司", "股份有限公司", "专业合作社", "事务所", "委员会", "人民政府", "分公司", "公司", "集团",
    "合作社", "联合社", "信用社", "幼儿园", "研究院", "检察院", "小学", "中学", "大学", "学院", "学校", "党校", "医院",
    "卫生院", "法院", "中心", "银行", "支行", "分行", "商店", "饭店", "酒店", "药店", "工厂", "工会", "协会", "学会",
    "商会", "总局", "分局", "支队", "大队", "管理处", "办事处", "办公室", "服务站", "农场", "林场", "门市部",
    "经营部", "书店", "超市", "厂", "局", "厅", "院", "社", "所", "站", "店", "行", "部", "处", "室", "园",
    "馆", "队", "会", "场", "委", "校",
)  # fmt: skip
# A character after a complete unit name that is less certain than this is a stray (a digit of the number arc, a
# piece of the ring).
STRAY_CONFIDENCE = 0.60
# A reading that lacks a character votes against it with this weight: strips lose characters more often than they
# invent them (ocr.md 5.3).
ABSENCE_WEIGHT = 0.6


@dataclass(frozen=True, slots=True)
class Vote:
    """The text that the readings support.

    Attributes:
        text: Chosen characters.
        confidence: 0..1: certainty of the characters times the share of readings that agree with them.
        agreeing: How many readings say exactly this.
    """

    text: str
    confidence: float
    agreeing: int


@dataclass(frozen=True, slots=True)
class _Chars:
    text: str
    scores: tuple[float, ...]


def is_han(character: str) -> bool:
    """True for a Chinese character of the basic block, extension A or the later planes."""
    code = ord(character)
    return 0x3400 <= code <= 0x9FFF or 0x20000 <= code <= 0x3FFFF or character == "〇"


def han_count(text: str) -> int:
    """Number of Chinese characters."""
    return sum(map(is_han, text))


def name_part(reading: Recognised) -> Recognised:
    """The reading without what cannot be part of a unit's name: edges that are not Han, specks, blanks."""
    scores = reading.char_confidences or (reading.confidence,) * len(reading.text)
    kept = [(c, s) for c, s in zip(reading.text, scores, strict=False) if is_han(c) or c.isalnum() or c in "()（）·"]
    while kept and not _may_start(kept[0][0]):
        kept.pop(0)
    while kept and not (is_han(kept[-1][0]) or kept[-1][0] in ")）"):
        kept.pop()
    text = "".join(c for c, _ in kept).replace("（", "(").replace("）", ")")
    chosen = tuple(s for _, s in kept)
    return Recognised(text, sum(chosen) / len(chosen) if chosen else 0.0, (), chosen)


def _may_start(character: str) -> bool:
    return is_han(character) or character in "(（"


def vote(readings: Sequence[Recognised]) -> Vote:
    """One text from several readings (already cut to `name_part`); empty when none has two Han characters."""
    options = [_Chars(r.text, r.char_confidences) for r in readings if han_count(r.text) >= 2]
    if not options:
        return Vote("", 0.0, 0)
    pivot = max(options, key=lambda option: _support(option, options))
    chosen = _elected(pivot, options)
    while len(chosen) > 2 and chosen[-1][1] < STRAY_CONFIDENCE and ends_like_unit("".join(c for c, _ in chosen[:-1])):
        chosen.pop()
    text = "".join(c for c, _ in chosen)
    agreeing = sum(option.text == text for option in options)
    return Vote(text, sum(score for _, score in chosen) / max(1, len(chosen)), agreeing)


def ends_like_unit(text: str) -> bool:
    """True when the text ends the way names of units end."""
    return text.endswith(UNIT_ENDINGS)


def _support(option: _Chars, options: Sequence[_Chars]) -> float:
    """How well the others agree with this one; certainty and a proper unit ending break ties."""
    likeness = sum(SequenceMatcher(None, option.text, other.text, autojunk=False).ratio() for other in options)
    certainty = sum(option.scores) / max(1, len(option.scores))
    return likeness + 0.3 * certainty + 0.2 * ends_like_unit(option.text)


def _elected(pivot: _Chars, options: Sequence[_Chars]) -> list[tuple[str, float]]:
    """The winner at every character of the pivot and in every gap, with the share of certainty behind it."""
    places, gaps = _ballots(pivot, options)
    chosen: list[tuple[str, float]] = []
    for index in range(len(pivot.text) + 1):
        if gaps[index]:
            text, weight = max(gaps[index].items(), key=lambda item: item[1])
            if weight > len(options) / 2:
                chosen += [(character, weight / len(options)) for character in text]
        if index < len(pivot.text):
            text, weight = max(places[index].items(), key=lambda item: item[1])
            if text:
                chosen.append((text, weight / len(options)))
    return chosen


Ballots = list[dict[str, float]]


def _ballots(pivot: _Chars, options: Sequence[_Chars]) -> tuple[Ballots, Ballots]:
    """What every reading has at each character of the pivot, and what it has between them."""
    places: Ballots = [defaultdict(float) for _ in pivot.text]
    gaps: Ballots = [defaultdict(float) for _ in range(len(pivot.text) + 1)]
    for option in options:
        matcher = SequenceMatcher(None, pivot.text, option.text, autojunk=False)
        for _, i1, i2, j1, j2 in matcher.get_opcodes():
            shared = min(i2 - i1, j2 - j1)
            for offset in range(i2 - i1):
                if offset < shared:
                    places[i1 + offset][option.text[j1 + offset]] += option.scores[j1 + offset]
                else:
                    places[i1 + offset][""] += ABSENCE_WEIGHT
            if j2 - j1 > shared:
                extra = option.scores[j1 + shared : j2]
                gaps[i2][option.text[j1 + shared : j2]] += sum(extra) / len(extra)
    return places, gaps
