"""What lies behind the person: how white, how even, and the gentle lift of a background that is white already."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels
from imaging.photo import frame
from imaging.photo.model import Floats
from imaging.photo.portrait import Portrait

# Below this the mask says background; the mask's own edge is left out by a rim.
_BACKGROUND_BELOW = 0.1
# Rim around the person that is not judged, in pixels of the 256 px square: hair and the soft edge of the mask.
_RIM_PX = 5
# A background pixel counts as white from here (photo.md, "white background": studio white 1.00, light grey 0-.03).
WHITE_LEVEL = 230
# Red and blue photo backgrounds: studios use (67, 142, 219), (0, 191, 243), (60, 140, 220) and (219, 22, 22) or
# (255, 0, 0); the leading channel is strong and clearly ahead of the ones that would make it grey.
_STRONG_LEVEL = 110
_COLOUR_LEAD = 50
# Fewer background pixels than this share of the square say nothing about the background.
_MIN_BACKGROUND_SHARE = 0.01
# The lift starts here and is complete at the level that counts as white, so there is no visible step.
_LIFT_FROM = 205


@dataclass(frozen=True, slots=True, eq=False)
class Backdrop:
    """The judged background around the head; both arrays are empty when there is hardly any.

    Attributes:
        colours: Background pixels, uint8 RGB of shape (n, 3).
        gradients: Change of brightness at each of them, levels a pixel of the 256 px square, shape (n,).
    """

    colours: NDArray[np.uint8]
    gradients: Floats


def find_backdrop(portrait: Portrait) -> Backdrop:
    """Cuts the background out of the square around the head, away from the person's edge."""
    side = portrait.mask.shape[0]
    height, width = portrait.pixels.shape[:2]
    view = portrait.view
    inside = frame.coverage(width, height, portrait.square, width_px=side, height_px=side)
    person = (portrait.mask >= _BACKGROUND_BELOW).astype(np.uint8)
    grown = cv2.dilate(person, np.ones((2 * _RIM_PX + 1, 2 * _RIM_PX + 1), np.uint8))
    # The picture's own border is no change of the background.
    chosen = (cv2.erode(inside.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=0) > 0) & (grown == 0)
    if chosen.sum() < _MIN_BACKGROUND_SHARE * side * side:
        return Backdrop(np.empty((0, 3), np.uint8), np.empty(0, np.float32))
    grey = cv2.cvtColor(view, cv2.COLOR_RGB2GRAY).astype(np.float32)
    # Scharr's weights sum to 32, so this is levels a pixel.
    across, down = cv2.Scharr(grey, cv2.CV_32F, 1, 0), cv2.Scharr(grey, cv2.CV_32F, 0, 1)
    steepness = np.hypot(across, down) / 32.0
    return Backdrop(view[chosen], np.asarray(steepness[chosen], dtype=np.float32))


def colour_share(background: NDArray[np.uint8], colour: str) -> float:
    """Share of pixels, shape (n, 3), that are `white`, `blue` or `red` as photo backgrounds are; 0 for none."""
    if not len(background):
        return 0.0
    red, green, blue = (background[:, channel].astype(np.int16) for channel in range(3))
    if colour == "white":
        hits = background.min(axis=1) >= WHITE_LEVEL
    elif colour == "blue":
        hits = (blue >= _STRONG_LEVEL) & (blue - red >= _COLOUR_LEAD) & (blue >= green)
    else:
        hits = (red >= _STRONG_LEVEL) & (red - green >= _COLOUR_LEAD) & (red - blue >= _COLOUR_LEAD)
    return float(hits.mean())


def background_spread(background: NDArray[np.uint8]) -> float:
    """Unevenness in levels: the largest channel's range between the 5th and the 95th percentile; 0 for none."""
    if not len(background):
        return 0.0
    low, high = np.percentile(background, (5, 95), axis=0)
    return float((high - low).max())


def lift_white(pixels: Pixels, mask: Floats, inside: NDArray[np.bool_]) -> Pixels:
    """Raises an already white background to pure white and leaves the person alone.

    Args:
        pixels: uint8 RGB crop.
        mask: Person mask of any size, stretched over the crop.
        inside: False where the crop lies outside the source; becomes white.
    """
    height, width = pixels.shape[:2]
    person = cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR)
    outside = np.clip((0.5 - person) / 0.4, 0.0, 1.0)
    bright = np.clip((pixels.min(axis=2).astype(np.float32) - _LIFT_FROM) / (WHITE_LEVEL - _LIFT_FROM), 0.0, 1.0)
    weight = np.where(inside, outside * bright, np.where(person > 0.5, 0.0, 1.0)).astype(np.float32)[..., None]
    lifted = pixels * (1.0 - weight) + 255.0 * weight
    return np.asarray(np.clip(lifted + 0.5, 0, 255), dtype=np.uint8)
