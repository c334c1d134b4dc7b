"""Finds out whether a JPEG's pixel data reaches to its last block.

A transfer that broke off leaves the rest of the page grey once some program has closed the file with an end marker, and
decoders only warn about it, where nobody hears. The proof: bytes put behind pixel data that is complete change nothing,
bytes put behind data that is not become pixels.

What this does not stop: data that went missing in the middle.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

# A block without data decodes to the middle of the range; a decoder that inverts inks shows its neighbour.
_NO_DATA_LEVELS = (127, 128)
_START_OF_SCAN, _END_OF_IMAGE = b"\xff\xda", b"\xff\xd9"
# Every byte but FF in a scrambled order: no decoder table turns a kilobyte of it into nothing.
_FILLER = bytes(index * 73 % 255 for index in range(1020))
# With restart markers the decoder waits for the one that is next, whichever that is (ITU-T T.81, section E.1.4).
_ADDED = b"".join(_FILLER + bytes((0xFF, 0xD0 + number)) for number in range(8)) + _FILLER
# Rows compared at a time.
_BAND_ROWS = 256


def ends_early(image: Image.Image, payload: bytes) -> bool:
    """True when pixel data is missing at the end.

    Args:
        image: The decoded JPEG, at whatever scale it was decoded.
        payload: Its bytes, closed by an end marker.

    Raises:
        OSError: The bytes put behind broke the decoding, which they cannot do behind complete data either.
    """
    if payload.count(_START_OF_SCAN) == 1 and not _ends_in_nothing(image):
        # All components come block by block in one scan, so that the last block would be grey.
        return False
    again = io.BytesIO(payload.removesuffix(_END_OF_IMAGE) + _ADDED + _END_OF_IMAGE)
    with Image.open(again, formats=["JPEG"]) as other:
        other.draft(None, image.size)
        other.load()
        return not _are_equal(image, other)


def _ends_in_nothing(image: Image.Image) -> bool:
    last = image.getpixel((image.width - 1, image.height - 1))
    return all(level in _NO_DATA_LEVELS for level in (last if isinstance(last, tuple) else (last,)))


def _are_equal(one: Image.Image, other: Image.Image) -> bool:
    if one.size != other.size:
        return False
    for top in range(0, one.height, _BAND_ROWS):
        box = (0, top, one.width, min(one.height, top + _BAND_ROWS))
        if not np.array_equal(np.asarray(one.crop(box)), np.asarray(other.crop(box))):
            return False
    return True
