"""Walks a JPEG's markers and rebuilds it from the parts that carry pixels.

What this does not stop: damaged entropy data, and data that ends early behind an intact end marker unless whole scans
are missing or it is too short for any image of that size. Both are the decoder's business (`imaging.jpeg_end`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from imaging.errors import ImageRefused
from imaging.exif_orientation import exif_orientation
from imaging.scanned import ScanLimits, Scanned, check_size

# ITU-T T.81, table B.1. Two bytes are matched, not a run of fill bytes, so that the search stays linear.
# Stuffed zeros and restart markers belong to the data of a scan and are passed over.
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_SOI, _EOI, _SOS, _DQT, _DHT, _DRI, _TEM = 0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xDD, 0x01
_APP0, _APP1, _APP2, _APP14, _COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xFE
# Baseline, extended sequential and progressive Huffman coding: what every browser shows.
_BASELINE, _EXTENDED, _PROGRESSIVE = 0xC0, 0xC1, 0xC2
_FRAMES_READ = (_BASELINE, _EXTENDED, _PROGRESSIVE)
# Lossless, hierarchical and arithmetic frames. C4, C8 and CC are no frames.
_FRAMES_REFUSED = frozenset((0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF))
_TABLES = (_DQT, _DHT, _DRI)
_EXIF_HEAD = b"Exif\x00\x00"
_PROFILE_HEAD = b"ICC_PROFILE\x00"
# A Huffman code has at least one bit: sequential coding spends one on the DC and one on the end of each 8x8 block,
# progressive coding may join the ends of many blocks.
_MIN_BITS_PER_BLOCK = {_BASELINE: 2, _EXTENDED: 2, _PROGRESSIVE: 1}


# An 8x8 block, and more bits than any coefficient has (T.81, section G.1.1.1.1: the approximation is at most 13).
_COEFFICIENTS = 64
_NOTHING_YET = 16


class _Segment(NamedTuple):
    """One marker segment: `start` at its FF, `body` after the length, `end` behind it, `data_end` behind scan data."""

    marker: int
    start: int
    body: int
    end: int
    data_end: int


@dataclass(slots=True)
class _Walk:
    """What has been seen so far; private to one scan of one file."""

    parts: list[bytes] = field(default_factory=list)
    profile: list[bytes] = field(default_factory=list)
    frame: int | None = None
    width_px: int = 0
    height_px: int = 0
    blocks: int = 0
    missing_bits: dict[int, list[int]] = field(default_factory=dict)
    scans: int = 0
    entropy_bytes: int = 0
    exif_segments: int = 0
    orientation: int = 1
    has_metadata: bool = False


def scan_jpeg(data: bytes, limits: ScanLimits) -> Scanned:
    """Checks and rebuilds a JPEG.

    Raises:
        ImageRefused: `file-incomplete`, `image-corrupt`, `unsupported-encoding`, `too-many-pixels`, `too-few-pixels`,
            `too-many-segments`, `too-many-scans`, `header-lies` (bytes of pixel data against the least possible).
    """
    walk = _Walk()
    end = 0
    for segment in _segments(data, limits):
        end = segment.end
        if segment.marker == _SOS:
            _take_scan(data, segment, walk, limits)
        elif segment.marker in _FRAMES_READ or segment.marker in _FRAMES_REFUSED:
            _take_frame(data, segment, walk, limits)
        elif segment.marker in _TABLES:
            walk.parts.append(data[segment.start : segment.end])
        else:
            _take_metadata(data, segment, walk, limits)
    _check_whole(walk)
    return Scanned(
        format="JPEG",
        width_px=walk.width_px,
        height_px=walk.height_px,
        orientation=walk.orientation,
        payload=_rebuilt(walk, limits),
        size_bytes=len(data),
        trailer_bytes=len(data) - end,
        has_metadata=walk.has_metadata,
    )


def _segments(data: bytes, limits: ScanLimits) -> Iterator[_Segment]:
    """All segments after the start marker, the end marker last; bytes between segments are passed over."""
    position = 2
    count = 0
    while True:
        found = _MARKER.search(data, position)
        if found is None:
            raise ImageRefused("file-incomplete", measured=len(data))
        marker, body = data[found.start() + 1], found.end() + 2
        count += 1
        if count > limits.max_segments:
            raise ImageRefused("too-many-segments", measured=count, limit=limits.max_segments)
        if marker in (_EOI, _SOI, _TEM):
            if marker == _EOI:
                yield _Segment(marker, found.start(), found.end(), found.end(), found.end())
                return
            position = found.end()
            continue
        length = int.from_bytes(data[found.end() : body], "big")
        end = found.end() + length
        if end > len(data) or body > len(data):
            raise ImageRefused("file-incomplete", measured=len(data), limit=end)
        if length < 2:
            raise ImageRefused("image-corrupt")
        position = _behind_scan(data, end) if marker == _SOS else end
        yield _Segment(marker, found.start(), body, end, position)


def _behind_scan(data: bytes, start: int) -> int:
    following = _MARKER.search(data, start)
    return len(data) if following is None else following.start()


def _take_scan(data: bytes, segment: _Segment, walk: _Walk, limits: ScanLimits) -> None:
    if walk.frame is None:
        raise ImageRefused("image-corrupt")
    walk.scans += 1
    if walk.scans > limits.max_scans:
        raise ImageRefused("too-many-scans", measured=walk.scans, limit=limits.max_scans)
    walk.entropy_bytes += segment.data_end - segment.end
    walk.parts.append(data[segment.start : segment.data_end])
    _note_coverage(data[segment.body : segment.end], walk)


def _note_coverage(body: bytes, walk: _Walk) -> None:
    """Notes which coefficients of which components this scan brings, and down to which bit (T.81, section B.2.3)."""
    count = body[0] if body else 0
    if len(body) < 4 + 2 * count:
        raise ImageRefused("image-corrupt")
    first, last, bits = body[1 + 2 * count : 4 + 2 * count]
    if walk.frame != _PROGRESSIVE:
        # Sequential scans bring everything at once, whatever these three bytes say.
        first, last, bits = 0, _COEFFICIENTS - 1, 0
    for component in body[1 : 1 + 2 * count : 2]:
        missing = walk.missing_bits.get(component)
        if missing is not None:
            for place in range(first, min(last, _COEFFICIENTS - 1) + 1):
                missing[place] = min(missing[place], bits & 15)


def _take_frame(data: bytes, segment: _Segment, walk: _Walk, limits: ScanLimits) -> None:
    if segment.marker in _FRAMES_REFUSED:
        raise ImageRefused("unsupported-encoding", measured=segment.marker)
    body = data[segment.body : segment.end]
    if walk.frame is not None or len(body) < 6 or len(body) < 6 + 3 * body[5]:
        raise ImageRefused("image-corrupt")
    # Twelve bits a sample and a height told only after the first scan are legal and never seen outside laboratories.
    height_px, width_px = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
    if body[0] != 8 or height_px == 0 or body[5] not in (1, 3, 4):
        raise ImageRefused("unsupported-encoding", measured=body[0])
    check_size(width_px=width_px, height_px=height_px, limits=limits)
    walk.frame, walk.width_px, walk.height_px = segment.marker, width_px, height_px
    walk.blocks = _block_count(body, width_px=width_px, height_px=height_px)
    walk.missing_bits = {body[6 + 3 * i]: [_NOTHING_YET] * _COEFFICIENTS for i in range(body[5])}
    walk.parts.append(data[segment.start : segment.end])


def _block_count(body: bytes, *, width_px: int, height_px: int) -> int:
    """8x8 blocks of all components, without the padding of interleaved scans (ITU-T T.81, A.1.1)."""
    factors = [(body[7 + 3 * i] >> 4, body[7 + 3 * i] & 15) for i in range(body[5])]
    if any(not (1 <= across <= 4 and 1 <= down <= 4) for across, down in factors):
        raise ImageRefused("image-corrupt")
    widest, tallest = max(across for across, _ in factors), max(down for _, down in factors)
    return sum(
        -(-width_px * across // (8 * widest)) * -(-height_px * down // (8 * tallest)) for across, down in factors
    )


def _take_metadata(data: bytes, segment: _Segment, walk: _Walk, limits: ScanLimits) -> None:
    """Keeps what decides about colour, reads the orientation, drops the rest."""
    body = data[segment.body : segment.end]
    if segment.marker == _APP0 and body.startswith(b"JFIF\x00") and len(body) >= 12:
        # The preview picture behind the density is left out.
        walk.parts.append(b"\xff\xe0\x00\x10" + body[:12] + b"\x00\x00")
    elif segment.marker == _APP14 and body.startswith(b"Adobe") and len(body) >= 12:
        walk.parts.append(b"\xff\xee\x00\x0e" + body[:12])
    elif segment.marker == _APP2 and body.startswith(_PROFILE_HEAD):
        walk.profile.append(data[segment.start : segment.end])
    elif segment.marker == _APP1 and body.startswith(_EXIF_HEAD):
        walk.has_metadata = True
        walk.exif_segments += 1
        if walk.exif_segments > limits.max_exif_segments:
            raise ImageRefused("too-many-segments", measured=walk.exif_segments, limit=limits.max_exif_segments)
        if walk.exif_segments == 1:
            walk.orientation = exif_orientation(body[len(_EXIF_HEAD) :])
    elif segment.marker != _EOI:
        walk.has_metadata = True


def _check_whole(walk: _Walk) -> None:
    if walk.frame is None or walk.scans == 0:
        raise ImageRefused("image-corrupt")
    least_bytes = walk.blocks * _MIN_BITS_PER_BLOCK[walk.frame] // 8
    if walk.entropy_bytes < least_bytes:
        raise ImageRefused("header-lies", measured=walk.entropy_bytes, limit=least_bytes)
    if any(bits for missing in walk.missing_bits.values() for bits in missing):
        # Later scans were lost, and a picture without them is blurred or lacks colour.
        raise ImageRefused("file-incomplete")


def _rebuilt(walk: _Walk, limits: ScanLimits) -> bytes:
    profile = walk.profile if sum(map(len, walk.profile)) <= limits.max_profile_bytes else []
    return b"".join((b"\xff\xd8", *profile, *walk.parts, b"\xff\xd9"))
