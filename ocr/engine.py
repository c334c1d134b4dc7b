"""The seam between our readers and whatever recognises characters.

Two implementations exist: `ocr.paddle.PaddleEngine` (real) and `ocr.replay.ReplayEngine` (recorded output); both
run through the same suite.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels


@dataclass(frozen=True, slots=True)
class Recognised:
    """Text of one upright line image.

    Attributes:
        text: Recognised characters; empty when nothing was seen.
        confidence: Mean character score, 0..1.
        char_centres: For every character, its centre along the line image's width, 0..1.
        char_confidences: For every character its score, 0..1.
        char_rivals: For every character the one that the network would have taken next, or an empty text where no
            other came into question; empty when the engine does not tell.
        char_gaps: One more entry than characters: before, between and behind them, how much of the score lay on
            characters that were not taken, 0..1; empty when the engine does not tell.
    """

    text: str
    confidence: float
    char_centres: tuple[float, ...] = ()
    char_confidences: tuple[float, ...] = ()
    char_rivals: tuple[str, ...] = ()
    char_gaps: tuple[float, ...] = ()


class Engine(Protocol):
    """Finds and recognises text lines. Implementations are not thread-safe; use one a process."""

    def detect(self, pixels: Pixels) -> list[NDArray[np.float32]]:
        """Finds text lines.

        Args:
            pixels: uint8 RGB of shape (height, width, 3).

        Returns:
            One float32 array of shape (4, 2) a line: pixel corners in x, y order, starting top left, clockwise.
        """
        ...

    def recognise(self, crops: Sequence[Pixels]) -> list[Recognised]:
        """Reads line images (uint8 RGB, text running left to right), one answer a crop, in the same order."""
        ...
