"""Finds face candidates with the short-range detector.

The network sees 128x128 pixels and answers for 896 fixed places: 2 for every cell of a 16x16 grid and 6 for every
cell of an 8x8 grid. A place answers with a score, a box and six key points relative to the cell's centre.
"""

from __future__ import annotations

import cv2
import numpy as np

from imaging.model import Pixels
from imaging.photo.frame import shrunk_by
from imaging.photo.model import FaceBox, Floats

# Input side of the network.
_SIDE_PX = 128
# Grid side and places per cell, in the order in which the network lists its answers.
_GRIDS = ((16, 2), (8, 6))
# Below half, a box is noise: photo.md, "Detection", measured with this cut and the landmark check behind it.
_MIN_SCORE = 0.5
# Two boxes that overlap more than this are one face, the value used by the model's authors.
_SAME_FACE_IOU = 0.3
# The network finds faces from about a tenth of the view's side on (six portraits pasted at 0.04-0.2 of a view: half
# are found at 0.08, all at 0.12), so smaller ones need smaller views.
LARGE_TILE_SHARE = 0.6
SMALL_TILE_SHARE = 0.3
# Tiles keep at least so many times the network's side, so that nothing of what it could see is lost before.
_TILE_SIDES = 2


def _cell_centres() -> Floats:
    rows: list[tuple[float, float]] = []
    for side, per_cell in _GRIDS:
        for y in range(side):
            for x in range(side):
                rows += [((x + 0.5) / side, (y + 0.5) / side)] * per_cell
    return np.array(rows, dtype=np.float32)


_CENTRES = _cell_centres()


def find_candidates(net: cv2.dnn.Net, pixels: Pixels) -> tuple[FaceBox, ...]:
    """All face candidates of an upright picture, best first.

    Args:
        net: The detector of `PhotoModels`.
        pixels: uint8 RGB, shape (height, width, 3).

    Returns:
        Boxes and eyes in pixels of the picture; not yet confirmed by landmarks.
    """
    return _suppress(_search(net, pixels, left=0, top=0))


def find_in_tiles(net: cv2.dnn.Net, pixels: Pixels, *, share: float) -> tuple[FaceBox, ...]:
    """The same on tiles that overlap by half and more, for faces too small for the whole view.

    Args:
        net: The detector.
        pixels: uint8 RGB, shape (height, width, 3).
        share: Side of a tile over the side of the picture; 0.6 makes 9 tiles of 6 ms, 0.3 makes 36.
    """
    # Every tile is shrunk to the network's side; most of that is done once for all of them.
    divisor = max(1, round(max(pixels.shape[:2]) * share) // (_TILE_SIDES * _SIDE_PX))
    view = shrunk_by(pixels, divisor)
    height, width = view.shape[:2]
    tile_h, tile_w = max(1, round(height * share)), max(1, round(width * share))
    found: list[FaceBox] = []
    for top in _starts(height, tile_h):
        for left in _starts(width, tile_w):
            found += _search(net, view[top : top + tile_h, left : left + tile_w], left=left, top=top)
    return tuple(_grown(box, divisor) for box in _suppress(found))


def _grown(box: FaceBox, factor: int) -> FaceBox:
    (x0, y0), (x1, y1) = box.eyes
    return FaceBox(
        left=box.left * factor,
        top=box.top * factor,
        right=box.right * factor,
        bottom=box.bottom * factor,
        eyes=((x0 * factor, y0 * factor), (x1 * factor, y1 * factor)),
        score=box.score,
    )


def _starts(side_px: int, tile_px: int) -> list[int]:
    """Where the tiles of one direction begin: first and last at the ends, steps of half a tile at most."""
    room = side_px - tile_px
    steps = -(-2 * room // tile_px)
    return sorted({room * step // max(1, steps) for step in range(steps + 1)})


def _search(net: cv2.dnn.Net, pixels: Pixels, *, left: int, top: int) -> list[FaceBox]:
    height, width = pixels.shape[:2]
    side = max(height, width)
    scale = _SIDE_PX / side
    small_h, small_w = max(1, round(height * scale)), max(1, round(width * scale))
    canvas = np.zeros((_SIDE_PX, _SIDE_PX, 3), np.float32)
    pad_y, pad_x = (_SIDE_PX - small_h) // 2, (_SIDE_PX - small_w) // 2
    small = cv2.resize(pixels, (small_w, small_h), interpolation=cv2.INTER_AREA)
    canvas[pad_y : pad_y + small_h, pad_x : pad_x + small_w] = small.astype(np.float32) / 127.5 - 1.0
    net.setInput(canvas.transpose(2, 0, 1)[None])
    scores, answers = net.forward(("classificators", "regressors"))
    sure = _sigmoid(np.asarray(scores, dtype=np.float32).reshape(-1))
    kept = sure >= _MIN_SCORE
    rows = np.asarray(answers, dtype=np.float32).reshape(-1, 16)[kept]
    shift = np.array([pad_x / scale - left, pad_y / scale - top], np.float32)
    return [
        _box(answer, centre, float(score), side=side, shift=shift)
        for answer, centre, score in zip(rows, _CENTRES[kept], sure[kept], strict=True)
    ]


def _box(answer: Floats, centre: Floats, score: float, *, side: int, shift: Floats) -> FaceBox:
    middle = (answer[0:2] / _SIDE_PX + centre) * side - shift
    half = answer[2:4] / _SIDE_PX * side / 2
    first, second = ((answer[4 + 2 * i : 6 + 2 * i] / _SIDE_PX + centre) * side - shift for i in range(2))
    return FaceBox(
        left=float(middle[0] - half[0]),
        top=float(middle[1] - half[1]),
        right=float(middle[0] + half[0]),
        bottom=float(middle[1] + half[1]),
        eyes=((float(first[0]), float(first[1])), (float(second[0]), float(second[1]))),
        score=score,
    )


def _sigmoid(values: Floats) -> Floats:
    clipped = np.clip(values, -50.0, 50.0)
    return np.asarray(1.0 / (1.0 + np.exp(-clipped)), dtype=np.float32)


def _suppress(boxes: list[FaceBox]) -> tuple[FaceBox, ...]:
    kept: list[FaceBox] = []
    for box in sorted(boxes, key=lambda b: -b.score):
        if all(overlap(box, other) <= _SAME_FACE_IOU for other in kept):
            kept.append(box)
    return tuple(kept)


def overlap(a: FaceBox, b: FaceBox) -> float:
    """Shared area of two boxes over their joint area, 0..1."""
    width = min(a.right, b.right) - max(a.left, b.left)
    height = min(a.bottom, b.bottom) - max(a.top, b.top)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    joint = a.width_px * a.height_px + b.width_px * b.height_px - shared
    return shared / joint if joint > 0 else 0.0
