"""Makes a compliant photo of a portrait, or says why it cannot."""

from __future__ import annotations

import io
from typing import Literal

import cv2
import numpy as np
from PIL import Image

from imaging.compress import encode_photo
from imaging.model import Defect, Pixels
from imaging.photo import frame
from imaging.photo.background import background_share_white, lift_white
from imaging.photo.check import check_photo, no_face, source_defects
from imaging.photo.crop import Crop, NoCrop, choose_crop
from imaging.photo.frame import Matrix
from imaging.photo.masking import person_mask
from imaging.photo.matting import cut_out, on_white
from imaging.photo.measures import measure_portrait
from imaging.photo.model import Floats, Made, PhotoResult, Refused
from imaging.photo.portrait import Portrait, study_portrait
from imaging.photo.standards import PhotoStandard
from imaging.photo.weights import PhotoModels

Background = Literal["whiten", "keep"]

# A background with at least this share of near-white pixels is only lifted: matting would risk a white collar or
# light hair for nothing (photo.md, "white background" and "Pitfalls").
_ALREADY_WHITE_SHARE = 0.95
# Matting works on at most twice the photo's size, the resolution its recipe was measured at.
_MAX_WORK_FACTOR = 2.0
# Gaps are measured on a frame of this height: a thousandth of the frame is still 10 of its pixels.
_GAP_HEIGHT_PX = 118


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
    returned.

    Args:
        pixels: Upright uint8 RGB rendition of the portrait, shape (height, width, 3).
        models: The photo networks.
        standard: Size and geometry to reach.
        max_bytes: Largest size of the file.
        background: `whiten` makes a background white that is not, `keep` leaves it as it is.

    Returns:
        `Made` with a JPEG, or `Refused` with the defects that stand against it.
    """
    portrait = study_portrait(pixels, models)
    if portrait is None:
        return Refused(defects=(no_face(),), measures={})
    measures = measure_portrait(portrait)
    blocking = [defect for defect in source_defects(measures) if defect.severe]
    white = background_share_white(portrait) >= _ALREADY_WHITE_SHARE
    crop = choose_crop(
        portrait.head, standard, lambda matrix: _gap(portrait, standard, matrix, may_fill=white or background == "whiten")
    )
    if isinstance(crop, NoCrop):
        blocking.append(_crop_defect(crop, portrait, standard))
    if blocking or isinstance(crop, NoCrop):
        return Refused(defects=tuple(blocking), measures=measures)
    photo = _render(portrait, crop, models, standard, white=white, background=background)
    return _finish(photo, portrait, crop, models, standard, max_bytes=max_bytes, replaced=background == "whiten" and not white)


def _crop_defect(crop: NoCrop, portrait: Portrait, standard: PhotoStandard) -> Defect:
    height, width = portrait.pixels.shape[:2]
    if crop.least_upscale > 1.0:
        return Defect(
            "photo-too-few-pixels", measured=height, limit=float(np.ceil(height * crop.least_upscale)), severe=True
        )
    return Defect("photo-too-tight", measured=round(crop.least_gap, 4), limit=crop.max_gap, severe=True)


def _gap(portrait: Portrait, standard: PhotoStandard, matrix: Matrix, *, may_fill: bool) -> float:
    """Share of the frame that lies outside the source and cannot simply be white."""
    factor = _GAP_HEIGHT_PX / standard.height_px
    small = frame.resized(matrix, factor)
    width, height = round(standard.width_px * factor), _GAP_HEIGHT_PX
    source_h, source_w = portrait.pixels.shape[:2]
    missing = ~frame.coverage(source_w, source_h, small, width_px=width, height_px=height)
    if may_fill:
        to_square = frame.chain(frame.inverse(small), portrait.square)
        # The mask continues the person beyond the picture's border, as the net saw the border pixels repeated.
        person = cv2.warpAffine(
            portrait.mask, to_square, (width, height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip
        missing &= person > 0.5
    return float(missing.mean())


def _render(
    portrait: Portrait,
    crop: Crop,
    models: PhotoModels,
    standard: PhotoStandard,
    *,
    white: bool,
    background: Background,
) -> Pixels:
    width, height = standard.width_px, standard.height_px
    plain = frame.warp(portrait.pixels, crop.matrix, width_px=width, height_px=height)
    if background == "keep" and not white:
        return plain
    factor = min(_MAX_WORK_FACTOR, max(1.0, 1.0 / crop.upscale))
    big_w, big_h = round(width * factor), round(height * factor)
    work_matrix = frame.resized(crop.matrix, factor)
    work = frame.warp(portrait.pixels, work_matrix, width_px=big_w, height_px=big_h)
    mask = person_mask(models.segmenter, work)
    source_h, source_w = portrait.pixels.shape[:2]
    inside = frame.coverage(source_w, source_h, work_matrix, width_px=big_w, height_px=big_h)
    if white:
        return _fit(lift_white(work, mask, inside), width, height)
    face = frame.apply(work_matrix, np.array([portrait.head.middle]))[0]
    cutout = cut_out(work, _hide(mask, inside), face_at=(int(face[0]), int(face[1])))
    return _fit(on_white(cutout), width, height)


def _hide(mask: Floats, inside: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> Floats:
    seen = cv2.resize(inside.astype(np.float32), (mask.shape[1], mask.shape[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(mask * (seen > 0.5), dtype=np.float32)


def _fit(picture: Pixels, width: int, height: int) -> Pixels:
    if picture.shape[:2] == (height, width):
        return picture
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _finish(
    photo: Pixels,
    portrait: Portrait,
    crop: Crop,
    models: PhotoModels,
    standard: PhotoStandard,
    *,
    max_bytes: int,
    replaced: bool,
) -> PhotoResult:
    encoded = encode_photo(photo, max_bytes=max_bytes, dpi=standard.dpi)
    again = np.asarray(Image.open(io.BytesIO(encoded.data)).convert("RGB"), dtype=np.uint8)
    report = check_photo(again, models, standard, source_bytes=len(encoded.data), source_format="JPEG")
    return Made(
        data=encoded.data,
        report=report,
        background_replaced=replaced,
        turned_deg=portrait.turned_deg,
        roll_deg=crop.roll_deg,
        upscale=crop.upscale,
        encodes=encoded.encodes,
    )
