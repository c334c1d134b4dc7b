"""Strokes that go through, around or past a tick box: what was struck out again, ringed, or ticked beside the box.

All measures look at ink as a hand leaves it: a stroke that goes on where print has a gap.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.tick_patch import EM_PX, LabelPatch, Plane
from imaging.tick_square import Square

# Darkness from which a point counts as ink (0 paper, 1 the darkest ink nearby); grain and shade stay below 0.2.
INK = 0.35
# A stroke may sway by one row every so many columns: a slope of a seventh, which a hand keeps without a ruler.
_SWAY_COLUMNS = 7
# Share of the columns along a stroke that must carry ink. Print leaves gaps between its characters: no straight way
# through an unstruck label of own pages carries more than 0.85.
STRUCK_LABEL_MIN = 0.96
# How far beyond the box on its left a stroke must begin to be one that strikes it out, in characters, and the share of
# that way and of the way through the box that it must ink.
_BEFORE_EM = 0.28
_STRUCK_BOX_MIN = 0.88
# Middle of a box, as a share of its side, that every tick of the hand crosses.
_CORE = 0.6
# A mark beside the box ends at most this far from it, is this wide (in characters), and has at least this many pixels
# of the patch inked; less is a speck of dirt.
_BESIDE_EM = 0.8
_MARK_EM = (0.35, 1.5)
_MARK_PX = 20
# How far from the box a loop around it is looked for, in characters.
_LOOP_EM = 0.8


def is_struck_through(plane: Plane, square: Square) -> bool:
    """True when a flat stroke enters the box from well outside and leaves it on the other side.

    Args:
        plane: float32 (height, width), 0 paper to 1 ink, the patch that the square was found on.
        square: The box.
    """
    left, right = round(square.left), round(square.left) + square.width
    top, bottom = round(square.top), round(square.top) + square.height
    before = max(0, left - round(_BEFORE_EM * EM_PX))
    # Just outside of the frame on the right: further away the label begins.
    after = min(plane.shape[1], right + 4)
    if left - before < 3:
        return False
    # The frame's own horizontal sides must not be taken for the stroke.
    inset = max(3, round(0.2 * square.height))
    band = plane[top + inset : bottom - inset + 1, before:after] > INK
    if band.shape[0] < 3:
        return False
    way = _best_way(band)
    outside = way[: max(1, left - before - 1)]
    return bool(way.mean() >= _STRUCK_BOX_MIN and outside.mean() >= _STRUCK_BOX_MIN)


def struck_share(label: Plane) -> float:
    """Share of the columns of a printed label that its best flat stroke inks, 0..1.

    Args:
        label: float32 (height, width), 0 paper to 1 ink: the label alone, its line's middle in the middle row.
    """
    height = label.shape[0]
    band = label[round(0.22 * height) : round(0.78 * height)] > INK
    if band.shape[0] < 3 or band.shape[1] < EM_PX // 2:
        return 0.0
    return float(_best_way(band).mean())


def _best_way(band: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Ink along the flat way from left to right that meets the most of it, one entry a column.

    A way goes along a row and may change to the next one every `_SWAY_COLUMNS`.
    """
    thick = cv2.dilate(band.astype(np.uint8), np.ones((3, 1), np.uint8)).astype(bool)
    edges = list(range(0, thick.shape[1], _SWAY_COLUMNS))
    blocks = [thick[:, start : start + _SWAY_COLUMNS] for start in edges]
    best = blocks[0].sum(axis=1).astype(np.int32)
    steps: list[NDArray[np.intp]] = []
    rows = np.arange(thick.shape[0])
    for block in blocks[1:]:
        padded = np.pad(best, 1, constant_values=-1)
        around = np.stack([padded[1:-1], padded[:-2], padded[2:]])
        choice = np.argmax(around, axis=0)
        steps.append(rows + np.array([0, -1, 1])[choice])
        best = around.max(axis=0) + block.sum(axis=1).astype(np.int32)
    row = int(np.argmax(best))
    pieces = [blocks[-1][row]]
    for block, step in zip(reversed(blocks[:-1]), reversed(steps), strict=True):
        row = int(step[row])
        pieces.append(block[row])
    return np.concatenate(pieces[::-1])


def is_ringed(patch: LabelPatch, square: Square) -> bool:
    """True when a loop of ink runs around the box, alone or with its label.

    Seen from the box's sides there is paper first and then ink, the same stroke on the left and above or below: the
    search for the box may have taken a piece of the loop for one of its other sides. What runs through the patch from
    top to bottom, or reaches its left edge, is a table's rule or the ground under the sheet.
    """
    ink = (patch.dark > INK).astype(np.uint8)
    found = cv2.connectedComponents(cv2.dilate(ink, np.ones((2, 2), np.uint8)), connectivity=8)[1]
    # Joined by the dilation, but only as wide as the ink itself: little paper lies between a box and a tight loop.
    pieces = np.asarray(found * ink, np.int32)
    left, top = round(square.left), round(square.top)
    third_x, third_y = square.width // 3, square.height // 3
    columns = slice(left + third_x, left + square.width - third_x + 1)
    rows = slice(top + third_y, top + square.height - third_y + 1)
    reach = round(_LOOP_EM * EM_PX)
    before = _first_beyond(pieces[rows, max(0, left - reach) : left + 1][:, ::-1].T)
    over = _first_beyond(pieces[max(0, top - reach) : top + 1, columns][::-1])
    under = _first_beyond(pieces[top + square.height : top + square.height + reach + 1, columns])
    through = {*pieces[0].tolist()} & {*pieces[-1].tolist()}
    return bool((before & (over | under)) - through - {*pieces[:, 0].tolist()})


def _first_beyond(steps: NDArray[np.int32]) -> set[int]:
    """Pieces met on the way out from a box's side, (steps, places), after at least one step of bare paper."""
    paper = np.flatnonzero(np.asarray(steps.max(axis=1) == 0, bool))
    return set() if paper.size == 0 else set(steps[paper[0] :].ravel().tolist()) - {0}


def is_beside(patch: LabelPatch, square: Square) -> bool:
    """True when there is a stroke right next to the box on its left that belongs to no printed line.

    A printed line of the column before goes on to the edge of the patch; a hand-made √ beside the box does not.
    """
    right = round(square.left) - 3
    top, bottom = round(square.top - 0.25 * EM_PX), round(square.top + square.height + 0.25 * EM_PX)
    piece = patch.dark[max(0, top) : bottom, :right] > INK
    columns = np.flatnonzero(piece.any(axis=0))
    if columns.size == 0 or columns[0] < 2:
        return False
    wide = columns[-1] - columns[0] + 1
    near = right - columns[-1] < _BESIDE_EM * EM_PX
    return bool(near and _MARK_EM[0] * EM_PX < wide < _MARK_EM[1] * EM_PX and piece.sum() > _MARK_PX)


def grazes_only(inked: NDArray[np.bool_], *, core: float = _CORE) -> bool:
    """True when ink stays at the rim of a box: the end of a stroke that belongs to the line above or below.

    Args:
        inked: bool (height, width): the inside of the box without its frame.
        core: Share of its sides that counts as its middle.
    """
    height, width = inked.shape
    skip_y, skip_x = round(height * (1 - core) / 2), round(width * (1 - core) / 2)
    middle = inked[skip_y : height - skip_y, skip_x : width - skip_x]
    return bool(middle.size) and not middle.any()
