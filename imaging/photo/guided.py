"""A guided filter: moves the edge of a coarse mask onto the edges of a colour picture.

Written here because the one in OpenCV's extra modules blurs with these parameters instead of following the guide
(looked at on five portraits), and because the coefficients can be computed at half size, which costs a quarter.
"""

from __future__ import annotations

import cv2
import numpy as np

from imaging.photo.channels import channel_sum
from imaging.photo.model import Floats

# The coefficients are smooth, so they are computed on a picture of half the side.
_SUBSAMPLE = 2


def guide_mask(picture: Floats, mask: Floats, *, radius_px: int, eps: float) -> Floats:
    """Fits the mask, window by window, as a linear function of the colour.

    Args:
        picture: float32 RGB 0..1, shape (height, width, 3).
        mask: float32 0..1, shape (height, width).
        radius_px: Half side of the window.
        eps: Added to the colour variance; at least 1e-4 in float32 (below, rounding gives NaN).

    Returns:
        float32 of the mask's shape, a little outside 0..1 at places.
    """
    height, width = mask.shape
    small = (max(1, width // _SUBSAMPLE), max(1, height // _SUBSAMPLE))
    guide = _resized(picture, small, cv2.INTER_AREA)
    target = _resized(mask, small, cv2.INTER_AREA)
    slope, offset = _coefficients(guide, target, radius_px=max(1, radius_px // _SUBSAMPLE), eps=eps)
    fine = _resized(offset, (width, height), cv2.INTER_LINEAR)
    # One channel at a time, because three at full size at once are the most memory that a photo ever takes.
    for channel in range(3):
        grown = _resized(cv2.extractChannel(slope, channel), (width, height), cv2.INTER_LINEAR)
        grown *= cv2.extractChannel(picture, channel)
        fine += grown
    return fine


def _resized(values: Floats | cv2.typing.MatLike, size: tuple[int, int], how: int) -> Floats:
    return np.asarray(cv2.resize(values, size, interpolation=how), dtype=np.float32)


def _mean(values: Floats, size: tuple[int, int]) -> Floats:
    return np.asarray(cv2.blur(values, size), dtype=np.float32)


def _coefficients(guide: Floats, target: Floats, *, radius_px: int, eps: float) -> tuple[Floats, Floats]:
    size = (2 * radius_px + 1, 2 * radius_px + 1)
    mean_guide, mean_target = _mean(guide, size), _mean(target, size)
    covariance = _mean(guide * target[..., None], size) - mean_guide * mean_target[..., None]
    slope = _solve(_variances(guide, mean_guide, size, eps), covariance)
    offset = np.asarray(mean_target - channel_sum(slope * mean_guide), dtype=np.float32)
    return _mean(slope, size), _mean(offset, size)


def _variances(guide: Floats, mean: Floats, size: tuple[int, int], eps: float) -> tuple[Floats, ...]:
    """The six different entries of each window's 3x3 colour covariance: rr, rg, rb, gg, gb, bb."""
    entries = []
    for i in range(3):
        for j in range(i, 3):
            entry = _mean(guide[..., i] * guide[..., j], size) - mean[..., i] * mean[..., j]
            entries.append(np.asarray(entry + (eps if i == j else 0.0), dtype=np.float32))
    return tuple(entries)


def _solve(variances: tuple[Floats, ...], right: Floats) -> Floats:
    """Solves the symmetric 3x3 system of every pixel by cofactors: far faster than a general solver."""
    rr, rg, rb, gg, gb, bb = variances
    c_rr, c_rg, c_rb = gg * bb - gb * gb, gb * rb - rg * bb, rg * gb - gg * rb
    c_gg, c_gb, c_bb = rr * bb - rb * rb, rb * rg - rr * gb, rr * gg - rg * rg
    determinant = rr * c_rr + rg * c_rg + rb * c_rb
    x, y, z = right[..., 0], right[..., 1], right[..., 2]
    solved = np.stack(
        [c_rr * x + c_rg * y + c_rb * z, c_rg * x + c_gg * y + c_gb * z, c_rb * x + c_gb * y + c_bb * z], axis=2
    )
    return np.asarray(solved / np.maximum(determinant, 1e-18)[..., None], dtype=np.float32)
