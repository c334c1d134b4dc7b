"""Turns stored pixels of any kind into the one kind the product knows: upright, opaque, 8-bit sRGB.

Runs inside the decoder's child process. Works in horizontal bands, so that beside the decoded image itself only the
result and a few hundred rows are in memory.

What this does not stop: native crashes and endless loops in the codecs; `imaging.sandbox` does.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

# The plug-ins are imported so that the child has them before it forks and before it loses the right to open files.
import PIL.JpegImagePlugin
import PIL.PngImagePlugin
import PIL.WebPImagePlugin  # noqa: F401
from numpy.typing import NDArray
from PIL import Image, ImageCms

from imaging.errors import ImageRefused
from imaging.heic_reader import PILLOW_NAME as HEIC_NAME
from imaging.jpeg_end import ends_early
from imaging.model import Pixels
from imaging.prescan_png import lacks_rows

# What Pillow raises for bad images; its own fuzzers accept exactly this family (reliability.md, section 1).
_BAD_IMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    NotImplementedError,
    OverflowError,
    EOFError,
    Image.DecompressionBombError,
    # Raised because they are errors here; others (deprecations) are news for developers.
    RuntimeWarning,
    UserWarning,
)
# Rows of the result made at a time: 256 rows of 3200 px are 2.5 MB.
_BAND_ROWS = 256
# Colour profiles are tried on this many steps a channel; a change below two levels is not worth a full pass.
_PROBE_STEPS = 5
_PROBE_TOLERANCE = 2
_WHITE = 255
# As sharp as bicubic at the scales that occur (1-2, JPEG halves itself before) in two thirds of its time: 0.12 s
# against 0.18 s from 12 to 7.7 MP.
_FILTER = Image.Resampling.HAMMING


@dataclass(frozen=True, slots=True)
class StoredImage:
    """What the pre-scan promised about the bytes to decode; the decoder refuses what differs.

    Attributes:
        payload: Metadata-free image bytes.
        format: As in `Scanned`.
        width_px: Stored width.
        height_px: Stored height.
        orientation: Exif orientation 1..8.
    """

    payload: bytes
    format: str
    width_px: int
    height_px: int
    orientation: int


def rendition_size(*, width_px: int, height_px: int, orientation: int, max_side_px: int) -> tuple[int, int]:
    """Width and height in px of the upright rendition of a stored image; never enlarged.

    Args:
        width_px: Stored width.
        height_px: Stored height.
        orientation: Exif orientation 1..8; 5 to 8 swap the sides.
        max_side_px: Longest side of the result.
    """
    scale = min(1.0, max_side_px / max(width_px, height_px))
    sides = max(1, round(width_px * scale)), max(1, round(height_px * scale))
    return (sides[1], sides[0]) if orientation >= 5 else sides


def normalise(stored: StoredImage, out: Pixels) -> str:
    """Decodes into `out`.

    Args:
        stored: The bytes and what they are said to be.
        out: Writable uint8 array of shape (height, width, 3) as `rendition_size` gives it; filled with RGB.

    Returns:
        Pillow's mode of the stored image.

    Raises:
        ImageRefused: `image-corrupt`, `file-incomplete`, `header-lies`, `animated-image`.
        MemoryError: The image needs more memory than this process may have.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        warnings.simplefilter("error", UserWarning)
        try:
            return _decode_into(stored, out)
        except _BAD_IMAGE as exc:
            raise ImageRefused(_code_of(exc)) from exc


def _code_of(exc: Exception) -> str:
    # Pillow has no type of its own for missing data; the word is in every message about it.
    return "file-incomplete" if isinstance(exc, OSError) and "truncated" in str(exc) else "image-corrupt"


def _decode_into(stored: StoredImage, out: Pixels) -> str:
    if stored.format == "PNG" and lacks_rows(stored.payload):
        raise ImageRefused("file-incomplete")
    name = HEIC_NAME if stored.format == "HEIC" else stored.format
    with Image.open(io.BytesIO(stored.payload), formats=[name]) as image:
        if image.size != (stored.width_px, stored.height_px):
            raise ImageRefused("header-lies", measured=image.width, limit=stored.width_px)
        if getattr(image, "n_frames", 1) > 1:
            raise ImageRefused("animated-image", limit=1)
        mode = image.mode
        view = upright_view(out, stored.orientation)
        # JPEG can be decoded at a half, a quarter or an eighth; never below what is asked for.
        image.draft(None, (view.shape[1], view.shape[0]))
        image.load()
        if stored.format == "JPEG" and ends_early(image, stored.payload):
            raise ImageRefused("file-incomplete")
        _fill(image, view)
    return mode


def upright_view(out: Pixels, orientation: int) -> Pixels:
    """A view of the upright array that is indexed like the stored image.

    Args:
        out: Array of shape (height, width, 3) as a person sees the image.
        orientation: Exif orientation (Exif 2.32, section 4.6.4: which corner the stored row 0 and column 0 are in).

    Returns:
        The same memory with axes swapped or reversed; writing stored rows into it leaves `out` upright.
    """
    turned = out.transpose(1, 0, 2) if orientation >= 5 else out
    rows_reversed = orientation in (3, 4, 6, 7)
    columns_reversed = orientation in (2, 3, 7, 8)
    return turned[:: -1 if rows_reversed else 1, :: -1 if columns_reversed else 1]


def _fill(image: Image.Image, view: Pixels) -> None:
    """Writes the image into `view` at the view's size, band by band."""
    height_px, width_px = view.shape[:2]
    flatten = _flattener(image)
    to_srgb = _srgb_converter(image)
    scale = image.height / height_px
    resized = (width_px, height_px) != image.size
    for top in range(0, height_px, _BAND_ROWS):
        bottom = min(height_px, top + _BAND_ROWS)
        # Rows beyond the band feed the filter at its edges: it reaches one target row to either side.
        first = max(0, int((top - 2) * scale))
        last = min(image.height, int((bottom + 2) * scale) + 1)
        if not resized:
            first, last = top, bottom
        band = flatten(image.crop((0, first, image.width, last)))
        if resized:
            box = (0.0, top * scale - first, float(image.width), min(bottom * scale - first, float(band.height)))
            band = band.resize((width_px, bottom - top), _FILTER, box)
        view[top:bottom] = np.asarray(to_srgb(band))


def _flattener(image: Image.Image) -> Callable[[Image.Image], Image.Image]:
    """How to make a band opaque with 8 bits a channel: modes L, RGB or CMYK."""
    mode = image.mode
    transparency = image.info.get("transparency")
    if mode.startswith("I"):
        return lambda band: _from_16_bits(band, transparency)
    if mode in ("LA", "La", "RGBA", "RGBa", "PA") or transparency is not None:
        return _on_white
    if mode in ("L", "RGB", "CMYK"):
        return lambda band: band
    if mode == "1":
        return lambda band: band.convert("L")
    return lambda band: band.convert("RGB")


def _from_16_bits(band: Image.Image, transparency: object) -> Image.Image:
    # Pillow's own conversion clips instead of scaling (reliability.md, finding 8). 65535 / 255 is exactly 257.
    values = np.asarray(band).astype(np.uint32)
    levels = ((values + 128) // 257).astype(np.uint8)
    if isinstance(transparency, int):
        levels[values == transparency] = _WHITE
    return Image.fromarray(levels)


def _on_white(band: Image.Image) -> Image.Image:
    """What a browser shows on a white page: text in transparent pixels is not there (reliability.md, finding 9)."""
    layered = band.convert("RGBA")
    white = Image.new("RGB", band.size, (_WHITE, _WHITE, _WHITE))
    white.paste(layered.convert("RGB"), mask=layered.getchannel("A"))
    return white


def _srgb_converter(image: Image.Image) -> Callable[[Image.Image], Image.Image]:
    """How to make a flattened band sRGB: through the embedded profile when it is sane, else as it is."""
    space = {"L": "L", "I;16": "L", "1": "L", "CMYK": "CMYK"}.get(image.mode, "RGB")
    if image.mode in ("LA", "La") or image.info.get("transparency") is not None:
        space = "RGB"
    transform = _profile_transform(image.info.get("icc_profile"), space)
    if transform is None:
        return lambda band: band.convert("RGB")

    def convert(band: Image.Image) -> Image.Image:
        return ImageCms.applyTransform(band, transform) or band

    return convert


def _profile_transform(profile: bytes | None, space: str) -> ImageCms.ImageCmsTransform | None:
    """The transform to sRGB, or None when there is no profile, it is broken, of another space or changes nothing."""
    if not profile:
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space.strip() != {"L": "GRAY"}.get(space, space):
            return None
        transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), space, "RGB")
        return transform if _changes_colours(transform, space) else None
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _changes_colours(transform: ImageCms.ImageCmsTransform, space: str) -> bool:
    """Tries the transform on a coarse grid of colours; most profiles are sRGB under some name."""
    if space == "CMYK":
        return True
    steps = np.linspace(0, 255, _PROBE_STEPS).astype(np.uint8)
    grid: NDArray[np.uint8] = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(1, -1, 3)
    if space == "L":
        grid = np.repeat(steps[None, :, None], 3, axis=2)
    colours = Image.fromarray(np.ascontiguousarray(grid))
    changed = ImageCms.applyTransform(colours.convert(space), transform)
    difference = np.abs(np.asarray(changed).astype(np.int16) - grid.astype(np.int16))
    return bool(difference.max() > _PROBE_TOLERANCE)
