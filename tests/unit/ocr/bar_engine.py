"""An engine that reads drawn bars instead of characters, so that whole pictures can be read without a model.

A line of text is a bar in a colour that names it; its first fifth is brighter, so a bar that is cut out upside down
is noticed and comes back as the scrap that a real engine makes of it.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels
from ocr.engine import Recognised

# Red tells a bar from anything else, green names the text in steps, blue marks its beginning.
RED, STEP, BEGIN, REST = 30, 8, 180, 60


class BarEngine:
    """Implements `ocr.engine.Engine` for pictures made by `draw_lines`."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.detections = 0

    def draw_lines(self, page: Pixels, rows: Sequence[str], *, left: int, top: int, height: int = 18) -> None:
        """Draws rows of text; pieces of a row are separated by `|`, a character is as wide as a bar is high."""
        for number, row in enumerate(rows):
            x, y = left, top + number * 2 * height
            for piece in row.split("|"):
                right = x + height * len(piece)
                page[y : y + height, x:right] = (RED, self._number_of(piece) * STEP, REST)
                page[y : y + height, x : x + (right - x) // 5] = (RED, self._number_of(piece) * STEP, BEGIN)
                x = right + height

    def detect(self, pixels: Pixels) -> list[NDArray[np.float32]]:
        """See `Engine.detect`."""
        self.detections += 1
        bars = (np.abs(pixels[..., 0].astype(int) - RED) < 12) & (pixels[..., 2] > REST // 2)
        mask = cv2.morphologyEx(bars.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        found, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        return [
            _ordered(np.asarray(cv2.boxPoints(cv2.minAreaRect(c)), np.float32))
            for c in found
            if cv2.contourArea(c) > 60
        ]

    def recognise(self, crops: Sequence[Pixels]) -> list[Recognised]:
        """See `Engine.recognise`."""
        return [self._read(crop) for crop in crops]

    def _number_of(self, text: str) -> int:
        if text not in self.texts:
            self.texts.append(text)
        return self.texts.index(text) + 1

    def _read(self, crop: Pixels) -> Recognised:
        height, width = crop.shape[:2]
        middle = crop[height // 3 : 2 * height // 3 + 1]
        begin, end = (int(np.median(part[..., 2])) for part in (middle[:, : width // 8 + 1], middle[:, -width // 8 :]))
        number = round(float(np.median(middle[..., 1])) / STEP) - 1
        if height > width or begin < (BEGIN + REST) / 2 or end > (BEGIN + REST) / 2:
            return Recognised("2试" if width > height else "", 0.5)
        if not 0 <= number < len(self.texts):
            return Recognised("", 0.0)
        text = self.texts[number]
        return Recognised(text, 0.99, tuple((i + 0.5) / len(text) for i in range(len(text))), (0.99,) * len(text))


def _ordered(corners: NDArray[np.float32]) -> NDArray[np.float32]:
    """Top left, top right, bottom right, bottom left, as engines give them."""
    by_sum, by_difference = corners.sum(axis=1), corners[:, 0] - corners[:, 1]
    order = [by_sum.argmin(), by_difference.argmax(), by_sum.argmax(), by_difference.argmin()]
    return np.asarray(corners[order], np.float32)
