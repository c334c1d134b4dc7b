"""Turns the photo of a paper into an upright page, when it is safe to do so.

Measured (reference page on OCR, section 5.2): strong perspective costs a fifth of the fields and rectification brings
them back; a crude crop loses a third. So the picture is returned unchanged unless the outline is certain.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.geometry import Quad
from imaging.model import Pixels
from imaging.outline import Outline, fills_picture, find_outline, is_cut, is_safe

# The crop is taken this share of the paper's size further out on each side, so that print at the border is never cut.
MARGIN_SHARE = 0.012

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PaperPlace:
    """Where the paper on a page lies in the picture that was uploaded, and what was done to get from there to the page.

    Attributes:
        outline: The best candidate for the paper's outline, in fractions of the upload and however unsure (see
            `imaging.outline.is_safe`); None when there is none.
        applied: Whether the picture was cropped to the outline and straightened.
        quarter_turns: Quarter turns clockwise after that, 0..3.
    """

    outline: Outline | None = None
    applied: bool = False
    quarter_turns: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Rectified:
    """The page to read.

    Attributes:
        pixels: uint8 RGB: the straightened paper when `applied`, else the input itself.
        outline: Where the paper is in the input, in fractions of it; None when it is not certain. A side on the
            picture's border means that the paper runs out of the picture.
        confidence: 0..1, how sure the best candidate is, reported or not; 0 when there is none.
        applied: Whether `pixels` was cropped and straightened.
        found: The best candidate itself, however unsure; None when there is none.
    """

    pixels: Pixels
    outline: Quad | None
    confidence: float
    applied: bool
    found: Outline | None = None


def rectify(pixels: Pixels) -> Rectified:
    """Finds the paper or card and straightens it, or returns the picture as it is.

    The result is upright only as far as the nearest quarter turn of the input: which way the writing runs is for the
    reader to find out (`turn`).

    Args:
        pixels: uint8 RGB of shape (height, width, 3).

    Returns:
        The page; `pixels` is the same array as the input when nothing was applied. A wrong picture is no error.
    """
    found = find_outline(pixels)
    if found is None:
        return Rectified(pixels, None, 0.0, applied=False)
    if is_cut(found):
        return Rectified(pixels, found.quad, found.confidence, applied=False, found=found)
    if not is_safe(found):
        return Rectified(pixels, None, found.confidence, applied=False, found=found)
    if fills_picture(found.quad):
        return Rectified(pixels, found.quad, found.confidence, applied=False, found=found)
    return Rectified(straighten(pixels, found.quad), found.quad, found.confidence, applied=True, found=found)


def straighten(pixels: Pixels, outline: Quad) -> Pixels:
    """Warps a quadrilateral to an upright rectangle of the paper's own proportions.

    Args:
        pixels: uint8 RGB of shape (height, width, 3).
        outline: Corners clockwise from the top left one of the result, in fractions.

    Returns:
        uint8 RGB, about the resolution that the paper has in the picture, its longer side at most the input's.
    """
    height_px, width_px = pixels.shape[:2]
    warp, size = _warp(outline, width_px=width_px, height_px=height_px)
    page = cv2.warpPerspective(pixels, warp, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(page, dtype=np.uint8)


def on_page(box: Quad, place: PaperPlace, *, width_px: int, height_px: int) -> Quad:
    """Where a box on the uploaded picture lies on the page that was made of it.

    Args:
        box: In fractions of the uploaded picture.
        place: How the page was made.
        width_px: Width of the uploaded picture.
        height_px: Height of the uploaded picture.

    Returns:
        The upright rectangle around it in fractions of the page, clipped to the page.
    """
    points = np.array(box.points, np.float64)
    if place.applied and place.outline is not None:
        warp, (page_width, page_height) = _warp(place.outline.quad, width_px=width_px, height_px=height_px)
        moved = np.column_stack([points * (width_px, height_px), np.ones(4)]) @ warp.T
        points = moved[:, :2] / moved[:, 2:] / (page_width, page_height)
    for _ in range(place.quarter_turns % 4):
        points = np.column_stack([1 - points[:, 1], points[:, 0]])
    (left, top), (right, bottom) = np.clip(points.min(axis=0), 0, 1), np.clip(points.max(axis=0), 0, 1)
    return Quad.from_rect(float(left), float(top), float(right), float(bottom))


def _warp(outline: Quad, *, width_px: int, height_px: int) -> tuple[FloatArray, tuple[int, int]]:
    """The homography from the picture to the straightened page, and the page's width and height in pixels."""
    corners = outline.to_pixels(width_px=width_px, height_px=height_px).astype(np.float64)
    page_width, page_height = _page_size(corners, width_px=width_px, height_px=height_px)
    out_x, out_y = page_width * MARGIN_SHARE, page_height * MARGIN_SHARE
    target = np.array(
        [
            (out_x, out_y),
            (out_x + page_width, out_y),
            (out_x + page_width, out_y + page_height),
            (out_x, out_y + page_height),
        ]
    )
    size = (max(1, round(page_width + 2 * out_x)), max(1, round(page_height + 2 * out_y)))
    warp = cv2.getPerspectiveTransform(corners.astype(np.float32), target.astype(np.float32))
    return np.asarray(warp, np.float64), size


def turn(pixels: Pixels, quarter_turns: int) -> Pixels:
    """Turns a picture clockwise by quarter turns; any whole number, 0 and 4 give an equal picture.

    Args:
        pixels: Array of shape (height, width) or (height, width, 3).
        quarter_turns: How many times 90° clockwise.

    Returns:
        A contiguous array.
    """
    return np.ascontiguousarray(np.rot90(pixels, k=-quarter_turns % 4))


def _page_size(corners: FloatArray, *, width_px: int, height_px: int) -> tuple[float, float]:
    """Width and height in pixels of the straightened paper, without margin."""
    top, right, bottom, left = (float(np.hypot(*side)) for side in np.roll(corners, -1, axis=0) - corners)
    width, height = max(top, bottom), max(left, right)
    ratio = aspect_ratio(corners, width_px=width_px, height_px=height_px)
    # Stretch the side that perspective shortened; the other keeps the resolution of the picture.
    if ratio > width / height:
        width = height * ratio
    else:
        height = width / ratio
    # Neither noticeably more pixels than were photographed, nor a longer side than the picture's.
    area = float(cv2.contourArea(corners.astype(np.float32)))
    scale = min(1.0, max(width_px, height_px) / (max(width, height) * (1 + 2 * MARGIN_SHARE)))
    scale = min(scale, np.sqrt(1.35 * max(area, 1.0) / (width * height)))
    return width * scale, height * scale


def aspect_ratio(corners: FloatArray, *, width_px: int, height_px: int) -> float:
    """Width / height of the flat rectangle whose picture has these corners.

    With square pixels and the optical axis in the middle of the picture, the two vanishing points give the focal
    length and thereby the ratio (Zhang and He, Whiteboard scanning and image enhancement, 2004). Near a frontal view
    the focal length is undetermined: then the ratio of the mean edge lengths is used, which is right there.

    Args:
        corners: Pixel corners clockwise from the top left, shape (4, 2).
        width_px: Width of the picture.
        height_px: Height of the picture.

    Returns:
        The ratio, > 0.
    """
    top, right, bottom, left = (float(np.hypot(*side)) for side in np.roll(corners, -1, axis=0) - corners)
    simple = (top + bottom) / max(left + right, 1e-6)
    exact = _perspective_ratio(corners - np.array([width_px / 2, height_px / 2]), scale=max(width_px, height_px))
    if exact is None or not simple / 1.35 < exact < simple * 1.35:
        return simple
    return exact


def _perspective_ratio(centred: FloatArray, *, scale: float) -> float | None:
    m1, m2, m4, m3 = (np.array([x / scale, y / scale, 1.0]) for x, y in centred)
    k2 = np.dot(np.cross(m1, m4), m3) / _away_from_zero(np.dot(np.cross(m2, m4), m3))
    k3 = np.dot(np.cross(m1, m4), m2) / _away_from_zero(np.dot(np.cross(m3, m4), m2))
    n2, n3 = k2 * m2 - m1, k3 * m3 - m1
    # Parallel edges in the picture (a vanishing point far away) leave the focal length undetermined.
    if abs(n2[2]) < 0.02 or abs(n3[2]) < 0.02:
        return None
    focal_squared = -(n2[0] * n3[0] + n2[1] * n3[1]) / (n2[2] * n3[2])
    # Phones have 0.6 to 2.5 picture lengths of focal length; anything else is noise in the corners.
    if not 0.25 < focal_squared < 9.0:
        return None
    weight = np.array([1 / focal_squared, 1 / focal_squared, 1.0])
    ratio_squared = float((n2**2 * weight).sum() / max((n3**2 * weight).sum(), 1e-12))
    return float(np.sqrt(ratio_squared))


def _away_from_zero(value: float) -> float:
    return value if abs(value) > 1e-9 else 1e-9
