"""Reads the text that a seal lies over once more, with the seal's colour taken away.

The answer is a second opinion on the same places: callers keep the lines of the raw page and use these in addition.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.geometry import Quad
from imaging.model import Pixels
from imaging.seal import SealSpot
from imaging.under_seal import ENLARGEMENT, without_seal
from ocr.engine import Engine
from ocr.lines import cut_line, to_line
from ocr.model import Line
from ocr.seal import Seal

# Room around a seal, in its own widths and heights: lines that it lies over begin and end outside of it.
SIDE_ROOM, ABOVE_ROOM = 1.6, 0.12
# A piece is reduced to this width before it is enlarged for reading: a seal of 350 px and its surroundings, beyond
# which print is large enough anyway.
PIECE_WIDTH_MAX_PX = 1000
# Lines less certain than this are scraps of the seal.
CONFIDENCE_MIN = 0.5


def lines_under_seals(pixels: Pixels, seals: Sequence[Seal] | Sequence[SealSpot], engine: Engine) -> tuple[Line, ...]:
    """Reads the surroundings of every seal with its ink removed.

    Args:
        pixels: uint8 RGB of shape (height, width, 3), the rendition that the seals were found on.
        seals: From `ocr.seal.read_seals` or `imaging.seal.find_seals`.
        engine: Finds and reads lines.

    Returns:
        Lines with boxes on the rendition, only those that touch a seal's box.

    Raises:
        EngineFailed: The engine broke down.
    """
    found: list[Line] = []
    for seal in seals:
        found += _lines_under(pixels, seal.box, seal.colour, engine)
    return tuple(found)


def _lines_under(pixels: Pixels, box: Quad, colour: str, engine: Engine) -> list[Line]:
    height_px, width_px = pixels.shape[:2]
    room_x, room_y = SIDE_ROOM * (box.right - box.left), ABOVE_ROOM * (box.bottom - box.top)
    left, right = max(0.0, box.left - room_x), min(1.0, box.right + room_x)
    top, bottom = max(0.0, box.top - room_y), min(1.0, box.bottom + room_y)
    x0, y0 = int(left * width_px), int(top * height_px)
    piece = pixels[y0 : max(y0 + 8, round(bottom * height_px)), x0 : max(x0 + 8, round(right * width_px))]
    shrink = min(1.0, PIECE_WIDTH_MAX_PX / piece.shape[1])
    if shrink < 1:
        piece = np.asarray(cv2.resize(piece, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8)
    clean = without_seal(np.ascontiguousarray(piece), colour=colour)
    quads = engine.detect(clean)
    answers = engine.recognise([cut_line(clean, quad) for quad in quads]) if quads else []
    lines = []
    for quad, answer in zip(quads, answers, strict=True):
        place = _on_page(quad, factor=1 / (shrink * ENLARGEMENT), x0=x0, y0=y0)
        line = to_line(answer, Quad.from_pixels(place, width_px=width_px, height_px=height_px))
        if answer.confidence >= CONFIDENCE_MIN and answer.text.strip() and _touches(line.box, box):
            lines.append(line)
    return lines


def _on_page(quad: NDArray[np.float32], *, factor: float, x0: int, y0: int) -> NDArray[np.float32]:
    return (quad * factor + np.array([x0, y0], np.float32)).astype(np.float32)


def _touches(a: Quad, b: Quad) -> bool:
    return a.left < b.right and b.left < a.right and a.top < b.bottom and b.top < a.bottom
