"""Chooses the crop of a photo: pure geometry over the head's measures and the standard."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

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
# Tilt that may be left in a photo (photo.md, "Recommended goals" 4).
_MAX_MADE_ROLL_DEG = 1.0
# The eyes are put this much of the height above their minimum, two pixels, so that rounding cannot undercut it.
_EYE_SAFETY = 0.005


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


def choose_crop(
    head: Head,
    standard: PhotoStandard,
    gap_of: Callable[[Matrix], float],
    *,
    source_width_px: int,
    source_height_px: int,
) -> Crop | NoCrop:
    """The frame nearest the middle of the standard that needs no enlargement and has the person complete.

    A source of the standard's own size is taken as it is when its geometry is right, so that a finished photo comes
    back unharmed; when only a worse frame or none is left, a geometry that the checker calls good is enough.

    Args:
        head: The head in the source.
        standard: Photo standard.
        gap_of: Tells the share of the photo frame that lacks source pixels where it needs them, for a matrix.
        source_width_px: Width of the source.
        source_height_px: Height of the source.
    """
    finished = (source_width_px, source_height_px) == (standard.width_px, standard.height_px)
    whole = Crop(matrix=np.eye(2, 3), roll_deg=0.0, upscale=1.0, gap=0.0)
    if finished and _fits(head, standard, strict=True):
        return whole
    chosen = _search(head, standard, gap_of)
    if finished and isinstance(chosen, NoCrop) and _fits(head, standard, strict=False):
        return whole
    return chosen


def is_inside_profile(measures: Mapping[str, float], standard: PhotoStandard) -> bool:
    """True when a finished photo measures inside the spans that the maker aims at.

    Args:
        measures: Of `measure_portrait`, taken on the finished photo.
        standard: Photo standard.
    """
    by_face = standard.made_face_width
    scaled = standard.made_head.holds(measures["head"]) if by_face is None else by_face.holds(measures["face_width"])
    # GA 461 gives the eyes' height the last word over the margin above the hair.
    eyes_decide = by_face is not None and measures["eye_line"] <= standard.min_eye_line + 2 * _EYE_SAFETY
    return (
        scaled
        and (eyes_decide or standard.made_top_margin.holds(measures["top_margin"]))
        and measures["eye_line"] >= standard.min_eye_line
        and measures["off_centre"] <= standard.max_off_centre / 3
        and abs(measures["roll_deg"]) <= _MAX_MADE_ROLL_DEG
    )


def head_as_shown(head: Head, crop: Crop, measures: Mapping[str, float], standard: PhotoStandard) -> Head:
    """The source's head with the geometry that a photo made with `crop` measures.

    Args:
        head: The head as it was measured in the source.
        crop: What was laid over the source.
        measures: Of `measure_portrait`, taken on the finished photo.
        standard: Photo standard.
    """
    back = frame.inverse(crop.matrix)
    shown = frame.apply(crop.matrix, np.array([head.crown, head.chin, head.eye_middle]))
    shown[0, 1] = measures["top_margin"] * standard.height_px
    shown[1, 1] = shown[0, 1] + measures["head"] * standard.height_px
    shown[2, 1] = (1.0 - measures["eye_line"]) * standard.height_px
    crown, chin, eyes = ((float(x), float(y)) for x, y in frame.apply(back, shown))
    return replace(
        head,
        crown=crown,
        chin=chin,
        eye_middle=eyes,
        roll_deg=crop.roll_deg + measures["roll_deg"],
        face_width_px=measures["face_width"] * standard.width_px / crop.upscale,
    )


def _search(head: Head, standard: PhotoStandard, gap_of: Callable[[Matrix], float]) -> Crop | NoCrop:
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


def _fits(head: Head, standard: PhotoStandard, *, strict: bool) -> bool:
    """True when a finished photo already stands inside the maker's (strict) or the checker's good spans."""
    width, height = standard.width_px, standard.height_px
    share, margin = (head.chin[1] - head.crown[1]) / height, head.crown[1] / height
    face, eye_line = head.face_width_px / width, 1.0 - head.eye_middle[1] / height
    off_centre = abs(head.middle[0] - (width - 1) / 2) / width
    heads = standard.made_head if strict else standard.good_head
    faces = standard.made_face_width if strict else standard.good_face_width
    margins = standard.made_top_margin if strict else standard.good_top_margin
    return (
        (heads is None or heads.holds(share))
        and (faces is None or faces.holds(face))
        and margins.holds(margin)
        and eye_line >= standard.min_eye_line
        and off_centre <= (standard.max_off_centre / 3 if strict else standard.max_off_centre)
        and abs(head.roll_deg) <= (1.0 if strict else _KEPT_TILT_DEG)
    )


def _rolls(roll_deg: float) -> tuple[float, ...]:
    if abs(roll_deg) <= _LEVEL_DEG:
        return (0.0,)
    return (roll_deg, 0.0) if abs(roll_deg) <= _KEPT_TILT_DEG else (roll_deg,)


def _frames(head: Head, standard: PhotoStandard, roll_deg: float) -> Iterator[Matrix]:
    flat = frame.upright_matrix(anchor=head.middle, roll_deg=roll_deg, scale=1.0, to=(0.0, 0.0))
    crown, chin, eyes = (float(y) for y in frame.apply(flat, np.array([head.crown, head.chin, head.eye_middle]))[:, 1])
    lowest_eyes_y = (1.0 - standard.min_eye_line - _EYE_SAFETY) * standard.height_px
    for scale in _scales(standard, head_px=max(1.0, chin - crown), face_width_px=max(1.0, head.face_width_px)):
        for margin in _spread(standard.made_top_margin):
            # The eyes' height wins over the margin above the hair (GA 461, "this one wins in a conflict").
            eyes_y = min(margin * standard.height_px + (eyes - crown) * scale, lowest_eyes_y)
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
    scales = [share * standard.width_px / face_width_px for share in _spread(standard.made_face_width)]
    # High hair over a narrow face: the narrow end of the face's span keeps the head's share nearer to its own.
    most = standard.made_head.high * standard.height_px / head_px
    yield from sorted(scales, key=lambda scale: max(0.0, scale - most))


def _spread(span: Span) -> Iterator[float]:
    return (span.low + (span.high - span.low) * place for place in _TRIED)
