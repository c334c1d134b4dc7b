"""Height of the smallest print, and the warning when compression loses it."""

from __future__ import annotations

import random

import numpy as np
import pytest
from PIL import Image

from fixtures.canvas import Canvas, Style
from imaging.compress import compress_scan
from imaging.jpeg_search import Compressed
from imaging.legible import least_legible_px, legibility_defects
from imaging.model import Pixels
from imaging.small_print import smallest_print_px

TEXT = "单位盖章后由县级财政部门审核并登记"


def sheet(*sizes_pt: float, dpi: int = 200) -> Pixels:
    """A5 with one line in each size; Chinese print fills about 0.92 of its size."""
    canvas = Canvas(width_mm=210, height_mm=148, dpi=dpi, chance=random.Random(0))
    for row, size_pt in enumerate(sizes_pt):
        canvas.text(12, 12 + 14 * row, TEXT, Style("noto-sans", size_pt))
    return np.asarray(canvas.image)


@pytest.mark.parametrize("size_pt", [6.0, 9.0, 12.0, 18.0])
def test_print_is_measured(size_pt: float) -> None:
    height_px = size_pt / 72 * 200 * 0.92
    assert smallest_print_px(sheet(size_pt)) == pytest.approx(height_px, rel=0.15)


def test_the_smallest_of_several_counts() -> None:
    assert smallest_print_px(sheet(18, 6, 12)) == pytest.approx(6 / 72 * 200 * 0.92, rel=0.15)


def test_print_is_found_on_a_page_that_lies_on_its_side() -> None:
    assert smallest_print_px(np.ascontiguousarray(np.rot90(sheet(9)))) == pytest.approx(23, rel=0.15)


def test_grain_and_empty_paper_have_no_print() -> None:
    rng = np.random.default_rng(0)
    grain = np.clip(rng.normal(200, 8, (900, 900, 1)).repeat(3, axis=2), 0, 255).astype(np.uint8)
    for pixels in (grain, rng.integers(0, 256, (900, 900, 3), dtype=np.uint8), np.full((300, 300, 3), 255, np.uint8)):
        assert smallest_print_px(pixels) is None


def as_written(pixels: Pixels, *, width_px: int, scale: float) -> Compressed:
    return Compressed(b"", width_px, width_px * pixels.shape[0] // pixels.shape[1], 1, scale)


@pytest.mark.parametrize(("share", "lost"), [(1.0, False), (0.98, False), (0.75, False), (0.5, True)])
def test_print_that_gets_too_small_is_told(share: float, lost: bool) -> None:
    pixels = sheet(6)
    made = as_written(pixels, width_px=round(pixels.shape[1] * share), scale=30)
    defects = legibility_defects(pixels, made)
    assert [d.code for d in defects] == (["print-too-small"] if lost else [])
    for defect in defects:
        assert defect.limit == pytest.approx(10)
        assert defect.measured is not None
        assert defect.measured < 10
        assert not defect.severe


def test_print_that_was_too_small_before_is_not_the_compressors_fault() -> None:
    pixels = np.asarray(Image.fromarray(sheet(6)).resize((700, 493), Image.Resampling.LANCZOS))
    assert legibility_defects(pixels, as_written(pixels, width_px=400, scale=30)) == ()


def test_coarser_tables_need_larger_print() -> None:
    assert least_legible_px(1) == least_legible_px(30) == 10
    assert least_legible_px(60) == pytest.approx(14.1, abs=0.1)


def test_a_tight_limit_is_told_and_a_usual_one_is_not() -> None:
    noise = np.random.default_rng(0).normal(0, 3, (1165, 1654, 3))
    pixels = np.clip(sheet(6, 9, 12, 9, 6, 7, 9, 12) + noise, 0, 255).astype(np.uint8)
    assert legibility_defects(pixels, compress_scan(pixels, max_bytes=200_000)) == ()
    assert [d.code for d in legibility_defects(pixels, compress_scan(pixels, max_bytes=15_000))] == ["print-too-small"]
