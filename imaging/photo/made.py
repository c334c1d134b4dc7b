"""What the maker answers: a finished photo, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from imaging.model import Defect, Pixels
from imaging.photo.crop import Crop
from imaging.photo.model import PhotoReport


@dataclass(frozen=True, slots=True, eq=False)
class Composed:
    """A photo before it is encoded.

    Attributes:
        pixels: uint8 RGB of the standard's exact size: what the encoded file is to look like.
        crop: The frame that was laid over the source, in pixels of the upright source without its plain frame.
    """

    pixels: Pixels
    crop: Crop


@dataclass(frozen=True, slots=True)
class Made:
    """A finished photo.

    Attributes:
        data: JPEG of exactly the standard's size, without metadata.
        report: The checks run on the picture decoded again from `data`.
        background_replaced: True when pixels of the background were changed to white.
        turned_deg: Quarter turn that brought the head up, clockwise.
        composed: The photo before it was encoded, with the tilt taken out and the scale.
        encodes: How many times the picture was encoded to meet the limit.
    """

    data: bytes
    report: PhotoReport
    background_replaced: bool
    turned_deg: int
    composed: Composed
    encodes: int


@dataclass(frozen=True, slots=True)
class Refused:
    """No photo can be made of this picture.

    Attributes:
        defects: Every reason, each with value and limit.
        measures: What was measured on the source.
    """

    defects: tuple[Defect, ...]
    measures: Mapping[str, float]


PhotoResult = Made | Refused
