"""Greedy decoding of the recognition network's output, keeping the place and the score of every character.

PaddleOCR returns one mean score a line. A reviewer needs to know which character is in doubt and where it stands, so
the decoding is ours (rule of connectionist temporal classification: repeats collapse, blanks separate).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Recognised
from ocr.scripts import RUNNER_UP_SHARE

# Class 0 of the network is the blank.
_BLANK = 0
# Score from which the second-best character comes into question. Of 3,000 digits on hard phone photos the sure ones
# leave the next less than 0.001; misread ones leave the printed digit 0.01 and more.
_RIVAL_SCORE = 0.01
# A step at which the blank holds at least this much hides no character.
_CLEAR_BLANK = 0.8
# Chinese characters, extensions and compatibility forms included.
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]")


def decode(
    scores: NDArray[np.float32],
    characters: Sequence[str],
    *,
    used_share: float = 1.0,
    pairs: Mapping[int, int] | None = None,
    writing: NDArray[np.bool_] | None = None,
) -> Recognised:
    """Reads one line's score matrix.

    Args:
        scores: Float array of shape (steps, classes), each row summing to 1.
        characters: Text of every class; index 0 is ignored (blank).
        used_share: Share of the steps that lie on the line image; the rest is padding.
        pairs: Traditional class to simplified class (`ocr.scripts`): the simplified form is taken where the network
            itself is in doubt between the two.
        writing: True for every class that is a character of a value (`writing_classes`); None leaves the gaps untold.

    Returns:
        Text with, for every character, its centre along the line image (0..1) and its score.
    """
    runs = _runs(scores.argmax(axis=1))
    steps = len(scores)
    taken = [run for run in runs if run.label != _BLANK]
    text: list[str] = []
    centres: list[float] = []
    confidences: list[float] = []
    rivals: list[str] = []
    for run in taken:
        peak = run.start + int(scores[run.start : run.end, run.label].argmax())
        chosen, confidence = _in_script(scores[peak], run.label, pairs or {})
        text.append(characters[chosen])
        centres.append(min(1.0, ((run.start + run.end) / 2) / (steps * used_share)))
        confidences.append(confidence)
        rivals.append(_rival(scores[peak], chosen, characters))
    mean = float(np.mean(confidences)) if confidences else 0.0
    gaps = () if writing is None else _gaps(scores[: math.ceil(steps * used_share)], taken, writing)
    return Recognised("".join(text), mean, tuple(centres), tuple(confidences), tuple(rivals), gaps)


def writing_classes(characters: Sequence[str]) -> NDArray[np.bool_]:
    """True for every class of the network that is a Chinese character, a digit or a Latin letter.

    Spaces, rules, boxes and punctuation come and go between characters without anything being lost.
    """
    return np.array(
        [_HAN.fullmatch(char) is not None or (char.isascii() and char.isalnum()) for char in characters], dtype=np.bool_
    )


@dataclass(frozen=True, slots=True)
class _Run:
    """Steps `start` to `end` (exclusive) with one best class."""

    label: int
    start: int
    end: int


def _runs(best: NDArray[np.intp]) -> list[_Run]:
    edges = [0, *(int(at) for at in np.flatnonzero(np.diff(best)) + 1), len(best)]
    return [_Run(int(best[a]), a, b) for a, b in pairwise(edges) if b > a]


def _gaps(scores: NDArray[np.float32], taken: Sequence[_Run], writing: NDArray[np.bool_]) -> tuple[float, ...]:
    """Per gap the most that such classes together had at one step, those on both sides of it left aside."""
    ends = [0, *(run.end for run in taken)]
    starts = [*(run.start for run in taken), len(scores)]
    found = []
    for place, (first, last) in enumerate(zip(ends, starts, strict=True)):
        beside = [run.label for run in taken[max(0, place - 1) : place + 1]]
        found.append(_missed(scores[first:last], beside, writing))
    return tuple(found)


def _missed(steps: NDArray[np.float32], beside: Sequence[int], writing: NDArray[np.bool_]) -> float:
    # Nearly every step between two characters is clearly blank, so the sum over all classes is seldom made.
    doubtful = steps[steps[:, _BLANK] < _CLEAR_BLANK]
    if not len(doubtful):
        return 0.0
    share = doubtful @ writing.astype(np.float32)
    for label in set(beside):
        if writing[label]:
            share -= doubtful[:, label]
    return float(min(1.0, max(0.0, share.max())))


def _rival(step: NDArray[np.float32], chosen: int, characters: Sequence[str]) -> str:
    """The second-best character of a step, blank left aside; empty when it is out of the question."""
    for k in sorted(np.argpartition(step, -3)[-3:], key=lambda k: -step[k]):
        if k not in (_BLANK, chosen):
            return characters[k] if step[k] >= _RIVAL_SCORE else ""
    return ""


def _in_script(step: NDArray[np.float32], best: int, pairs: Mapping[int, int]) -> tuple[int, float]:
    """The class to print and its score; both forms of one character count together once they are in doubt."""
    simplified = pairs.get(best)
    if simplified is None or step[simplified] < RUNNER_UP_SHARE * step[best]:
        return best, float(step[best])
    return simplified, float(min(1.0, step[best] + step[simplified]))
