"""Finds a plain frame around a picture: the bars of a screenshot, the margin of a photographed print."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from imaging.model import Pixels
from imaging.photo.model import Floats

# A pixel has the frame's colour within these levels (JPEG noise of a plain area stays under 3 on average), and a frame
# line holds it nearly everywhere. A phone's bars carry a clock, a battery and buttons: never more than this share.
_PLAIN_LEVELS = 10
_PLAIN_SHARE = 0.6
# The outermost line itself carries no signs.
_FIRST_SHARE = 0.95
# Behind the frame the colour jumps by more than this on most of the line; a plain studio wall has no such jump.
_JUMP_LEVELS = 24.0
_JUMP_SHARE = 0.7
# One side alone is a frame only when nearly the whole line jumps.
_CLEAR_JUMP_SHARE = 0.95
_FAINT_JUMP_SHARE = 0.25
# A frame is at least this deep, as a share of the side; thinner is a resampling rim.
_MIN_DEPTH = 0.008
# Nothing deeper than this is a frame around a portrait.
_MAX_DEPTH = 0.4
# A status bar, a title bar and a picture's own margin lie inside each other; no viewer stacks more.
_MAX_FRAMES = 3
# So many places of a line are looked at.
_PLACES = 200
# Lines looked at in one step: most sides end within a few, and a bar of a screenshot has a hundred.
_LINES_AT_ONCE = 32
# Nothing smaller has a frame and a picture.
_MIN_SIDE_PX = 4


@dataclass(frozen=True, slots=True)
class Frame:
    """Depth of the plain frame on each side, pixels; all 0 when there is no frame."""

    top: int = 0
    bottom: int = 0
    left: int = 0
    right: int = 0

    def share_of(self, pixels: Pixels) -> float:
        """Share of the picture's area that is frame, 0..1."""
        height, width = pixels.shape[:2]
        inner = max(0, height - self.top - self.bottom) * max(0, width - self.left - self.right)
        return float(1.0 - inner / (height * width))

    def removed_from(self, pixels: Pixels) -> Pixels:
        """The picture inside the frame."""
        height, width = pixels.shape[:2]
        return pixels[self.top : height - self.bottom, self.left : width - self.right]


def find_frame(pixels: Pixels) -> Frame:
    """The plain frame of a picture: sure on two sides, or very sure on one. Frames inside frames count together.

    Args:
        pixels: uint8 RGB, shape (height, width, 3).
    """
    whole = Frame()
    for _ in range(_MAX_FRAMES):
        found = _outer_frame(whole.removed_from(pixels))
        if found == Frame():
            break
        whole = Frame(
            top=whole.top + found.top,
            bottom=whole.bottom + found.bottom,
            left=whole.left + found.left,
            right=whole.right + found.right,
        )
    return whole


def _outer_frame(pixels: Pixels) -> Frame:
    if min(pixels.shape[:2]) < _MIN_SIDE_PX:
        return Frame()
    # Every line is seen at some places only: whether it is plain shows there as well, and a large picture has many.
    rows = pixels[:, :: max(1, pixels.shape[1] // _PLACES)]
    columns = pixels[:: max(1, pixels.shape[0] // _PLACES)].transpose(1, 0, 2)
    edges = [_edge_of(view) for view in (rows, rows[::-1], columns, columns[::-1])]
    sure = sum(edge.jump >= _JUMP_SHARE for edge in edges) >= 2 or any(edge.jump >= _CLEAR_JUMP_SHARE for edge in edges)
    if not sure:
        return Frame()
    # A dark suit in front of a black bar jumps only beside the shoulders: once a frame is sure, less is enough.
    return Frame(*(edge.depth if edge.jump >= _FAINT_JUMP_SHARE else 0 for edge in edges))


@dataclass(frozen=True, slots=True)
class _Edge:
    """Where the leading plain lines of one side end: their number, and the share of the line that jumps there."""

    depth: int = 0
    jump: float = 0.0


def _edge_of(lines: Pixels) -> _Edge:
    """The end of the leading lines that are mostly one plain colour; nothing when the side is not plain."""
    count = len(lines)
    colour = np.median(lines[0], axis=0)
    if _plain_shares(lines[:1], colour)[0] < _FIRST_SHARE:
        return _Edge()
    last = min(count - 2, int(count * _MAX_DEPTH))
    for start in range(1, last, _LINES_AT_ONCE):
        mixed = np.flatnonzero(_plain_shares(lines[start : min(last, start + _LINES_AT_ONCE)], colour) < _PLAIN_SHARE)
        if len(mixed):
            depth = start + int(mixed[0])
            # One mixed line may lie between the frame and the picture.
            jump = float((_away(lines[depth + 1], colour) > _JUMP_LEVELS).mean())
            return _Edge(depth, jump) if depth >= max(1, _MIN_DEPTH * count) else _Edge()
    return _Edge()


def _plain_shares(lines: Pixels, colour: Floats) -> Floats:
    """Share of every line that has the colour."""
    return np.asarray((_away(lines, colour) <= _PLAIN_LEVELS).mean(axis=1), dtype=np.float32)


def _away(pixels: Pixels, colour: Floats) -> Floats:
    return np.asarray(np.abs(pixels.astype(np.float32) - colour).max(axis=-1), dtype=np.float32)
