"""Walks a PNG's chunks and rebuilds it from the parts that carry pixels.

What this does not stop: damaged compressed data. Its checksum is verified, its content is the decoder's business.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from imaging.errors import ImageRefused
from imaging.exif_orientation import exif_orientation
from imaging.scanned import ScanLimits, Scanned, check_size

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# PNG (W3C, third edition), table 11.1: colour type -> samples a pixel and allowed bits a sample.
_COLOUR_TYPES = {0: (1, (1, 2, 4, 8, 16)), 2: (3, (8, 16)), 3: (1, (1, 2, 4, 8)), 4: (2, (8, 16)), 6: (4, (8, 16))}
_PALETTE_TYPE, _COLOUR_TYPE = 3, 2
# Deflate codes 258 bytes in no less than two bits (RFC 1951), so one byte never yields more than 1,032.
_MAX_DEFLATE_RATIO = 1032
# The chunks that decide what the pixels look like, in the order they must have.
_LOOK_CHUNKS = (b"PLTE", b"tRNS")
_MAX_PALETTE_BYTES = 3 * 256
# PNG, section 8.2: first column, first row, column step and row step of the seven interlace passes.
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
# Fits the processor's cache while rows are counted.
_PIECE_BYTES = 1 << 18


@dataclass(slots=True)
class _Walk:
    """What has been seen so far; private to one scan of one file."""

    header: bytes = b""
    look: dict[bytes, bytes] = field(default_factory=dict)
    profile: bytes | None = None
    data: list[bytes] = field(default_factory=list)
    others: int = 0
    orientation: int = 1
    end: int = 0
    has_metadata: bool = False


def scan_png(data: bytes, limits: ScanLimits) -> Scanned:
    """Checks and rebuilds a PNG.

    Raises:
        ImageRefused: `file-incomplete`, `image-corrupt`, `unsupported-encoding`, `animated-image`, `too-many-pixels`,
            `too-few-pixels`, `too-many-segments`, `header-lies` (compressed bytes against the least possible).
    """
    walk = _Walk()
    for kind, body, end in _chunks(data):
        walk.end = end
        if not walk.header:
            _take_header(kind, body, walk, limits)
        elif kind == b"IDAT":
            _take_data(body, walk, limits)
        elif kind != b"IEND":
            _take_other(kind, body, walk, limits)
    width_px, height_px = _dimensions(walk.header)
    _check_whole(walk)
    return Scanned(
        format="PNG",
        width_px=width_px,
        height_px=height_px,
        orientation=walk.orientation,
        payload=_rebuilt(walk),
        size_bytes=len(data),
        trailer_bytes=len(data) - walk.end,
        has_metadata=walk.has_metadata,
    )


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    """Type, body and end position of each chunk, up to and with IEND."""
    position = len(PNG_SIGNATURE)
    while True:
        body = position + 8
        end = body + int.from_bytes(data[position : position + 4], "big") + 4
        if body > len(data) or end > len(data):
            raise ImageRefused("file-incomplete", measured=len(data), limit=end)
        kind = data[position + 4 : body]
        content = data[body : end - 4]
        # Bit 5 of the first letter is clear in chunks a decoder must understand; only their damage matters.
        if not kind[0] & 0x20 and zlib.crc32(content, zlib.crc32(kind)) != int.from_bytes(data[end - 4 : end], "big"):
            raise ImageRefused("image-corrupt")
        yield kind, content, end
        if kind == b"IEND":
            return
        position = end


def _dimensions(header: bytes) -> tuple[int, int]:
    return int.from_bytes(header[0:4], "big"), int.from_bytes(header[4:8], "big")


def _take_header(kind: bytes, body: bytes, walk: _Walk, limits: ScanLimits) -> None:
    if kind == b"CgBI":
        # Apple's private variant, which only Apple's own software shows.
        raise ImageRefused("unsupported-encoding")
    if kind != b"IHDR" or len(body) != 13:
        raise ImageRefused("image-corrupt")
    bits, colour, compression, filtering, interlace = body[8:13]
    if colour not in _COLOUR_TYPES or bits not in _COLOUR_TYPES[colour][1]:
        raise ImageRefused("image-corrupt")
    if compression or filtering or interlace > 1:
        raise ImageRefused("unsupported-encoding")
    width_px, height_px = _dimensions(body)
    check_size(width_px=width_px, height_px=height_px, limits=limits)
    walk.header = body


def _take_data(body: bytes, walk: _Walk, limits: ScanLimits) -> None:
    walk.data.append(body)
    if len(walk.data) > limits.max_data_chunks:
        raise ImageRefused("too-many-segments", measured=len(walk.data), limit=limits.max_data_chunks)


def _take_other(kind: bytes, body: bytes, walk: _Walk, limits: ScanLimits) -> None:
    """Keeps what decides about colour, reads the orientation, drops the rest."""
    walk.others += 1
    if walk.others > limits.max_segments:
        raise ImageRefused("too-many-segments", measured=walk.others, limit=limits.max_segments)
    if kind in _LOOK_CHUNKS and not walk.data:
        walk.look[kind] = body
    elif kind == b"acTL":
        _refuse_animation(body)
    elif kind == b"iCCP" and walk.profile is None:
        walk.profile = body if _profile_fits(body, limits.max_profile_bytes) else None
    elif kind == b"eXIf":
        walk.has_metadata = True
        walk.orientation = exif_orientation(body)
    elif kind == b"IHDR" or not kind[0] & 0x20:
        raise ImageRefused("image-corrupt")
    elif kind in (b"tEXt", b"zTXt", b"iTXt", b"tIME"):
        walk.has_metadata = True


def _refuse_animation(body: bytes) -> None:
    frames = int.from_bytes(body[:4], "big")
    if frames > 1:
        raise ImageRefused("animated-image", measured=frames, limit=1)


def _profile_fits(body: bytes, max_bytes: int) -> bool:
    """True when the compressed profile is whole and unpacks to no more than `max_bytes`."""
    # A name of at most 79 letters, a zero, the compression method (always 0), then the packed profile.
    name_end = body.find(b"\x00", 0, 80)
    if name_end < 1 or body[name_end + 1 : name_end + 2] != b"\x00":
        return False
    try:
        unpacker = zlib.decompressobj()
        profile = unpacker.decompress(body[name_end + 2 :], max_bytes + 1)
    except zlib.error:
        return False
    return len(profile) <= max_bytes and unpacker.eof


def _check_whole(walk: _Walk) -> None:
    bits, colour = walk.header[8:10]
    palette = walk.look.get(b"PLTE")
    if not walk.data or (colour == _PALETTE_TYPE and palette is None):
        raise ImageRefused("image-corrupt")
    if palette is not None and (len(palette) % 3 or not 0 < len(palette) <= _MAX_PALETTE_BYTES):
        raise ImageRefused("image-corrupt")
    if bits == 16 and colour == _COLOUR_TYPE and b"tRNS" in walk.look:
        # One exact 48-bit colour is transparent; the decoder keeps 24 bits and could no longer tell which pixels.
        raise ImageRefused("unsupported-encoding")
    raw_bytes = _raw_bytes(walk.header)
    packed_bytes = sum(map(len, walk.data))
    if packed_bytes * _MAX_DEFLATE_RATIO < raw_bytes:
        raise ImageRefused("header-lies", measured=packed_bytes, limit=-(-raw_bytes // _MAX_DEFLATE_RATIO))


def _raw_bytes(header: bytes) -> int:
    """Bytes of all rows with their filter bytes, unpacked (PNG, sections 7.2 and 8.2)."""
    width_px, height_px = _dimensions(header)
    bits = header[8] * _COLOUR_TYPES[header[9]][0]
    passes = _ADAM7 if header[12] else ((0, 0, 1, 1),)
    sizes = ((-(-(width_px - left) // across), -(-(height_px - top) // down)) for left, top, across, down in passes)
    return sum(rows * (1 + -(-columns * bits // 8)) for columns, rows in sizes if columns > 0 and rows > 0)


def lacks_rows(payload: bytes) -> bool:
    """True when the compressed data of a rebuilt PNG ends in order, but before the last row.

    Decoders show the missing rows black without a word. Unpacks the whole image in small pieces, so this belongs
    into the child process.

    Args:
        payload: `Scanned.payload` of a PNG.
    """
    header = packed = b""
    for kind, body, _ in _chunks(payload):
        header = body if kind == b"IHDR" else header
        packed = body if kind == b"IDAT" else packed
    missing = _raw_bytes(header)
    unpacker = zlib.decompressobj()
    try:
        while missing > 0 and not unpacker.eof:
            piece = unpacker.decompress(packed, _PIECE_BYTES)
            if not piece:  # the stream waits for bytes that are not there
                break
            missing -= len(piece)
            packed = unpacker.unconsumed_tail
    except zlib.error:
        # Damage of another kind, which the decoder reports.
        return False
    return missing > 0


def _rebuilt(walk: _Walk) -> bytes:
    chunks = [(b"IHDR", walk.header)]
    if walk.profile is not None:
        chunks.append((b"iCCP", walk.profile))
    chunks += [(kind, walk.look[kind]) for kind in _LOOK_CHUNKS if _is_meant(kind, walk)]
    chunks += [(b"IDAT", b"".join(walk.data)), (b"IEND", b"")]
    return PNG_SIGNATURE + b"".join(_chunk(kind, body) for kind, body in chunks)


def _is_meant(kind: bytes, walk: _Walk) -> bool:
    """True for a palette or transparency that fits the colour type; viewers ignore others, our decoder would not."""
    colour, body = walk.header[9], walk.look.get(kind)
    if body is None or kind == b"PLTE":
        return body is not None and colour == _PALETTE_TYPE
    if colour == _PALETTE_TYPE:
        return 0 < len(body) <= len(walk.look[b"PLTE"]) // 3
    return len(body) == {0: 2, _COLOUR_TYPE: 6}.get(colour, -1)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(body, zlib.crc32(kind)).to_bytes(4, "big")
