"""The forecast against what Pillow really writes."""

from __future__ import annotations

import io
import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from fixtures.hostile.pages import page
from imaging.jpeg_forecast import forecast
from imaging.jpeg_search import quantisation_table
from imaging.model import Pixels


def written_bytes(pixels: Pixels, table: list[int]) -> int:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", qtables=[table, table], subsampling="4:2:0", optimize=True)
    return len(file.getvalue())


def soft_page(width_px: int, height_px: int) -> Pixels:
    sheet = page(random.Random(2), (width_px, height_px)).filter(ImageFilter.GaussianBlur(1))
    grain = np.random.default_rng(0).normal(0, 4, (height_px, width_px, 3))
    return np.clip(np.asarray(sheet) + grain, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("scale", [1, 4, 16, 48, 120])
def test_a_small_picture_is_counted_whole(scale: int) -> None:
    pixels = soft_page(512, 384)
    table = quantisation_table(scale)
    assert forecast(pixels).size_bytes(table) == pytest.approx(written_bytes(pixels, table), rel=0.03)


@pytest.mark.parametrize("scale", [4, 16, 48])
def test_a_sample_stands_for_a_page(scale: int) -> None:
    pixels = soft_page(1650, 2200)
    table = quantisation_table(scale)
    assert forecast(pixels).size_bytes(table) == pytest.approx(written_bytes(pixels, table), rel=0.15)


@pytest.mark.parametrize("shape", [(1, 1, 3), (7, 300, 3), (300, 7, 3), (16, 128, 3), (17, 129, 3)])
def test_any_shape_is_forecast(shape: tuple[int, int, int]) -> None:
    pixels = np.full(shape, 200, np.uint8)
    table = quantisation_table(10)
    assert forecast(pixels).size_bytes(table) == pytest.approx(written_bytes(pixels, table), abs=300)


@settings(max_examples=20, deadline=None)
@given(st.floats(1, 150), st.floats(1.1, 2.0), st.integers(0, 1000))
def test_coarser_tables_take_fewer_bytes(scale: float, times: float, seed: int) -> None:
    expected = forecast(np.random.default_rng(seed).integers(0, 256, (160, 256, 3), dtype=np.uint8))
    fine, coarse = (expected.size_bytes(quantisation_table(value)) for value in (scale, scale * times))
    assert coarse <= fine * 1.01
    assert math.isfinite(coarse)
