"""Chooses one text out of several readings of the same arc: place by place, weighted by certainty.

Pure text work. The recogniser's own score misleads on curved text (ocr.md 3.2: wrong strips up to 0.996, right ones
down to 0.73), and a character that it cannot make out is dropped without a word. But engravers space the characters
of an arc evenly, so readings are laid over each other by where their characters stand: a hole then shows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ocr.engine import Recognised

# Last characters of unit names (companies, organs, schools, hospitals, banks, shops). They only settle where a closed
# circle begins, or that one stray character follows a name; they never replace text.
UNIT_ENDINGS = (
    "公司", "集团", "合作社", "联合社", "信用社", "事务所", "委员会", "人民政府", "幼儿园", "研究院", "检察院",
    "小学", "中学", "大学", "学院", "学校", "党校", "医院", "卫生院", "法院", "中心", "银行",
    "支行", "分行", "商店", "饭店", "酒店", "药店", "工厂", "工会", "协会", "学会", "商会",
    "总局", "分局", "支队", "大队", "管理处", "办事处", "办公室", "服务站", "农场", "林场", "门市部",
    "经营部", "书店", "超市",
    *"厂局厅院社所站店行部处室园馆队会场委校",
)  # fmt: skip
# A character after a complete unit name that is less certain than this is a stray (a digit of the number arc, a
# piece of the ring).
STRAY_CONFIDENCE = 0.60
# Characters of two readings stand for the same engraved character when they are closer than this, in character
# widths. Centres from the recogniser are off by up to a quarter of a width.
SAME_PLACE = 0.5
# No seal has 200 characters around: readings whose characters lie nearer are none, and would leave endless room between
# them (places are turns of the arc).
LEAST_PITCH = 1 / 200
# A place that only few readings saw is believed when nothing else stands within this many character widths.
LONELY = 0.72
# What stands further from the rest than this, in character widths, does not belong to the name.
APART = 2.6
# Two characters that stand apart are a piece of the name when they are this certain in the mean over all readings, and
# when they stand where the even spacing wants them, to this share of a character's width.
PIECE_CONFIDENCE = 0.55
ON_GRID = 0.33
# The width of a hole that means a lost character, in character widths.
HOLE = 1.6


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character of one reading.

    Attributes:
        place: Where it stands along the arc, in turns from a start that all readings share.
        character: What was read.
        score: 0..1.
    """

    place: float
    character: str
    score: float


@dataclass(frozen=True, slots=True)
class Vote:
    """The text that the readings support.

    Attributes:
        text: Chosen characters.
        confidence: 0..1: certainty behind the characters, lowered for every hole in the even spacing.
        agreeing: How many readings say exactly this.
        holes: Places (in turns) where the spacing says that a character is missing.
        pitch: Distance of two characters in turns; 0 when unknown.
        places: Where each character stands, in turns.
    """

    text: str
    confidence: float
    agreeing: int
    holes: tuple[float, ...] = ()
    pitch: float = 0.0
    places: tuple[float, ...] = ()

    def with_glyph(self, glyph: Glyph) -> Vote:
        """The vote with one more character at its place along the arc."""
        index = sum(place < glyph.place for place in self.places)
        count = len(self.text)
        return Vote(
            self.text[:index] + glyph.character + self.text[index:],
            (self.confidence * count + glyph.score) / (count + 1),
            self.agreeing,
            tuple(hole for hole in self.holes if abs(hole - glyph.place) > 1e-6),
            self.pitch,
            (*self.places[:index], glyph.place, *self.places[index:]),
        )


def is_han(character: str) -> bool:
    """True for a Chinese character of the basic block, extension A or the later planes."""
    code = ord(character)
    return 0x3400 <= code <= 0x9FFF or 0x20000 <= code <= 0x3FFFF or character == "〇"


def han_count(text: str) -> int:
    """Number of Chinese characters."""
    return sum(map(is_han, text))


def ends_like_unit(text: str) -> bool:
    """True when the text ends the way names of units end."""
    return text.endswith(UNIT_ENDINGS)


def text_of(glyphs: Iterable[Glyph]) -> str:
    """The characters in a row."""
    return "".join(glyph.character for glyph in glyphs)


def name_glyphs(reading: Recognised, *, start: float, length: float) -> tuple[Glyph, ...]:
    """A reading's characters with their places, without what cannot be part of a unit's name.

    Args:
        reading: Answer of the engine for one strip.
        start: Where the strip begins, in turns.
        length: How far it goes, in turns.
    """
    count = len(reading.text)
    scores = reading.char_confidences if len(reading.char_confidences) == count else (reading.confidence,) * count
    even = tuple((index + 0.5) / count for index in range(count))
    centres = reading.char_centres if len(reading.char_centres) == count else even
    glyphs = [
        Glyph(start + centre * length, {"（": "(", "）": ")"}.get(character, character), min(1.0, max(0.0, score)))
        for character, centre, score in zip(reading.text, centres, scores, strict=True)
        if is_han(character) or character.isalnum() or character in "()（）·"
    ]
    while glyphs and not (is_han(glyphs[0].character) or glyphs[0].character == "("):
        glyphs.pop(0)
    while glyphs and not (is_han(glyphs[-1].character) or glyphs[-1].character == ")"):
        glyphs.pop()
    return tuple(glyphs)


def vote(readings: Sequence[Sequence[Glyph]]) -> Vote:
    """One text from several readings of the same arc; empty when none has two Chinese characters."""
    options = [tuple(reading) for reading in readings if han_count(text_of(reading)) >= 2]
    if not options:
        return Vote("", 0.0, 0)
    pitch = _pitch(options)
    places = _kept_places(_grouped(options, pitch), pitch, len(options))
    chosen = _main_run([_winner(group, len(options)) for group in places], pitch)
    while len(chosen) > 2 and chosen[-1].score < STRAY_CONFIDENCE and ends_like_unit(text_of(chosen[:-1])):
        chosen.pop()
    text = text_of(chosen)
    holes = tuple(_holes(chosen, pitch))
    certainty = sum(glyph.score for glyph in chosen) / max(1, len(chosen))
    agreeing = sum(text_of(option) == text for option in options)
    certainty *= len(chosen) / max(1, len(chosen) + 2 * len(holes))
    return Vote(text, certainty, agreeing, holes, pitch, tuple(glyph.place for glyph in chosen))


def _pitch(options: Sequence[Sequence[Glyph]]) -> float:
    """Usual distance of neighbouring characters: the median of the readings' medians."""
    medians = [median(b.place - a.place for a, b in pairwise(option)) for option in options if len(option) > 1]
    return max(LEAST_PITCH, median(medians)) if medians else 1.0


def _grouped(options: Sequence[Sequence[Glyph]], pitch: float) -> list[list[Glyph]]:
    """Characters that stand at the same place, in order along the arc; at most one of each reading in a group.

    The reading with the most characters lays out the places, the others join or add places of their own.
    """
    groups: list[list[Glyph]] = []
    for option in sorted(options, key=len, reverse=True):
        taken: set[int] = set()
        for glyph in option:
            near = [
                (abs(_middle(group) - glyph.place), index)
                for index, group in enumerate(groups)
                if index not in taken and abs(_middle(group) - glyph.place) < SAME_PLACE * pitch
            ]
            if near:
                index = min(near)[1]
                groups[index].append(glyph)
            else:
                index = len(groups)
                groups.append([glyph])
            taken.add(index)
    return sorted(groups, key=_middle)


def _middle(group: Sequence[Glyph]) -> float:
    return sum(glyph.place for glyph in group) / len(group)


def _kept_places(groups: list[list[Glyph]], pitch: float, voters: int) -> list[list[Glyph]]:
    """Drops places that only a minority saw, unless the even spacing asks for a character there."""
    solid = [group for group in groups if len(group) * 2 > voters]
    if not solid:
        return groups
    kept = list(solid)
    for group in sorted((g for g in groups if len(g) * 2 <= voters), key=lambda g: -sum(x.score for x in g)):
        place = _middle(group)
        alone = all(abs(_middle(other) - place) >= LONELY * pitch for other in kept)
        within = _middle(kept[0]) < place < _middle(kept[-1])
        if alone and (within or len(group) * 2 >= voters):
            kept.append(group)
            kept.sort(key=_middle)
    return kept


def _winner(group: Sequence[Glyph], voters: int) -> Glyph:
    """The character with most certainty behind it; its score is that certainty's share of all readings."""
    weights: dict[str, float] = defaultdict(float)
    for glyph in group:
        weights[glyph.character] += glyph.score
    character, weight = max(weights.items(), key=lambda item: item[1])
    return Glyph(_middle(group), character, weight / voters)


def _main_run(chosen: list[Glyph], pitch: float) -> list[Glyph]:
    """Without what stands apart from the name: print across the seal, straight text in its middle."""
    runs: list[list[Glyph]] = [[]]
    for glyph in chosen:
        if runs[-1] and glyph.place - runs[-1][-1].place > APART * pitch:
            runs.append([])
        runs[-1].append(glyph)
    longest = max(runs, key=lambda run: sum(glyph.score for glyph in run))
    kept = [run for run in runs if run is longest or _belongs(run, longest, pitch)]
    return [glyph for run in kept for glyph in run]


def _belongs(run: Sequence[Glyph], longest: Sequence[Glyph], pitch: float) -> bool:
    """True for a piece of the name that another seal's ring or a smear parts from the rest."""
    if len(run) >= max(3, 0.35 * len(longest)):
        return True
    sure = len(run) >= 2 and sum(glyph.score for glyph in run) / len(run) >= PIECE_CONFIDENCE
    before = run[-1].place < longest[0].place
    steps = (longest[0].place - run[-1].place if before else run[0].place - longest[-1].place) / pitch
    return sure and all(is_han(glyph.character) for glyph in run) and abs(steps - round(steps)) <= ON_GRID


def _holes(chosen: Sequence[Glyph], pitch: float) -> Iterable[float]:
    """Places that the even spacing asks for and that no character was read at."""
    for a, b in pairwise(chosen):
        if b.place - a.place > HOLE * pitch:
            missing = max(1, round((b.place - a.place) / pitch) - 1)
            yield from (a.place + (b.place - a.place) * step / (missing + 1) for step in range(1, missing + 1))
