"""Finds square and rectangular seals: a closed frame of straight coloured lines with rows of characters inside.

Tables, frames of certificates and underlined headings have straight coloured lines too. A seal's frame is small,
nothing sticks out of its corners, nothing divides it from side to side, and what it holds is text.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels
from imaging.seal_ink import Mask, Plane

# Longer side over shorter one. Finance seals are square, name seals up to 2:1; what is longer is a form's field.
ASPECT_MAX = 2.1
# The longer side as a share of the search copy's long side: 30 mm on A4 is 0.10, on a crop of the signature 0.3.
LARGEST_SHARE = 0.34
# Share of each side that must carry the frame's ink (patchy ink measured at 0.86 and above), and of the inner area
# that may and must be inked (rows of characters: own seals 0.15-0.40; an empty frame 0.00, a red block 0.9).
SIDE_MIN = 0.80
INNER_MIN, INNER_MAX = 0.07, 0.62
# Depth in which a side's ink is looked for, in shorter sides: bent paper and the frame's own thickness.
SIDE_DEPTH = 0.055
# Lines that run on beyond a corner belong to a table. Ink may lie on this share of a stretch outside of the frame.
BEYOND_MAX = 0.30
# A row or column of ink from side to side divides a table's cells; characters leave room between them.
DIVIDER_MIN = 0.90
# The frame is laid flat on this many samples a side; three rows of characters are then 45 samples high each.
FLAT_PX = 192
# Room around the flat frame, in sides.
ROOM = 0.25
# Ink counts from this share of the frame's own strength; strokes of small characters run together below it.
STRONG = 0.5


InkOf = Callable[[NDArray[np.float32]], Plane]
"""Corners on the search copy to the ink laid flat by `laid_flat`."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A frame that passed every test.

    Attributes:
        corners: float32 (4, 2) in pixels of the mask: upper left, upper right, lower right, lower left.
        ring: Share of the sides that carries ink, 0..1.
        fill: Inked share of the inside, 0..1.
    """

    corners: NDArray[np.float32]
    ring: float
    fill: float


def frames_in(mask: Mask, ink: InkOf, *, smallest_px: float) -> list[Frame]:
    """Every frame of a square seal.

    Args:
        mask: uint8 (height, width), 1 where there is ink.
        ink: Lays a quadrilateral of the mask's picture flat, in its full detail.
        smallest_px: Shortest side in pixels of the mask.
    """
    largest = LARGEST_SHARE * max(mask.shape)
    found: list[Frame] = []
    for corners in _quads(mask, smallest_px, largest):
        frame = _judged(ink(corners), corners)
        if frame is not None and all(_apart(frame, other) for other in found):
            found.append(frame)
    return found


def _quads(mask: Mask, smallest: float, largest: float) -> Iterator[NDArray[np.float32]]:
    """Four corners around every blob of a seal's size whose outline is a rectangle."""
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    contours, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for contour in contours:
        (_, (width, height), _) = cv2.minAreaRect(contour)
        short, long = sorted((width, height))
        if short < smallest or long > largest or long > ASPECT_MAX * short:
            continue
        hull = cv2.convexHull(contour)
        # A round blob fills 0.79 of the rectangle around it, a tilted or bent square more than nine tenths.
        if cv2.contourArea(hull) < 0.88 * width * height:
            continue
        yield _corners(np.asarray(hull, np.int32))


def _corners(hull: NDArray[np.int32]) -> NDArray[np.float32]:
    """The four corners of a nearly rectangular outline, from the upper left one clockwise."""
    for share in (0.02, 0.03, 0.05, 0.08):
        corners = cv2.approxPolyDP(hull, share * cv2.arcLength(hull, closed=True), closed=True)
        if len(corners) == 4:
            return _in_order(corners[:, 0, :].astype(np.float32))
    return _in_order(cv2.boxPoints(cv2.minAreaRect(hull)).astype(np.float32))


def _in_order(points: NDArray[np.float32]) -> NDArray[np.float32]:
    middle = points.mean(axis=0)
    around = points[np.argsort(np.arctan2(points[:, 1] - middle[1], points[:, 0] - middle[0]))]
    first = int(np.argmin(around.sum(axis=1)))
    return np.ascontiguousarray(np.roll(around, -first, axis=0), np.float32)


def _judged(flat: Plane, corners: NDArray[np.float32]) -> Frame | None:
    edge = round(FLAT_PX * ROOM)
    depth = round(FLAT_PX * SIDE_DEPTH)
    inked = (flat > STRONG * max(0.05, float(np.quantile(flat, 0.95)))).astype(np.uint8)
    core = inked[edge : edge + FLAT_PX, edge : edge + FLAT_PX]
    sides = [_side(np.rot90(inked, turn), edge, depth) for turn in range(4)]
    inner = core[2 * depth : -2 * depth, 2 * depth : -2 * depth]
    fill = float(inner.mean())
    passes = (
        min(sides) >= SIDE_MIN
        and INNER_MIN <= fill <= INNER_MAX
        and max(_beyond(np.rot90(inked, turn), edge, depth) for turn in range(4)) <= BEYOND_MAX
        and _is_text(inner)
    )
    return Frame(corners, float(np.mean(sides)), fill) if passes else None


def laid_flat(plane: Pixels | Plane, corners: NDArray[np.float32]) -> NDArray[np.float32]:
    """A frame brought to `FLAT_PX` a side, with `ROOM` around it.

    Args:
        plane: (height, width) or (height, width, 3).
        corners: The frame's corners on it, float32 (4, 2).
    """
    edge = FLAT_PX * ROOM
    target = np.array(
        [[edge, edge], [edge + FLAT_PX, edge], [edge + FLAT_PX, edge + FLAT_PX], [edge, edge + FLAT_PX]], np.float32
    )
    side = round(FLAT_PX * (1 + 2 * ROOM))
    warp = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    flat = cv2.warpPerspective(plane, warp, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(flat, np.float32)


def _side(inked: Mask, edge: int, depth: int) -> float:
    """Share of the upper side that carries ink."""
    strip = inked[edge - depth : edge + depth, edge + depth : edge + FLAT_PX - depth]
    return float(strip.any(axis=0).mean())


def _beyond(inked: Mask, edge: int, depth: int) -> float:
    """Ink where the upper side would run on beyond the left corner, as a share of that stretch."""
    strip = inked[edge - depth : edge + depth, : edge - depth]
    return float(strip.any(axis=0).mean())


def _is_text(inner: Mask) -> bool:
    """True for characters: ink in every part of the inside, nothing drawn from side to side, no solid block."""
    if max(inner.mean(axis=1).max(), inner.mean(axis=0).max()) >= DIVIDER_MIN:
        return False
    halves = np.array_split(inner, 2, axis=0)
    thirds = [part for half in halves for part in np.array_split(half, 3, axis=1)]
    solid = cv2.erode(inner, np.ones((21, 21), np.uint8))
    return all(part.mean() > 0.03 for part in thirds) and not solid.any()


def _apart(a: Frame, b: Frame) -> bool:
    return math.dist(a.corners.mean(axis=0), b.corners.mean(axis=0)) > 0.4 * math.dist(a.corners[0], a.corners[2])
