"""An engine whose answers are looked at before anybody builds on them.

A recogniser is native code and a large network: it may raise anything, give too few answers, or numbers that are none.
Whatever is wrong becomes `EngineFailed`, the one error that the reading stage knows; small slips are put right. What
this does not stop: an engine that never answers; whoever runs the process watches its time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels
from ocr.engine import Engine, Recognised
from ocr.errors import EngineFailed

# Longer than any line of print: 4,000 px of the smallest characters that the network can tell apart.
_MOST_CHARACTERS = 800


class GuardedEngine:
    """Implements `ocr.engine.Engine` over another one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def detect(self, pixels: Pixels) -> list[NDArray[np.float32]]:
        """See `Engine.detect`; boxes that are no quadrilaterals of finite size are left out.

        Raises:
            EngineFailed: The engine raised, or gave no list of boxes.
        """
        try:
            quads = [np.asarray(quad, dtype=np.float32) for quad in self._engine.detect(pixels)]
        except EngineFailed:
            raise
        except Exception as fault:
            # The seam to native code: what it raises must not decide what becomes of a case.
            raise EngineFailed("detection raised") from fault
        return [quad for quad in quads if _is_box(quad)]

    def recognise(self, crops: Sequence[Pixels]) -> list[Recognised]:
        """See `Engine.recognise`.

        Raises:
            EngineFailed: The engine raised, or gave another number of answers than it was asked for.
        """
        try:
            answers = [_usable(answer) for answer in self._engine.recognise(crops)]
        except EngineFailed:
            raise
        except Exception as fault:
            raise EngineFailed("recognition raised") from fault
        if len(answers) != len(crops):
            raise EngineFailed("wrong number of answers")
        return answers


def _is_box(quad: NDArray[np.float32]) -> bool:
    return quad.shape == (4, 2) and bool(np.isfinite(quad).all()) and float(np.ptp(quad, axis=0).max()) >= 1.0


def _usable(answer: Recognised) -> Recognised:
    """The answer with its scores inside 0..1 and its parts of one length; unreadable text is no text."""
    text = answer.text
    if not isinstance(text, str) or len(text) > _MOST_CHARACTERS or not _is_text(text):
        return Recognised("", 0.0)
    whole = all(
        len(part) in (0, len(text)) for part in (answer.char_centres, answer.char_confidences, answer.char_rivals)
    )
    scores = tuple(_share(score) for score in answer.char_confidences) if whole else ()
    centres = answer.char_centres if whole and all(map(math.isfinite, answer.char_centres)) else ()
    gaps = tuple(map(_share, answer.char_gaps)) if whole and len(answer.char_gaps) == len(text) + 1 else ()
    return Recognised(text, _share(answer.confidence), centres, scores, answer.char_rivals if whole else (), gaps)


def _is_text(text: str) -> bool:
    """False for lone surrogates: they cannot be written out in any answer."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _share(value: float) -> float:
    return min(1.0, max(0.0, float(value))) if math.isfinite(value) else 0.0
