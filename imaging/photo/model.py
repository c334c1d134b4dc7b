"""Values of the photo tool: what was found in a portrait, what is wrong with it, what was made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imaging.model import Defect

# A float32 array, shape named where it is used.
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class FaceBox:
    """A detected face before it is confirmed.

    Attributes:
        left, top, right, bottom: Pixels of the searched picture.
        eyes: Image-left and image-right eye (x, y), pixels.
        score: Detector confidence 0..1.
    """

    left: float
    top: float
    right: float
    bottom: float
    eyes: tuple[tuple[float, float], tuple[float, float]]
    score: float

    @property
    def width_px(self) -> float:
        return self.right - self.left

    @property
    def height_px(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> Floats:
        """Middle of the box, (x, y)."""
        return np.array([(self.left + self.right) / 2, (self.top + self.bottom) / 2], np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A face confirmed by its landmarks.

    Attributes:
        points: 468 face points, shape (468, 3), x and y in pixels of the picture, z in the same scale, read-only.
        presence: Confidence of the landmark network that this is a face, 0..1.
        score: Confidence of the detector, 0..1.
    """

    points: Floats
    presence: float
    score: float

    def __post_init__(self) -> None:
        copy = np.array(self.points, dtype=np.float32, copy=True)
        copy.flags.writeable = False
        object.__setattr__(self, "points", copy)


@dataclass(frozen=True, slots=True)
class PhotoReport:
    """What was measured on a photo and what breaks a rule.

    Attributes:
        measures: Measured values by name; units are in the names (`_px`, `_deg`, `_bytes`), all others are
            shares or the ratios described in `imaging.photo.measures`.
        defects: What breaks a rule, severe ones first.
    """

    measures: Mapping[str, float]
    defects: tuple[Defect, ...]

    @property
    def acceptable(self) -> bool:
        """True when nothing severe was found."""
        return not any(defect.severe for defect in self.defects)
