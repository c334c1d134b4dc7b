"""Writes JPEGs under a byte limit without losing what people must read.

Two uses: a scan under 200 KB, which may shrink in pixels, and the 1-inch photo under 20 KB, which may not. Both use one
family of quantisation tables, flatter than the standard ones: at equal bytes they keep 1.5 dB more of a photo and
recognise the most characters of a page (photo.md, Compression).

What is written is baseline, not progressive: five pages came out from 4 % larger to 9 % smaller, and baseline is the
safer upload (photo.md, Compression).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from PIL import Image

from imaging.errors import ImageRefused
from imaging.jpeg_search import Compressed, Effort, Road, encoded, quantisation_table, search, sheet_side_px
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
# 5-18 points: at 200 KB 1900-2400 px and scale 15-34 read alike (3-5 of 1,100 characters wrong), 1650 and 2700 worse;
# at 100 KB 1500-1900 px and 29-47; at 50 KB 1100 px and 40; at 20 KB 800 px and 60, where 1100 and 117 loses twice as
# many characters of 9-12 points.
_SCAN_POSTS = ((float(SCAN_LONG_SIDE_PX), 28.0), (1600.0, 34.0), (1100.0, 40.0), (800.0, 60.0))
_FINEST, _COARSEST = 1.0, 160.0
# A picture this small is recognisable as a document and no more. Every picture fits 20 KB here: 160 x 120 px have
# 28,800 coefficients, and at this coarseness none of them can take more than five bits.
_SMALLEST_SIDE_PX = 160.0
# photo.md, goals 8 and 9. An encode of a page costs as much as a forecast, one of a photo next to nothing.
_SCAN_EFFORT = Effort(encodes=3, aim=0.97, enough=0.92, enough_later=0.85)
# A photo is so small that an encode costs 2 ms and a forecast many times that: it is searched for by encoding alone.
_PHOTO_ENCODES = 4
# The next encode aims here, and what fills this share of the limit is good enough; while nothing fits, the last one
# aims lower.
_PHOTO_AIM, _PHOTO_ENOUGH, _PHOTO_LAST_AIM = 0.98, 0.965, 0.92
# Where real portraits end at so many bytes a pixel (20 000 for 295x413; 30 of them: 3.3 to 8), and the fall of
# ln(bytes) over ln(scale) around it (0.7 to 1.1).
_PHOTO_FIRST_SCALE, _PHOTO_FIRST_DENSITY, _PHOTO_SLOPE = 5.5, 20_000 / (295 * 413), 0.9
# Slopes beyond these come from two tries that lie too near each other.
_LEAST_SLOPE, _MOST_SLOPE = 0.3, 1.5


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
    tried: list[Compressed] = []
    density = max_bytes / (source.width * source.height)
    scale = _PHOTO_FIRST_SCALE * (_PHOTO_FIRST_DENSITY / density) ** (1 / _PHOTO_SLOPE)
    scale, best = min(_COARSEST, max(_FINEST, scale)), None
    while len(tried) < _PHOTO_ENCODES:
        tried.append(encoded(source, scale, dpi))
        best = max((one for one in tried if len(one.data) <= max_bytes), default=None, key=lambda one: len(one.data))
        if best and (best.table_scale == _FINEST or len(best.data) >= _PHOTO_ENOUGH * max_bytes):
            break
        last_chance = best is None and len(tried) == _PHOTO_ENCODES - 1
        scale = _next_scale(tried, (_PHOTO_LAST_AIM if last_chance else _PHOTO_AIM) * max_bytes)
    if best is None:
        raise ImageRefused("cannot-fit-bytes", measured=min(len(one.data) for one in tried), limit=max_bytes)
    return replace(best, encodes=len(tried))


def _next_scale(tried: Sequence[Compressed], aim_bytes: float) -> float:
    """Follows the line through the two tries nearest to the aim, in logarithms; never out of what is known to fit."""
    off = sorted(((math.log(len(one.data) / aim_bytes), math.log(one.table_scale)) for one in tried), key=_distance)
    (excess, place), *others = off
    slope = _PHOTO_SLOPE
    if others and others[0][1] != place:
        slope = min(_MOST_SLOPE, max(_LEAST_SLOPE, (excess - others[0][0]) / (others[0][1] - place)))
    following = place + excess / slope
    too_big = max((at for distance, at in off if distance > 0), default=-math.inf)
    fitting = min((at for distance, at in off if distance <= 0), default=math.inf)
    if not too_big < following < fitting:
        following = (too_big + fitting) / 2
    return min(_COARSEST, max(_FINEST, math.exp(following)))


def _distance(one: tuple[float, float]) -> float:
    return abs(one[0])
