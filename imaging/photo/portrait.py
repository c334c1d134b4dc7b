"""Studies a picture once: which way up, which faces, where the head ends. Checks and maker both start here."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from imaging.model import Pixels
from imaging.photo import frame
from imaging.photo import landmarks as mesh
from imaging.photo.backdrop_key import complete_mask
from imaging.photo.detector import LARGE_TILE_SHARE, SMALL_TILE_SHARE, find_candidates, find_in_tiles
from imaging.photo.frame import Matrix
from imaging.photo.masking import person_mask
from imaging.photo.model import Face, FaceBox, Floats
from imaging.photo.weights import PhotoModels

# What the landmark network says of a face that is really upright: 47 real portraits in their right turn, 17.8 and more
# before the logistic; the same read upside down, with medical masks or blurred out at most 13. This is 14.7.
_SURE_PRESENCE = 1.0 - 4e-7
# The least that the main face of a picture as it came must have: spoilt portraits (blurred, dark, cut, behind glasses)
# 0.9998 and more, behind medical masks 0.65 to 0.99, things taken for a face (a rocket) up to 0.72.
_LIKELY_PRESENCE = 0.75
# Landmarks tilted further than this belong to a turned picture: another quarter turn fits better.
_MAX_UPRIGHT_ROLL_DEG = 45.0
# Working copies: detector and landmarks see 128 and 192 pixels, so more than this only costs time (photo.md).
_SEARCH_SIDE_PX = 1600
# The detector finds faces from a tenth of the view's side on; a second person counts from a third of the area on.
# Below this share of the side the largest face may have a companion that the detector misses.
_COARSE_FACE_SHARE = 0.2
# The square that the person mask is computed on, in eye-to-chin lengths: a 1-inch photo is 3.3 of them high; two
# above the eyes leave room for a bun or a hat.
_SQUARE_LENGTHS = 4.4
_ABOVE_EYES_LENGTHS = 2.0
# Side of the square: the segmenter's input.
_SQUARE_PX = 256
# The hair top is looked for this far to each side of the face's middle, in eye-to-chin lengths: half a head.
_HEAD_HALF_LENGTHS = 0.75
# So many mask pixels in a row make a hair top; fewer are single strands.
_HAIR_TOP_RUN_PX = 6
# Without a mask above the forehead (bald heads on a pale wall) the crown lies this far above the forehead's top
# point, in eye-to-chin lengths; 0.25-0.35 on the six portraits at hand where hair is flat.
_CROWN_ABOVE_FOREHEAD = 0.25


# Finds face candidates in a view.
Search = Callable[[cv2.dnn.Net, Pixels], tuple[FaceBox, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """The head's measures in the upright frame whose origin is the middle between the eyes, in source pixels.

    Attributes:
        eye_middle: Middle between the eyes in the picture, (x, y).
        roll_deg: Tilt, clockwise positive.
        eye_chin_px: Middle between the eyes to the chin.
        crown: Hair top in the picture, (x, y).
        chin: Chin in the picture, (x, y).
        middle: Middle of the face in the picture, (x, y), on the height of the eyes.
        face_width_px: Distance between the two ear sides of the face.
    """

    eye_middle: tuple[float, float]
    roll_deg: float
    eye_chin_px: float
    crown: tuple[float, float]
    chin: tuple[float, float]
    middle: tuple[float, float]
    face_width_px: float


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """A picture with its main face.

    Attributes:
        pixels: The picture with the head up, uint8 RGB.
        turned_deg: Clockwise quarter turn that brought the head up: 0, 90, 180 or 270.
        faces: Every confirmed face, largest first.
        head: Geometry of the largest face.
        square: Transform from picture to the mask's square.
        view: The picture on the square, uint8 RGB, shape (256, 256, 3); beyond the border its pixels are repeated.
        mask: Person mask on the square, float32 0..1, shape (256, 256).
    """

    pixels: Pixels
    turned_deg: int
    faces: tuple[Face, ...]
    head: Head
    square: Matrix
    view: Pixels
    mask: Floats


def study_portrait(pixels: Pixels, models: PhotoModels) -> Portrait | None:
    """Finds the head of a picture; None when no face is confirmed in any of the four quarter turns.

    Args:
        pixels: uint8 RGB, shape (height, width, 3).
        models: The networks.
    """
    turned, faces = _find_upright_faces(pixels, models)
    if not faces:
        return None
    upright = turn(pixels, turned)
    return _portrait_of(upright, turned, faces, models)


def turn(pixels: Pixels, degrees: int) -> Pixels:
    """Turns the picture clockwise by 0, 90, 180 or 270 degrees; the picture itself when there is nothing to turn."""
    if degrees == 0:
        return pixels
    return np.ascontiguousarray(np.rot90(pixels, -(degrees // 90)))


def _find_upright_faces(pixels: Pixels, models: PhotoModels) -> tuple[int, tuple[Face, ...]]:
    # A whole divisor: averaging whole blocks is several times faster than a free factor.
    divisor = -(-max(pixels.shape[:2]) // _SEARCH_SIDE_PX)
    small = frame.shrunk_by(pixels, divisor)
    for search, turns in _SEARCHES:
        found = _search_turns(small, search, turns, models)
        if found is not None:
            degrees, faces = found
            faces = faces + _smaller_faces(turn(small, degrees), faces, models)
            return degrees, _largest_first(faces, divisor)
    return 0, ()


def _search_turns(
    picture: Pixels, search: Search, turns: tuple[int, ...], models: PhotoModels
) -> tuple[int, list[Face]] | None:
    """The turn whose faces are beyond doubt; else the picture as it came, if there is any face in it."""
    as_it_came: list[Face] = []
    best: tuple[int, list[Face]] | None = None
    for degrees in turns:
        view = turn(picture, degrees)
        faces = _upright_faces(view, search(models.detector, view), models)
        sure = [face for face in faces if face.presence >= _SURE_PRESENCE]
        if degrees == 0:
            if sure:
                return 0, faces
            as_it_came = faces if any(face.presence >= _LIKELY_PRESENCE for face in faces) else []
        elif sure and (best is None or _top_score(sure) > _top_score(best[1])):
            best = degrees, sure
    return best or ((0, as_it_came) if as_it_came else None)


def _top_score(faces: list[Face]) -> float:
    return max(face.score for face in faces)


def _upright_faces(view: Pixels, boxes: Iterable[FaceBox], models: PhotoModels) -> list[Face]:
    confirmed = (mesh.confirm_face(models.landmarks, view, box) for box in boxes)
    return [f for f in confirmed if f is not None and abs(roll_of(f.points)) <= _MAX_UPRIGHT_ROLL_DEG]


def _smaller_faces(view: Pixels, known: list[Face], models: PhotoModels) -> list[Face]:
    """Faces that the whole view is too coarse for: looked for when the largest known face is small itself.

    Where it is large, a face too small to be found is far below the size that counts as a second person.
    """
    largest_px = max(face_width(face.points) for face in known)
    if largest_px >= _COARSE_FACE_SHARE * max(view.shape[:2]):
        return []
    centres = [face.points[:, :2].mean(axis=0) for face in known]
    boxes = [
        box
        for box in find_in_tiles(models.detector, view, share=LARGE_TILE_SHARE)
        if all(np.linalg.norm(box.middle - centre) > 0.5 * largest_px for centre in centres)
    ]
    return _upright_faces(view, boxes, models)


def _search_large_tiles(net: cv2.dnn.Net, view: Pixels) -> tuple[FaceBox, ...]:
    return find_in_tiles(net, view, share=LARGE_TILE_SHARE)


def _search_small_tiles(net: cv2.dnn.Net, view: Pixels) -> tuple[FaceBox, ...]:
    return find_in_tiles(net, view, share=SMALL_TILE_SHARE)


# The searches in order of cost; the next one runs only when the last found nothing. Small tiles are many and a face
# that needs them is rarely in a turned picture too.
_SEARCHES: tuple[tuple[Search, tuple[int, ...]], ...] = (
    (find_candidates, (0, 90, 180, 270)),
    (_search_large_tiles, (0, 90, 180, 270)),
    (_search_small_tiles, (0,)),
)


def _largest_first(faces: list[Face], factor: float) -> tuple[Face, ...]:
    grown = [Face(points=_regrow(f.points, factor), presence=f.presence, score=f.score) for f in faces]
    distinct: list[Face] = []
    for face in sorted(grown, key=lambda f: -face_width(f.points)):
        # The second look of the landmark network can pull two candidates onto one face.
        if all(_far_apart(face, other) for other in distinct):
            distinct.append(face)
    return tuple(distinct)


def _regrow(points: Floats, factor: float) -> Floats:
    grown = points * np.float32(factor)
    grown[:, :2] += (factor - 1.0) / 2.0
    return np.asarray(grown, dtype=np.float32)


def _far_apart(a: Face, b: Face) -> bool:
    gap = np.linalg.norm(a.points[:, :2].mean(axis=0) - b.points[:, :2].mean(axis=0))
    return bool(gap > 0.5 * max(face_width(a.points), face_width(b.points)))


def roll_of(points: Floats) -> float:
    """Tilt of the line through the eyes in degrees, clockwise positive."""
    across = mesh.eye_centre(points, left=False) - mesh.eye_centre(points, left=True)
    return math.degrees(math.atan2(float(across[1]), float(across[0])))


def face_width(points: Floats) -> float:
    """Distance between the ear sides in the picture's plane, pixels."""
    return float(np.linalg.norm(points[mesh.RIGHT_EAR_SIDE, :2] - points[mesh.LEFT_EAR_SIDE, :2]))


def _portrait_of(pixels: Pixels, turned: int, faces: tuple[Face, ...], models: PhotoModels) -> Portrait:
    points = faces[0].points
    roll = roll_of(points)
    left, right = mesh.eye_centre(points, left=True), mesh.eye_centre(points, left=False)
    eyes = (float((left[0] + right[0]) / 2), float((left[1] + right[1]) / 2))
    flat = frame.upright_matrix(anchor=eyes, roll_deg=roll, scale=1.0, to=(0.0, 0.0))
    upright = frame.apply(flat, points[:, :2])
    eye_chin = max(1.0, float(upright[mesh.CHIN, 1]))
    # The eyes' middle and the ears' middle part when the head is turned; halfway between them looks centred.
    ears = (upright[mesh.LEFT_EAR_SIDE, 0] + upright[mesh.RIGHT_EAR_SIDE, 0]) / 2
    middle_x = float(ears) / 2
    scale = _SQUARE_PX / (_SQUARE_LENGTHS * eye_chin)
    square = frame.upright_matrix(
        anchor=eyes, roll_deg=roll, scale=scale,
        to=(_SQUARE_PX / 2 - middle_x * scale, _ABOVE_EYES_LENGTHS * eye_chin * scale),
    )  # fmt: skip
    view = frame.warp(pixels, square, width_px=_SQUARE_PX, height_px=_SQUARE_PX)
    mask = _mask_square(view, square, models, width_px=pixels.shape[1], height_px=pixels.shape[0])
    crown = _crown(mask, points, flat, square, eye_chin)
    back = frame.inverse(flat)
    middle = frame.apply(back, np.array([[middle_x, 0.0]]))[0]
    head = Head(
        eye_middle=eyes,
        roll_deg=roll,
        eye_chin_px=eye_chin,
        crown=crown,
        chin=(float(points[mesh.CHIN, 0]), float(points[mesh.CHIN, 1])),
        middle=(float(middle[0]), float(middle[1])),
        face_width_px=face_width(points),
    )
    return Portrait(pixels=pixels, turned_deg=turned, faces=faces, head=head, square=square, view=view, mask=mask)


def _mask_square(view: Pixels, square: Matrix, models: PhotoModels, *, width_px: int, height_px: int) -> Floats:
    """Person mask on the square. The network sees only its part inside the picture: repeated borders mislead it."""
    seen = frame.coverage(width_px, height_px, square, width_px=_SQUARE_PX, height_px=_SQUARE_PX)
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    part = view[top:bottom, left:right]
    found = person_mask(models.segmenter, part, fine=False)
    small = cv2.resize(found, (right - left, bottom - top), interpolation=cv2.INTER_AREA)
    small = complete_mask(part, np.asarray(small, dtype=np.float32), seen[top:bottom, left:right])
    margins = ((top, _SQUARE_PX - bottom), (left, _SQUARE_PX - right))
    return np.asarray(np.pad(small, margins, mode="edge"), dtype=np.float32)


def _crown(mask: Floats, points: Floats, flat: Matrix, square: Matrix, eye_chin: float) -> tuple[float, float]:
    """Hair top in the picture: the first row of the mask that holds a run of person pixels above the face."""
    scale = frame.scale_of(square)
    middle = _SQUARE_PX / 2
    half = _HEAD_HALF_LENGTHS * eye_chin * scale
    low, high = int(middle - half), int(middle + half) + 1
    forehead = frame.apply(square, points[mesh.FOREHEAD_TOP : mesh.FOREHEAD_TOP + 1, :2])[0]
    fallback_y = float(forehead[1]) - _CROWN_ABOVE_FOREHEAD * eye_chin * scale
    top_y = _first_row(_person_with_face(mask)[:, low:high].sum(axis=1))
    if top_y is None or top_y >= forehead[1]:
        top_y = fallback_y
    back = frame.apply(frame.inverse(square), np.array([[float(forehead[0]), top_y]]))[0]
    return float(back[0]), float(back[1])


def _first_row(person_px: Floats) -> float | None:
    """Where the person's width first reaches the run that makes a hair top, between two rows if need be."""
    hits = np.flatnonzero(person_px >= _HAIR_TOP_RUN_PX)
    if not hits.size:
        return None
    row = int(hits[0])
    if row == 0:
        return 0.0
    before, here = float(person_px[row - 1]), float(person_px[row])
    return row - (here - _HAIR_TOP_RUN_PX) / (here - before)


def _person_with_face(mask: Floats) -> Floats:
    """The mask's connected part that holds the face: other people and objects don't set the hair top."""
    hard = (mask > 0.5).astype(np.uint8)
    _, labels = cv2.connectedComponents(hard)
    centre = labels[round(_ABOVE_EYES_LENGTHS / _SQUARE_LENGTHS * _SQUARE_PX), _SQUARE_PX // 2]
    if centre == 0:
        return np.asarray(mask * hard, dtype=np.float32)
    # Soft values, so that the hair top lies between two rows where the mask says so.
    return np.asarray(np.where(labels == centre, mask, 0.0), dtype=np.float32)
