"""Everything that is measured on a portrait. Names of measures are stable: they appear in `--json` output.

The face is looked at in one normalised view (90 px between the eyes), so that thresholds mean the same for every
upload (photo.md, "Checks that separate cleanly").
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels
from imaging.photo import frame
from imaging.photo import landmarks as mesh
from imaging.photo.background import background_spread, colour_share, find_backdrop
from imaging.photo.model import Floats
from imaging.photo.portrait import Portrait, face_width

# The normalised view: distance of the eyes, size, and where the middle between the eyes lies.
_EYE_DISTANCE_PX = 90.0
_VIEW_WIDTH_PX, _VIEW_HEIGHT_PX = 290, 330
_VIEW_EYES = (145.0, 125.0)
# The view of the face is judged inside its outline, without the outermost skin and hair edge.
_OUTLINE_RIM_PX = 6
# Cheek and forehead patches: a radius of a sixth of the eye distance stays on skin.
_PATCH_RADIUS_PX = 15
# The eye patch is the ring of lid points widened so that a lens frame's inside falls into it.
_EYE_GROWTH = 1.5
# An eye patch pixel is "dark" below this share of the cheeks' brightness (photo.md, "sunglasses").
_DARK_BESIDE_CHEEK = 0.45
# The iris is darker than half of the skin below the eye; looked for in the middle of the eye's width and as far up
# and down as a third of it. Of the columns there, most but not all hold iris.
_IRIS_DARKNESS = 0.5
_IRIS_HALF_WIDTH, _IRIS_HALF_HEIGHT, _SKIN_BELOW = 0.3, 0.35, 0.7
_IRIS_PERCENTILE = 80
# A pixel is burnt out from here (photo.md, "too bright").
_BURNT_LEVEL = 248
# A pixel of a copy is "ink" or "paper" outside these levels.
_INK_LEVEL, _PAPER_LEVEL = 40, 216
# The network's own pitch of a face that looks straight ahead: the line forehead to chin leans back by this much.
# Median of six frontal portraits.
_NEUTRAL_PITCH_DEG = 12.0
# Half a head with its hair, in widths of the face between the ears.
_HEAD_HALF_WIDTH = 0.75
# Middle of the forehead in the face mesh.
_FOREHEAD_MIDDLE = 151


@dataclass(frozen=True, slots=True, eq=False)
class FaceView:
    """The main face, upright and at a normalised size.

    Attributes:
        pixels: uint8 RGB of the view.
        grey: Luminance 0..255, float32.
        points: Mesh points in the view, shape (468, 2).
        face: True inside the outline of the face.
        seen: False where the view lies outside the picture.
    """

    pixels: Pixels
    grey: Floats
    points: NDArray[np.float64]
    face: NDArray[np.bool_]
    seen: NDArray[np.bool_]


def view_face(portrait: Portrait) -> FaceView:
    """Cuts the normalised view out of the picture."""
    points = portrait.faces[0].points
    apart = float(np.linalg.norm(mesh.eye_centre(points, left=True) - mesh.eye_centre(points, left=False)))
    matrix = frame.upright_matrix(
        anchor=portrait.head.eye_middle,
        roll_deg=portrait.head.roll_deg,
        scale=_EYE_DISTANCE_PX / max(apart, 1.0),
        to=_VIEW_EYES,
    )
    view = frame.warp(portrait.pixels, matrix, width_px=_VIEW_WIDTH_PX, height_px=_VIEW_HEIGHT_PX)
    local = frame.apply(matrix, points[:, :2])
    outline = np.zeros(view.shape[:2], np.uint8)
    cv2.fillPoly(outline, [np.round(local[list(mesh.FACE_OVAL)]).astype(np.int32)], (1,))
    rim = np.ones((2 * _OUTLINE_RIM_PX + 1, 2 * _OUTLINE_RIM_PX + 1), np.uint8)
    height, width = portrait.pixels.shape[:2]
    seen = frame.coverage(width, height, matrix, width_px=_VIEW_WIDTH_PX, height_px=_VIEW_HEIGHT_PX)
    return FaceView(
        pixels=view,
        grey=cv2.cvtColor(view, cv2.COLOR_RGB2GRAY).astype(np.float32),
        points=local,
        face=(cv2.erode(outline, rim) > 0) & seen,
        seen=seen,
    )


def measure_portrait(portrait: Portrait) -> dict[str, float]:
    """All measures of a portrait by name; shares are 0..1, see each group's function."""
    view = view_face(portrait)
    return {
        **_size(portrait),
        **_pose(portrait),
        **_face_state(view, portrait.head.eye_chin_px, portrait.faces[0].points),
        **_light(view),
        **_colour(view),
        **_frame_share(portrait),
        **_background(portrait),
    }


def _size(portrait: Portrait) -> dict[str, float]:
    """Geometry as shares of the picture: what the photo standards speak about."""
    height, width = portrait.pixels.shape[:2]
    head, points = portrait.head, portrait.faces[0].points
    eyes_apart = mesh.eye_centre(points, left=True) - mesh.eye_centre(points, left=False)
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
        "eye_distance_px": float(np.linalg.norm(eyes_apart)),
    }


def _second_face(portrait: Portrait) -> float:
    if len(portrait.faces) < 2:
        return 0.0
    return face_width(portrait.faces[1].points) / max(1.0, face_width(portrait.faces[0].points))


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


def _face_state(view: FaceView, eye_chin_px: float, points: Floats) -> dict[str, float]:
    """Openings over the eye-to-chin length; lenses and forehead beside the cheeks."""

    def gap(top: int, bottom: int) -> float:
        return float(np.linalg.norm(points[top, :2] - points[bottom, :2])) / eye_chin_px

    left = gap(mesh.LEFT_EYE_TOP, mesh.LEFT_EYE_BOTTOM)
    right = gap(mesh.RIGHT_EYE_TOP, mesh.RIGHT_EYE_BOTTOM)
    lab = cv2.cvtColor(view.pixels, cv2.COLOR_RGB2LAB).astype(np.float32)
    both = _patch(lab, view, mesh.LEFT_CHEEK) + _patch(lab, view, mesh.RIGHT_CHEEK)
    cheeks = np.asarray(both / 2, dtype=np.float32)
    forehead = _patch(lab, view, _FOREHEAD_MIDDLE)
    return {
        "eyes_open": min(left, right),
        "iris_height": max(_iris_height(view, mesh.LEFT_EYE_RING), _iris_height(view, mesh.RIGHT_EYE_RING)),
        "mouth_open": gap(mesh.LIP_TOP, mesh.LIP_BOTTOM),
        "eye_dark": (_eye_dark(view, mesh.LEFT_EYE_RING) + _eye_dark(view, mesh.RIGHT_EYE_RING)) / 2,
        "forehead_darkness": float(cheeks[0] - forehead[0]),
        "forehead_hue": _hue_distance(forehead, cheeks),
        "forehead_chroma": math.hypot(float(forehead[1]) - 128.0, float(forehead[2]) - 128.0),
    }


def _patch(values: Floats, view: FaceView, point: int) -> Floats:
    """Mean of a round patch around a mesh point; shape (channels,)."""
    disc = np.zeros(view.grey.shape, np.uint8)
    x, y = view.points[point]
    cv2.circle(disc, (round(float(x)), round(float(y))), _PATCH_RADIUS_PX, (1,), -1)
    chosen = values[(disc > 0) & view.seen]
    return np.asarray(chosen.mean(axis=0) if len(chosen) else np.zeros(values.shape[2:]), dtype=np.float32)


def _hue_distance(a: Floats, b: Floats) -> float:
    """Angle between two Lab colours in degrees, 0..180."""
    first = math.atan2(float(a[2]) - 128.0, float(a[1]) - 128.0)
    second = math.atan2(float(b[2]) - 128.0, float(b[1]) - 128.0)
    return abs(math.degrees(math.remainder(first - second, 2 * math.pi)))


def _cheek_levels(view: FaceView) -> tuple[float, float]:
    return float(_patch(view.grey, view, mesh.LEFT_CHEEK)), float(_patch(view.grey, view, mesh.RIGHT_CHEEK))


def _eye_dark(view: FaceView, ring: tuple[int, ...]) -> float:
    points = view.points[list(ring)]
    centre = points.mean(axis=0)
    # The ring is flat; a lens is about as high as the eye's half width to each side.
    half_width = float(np.abs(points[:, 0] - centre[0]).max()) * _EYE_GROWTH
    area = np.zeros(view.grey.shape, np.uint8)
    axes = (max(1, round(half_width)), max(1, round(half_width * 0.55)))
    cv2.ellipse(area, (round(float(centre[0])), round(float(centre[1]))), axes, 0, 0, 360, (1,), -1)
    chosen = view.grey[(area > 0) & view.seen]
    if not len(chosen):
        return 0.0
    return float((chosen < _DARK_BESIDE_CHEEK * sum(_cheek_levels(view)) / 2).mean())


def _iris_height(view: FaceView, ring: tuple[int, ...]) -> float:
    """Height of the dark round of the eye over the eye's width; a closed lid leaves only its line of lashes."""
    points = view.points[list(ring)]
    centre, width = points.mean(axis=0), max(1.0, float(np.ptp(points[:, 0])))
    across = slice(max(0, round(centre[0] - _IRIS_HALF_WIDTH * width)), round(centre[0] + _IRIS_HALF_WIDTH * width) + 1)
    lower = round(centre[1] + _IRIS_HALF_HEIGHT * width)
    eye = view.grey[max(0, round(centre[1] - _IRIS_HALF_HEIGHT * width)) : lower + 1, across]
    skin = view.grey[lower : round(centre[1] + _SKIN_BELOW * width), across]
    if not eye.size or not skin.size:
        return 0.0
    dark = eye < _IRIS_DARKNESS * float(np.median(skin))
    run, longest = np.zeros(dark.shape[1]), np.zeros(dark.shape[1])
    for row in dark:
        run = (run + 1) * row
        longest = np.maximum(longest, run)
    return float(np.percentile(longest, _IRIS_PERCENTILE)) / width


def _light(view: FaceView) -> dict[str, float]:
    """Brightness 0..1, burnt share, left against right, sharpness as log10 of the Laplacian's variance."""
    face = view.grey[view.face]
    if not len(face):
        return {"brightness": 0.0, "burnt": 0.0, "uneven": 0.0, "sharpness": 0.0, "contrast": 0.0}
    left, right = _cheek_levels(view)
    laplacian = cv2.Laplacian(view.grey, cv2.CV_32F)[view.face]
    low, high = np.percentile(face, (5, 95))
    return {
        "brightness": float(face.mean()) / 255.0,
        "burnt": float((face >= _BURNT_LEVEL).mean()),
        "uneven": abs(left - right) / max(1.0, (left + right) / 2),
        "sharpness": math.log10(max(1e-3, float(laplacian.var()))),
        "contrast": float(high - low) / 255.0,
    }


def _colour(view: FaceView) -> dict[str, float]:
    """Mean Lab chroma of the face, and the share of it that is pure ink or pure paper."""
    lab = cv2.cvtColor(view.pixels, cv2.COLOR_RGB2LAB).astype(np.float32)[view.face]
    face = view.grey[view.face]
    if not len(face):
        return {"chroma": 0.0, "two_tone": 0.0}
    chroma = np.hypot(lab[:, 1] - 128.0, lab[:, 2] - 128.0)
    return {
        "chroma": float(chroma.mean()),
        "two_tone": float(((face < _INK_LEVEL) | (face > _PAPER_LEVEL)).mean()),
    }


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
