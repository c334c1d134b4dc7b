"""Writes JPEGs under a byte limit without losing what people must read.

Two uses: a scan under 200 KB, which may shrink in pixels, and the 1-inch photo under 20 KB, which may not. Both use one
family of quantisation tables, flatter than the standard ones: at equal bytes they keep 1.5 dB more of a photo and
recognise the most characters of a page (photo.md, Compression).
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass, replace

from PIL import Image

from imaging.errors import ImageRefused
from imaging.model import Pixels
from imaging.scanned import Scanned

# The sweet spot of 2000-2400 px for a page under 200 KB (photo.md, Compression).
SCAN_LONG_SIDE_PX = 2200
# Below this side small text loses a fifth of its characters (photo.md, Compression); tables coarsen first.
_SMALLEST_LEGIBLE_SIDE_PX = 1280
# Where text of 5-6 points begins to suffer. Measured on full pages under 200 KB: character errors at 5 points fall
# from 25 % at 2400 px and scale 61 to 16 % at 1600 px and scale 32, while larger text is read without error at both.
_COARSEST_LEGIBLE = 48.0
_FINEST, _COARSEST = 1.0, 160.0
# A picture this small is recognisable as a document and no more; whoever sets a limit below it has to be told.
_SMALLEST_SIDE_PX = 160
# Bytes fall with about these powers of the table scale and of the side: slopes between neighbouring points of the
# same measurement (0.45-0.87 and 1.2-1.6). They set the first steps of the search; later ones use what it measured.
_SCALE_POWER, _SIDE_POWER = 0.65, 1.35
# The first table by the bits there are for a pixel, ln(scale) = offset - slope ln(bits): through the pages above
# (0.44 bits, scale 30-64) and portraits (1.3 bits, scale 8). A poor guess costs one more encode.
_GUESS_OFFSET, _GUESS_SLOPE = 2.46, 1.5
# A result that fills this share of the limit is not worth another encode.
_FULL_ENOUGH = 0.94
# What the search aims at; the margin absorbs the bend of the curve.
_AIM = 0.97
# After these the search takes what fits (photo.md, goals 8 and 9), and goes on only when nothing does or what does
# wastes a fifth of the limit, which happens to pure noise.
_SCAN_ENCODES, _PHOTO_ENCODES = 3, 4
_WASTEFUL = 0.8
_MOST_ENCODES = 10


@dataclass(frozen=True, slots=True)
class Compressed:
    """A written JPEG: baseline, 4:2:0, optimised Huffman tables, no metadata.

    Attributes:
        data: The file.
        width_px: Its width.
        height_px: Its height.
        encodes: How many times the image was encoded to find it.
        table_scale: Scale of the quantisation tables; 1 is almost lossless, above 48 small text suffers.
    """

    data: bytes
    width_px: int
    height_px: int
    encodes: int
    table_scale: float


def written_limit_bytes(kilobytes: int) -> int:
    """What "20 KB" means for a file we write: the strict reading, 20 000 bytes (design.md section 3)."""
    return kilobytes * 1000


def accepted_limit_bytes(kilobytes: int) -> int:
    """What "20 KB" means for a file we are given: the generous reading, 20 480 bytes (design.md section 3)."""
    return kilobytes * 1024


def is_compliant(scanned: Scanned, *, size_bytes: int, max_bytes: int, formats: tuple[str, ...] = ("JPEG",)) -> bool:
    """True when the upload can be handed on byte for byte.

    Args:
        scanned: What the pre-scan found.
        size_bytes: Size of the upload.
        max_bytes: The accepted limit (`accepted_limit_bytes`).
        formats: Formats the receiving side takes.
    """
    # A picture that only its tag turns upright lies on its side in software that ignores the tag.
    return scanned.format in formats and size_bytes <= max_bytes and scanned.orientation == 1


def compress_scan(
    pixels: Pixels, *, max_bytes: int, long_side_px: int = SCAN_LONG_SIDE_PX, dpi: int | None = None
) -> Compressed:
    """Writes a document scan under a byte limit, in colour.

    The image keeps `long_side_px` as long as text stays legible; only then is it made smaller.

    Args:
        pixels: uint8 RGB of shape (height, width, 3).
        max_bytes: Largest file.
        long_side_px: Longest side of the result; never enlarged.
        dpi: Density to note in the file; none when unknown.

    Raises:
        ImageRefused: `cannot-fit-bytes`, with the smallest size reached and the limit, in bytes.
    """
    source = Image.fromarray(pixels)
    side_px = min(long_side_px, max(source.size))
    smaller_px = min(side_px, _SMALLEST_LEGIBLE_SIDE_PX)
    smallest_px = min(side_px, _SMALLEST_SIDE_PX)
    road = _Road(
        (
            (side_px, _FINEST),
            (side_px, _COARSEST_LEGIBLE),
            (smaller_px, _COARSEST_LEGIBLE),
            (smaller_px, _COARSEST),
            (smallest_px, _COARSEST),
        )
    )
    return _search(source, road, max_bytes=max_bytes, encodes=_SCAN_ENCODES, dpi=dpi)


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
    side_px = max(source.size)
    road = _Road(((side_px, _FINEST), (side_px, _COARSEST)))
    return _search(source, road, max_bytes=max_bytes, encodes=_PHOTO_ENCODES, dpi=dpi)


@dataclass(frozen=True, slots=True)
class _Road:
    """All settings a search may use, in one line from the best picture to the smallest file.

    A place on the road is the expected fall of ln(bytes) since its start, so one number is searched for, not two.

    Attributes:
        posts: Corners of the road: long side in px and table scale.
    """

    posts: tuple[tuple[int, float], ...]

    @property
    def length(self) -> float:
        """The place of the last post."""
        return sum(map(_fall, self.posts, self.posts[1:]))

    def at(self, place: float) -> tuple[int, float]:
        """Long side in px and table scale at a place; the last post beyond the end."""
        left = max(0.0, place)
        for start, end in zip(self.posts, self.posts[1:], strict=False):
            leg = _fall(start, end)
            if left < leg:
                share = left / leg
                side_px = round(start[0] * (end[0] / start[0]) ** share)
                return side_px, start[1] * (end[1] / start[1]) ** share
            left -= leg
        return self.posts[-1]

    def first_guess(self, image: Image.Image, max_bytes: int) -> float:
        """A place to begin with, by the bits there are for each pixel."""
        shrink = self.posts[0][0] / max(image.size)
        bits = 8 * max_bytes / (image.width * image.height * shrink**2)
        place = _SCALE_POWER * (_GUESS_OFFSET - _GUESS_SLOPE * math.log(bits))
        return min(self.length, max(0.0, place))


def _fall(start: tuple[int, float], end: tuple[int, float]) -> float:
    """Expected fall of ln(bytes) between two settings."""
    return _SIDE_POWER * math.log(start[0] / end[0]) + _SCALE_POWER * math.log(end[1] / start[1])


def _search(source: Image.Image, road: _Road, *, max_bytes: int, encodes: int, dpi: int | None) -> Compressed:
    """The best picture on the road that fits; more than `encodes` tries only while nothing fits well."""
    tried: list[tuple[float, Compressed]] = []
    shrunk: dict[int, Image.Image] = {}
    place = road.first_guess(source, max_bytes)
    while len(tried) < _MOST_ENCODES:
        side_px, scale = road.at(place)
        if side_px not in shrunk:
            shrunk = {side_px: _shrunk(source, side_px)}
        last = _encoded(shrunk[side_px], scale, dpi)
        tried.append((place, last))
        size_bytes = len(last.data)
        if size_bytes <= max_bytes and (size_bytes >= _FULL_ENOUGH * max_bytes or place <= 0):
            break
        fitting = any(_WASTEFUL * max_bytes <= len(one.data) <= max_bytes for _, one in tried)
        if (fitting and len(tried) >= encodes) or (size_bytes > max_bytes and place >= road.length):
            break
        place = min(road.length, max(0.0, _next_place(tried, max_bytes)))
    best = min((one for one in tried if len(one[1].data) <= max_bytes), default=None, key=lambda one: one[0])
    if best is None:
        raise ImageRefused("cannot-fit-bytes", measured=min(len(one.data) for _, one in tried), limit=max_bytes)
    return replace(best[1], encodes=len(tried))


def _next_place(tried: list[tuple[float, Compressed]], max_bytes: int) -> float:
    """Follows the line through the two tries nearest to the aim; the expected slope after the first try."""
    # Distance from the aim in ln(bytes), positive while too big.
    off = sorted(((math.log(len(one.data) / (_AIM * max_bytes)), place) for place, one in tried), key=_distance)
    (nearest, place), *others = off
    slope = 1.0
    if others and others[0][1] != place:
        # The bounds keep the step finite on pages that hardly get smaller, such as empty ones.
        slope = min(4.0, max(0.25, (nearest - others[0][0]) / (others[0][1] - place)))
    following = place + nearest / slope
    too_big = max((at for distance, at in off if distance > 0), default=-math.inf)
    fitting = min((at for distance, at in off if distance <= 0), default=math.inf)
    # A step that leaves the bracket is replaced by its middle.
    return following if too_big < following < fitting else (too_big + fitting) / 2


def _distance(one: tuple[float, float]) -> float:
    return abs(one[0])


def _shrunk(image: Image.Image, side_px: int) -> Image.Image:
    scale = side_px / max(image.size)
    if scale >= 1:
        return image
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)


def quantisation_table(scale: float) -> list[int]:
    """The near-flat table Q(u, v) = scale x (1 + (u + v) / 14), row by row, each entry 1..255 (photo.md)."""
    return [min(255, max(1, round(scale * (1 + (u + v) / 14)))) for u in range(8) for v in range(8)]


def _encoded(image: Image.Image, scale: float, dpi: int | None) -> Compressed:
    table = quantisation_table(scale)
    file = io.BytesIO()
    density = {} if dpi is None else {"dpi": (dpi, dpi)}
    image.save(file, "JPEG", qtables=[table, table], subsampling="4:2:0", optimize=True, progressive=False, **density)
    return Compressed(file.getvalue(), image.width, image.height, encodes=1, table_scale=scale)
