"""Judges one made photo with measures of its own: likeness to the picture before encoding, white, and geometry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.photo_child import MAX_BYTES
from bench.photo_encoders import ENCODERS, decoded, likeness
from bench.photo_scenes import Scene
from imaging.model import Pixels
from imaging.photo import frame
from imaging.photo.masking import person_mask
from imaging.photo.standards import PhotoStandard
from imaging.photo.weights import PhotoModels

# Issue 3: a background pixel is white from here on in every channel.
WHITE_LEVEL = 250
# photo.md, "Recommended goals" 4: face centre within 2 % of the middle, tilt at most 1 degree.
MAX_OFF_CENTRE, MAX_ROLL_DEG = 0.02, 1.0
# A pixel is background where the person's share is under 1 %; where it is only guessed, under 10 %.
_CLEAR_ALPHA, _CLEAR_MASK = 0.01, 0.1
# The edge itself is looked at apart: pixels nearer than 0.7 mm to the person (8 px of 295 on 25 mm), where hair is.
_EDGE_PX = 8

Likeness = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Row:
    """One picture's outcome.

    Attributes:
        portrait: Name of the portrait.
        background: What stands behind the person.
        standard: Name of the photo standard.
        codes: Severe defects of a refusal, mild ones of a made photo.
        made: Whether a photo came out.
        ms: Warm wall milliseconds for making and checking it, the best of several runs.
        cpu_ms: The same in time of the processor, which other work on the machine disturbs less.
        likeness: SSIM and PSNR of the made photo against the pixels before encoding.
        peers: The same for other encoders of the same pixels.
        white: Share of the background beyond the person's edge that is white after decoding.
        white_at_edge: Share of all of the background, up to the last hair.
        measures: What the checker measured on the made photo.
        outside: Names of the measures outside the profile.
        encodes: How often it was encoded.
        size_bytes: Size of the file.
    """

    portrait: str
    background: str
    standard: str
    codes: tuple[str, ...]
    made: bool = False
    ms: float = 0.0
    cpu_ms: float = 0.0
    likeness: Likeness = (0.0, 0.0)
    peers: Mapping[str, Likeness] = field(default_factory=dict)
    white: float = 0.0
    white_at_edge: float = 0.0
    measures: Mapping[str, float] = field(default_factory=dict)
    outside: tuple[str, ...] = ()
    encodes: int = 0
    size_bytes: int = 0


def refused(portrait: str, background: str, standard: PhotoStandard, codes: tuple[str, ...], ms: float = 0.0) -> Row:
    """The row of a picture that no photo was made of."""
    return Row(portrait, background, standard.name, codes, ms=ms)


def judge_photo(
    scene: Scene, standard: PhotoStandard, reply: Mapping[str, Any], models: PhotoModels, folder: Path
) -> Row:
    """The row of one answer of `bench.photo_child`."""
    if not reply.get("made"):
        codes = tuple(reply.get("codes", (f"fault {reply.get('fault')}",)))
        return refused(scene.portrait, scene.background, standard, codes, float(reply.get("ms", 0.0)))
    composed = np.asarray(np.load(folder / "composed.npy"), dtype=np.uint8)
    data = (folder / "photo.jpg").read_bytes()
    shown = decoded(data)
    white, white_at_edge = white_shares(shown, _person_of(scene, composed, reply["matrix"], models))
    return Row(
        scene.portrait,
        scene.background,
        standard.name,
        tuple(reply["codes"]),
        made=True,
        ms=float(reply["ms"]),
        cpu_ms=float(reply["cpu_ms"]),
        likeness=likeness(composed, shown),
        peers={name: _peer(encode(composed, MAX_BYTES), composed) for name, encode in ENCODERS.items()},
        white=white,
        white_at_edge=white_at_edge,
        measures=dict(reply["measures"]),
        outside=outside_profile(reply["measures"], standard),
        encodes=int(reply["encodes"]),
        size_bytes=len(data),
    )


def _peer(data: bytes, composed: Pixels) -> Likeness:
    """A loop that finds no quality that fits has kept nothing."""
    return likeness(composed, decoded(data)) if data else (0.0, 0.0)


def _person_of(
    scene: Scene, composed: Pixels, matrix: list[list[float]] | None, models: PhotoModels
) -> NDArray[np.uint8]:
    """1 where there is any person: known where the scene was composed, else guessed by the segmenter."""
    height, width = composed.shape[:2]
    if scene.alpha is not None and matrix is not None:
        known = np.asarray(scene.alpha * 255.0 + 0.5, dtype=np.uint8)
        share = frame.warp(known, np.array(matrix, np.float64), width_px=width, height_px=height)
        return np.asarray(share >= _CLEAR_ALPHA * 255, dtype=np.uint8)
    mask = cv2.resize(person_mask(models.segmenter, composed, fine=True), (width, height))
    return np.asarray(mask >= _CLEAR_MASK, dtype=np.uint8)


def white_shares(shown: Pixels, person: NDArray[np.uint8]) -> tuple[float, float]:
    """Share of white pixels in the background beyond the person's edge, and in all of the background.

    Args:
        shown: uint8 RGB.
        person: 1 where there is any person, the same height and width.
    """
    reach = np.ones((2 * _EDGE_PX + 1, 2 * _EDGE_PX + 1), np.uint8)
    return white_share(shown, cv2.dilate(person, reach) == 0), white_share(shown, person == 0)


def white_share(shown: Pixels, background: NDArray[np.bool_]) -> float:
    """Share of the background whose darkest channel is white; 1 when there is no background."""
    pixels = shown[background]
    return float((pixels.min(axis=1) >= WHITE_LEVEL).mean()) if len(pixels) else 1.0


def outside_profile(measures: Mapping[str, float], standard: PhotoStandard) -> tuple[str, ...]:
    """Which measures of a made photo lie outside the standard's profile."""
    by_face = standard.made_face_width is not None
    # GA 461 gives the eyes' height the last word over the margin above the hair.
    eyes_decide = by_face and measures["eye_line"] <= standard.min_eye_line + MAX_OFF_CENTRE
    wrong = {
        "head": not by_face and not standard.made_head.holds(measures["head"]),
        "face_width": standard.made_face_width is not None
        and not standard.made_face_width.holds(measures["face_width"]),
        "top_margin": not eyes_decide and not standard.made_top_margin.holds(measures["top_margin"]),
        "eye_line": measures["eye_line"] < standard.min_eye_line,
        "off_centre": measures["off_centre"] > MAX_OFF_CENTRE,
        "roll_deg": abs(measures["roll_deg"]) > MAX_ROLL_DEG,
    }
    return tuple(name for name, is_outside in wrong.items() if is_outside)
