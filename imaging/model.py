"""Values that the imaging stage hands on: the rendition and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from imaging.geometry import Quad

Pixels = NDArray[np.uint8]


def read_only(pixels: Pixels) -> Pixels:
    """A private, write-protected copy: a later stage cannot edit what an earlier one saw."""
    copy = np.array(pixels, dtype=np.uint8, order="C", copy=True)
    copy.flags.writeable = False
    return copy


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing noticed about an image, without words for people (verify words it).

    Attributes:
        code: Stable kebab-case code, the same in findings, metrics and fixture names.
        measured: The measured value, in the unit that the code's wording names; None when there is none.
        limit: The limit it was held against; None when there is none.
        severe: True when the image cannot be used as it is, False when a person should look.
        box: Where on the rendition; None for the whole image.
        detail: A name that helps to word it, such as the file format found; never document content.
    """

    code: str
    measured: float | None = None
    limit: float | None = None
    severe: bool = False
    box: Quad | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Rendition:
    """The upright, flattened, sRGB, metadata-free image that OCR reads and the reviewer sees.

    Attributes:
        pixels: uint8 RGB of shape (height, width, 3), read-only.
        source_format: `JPEG`, `PNG`, `WEBP` or `HEIC`, told from the content and not from the file's name.
        source_width_px: Width of the uploaded image after its orientation tag was applied.
        source_height_px: Height, likewise.
        source_mode: Pillow's mode of the stored image before conversion, such as `L` or `CMYK`.
        defects: What was noticed on the way.
    """

    pixels: Pixels
    source_format: str
    source_width_px: int
    source_height_px: int
    source_mode: str = "RGB"
    defects: tuple[Defect, ...] = field(default=())

    def __post_init__(self) -> None:
        object.__setattr__(self, "pixels", read_only(self.pixels))

    @property
    def width_px(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height_px(self) -> int:
        return int(self.pixels.shape[0])
