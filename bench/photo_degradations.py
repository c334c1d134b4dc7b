"""Copies of a good portrait that are spoilt in one way each, and the code that each must be given.

The faults are made from how they arise (a lens out of focus, a lamp too weak, lenses before the eyes, a frame that
cuts the head), not from how they are measured.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from bench.photo_painting import (
    EVEN_GLASSES,
    glare,
    hand_over_eye,
    lids,
    mask_over_mouth,
    red_eyes,
    sunglasses,
)
from bench.photo_pictures import (
    motion_blur,
    phone_screenshot,
    photocopy,
    photograph_of_print,
    photograph_of_screen,
    tilted,
    two_tone_copy,
    with_person_behind,
    with_person_beside,
)
from imaging.model import Pixels
from imaging.photo.portrait import Portrait

# The distance of the eyes that the blur's spread is told at; photo.md normalises to it.
VIEW_EYES_PX = 90.0

Degrade = Callable[[Pixels, Portrait], Pixels]


@dataclass(frozen=True, slots=True)
class Degradation:
    """One way to spoil a portrait.

    Attributes:
        name: Shown in the table.
        codes: Any of these codes is the right one.
        apply: Takes the upright picture and its portrait, gives the spoilt picture.
        warning: True where the check can only warn, so that the maker goes on.
    """

    name: str
    codes: tuple[str, ...]
    apply: Degrade
    warning: bool = False


def blur(sigma: float, *, in_view: bool) -> Degrade:
    """A lens out of focus; `sigma` in pixels of the file, or of a view with 90 px between the eyes."""

    def apply(face: Pixels, portrait: Portrait) -> Pixels:
        spread = sigma * eye_distance(portrait) / VIEW_EYES_PX if in_view else sigma
        return np.asarray(cv2.GaussianBlur(face, (0, 0), spread), dtype=np.uint8)

    return apply


def eye_distance(portrait: Portrait) -> float:
    """Pixels between the eyes, as the checks measure it."""
    from imaging.photo import landmarks as mesh

    points = portrait.faces[0].points
    return float(np.linalg.norm(mesh.eye_centre(points, left=True) - mesh.eye_centre(points, left=False)))


def brightness(factor: float) -> Degrade:
    """All levels times a factor, as a wrong exposure does in the file's levels."""
    return lambda face, _: np.clip(face * factor + 0.5, 0, 255).astype(np.uint8)


def haze(face: Pixels, _: Portrait) -> Pixels:
    """A dirty lens, or light from behind: everything near one grey."""
    return np.asarray(face * 0.25 + 130.0, dtype=np.uint8)


def colour_cast(gains: tuple[float, float, float]) -> Degrade:
    """A wrong white balance."""
    return lambda face, _: np.clip(face * np.array(gains, np.float32), 0, 255).astype(np.uint8)


def side_light(face: Pixels, portrait: Portrait) -> Pixels:
    """One half of the face in shade, with a soft edge of a third of the eyes' distance."""
    columns = np.arange(face.shape[1], dtype=np.float32) - portrait.head.middle[0]
    shade = 0.25 + 0.75 / (1.0 + np.exp(-columns / (eye_distance(portrait) / 6.0)))
    return np.asarray(face * shade[None, :, None], dtype=np.uint8)


def cut(side: str, depth: float) -> Degrade:
    """The frame runs through the face: `depth` is how far beyond the face's outline, in eye-to-chin lengths."""

    def apply(face: Pixels, portrait: Portrait) -> Pixels:
        head = portrait.head
        reach = depth * head.eye_chin_px
        half = head.face_width_px / 2
        if side == "left":
            return face[:, max(0, round(head.middle[0] - half + reach)) :]
        if side == "right":
            return face[:, : round(head.middle[0] + half - reach)]
        if side == "top":
            return face[max(0, round(head.crown[1] + reach)) :]
        return face[: round(head.chin[1] - reach)]

    return apply


def resized(width_px: int, height_px: int) -> Degrade:
    """A source of exactly this size: cut to its proportions around the head, then shrunk."""

    def apply(face: Pixels, portrait: Portrait) -> Pixels:
        height, width = face.shape[:2]
        keep_w, keep_h = min(width, height * width_px / height_px), min(height, width * height_px / width_px)
        left = int(np.clip(portrait.head.middle[0] - keep_w / 2, 0, width - keep_w))
        part = face[: round(keep_h), left : left + round(keep_w)]
        return np.asarray(cv2.resize(part, (width_px, height_px), interpolation=cv2.INTER_AREA), dtype=np.uint8)

    return apply


def quarter_turn(turns: int) -> Degrade:
    """A phone's lost orientation."""
    return lambda face, _: np.ascontiguousarray(np.rot90(face, turns))


def grey(face: Pixels, _: Portrait) -> Pixels:
    """A black-and-white photograph."""
    return np.asarray(cv2.cvtColor(cv2.cvtColor(face, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB), dtype=np.uint8)


def sepia(face: Pixels, portrait: Portrait) -> Pixels:
    """A black-and-white photograph toned brown."""
    tone = np.array([1.07, 0.93, 0.72], np.float32)
    return np.asarray(np.clip(grey(face, portrait) * tone, 0, 255).astype(np.uint8), dtype=np.uint8)


def noise(sigma: float) -> Degrade:
    """A sensor in the dark: grain of one pixel in every channel."""

    def apply(face: Pixels, _: Portrait) -> Pixels:
        grain = np.random.default_rng(7).normal(0.0, sigma, face.shape)
        return np.asarray(np.clip(face + grain, 0, 255).astype(np.uint8), dtype=np.uint8)

    return apply


def jpeg(quality: int) -> Degrade:
    """Compressed too hard."""

    def apply(face: Pixels, _: Portrait) -> Pixels:
        ok, data = cv2.imencode(".jpg", face[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
        decoded = cv2.imdecode(data, cv2.IMREAD_COLOR) if ok else None
        if decoded is None:
            raise ValueError("the picture cannot be encoded")
        return np.ascontiguousarray(decoded[:, :, ::-1], dtype=np.uint8)

    return apply


def face_blurred_out(face: Pixels, portrait: Portrait) -> Pixels:
    """A face made unrecognisable, as news pictures do."""
    spread = 0.25 * portrait.head.eye_chin_px
    smooth = cv2.GaussianBlur(face, (0, 0), spread)
    area = np.zeros(face.shape[:2], np.uint8)
    x, y = portrait.head.middle[0], portrait.head.eye_middle[1] + 0.2 * portrait.head.eye_chin_px
    size = (round(0.65 * portrait.head.face_width_px), round(1.3 * portrait.head.eye_chin_px))
    cv2.ellipse(area, (round(x), round(y)), size, 0, 0, 360, (1,), -1)
    return np.asarray(np.where(area[:, :, None] > 0, smooth, face).astype(np.uint8), dtype=np.uint8)


_BLURRED, _DARK, _BRIGHT = ("photo-blurred",), ("photo-too-dark",), ("photo-too-bright",)
_CUT, _ROLL, _TURNED = ("photo-head-cut",), ("photo-roll",), ("photo-turned",)
_FEW, _SEVERAL = ("photo-too-few-pixels",), ("photo-several-faces",)
_COLOURLESS = ("photo-greyscale", "photo-black-and-white-copy")

DEGRADATIONS: tuple[Degradation, ...] = (
    Degradation("blur 2 px at 90 px between the eyes", _BLURRED, blur(2.0, in_view=True)),
    Degradation("blur 3 px at 90 px between the eyes", _BLURRED, blur(3.0, in_view=True)),
    Degradation("blur 2 px of the file", _BLURRED, blur(2.0, in_view=False)),
    Degradation("motion blur", ("photo-moved", "photo-blurred"), motion_blur(VIEW_EYES_PX), warning=True),
    Degradation("brightness x0.3", _DARK, brightness(0.3)),
    Degradation("brightness x0.4", _DARK, brightness(0.4), warning=True),
    Degradation("brightness x1.8", _BRIGHT, brightness(1.8)),
    Degradation("haze", ("photo-low-contrast",), haze, warning=True),
    Degradation("blue light", ("photo-colour-cast",), colour_cast((0.45, 0.7, 1.25)), warning=True),
    Degradation("side light", ("photo-uneven-light",), side_light, warning=True),
    *(
        Degradation(f"sunglasses {name}", ("photo-sunglasses",), sunglasses(shape, colour))
        for name, shape, colour in EVEN_GLASSES
    ),
    Degradation("cut at the left", _CUT, cut("left", 0.25)),
    Degradation("cut at the right", _CUT, cut("right", 0.25)),
    Degradation("cut at the top", _CUT, cut("top", 0.25)),
    Degradation("cut at the forehead", _CUT, cut("top", 0.6)),
    Degradation("cut at the chin", _CUT, cut("chin", 0.1)),
    Degradation("cut at the mouth", _CUT, cut("chin", 0.4)),
    Degradation("294x413", _FEW, resized(294, 413)),
    Degradation("295x412", _FEW, resized(295, 412)),
    Degradation("150x210", _FEW, resized(150, 210)),
    Degradation("two side by side", _SEVERAL, with_person_beside),
    Degradation("a second one behind", _SEVERAL, with_person_behind),
    Degradation("face blurred out", ("photo-no-face",), face_blurred_out),
    Degradation("tilt +20 deg", _ROLL, tilted(20.0)),
    Degradation("tilt -20 deg", _ROLL, tilted(-20.0)),
    Degradation("turned 90", _TURNED, quarter_turn(1)),
    Degradation("turned 180", _TURNED, quarter_turn(2)),
    Degradation("turned 270", _TURNED, quarter_turn(3)),
    Degradation("grey", _COLOURLESS, grey),
    Degradation("sepia", _COLOURLESS, sepia),
    Degradation("two-tone copy", ("photo-black-and-white-copy",), two_tone_copy),
    Degradation("photocopy", _COLOURLESS, photocopy),
    Degradation("noise 25", ("photo-noisy",), noise(25.0), warning=True),
    Degradation("JPEG quality 8", ("photo-blocky",), jpeg(8), warning=True),
    Degradation("phone screenshot", ("photo-border",), phone_screenshot),
    Degradation("photo of a print", ("photo-of-photo", "photo-border"), photograph_of_print),
    Degradation("photo of a screen", ("photo-of-screen",), photograph_of_screen),
    Degradation("closed eyes", ("photo-eyes-closed",), lids),
    Degradation("glare on glasses", ("photo-glare",), glare, warning=True),
    Degradation("red eyes", ("photo-red-eyes",), red_eyes, warning=True),
    Degradation("mask, blue", ("photo-mouth-covered",), mask_over_mouth((150, 190, 220)), warning=True),
    Degradation("mask, white", ("photo-mouth-covered",), mask_over_mouth((235, 238, 240)), warning=True),
    Degradation("mask, black", ("photo-mouth-covered",), mask_over_mouth((30, 30, 34)), warning=True),
    Degradation("mask, pink", ("photo-mouth-covered",), mask_over_mouth((230, 170, 180)), warning=True),
    Degradation("mask, beige", ("photo-mouth-covered",), mask_over_mouth((214, 180, 150)), warning=True),
    Degradation("hand over one eye", ("photo-eye-covered", "photo-eyes-closed"), hand_over_eye, warning=True),
)
