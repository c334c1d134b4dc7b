"""Compression: under the limit, in few encodes, legible, and never worse than asked for."""

from __future__ import annotations

import io
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter

from fixtures.hostile.pages import page, saved
from imaging.compress import (
    accepted_limit_bytes,
    compress_scan,
    encode_photo,
    is_compliant,
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
    assert max(image.size) <= 2200
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


def test_kilobytes_are_read_strictly_for_what_we_write() -> None:
    assert (written_limit_bytes(20), accepted_limit_bytes(20)) == (20_000, 20_480)
    assert (written_limit_bytes(200), accepted_limit_bytes(200)) == (200_000, 204_800)


@pytest.mark.parametrize(("size_bytes", "compliant"), [(1, True), (20_479, True), (20_480, True), (20_481, False)])
def test_compliance_at_the_edge(size_bytes: int, compliant: bool) -> None:
    scanned = prescan(saved(page(random.Random(0)), "JPEG"))
    assert is_compliant(scanned, size_bytes=size_bytes, max_bytes=accepted_limit_bytes(20)) is compliant


def test_other_format_or_turned_image_is_not_compliant() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = page(random.Random(0))
    png, turned = prescan(saved(picture, "PNG")), prescan(saved(picture, "JPEG", exif=exif))
    assert not is_compliant(png, size_bytes=100, max_bytes=20_480)
    assert is_compliant(png, size_bytes=100, max_bytes=20_480, formats=("JPEG", "PNG"))
    assert not is_compliant(turned, size_bytes=100, max_bytes=20_480)
