"""Separates the person from the background and puts white behind.

The recipe and its figures are in photo.md, "Matting": a mirror-averaged person mask, a guided filter that pulls the
mask's edge onto the picture's, a stretch, a distance limit, the largest part only, and a foreground colour for the
mixed pixels, so that no rim of the old background stays.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from imaging.model import Pixels
from imaging.photo.guided import guide_mask
from imaging.photo.model import Floats

# Guided filter on a crop of 590x826, the resolution the recipe was measured at. The radius follows the resolution.
_MEASURED_HEIGHT_PX = 826
_GUIDE_RADIUS_PX = 24
# Below 1e-4 the filter loses its variance to float32 rounding and answers NaN (photo.md, "Pitfalls").
_GUIDE_EPS = 1e-4
# The filter leaves a veil near 0 and 1; this stretch removes it (photo.md, best row of "Matting").
_STRETCH = (0.1, 0.9)
# Alpha ends this far outside the hard mask: removes far smudges and costs nothing (16-32 px measured).
_REACH_PX = 24
# Leftovers fade out between one and two times this distance from the person, as a share of the photo's height
# (4 px of 413). Measured on six people before a busy room: white background 97.8 -> 99.7 % at worst, and at most 16
# pixels' worth of the person lost; before a plain wall it would cost flying hair 109 pixels' worth.
_LEFTOVER_REACH = 4 / 413
# Two passes of the foreground estimate, wide for the colour and narrow for the detail (photo.md: ~45 ms, +1.5 dB).
_COLOUR_RADII_PX = (60, 6)
# The means are smooth, so they are taken at half size; only the last correction sees every pixel.
_COLOUR_SUBSAMPLE = 2
# Guards the divisions by a blurred mask that is zero far from the person.
_TINY = 1e-5


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """A person cut out of the crop.

    Attributes:
        alpha: Share of the person in each pixel, float32 0..1, shape (height, width).
        colour: Colour of the person alone, uint8 RGB, shape (height, width, 3).
    """

    alpha: Floats
    colour: Pixels


def cut_out(pixels: Pixels, mask: Floats, *, face_at: tuple[int, int]) -> Cutout:
    """Finds alpha and foreground colour.

    Args:
        pixels: uint8 RGB crop, shape (height, width, 3).
        mask: Person mask 0..1 of any size, stretched over the same crop.
        face_at: A pixel (x, y) of the crop that surely belongs to the person.
    """
    picture = pixels.astype(np.float32)
    picture /= 255.0
    alpha = _refine(picture, mask, face_at=face_at)
    return Cutout(alpha=alpha, colour=_foreground_colour(pixels, picture, alpha))


def on_white(cutout: Cutout) -> Pixels:
    """The person on pure white, uint8 RGB."""
    finished = cutout.colour.copy()
    # Where the person is complete nothing changes; the rest is white plus the person's share of the difference to it.
    finished[cutout.alpha <= 0.0] = 255
    rows, columns = np.nonzero((cutout.alpha > 0.0) & (cutout.alpha < 1.0))
    alpha = cutout.alpha[rows, columns, None]
    finished[rows, columns] = (255.5 - alpha * (255.0 - finished[rows, columns])).astype(np.uint8)
    return finished


def clear_leftovers(photo: Pixels, mask: Floats) -> Pixels:
    """Whitens what a cut-out has left of a busy background away from the person.

    Args:
        photo: uint8 RGB of a person cut out onto white, shape (height, width, 3).
        mask: Person mask of that picture, of any size: against white the network tells scraps from the person.
    """
    height, width = photo.shape[:2]
    person = cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR) > 0.5
    away = cv2.distanceTransform((~person).astype(np.uint8), cv2.DIST_L2, 3)
    reach_px = max(1.0, _LEFTOVER_REACH * height)
    kept = np.clip(2.0 - away / reach_px, 0.0, 1.0)[..., None]
    return np.asarray(255.5 - (255.0 - photo) * kept, dtype=np.uint8)


def _refine(picture: Floats, mask: Floats, *, face_at: tuple[int, int]) -> Floats:
    height, width = picture.shape[:2]
    factor = height / _MEASURED_HEIGHT_PX
    coarse = np.asarray(cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.float32)
    radius = max(2, round(_GUIDE_RADIUS_PX * factor))
    fine = guide_mask(picture, coarse, radius_px=radius, eps=_GUIDE_EPS)
    low, high = _STRETCH
    stretched = np.clip((fine - low) / (high - low), 0.0, 1.0)
    # The reach is a soft limit: half the resolution does, in a quarter of the time.
    half = cv2.resize(coarse, (max(1, width // 2), max(1, height // 2)), interpolation=cv2.INTER_AREA)
    spot = min(face_at[0] // 2, half.shape[1] - 1), min(face_at[1] // 2, half.shape[0] - 1)
    near = _near_person(np.asarray(half, np.float32), reach_px=max(2, round(_REACH_PX * factor / 2)), face_at=spot)
    return np.asarray(stretched * cv2.resize(near, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.float32)


def _near_person(coarse: Floats, *, reach_px: int, face_at: tuple[int, int]) -> Floats:
    """1 on and near the part of the mask that holds the face, falling to 0 at the reach."""
    hard = (coarse > 0.5).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(hard)
    label = int(labels[face_at[1], face_at[0]])
    if label == 0 and len(stats) > 1:
        label = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    person = (labels == label) if label else hard.astype(bool)
    away = cv2.distanceTransform((~person).astype(np.uint8), cv2.DIST_L2, 3)
    return np.asarray(np.clip(2.0 - 2.0 * np.minimum(away, reach_px) / reach_px, 0.0, 1.0), dtype=np.float32)


def _foreground_colour(pixels: Pixels, picture: Floats, alpha: Floats) -> Pixels:
    """Colour of the person alone: what the mixed pixels would be without their share of the background.

    Args:
        pixels: uint8 RGB crop.
        picture: The same as float32 0..1.
        alpha: Share of the person.
    """
    height, width = alpha.shape
    factor = height / _MEASURED_HEIGHT_PX / _COLOUR_SUBSAMPLE
    size = (max(1, width // _COLOUR_SUBSAMPLE), max(1, height // _COLOUR_SUBSAMPLE))
    small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
    weight = np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), dtype=np.float32)[..., None]
    front = back = small
    for radius in _COLOUR_RADII_PX:
        means = _means(front, back, weight, radius_px=max(1, round(radius * factor)))
        front, back = _unmix(small, weight, *means), means[1]
    # Only mixed pixels need another colour than their own; the means are smooth, so their nearest value will do.
    rows, columns = np.nonzero((alpha > 0.0) & (alpha < 1.0))
    near = np.minimum(rows // _COLOUR_SUBSAMPLE, size[1] - 1), np.minimum(columns // _COLOUR_SUBSAMPLE, size[0] - 1)
    person = _unmix(picture[rows, columns], alpha[rows, columns, None], means[0][near], means[1][near])
    colour = pixels.copy()
    colour[rows, columns] = (person * 255.0 + 0.5).astype(np.uint8)
    return colour


def _means(front: Floats, back: Floats, weight: Floats, *, radius_px: int) -> tuple[Floats, Floats]:
    """Mean colour of the person and of the background around every pixel, weighted by their shares."""
    size = (2 * radius_px + 1,) * 2
    share = cv2.blur(weight, size)[..., None]
    mean_front = cv2.blur(front * weight, size) / (share + _TINY)
    mean_back = cv2.blur(back * (1.0 - weight), size) / (1.0 - share + _TINY)
    return np.asarray(mean_front, dtype=np.float32), np.asarray(mean_back, dtype=np.float32)


def _unmix(picture: Floats, weight: Floats, mean_front: Floats, mean_back: Floats) -> Floats:
    """The person's colour nearest its mean that explains the mixed pixel."""
    rest = picture - weight * mean_front - (1.0 - weight) * mean_back
    return np.asarray(np.clip(mean_front + weight * rest, 0.0, 1.0), dtype=np.float32)
