"""Writes JPEGs under a byte limit without losing what people must read.

Two uses: a scan under 200 KB, which may shrink in pixels, and the 1-inch photo under 20 KB, which may not. Both use one
family of quantisation tables, flatter than the standard ones: at equal bytes they keep 1.5 dB more of a photo and
recognise the most characters of a page (photo.md, Compression).

What is written is baseline, not progressive: that saves 5 % and is the safer upload (the same page).
"""

from __future__ import annotations

from PIL import Image

from imaging.jpeg_search import Compressed, Effort, Road, quantisation_table, search, sheet_side_px
from imaging.model import Pixels

__all__ = [
    "Compressed",
    "accepted_limit_bytes",
    "compress_scan",
    "encode_photo",
    "quantisation_table",
    "written_limit_bytes",
]

# The sweet spot of 2000-2400 px for a page under 200 KB (photo.md, Compression).
SCAN_LONG_SIDE_PX = 2200
# The best settings for ever fewer bytes, as long side of a sheet and table scale. Measured on A4 forms with print of
# 5-18 points at 200, 100, 50 and 20 KB: the fewest wrong characters at 2200 px and scale 15, 1500 and 29, 1100 and 40,
# 800 and 60. Larger and coarser costs up to twice as many, smaller and finer likewise.
_SCAN_POSTS = ((float(SCAN_LONG_SIDE_PX), 20.0), (1500.0, 29.0), (1100.0, 40.0), (800.0, 60.0))
_FINEST, _COARSEST = 1.0, 160.0
# A picture this small is recognisable as a document and no more. Every picture fits 20 KB here: 160 x 120 px have
# 28,800 coefficients, and at this coarseness none of them can take more than five bits.
_SMALLEST_SIDE_PX = 160.0
# photo.md, goals 8 and 9. An encode of a page costs as much as a forecast, one of a photo next to nothing.
_SCAN_EFFORT = Effort(encodes=3, aim=0.97, enough=0.92, enough_later=0.85)
_PHOTO_EFFORT = Effort(encodes=4, aim=0.99, enough=0.98, enough_later=0.98)


def written_limit_bytes(kilobytes: int) -> int:
    """What "20 KB" means for a file we write: the strict reading, 20 000 bytes (design.md section 3)."""
    return kilobytes * 1000


def accepted_limit_bytes(kilobytes: int) -> int:
    """What "20 KB" means for a file we are given: the generous reading, 20 480 bytes (design.md section 3)."""
    return kilobytes * 1024


def compress_scan(
    pixels: Pixels, *, max_bytes: int, long_side_px: int = SCAN_LONG_SIDE_PX, dpi: int | None = None
) -> Compressed:
    """Writes a document scan under a byte limit, in colour, in at most three encodes.

    Args:
        pixels: uint8 RGB of shape (height, width, 3).
        max_bytes: Largest file.
        long_side_px: Longer side of a 4:3 sheet; other shapes get as many pixels. Never enlarged.
        dpi: Density to note in the file; none when unknown.

    Raises:
        ImageRefused: `cannot-fit-bytes`, with the smallest size reached and the limit, in bytes. Never from 20 KB up.
    """
    source = Image.fromarray(pixels)
    most_px = min(float(long_side_px), sheet_side_px(source.width, source.height))
    posts = [(min(most_px, side_px), scale) for side_px, scale in _SCAN_POSTS]
    road = Road(((most_px, _FINEST), *posts, (min(most_px, _SMALLEST_SIDE_PX), _COARSEST)))
    return search(source, road, _SCAN_EFFORT, max_bytes=max_bytes, dpi=dpi)


def encode_photo(pixels: Pixels, *, max_bytes: int, dpi: int = 300) -> Compressed:
    """Writes a finished portrait under a byte limit, pixel for pixel; never padded.

    Args:
        pixels: uint8 RGB of shape (height, width, 3), already in the final size.
        max_bytes: Largest file.
        dpi: Density noted in the file; 295x413 at 300 dpi is one inch (25x35 mm).

    Raises:
        ImageRefused: `cannot-fit-bytes`, with the smallest size reached and the limit, in bytes.
    """
    source = Image.fromarray(pixels)
    side_px = sheet_side_px(source.width, source.height)
    road = Road(((side_px, _FINEST), (side_px, _COARSEST)))
    return search(source, road, _PHOTO_EFFORT, max_bytes=max_bytes, dpi=dpi)
