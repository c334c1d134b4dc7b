"""How large the largest face of a picture is: a portrait is mostly face, a card only carries a small one."""

from __future__ import annotations

import numpy as np

from imaging.model import Pixels
from imaging.photo.detector import find_candidates
from imaging.photo.landmarks import confirm_face
from imaging.photo.weights import PhotoModels
from imaging.worksize import shrink

# Detector and landmarks see 128 and 192 pixels; a portrait's face fills half of such a view.
SEARCH_PX = 640
# What the landmark network says of faces: portraits 0.9998 and more, things taken for faces up to 0.72 (the same
# figures as in `imaging.photo.portrait`).
LEAST_PRESENCE = 0.75


def largest_face_share(pixels: Pixels, models: PhotoModels) -> float:
    """Height of the largest face (forehead to chin) over the picture's longer side, 0 when there is none.

    Args:
        pixels: uint8 RGB of shape (height, width, 3), any quarter turn.
        models: The photo tool's networks.
    """
    small = shrink(pixels, long_side_px=SEARCH_PX)
    for turn in range(4):
        view = np.ascontiguousarray(np.rot90(small, -turn))
        found = [confirm_face(models.landmarks, view, box) for box in find_candidates(models.detector, view)[:3]]
        heights = [float(np.ptp(face.points[:, 1])) for face in found if face and face.presence >= LEAST_PRESENCE]
        if heights:
            return float(max(heights) / max(view.shape[:2]))
    return 0.0
