"""The compression benchmark's own arithmetic: pages, reading, likeness, floors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image

from bench.compression import Judged, PageRow, compression_part
from bench.compression_judge import (
    fitted,
    psnr,
    quality_steps,
    seal_colour,
    ssim,
    standard_bisection,
)
from bench.compression_pages import DENSE, KnownLine, draw_form, joined_runs
from bench.compression_reading import Misread, misread_lines, misread_page
from imaging.geometry import Quad
from imaging.model import Pixels
from ocr.engine import Recognised


def row(name: str = "form", *, more: float = 0.0, size_bytes: int = 190_000, encodes: int = 2) -> PageRow:
    lines = Misread(round(more * 10), 1000)
    ours = Judged(size_bytes, 1650, 2200, encodes, 0.3, 33.0, 0.95, lines)
    return PageRow(
        name=name,
        megapixels=12.0,
        upload_lines=Misread(0, 1000),
        upload_page=Misread(0, 1000),
        ours=ours,
        our_page=lines,
        compress_s=0.2,
        peak_bytes=100_000_000,
        table_scale=20.0,
        seal=seal_colour(*([red_page()] * 2)),
        codes=(),
        peers={"steps": ours},
    )


def red_page() -> Pixels:
    pixels = np.full((60, 60, 3), 250, np.uint8)
    pixels[20:50, 20:50] = (210, 30, 40)
    return pixels


def floors(rows: Sequence[PageRow]) -> dict[str, bool]:
    return {floor.what: floor.met for floor in compression_part(rows).floors}


def test_floors_are_met_at_their_limits() -> None:
    rows = [row(f"form {number}", more=0.3, size_bytes=200_000, encodes=3) for number in range(12)]
    assert all(floors(rows).values())


@pytest.mark.parametrize(
    ("bad", "missed"),
    [
        (row(size_bytes=200_001), "largest file"),
        (row(encodes=4), "encodes"),
        (row(more=0.4), "more characters misread, whole pages, worst"),
    ],
)
def test_one_bad_page_misses_its_floor(bad: PageRow, missed: str) -> None:
    met = floors([*(row() for _ in range(12)), bad])
    assert not met[missed]
    assert met["more characters misread, whole pages, mean"]
    assert met["more characters misread, lines given, of all"]


def test_too_few_pages_are_told_and_the_gazette_does_not_count() -> None:
    assert not floors([row() for _ in range(11)])["pages"]
    assert not floors([*(row() for _ in range(11)), row("gazette, photo 12 MP")])["pages"]


def test_likeness_is_perfect_for_the_same_and_falls_with_noise() -> None:
    pixels = np.random.default_rng(0).integers(60, 190, (80, 90, 3), dtype=np.uint8)
    noisy = [np.clip(pixels + np.random.default_rng(1).normal(0, s, pixels.shape), 0, 255) for s in (3, 12)]
    slight, strong = (one.astype(np.uint8) for one in noisy)
    assert ssim(pixels, pixels) == pytest.approx(1)
    assert 1 > ssim(pixels, slight) > ssim(pixels, strong)
    assert psnr(pixels, slight) > psnr(pixels, strong)
    # A difference of one level everywhere: 20 log10(255).
    assert psnr(pixels, pixels + 1) == pytest.approx(48.13, abs=0.01)


def test_seal_ink_is_followed_by_hue_and_chroma() -> None:
    page = red_page()
    kept = seal_colour(page, page)
    assert kept is not None
    assert (kept.hue_shift_deg, kept.chroma_kept) == pytest.approx((0, 1))
    paler = page.copy()
    paler[20:50, 20:50] = (225, 110, 116)
    faded = seal_colour(page, paler)
    assert faded is not None
    assert faded.chroma_kept < 0.75
    assert seal_colour(np.full_like(page, 240), page) is None


def test_peers_keep_the_limit_or_give_nothing() -> None:
    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (200, 300, 3), dtype=np.uint8))
    for way in (lambda limit: standard_bisection(image, (300, 200), limit), lambda limit: quality_steps(image, limit)):
        made = way(30_000)
        assert 0 < len(made.data) <= 30_000
        assert made.pixels.shape == (200, 300, 3)
        assert way(500).data == b""
    assert standard_bisection(image, (150, 100), 30_000).pixels.shape == (100, 150, 3)
    assert fitted(red_page(), 30, 20).shape == (20, 30, 3)


def test_runs_of_one_row_are_joined_and_others_not() -> None:
    runs = [
        ("姓名：", (0.0, 0.0, 60.0, 20.0)),
        ("张三", (61.0, 0.0, 100.0, 20.0)),
        ("性别", (140.0, 0.0, 180.0, 20.0)),
        ("住址", (0.0, 30.0, 40.0, 50.0)),
    ]
    assert [text for text, _ in joined_runs(runs)] == ["姓名：张三", "性别", "住址"]


def test_a_form_tells_everything_that_it_prints() -> None:
    paper = draw_form(1, DENSE[-2])
    assert len(paper.runs) >= 20
    height, width = paper.pixels.shape[:2]
    for text, (left, top, right, bottom) in paper.runs:
        assert text.strip()
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height


class FixedEngine:
    """Finds one line in the upper half and reads it as told."""

    def __init__(self, text: str) -> None:
        self._text = text

    def detect(self, pixels: Pixels) -> list[np.ndarray]:
        return [np.array([(10, 10), (190, 10), (190, 30), (10, 30)], np.float32)]

    def recognise(self, crops: Sequence[Pixels]) -> list[Recognised]:
        count = len(self._text)
        centres = tuple((place + 0.5) / count for place in range(count))
        return [Recognised(self._text, 0.99, centres, (0.99,) * count) for _ in crops]


@pytest.mark.parametrize(
    ("read", "wrong"), [("金额1234元", 0), ("金额12340", 1), ("金额1234", 1), ("金 额１２３４元", 0)]
)
def test_wrong_characters_are_counted(read: str, wrong: int) -> None:
    line = KnownLine("金额1234元", Quad.from_rect(0.05, 0.1, 0.95, 0.3))
    pixels = np.full((100, 200, 3), 255, np.uint8)
    for count in (misread_lines, misread_page):
        assert count(pixels, [line], FixedEngine(read)) == Misread(wrong, 7)


def test_a_line_that_was_not_found_is_all_wrong() -> None:
    line = KnownLine("金额", Quad.from_rect(0.05, 0.7, 0.95, 0.9))
    pixels = np.full((100, 200, 3), 255, np.uint8)
    assert misread_page(pixels, [line], FixedEngine("金额1234元")) == Misread(2, 2)
    assert Misread(1, 200).percent == 0.5
