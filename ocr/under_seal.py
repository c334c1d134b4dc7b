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
from ocr.model import Line, Seal

# Room above and below a seal, in its own heights. To the sides the page is searched in full: a line that begins far
# outside of the seal has to come whole, or its piece and the plain reading of the whole would stand side by side.
ABOVE_ROOM = 0.12
# A piece is reduced to this width before it is enlarged for reading: a seal of 350 px and its surroundings, beyond
# which print is large enough anyway.
PIECE_WIDTH_MAX_PX = 1400
# Lines less certain than this are scraps of the seal.
CONFIDENCE_MIN = 0.5
# Boxes of one line: gap and offset as shares of the higher one's height, and how alike heights are. Words of a filled
# in date stand up to 0.8 of a height apart; two columns of a form stand more than two heights apart.
GAP_MAX, OFFSET_MAX, HEIGHTS_ALIKE = 1.0, 0.35, 0.5


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
    room = ABOVE_ROOM * (box.bottom - box.top)
    top, bottom = max(0.0, box.top - room), min(1.0, box.bottom + room)
    x0, y0 = 0, int(top * height_px)
    piece = pixels[y0 : max(y0 + 8, round(bottom * height_px))]
    shrink = min(1.0, PIECE_WIDTH_MAX_PX / piece.shape[1])
    if shrink < 1:
        piece = np.asarray(cv2.resize(piece, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8)
    clean = without_seal(np.ascontiguousarray(piece), colour=colour)
    quads = join_neighbours(engine.detect(clean))
    answers = engine.recognise([cut_line(clean, quad) for quad in quads]) if quads else []
    lines = []
    for quad, answer in zip(quads, answers, strict=True):
        place = _on_page(quad, factor=1 / (shrink * ENLARGEMENT), x0=x0, y0=y0)
        line = to_line(answer, Quad.from_pixels(place, width_px=width_px, height_px=height_px))
        if answer.confidence >= CONFIDENCE_MIN and answer.text.strip() and line.box.touches(box):
            lines.append(line)
    return lines


def join_neighbours(quads: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
    """Joins boxes that stand side by side with little room between them.

    On an enlarged piece the detector takes the words of 2026 年 10 月 9 日 apart and loses a thin 1 between two of
    them; read as one line again it is there.

    Args:
        quads: float32 (4, 2) corners in pixels, clockwise from the top left.

    Returns:
        The boxes, joined ones as the quad from the leftmost box's left side to the rightmost box's right side.
    """
    joined: list[NDArray[np.float32]] = []
    for quad in sorted(quads, key=lambda q: float(q[:, 0].min())):
        place = next((i for i, left in enumerate(joined) if _neighbours(left, quad)), None)
        if place is None:
            joined.append(quad)
        else:
            left = joined[place]
            far = quad if quad[:, 0].max() > left[:, 0].max() else left
            joined[place] = np.stack([left[0], far[1], far[2], left[3]]).astype(np.float32)
    return joined


def _neighbours(left: NDArray[np.float32], right: NDArray[np.float32]) -> bool:
    """True when `right` continues the line of `left`."""
    start, end = (left[1] + left[2]) / 2, (right[0] + right[3]) / 2
    heights = [float(np.hypot(*(quad[3] - quad[0]))) for quad in (left, right)]
    alike = min(heights) > HEIGHTS_ALIKE * max(heights)
    return alike and bool(
        end[0] - start[0] < GAP_MAX * max(heights) and abs(end[1] - start[1]) < OFFSET_MAX * max(heights)
    )


def _on_page(quad: NDArray[np.float32], *, factor: float, x0: int, y0: int) -> NDArray[np.float32]:
    return (quad * factor + np.array([x0, y0], np.float32)).astype(np.float32)
