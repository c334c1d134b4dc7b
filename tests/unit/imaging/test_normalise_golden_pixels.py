"""Golden pixels: 8 orientations x every mode x every container that can hold it (reliability.md, G23).

The expectation is arithmetic in `golden` and `icc`; the picture under test goes the whole way through the pre-scan.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from imaging.errors import ImageRefused
from imaging.heic_reader import load_heic_reader
from imaging.model import Pixels
from imaging.normalise import StoredImage, normalise, rendition_size
from imaging.prescan import DEFAULT_LIMITS, prescan
from tests.unit.imaging import golden, icc
from tests.unit.imaging.golden import Levels

# reliability.md, G23.
TOLERANCE = 2
LIMITS = replace(DEFAULT_LIMITS, formats=("JPEG", "PNG", "WEBP", "HEIC"))
INKS = np.array([(200, 30, 0, 0), (0, 180, 160, 20), (90, 90, 0, 60), (0, 0, 0, 230), (255, 0, 255, 0)], np.uint8)
load_heic_reader()


def decoded(data: bytes) -> tuple[Pixels, str, str]:
    """Rendition, stored mode and format."""
    scanned = prescan(data, LIMITS)
    width_px, height_px = rendition_size(
        width_px=scanned.width_px, height_px=scanned.height_px, orientation=scanned.orientation, max_side_px=3200
    )
    out = np.zeros((height_px, width_px, 3), np.uint8)
    stored = StoredImage(scanned.payload, scanned.format, scanned.width_px, scanned.height_px, scanned.orientation)
    return out, normalise(stored, out), scanned.format


def worst(actual: Levels, expected: Levels) -> float:
    assert actual.shape == expected.shape
    return float(np.abs(actual.astype(np.float64) - expected).max())


def palette_png(upright: Levels, orientation: int, **options: bool) -> bytes:
    """Places in a palette instead of colours."""
    places = np.argmin(np.abs(upright[:, :, None].astype(int) - golden.COLOURS.astype(int)).sum(-1), axis=-1)
    return golden.png(places.astype(np.uint8), orientation, palette=golden.COLOURS.tobytes(), **options)


COLOUR, GREY, ALPHA = golden.colour(), golden.grey(), golden.opacity()
GREY_ALPHA = np.dstack([GREY, ALPHA])
COLOUR_ALPHA = np.dstack([COLOUR, ALPHA])
PRINTED = golden.fields(INKS)
# 16 bits with something in the low byte, so that cutting and scaling differ.
DEEP = {
    name: levels.astype(np.uint16) * 257 - (levels.astype(np.uint16) > 0) * 100
    for name, levels in (("L", GREY), ("RGB", COLOUR), ("LA", GREY_ALPHA), ("RGBA", COLOUR_ALPHA))
}
# A ten-bit plane in the upper bits, as the encoder keeps it.
TEN_BITS = (GREY.astype(np.uint16) << 8) | (GREY.astype(np.uint16) & 0xC0)

Write = Callable[[Levels, int], bytes]
# Name, what is stored, how it is written, what must be seen, Pillow's mode.
CASES: list[tuple[str, Levels, Write, Levels, str]] = [
    ("JPEG-L", GREY, golden.jpeg, golden.as_rgb(GREY), "L"),
    ("JPEG-RGB", COLOUR, golden.jpeg, COLOUR, "RGB"),
    ("JPEG-CMYK", PRINTED, golden.inks_jpeg, golden.of_inks(PRINTED), "CMYK"),
    ("JPEG-YCCK", PRINTED, golden.ycck_jpeg, golden.of_inks(PRINTED), "CMYK"),
    ("PNG-L", GREY, golden.png, golden.as_rgb(GREY), "L"),
    ("PNG-RGB", COLOUR, golden.png, COLOUR, "RGB"),
    ("PNG-P", COLOUR, palette_png, COLOUR, "P"),
    ("PNG-LA", GREY_ALPHA, golden.png, golden.on_white(golden.as_rgb(GREY), ALPHA), "LA"),
    ("PNG-RGBA", COLOUR_ALPHA, golden.png, golden.on_white(COLOUR, ALPHA), "RGBA"),
    ("PNG-L16", DEEP["L"], lambda a, o: golden.png(a, o, bits=16), golden.as_rgb(DEEP["L"] / 257), "I;16"),
    ("PNG-RGB16", DEEP["RGB"], lambda a, o: golden.png(a, o, bits=16), DEEP["RGB"] / 257, "RGB"),
    (
        "PNG-LA16",
        DEEP["LA"],
        lambda a, o: golden.png(a, o, bits=16),
        golden.on_white(golden.as_rgb(GREY), ALPHA),
        "RGBA",
    ),
    ("PNG-RGBA16", DEEP["RGBA"], lambda a, o: golden.png(a, o, bits=16), golden.on_white(COLOUR, ALPHA), "RGBA"),
    ("WEBP-RGB", COLOUR, lambda a, o: golden.saved(a, "WEBP", o, lossless=True), COLOUR, "RGB"),
    (
        "WEBP-RGBA",
        COLOUR_ALPHA,
        lambda a, o: golden.saved(a, "WEBP", o, lossless=True, exact=True),
        golden.on_white(COLOUR, ALPHA),
        "RGBA",
    ),
    ("HEIC-L", GREY, golden.heic, golden.as_rgb(GREY), "L"),
    ("HEIC-RGB", COLOUR, golden.heic, COLOUR, "RGB"),
    ("HEIC-RGBA", COLOUR_ALPHA, golden.heic, golden.on_white(COLOUR, ALPHA), "RGBA"),
    ("HEIC-L16", TEN_BITS, golden.heic, golden.as_rgb(TEN_BITS / 257), "I;16"),
]


@pytest.mark.parametrize("orientation", golden.ORIENTATIONS)
@pytest.mark.parametrize(("name", "stored", "write", "expected", "mode"), CASES, ids=[case[0] for case in CASES])
def test_golden_pixels(name: str, stored: Levels, write: Write, expected: Levels, mode: str, orientation: int) -> None:
    pixels, found_mode, found_format = decoded(write(golden.stored_for(stored, orientation), orientation))
    assert pixels.shape == (48, 64, 3), "one upright size"
    assert worst(pixels, expected) <= TOLERANCE
    assert (found_format, found_mode) == (name.partition("-")[0], mode)


def test_the_eight_ways_of_storing_differ() -> None:
    """Else the table above would prove nothing."""
    ways = [golden.stored_for(COLOUR, orientation) for orientation in golden.ORIENTATIONS]
    assert all(a.shape != b.shape or not np.array_equal(a, b) for i, a in enumerate(ways) for b in ways[:i])


def test_comparison_notices_three_levels_in_one_pixel() -> None:
    changed = COLOUR.astype(np.int16)
    changed[7, 9, 1] += 3
    assert worst(changed, COLOUR) == 3


@pytest.mark.parametrize("value", [0, 9, 255, 65535])
@pytest.mark.parametrize("write", [golden.jpeg, golden.png, lambda a, o: golden.saved(a, "WEBP", o, lossless=True)])
def test_orientation_out_of_range_turns_nothing(write: Write, value: int) -> None:
    pixels, _, _ = decoded(write(COLOUR, value))
    assert worst(pixels, COLOUR) <= TOLERANCE


def test_exif_orientation_of_a_heic_is_only_a_remark() -> None:
    """ISO/IEC 23008-12, annex A.2: what turns a HEIC are its boxes; readers that obeyed both would turn twice."""
    data = golden.heic(COLOUR, 6)
    box = data.index(b"irot")
    unturned = data[: box + 4] + b"\x00" + data[box + 5 :]
    assert golden.exif(6) in data
    pixels, _, _ = decoded(unturned)
    assert worst(pixels, COLOUR) <= TOLERANCE


@pytest.mark.parametrize("sides", [(101, 61), (64, 65), (17, 16)])
def test_heic_of_odd_size_is_cropped(sides: tuple[int, int]) -> None:
    """Encoders pad to even sides and say by a box what to show."""
    width_px, height_px = sides
    picture = np.full((height_px, width_px, 3), (200, 40, 40), np.uint8)
    picture[: height_px // 2] = (40, 160, 60)
    for orientation in (1, 6):
        pixels, _, _ = decoded(golden.heic(golden.stored_for(picture, orientation), orientation))
        assert worst(pixels, picture) <= TOLERANCE


def test_heic_of_tiles_is_put_together() -> None:
    picture = COLOUR.repeat(8, axis=0).repeat(8, axis=1)
    data = golden.heic(picture, 1, tile_size=256)
    assert b"grid" in data
    pixels, _, _ = decoded(data)
    assert worst(pixels, picture) <= TOLERANCE


@pytest.mark.parametrize(
    "options",
    [{"progressive": True}, {"restart_marker_blocks": 1}, {"restart_marker_rows": 1}, {"optimize": True}],
    ids=str,
)
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_jpeg_codings_show_the_same_picture(options: dict[str, int], channels: int) -> None:
    stored = {1: GREY, 3: COLOUR, 4: PRINTED}[channels]
    expected = {1: golden.as_rgb(GREY), 3: COLOUR, 4: golden.of_inks(PRINTED)}[channels]
    pixels, _, _ = decoded(golden.jpeg(stored, **options))
    assert worst(pixels, expected) <= TOLERANCE


def test_jpeg_stored_as_light_and_not_as_luminance() -> None:
    pixels, _, _ = decoded(golden.jpeg(COLOUR, keep_rgb=True))
    assert worst(pixels, COLOUR) <= TOLERANCE


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_grey_png_of_few_bits(bits: int) -> None:
    steps = (1 << bits) - 1
    levels = golden.fields(np.arange(steps + 1, dtype=np.uint8))
    pixels, _, _ = decoded(golden.png(levels, bits=bits))
    assert worst(pixels, golden.as_rgb(levels * (255 / steps))) <= TOLERANCE


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_palette_png_of_few_bits(bits: int) -> None:
    colours = golden.COLOURS[: min(7, 1 << bits)]
    places = golden.fields(np.arange(len(colours), dtype=np.uint8))
    pixels, _, _ = decoded(golden.png(places, bits=bits, palette=colours.tobytes()))
    assert worst(pixels, colours[places]) == 0


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("picture", ["L", "RGB", "LA", "RGBA"])
def test_interlaced_png(picture: str, bits: int) -> None:
    stored = {"L": GREY, "RGB": COLOUR, "LA": GREY_ALPHA, "RGBA": COLOUR_ALPHA}[picture]
    seen = COLOUR if "RGB" in picture else golden.as_rgb(GREY)
    expected = golden.on_white(seen, ALPHA) if "A" in picture else seen
    deep = stored.astype(np.uint16) * (257 if bits == 16 else 1)
    pixels, _, _ = decoded(golden.png(deep, bits=bits, interlaced=True))
    assert worst(pixels, expected) <= TOLERANCE


def test_interlaced_palette_png() -> None:
    pixels, _, _ = decoded(palette_png(COLOUR, 1, interlaced=True))
    assert worst(pixels, COLOUR) == 0


@pytest.mark.parametrize(
    ("samples", "options", "hidden"),
    [
        (GREY, {"transparency": (60).to_bytes(2, "big")}, GREY == 60),
        (GREY.astype(np.uint16) * 257, {"bits": 16, "transparency": (60 * 257).to_bytes(2, "big")}, GREY == 60),
        (
            COLOUR,
            {"transparency": b"".join(int(v).to_bytes(2, "big") for v in golden.COLOURS[2])},
            (golden.COLOURS[2] == COLOUR).all(axis=-1),
        ),
    ],
    ids=["grey", "grey of 16 bits", "colour"],
)
def test_one_level_declared_transparent(samples: Levels, options: dict[str, bytes], hidden: Levels) -> None:
    seen = COLOUR if samples.ndim == 3 else golden.as_rgb(GREY)
    assert hidden.any()
    pixels, _, _ = decoded(golden.png(samples, **options))  # type: ignore[arg-type]
    assert worst(pixels, np.where(hidden[..., None], 255, seen)) <= TOLERANCE


def test_palette_with_opacities() -> None:
    places = golden.fields(np.arange(7, dtype=np.uint8))
    shares = np.array([0, 64, 128, 255, 200], np.uint8)
    data = golden.png(places, palette=golden.COLOURS.tobytes(), transparency=shares.tobytes())
    alpha = np.append(shares, [255, 255])[places]
    pixels, _, _ = decoded(data)
    assert worst(pixels, golden.on_white(golden.COLOURS[places], alpha)) <= TOLERANCE


# ---------- Colour profiles ----------

SOFT = golden.fields(np.array([(180, 90, 80), (90, 150, 100), (80, 90, 160), (235, 235, 230), (30, 30, 34)], np.uint8))
WRITERS: dict[str, Callable[[Levels, bytes], bytes]] = {
    "JPEG": lambda a, profile: golden.jpeg(a, icc_profile=profile),
    "PNG": lambda a, profile: golden.saved(a, "PNG", icc_profile=profile),
    "WEBP": lambda a, profile: golden.saved(a, "WEBP", lossless=True, icc_profile=profile),
    "HEIC": lambda a, profile: golden.heic(a, icc_profile=profile),
}


@pytest.mark.parametrize("file_format", WRITERS)
@pytest.mark.parametrize("version", [2, 4])
@pytest.mark.parametrize(
    ("primaries", "gamma"), [(icc.DISPLAY_P3, 2.2), (icc.SRGB, 1.8)], ids=["display-p3", "srgb-gamma-1.8"]
)
def test_display_profile_is_applied(file_format: str, version: int, primaries: icc.Numbers, gamma: float) -> None:
    profile = icc.matrix_profile(primaries, gamma=gamma, version=version)
    expected = icc.shown(SOFT.astype(np.float64), primaries, gamma=gamma)
    assert worst(SOFT, expected) > 2 * TOLERANCE, "a profile that changes nothing would prove nothing"
    pixels, _, _ = decoded(WRITERS[file_format](SOFT, profile))
    assert worst(pixels, expected) <= TOLERANCE


def test_display_profile_under_half_transparent_pixels() -> None:
    profile = icc.matrix_profile(icc.DISPLAY_P3, gamma=2.2, version=4)
    opaque = np.dstack([SOFT, np.full(SOFT.shape[:2], 255, np.uint8)])
    pixels, _, _ = decoded(WRITERS["PNG"](opaque, profile))
    assert worst(pixels, icc.shown(SOFT.astype(np.float64), icc.DISPLAY_P3, gamma=2.2)) <= TOLERANCE


def test_grey_profile_is_applied() -> None:
    light = (GREY.astype(np.float64) / 255) ** 1.5
    pixels, _, _ = decoded(WRITERS["PNG"](GREY, icc.grey_profile(gamma=1.5)))
    assert worst(pixels, golden.as_rgb(icc.srgb_levels(light))) <= TOLERANCE


def ink_colours() -> list[tuple[float, float, float]]:
    """Lab of the 16 corners, cyan slowest: paper, inks and mixtures that no formula without a profile would give.

    Paper is white and all inks together are black, so that fitting black to black changes nothing.
    """
    chance = random.Random(4)
    mixed = [(round(chance.uniform(40, 80)), chance.randint(-20, 20), chance.randint(-20, 20)) for _ in range(14)]
    return [(100, 0, 0), *mixed, (0, 0, 0)]


@pytest.mark.parametrize("coding", ["CMYK", "YCCK"])
def test_print_profile_is_applied(coding: str) -> None:
    corners = np.array([(c, m, y, k) for c in (0, 255) for m in (0, 255) for y in (0, 255) for k in (0, 255)], np.uint8)
    inks, expected = golden.fields(corners), golden.fields(icc.lab_levels(np.array(ink_colours(), np.float64)))
    profile = icc.ink_profile(ink_colours())
    data = golden.inks_jpeg(inks, icc_profile=profile) if coding == "CMYK" else _with_profile(inks, profile)
    pixels, _, _ = decoded(data)
    assert worst(golden.of_inks(inks), expected) > 20
    assert worst(pixels, expected) <= TOLERANCE


def _with_profile(inks: Levels, profile: bytes) -> bytes:
    data = golden.ycck_jpeg(inks)
    body = b"ICC_PROFILE\x00\x01\x01" + profile
    return data[:2] + b"\xff\xe2" + (len(body) + 2).to_bytes(2, "big") + body + data[2:]


@pytest.mark.parametrize("file_format", WRITERS)
def test_profile_of_another_space_is_ignored(file_format: str) -> None:
    pixels, _, _ = decoded(WRITERS[file_format](COLOUR, icc.ink_profile(ink_colours())))
    assert worst(pixels, COLOUR) <= TOLERANCE


@pytest.mark.parametrize("file_format", WRITERS)
@pytest.mark.parametrize("kept_bytes", [1, 100, 128, 140, 300])
def test_broken_profile_is_ignored(file_format: str, kept_bytes: int) -> None:
    profile = icc.matrix_profile(icc.DISPLAY_P3, gamma=2.2, version=4)[:kept_bytes]
    pixels, _, _ = decoded(WRITERS[file_format](SOFT, profile))
    assert worst(pixels, SOFT) <= TOLERANCE


def test_damaged_profiles_never_refuse_a_picture() -> None:
    chance = random.Random(9)
    whole = icc.matrix_profile(icc.DISPLAY_P3, gamma=2.2, version=2) + icc.ink_profile(ink_colours())[200:]
    small = COLOUR[:16, :16]
    for _ in range(150):
        damaged = bytearray(whole)
        for _each in range(chance.randint(1, 12)):
            damaged[chance.randrange(400)] = chance.randrange(256)
        pixels, _, _ = decoded(golden.saved(small, "PNG", icc_profile=bytes(damaged)))
        assert pixels.shape == (16, 16, 3)


def test_heic_is_refused_by_name_unless_asked_for() -> None:
    with pytest.raises(ImageRefused) as refused:
        prescan(golden.heic(COLOUR))
    assert (refused.value.code, refused.value.detail) == ("format-not-allowed", "HEIC")


def test_hand_written_files_are_read_alike_elsewhere() -> None:
    """The writer of golden files itself: another reader finds the same samples in them."""
    with Image.open(io.BytesIO(golden.png(COLOUR, interlaced=True))) as image:
        assert np.array_equal(np.asarray(image), COLOUR)
