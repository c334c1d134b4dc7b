"""Pictures and what must come of them, computed by hand: nothing in here calls the code under test."""

from __future__ import annotations

import io
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Levels = NDArray[Any]
# JPEG and HEVC store blocks; a picture of flat fields survives them within the tolerance.
FIELD_PX = 16
COLOURS = np.array(
    [(200, 40, 40), (40, 160, 60), (50, 60, 190), (240, 240, 235), (20, 20, 25), (180, 170, 90), (90, 90, 90)], np.uint8
)
# Opacity of the fields in turn: hidden, hardly there, half, all.
OPACITIES = np.array([0, 64, 128, 255, 255], np.uint8)
ORIENTATIONS = range(1, 9)


def fields(values: Levels) -> Levels:
    """Values dealt out over 4 x 3 fields of 16 px, different in every corner."""
    dealt = values[np.arange(12) % len(values)].reshape(3, 4, *values.shape[1:])
    return np.ascontiguousarray(dealt.repeat(FIELD_PX, axis=0).repeat(FIELD_PX, axis=1))


def colour() -> Levels:
    """The picture in colour."""
    return fields(COLOURS)


def grey() -> Levels:
    """The picture in grey, one plane."""
    return fields(np.array([12, 60, 100, 140, 180, 220, 250], np.uint8))


def opacity() -> Levels:
    """Its opacity, one plane."""
    return fields(OPACITIES)


def on_white(levels: Levels, alpha: Levels) -> Levels:
    """What a browser shows on a white page."""
    share = alpha.astype(np.float64)[..., None] / 255
    return np.rint(levels.astype(np.float64) * share + 255 * (1 - share))


def as_rgb(plane: Levels) -> Levels:
    """A grey plane in three channels."""
    return np.repeat(plane[..., None], 3, axis=2)


def of_inks(inks: Levels) -> Levels:
    """Light that inks let through, without a profile: each takes its share, and black of all three."""
    share = 1 - inks.astype(np.float64) / 255
    return np.rint(255 * share[..., :3] * share[..., 3:])


def stored_for(upright: Levels, orientation: int) -> Levels:
    """The array that must be stored so that the tag makes it upright, from the tag's definition.

    Exif 2.32, section 4.6.4 says which visual side the stored row 0 and the stored column 0 are.
    """
    height_px, width_px = upright.shape[:2]
    sideways = orientation >= 5
    rows, columns = np.indices((width_px, height_px) if sideways else (height_px, width_px))
    # Visual row and column of each stored place.
    down = {1: rows, 2: rows, 3: height_px - 1 - rows, 4: height_px - 1 - rows, 5: columns, 6: columns}
    across = {1: columns, 2: width_px - 1 - columns, 3: width_px - 1 - columns, 4: columns, 5: rows}
    down |= {7: height_px - 1 - columns, 8: height_px - 1 - columns}
    across |= {6: width_px - 1 - rows, 7: width_px - 1 - rows, 8: rows}
    return np.ascontiguousarray(upright[down[orientation], across[orientation]])


def exif(orientation: int) -> bytes:
    """An Exif block with one entry, written by hand."""
    entry = b"\x01\x12\x00\x03\x00\x00\x00\x01" + orientation.to_bytes(2, "big") + b"\x00\x00"
    return b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01" + entry + bytes(4)


def jpeg(samples: Levels, orientation: int = 1, **options: Any) -> bytes:
    """A JPEG of 1, 3 or 4 channels."""
    return saved(samples, "JPEG", orientation, quality=100, subsampling=0, **options)


def saved(samples: Levels, file_format: str, orientation: int = 1, **options: Any) -> bytes:
    """A file of the samples, as Pillow writes it."""
    mode = {2: "L", 3: {2: "LA", 3: "RGB", 4: "RGBA"}.get(samples.shape[-1], "")}[samples.ndim]
    if file_format == "JPEG" and mode == "RGBA":
        mode = "CMYK"
    height_px, width_px = samples.shape[:2]
    image = Image.frombytes(mode, (width_px, height_px), samples.tobytes())
    file = io.BytesIO()
    image.save(file, file_format, exif=exif(orientation), **options)
    return file.getvalue()


def inks_jpeg(inks: Levels, orientation: int = 1, **options: Any) -> bytes:
    """Four inks as Adobe stores them: inverted, which Pillow does itself."""
    return jpeg(inks, orientation, **options)


def ycck_jpeg(inks: Levels, orientation: int = 1) -> bytes:
    """Four inks as print software stores them: luminance and differences of the colours, and black.

    ITU-T T.872, section 6.5.3. The inks are stored inverted, and the conversion inverts once more, so that the planes
    are those of a picture whose red is the cyan ink. Pillow has no such mode: its four channels are given the planes
    (inverted, because it inverts), and the flag that says what they are is changed in the file.
    """
    red, green, blue = (inks[..., i].astype(np.float64) for i in range(3))
    luminance = 0.299 * red + 0.587 * green + 0.114 * blue
    planes = (
        luminance,
        (blue - luminance) / 1.772 + 128,
        (red - luminance) / 1.402 + 128,
        255 - inks[..., 3].astype(np.float64),
    )
    stored = np.clip(np.rint(np.stack(planes, axis=-1)), 0, 255).astype(np.uint8)
    data = bytearray(jpeg(255 - stored, orientation))
    flag = data.index(b"Adobe") + 11
    assert data[flag] == 0
    data[flag] = 2
    return bytes(data)


def png(
    samples: Levels,
    orientation: int = 1,
    *,
    bits: int = 8,
    palette: bytes = b"",
    transparency: bytes = b"",
    interlaced: bool = False,
) -> bytes:
    """A PNG of any kind, written by hand: Pillow writes neither 16 bits in colour nor interlaced pictures."""
    height_px, width_px = samples.shape[:2]
    planes = samples.reshape(height_px, width_px, -1)
    kind = 3 if palette else {1: 0, 2: 4, 3: 2, 4: 6}[planes.shape[2]]
    size = width_px.to_bytes(4, "big") + height_px.to_bytes(4, "big")
    chunks = [(b"IHDR", size + bytes((bits, kind, 0, 0, int(interlaced))))]
    chunks += [(b"PLTE", palette)] if palette else []
    chunks += [(b"tRNS", transparency)] if transparency else []
    chunks += [(b"eXIf", exif(orientation)[6:])]
    passes = _adam7(planes) if interlaced else [planes]
    raw = b"".join(_rows(part, bits) for part in passes if part.size)
    chunks += [(b"IDAT", zlib.compress(raw)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big") for name, body in chunks
    )


def _adam7(planes: Levels) -> list[Levels]:
    """PNG, section 8.2."""
    starts = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
    return [planes[row::down, column::across] for row, column, down, across in starts]


def _rows(planes: Levels, bits: int) -> bytes:
    """Rows without filters, each behind a zero."""
    out = []
    for row in planes:
        if bits == 16:
            body = row.astype(">u2").tobytes()
        elif bits == 8:
            body = row.astype(np.uint8).tobytes()
        else:
            places = row.reshape(-1).astype(np.uint8)[:, None] >> np.arange(bits - 1, -1, -1) & 1
            body = np.packbits(places.reshape(-1).astype(np.uint8)).tobytes()
        out.append(b"\x00" + body)
    return b"".join(out)


def heic(samples: Levels, orientation: int = 1, **options: Any) -> bytes:
    """A HEIC without loss but that of its colour conversion; the encoder writes the turning as boxes."""
    import pillow_heif

    pillow_heif.register_heif_opener()
    lossless = {"quality": -1, "chroma": 444, "enc_params": {"preset": "ultrafast"}}
    if samples.dtype != np.uint16:
        return saved(samples, "HEIF", orientation, **lossless, **options)
    file = io.BytesIO()
    Image.fromarray(samples).save(file, "HEIF", exif=exif(orientation), **lossless, **options)
    return file.getvalue()
