"""Finds a face of which the picture shows only a part, where no whole face is found.

The networks know whole faces. The picture is continued beyond its border by its own mirror image: half a face becomes
a whole one there, and whatever is no face stays none.
"""

from __future__ import annotations

import cv2
import numpy as np

from imaging.model import Pixels
from imaging.photo import landmarks as mesh
from imaging.photo.detector import LARGE_TILE_SHARE, find_candidates, find_in_tiles
from imaging.photo.weights import PhotoModels

# The picture is looked at in this size: the detector sees 128 px, the landmarks a face of 192 px.
_SIDE_PX = 640
# So much is added on each side, as a share of it: half a face is at most as wide as the picture.
_ADDED = 0.5
# A mirrored pattern can look a little like a face; half a real one is sure. Whole faces have 0.99999 and more.
_LEAST_PRESENCE = 0.9


def cut_off_share(pixels: Pixels, models: PhotoModels) -> float:
    """Share of the outline of a face that lies beyond the picture's border; 0 when there is no such face.

    Args:
        pixels: Upright uint8 RGB in which no whole face was found.
        models: The photo networks.
    """
    factor = min(1.0, _SIDE_PX / max(pixels.shape[:2]))
    small = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) if factor < 1.0 else pixels
    height, width = small.shape[:2]
    down, across = int(height * _ADDED), int(width * _ADDED)
    grown = np.asarray(cv2.copyMakeBorder(small, down, down, across, across, cv2.BORDER_REFLECT), dtype=np.uint8)
    # In the grown picture a face is only half as large as in its own, often too small for the whole view.
    boxes = (
        *find_candidates(models.detector, grown),
        *find_in_tiles(models.detector, grown, share=LARGE_TILE_SHARE),
    )
    faces = (mesh.confirm_face(models.landmarks, grown, box) for box in boxes)
    shares = [
        beyond_share(face.points[list(mesh.FACE_OVAL), :2] - (across, down), width_px=width, height_px=height)
        for face in faces
        if face is not None and face.presence >= _LEAST_PRESENCE
    ]
    # A face wholly in the mirrored part has its original in the picture.
    return max((share for share in shares if share < 1.0), default=0.0)


def beyond_share(points: np.ndarray[tuple[int, ...], np.dtype[np.floating]], *, width_px: int, height_px: int) -> float:
    """Share of points, shape (n, 2), that lie outside a picture of this size."""
    outside = (points < 0).any(axis=1) | (points[:, 0] > width_px - 1) | (points[:, 1] > height_px - 1)
    return float(outside.mean())
