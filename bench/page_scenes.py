"""Papers laid on desks that the fixture generator does not draw, with corners cut off by the picture or folded over."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.screen_camera import saved
from fixtures.optics import place
from imaging.model import Pixels

FloatArray = NDArray[np.float64]
_TONES = ((156, 112, 74), (110, 82, 60), (186, 160, 128), (70, 74, 80), (150, 60, 50), (40, 60, 110), (60, 84, 72))
# Size of the pictures: a phone's, shrunk by a messenger.
_LONG_PX, _SHORT_PX = 2000, 1500


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A picture before lens and file, and the paper's corners in it (pixels, clockwise, shape (4, 2))."""

    pixels: Pixels
    corners: FloatArray


def lay_on_desk(paper: Pixels, rng: np.random.Generator, *, roll_deg: float, fill: float = 0.8) -> Scene:
    """Lays a paper on a desk, turned and seen at a slight slant."""
    height, width = paper.shape[:2]
    columns, rows = (_SHORT_PX, _LONG_PX) if height > width else (_LONG_PX, _SHORT_PX)
    half = np.array([(-width, -height), (width, -height), (width, height), (-width, height)]) / 2
    half = half * (1 + rng.uniform(-0.04, 0.04, (4, 1)))
    angle = np.deg2rad(roll_deg)
    turned = half @ np.array([(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))])
    extent = np.ptp(turned, axis=0)
    turned *= fill * min(columns / extent[0], rows / extent[1])
    corners = turned - (turned.min(axis=0) + turned.max(axis=0)) / 2 + np.array([columns, rows]) / 2
    desk = _desk(rng, columns, rows)
    seam = np.zeros((rows, columns), np.float32)
    cv2.fillConvexPoly(seam, np.rint(corners + 5).astype(np.int32), 0.4)
    desk = (desk * (1 - cv2.GaussianBlur(seam, (0, 0), 6))[..., None]).astype(np.uint8)
    picture = place(paper, None, corners.astype(np.float32), desk)
    return Scene(picture, corners)


def shoot(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Uneven light, a phone's lens, noise and file."""
    height, width = pixels.shape[:2]
    angle = rng.uniform(0, 2 * np.pi)
    along = np.linspace(-0.5, 0.5, width)[None, :] * np.cos(angle) + np.linspace(-0.5, 0.5, height)[:, None] * np.sin(
        angle
    )
    lit = pixels * (1 - rng.uniform(0.05, 0.3) * (0.5 + along))[..., None]
    soft = cv2.GaussianBlur(lit, (0, 0), rng.uniform(0.6, 1.1)) + rng.normal(0, 3, pixels.shape)
    return saved(np.clip(soft, 0, 255).astype(np.uint8), quality=int(rng.integers(70, 92)))


def without_corner(scene: Scene, rng: np.random.Generator, *, leg: float) -> Pixels:
    """The picture ends inside the paper at its outermost corner; the lost triangle has a leg of `leg` short sides."""
    axis, sign = ((0, 1), (0, -1), (1, 1), (1, -1))[int(rng.integers(4))]
    k = int(np.argmax(sign * scene.corners[:, axis]))
    corner = scene.corners[k]
    sides = np.array([scene.corners[(k + 1) % 4], scene.corners[k - 1]]) - corner
    lengths = np.linalg.norm(sides, axis=1)
    depth = leg * lengths.min() * np.abs(sides[:, axis] / lengths).max()
    end = int(corner[axis] - sign * depth)
    pixels = scene.pixels if axis else scene.pixels.transpose(1, 0, 2)
    kept = pixels[:end] if sign > 0 else pixels[end:]
    return np.ascontiguousarray(kept if axis else kept.transpose(1, 0, 2))


def with_folded_corner(scene: Scene, rng: np.random.Generator, *, leg: float) -> Pixels:
    """A corner folded over: desk where it was, and its back upon the paper."""
    k = int(rng.integers(4))
    corner = scene.corners[k]
    sides = np.array([scene.corners[(k + 1) % 4], scene.corners[k - 1]]) - corner
    lengths = np.linalg.norm(sides, axis=1, keepdims=True)
    ends = corner + sides / lengths * leg * lengths.min()
    outward = corner - scene.corners.mean(axis=0)
    x, y = corner + outward / np.linalg.norm(outward) * 60
    tone = np.median(scene.pixels[int(y) - 6 : int(y) + 6, int(x) - 6 : int(x) + 6].reshape(-1, 3), axis=0)
    folded = scene.pixels.copy()
    tip = corner + (corner - ends.mean(axis=0)) * 0.1
    cv2.fillConvexPoly(folded, np.rint([tip, *ends]).astype(np.int32), tuple(float(v) for v in tone))
    flap = ends.sum(axis=0) - corner
    cv2.fillConvexPoly(folded, np.rint([flap, *ends]).astype(np.int32), (226.0, 226.0, 222.0))
    return folded


def _desk(rng: np.random.Generator, width: int, height: int) -> Pixels:
    """Wood, coarse cloth, a plain plate, or a checked table cloth."""
    tone = np.array(_TONES[int(rng.integers(len(_TONES)))], np.float32)
    kind = int(rng.integers(4))
    if kind == 0:
        streaks = rng.normal(0, 9, (height // 9 + 2, 6)).astype(np.float32)
        field = cv2.resize(streaks, (width, height), interpolation=cv2.INTER_CUBIC)
    elif kind == 1:
        field = cv2.resize(rng.normal(0, 10, (height // 3, width // 3)).astype(np.float32), (width, height))
    elif kind == 2:
        field = cv2.resize(rng.normal(0, 5, (5, 5)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    else:
        squares = (np.arange(height)[:, None] // 70 % 2) + (np.arange(width)[None, :] // 70 % 2)
        field = np.asarray(squares * 14 - 14, np.float32)
    return np.clip(tone + np.asarray(field)[..., None] * tone / 128, 0, 255).astype(np.uint8)
