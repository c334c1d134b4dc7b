"""A short mark of a picture that stays nearly the same when the picture is saved anew, and its distance to another.

The signs of the 256 lowest frequencies of the brightness (a discrete cosine transform, as in pHash, over a finer grid):
compression, size and brightness leave them, and a slightly cropped picture turns few of them.

Measured on drawn and aged papers, seven kinds at four levels, eight persons each (bits of 256):

* saved again: JPEG at quality 50 at most 6, at 20 at most 14, darker 6, brighter 26, half the size 26;
* 1 % cut off at two or at all sides: median 22, at most 36; 2 %: median 40, at most 60, with 58 % of them within 40;
* other persons' papers of the same form, photographed: at least 52, median 105 to 130;
* the same, on a flatbed: work certificates at least 36, diplomas 42, degrees 40, qualifications 26, the portrait sides
  of cards 32, household registers 50; the emblem sides of one county 8, because they differ in two dates;
* 1-inch photos, twelve of them: saved again at most 12, half the size 42, 1 % cut off 48; those of other
  persons from a scanner at least 14, median 70, photographed 78.

So likeness alone proves nothing about scans of one printed form: what was read on them has to tell them apart.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels

# Side of the square that a picture is reduced to before the transform, in pixels.
_SIDE_PX = 64
# Every so many pixels are looked at that this many remain along the shorter side: eight by eight for each of the small
# ones are plenty, and a photograph of twelve million costs 4 ms instead of 26.
_ENOUGH_PX = 512
# Frequencies kept in each direction, beginning with the first above zero.
_FREQUENCIES = 16
# Bits of a fingerprint, and so the greatest distance.
BITS = _FREQUENCIES * _FREQUENCIES
# Least standard deviation of the brightness, in grey levels of 255; below, there is nothing that tells a picture from
# another. A sheet with one line of bars like print has 11.6.
_LEAST_CONTRAST = 2.0
# Hexadecimal digits of a fingerprint.
_DIGITS = BITS // 4
# Up to this distance two pictures look like one: all papers that were saved again or lost 1 % at the sides (see above).
SAME_PICTURE_BITS = 40
# A photo saved again, at its size, lies within this distance, and the nearest face of somebody else does not (above).
# The room between is two bits of drawn faces: to be measured again on real ones.
SAVED_AGAIN_BITS = 12


def fingerprint(pixels: Pixels) -> str | None:
    """The fingerprint of a picture.

    Args:
        pixels: uint8 RGB of shape (height, width, 3), at least one pixel.

    Returns:
        `BITS` bits as lower-case hexadecimal digits; None for an empty sheet, which looks like every other one.
    """
    step = max(1, min(pixels.shape[:2]) // _ENOUGH_PX)
    small = cv2.resize(np.ascontiguousarray(pixels[::step, ::step]), (_SIDE_PX, _SIDE_PX), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    if float(grey.std()) < _LEAST_CONTRAST:
        return None
    spectrum = cv2.dct(grey)[1 : _FREQUENCIES + 1, 1 : _FREQUENCIES + 1]
    bits: NDArray[np.bool_] = (spectrum > np.median(spectrum)).ravel()
    return np.packbits(bits).tobytes().hex()


def distance(first: str, second: str) -> int:
    """Bits in which two fingerprints differ, 0 to `BITS`.

    Raises:
        ValueError: One of them is no fingerprint.
    """
    if not len(first) == len(second) == _DIGITS:
        raise ValueError(f"a fingerprint has {_DIGITS} hexadecimal digits")
    return (int(first, 16) ^ int(second, 16)).bit_count()


def looks_same(first: str, second: str) -> bool:
    """True when two pictures may be one picture saved twice; never for marks of another length (another version's)."""
    return len(first) == len(second) == _DIGITS and distance(first, second) <= SAME_PICTURE_BITS
