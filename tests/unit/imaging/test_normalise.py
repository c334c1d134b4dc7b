"""Golden pixels: whatever way an image is stored, the rendition shows the same picture (reliability.md, G23)."""

from __future__ import annotations

import io
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from imaging.errors import ImageRefused
from imaging.model import Pixels
from imaging.normalise import StoredImage, normalise, rendition_size, upright_view
from imaging.prescan import prescan

# reliability.md, section 2.1: two levels is what decoders differ by at most.
TOLERANCE = 2
# JPEG stores 8x8 blocks; a picture of flat blocks survives it within the tolerance.
BLOCK_PX = 16
# What each format can hold, and how to write it without loss.
STORABLE = [
    *(("JPEG", mode) for mode in ("RGB", "L", "CMYK")),
    *(("PNG", mode) for mode in ("RGB", "L", "P", "RGBA", "LA")),
    *(("WEBP", mode) for mode in ("RGB", "RGBA")),
]
EXACT: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 100, "subsampling": 0},
    "PNG": {},
    "WEBP": {"lossless": True, "exact": True},
}


def picture(*, grey: bool = False) -> Pixels:
    """Six flat fields, different in every corner, 64 px wide and 48 px high."""
    colours = [(200, 40, 40), (40, 160, 60), (50, 60, 190), (240, 240, 235), (20, 20, 25), (180, 170, 90), (90, 90, 90)]
    tiles = np.array([colours[i % 7] for i in range(12)], dtype=np.uint8).reshape(3, 4, 3)
    if grey:
        tiles = np.repeat(tiles.mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2)
    return np.ascontiguousarray(tiles.repeat(BLOCK_PX, axis=0).repeat(BLOCK_PX, axis=1))


def saved(image: Image.Image, file_format: str, orientation: int = 1, **options: Any) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    image.save(file, file_format, exif=exif, **options)
    return file.getvalue()


def decoded(data: bytes, *, max_side_px: int = 3200) -> tuple[Pixels, str]:
    scanned = prescan(data)
    width_px, height_px = rendition_size(
        width_px=scanned.width_px, height_px=scanned.height_px, orientation=scanned.orientation, max_side_px=max_side_px
    )
    out = np.zeros((height_px, width_px, 3), dtype=np.uint8)
    stored = StoredImage(scanned.payload, scanned.format, scanned.width_px, scanned.height_px, scanned.orientation)
    return out, normalise(stored, out)


def turned(upright: Pixels, orientation: int) -> Pixels:
    """The pixels a camera stores so that `orientation` makes them upright, spelled out case by case."""
    return {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: np.rot90(upright, 2).transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }[orientation]


def worst(actual: Pixels, expected: Pixels) -> int:
    assert actual.shape == expected.shape
    return int(np.abs(actual.astype(np.int16) - expected.astype(np.int16)).max())


def sixteen_bit_png(levels: np.ndarray[tuple[int, ...], np.dtype[np.uint16]], *, extra: bytes = b"") -> bytes:
    """A PNG with 16 bits a sample; Pillow writes none in colour."""
    height_px, width_px = levels.shape[:2]
    colour_type = {1: 0, 2: 4, 3: 2, 4: 6}[levels.reshape(height_px, width_px, -1).shape[2]]
    rows = levels.astype(">u2").reshape(height_px, -1).view(np.uint8)
    raw = np.concatenate([np.zeros((height_px, 1), np.uint8), rows], axis=1).tobytes()
    header = width_px.to_bytes(4, "big") + height_px.to_bytes(4, "big") + bytes((16, colour_type, 0, 0, 0))
    chunks = [(b"IHDR", header), *([(b"tRNS", extra)] if extra else []), (b"IDAT", zlib.compress(raw)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big") for kind, body in chunks
    )


def test_comparison_notices_one_wrong_pixel() -> None:
    changed = picture()
    changed[5, 5, 0] += 10
    assert worst(changed, picture()) == 10


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(("file_format", "mode"), STORABLE)
def test_every_mode_and_orientation_shows_the_same_picture(file_format: str, mode: str, orientation: int) -> None:
    expected = picture(grey=mode in ("L", "LA"))
    image = Image.fromarray(np.ascontiguousarray(turned(expected, orientation)))
    image = image.quantize(16) if mode == "P" else image.convert(mode)
    if mode == "RGBA":
        # WebP drops an alpha channel that says nothing.
        image.putalpha(Image.fromarray(np.full(expected.shape[:2], 254, np.uint8)).resize(image.size))

    pixels, stored_mode = decoded(saved(image, file_format, orientation, **EXACT[file_format]))

    assert worst(pixels, expected) <= TOLERANCE
    assert stored_mode == mode


@pytest.mark.parametrize("orientation", range(1, 9))
def test_sixteen_bits_are_scaled_and_not_clipped(orientation: int) -> None:
    expected = picture(grey=True)
    levels = np.ascontiguousarray(turned(expected, orientation))[:, :, 0].astype(np.uint16) * 257
    image = Image.fromarray(levels)
    pixels, mode = decoded(saved(image, "PNG", orientation))
    assert mode == "I;16"
    assert worst(pixels, expected) == 0


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_sixteen_bits_a_sample_in_every_colour_type(channels: int) -> None:
    expected = picture(grey=channels < 3)
    colour = expected[:, :, : 1 if channels < 3 else 3].astype(np.uint16) * 257
    opaque = np.full((*expected.shape[:2], 1), 65535, np.uint16)
    levels = np.concatenate([colour, opaque], axis=2) if channels in (2, 4) else colour
    pixels, _ = decoded(sixteen_bit_png(levels))
    assert worst(pixels, expected) <= TOLERANCE


def test_bilevel_image() -> None:
    expected = np.where(picture(grey=True) > 100, 255, 0).astype(np.uint8)
    pixels, mode = decoded(saved(Image.fromarray(expected[:, :, 0]).convert("1"), "PNG"))
    assert mode == "1"
    assert worst(pixels, expected) == 0


def test_ycck_jpeg() -> None:
    """Four-channel JPEG with YCC coding, as print software writes it; made by changing the transform flag."""
    expected = picture()
    # Print software stores the luminance and colour difference of the inks, which are the inverse of the light, and
    # an inverted black. Pillow inverts all four channels when it writes.
    inks = np.asarray(Image.fromarray(255 - expected).convert("YCbCr"))
    channels = np.concatenate([255 - inks, np.zeros_like(inks[:, :, :1])], axis=2)
    data = bytearray(saved(Image.fromarray(channels, "CMYK"), "JPEG", quality=100, subsampling=0))
    flag = data.index(b"Adobe") + 11
    assert data[flag] == 0
    data[flag] = 2
    pixels, mode = decoded(bytes(data))
    assert mode == "CMYK"
    assert worst(pixels, expected) <= TOLERANCE + 1


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
@pytest.mark.parametrize("file_format", ["PNG", "WEBP"])
def test_text_in_transparent_pixels_is_not_there(file_format: str, mode: str) -> None:
    hidden = np.full((48, 64, 4), 255, np.uint8)
    hidden[10:30, 10:50] = (0, 0, 0, 0)
    image = Image.fromarray(hidden).convert(mode)
    pixels, _ = decoded(saved(image, file_format, **EXACT[file_format]))
    assert int(pixels.min()) == 255


def test_half_transparent_pixels_are_mixed_with_white() -> None:
    image = Image.new("RGBA", (64, 48), (0, 100, 200, 128))
    pixels, _ = decoded(saved(image, "PNG"))
    assert np.abs(pixels[0, 0].astype(int) - (127, 177, 227)).max() <= TOLERANCE


@pytest.mark.parametrize("mode", ["P", "L", "RGB", "1"])
def test_one_colour_declared_transparent_is_white(mode: str) -> None:
    image = Image.fromarray(np.where(picture(grey=True) > 100, 255, 0).astype(np.uint8)).convert(mode)
    dark_y, dark_x = np.argwhere(np.asarray(image.convert("L")) == 0)[0]
    black = 0 if mode == "1" else image.getpixel((int(dark_x), int(dark_y)))
    pixels, _ = decoded(saved(image, "PNG", transparency=black))
    assert int(pixels.min()) == 255


def test_one_16_bit_grey_declared_transparent_is_white() -> None:
    levels = np.full((48, 64, 1), 65535, np.uint16)
    levels[10:30, 10:50] = 4660
    pixels, _ = decoded(sixteen_bit_png(levels, extra=(4660).to_bytes(2, "big")))
    assert int(pixels.min()) == 255


def test_one_16_bit_colour_declared_transparent_is_refused() -> None:
    """Pillow drops the low bytes, so the colour can no longer be told from its neighbours."""
    levels = np.full((48, 64, 3), 65535, np.uint16)
    with pytest.raises(ImageRefused) as refused:
        decoded(sixteen_bit_png(levels, extra=bytes(6)))
    assert refused.value.code == "unsupported-encoding"


def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_srgb_profile_changes_nothing(file_format: str) -> None:
    plain, _ = decoded(saved(Image.fromarray(picture()), file_format))
    same, _ = decoded(saved(Image.fromarray(picture()), file_format, icc_profile=srgb_profile()))
    assert worst(same, plain) == 0


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_other_profile_is_applied(file_format: str) -> None:
    """A profile whose red and green primaries trade places shows red things green."""
    swapped = srgb_profile().replace(b"rXYZ", b"tmp!").replace(b"gXYZ", b"rXYZ").replace(b"tmp!", b"gXYZ")
    pixels, _ = decoded(saved(Image.fromarray(picture()), file_format, icc_profile=swapped, **EXACT[file_format]))
    assert worst(pixels, np.ascontiguousarray(picture()[:, :, [1, 0, 2]])) <= TOLERANCE


def test_grey_image_with_colour_profile_keeps_its_levels() -> None:
    image = Image.fromarray(picture(grey=True)).convert("L")
    pixels, _ = decoded(saved(image, "PNG", icc_profile=srgb_profile()))
    assert worst(pixels, picture(grey=True)) == 0


@pytest.mark.parametrize("profile", [b"no profile", b"\x00" * 200, b"acsp" * 400])
def test_broken_profile_is_ignored(profile: bytes) -> None:
    pixels, _ = decoded(saved(Image.fromarray(picture()), "PNG", icc_profile=profile))
    assert worst(pixels, picture()) == 0


@pytest.mark.parametrize("channels", [2, 4])
def test_transparent_colour_where_none_may_be_is_ignored(channels: int) -> None:
    """Viewers ignore it; a decoder that does not would hide or show other pixels than the reviewer sees elsewhere."""
    opaque = np.full((48, 64, channels), 65535, np.uint16)
    opaque[10:30, 10:50, :-1] = 4660
    pixels, _ = decoded(sixteen_bit_png(opaque, extra=(4660).to_bytes(2, "big") * (channels - 1)))
    assert int(pixels.min()) < 40


@pytest.mark.parametrize("extra", [b"\x00", b"\x00" * 3])
def test_transparent_colour_of_the_wrong_length_is_ignored(extra: bytes) -> None:
    pixels, _ = decoded(sixteen_bit_png(np.zeros((48, 64, 1), np.uint16), extra=extra))
    assert int(pixels.max()) == 0


def test_jpeg_stored_as_rgb_keeps_its_colours() -> None:
    """The transform flag of the Adobe marker decides; it must survive the stripping of metadata."""
    data = saved(Image.fromarray(picture()), "JPEG", quality=100, subsampling=0, keep_rgb=True)
    pixels, _ = decoded(data)
    assert worst(pixels, picture()) <= TOLERANCE


@pytest.mark.parametrize("orientation", range(1, 9))
def test_large_image_is_scaled_to_the_longest_side(orientation: int) -> None:
    expected = picture().repeat(12, axis=0).repeat(12, axis=1)
    image = Image.fromarray(np.ascontiguousarray(turned(expected, orientation)))
    pixels, _ = decoded(saved(image, "PNG", orientation), max_side_px=300)
    assert pixels.shape == (225, 300, 3)
    # The middle of each field, where the filter does not mix neighbours.
    middles = pixels[37::75, 37::75]
    assert worst(np.ascontiguousarray(middles), np.ascontiguousarray(picture()[8::16, 8::16])) <= TOLERANCE


def test_bands_leave_no_seams() -> None:
    ramp = np.linspace(0, 255, 1700).astype(np.uint8)[:, None, None].repeat(40, 1).repeat(3, 2)
    pixels, _ = decoded(saved(Image.fromarray(np.ascontiguousarray(ramp)), "PNG"), max_side_px=1000)
    whole = Image.fromarray(np.ascontiguousarray(ramp)).resize((24, 1000), Image.Resampling.HAMMING)
    assert worst(pixels, np.asarray(whole)) <= 1


def test_size_other_than_announced_is_refused() -> None:
    scanned = prescan(saved(Image.fromarray(picture()), "PNG"))
    stored = StoredImage(scanned.payload, "PNG", 65, 48, 1)
    with pytest.raises(ImageRefused) as refused:
        normalise(stored, np.zeros((48, 65, 3), np.uint8))
    assert refused.value.code == "header-lies"


def test_format_other_than_announced_is_refused() -> None:
    scanned = prescan(saved(Image.fromarray(picture()), "PNG"))
    stored = StoredImage(scanned.payload, "JPEG", 64, 48, 1)
    with pytest.raises(ImageRefused) as refused:
        normalise(stored, np.zeros((48, 64, 3), np.uint8))
    assert refused.value.code == "image-corrupt"


@pytest.mark.parametrize(("width_px", "height_px", "expected"), [(300, 200, (300, 200)), (301, 200, (300, 199))])
def test_rendition_is_never_enlarged(width_px: int, height_px: int, expected: tuple[int, int]) -> None:
    size = rendition_size(width_px=width_px, height_px=height_px, orientation=1, max_side_px=300)
    assert size == expected
    sideways = rendition_size(width_px=width_px, height_px=height_px, orientation=6, max_side_px=300)
    assert sideways == expected[::-1]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_view_writes_stored_rows_upright(orientation: int) -> None:
    upright = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
    out = np.zeros_like(upright)
    upright_view(out, orientation)[:] = turned(upright, orientation)
    assert np.array_equal(out, upright)
