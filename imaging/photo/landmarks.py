"""Confirms a face candidate and places 468 points on it."""

from __future__ import annotations

import math

import cv2
import numpy as np

from imaging.model import Pixels
from imaging.photo.model import Face, FaceBox, Floats

# Input side of the landmark network.
_SIDE_PX = 192
# The network was trained on a square of 1.5 times the face box (the model's own description).
_MARGIN = 1.5
# Presence above this removed every false box that was seen: photo.md, "Detection".
_MIN_PRESENCE = 0.5

# Point numbers of the face mesh. "Left" and "right" are those of the picture, not of the person.
LEFT_EYE_OUTER, LEFT_EYE_INNER, LEFT_EYE_TOP, LEFT_EYE_BOTTOM = 33, 133, 159, 145
RIGHT_EYE_INNER, RIGHT_EYE_OUTER, RIGHT_EYE_TOP, RIGHT_EYE_BOTTOM = 362, 263, 386, 374
LEFT_EAR_SIDE, RIGHT_EAR_SIDE = 234, 454
LEFT_CHEEK, RIGHT_CHEEK = 50, 280
LIP_TOP, LIP_BOTTOM = 13, 14
NOSE_TIP = 1
FOREHEAD_TOP, CHIN = 10, 152
# The outline of the face, clockwise from the top of the forehead.
FACE_OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
LEFT_EYE_RING = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
RIGHT_EYE_RING = (362, 398, 384, 385, 386, 387, 388, 466, 263, 249, 390, 373, 374, 380, 381, 382)


def confirm_face(net: cv2.dnn.Net, pixels: Pixels, box: FaceBox) -> Face | None:
    """Runs the landmark network on a candidate.

    Args:
        net: The landmark network of `PhotoModels`.
        pixels: uint8 RGB of shape (height, width, 3), the picture that the box belongs to.
        box: A candidate of the detector.

    Returns:
        The face with its points in pixels, or None when the network sees no face there.
    """
    first = _run(net, pixels, _square_of(box))
    if first is None:
        return None
    points, _ = first
    # A second look through a square laid on the points themselves steadies the points: the detector's box of a
    # tilted or partly hidden face is coarse.
    second = _run(net, pixels, _square_of_points(points))
    if second is None:
        return None
    return Face(points=second[0], presence=second[1], score=box.score)


def _square_of(box: FaceBox) -> Floats:
    (x0, y0), (x1, y1) = box.eyes
    centre = ((box.left + box.right) / 2, (box.top + box.bottom) / 2)
    side = max(box.width_px, box.height_px) * _MARGIN
    return _to_input(centre, side, math.atan2(y1 - y0, x1 - x0))


def _square_of_points(points: Floats) -> Floats:
    across = eye_centre(points, left=False) - eye_centre(points, left=True)
    angle = math.atan2(float(across[1]), float(across[0]))
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]], np.float32)
    turned = points[:, :2] @ turn.T
    low, high = turned.min(axis=0), turned.max(axis=0)
    centre = ((low + high) / 2) @ turn
    return _to_input((float(centre[0]), float(centre[1])), float((high - low).max()) * _MARGIN, angle)


def _to_input(centre: tuple[float, float], side: float, angle: float) -> Floats:
    """Affine matrix (2, 3) from picture pixels to the network's square."""
    scale = _SIDE_PX / max(side, 1.0)
    cos, sin = math.cos(angle) * scale, math.sin(angle) * scale
    half = _SIDE_PX / 2
    return np.array(
        [
            [cos, sin, half - cos * centre[0] - sin * centre[1]],
            [-sin, cos, half + sin * centre[0] - cos * centre[1]],
        ],
        np.float32,
    )


def _run(net: cv2.dnn.Net, pixels: Pixels, matrix: Floats) -> tuple[Floats, float] | None:
    square = cv2.warpAffine(pixels, matrix, (_SIDE_PX, _SIDE_PX), flags=cv2.INTER_LINEAR)
    net.setInput(square.astype(np.float32).transpose(2, 0, 1)[None] / 255.0)
    presence_logit, answer = net.forward(("conv2d_31", "conv2d_21"))
    presence = 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, float(presence_logit.reshape(-1)[0])))))
    if presence <= _MIN_PRESENCE:
        return None
    local = answer.reshape(-1, 3).astype(np.float32)
    back = cv2.invertAffineTransform(matrix)
    scale = math.hypot(float(back[0, 0]), float(back[0, 1]))
    points = np.empty_like(local)
    points[:, :2] = local[:, :2] @ back[:, :2].T + back[:, 2]
    points[:, 2] = local[:, 2] * scale
    return points, presence


def eye_centre(points: Floats, *, left: bool) -> Floats:
    """Middle between the corners of the picture's left or right eye, (x, y) in pixels."""
    corners = (LEFT_EYE_OUTER, LEFT_EYE_INNER) if left else (RIGHT_EYE_INNER, RIGHT_EYE_OUTER)
    return np.asarray((points[corners[0], :2] + points[corners[1], :2]) / 2, dtype=np.float32)
