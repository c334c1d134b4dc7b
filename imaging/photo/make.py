"""Makes a compliant photo of a portrait, or says why it cannot."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imaging.compress import Compressed, encode_photo
from imaging.errors import ImageRefused
from imaging.model import Defect, Pixels
from imaging.photo import frame, limits
from imaging.photo.backdrop_key import complete_mask
from imaging.photo.background import lift_white
from imaging.photo.border import find_frame
from imaging.photo.check import check_photo, faceless_defects, pixels_needed, source_defects, too_few_pixels
from imaging.photo.copies import COPY_MEASURES
from imaging.photo.crop import Crop, NoCrop, choose_crop, head_as_shown, is_inside_profile
from imaging.photo.frame import Matrix
from imaging.photo.made import Composed, Made, PhotoResult, Refused
from imaging.photo.masking import person_mask
from imaging.photo.matting import clear_leftovers, cut_out, on_white
from imaging.photo.measures import measure_geometry, measure_portrait
from imaging.photo.model import Floats, PhotoReport
from imaging.photo.portrait import Head, Portrait, study_portrait
from imaging.photo.standards import PhotoStandard
from imaging.photo.weights import PhotoModels

Background = Literal["whiten", "keep"]

# Matting works on a crop of this width at most, the resolution its recipe was measured at (photo.md: 590x826).
_MOST_WORK_WIDTH_PX = 590
# The need that a refusal names is 2 % above the measured one: the head measures a little different at every size,
# and whoever brings exactly what was asked for must not be refused again.
_TOLD_MARGIN = 1.02
# The mask is completed at this width, the photo's own: finer than the network's 256 px, and cheap.
_MASK_WIDTH_PX = 295
# Gaps are measured on a frame of this height: a thousandth of the frame is still 10 of its pixels.
_GAP_HEIGHT_PX = 118


@dataclass(frozen=True, slots=True, eq=False)
class _Order:
    """What is asked for and what is known: the arguments of every step below.

    Attributes:
        portrait: The studied source.
        measures: What was measured on it.
        models: The photo networks.
        standard: Size and geometry to reach.
        background_white: True when the source's background is white already: then it is only lifted, because
            matting would risk a white collar or light hair for nothing (photo.md, "Pitfalls").
        whiten: True when a background that is not white shall become white.
    """

    portrait: Portrait
    measures: Mapping[str, float]
    models: PhotoModels
    standard: PhotoStandard
    background_white: bool
    whiten: bool

    @property
    def may_fill(self) -> bool:
        """True when background outside the source can simply be white."""
        return self.background_white or self.whiten


@dataclass(frozen=True, slots=True, eq=False)
class _Draft:
    """A photo that is written but not judged yet.

    Attributes:
        composed: Before encoding.
        encoded: The file.
        decoded: The file's pixels.
        studied: The head in them; None when no face is found any more.
    """

    composed: Composed
    encoded: Compressed
    decoded: Pixels
    studied: Portrait | None

    def is_inside(self, standard: PhotoStandard) -> bool:
        """True when its geometry lies inside the standard's profile."""
        return self.studied is not None and is_inside_profile(measure_geometry(self.studied), standard)


def make_photo(
    pixels: Pixels,
    models: PhotoModels,
    standard: PhotoStandard,
    *,
    max_bytes: int,
    background: Background,
) -> PhotoResult:
    """Makes a photo of the standard's exact size, or refuses with every reason.

    The picture is never enlarged and the file never padded. The result is decoded again and checked before it is
    returned; a result with a severe defect is not handed out. A plain frame (screenshot bars) is cut off first.

    Args:
        pixels: Upright uint8 RGB rendition of the portrait, shape (height, width, 3).
        models: The photo networks.
        standard: Size and geometry to reach.
        max_bytes: Largest size of the file.
        background: `whiten` makes a background white that is not, `keep` leaves it as it is.

    Returns:
        `Made` with a JPEG, or `Refused` with the defects that stand against it.
    """
    order = _study(pixels, models, standard, background)
    if isinstance(order, Refused):
        return order
    draft = _draft(order, order.portrait.head, min(max_bytes, standard.max_bytes))
    if isinstance(draft, Refused):
        return draft
    if draft.studied is not None and not draft.is_inside(standard):
        # Before another background the same head can measure a little differently: it is placed as the photo shows it.
        geometry = measure_geometry(draft.studied)
        shown = head_as_shown(order.portrait.head, draft.composed.crop, geometry, standard)
        second = _draft(order, shown, min(max_bytes, standard.max_bytes))
        if isinstance(second, _Draft) and second.is_inside(standard):
            draft = second
    return _judge(order, draft)


def _study(pixels: Pixels, models: PhotoModels, standard: PhotoStandard, background: Background) -> _Order | Refused:
    portrait = study_portrait(find_frame(pixels).removed_from(pixels), models)
    if portrait is None:
        return Refused(defects=faceless_defects(pixels, models), measures={"faces": 0.0})
    measures = measure_portrait(portrait)
    return _Order(
        portrait=portrait,
        measures=measures,
        models=models,
        standard=standard,
        background_white=measures.get("background_white", 0.0) >= limits.BACKGROUND_WHITE_FAIL,
        whiten=background == "whiten",
    )


def _draft(order: _Order, head: Head, limit_bytes: int) -> _Draft | Refused:
    """One photo with the head placed as measured, encoded, and looked at again."""
    found = source_defects(order.measures, max_roll_deg=limits.ROLL_MAKE_DEG)
    blocking = tuple(defect for defect in found if defect.severe)
    portrait = order.portrait
    crop = choose_crop(
        head,
        order.standard,
        lambda matrix: _gap(order, matrix),
        source_width_px=portrait.pixels.shape[1],
        source_height_px=portrait.pixels.shape[0],
    )
    height, width = portrait.pixels.shape[:2]
    # White beside the person could fill the missing pixels of a small source; that would be padding.
    small = too_few_pixels(order.standard, width_px=width, height_px=height)
    if isinstance(crop, NoCrop):
        reason = _crop_defect(crop, portrait)
        # One sentence about pixels is enough, and the crop's tells how many it takes.
        others = () if reason.code == "photo-too-few-pixels" else small
        return Refused(defects=(*blocking, *others, reason), measures=order.measures)
    if blocking or small:
        return Refused(defects=(*blocking, *small), measures=order.measures)
    composed = Composed(pixels=_render(order, crop), crop=crop)
    try:
        encoded = encode_photo(composed.pixels, max_bytes=limit_bytes, dpi=order.standard.dpi)
    except ImageRefused as refusal:
        too_big = Defect("photo-too-many-bytes", refusal.measured, limit_bytes, severe=True)
        return Refused(defects=(too_big,), measures=order.measures)
    decoded = np.asarray(Image.open(io.BytesIO(encoded.data)).convert("RGB"), dtype=np.uint8)
    return _Draft(composed, encoded, decoded, study_portrait(decoded, order.models))


def _crop_defect(crop: NoCrop, portrait: Portrait) -> Defect:
    if crop.least_upscale > 1.0:
        height = portrait.pixels.shape[0]
        needed = pixels_needed(height, crop.least_upscale * _TOLD_MARGIN)
        return Defect("photo-too-few-pixels", height, needed, severe=True)
    return Defect("photo-too-tight", crop.least_gap, crop.max_gap, severe=True)


def _gap(order: _Order, matrix: Matrix) -> float:
    """Share of the frame that lies outside the source and cannot simply be white."""
    portrait, standard = order.portrait, order.standard
    factor = _GAP_HEIGHT_PX / standard.height_px
    small = frame.resized(matrix, factor)
    width, height = round(standard.width_px * factor), _GAP_HEIGHT_PX
    source_h, source_w = portrait.pixels.shape[:2]
    missing = ~frame.coverage(source_w, source_h, small, width_px=width, height_px=height)
    if order.may_fill and missing.any():
        to_square = frame.chain(frame.inverse(small), portrait.square)
        # The mask continues the person beyond the picture's border, as the net saw the border pixels repeated.
        person = cv2.warpAffine(
            portrait.mask,
            to_square,
            (width, height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        missing &= person > 0.5
    return float(missing.mean())


def _render(order: _Order, crop: Crop) -> Pixels:
    """The photo's pixels at its final size, before encoding."""
    width, height = order.standard.width_px, order.standard.height_px
    source = order.portrait.pixels
    if not order.may_fill:
        return frame.warp(source, crop.matrix, width_px=width, height_px=height)
    factor = min(_MOST_WORK_WIDTH_PX / width, max(1.0, 1.0 / crop.upscale))
    size = {"width_px": round(width * factor), "height_px": round(height * factor)}
    matrix = frame.resized(crop.matrix, factor)
    work = frame.warp(source, matrix, **size)
    inside = frame.coverage(source.shape[1], source.shape[0], matrix, **size)
    mask = _mask_crop(work, inside, order.models)
    if order.background_white:
        return _at_size(lift_white(work, mask, inside), width_px=width, height_px=height)
    face = frame.apply(matrix, np.array([order.portrait.head.middle]))[0]
    cut = on_white(cut_out(work, mask, face_at=(int(face[0]), int(face[1]))))
    photo = _at_size(cut, width_px=width, height_px=height)
    if order.measures.get("background_texture", 0.0) <= limits.BACKGROUND_TEXTURE_WARN:
        return photo
    return clear_leftovers(photo, person_mask(order.models.segmenter, photo, fine=True))


def _at_size(pixels: Pixels, *, width_px: int, height_px: int) -> Pixels:
    return np.asarray(cv2.resize(pixels, (width_px, height_px), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _mask_crop(work: Pixels, inside: NDArray[np.bool_], models: PhotoModels) -> Floats:
    """Person mask of the crop at half its resolution at most; nothing outside the source is a person."""
    mask = person_mask(models.segmenter, work, fine=True)
    size = (
        min(work.shape[1], _MASK_WIDTH_PX),
        min(work.shape[0], round(_MASK_WIDTH_PX * work.shape[0] / work.shape[1])),
    )
    seen = cv2.resize(inside.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.5
    small = np.asarray(cv2.resize(work, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    grown = np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_LINEAR), dtype=np.float32)
    return np.asarray(complete_mask(small, grown, seen) * seen, dtype=np.float32)


def _judge(order: _Order, draft: _Draft) -> PhotoResult:
    """The photo with the checks of what was written, or what stands against it."""
    report = check_photo(
        draft.decoded,
        order.models,
        order.standard,
        source_bytes=len(draft.encoded.data),
        source_format="JPEG",
        copied={name: order.measures[name] for name in COPY_MEASURES},
        studied=draft.studied,
    )
    if not report.acceptable:
        return Refused(defects=tuple(defect for defect in report.defects if defect.severe), measures=report.measures)
    replaced = order.whiten and not order.background_white
    if replaced:
        report = _with_edge_warning(report, order.measures)
    return Made(
        data=draft.encoded.data,
        report=report,
        background_replaced=replaced,
        turned_deg=order.portrait.turned_deg,
        composed=draft.composed,
        encodes=draft.encoded.encodes,
    )


def _with_edge_warning(report: PhotoReport, source: Mapping[str, float]) -> PhotoReport:
    """Behind hair a busy background leaves a faint halo that no check of the result can see: it is said instead."""
    texture = source.get("background_texture", 0.0)
    if texture <= limits.BACKGROUND_TEXTURE_WARN:
        return report
    warning = Defect("photo-cut-out-uncertain", texture, limits.BACKGROUND_TEXTURE_WARN)
    return replace(report, defects=(*report.defects, warning))
