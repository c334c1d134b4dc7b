"""Says when a byte limit cost print its legibility."""

from __future__ import annotations

import math

from imaging.jpeg_search import Compressed
from imaging.model import Defect, Pixels
from imaging.small_print import smallest_print_px

# Measured on compressed forms with print of 5-18 points (character errors of the reader by height after shrinking): at
# table scale 30 characters of 7-11 px lose 5 %, of 11-14 px 1.6 %; at 60 those of 11-14 px lose 10 %, of 14-18 px none.
_LEAST_PX, _AT_SCALE = 10.0, 30.0
# A picture that was shrunk by less has lost nothing by it.
_SHRUNK = 0.97


def least_legible_px(table_scale: float) -> float:
    """Height below which characters of a JPEG with this table scale are misread more often than one in twenty."""
    return _LEAST_PX * math.sqrt(max(1.0, table_scale / _AT_SCALE))


def legibility_defects(pixels: Pixels, made: Compressed) -> tuple[Defect, ...]:
    """What compression took from the print.

    Args:
        pixels: The picture before, uint8 RGB of shape (height, width, 3).
        made: What was written of it.

    Returns:
        `print-too-small` (mild; px of character height after compression, and the least) when the smallest print was
        legible before and is not any more.
    """
    share = made.width_px / pixels.shape[1]
    if share > _SHRUNK:
        return ()
    before_px = smallest_print_px(pixels)
    least_px = least_legible_px(made.table_scale)
    if before_px is None or before_px < _LEAST_PX or before_px * share >= least_px:
        return ()
    return (Defect("print-too-small", measured=before_px * share, limit=least_px),)
