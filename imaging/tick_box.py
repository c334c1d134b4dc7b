"""Tells whether the square before a label is ticked, from pixels alone.

A ticked box vanishes from recognised text while an empty one stays (ocr.md 5.4), so text cannot answer this. The
caller says where the label starts (`imaging.tick_patch`), `imaging.tick_square` finds the box.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.tick_patch import ABOVE_EM, EM_PX, LEFT_EM, LabelPatch, Plane
from imaging.tick_square import Square
from imaging.tick_strokes import grazes_only, is_beside, is_ringed, is_struck_through

# Ink in the middle of the box (share of the inner square). ocr.md 5.4: empty 0.000, ticked 0.09-0.17.
EMPTY_MAX = 0.020
TICKED_MIN = 0.060
# Above this the box is painted over rather than ticked; a dense scribble reaches 0.83 on small pictures.
FILLED_MIN = 0.86
# More ink than this is no mere end of a neighbour's stroke, wherever it lies.
GRAZED_MAX = 0.12
# Below this side on the page, and with nothing in this middle share of it, ink inside may be the frame's own halo.
SMALL_SIDE_PX = 15.0
SMALL_CORE = 0.3
# The inner square leaves out at least this share of the side at every edge, so that a tilted frame is not ink inside.
INSET = 0.19


class TickState(StrEnum):
    """What a box says; the values are stored and must not change.

    `TICKED` (√, ×, a loop, a scribble inside) and `FILLED` (painted over) choose the duty. `CROSSED_OUT` was struck out
    again, box or label, and does not choose it, but a person has to look.
    """

    TICKED = "ticked"
    FILLED = "filled"
    EMPTY = "empty"
    CROSSED_OUT = "crossed-out"
    UNCERTAIN = "uncertain"
    NOT_FOUND = "not-found"

    @property
    def chooses(self) -> bool:
        """True when the duty counts as chosen."""
        return self in (TickState.TICKED, TickState.FILLED)


@dataclass(frozen=True, slots=True)
class TickMark:
    """The judgement on one box.

    Attributes:
        state: See `TickState`.
        confidence: 0..1.
        corners: Pixel corners on the page, ((x, y), ...) clockwise from the top left; empty when no box was found.
        inside: Share of the inner square that carries ink.
        shape: `none`, `tick`, `cross`, `filled`, `struck` (a stroke through the box), `struck-label`, `grazed` (ink at
            its rim only), `small`, `ringed` (a loop around it), `beside` (a mark next to it), `passed` (by a stroke of
            another box), `glyph` (a mark, no box) or `bracket`.
    """

    state: TickState
    confidence: float
    corners: tuple[tuple[float, float], ...] = ()
    inside: float = 0.0
    shape: str = "none"


def judge(patch: LabelPatch, square: Square, *, under_seal: bool = False) -> TickMark:
    """Says what is inside a box.

    Args:
        patch: The patch that the square was found on.
        square: The box.
        under_seal: True when a red seal lies over it; then only ink that is not red proves a tick.
    """
    plane = patch.black if under_seal else patch.dark
    inner = _inner(plane, square)
    inked = _inked(inner, _frame_darkness(plane, square))
    inside = float(inked.mean()) if inked.size else 0.0
    state, confidence, shape = _verdict(patch, square, inner, inked, inside, under_seal=under_seal)
    return TickMark(state, confidence, _corners(patch, square), inside, shape)


def _verdict(
    patch: LabelPatch, square: Square, inner: Plane, inked: NDArray[np.bool_], inside: float, *, under_seal: bool
) -> tuple[TickState, float, str]:
    """State, confidence and shape, the most telling sign first."""
    if inside > EMPTY_MAX and is_struck_through(patch.black if under_seal else patch.dark, square):
        # Inside a painted box the stroke itself cannot be seen; paint may also just have run out on both sides.
        solid = inside >= FILLED_MIN
        return (TickState.UNCERTAIN, 0.5, "struck") if solid else (TickState.CROSSED_OUT, 0.75, "struck")
    if inside >= FILLED_MIN:
        return TickState.FILLED, 0.99, "filled"
    if inside > EMPTY_MAX and _is_small(patch, square) and grazes_only(inked, core=SMALL_CORE):
        return TickState.UNCERTAIN, 0.4, "small"
    if EMPTY_MAX < inside < GRAZED_MAX and grazes_only(inked):
        return TickState.UNCERTAIN, 0.5, "grazed"
    if inside < GRAZED_MAX and not under_seal and is_ringed(patch, square):
        return TickState.UNCERTAIN, 0.5, "ringed"
    if inside >= TICKED_MIN:
        cross = _is_cross(inner)
        confidence = min(0.99, 0.75 + 2.0 * (inside - TICKED_MIN)) * (0.85 if cross else 1.0)
        return TickState.TICKED, confidence, "cross" if cross else "tick"
    if inside > EMPTY_MAX:
        return TickState.UNCERTAIN, 0.5, "none"
    if not under_seal and is_beside(patch, square):
        return TickState.UNCERTAIN, 0.5, "beside"
    certainty = 0.98 - 6.0 * inside
    return TickState.EMPTY, min(certainty, 0.8) if under_seal else certainty, "none"


def _is_small(patch: LabelPatch, square: Square) -> bool:
    """True when the box on the page is so small that a blurred frame reaches into it."""
    step = float(np.hypot(patch.to_page[0, 0], patch.to_page[1, 0]))
    return max(square.width, square.height) * step < SMALL_SIDE_PX


def _inner(plane: Plane, square: Square) -> Plane:
    """The inside of the box without the frame's strokes, however thick or tilted they are."""
    left, top = round(square.left), round(square.top)
    body = plane[top : top + square.height + 1, left : left + square.width + 1]
    if min(body.shape) < 6:
        return body[2:-2, 2:-2]
    least_y, least_x = max(2, round(INSET * body.shape[0])), max(2, round(INSET * body.shape[1]))
    # The frame ends where the profile across it has fallen to a third of its height; only the middle of each side
    # is looked at, because the corners belong to two sides.
    middle_x = body[:, body.shape[1] // 4 : -(body.shape[1] // 4)].mean(axis=1)
    middle_y = body[body.shape[0] // 4 : -(body.shape[0] // 4)].mean(axis=0)
    over, under = _stroke_end(middle_x, least_y), _stroke_end(middle_x[::-1], least_y)
    before, after = _stroke_end(middle_y, least_x), _stroke_end(middle_y[::-1], least_x)
    return body[over : body.shape[0] - under, before : body.shape[1] - after]


def _stroke_end(profile: Plane, least: int) -> int:
    """Samples from the edge to where the frame's stroke is over; at least `least`, at most a third of the side."""
    most = max(least, len(profile) // 3)
    peak = float(profile[:3].max())
    for index in range(1, most):
        if profile[index] < peak / 3:
            return max(least, index + 1)
    return least


def _frame_darkness(plane: Plane, square: Square) -> float:
    """Typical darkness of the frame's stroke."""
    left, top = round(square.left), round(square.top)
    right, bottom = round(square.left + square.width), round(square.top + square.height)
    fat = cv2.dilate(plane, np.ones((3, 3), np.uint8))
    sides = (fat[top, left:right], fat[bottom, left:right], fat[top:bottom, left], fat[top:bottom, right])
    return float(np.median(np.concatenate(sides)))


def _inked(inner: Plane, frame: float) -> NDArray[np.bool_]:
    """Pixels about half as dark as the frame, or darker."""
    return np.asarray(inner > max(0.18, 0.42 * min(frame, 0.9)), bool)


def _is_cross(inner: Plane) -> bool:
    """True when both diagonals are inked and the middles of the sides are not."""
    if min(inner.shape) < 5:
        return False
    small = cv2.resize(inner, (9, 9), interpolation=cv2.INTER_AREA)
    soft = cv2.dilate(small, np.ones((3, 3), np.uint8))
    falling, rising = float(np.diag(soft).mean()), float(np.diag(soft[:, ::-1]).mean())
    middles = float(np.mean([small[0, 4], small[4, 0], small[8, 4], small[4, 8]]))
    return min(falling, rising) > 0.45 and middles < 0.30


def judge_without_square(patch: LabelPatch, *, glyph_read: bool) -> TickMark:
    """What to say when no box was found: a mark instead of the box, or nothing to see.

    Args:
        patch: Surroundings of the label's start.
        glyph_read: True when recognition saw a tick-like sign before the label.
    """
    left, right = round((LEFT_EM - 1.6) * EM_PX), round((LEFT_EM - 0.1) * EM_PX)
    top, bottom = round((ABOVE_EM - 0.65) * EM_PX), round((ABOVE_EM + 0.65) * EM_PX)
    ink = float((patch.dark[top:bottom, left:right] > 0.35).mean())
    corner_points = ((left, top), (right, top), (right, bottom), (left, bottom))
    corners = tuple(_on_page(patch, x, y) for x, y in corner_points)
    if ink < 0.012:
        return TickMark(TickState.NOT_FOUND, 0.5, (), ink, "none")
    if glyph_read:
        return TickMark(TickState.TICKED, 0.7, corners, ink, "glyph")
    return TickMark(TickState.UNCERTAIN, 0.4, corners, ink, "glyph")


def _corners(patch: LabelPatch, square: Square) -> tuple[tuple[float, float], ...]:
    right, bottom = square.left + square.width, square.top + square.height
    points = ((square.left, square.top), (right, square.top), (right, bottom), (square.left, bottom))
    return tuple(_on_page(patch, x, y) for x, y in points)


def _on_page(patch: LabelPatch, x: float, y: float) -> tuple[float, float]:
    page = patch.to_page @ np.array([x, y, 1.0], np.float32)
    return float(page[0]), float(page[1])
