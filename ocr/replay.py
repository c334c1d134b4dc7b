"""Records what an engine answered and plays it back, so that readers can be tested in milliseconds.

An answer is found by the digest of the pixels it was asked about; pixels that were never recorded are an error, not a
guess. The manifest names engine and models, so a changed answer points to its cause.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels
from ocr.engine import Engine, Recognised
from ocr.errors import EngineFailed

# JSON-ready: {"manifest": {...}, "detect": {digest: [[[x, y] * 4], ...]}, "recognise": {digest: {...}}}
Recording = Mapping[str, Mapping[str, object]]


def digest_of(pixels: Pixels) -> str:
    """Digest of an image's size and content."""
    shape = ",".join(str(side) for side in pixels.shape).encode()
    return hashlib.sha256(shape + np.ascontiguousarray(pixels).tobytes()).hexdigest()


class RecordingEngine:
    """Passes every question on and keeps the answers."""

    def __init__(self, engine: Engine, manifest: Mapping[str, str]) -> None:
        self._engine = engine
        self._manifest = dict(manifest)
        self._detect: dict[str, list[list[list[float]]]] = {}
        self._recognise: dict[str, dict[str, object]] = {}

    def detect(self, pixels: Pixels) -> list[NDArray[np.float32]]:
        """See `Engine.detect`."""
        quads = self._engine.detect(pixels)
        self._detect[digest_of(pixels)] = [[[float(x), float(y)] for x, y in quad] for quad in quads]
        return quads

    def recognise(self, crops: Sequence[Pixels]) -> list[Recognised]:
        """See `Engine.recognise`."""
        answers = self._engine.recognise(crops)
        for crop, answer in zip(crops, answers, strict=True):
            self._recognise[digest_of(crop)] = asdict(answer)
        return answers

    def recording(self) -> Recording:
        """All answers so far, ready for JSON."""
        return {"manifest": self._manifest, "detect": self._detect, "recognise": self._recognise}


class ReplayEngine:
    """Answers from a recording."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording

    def detect(self, pixels: Pixels) -> list[NDArray[np.float32]]:
        """See `Engine.detect`.

        Raises:
            EngineFailed: These pixels were never recorded.
        """
        quads = self._recording["detect"].get(digest_of(pixels))
        if not isinstance(quads, list):
            raise EngineFailed("no recorded detection")
        return [np.array(quad, dtype=np.float32) for quad in quads]

    def recognise(self, crops: Sequence[Pixels]) -> list[Recognised]:
        """See `Engine.recognise`.

        Raises:
            EngineFailed: One of the crops was never recorded.
        """
        return [self._recognised(crop) for crop in crops]

    def _recognised(self, crop: Pixels) -> Recognised:
        answer = self._recording["recognise"].get(digest_of(crop))
        if not isinstance(answer, dict):
            raise EngineFailed("no recorded recognition")
        return Recognised(
            answer["text"],
            answer["confidence"],
            tuple(answer["char_centres"]),
            tuple(answer["char_confidences"]),
            tuple(answer["char_rivals"]),
            tuple(answer["char_gaps"]),
        )
