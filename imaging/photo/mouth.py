"""What is measured at the mouth: how far it is open, and whether it is seen at all."""

from __future__ import annotations

import cv2
import numpy as np

from imaging.photo import landmarks as mesh
from imaging.photo.model import Floats
from imaging.photo.view import FaceView

# Outline of the lips in the face mesh.
_LIPS = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146)
# The skin around the lips that their colour is held against: this many pixels of the view away, and as wide.
_RING_FROM_PX, _RING_TO_PX = 4, 12
# Fewer pixels than this say nothing: the mouth lies outside the picture.
_MIN_PX = 20
# Grain and the file's own pattern must not count as the line between the lips.
_SMOOTH_PX = 1.5


def measure_mouth(view: FaceView, points: Floats, eye_chin_px: float) -> dict[str, float]:
    """Opening of the inner lips over the eye-to-chin length; what cloth before the mouth takes away.

    Between the lips lies a dark line whatever the skin, the beard and the make-up: `mouth_contrast` is the range of
    brightness on the lips over their own brightness. `lip_redness` is how much redder (Lab a) they are than the skin
    around. Both are absent when the mouth lies outside the picture.

    Args:
        view: The normalised view.
        points: Mesh points in the picture.
        eye_chin_px: Middle between the eyes to the chin in the picture.
    """
    opening = float(np.linalg.norm(points[mesh.LIP_TOP, :2] - points[mesh.LIP_BOTTOM, :2])) / eye_chin_px
    filled = np.zeros(view.grey.shape, np.uint8)
    cv2.fillPoly(filled, [np.round(view.points[list(_LIPS)]).astype(np.int32)], (1,))
    lips = (filled > 0) & view.seen
    ring = (_grown(filled, _RING_TO_PX) > 0) & (_grown(filled, _RING_FROM_PX) == 0) & view.seen
    if lips.sum() < _MIN_PX or ring.sum() < _MIN_PX:
        return {"mouth_open": opening}
    smooth = cv2.GaussianBlur(view.grey, (0, 0), _SMOOTH_PX)[lips]
    low, middle, high = np.percentile(smooth, (5, 50, 95))
    return {
        "mouth_open": opening,
        "mouth_contrast": float((high - low) / max(20.0, middle)),
        "lip_redness": float(np.median(view.lab[lips, 1]) - np.median(view.lab[ring, 1])),
    }


def _grown(filled: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], by_px: int) -> Floats:
    return np.asarray(cv2.dilate(filled, np.ones((2 * by_px + 1, 2 * by_px + 1), np.uint8)), dtype=np.float32)
