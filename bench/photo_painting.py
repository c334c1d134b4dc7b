"""Things painted on a face: lenses, lids, glare, masks, a hand; placed by the face's own points."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels
from imaging.photo import landmarks as mesh
from imaging.photo.portrait import Portrait

Colour = tuple[int, int, int]
Paint = Callable[[Pixels, Portrait], Pixels]

_EYES = (mesh.LEFT_EYE_RING, mesh.RIGHT_EYE_RING)

# Name, shape and colour of opaque lenses as shops sell them.
EVEN_GLASSES: tuple[tuple[str, str, Colour], ...] = (
    ("round black", "round", (12, 12, 14)),
    ("box black", "box", (20, 20, 20)),
    ("large brown", "large", (52, 34, 24)),
    ("drop dark green", "drop", (24, 40, 30)),
    ("box dark blue", "box", (20, 26, 52)),
    ("bar black", "bar", (16, 16, 18)),
    ("large shaded", "shaded", (14, 14, 16)),
    ("round mirrored blue", "round", (60, 110, 170)),
    ("box grey", "box", (88, 88, 90)),
)


def _eyes(portrait: Portrait) -> list[tuple[NDArray[np.float64], float]]:
    """Middle and width of both eyes."""
    points = portrait.faces[0].points[:, :2].astype(np.float64)
    return [(points[list(ring)].mean(axis=0), float(np.ptp(points[list(ring), 0]))) for ring in _EYES]


def _blend(face: Pixels, cover: NDArray[np.float32], colour: NDArray[np.float32]) -> Pixels:
    mixed = face * (1.0 - cover[..., None]) + colour * cover[..., None]
    return np.asarray(np.clip(mixed + 0.5, 0, 255).astype(np.uint8), dtype=np.uint8)


def _soft(area: NDArray[np.uint8], width: float) -> NDArray[np.float32]:
    """The edge as a camera that is in focus draws it."""
    return np.asarray(cv2.GaussianBlur(area.astype(np.float32), (0, 0), max(0.5, width * 0.015)), dtype=np.float32)


def sunglasses(shape: str, colour: Colour) -> Paint:
    """Opaque lenses with a bridge."""

    def paint(face: Pixels, portrait: Portrait) -> Pixels:
        eyes = _eyes(portrait)
        area = np.zeros(face.shape[:2], np.uint8)
        for middle, width in eyes:
            _lens(area, shape, middle, width)
        (first, width), (second, _) = eyes
        start, end = tuple(np.round(first).astype(int)), tuple(np.round(second).astype(int))
        cv2.line(area, start, end, (1,), max(1, round(width * (0.9 if shape == "bar" else 0.14))), cv2.LINE_AA)
        tone = np.array(colour, np.float32)
        if shape == "shaded":
            rows = np.arange(face.shape[0], dtype=np.float32)[:, None, None]
            fall = np.clip((rows - (first[1] - 0.6 * width)) / (1.4 * width), 0.0, 1.0)
            tone = np.asarray(tone + 45.0 * fall, dtype=np.float32)
        return _blend(face, _soft(area, width), tone)

    return paint


def _lens(area: NDArray[np.uint8], shape: str, middle: NDArray[np.float64], width: float) -> None:
    x, y = float(middle[0]), float(middle[1])
    if shape in ("box", "bar"):
        half_w, half_h = 0.9 * width, 0.5 * width
        corners = np.array([[x - half_w, y - half_h], [x + half_w, y - half_h], [x + half_w, y + half_h]])
        corners = np.vstack([corners, [[x - half_w, y + half_h]]])
        cv2.fillPoly(area, [np.round(corners).astype(np.int32)], (1,))
        return
    size = {"round": (0.8, 0.72), "large": (1.0, 0.95), "shaded": (1.0, 0.85), "drop": (0.95, 0.75)}[shape]
    down = 0.15 * width if shape in ("drop", "large") else 0.0
    axes = (round(size[0] * width), round(size[1] * width))
    cv2.ellipse(area, (round(x), round(y + down)), axes, 0, 0, 360, (1,), -1)


def lids(face: Pixels, portrait: Portrait) -> Pixels:
    """Eyes shut: skin over the eyes and a line of lashes along the lower lid."""
    painted = face.copy()
    for ring in _EYES:
        points = portrait.faces[0].points[list(ring), :2]
        width, height = (float(side) for side in np.ptp(points, axis=0))
        middle = (round(float(points[:, 0].mean())), round(float(points[:, 1].mean())))
        lid = np.zeros(face.shape[:2], np.uint8)
        cv2.ellipse(lid, middle, (round(width * 0.62), round(height * 0.5 + width * 0.14)), 0, 0, 360, (255,), -1)
        painted = np.asarray(cv2.inpaint(painted, lid, 5, cv2.INPAINT_TELEA), dtype=np.uint8)
        size = (round(width * 0.5), round(width * 0.16))
        cv2.ellipse(painted, middle, size, 0, 20, 160, (50, 30, 25), max(1, round(width * 0.06)), cv2.LINE_AA)
    return painted


def glare(face: Pixels, portrait: Portrait) -> Pixels:
    """A lamp or window mirrored in both lenses: a burnt spot over half of each eye."""
    area = np.zeros(face.shape[:2], np.uint8)
    width = 1.0
    for middle, width in _eyes(portrait):
        x, y = float(middle[0]), float(middle[1])
        corners = np.array([[x - 0.5 * width, y - 0.4 * width], [x + 0.35 * width, y - 0.4 * width]])
        corners = np.vstack([corners, [[x + 0.15 * width, y + 0.3 * width], [x - 0.6 * width, y + 0.3 * width]]])
        cv2.fillPoly(area, [np.round(corners).astype(np.int32)], (1,))
    return _blend(face, _soft(area, width), np.array([255, 255, 255], np.float32))


def red_eyes(face: Pixels, portrait: Portrait) -> Pixels:
    """A flash mirrored by the back of the eyes."""
    area = np.zeros(face.shape[:2], np.uint8)
    width = 1.0
    for middle, width in _eyes(portrait):
        cv2.circle(area, (round(float(middle[0])), round(float(middle[1]))), max(1, round(0.14 * width)), (1,), -1)
    return _blend(face, _soft(area, width), np.array([205, 40, 48], np.float32))


# Outline of a surgical mask: from the bridge of the nose along the cheeks to below the chin.
_MASK_OUTLINE = (6, 351, 346, 352, 366, 401, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136, 172, 58,
                 177, 137, 123, 117, 122)  # fmt: skip


def mask_over_mouth(colour: Colour) -> Paint:
    """A cloth mask over mouth and nose, with folds and the face's own shading."""

    def paint(face: Pixels, portrait: Portrait) -> Pixels:
        points = portrait.faces[0].points[:, :2].astype(np.float64)
        outline = points[list(_MASK_OUTLINE)]
        area = np.zeros(face.shape[:2], np.uint8)
        cv2.fillPoly(area, [np.round(outline).astype(np.int32)], (1,))
        chin = portrait.head.eye_chin_px
        rows = np.arange(face.shape[0], dtype=np.float32)[:, None, None]
        columns = np.arange(face.shape[1], dtype=np.float32)[None, :, None]
        folds = 1.0 + 0.05 * np.sin(rows / (0.05 * chin))
        bulge = 1.0 - 0.25 * ((columns - portrait.head.middle[0]) / (0.8 * chin)) ** 2
        tone = np.array(colour, np.float32) * folds * np.clip(bulge, 0.6, 1.0)
        return _blend(face, _soft(area, 0.4 * chin), np.asarray(tone, dtype=np.float32))

    return paint


def hand_over_eye(face: Pixels, portrait: Portrait) -> Pixels:
    """A hand or a strand of hair before the picture's left eye, in the skin's own colour."""
    middle, width = _eyes(portrait)[0]
    points = portrait.faces[0].points
    x, y = (round(float(v)) for v in points[mesh.LEFT_CHEEK, :2])
    reach = max(1, round(0.2 * width))
    skin = face[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1].reshape(-1, 3).mean(axis=0)
    area = np.zeros(face.shape[:2], np.uint8)
    size = (round(0.8 * width), round(0.6 * width))
    cv2.ellipse(area, (round(float(middle[0])), round(float(middle[1]))), size, 15, 0, 360, (1,), -1)
    return _blend(face, _soft(area, width), np.asarray(skin, dtype=np.float32))
