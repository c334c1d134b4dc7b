"""Portraits in front of other backgrounds: the same person before a blue cloth, a grey wall and a busy room.

Persons are cut out of their own picture at a resolution above the photo's, so the cut-out is known where the maker
has to find it again. What the cut-out itself got wrong counts for nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels
from imaging.photo.masking import person_mask
from imaging.photo.matting import Cutout, cut_out
from imaging.photo.portrait import Portrait, study_portrait
from imaging.photo.weights import PhotoModels

BACKGROUNDS = ("real", "blue", "grey wall", "busy")
# Around the middle between the eyes, in eye-to-chin lengths: more than a 1-inch photo shows (3.3 high, 2.4 wide).
_ABOVE, _BELOW, _BESIDE = 2.3, 3.0, 2.4
# Height of a scene at most: a phone's portrait needs no more for a photo of 413 px.
_MAX_HEIGHT_PX = 1600

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """One picture to make a photo of.

    Attributes:
        portrait: Name of the portrait.
        background: One of `BACKGROUNDS`.
        pixels: uint8 RGB.
        alpha: Share of the person in every pixel, 0..1; None where the background is the picture's own.
    """

    portrait: str
    background: str
    pixels: Pixels
    alpha: Floats | None


def scenes_of(name: str, pixels: Pixels, models: PhotoModels, *, seed: int) -> Iterator[Scene]:
    """The picture itself, and its person before three other backgrounds when a face is found."""
    yield Scene(name, "real", pixels, None)
    portrait = study_portrait(pixels, models)
    if portrait is None:
        return
    cutout = _cut_person(portrait, models)
    for background in BACKGROUNDS[1:]:
        noise = np.random.default_rng([seed, BACKGROUNDS.index(background)])
        yield Scene(name, background, _stand_before(cutout, background, noise), cutout.alpha)


def _cut_person(portrait: Portrait, models: PhotoModels) -> Cutout:
    height, width = portrait.pixels.shape[:2]
    (x, y), unit = portrait.head.eye_middle, portrait.head.eye_chin_px
    left, right = max(0, int(x - _BESIDE * unit)), min(width, int(x + _BESIDE * unit) + 1)
    top, bottom = max(0, int(y - _ABOVE * unit)), min(height, int(y + _BELOW * unit) + 1)
    region = portrait.pixels[top:bottom, left:right]
    factor = min(1.0, _MAX_HEIGHT_PX / region.shape[0])
    if factor < 1.0:
        region = np.asarray(cv2.resize(region, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
    mask = person_mask(models.segmenter, region, fine=True)
    face = round((x - left) * factor), round((y - top) * factor)
    return cut_out(np.ascontiguousarray(region), mask, face_at=face)


def _stand_before(cutout: Cutout, background: str, noise: np.random.Generator) -> Pixels:
    height, width = cutout.alpha.shape
    paint = {"blue": _blue_cloth, "grey wall": _grey_wall, "busy": _busy_room}[background]
    behind = paint(height, width, noise)
    alpha = cutout.alpha[..., None]
    seen = cutout.colour * alpha + behind * (1.0 - alpha)
    return np.asarray(np.clip(seen + 0.5, 0, 255), dtype=np.uint8)


def _blue_cloth(height: int, width: int, noise: np.random.Generator) -> Floats:
    """A studio's blue (photo.md, Hubei: red, blue or white), lit a little unevenly."""
    return _lit(np.array([67, 142, 219], np.float32), height, width, noise, fall=0.12, grain=1.5)


def _grey_wall(height: int, width: int, noise: np.random.Generator) -> Floats:
    """A wall in room light: it falls off to one side and down."""
    return _lit(np.array([186, 188, 190], np.float32), height, width, noise, fall=0.3, grain=3.0)


def _lit(colour: Floats, height: int, width: int, noise: np.random.Generator, *, fall: float, grain: float) -> Floats:
    across, down = np.meshgrid(np.linspace(-0.5, 0.5, width), np.linspace(-0.5, 0.5, height))
    angle = noise.uniform(0, 2 * np.pi)
    light = 1.0 + fall * (np.cos(angle) * across + np.sin(angle) * down)
    wall = colour * light[..., None] + noise.normal(0, grain, (height, width, 1))
    return np.asarray(np.clip(wall, 0, 255), dtype=np.float32)


def _busy_room(height: int, width: int, noise: np.random.Generator) -> Floats:
    """Shelves with books, a window and a plant, as far out of focus as a phone puts them."""
    room = _lit(np.array([150, 130, 110], np.float32), height, width, noise, fall=0.4, grain=0.0)
    for shelf in np.linspace(0.08, 0.9, 5):
        left, foot, tall = 0.0, shelf + 0.14, 0.15
        while left < 1.0:
            wide = float(noise.uniform(0.02, 0.06))
            colour = tuple(float(v) for v in noise.integers(20, 240, 3))
            start = round(left * width), round((foot - tall * noise.uniform(0.6, 1.0)) * height)
            cv2.rectangle(room, start, (round((left + wide) * width), round(foot * height)), colour, -1)
            left += wide
    corner = round(width * float(noise.uniform(0.0, 0.7))), round(height * 0.05)
    cv2.rectangle(room, corner, (corner[0] + width // 4, corner[1] + height // 4), (250.0, 250.0, 245.0), -1)
    for _ in range(40):
        middle = round(width * float(noise.uniform(0.7, 1.0))), round(height * float(noise.uniform(0.3, 0.9)))
        axes = round(width * 0.05), round(width * 0.012)
        cv2.ellipse(
            room, middle, axes, float(noise.uniform(0, 180)), 0, 360, (40.0, float(noise.uniform(80, 160)), 50.0), -1
        )
    soft = cv2.GaussianBlur(room, (0, 0), height / 300)
    return np.asarray(soft + noise.normal(0, 2.0, (height, width, 1)), dtype=np.float32).clip(0, 255)
