"""Thirty hostile uploads, written from scratch: what a broken transfer, a wrong program or an attacker would send.

Each entry gives bytes and the codes that may answer them. Nothing large is stored; bombs are written in milliseconds.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
from PIL import Image

Answer = tuple[bytes, frozenset[str]]


def _codes(*codes: str) -> frozenset[str]:
    return frozenset(codes)


def jpeg(*, side_px: int = 400, quality: int = 85, **options: object) -> bytes:
    """An honest grey JPEG with a few bars."""
    pixels = np.full((side_px, side_px, 3), 200, np.uint8)
    pixels[::20, :, :] = 90
    return encoded(Image.fromarray(pixels), "JPEG", quality=quality, **options)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    """The image as a file."""
    stream = io.BytesIO()
    image.save(stream, kind, **options)  # type: ignore[arg-type]
    return stream.getvalue()


def png(width_px: int, height_px: int, *, colour: int = 2, data: bytes = b"", extra: bytes = b"") -> bytes:
    """A PNG of 8 bits with any size and any data."""
    header = struct.pack(">IIBBBBB", width_px, height_px, 8, colour, 0, 0, 0)
    body = chunk(b"IHDR", header) + extra + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def chunk(kind: bytes, data: bytes) -> bytes:
    """One PNG chunk."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def zeros(count: int) -> bytes:
    """A zlib stream of `count` zero bytes."""
    squeeze = zlib.compressobj(9)
    out = []
    while count > 0:
        part = min(count, 1 << 20)
        out.append(squeeze.compress(bytes(part)))
        count -= part
    return b"".join(out) + squeeze.flush()


def scan_bomb(repeats: int) -> bytes:
    """A progressive JPEG whose last scan is repeated."""
    data = encoded(Image.fromarray(np.zeros((2000, 2000), np.uint8)), "JPEG", progressive=True)
    last = data.rfind(b"\xff\xda")
    return data[:last] + data[last:-2] * repeats + b"\xff\xd9"


def exif_flood(segments: int) -> bytes:
    """A JPEG with very many small Exif segments."""
    data = jpeg()
    segment = b"\xff\xe1" + struct.pack(">H", 40) + b"Exif\x00\x00" + bytes(32)
    return data[:2] + segment * segments + data[2:]


def resized_header(width_px: int, height_px: int) -> bytes:
    """A small JPEG whose frame header promises another size."""
    data = bytearray(jpeg())
    at = data.find(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height_px, width_px)
    return bytes(data)


def animated(kind: str) -> bytes:
    """Two frames."""
    frames = [Image.fromarray(np.full((200, 200, 3), shade, np.uint8)) for shade in (0, 255)]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:])


def noise() -> bytes:
    """A picture of nothing."""
    return encoded(Image.fromarray(np.random.default_rng(1).integers(0, 256, (900, 900, 3), np.uint8)), "JPEG")


def _cmyk() -> bytes:
    return encoded(Image.fromarray(np.full((600, 600, 4), 60, np.uint8), "CMYK"), "JPEG")


def _sixteen_bit() -> bytes:
    return encoded(Image.fromarray(np.full((600, 600), 40000, np.uint16)), "PNG")


_FOREIGN = _codes("not-an-image", "format-not-allowed")
_EMPTY_PAGE = _codes("no-text", "page-blank", "kind-unknown", "not-a-document")
_BROKEN = _codes("image-corrupt", "file-incomplete", "header-lies", "unsupported-encoding", "not-an-image")

HOSTILE: dict[str, Callable[[], Answer]] = {
    "zero-bytes": lambda: (b"", _codes("file-empty")),
    "one-byte": lambda: (b"\xff", _FOREIGN),
    "text": lambda: ("这不是图像\n".encode() * 50, _FOREIGN),
    "html": lambda: (b"<!doctype html><script>alert(1)</script>", _FOREIGN),
    "svg": lambda: (b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>', _FOREIGN),
    "postscript": lambda: (b"%!PS-Adobe-3.0 EPSF-3.0\n(/etc/passwd) run\n", _FOREIGN),
    "pdf": lambda: (b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n", _FOREIGN),
    "zip": lambda: (b"PK\x03\x04" + bytes(200), _FOREIGN),
    "heic": lambda: (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(100), _FOREIGN),
    "jpeg-2000": lambda: (b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(100), _FOREIGN),
    "bmp": lambda: (encoded(Image.new("RGB", (300, 300)), "BMP"), _FOREIGN),
    "tiff": lambda: (encoded(Image.new("RGB", (300, 300)), "TIFF"), _FOREIGN),
    "gif-animated": lambda: (animated("GIF"), _codes("format-not-allowed", "animated-image")),
    "png-animated": lambda: (animated("PNG"), _codes("animated-image")),
    "webp-animated": lambda: (animated("WEBP"), _codes("animated-image")),
    "jpeg-half": lambda: (jpeg()[: len(jpeg()) // 2], _BROKEN),
    "jpeg-header-only": lambda: (jpeg()[:200], _BROKEN),
    "jpeg-two-bytes-short": lambda: (jpeg()[:-2], _BROKEN),
    "png-50000-square": lambda: (png(50_000, 50_000, data=zeros(5_000_000)), _codes("too-many-pixels")),
    "png-32700-grey": lambda: (png(32_700, 32_700, colour=0, data=zeros(1_000_000)), _codes("too-many-pixels")),
    "png-6000-lies": lambda: (png(6_000, 6_000, data=zeros(1_000)), _BROKEN),
    "png-bad-data": lambda: (png(400, 400, data=b"not zlib at all" * 2000), _BROKEN),
    "png-profile-bomb": lambda: (
        png(300, 300, data=zeros(300 * 901), extra=chunk(b"iCCP", b"x\x00\x00" + zeros(100_000_000))),
        _EMPTY_PAGE | _BROKEN | _codes("too-many-segments"),
    ),
    "jpeg-30000-square": lambda: (resized_header(30_000, 30_000), _codes("too-many-pixels")),
    "jpeg-scan-bomb": lambda: (scan_bomb(1000), _codes("too-many-scans")),
    "jpeg-exif-flood": lambda: (exif_flood(100_000), _codes("too-many-segments")),
    "tiny": lambda: (encoded(Image.new("RGB", (8, 8)), "PNG"), _codes("too-few-pixels")),
    "cmyk": lambda: (_cmyk(), _EMPTY_PAGE),
    "sixteen-bit": lambda: (_sixteen_bit(), _EMPTY_PAGE),
    "noise": lambda: (noise(), _EMPTY_PAGE),
}
