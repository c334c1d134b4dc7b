"""Makes black print under a coloured seal readable. An addition to the raw page, never a replacement: on brownish
photos red is dark in every channel, and print in the seal's own colour vanishes here (ocr.md section 3.3).
"""

from __future__ import annotations

import cv2
import numpy as np

from imaging.model import Pixels

# Channel over local paper: what is darker is print, what is lighter is paper or seal. Measured on stamped pages
# (ocr.md 3.3: 64 % of the lines exact on the raw page, 87.5 % after this, 91.7 % enlarged twice).
PLAIN_PRINT = (0.25, 0.78)
# For pale seals and dark print on bright pictures: strokes stay whole that the other pair thins (a 3 under a ring read
# as an 8). On dim pictures nothing is left, so this is one view among others.
FAINT_PRINT = (0.10, 0.60)
ENLARGEMENT = 2
# The local paper is the brightest value around, looked for in this share of the piece's longer side.
_PAPER_WINDOW = 1 / 12


def without_seal(piece: Pixels, *, colour: str = "red", levels: tuple[float, float] = PLAIN_PRINT) -> Pixels:
    """A grey picture of the piece, twice as large, in which ink of the given colour has all but gone.

    Args:
        piece: uint8 RGB of shape (height, width, 3): the surroundings of one seal.
        colour: `red` or `blue`, the seal's ink.
        levels: Channel over local paper of what is black and what is white afterwards.

    Returns:
        uint8 RGB of shape (2 height, 2 width, 3) with three equal channels.
    """
    channel = np.ascontiguousarray(piece[..., 0 if colour == "red" else 2])
    reach = max(3, round(max(channel.shape) * _PAPER_WINDOW)) | 1
    bright = cv2.morphologyEx(cv2.medianBlur(channel, 3), cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    paper = cv2.blur(bright, (reach, reach)).astype(np.float32)
    share = channel.astype(np.float32) / np.maximum(paper, 1.0)
    black, white = levels
    stretched = np.clip((share - black) / (white - black), 0.0, 1.0)
    grey = (stretched * 255 + 0.5).astype(np.uint8)
    large = cv2.resize(grey, None, fx=ENLARGEMENT, fy=ENLARGEMENT, interpolation=cv2.INTER_CUBIC)
    return np.ascontiguousarray(np.repeat(large[..., None], 3, axis=2))
