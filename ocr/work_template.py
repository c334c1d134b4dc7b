"""Holds a work certificate against the official form: twelve printed lines in order and the fixed sentences.

Seed 004 section 12: 请按此文档格式填写，否则将审核不通过. A departure is only claimed where the place was read: a line
that recognition lost is not a line that the paper lacks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from imaging.model import Defect
from ocr.duties import DUTIES, fold_duty
from ocr.duty_labels import DutyLabel, best_match, find_labels
from ocr.flow import Flow
from ocr.model import Line
from ocr.page import Page

# The fixed sentences of seed 004 section 12, without what is filled in.
FIXED_SENTENCES: tuple[str, ...] = (
    "工作证明",
    "身份证件号码",
    "系我单位正式职工",
    "从事如下工作",
    "本单位证照号码",
    "统一社会信用代码",
    "所属会计管理部门为",
    "特此证明",
)
# The word for papers that do not follow the form.
FOREIGN = "foreign_format"
# Share of the 12 labels and the fixed sentences below which the paper is not the printed template. Recognition of hard
# photos loses up to four of the twenty.
TEMPLATE_SHARE_MIN = 0.70
# Labels that stand out of order before the order counts as changed; one may have been misplaced by recognition.
_MISPLACED = 2
# Rows further apart than this many pitches have room for a lost line between them.
_ROOM = 1.45
# Certainty of the text that takes a fixed sentence's place, as a mean of its characters.
_SURE = 0.88
# Han characters that a county's name and the printed 市 add between two fixed sentences.
_FILLED_IN = 7
# A further line begins within this many characters of where the labels begin; half of it is the box.
_ALIGNED_EM = 1.6
_ADDED_CHARS = 4
# What the form prints around its fixed sentences besides them, in order.
_FIRST_LABEL, _LAST_LABEL, _BUREAU_CLOSE, _STAMP = "会计机构负责人会计主管", "不从事会计工作岗位", "财政局", "单位盖章"


@dataclass(frozen=True, slots=True)
class Conformity:
    """How a paper follows the form.

    Attributes:
        share: Share of the twelve labels and the fixed sentences that were found, 0..1.
        missing: Labels that the paper lacks although the rows around their place were read.
        added: Rows among the boxes that are none of the twelve.
        reordered: True when the labels stand in another order.
        changed: Fixed sentences in whose place other words were read.
    """

    share: float
    missing: tuple[str, ...] = ()
    added: tuple[Line, ...] = ()
    reordered: bool = False
    changed: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        """True when the paper is not the form."""
        altered = self.missing or self.added or self.reordered or self.changed
        return bool(altered) or self.share < TEMPLATE_SHARE_MIN

    @property
    def defects(self) -> tuple[Defect, ...]:
        """`template-differs` for another format, else one defect for each way in which the form was altered."""
        if self.share < TEMPLATE_SHARE_MIN:
            return (Defect("template-differs", measured=round(self.share, 3), limit=TEMPLATE_SHARE_MIN),)
        found = [Defect("template-line-missing", detail=label) for label in self.missing]
        found += [Defect("template-line-added", box=line.box) for line in self.added]
        found += [Defect("template-order-changed")] if self.reordered else []
        found += [Defect("template-sentence-changed", detail=sentence) for sentence in self.changed]
        return tuple(found)


def compare_with_template(page: Page) -> Conformity:
    """Compares the recognised text of a page with the form."""
    lines = tuple(line for row in page.rows for line in row.lines)
    labels = find_labels(lines)
    text = _Folded.of(page.running)
    sentences = [text.find(sentence) for sentence in FIXED_SENTENCES]
    found = sum(span is not None for span in sentences)
    share = (len(labels) + found) / (len(DUTIES) + len(FIXED_SENTENCES))
    if share < TEMPLATE_SHARE_MIN:
        return Conformity(share)
    columns = _columns(labels)
    reordered = _is_reordered(labels, columns)
    return Conformity(
        share,
        () if reordered else _missing(columns),
        _added(lines, labels),
        reordered,
        _changed(text),
    )


@dataclass(frozen=True, slots=True)
class _Folded:
    """Running text without marks; `places` says where each character stands in the flow."""

    flow: Flow
    text: str
    places: tuple[int, ...]

    @staticmethod
    def of(flow: Flow) -> _Folded:
        places = tuple(at for at, character in enumerate(flow.text) if fold_duty(character))
        return _Folded(flow, "".join(fold_duty(flow.text[at])[:1] for at in places), places)

    def find(self, sentence: str) -> tuple[int, int] | None:
        """Where a fixed sentence stands; a quarter of its characters may be misread."""
        start, end, errors = best_match(sentence, self.text)
        return (start, end) if errors <= len(sentence) // 4 else None

    def sure(self, start: int, end: int) -> bool:
        """True when the characters were read with certainty."""
        scores = [self.flow.confidence(at, at + 1) for at in self.places[start:end]]
        return bool(scores) and sum(scores) / len(scores) >= _SURE


def _place(label: DutyLabel) -> tuple[float, float]:
    """Left edge and middle of a label on the page, in fractions of it."""
    box = label.line.box.between(label.start, label.end)
    return box.left, box.centre[1]


def _em(labels: Sequence[DutyLabel]) -> float:
    """Width of a printed character in fractions of the page's width."""
    return median(label.em * (label.line.box.right - label.line.box.left) for label in labels)


def _columns(labels: Sequence[DutyLabel]) -> list[list[DutyLabel]]:
    """The labels by column, left to right, each from top to bottom. Within a column they begin below one another.

    A tilted form moves a label to the side by its height on the page times the tilt, so neighbours are compared.
    """
    columns: list[list[DutyLabel]] = []
    width = 6 * _em(labels)
    for label in sorted(labels, key=lambda item: _place(item)[1]):
        near = [column for column in columns if abs(_place(column[-1])[0] - _place(label)[0]) < width]
        if near:
            near[0].append(label)
        else:
            columns.append([label])
    return sorted(columns, key=lambda column: _place(column[0])[0])


def _is_reordered(labels: Sequence[DutyLabel], columns: Sequence[Sequence[DutyLabel]]) -> bool:
    """True when the labels follow the form's order neither down the columns nor along the rows."""
    down = [DUTIES.index(label.duty) for column in columns for label in column]
    along = [DUTIES.index(label.duty) for label in sorted(labels, key=_place_by_row)]
    return min(_misplaced(down), _misplaced(along)) >= _MISPLACED


def _place_by_row(label: DutyLabel) -> tuple[float, float]:
    x, y = _place(label)
    height = label.line.box.bottom - label.line.box.top
    return round(y / max(height, 1e-6)), x


def _misplaced(order: Sequence[int]) -> int:
    """How many entries must be taken out so that the rest rises."""
    longest: list[int] = []
    for at, value in enumerate(order):
        longest.append(1 + max((longest[i] for i in range(at) if order[i] < value), default=0))
    return len(order) - max(longest, default=0)


def _missing(columns: Sequence[Sequence[DutyLabel]]) -> tuple[str, ...]:
    """Labels for which their neighbours' rows leave no room."""
    absent: list[str] = []
    for column in columns:
        rows = [(DUTIES.index(label.duty), _place(label)[1]) for label in column]
        pitches = [
            (below - above) / (later - first) for (first, above), (later, below) in pairwise(rows) if later > first
        ]
        if len(pitches) < 3:
            continue
        pitch = _usual(pitches)
        for (first, above), (later, below) in pairwise(rows):
            room = round((below - above) / pitch) - 1 if below - above > _ROOM * pitch else 0
            if later - first - 1 > room == 0:
                absent += DUTIES[first + 1 : later]
    return tuple(absent)


def _usual(pitches: Sequence[float]) -> float:
    """The distance of two printed rows. Where a line is missing its neighbours seem half as far apart or less."""
    return max(median(pitches), max(pitches) * 0.75)


def _added(lines: Sequence[Line], labels: Sequence[DutyLabel]) -> tuple[Line, ...]:
    """Rows between the first and the last label that begin where labels begin and are none of them."""
    em = _em(labels)
    top, bottom = (pick(_place(label)[1] for label in labels) for pick in (min, max))
    own = {id(label.line) for label in labels}
    added = []
    for line in lines:
        if id(line) in own or not top < line.box.centre[1] < bottom or line.confidence < _SURE:
            continue
        near = min(labels, key=lambda label: abs(label.line.box.centre[1] - line.box.centre[1]))
        aligned = abs(line.box.left - near.line.box.left) < _ALIGNED_EM * em
        han = sum("\u4e00" <= character <= "\u9fff" for character in line.text)
        alike = any(best_match(fold_duty(duty), fold_duty(line.text))[2] <= _errors(duty) for duty in DUTIES)
        if aligned and han >= _ADDED_CHARS and not alike and _as_high(line, near.line):
            added.append(line)
    return tuple(added)


def _errors(duty: str) -> int:
    """Characters of a label that may be misread; 出纳 and 稽核 must be whole, or 税务核算 would be one of them."""
    return 0 if len(duty) <= 3 else len(duty) // 3


def _as_high(line: Line, other: Line) -> bool:
    """True for print of the same size: a seal's characters seldom are."""
    high, low = line.box.bottom - line.box.top, other.box.bottom - other.box.top
    return 0.7 < high / max(low, 1e-6) < 1.4


def _changed(text: _Folded) -> tuple[str, ...]:
    """Fixed sentences that were not found although other words were read with certainty in their place."""
    order = (
        *FIXED_SENTENCES[:4],
        _FIRST_LABEL,
        _LAST_LABEL,
        *FIXED_SENTENCES[4:7],
        _BUREAU_CLOSE,
        FIXED_SENTENCES[7],
        _STAMP,
    )
    spans = [text.find(sentence) for sentence in order]
    found = [at for at, span in enumerate(spans) if span is not None]
    changed: list[str] = []
    for before, after in pairwise(found):
        lost = order[before + 1 : after]
        if lost and all(sentence in FIXED_SENTENCES for sentence in lost) and _is_replaced(text, lost, spans, before):
            changed += lost
    return tuple(changed)


def _is_replaced(text: _Folded, lost: Sequence[str], spans: Sequence[tuple[int, int] | None], before: int) -> bool:
    """True when between two sentences that were found other words were read with certainty, as many as were lost."""
    first, last = spans[before], spans[before + 1 + len(lost)]
    if first is None or last is None:
        return False
    start, end = first[1], last[0]
    han = sum("\u4e00" <= character <= "\u9fff" for character in text.text[start:end])
    filled = _FILLED_IN if "所属会计管理部门为" in lost else 0
    return han - filled >= 0.5 * sum(map(len, lost)) and text.sure(start, end)
