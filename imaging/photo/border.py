"""Finds a plain frame around a picture: the bars of a screenshot, the margin of a photographed print."""

from __future__ import annotations

import numpy as np

from imaging.model import Pixels
from imaging.photo.model import Floats

# A frame line holds one colour: its levels spread less than this (JPEG noise of a plain area stays under 3).
_PLAIN_SPREAD = 4.0
# Behind the frame the colour jumps by more than this on most of the line; a plain studio wall has no such jump.
_JUMP_LEVELS = 24.0
_JUMP_SHARE = 0.7
# A frame is at least this deep, as a share of the side; thinner is a resampling rim.
_MIN_DEPTH = 0.008
# Nothing deeper than this is a frame around a portrait.
_MAX_DEPTH = 0.4


def plain_border_share(pixels: Pixels) -> float:
    """Share of the picture covered by a plain frame on two or more sides, 0..1; 0 when there is none.

    Args:
        pixels: uint8 RGB, shape (height, width, 3).
    """
    picture = pixels.astype(np.float32)
    across = picture.transpose(1, 0, 2)
    depths = [_depth(view) for view in (picture, picture[::-1], across, across[::-1])]
    if sum(depth > 0 for depth in depths) < 2:
        return 0.0
    height, width = pixels.shape[:2]
    inner = max(0, height - depths[0] - depths[1]) * max(0, width - depths[2] - depths[3])
    return 1.0 - inner / (height * width)


def _depth(lines: Floats) -> int:
    """Number of leading lines that are one plain colour and end in a sharp straight jump; 0 for none."""
    count = len(lines)
    colour = np.median(lines[0], axis=0)
    for index in range(min(count - 2, int(count * _MAX_DEPTH))):
        line = lines[index]
        if np.abs(line - colour).max(axis=1).mean() > _PLAIN_SPREAD:
            # One mixed line may lie between the frame and the picture.
            beyond = np.abs(lines[index + 1] - colour).max(axis=1)
            jumped = float((beyond > _JUMP_LEVELS).mean()) >= _JUMP_SHARE
            return index if jumped and index >= max(1, _MIN_DEPTH * count) else 0
    return 0
