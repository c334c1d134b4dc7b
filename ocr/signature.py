"""Looks for the signature behind 本人签字: the label from recognised text, the strokes from pixels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from imaging.geometry import Quad
from imaging.model import Pixels
from imaging.signature import Blank, SignatureState, judge_signature
from ocr.duty_labels import char_spans
from ocr.model import Field, Line

# Who signs the form; a superior's or a clerk's signature is another matter.
_WHO = r"(?:本人|申报人|申请人|填表人|填报人|采集人|会计人员|承诺人|持证人|当事人|个人)"
_WORD = r"[（(]?(?:签字|签名|签章|亲笔签名|手写签名)[）)]?"
_LABEL = re.compile(rf"{_WHO}\s*{_WORD}\s*[：:;；]?")
_BARE = re.compile(rf"(?<![负责核办管导位][人长任字])\s*{_WORD}\s*[：:;；]")
_OTHERS = re.compile(r"(?:负责人|审核人|经办人|领导|单位|主管|财务|会计机构)[^，。]{0,4}$")
# Printed words behind the blank; what else stands there may be the signature itself, read as text.
_PRINT = re.compile(r"日期|时间|[0-9 ]年|年\s*月|单位|盖章|公章|签字|签名|电话|联系|审核|意见|填表|^[年月日]|地址")
# Blank behind the label in characters of the label: a signature of four characters written large.
REACH_EM = 11.0
# Signatures are larger than print and leave the line; so much is looked at above and below its middle.
ABOVE_EM, BELOW_EM = 1.35, 1.25
# A line whose middle is this near the label's, in characters, stands in the same row.
_SAME_ROW_EM = 0.8


@dataclass(frozen=True, slots=True)
class _Label:
    """A label in a line, with the index of the first character behind it."""

    line: Line
    end: int


def read_signature(pixels: Pixels, lines: Sequence[Line]) -> Field | None:
    """The field `signature_present`.

    Args:
        pixels: uint8 RGB rendition.
        lines: Recognised lines, boxes in fractions of it.

    Returns:
        True, False, or None as value where strokes are too few to tell; no field when the label was not found.
    """
    label = _find_label(lines)
    if label is None:
        return None
    height_px, width_px = pixels.shape[:2]
    blank, box = _blank(label, lines, width_px=width_px, height_px=height_px)
    mark = judge_signature(pixels, blank)
    value = {SignatureState.PRESENT: True, SignatureState.ABSENT: False, SignatureState.UNCERTAIN: None}[mark.state]
    return Field(value, mark.confidence, box)


def _find_label(lines: Sequence[Line]) -> _Label | None:
    """The last label that names the person, else the last bare one; sentences that mention signing are none."""
    for pattern in (_LABEL, _BARE):
        found = [
            _Label(line, match.end())
            for line in lines
            for match in pattern.finditer(line.text)
            if _is_label(line.text, match)
        ]
        if found:
            return max(found, key=lambda label: label.line.box.centre[1])
    return None


def _is_label(text: str, match: re.Match[str]) -> bool:
    before, behind = text[: match.start()], text[match.end() :].strip()
    if _OTHERS.search(before) or re.search(r"[经由须需请应]$", before):
        return False
    closed = match[0].rstrip()[-1] in "：:;；）)" or not behind
    return closed and not re.match(r"[并后及和与、，。]", behind)


def _blank(label: _Label, lines: Sequence[Line], *, width_px: int, height_px: int) -> tuple[Blank, Quad]:
    """The place behind a label up to the next print in its row."""
    corners = label.line.box.to_pixels(width_px=width_px, height_px=height_px).astype(np.float64)
    left_middle, right_middle = (corners[0] + corners[3]) / 2, (corners[1] + corners[2]) / 2
    length = max(1.0, float(np.hypot(*(right_middle - left_middle))))
    along = (right_middle - left_middle) / length
    down = np.array([-along[1], along[0]])
    spans = char_spans(label.line)
    start = left_middle + along * length * spans[label.end - 1][1]
    em_px = _em_px(label, length, spans)
    reach = min(REACH_EM * em_px, _stop_in_line(label, length, spans))
    printed: list[tuple[tuple[float, float], ...]] = []
    for line in lines:
        if line is label.line:
            continue
        quad = line.box.to_pixels(width_px=width_px, height_px=height_px).astype(np.float64)
        ahead, off = float((quad[0] - start) @ along), float((quad.mean(axis=0) - start) @ down)
        if abs(off) < _SAME_ROW_EM * em_px and not _PRINT.search(line.text):
            continue
        if abs(off) < _SAME_ROW_EM * em_px and ahead > 0:
            reach = min(reach, ahead)
        printed.append(tuple((float(x), float(y)) for x, y in quad))
    end = start + along * max(reach, em_px)
    above, below = down * ABOVE_EM * em_px, down * BELOW_EM * em_px
    box = np.array([start - above, end - above, end + below, start + below])
    blank = Blank(tuple((float(x), float(y)) for x, y in box), em_px, tuple(printed))
    return blank, Quad.from_pixels(box, width_px=width_px, height_px=height_px).clipped()


def _em_px(label: _Label, length_px: float, spans: Sequence[tuple[float, float]]) -> float:
    """Size of a character: the label's width over its characters, brackets and colons counted half."""
    first = max(0, label.end - 8)
    text = label.line.text[first : label.end]
    widths = sum(1.0 if ord(char) > 0x2E80 and char not in "：；（）" else 0.5 for char in text)
    return max(4.0, (spans[label.end - 1][1] - spans[first][0]) * length_px / max(widths, 1.0))


def _stop_in_line(label: _Label, length_px: float, spans: Sequence[tuple[float, float]]) -> float:
    """Pixels from the label's end to further print in its own line; endless when there is none."""
    match = _PRINT.search(label.line.text, label.end)
    if match is None:
        return float("inf")
    return max(0.0, (spans[match.start()][0] - spans[label.end - 1][1]) * length_px)
