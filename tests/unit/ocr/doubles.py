"""Engines that break: they crash, hang, or return garbage. Each stands for something a native recogniser has done."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels
from ocr.engine import Recognised


def two_boxes(pixels: Pixels) -> list[NDArray[np.float32]]:
    height, width = pixels.shape[:2]
    rows = ((0.1, 0.2), (0.4, 0.5))
    return [
        np.array([[9, a * height], [width - 9, a * height], [width - 9, b * height], [9, b * height]], np.float32)
        for a, b in rows
    ]


class PlainEngine:
    """Answers every question alike; the others change one thing of it."""

    def __init__(self, answer: Recognised | None = None) -> None:
        self.answer = answer or Recognised("姓名刀岩保", 0.99, (0.1, 0.3, 0.5, 0.7, 0.9), (0.99,) * 5)

    def detect(self, pixels: Pixels) -> list[NDArray[np.float32]]:
        return two_boxes(pixels)

    def recognise(self, crops: Sequence[Pixels]) -> list[Recognised]:
        return [self.answer for _ in crops]


class CrashingEngine(PlainEngine):
    """Raises; in detection or in recognition."""

    def __init__(self, fault: Exception, *, detecting: bool) -> None:
        super().__init__()
        self.fault, self.detecting = fault, detecting

    def detect(self, pixels: Pixels) -> list[NDArray[np.float32]]:
        if self.detecting:
            raise self.fault
        return super().detect(pixels)

    def recognise(self, crops: Sequence[Pixels]) -> list[Recognised]:
        raise self.fault


class HangingEngine(PlainEngine):
    """Sleeps for ever in the middle of a page, as a network on a wedged device does."""

    def recognise(self, crops: Sequence[Pixels]) -> list[Recognised]:
        time.sleep(3600)
        return []


class OddBoxesEngine(PlainEngine):
    """Gives boxes that are none."""

    def __init__(self, *odd: NDArray[np.float32]) -> None:
        super().__init__()
        self.odd = odd

    def detect(self, pixels: Pixels) -> list[NDArray[np.float32]]:
        return [*self.odd, *two_boxes(pixels)]


class MiscountingEngine(PlainEngine):
    """Gives more or fewer answers than it was asked for."""

    def __init__(self, *, by: int) -> None:
        super().__init__()
        self.by = by

    def recognise(self, crops: Sequence[Pixels]) -> list[Recognised]:
        return [self.answer] * max(0, len(crops) + self.by)
