"""Chooses the crop of a photo: pure geometry over the head's measures and the standard."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from imaging.photo import frame
from imaging.photo.frame import Matrix
from imaging.photo.portrait import Head
from imaging.photo.standards import PhotoStandard, Span

# Places inside the maker's spans that are tried in turn, from the middle outwards: the ends are kept free by a
# tenth because the finished photo is measured again and may come out a pixel off.
_TRIED = (0.5, 0.7, 0.9, 0.3, 0.1)
# A tilt below this is left alone: turning the picture costs sharpness and one degree is the goal (photo.md, goal 4).
_LEVEL_DEG = 0.7
# When levelling would tear white wedges beside the person, a tilt up to this is kept instead of refusing; the
# checker warns from 8 degrees on.
_KEPT_TILT_DEG = 5.0
# Share of the frame that may lack source pixels beside the person: half a pixel row of a 1-inch photo.
_MAX_GAP = 0.0012


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """A frame laid over the source.

    Attributes:
        matrix: Source pixels to photo pixels.
        roll_deg: Tilt that the crop takes out.
        upscale: Photo pixels per source pixel.
        gap: Share of the frame beside the person that lies outside the source.
    """

    matrix: Matrix
    roll_deg: float
    upscale: float
    gap: float


@dataclass(frozen=True, slots=True)
class NoCrop:
    """No frame fits.

    Attributes:
        least_upscale: The smallest enlargement that would be needed; above 1 the source has too few pixels.
        least_gap: The smallest missing share among the frames that need no enlargement; 1 when there is none.
        max_gap: The share that is allowed.
    """

    least_upscale: float
    least_gap: float
    max_gap: float = _MAX_GAP


def choose_crop(head: Head, standard: PhotoStandard, gap_of: Callable[[Matrix], float]) -> Crop | NoCrop:
    """The frame nearest the middle of the standard that needs no enlargement and has the person complete.

    Args:
        head: The head in the source.
        standard: Photo standard.
        gap_of: Tells the share of the photo frame that lacks source pixels where it needs them, for a matrix.
    """
    least_upscale, least_gap = math.inf, 1.0
    for roll in _rolls(head.roll_deg):
        for matrix in _frames(head, standard, roll):
            upscale = frame.scale_of(matrix)
            least_upscale = min(least_upscale, upscale)
            if upscale > 1.0 + 1e-6:
                continue
            gap = gap_of(matrix)
            least_gap = min(least_gap, gap)
            if gap <= _MAX_GAP:
                return Crop(matrix=matrix, roll_deg=roll, upscale=upscale, gap=gap)
    return NoCrop(least_upscale=least_upscale, least_gap=least_gap)


def _rolls(roll_deg: float) -> tuple[float, ...]:
    if abs(roll_deg) <= _LEVEL_DEG:
        return (0.0,)
    return (roll_deg, 0.0) if abs(roll_deg) <= _KEPT_TILT_DEG else (roll_deg,)


def _frames(head: Head, standard: PhotoStandard, roll_deg: float) -> Iterator[Matrix]:
    flat = frame.upright_matrix(anchor=head.middle, roll_deg=roll_deg, scale=1.0, to=(0.0, 0.0))
    crown, chin, eyes = (float(y) for y in frame.apply(flat, np.array([head.crown, head.chin, head.eye_middle]))[:, 1])
    for scale in _scales(standard, head_px=max(1.0, chin - crown), face_width_px=max(1.0, head.face_width_px)):
        for margin in _spread(standard.made_top_margin):
            # The eyes' height wins over the margin above the hair (GA 461, "this one wins in a conflict").
            eyes_y = margin * standard.height_px + (eyes - crown) * scale
            eyes_y = min(eyes_y, (1.0 - standard.min_eye_line) * standard.height_px)
            yield frame.upright_matrix(
                anchor=head.middle,
                roll_deg=roll_deg,
                scale=scale,
                to=((standard.width_px - 1) / 2, eyes_y - eyes * scale),
            )


def _scales(standard: PhotoStandard, *, head_px: float, face_width_px: float) -> Iterator[float]:
    if standard.made_face_width is None:
        for share in _spread(standard.made_head):
            yield share * standard.height_px / head_px
        return
    for share in _spread(standard.made_face_width):
        yield share * standard.width_px / face_width_px


def _spread(span: Span) -> Iterator[float]:
    return (span.low + (span.high - span.low) * place for place in _TRIED)
