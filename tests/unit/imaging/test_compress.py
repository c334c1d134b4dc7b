"""Compression: under the limit, in few encodes, legible, and never worse than asked for."""

from __future__ import annotations

import io
import random
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter

from fixtures.hostile.pages import page
from imaging.compress import (
    accepted_limit_bytes,
    compress_scan,
    encode_photo,
    quantisation_table,
    written_limit_bytes,
)
from imaging.errors import ImageRefused
from imaging.model import Pixels
from imaging.prescan import prescan

LIMIT_BYTES = 200_000
PHOTO_LIMIT_BYTES = 20_000


def photographed_page(*, width_px: int, height_px: int, noise: float, seed: int = 0) -> Pixels:
    """A page with shade, blur and sensor noise."""
    sheet = page(random.Random(seed), (width_px // 2, height_px // 2)).resize((width_px, height_px))
    soft = np.asarray(sheet.filter(ImageFilter.GaussianBlur(1))).astype(np.float32)
    shade = np.linspace(0, 70, width_px, dtype=np.float32)[None, :, None]
    grain = np.random.default_rng(seed).normal(0, noise, soft.shape) if noise else 0
    return np.clip(soft - shade + grain, 0, 255).astype(np.uint8)


def portrait(seed: int) -> Pixels:
    """A soft round shape on white with fine texture, in the size of a 1-inch photo."""
    image = Image.new("RGB", (295, 413), "white")
    draw = ImageDraw.Draw(image)
    draw.ellipse((70, 60, 225, 280), fill=(224, 182, 160))
    draw.rectangle((30, 290, 265, 413), fill=(40, 45, 70))
    pixels = np.asarray(image.filter(ImageFilter.GaussianBlur(2))).astype(np.float32)
    grain = np.random.default_rng(seed).normal(0, 3, pixels.shape)
    return np.clip(np.where(pixels < 250, pixels + grain, pixels), 0, 255).astype(np.uint8)


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def psnr(first: Pixels, second: Pixels) -> float:
    error = ((first.astype(np.float64) - second.astype(np.float64)) ** 2).mean()
    return float(10 * np.log10(255**2 / error))


@pytest.mark.parametrize(
    ("width_px", "height_px", "noise"),
    [(1700, 2400, 6), (1654, 2339, 0), (1200, 1600, 9), (600, 380, 2)],
)
def test_scan_fits_in_three_encodes(width_px: int, height_px: int, noise: float) -> None:
    pixels = photographed_page(width_px=width_px, height_px=height_px, noise=noise)
    made = compress_scan(pixels, max_bytes=LIMIT_BYTES)
    assert len(made.data) <= LIMIT_BYTES
    assert made.encodes <= 3
    image = opened(made.data)
    assert image.size == (made.width_px, made.height_px)
    assert image.width * image.height <= 2200 * 1650 + max(image.size)
    assert image.mode == "RGB"


def test_limit_is_used_and_not_wasted() -> None:
    made = compress_scan(photographed_page(width_px=1600, height_px=2300, noise=6), max_bytes=LIMIT_BYTES)
    assert len(made.data) >= 0.9 * LIMIT_BYTES


def test_more_bytes_are_never_a_worse_picture() -> None:
    pixels = photographed_page(width_px=800, height_px=600, noise=6)
    errors = []
    for limit in (15_000, 30_000, 60_000, 120_000):
        made = compress_scan(pixels, max_bytes=limit)
        assert len(made.data) <= limit
        restored = opened(made.data).resize((800, 600), Image.Resampling.BICUBIC)
        errors.append(psnr(pixels, np.asarray(restored)))
    assert errors == sorted(errors)


def test_red_seal_stays_red() -> None:
    pixels = np.full((600, 900, 3), 250, np.uint8)
    pixels[200:400, 300:600] = (205, 30, 40)
    made = compress_scan(pixels, max_bytes=20_000)
    red, green, blue = np.asarray(opened(made.data))[300, 450].astype(int)
    assert red > 180
    assert max(green, blue) < 70


def test_small_image_is_not_enlarged() -> None:
    made = compress_scan(photographed_page(width_px=500, height_px=320, noise=0), max_bytes=LIMIT_BYTES)
    assert (made.width_px, made.height_px) == (500, 320)
    assert made.table_scale == 1


def test_noise_shrinks_before_it_becomes_illegible() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (1500, 2000, 3), dtype=np.uint8)
    made = compress_scan(noise, max_bytes=LIMIT_BYTES)
    assert len(made.data) <= LIMIT_BYTES
    assert made.width_px < 2000


def test_impossible_limit_is_refused_with_both_numbers() -> None:
    with pytest.raises(ImageRefused) as refused:
        compress_scan(photographed_page(width_px=800, height_px=600, noise=6), max_bytes=300)
    assert refused.value.code == "cannot-fit-bytes"
    assert refused.value.limit == 300
    assert refused.value.measured is not None
    assert refused.value.measured > 300


@pytest.mark.parametrize("max_bytes", [19_999, 20_000, 20_001])
def test_photo_uses_its_limit_and_keeps_it(max_bytes: int) -> None:
    made = encode_photo(portrait(5), max_bytes=max_bytes)
    assert 0.95 * max_bytes <= len(made.data) <= max_bytes


@pytest.mark.parametrize("seed", range(4))
def test_photo_fits_pixel_for_pixel(seed: int) -> None:
    pixels = portrait(seed)
    made = encode_photo(pixels, max_bytes=PHOTO_LIMIT_BYTES)
    assert len(made.data) <= PHOTO_LIMIT_BYTES
    assert made.encodes <= 4
    image = opened(made.data)
    assert image.size == (295, 413)
    assert image.info["dpi"] == (300, 300)
    assert psnr(pixels, np.asarray(image)) > 36


def test_photo_is_baseline_without_metadata_or_padding() -> None:
    made = encode_photo(portrait(0), max_bytes=PHOTO_LIMIT_BYTES)
    scanned = prescan(made.data)
    image = opened(made.data)
    assert "progressive" not in image.info
    assert not scanned.has_metadata
    assert scanned.trailer_bytes == 0
    assert made.data.endswith(b"\xff\xd9")


def test_near_flat_tables_are_what_is_written() -> None:
    made = encode_photo(portrait(0), max_bytes=PHOTO_LIMIT_BYTES)
    tables = opened(made.data).quantization  # type: ignore[attr-defined]
    assert [sorted(table) for table in tables.values()] == [sorted(quantisation_table(made.table_scale))] * 2


def test_white_stays_white_under_the_limit() -> None:
    image = np.asarray(opened(encode_photo(portrait(1), max_bytes=PHOTO_LIMIT_BYTES).data))
    assert image[:40].min() >= 250


def test_photo_that_cannot_fit_is_refused() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (413, 295, 3), dtype=np.uint8)
    with pytest.raises(ImageRefused) as refused:
        encode_photo(noise, max_bytes=1_500)
    assert (refused.value.code, refused.value.limit) == ("cannot-fit-bytes", 1_500)


@given(st.floats(1, 200))
def test_tables_are_legal_and_grow_with_frequency(scale: float) -> None:
    table = quantisation_table(scale)
    assert len(table) == 64
    assert min(table) >= 1
    assert max(table) <= 255
    assert table[0] <= table[9] <= table[63]


@settings(max_examples=15, deadline=None)
@given(st.integers(40, 400), st.integers(40, 400), st.integers(3_000, 60_000))
def test_any_size_and_limit_fits_or_is_refused(width_px: int, height_px: int, max_bytes: int) -> None:
    pixels = np.asarray(page(random.Random(0), (640, 400)).resize((width_px, height_px)))
    made = compress_scan(pixels, max_bytes=max_bytes)
    assert len(made.data) <= max_bytes
    assert made.width_px <= width_px


def white_noise(rng: np.random.Generator, height_px: int, width_px: int) -> Pixels:
    return rng.integers(0, 256, (height_px, width_px, 3), dtype=np.uint8)


def two_tone_noise(rng: np.random.Generator, height_px: int, width_px: int) -> Pixels:
    return np.repeat(rng.integers(0, 2, (height_px, width_px, 1)).astype(np.uint8) * 255, 3, axis=2)


def checkerboard(rng: np.random.Generator, height_px: int, width_px: int) -> Pixels:
    side_px = int(rng.integers(1, 17))
    y, x = np.mgrid[:height_px, :width_px]
    return np.repeat(((y // side_px + x // side_px) % 2 * 255).astype(np.uint8)[:, :, None], 3, axis=2)


def line_art(rng: np.random.Generator, height_px: int, width_px: int) -> Pixels:
    y, x = np.mgrid[:height_px, :width_px]
    lines = (x * int(rng.integers(0, 4)) + y * int(rng.integers(1, 4))) % int(rng.integers(2, 9)) == 0
    return np.repeat((~lines).astype(np.uint8)[:, :, None] * 255, 3, axis=2)


def coarse_noise(rng: np.random.Generator, height_px: int, width_px: int) -> Pixels:
    """Looks the harder to write the smaller it gets."""
    side_px = int(rng.integers(2, 33))
    small = white_noise(rng, height_px // side_px + 1, width_px // side_px + 1)
    return np.ascontiguousarray(np.kron(small, np.ones((side_px, side_px, 1), np.uint8))[:height_px, :width_px])


def all_scales_noise(rng: np.random.Generator, height_px: int, width_px: int) -> Pixels:
    total = np.zeros((height_px, width_px, 3), np.float32)
    for side_px in (1, 2, 4, 8, 16, 32):
        shape = (height_px // side_px + 1, width_px // side_px + 1, 3)
        cells = rng.normal(0, 35, shape).astype(np.float32)
        total += np.kron(cells, np.ones((side_px, side_px, 1), np.float32))[:height_px, :width_px]
    return np.clip(total + 128, 0, 255).astype(np.uint8)


def half_empty(rng: np.random.Generator, height_px: int, width_px: int) -> Pixels:
    pixels = np.full((height_px, width_px, 3), 255, np.uint8)
    pixels[:, : width_px // 2] = white_noise(rng, height_px, width_px // 2)
    return pixels


def grey_zones(rng: np.random.Generator, height_px: int, width_px: int) -> Pixels:
    """Rings of every frequency up to single pixels."""
    y, x = np.mgrid[:height_px, :width_px].astype(np.float64)
    waves = np.cos((x * x + y * y) * np.pi / 2 / max(height_px, width_px))
    return np.repeat((waves * 127 + 128).astype(np.uint8)[:, :, None], 3, axis=2)


CONTENTS = (
    white_noise,
    two_tone_noise,
    checkerboard,
    line_art,
    coarse_noise,
    all_scales_noise,
    half_empty,
    grey_zones,
)


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(CONTENTS),
    st.sampled_from([(200, 200), (200, 600), (60, 1600), (1600, 60), (17, 33)]),
    st.one_of(st.integers(20_000, 60_000), st.sampled_from([20_000, 50_000, 200_000])),
    st.integers(0, 2**32 - 1),
)
def test_nothing_takes_more_than_three_encodes(
    content: Callable[[np.random.Generator, int, int], Pixels], size_px: tuple[int, int], max_bytes: int, seed: int
) -> None:
    pixels = content(np.random.default_rng(seed), *size_px)
    made = compress_scan(pixels, max_bytes=max_bytes)
    assert made.encodes <= 3
    assert len(made.data) <= max_bytes
    assert made.width_px <= pixels.shape[1]
    assert made.height_px <= pixels.shape[0]


@pytest.mark.parametrize("content", CONTENTS, ids=lambda content: content.__name__)
@pytest.mark.parametrize("max_bytes", [20_000, 200_000])
def test_large_patterns_fit_as_well(content: Callable[..., Pixels], max_bytes: int) -> None:
    made = compress_scan(content(np.random.default_rng(7), 900, 1200), max_bytes=max_bytes)
    assert made.encodes <= 3
    assert len(made.data) <= max_bytes


def test_largest_upload_and_longest_strip() -> None:
    sheet = np.asarray(page(random.Random(3), (1600, 1200)))
    for pixels in (np.tile(sheet, (5, 4, 1))[:5477, :7303], np.tile(sheet[:300], (1, 8, 1))[:, :12_000]):
        made = compress_scan(np.ascontiguousarray(pixels), max_bytes=LIMIT_BYTES)
        assert made.encodes <= 3
        assert 0.85 * LIMIT_BYTES <= len(made.data) <= LIMIT_BYTES


def test_a_long_strip_keeps_its_lines() -> None:
    strip = np.asarray(page(random.Random(1), (8000, 300)))
    made = compress_scan(strip, max_bytes=LIMIT_BYTES)
    assert made.height_px >= 0.9 * 300


@pytest.mark.parametrize("max_bytes", [20_000, 50_000, 200_000])
def test_pages_shrink_rather_than_dissolve(max_bytes: int) -> None:
    made = compress_scan(photographed_page(width_px=1700, height_px=2400, noise=6), max_bytes=max_bytes)
    assert len(made.data) >= 0.85 * max_bytes
    # The coarsest table at which print of half the size is still read (imaging.compress).
    assert made.table_scale <= 85


def test_kilobytes_are_read_strictly_for_what_we_write() -> None:
    assert (written_limit_bytes(20), accepted_limit_bytes(20)) == (20_000, 20_480)
    assert (written_limit_bytes(200), accepted_limit_bytes(200)) == (200_000, 204_800)
