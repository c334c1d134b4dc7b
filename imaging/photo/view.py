"""The normalised view of the main face that nearly all measures are taken in.

Upright, 90 px between the eyes, so that a threshold means the same for every upload (photo.md, "Checks that separate
cleanly").
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels
from imaging.photo import frame
from imaging.photo import landmarks as mesh
from imaging.photo.model import Floats
from imaging.photo.portrait import Portrait

# Distance of the eyes, size of the view, and where the middle between the eyes lies.
EYE_DISTANCE_PX = 90.0
_WIDTH_PX, _HEIGHT_PX = 290, 330
_EYES_AT = (145.0, 125.0)
# The face is judged inside its outline, without the outermost skin and hair edge.
_OUTLINE_RIM_PX = 6
# Cheek and forehead patches: a radius of a sixth of the eye distance stays on skin.
_PATCH_RADIUS_PX = 15


@dataclass(frozen=True, slots=True, eq=False)
class FaceView:
    """The main face, upright and at a normalised size.

    Attributes:
        pixels: uint8 RGB of the view.
        grey: Luminance 0..255, float32.
        lab: OpenCV's 8-bit L, a, b as float32: L 0..255, a and b around 128.
        points: Mesh points in the view, shape (468, 2).
        face: True inside the outline of the face.
        seen: False where the view lies outside the picture.
        enlargement: View pixels per picture pixel.
    """

    pixels: Pixels
    grey: Floats
    lab: Floats
    points: NDArray[np.float64]
    face: NDArray[np.bool_]
    seen: NDArray[np.bool_]
    enlargement: float


def view_face(portrait: Portrait) -> FaceView:
    """Cuts the normalised view out of the picture."""
    points = portrait.faces[0].points
    matrix = frame.upright_matrix(
        anchor=portrait.head.eye_middle,
        roll_deg=portrait.head.roll_deg,
        scale=EYE_DISTANCE_PX / max(eye_distance_px(points), 1.0),
        to=_EYES_AT,
    )
    view = frame.warp(portrait.pixels, matrix, width_px=_WIDTH_PX, height_px=_HEIGHT_PX)
    local = frame.apply(matrix, points[:, :2])
    outline = np.zeros(view.shape[:2], np.uint8)
    cv2.fillPoly(outline, [np.round(local[list(mesh.FACE_OVAL)]).astype(np.int32)], (1,))
    rim = np.ones((2 * _OUTLINE_RIM_PX + 1, 2 * _OUTLINE_RIM_PX + 1), np.uint8)
    height, width = portrait.pixels.shape[:2]
    seen = frame.coverage(width, height, matrix, width_px=_WIDTH_PX, height_px=_HEIGHT_PX)
    return FaceView(
        pixels=view,
        grey=cv2.cvtColor(view, cv2.COLOR_RGB2GRAY).astype(np.float32),
        lab=cv2.cvtColor(view, cv2.COLOR_RGB2LAB).astype(np.float32),
        points=local,
        face=(cv2.erode(outline, rim) > 0) & seen,
        seen=seen,
        enlargement=frame.scale_of(matrix),
    )


def eye_distance_px(points: Floats) -> float:
    """Distance between the middles of the eyes in pixels of the picture that the mesh points belong to."""
    return float(np.linalg.norm(mesh.eye_centre(points, left=True) - mesh.eye_centre(points, left=False)))


def patch(values: Floats, view: FaceView, point: int) -> Floats:
    """All values of the view in a round patch around a mesh point, shape (n,) or (n, channels); may be empty."""
    x, y = (round(float(place)) for place in view.points[point])
    left, top = x - _PATCH_RADIUS_PX, y - _PATCH_RADIUS_PX
    # Only the square around it is looked at; where the view ends, it ends too.
    rows, columns = slice(max(0, top), max(0, top + len(_DISC))), slice(max(0, left), max(0, left + len(_DISC)))
    seen = view.seen[rows, columns]
    disc = _DISC[rows.start - top :, columns.start - left :][: seen.shape[0], : seen.shape[1]]
    return np.asarray(values[rows, columns][disc & seen], dtype=np.float32)


def _disc() -> NDArray[np.bool_]:
    side = 2 * _PATCH_RADIUS_PX + 1
    drawn = np.zeros((side, side), np.uint8)
    cv2.circle(drawn, (_PATCH_RADIUS_PX, _PATCH_RADIUS_PX), _PATCH_RADIUS_PX, (1,), -1)
    return np.asarray(drawn > 0)


_DISC = _disc()


def patch_mean(values: Floats, view: FaceView, point: int) -> Floats:
    """Mean of such a patch; zeros where the picture does not show it."""
    chosen = patch(values, view, point)
    return np.asarray(chosen.mean(axis=0) if len(chosen) else np.zeros(values.shape[2:]), dtype=np.float32)


def cheek_levels(view: FaceView) -> tuple[float, float]:
    """Mean brightness of the picture's left and right cheek, 0..255."""
    return (
        float(patch_mean(view.grey, view, mesh.LEFT_CHEEK)),
        float(patch_mean(view.grey, view, mesh.RIGHT_CHEEK)),
    )
