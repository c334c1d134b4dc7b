"""Walks a WebP's chunks and rebuilds it from the parts that carry pixels (RFC 9649).

What this does not stop: damaged pixel data, which is the decoder's business.
"""

from __future__ import annotations

from collections.abc import Iterator

from imaging.errors import ImageRefused
from imaging.exif_orientation import exif_orientation
from imaging.scanned import ScanLimits, Scanned, check_size

# RFC 9649, section 2.7: flags of the extended header.
_HAS_PROFILE, _HAS_ALPHA, _IS_ANIMATED = 0x20, 0x10, 0x02
# RFC 6386, section 9.1 and RFC 9649, section 3.4: what the two kinds of pixel data begin with.
_LOSSY_START = b"\x9d\x01\x2a"
_LOSSLESS_START = 0x2F
_FOURTEEN_BITS = 0x3FFF
_EXIF_HEAD = b"Exif\x00\x00"
# The chunks that are written again, in the order the format asks for.
_KEPT = (b"ICCP", b"ALPH", b"VP8 ", b"VP8L")


def scan_webp(data: bytes, limits: ScanLimits) -> Scanned:
    """Checks and rebuilds a WebP.

    Raises:
        ImageRefused: `file-incomplete`, `image-corrupt`, `animated-image`, `too-many-pixels`, `too-few-pixels`,
            `too-many-segments`, `header-lies` (canvas and pixel data disagree about the width or height in px).
    """
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise ImageRefused("file-incomplete", measured=len(data), limit=end)
    chunks = _first_chunks(data[12:end], limits)
    if b"ANIM" in chunks or b"ANMF" in chunks or (chunks.get(b"VP8X", b"\x00")[:1] or b"\x00")[0] & _IS_ANIMATED:
        raise ImageRefused("animated-image", limit=1)
    width_px, height_px = _pixel_size(chunks)
    check_size(width_px=width_px, height_px=height_px, limits=limits)
    _check_canvas(chunks.get(b"VP8X"), width_px=width_px, height_px=height_px)
    return Scanned(
        format="WEBP",
        width_px=width_px,
        height_px=height_px,
        orientation=exif_orientation(chunks.get(b"EXIF", b"").removeprefix(_EXIF_HEAD)),
        payload=_rebuilt(chunks, limits, width_px=width_px, height_px=height_px),
        size_bytes=len(data),
        trailer_bytes=len(data) - end,
        has_metadata=bool(chunks.keys() - {*_KEPT, b"VP8X"}),
    )


def _first_chunks(body: bytes, limits: ScanLimits) -> dict[bytes, bytes]:
    """The first chunk of each type."""
    found: dict[bytes, bytes] = {}
    for count, (kind, content) in enumerate(_chunks(body), start=1):
        if count > limits.max_segments:
            raise ImageRefused("too-many-segments", measured=count, limit=limits.max_segments)
        found.setdefault(kind, content)
    return found


def _chunks(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = 0
    # A lone padding byte at the end is no chunk.
    while position + 8 <= len(body):
        start = position + 8
        end = start + int.from_bytes(body[position + 4 : start], "little")
        if end > len(body):
            raise ImageRefused("file-incomplete", measured=len(body), limit=end)
        yield body[position : position + 4], body[start:end]
        position = end + (end & 1)


def _pixel_size(chunks: dict[bytes, bytes]) -> tuple[int, int]:
    """Width and height in px, from the pixel data itself."""
    lossy, lossless = chunks.get(b"VP8 "), chunks.get(b"VP8L")
    if lossy is not None:
        # Bit 0 of the first byte is clear in a key frame, the only kind a still image has.
        if len(lossy) < 10 or lossy[0] & 1 or lossy[3:6] != _LOSSY_START:
            raise ImageRefused("image-corrupt")
        _check_partition(lossy)
        return (
            int.from_bytes(lossy[6:8], "little") & _FOURTEEN_BITS,
            int.from_bytes(lossy[8:10], "little") & _FOURTEEN_BITS,
        )
    if lossless is None or len(lossless) < 5 or lossless[0] != _LOSSLESS_START:
        raise ImageRefused("image-corrupt")
    packed = int.from_bytes(lossless[1:5], "little")
    return (packed & _FOURTEEN_BITS) + 1, (packed >> 14 & _FOURTEEN_BITS) + 1


def _check_partition(lossy: bytes) -> None:
    """The frame header announces the length of its first partition (RFC 6386, section 9.1)."""
    first_bytes = int.from_bytes(lossy[:3], "little") >> 5
    if first_bytes + 10 > len(lossy):
        raise ImageRefused("file-incomplete", measured=len(lossy), limit=first_bytes + 10)


def _check_canvas(extended: bytes | None, *, width_px: int, height_px: int) -> None:
    if extended is None:
        return
    if len(extended) < 10:
        raise ImageRefused("image-corrupt")
    canvas_width_px = int.from_bytes(extended[4:7], "little") + 1
    canvas_height_px = int.from_bytes(extended[7:10], "little") + 1
    if canvas_width_px != width_px:
        raise ImageRefused("header-lies", measured=canvas_width_px, limit=width_px)
    if canvas_height_px != height_px:
        raise ImageRefused("header-lies", measured=canvas_height_px, limit=height_px)


def _rebuilt(chunks: dict[bytes, bytes], limits: ScanLimits, *, width_px: int, height_px: int) -> bytes:
    kept = {kind: chunks[kind] for kind in _KEPT if kind in chunks}
    if b"VP8 " in kept:
        kept.pop(b"VP8L", None)
    else:
        kept.pop(b"ALPH", None)
    if len(kept.get(b"ICCP", b"")) > limits.max_profile_bytes:
        del kept[b"ICCP"]
    if len(kept) > 1:
        flags = (_HAS_PROFILE if b"ICCP" in kept else 0) | (_HAS_ALPHA if _has_alpha(kept) else 0)
        sides = (width_px - 1).to_bytes(3, "little") + (height_px - 1).to_bytes(3, "little")
        kept = {b"VP8X": bytes((flags, 0, 0, 0)) + sides, **kept}
    body = b"WEBP" + b"".join(_chunk(kind, content) for kind, content in kept.items())
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _has_alpha(kept: dict[bytes, bytes]) -> bool:
    # Bit 28 behind the two sizes of the lossless header (RFC 9649, section 3.4).
    return b"ALPH" in kept or bool(int.from_bytes(kept.get(b"VP8L", b"")[1:5], "little") >> 28 & 1)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return kind + len(content).to_bytes(4, "little") + content + b"\x00" * (len(content) & 1)
