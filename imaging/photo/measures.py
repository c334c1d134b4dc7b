"""Everything that is measured on a portrait. Names of measures are stable: they appear in `--json` output.

docs/photo-checks.md lists them with unit, limit and ordinary range, row by row beside the measures of ISO/IEC 29794-5.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import cv2
import numpy as np

from imaging.photo import frame
from imaging.photo import landmarks as mesh
from imaging.photo.background import background_spread, colour_share, find_backdrop
from imaging.photo.copies import measure_copy
from imaging.photo.eyes import measure_eyes
from imaging.photo.model import Floats
from imaging.photo.mouth import measure_mouth
from imaging.photo.portrait import Portrait, face_width
from imaging.photo.texture import measure_texture
from imaging.photo.view import FaceView, cheek_levels, eye_distance_px, patch, patch_mean, view_face

# A pixel is burnt out from here (photo.md, "too bright").
_BURNT_LEVEL = 248
# ISO/IEC 29794-5's ranges for under- and over-exposed pixels (photo.md, OFIQ table).
_UNDEREXPOSED_TO, _OVEREXPOSED_FROM = 25, 247
# Its dynamic range is the entropy of the face's luminance, 8 bits at most, scaled to 100.
_ENTROPY_SCALE = 12.5
# Steps of the histograms whose overlap says how evenly both cheeks are lit.
_CHEEK_STEPS = 32
# A pixel of a copy is "ink" or "paper" outside these levels.
_INK_LEVEL, _PAPER_LEVEL = 40, 216
# Grain and the halved chroma of JPEG must not count as colours of their own: they are averaged over this many pixels.
_COLOUR_STEP = 3
# So few pixels have no variety of colours to speak of.
_MIN_COLOUR_PX = 50
# The network's own pitch of a face that looks straight ahead: the line forehead to chin leans back by this much.
# Median of six frontal portraits.
_NEUTRAL_PITCH_DEG = 12.0
# Half a head with its hair, in widths of the face between the ears.
_HEAD_HALF_WIDTH = 0.75
# Middle of the forehead in the face mesh.
_FOREHEAD_MIDDLE = 151


def measure_portrait(portrait: Portrait, copied: Mapping[str, float] | None = None) -> dict[str, float]:
    """All measures of a portrait by name; shares are 0..1, see each group's function.

    Args:
        portrait: The studied picture.
        copied: Of `measure_copy`, where the picture was made of one that it was measured on; None measures it here.
    """
    view = view_face(portrait)
    points, eye_chin = portrait.faces[0].points, portrait.head.eye_chin_px
    return {
        **_size(portrait),
        **_room(portrait),
        **_pose(portrait),
        **measure_eyes(view, points, eye_chin),
        **measure_mouth(view, points, eye_chin),
        **_forehead(view),
        **_light(view),
        **measure_texture(view, portrait),
        **_colour(view),
        **_frame_share(portrait),
        **(copied or measure_copy(portrait.pixels, (portrait.head.eye_middle, portrait.head.chin))),
        **_background(portrait),
    }


def measure_geometry(portrait: Portrait) -> dict[str, float]:
    """Only where the head is and how it is turned: what a photo's profile speaks about."""
    return {**_size(portrait), **_pose(portrait)}


def _size(portrait: Portrait) -> dict[str, float]:
    """Geometry as shares of the picture: what the photo standards speak about."""
    height, width = portrait.pixels.shape[:2]
    head = portrait.head
    return {
        "width_px": float(width),
        "height_px": float(height),
        "faces": float(len(portrait.faces)),
        "second_face": _second_face(portrait),
        "head": (head.chin[1] - head.crown[1]) / height,
        "top_margin": head.crown[1] / height,
        "eye_line": 1.0 - head.eye_middle[1] / height,
        "off_centre": abs(head.middle[0] - (width - 1) / 2) / width,
        "face_width": head.face_width_px / width,
        "eye_distance_px": eye_distance_px(portrait.faces[0].points),
    }


def _second_face(portrait: Portrait) -> float:
    if len(portrait.faces) < 2:
        return 0.0
    return face_width(portrait.faces[1].points) / max(1.0, face_width(portrait.faces[0].points))


def _room(portrait: Portrait) -> dict[str, float]:
    """Room around the face as ISO/IEC 29794-5 counts it: beside in distances of the eyes, above and below in lengths
    from eyes to chin; `eye_chin` is that length over the picture's height."""
    height, width = portrait.pixels.shape[:2]
    points, head = portrait.faces[0].points, portrait.head
    apart = max(1.0, eye_distance_px(points))
    return {
        "eye_chin": head.eye_chin_px / height,
        "room_left": float(mesh.eye_centre(points, left=True)[0]) / apart,
        "room_right": (width - 1 - float(mesh.eye_centre(points, left=False)[0])) / apart,
        "room_above": head.eye_middle[1] / head.eye_chin_px,
        "room_below": (height - 1 - head.eye_middle[1]) / head.eye_chin_px,
    }


def _pose(portrait: Portrait) -> dict[str, float]:
    """Turn of the head in degrees; 0 looks straight into the camera."""
    points = portrait.faces[0].points.astype(np.float64)
    roll = math.radians(portrait.head.roll_deg)
    turn = np.array([[math.cos(roll), math.sin(roll), 0], [-math.sin(roll), math.cos(roll), 0], [0, 0, 1.0]])
    upright = points @ turn.T
    across = upright[mesh.RIGHT_EAR_SIDE] - upright[mesh.LEFT_EAR_SIDE]
    down = upright[mesh.CHIN] - upright[mesh.FOREHEAD_TOP]
    return {
        "turned_deg": float(portrait.turned_deg),
        "roll_deg": portrait.head.roll_deg,
        "yaw_deg": math.degrees(math.atan2(across[2], across[0])),
        "pitch_deg": math.degrees(math.atan2(down[2], down[1])) - _NEUTRAL_PITCH_DEG,
    }


def _forehead(view: FaceView) -> dict[str, float]:
    """The forehead beside the cheeks: levels of L it is darker, degrees of hue between both, its chroma."""
    cheeks = (patch_mean(view.lab, view, mesh.LEFT_CHEEK) + patch_mean(view.lab, view, mesh.RIGHT_CHEEK)) / 2
    forehead = patch_mean(view.lab, view, _FOREHEAD_MIDDLE)
    return {
        "forehead_darkness": float(cheeks[0] - forehead[0]),
        "forehead_hue": _hue_distance(forehead, np.asarray(cheeks, dtype=np.float32)),
        "forehead_chroma": math.hypot(float(forehead[1]) - 128.0, float(forehead[2]) - 128.0),
    }


def _hue_distance(a: Floats, b: Floats) -> float:
    """Angle between two Lab colours in degrees, 0..180."""
    first = math.atan2(float(a[2]) - 128.0, float(a[1]) - 128.0)
    second = math.atan2(float(b[2]) - 128.0, float(b[1]) - 128.0)
    return abs(math.degrees(math.remainder(first - second, 2 * math.pi)))


def _light(view: FaceView) -> dict[str, float]:
    """Brightness and contrast 0..1, shares of pixels at the ends, left against right, entropy 0..100."""
    face = view.grey[view.face]
    if not len(face):
        return dict.fromkeys(_LIGHT_NAMES, 0.0)
    left, right = cheek_levels(view)
    low, high = np.percentile(face, (5, 95))
    levels = np.bincount(face.astype(np.intp), minlength=256) / len(face)
    seen = levels[levels > 0]
    return {
        "brightness": float(face.mean()) / 255.0,
        "brightness_variance": float((face / 255.0).var()),
        "burnt": float((face >= _BURNT_LEVEL).mean()),
        "underexposed": float((face <= _UNDEREXPOSED_TO).mean()),
        "overexposed": float((face >= _OVEREXPOSED_FROM).mean()),
        "contrast": float(high - low) / 255.0,
        "dynamic_range": float(-(seen * np.log2(seen)).sum()) * _ENTROPY_SCALE,
        "uneven": abs(left - right) / max(1.0, (left + right) / 2),
        "cheek_overlap": _cheek_overlap(view),
    }


_LIGHT_NAMES = (
    "brightness", "brightness_variance", "burnt", "underexposed", "overexposed", "contrast", "dynamic_range", "uneven",
    "cheek_overlap",
)  # fmt: skip


def _cheek_overlap(view: FaceView) -> float:
    """Shared area of the brightness histograms of both cheeks, 1 for the same light."""
    shares = []
    for cheek in (mesh.LEFT_CHEEK, mesh.RIGHT_CHEEK):
        counted = np.histogram(patch(view.grey, view, cheek), bins=_CHEEK_STEPS, range=(0, 256))[0]
        shares.append(counted / max(1, counted.sum()))
    return float(np.minimum(*shares).sum())


def _colour(view: FaceView) -> dict[str, float]:
    """Mean Lab chroma of the face, the colour of its cheeks (Lab a and b), how much its colours differ from each
    other beyond what their brightness explains, and the share of it that is pure ink or pure paper."""
    face = view.grey[view.face]
    if not len(face):
        return {"chroma": 0.0, "colour_variety": 0.0, "two_tone": 0.0, "skin_a": 0.0, "skin_b": 0.0}
    lab = view.lab[view.face]
    chroma = np.hypot(lab[:, 1] - 128.0, lab[:, 2] - 128.0)
    seen = np.concatenate([patch(view.lab, view, mesh.LEFT_CHEEK), patch(view.lab, view, mesh.RIGHT_CHEEK)])
    skin = seen.mean(axis=0) if len(seen) else lab.mean(axis=0)
    return {
        "chroma": float(chroma.mean()),
        "colour_variety": _colour_variety(view),
        "two_tone": float(((face < _INK_LEVEL) | (face > _PAPER_LEVEL)).mean()),
        "skin_a": float(skin[1]) - 128.0,
        "skin_b": float(skin[2]) - 128.0,
    }


def _colour_variety(view: FaceView) -> float:
    """Spread of a and b around a curve of L: a picture in one tone, grey or sepia, lies on the curve."""
    height, width = (side // _COLOUR_STEP for side in view.grey.shape)
    small = cv2.resize(view.pixels, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32) / 255.0
    face = cv2.resize(view.face.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST) > 0
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB)[face].astype(np.float64)
    if len(lab) < _MIN_COLOUR_PX:
        return 0.0
    light = lab[:, 0] / 100.0
    curve = np.stack([np.ones_like(light), light, light * light], axis=1)
    rest = lab[:, 1:] - curve @ np.linalg.lstsq(curve, lab[:, 1:], rcond=None)[0]
    return float(np.sqrt((rest**2).sum(axis=1).mean()))


def _frame_share(portrait: Portrait) -> dict[str, float]:
    """How much of the head the picture's border cuts off."""
    height, width = portrait.pixels.shape[:2]
    outline = portrait.faces[0].points[list(mesh.FACE_OVAL), :2]
    outside = (outline < 0).any(axis=1) | (outline[:, 0] > width - 1) | (outline[:, 1] > height - 1)
    return {"outline_outside": float(outside.mean()), "crown_cut": _crown_cut(portrait)}


def _crown_cut(portrait: Portrait) -> float:
    """Share of the picture's upper edge above the head that the head itself covers."""
    width = portrait.pixels.shape[1]
    xs = np.arange(width, dtype=np.float64)
    row = np.stack([xs, np.ones_like(xs)], axis=1)
    spots = frame.apply(portrait.square, row)
    side = portrait.mask.shape[0]
    head_half = portrait.head.face_width_px * _HEAD_HALF_WIDTH
    inside = (
        (np.abs(xs - portrait.head.eye_middle[0]) <= head_half)
        & (spots >= 0).all(axis=1)
        & (spots <= side - 1).all(axis=1)
    )
    spots = np.round(spots[inside]).astype(int)
    covered = portrait.mask[spots[:, 1], spots[:, 0]] > 0.5
    return float(covered.sum()) / max(1.0, 2 * head_half)


def _background(portrait: Portrait) -> dict[str, float]:
    """Colour shares, range of levels and mean steepness; absent when there is hardly any background."""
    backdrop = find_backdrop(portrait)
    background = backdrop.colours
    if not len(background):
        return {}
    shares = {f"background_{colour}": colour_share(background, colour) for colour in ("white", "blue", "red")}
    return {
        **shares,
        "background_spread": background_spread(background),
        "background_texture": float(backdrop.gradients.mean()),
    }
