"""Greedy decoding of the recognition network's output, keeping the place and the score of every character.

PaddleOCR returns one mean score a line. A reviewer needs to know which character is in doubt and where it stands, so
the decoding is ours (rule of connectionist temporal classification: repeats collapse, blanks separate).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Recognised
from ocr.scripts import RUNNER_UP_SHARE

# Class 0 of the network is the blank.
_BLANK = 0
# Score from which the second-best character comes into question. Of 3,000 digits on hard phone photos the sure ones
# leave the next less than 0.001; misread ones leave the printed digit 0.01 and more.
_RIVAL_SCORE = 0.01


def decode(
    scores: NDArray[np.float32],
    characters: Sequence[str],
    *,
    used_share: float = 1.0,
    pairs: Mapping[int, int] | None = None,
) -> Recognised:
    """Reads one line's score matrix.

    Args:
        scores: Float array of shape (steps, classes), each row summing to 1.
        characters: Text of every class; index 0 is ignored (blank).
        used_share: Share of the steps that lie on the line image; the rest is padding.
        pairs: Traditional class to simplified class (`ocr.scripts`): the simplified form is taken where the network
            itself is in doubt between the two.

    Returns:
        Text with, for every character, its centre along the line image (0..1) and its score.
    """
    best = scores.argmax(axis=1)
    steps = len(best)
    text: list[str] = []
    centres: list[float] = []
    confidences: list[float] = []
    rivals: list[str] = []
    start = 0
    while start < steps:
        end = start
        while end + 1 < steps and best[end + 1] == best[start]:
            end += 1
        if best[start] != _BLANK:
            peak = start + int(scores[start : end + 1, best[start]].argmax())
            chosen, confidence = _in_script(scores[peak], int(best[start]), pairs or {})
            text.append(characters[chosen])
            centres.append(min(1.0, ((start + end + 1) / 2) / (steps * used_share)))
            confidences.append(confidence)
            rivals.append(_rival(scores[peak], chosen, characters))
        start = end + 1
    mean = float(np.mean(confidences)) if confidences else 0.0
    return Recognised("".join(text), mean, tuple(centres), tuple(confidences), tuple(rivals))


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
