from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.fingerprint import BITS, SAME_PICTURE_BITS, distance, fingerprint, looks_same
from imaging.model import Pixels

marks = st.integers(0, (1 << BITS) - 1).map(lambda value: f"{value:0{BITS // 4}x}")


def page(seed: int, *, width: int = 1000, height: int = 1400) -> Pixels:
    """A sheet with some forty lines of print-like bars and a ring, the same for the same seed."""
    chance = np.random.default_rng(seed)
    sheet = np.full((height, width, 3), 245, np.uint8)
    for top in range(80, height - 80, 32):
        left = 80
        while left < width - 120:
            length = int(chance.integers(20, 120))
            if chance.random() < 0.7:
                cv2.rectangle(sheet, (left, top), (min(left + length, width - 80), top + 14), (40, 40, 40), -1)
            left += length + 12
    centre = (int(chance.integers(300, width - 300)), int(chance.integers(height // 2, height - 250)))
    cv2.circle(sheet, centre, 140, (210, 40, 40), 6)
    return sheet


def saved_again(pixels: Pixels, quality: int) -> Pixels:
    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def bits_between(first: Pixels, second: Pixels) -> int:
    one, other = fingerprint(first), fingerprint(second)
    assert one is not None and other is not None
    return distance(one, other)


@pytest.mark.parametrize("quality", [95, 60, 30])
def test_saved_again(quality: int) -> None:
    assert bits_between(page(1), saved_again(page(1), quality)) <= SAME_PICTURE_BITS


def test_at_half_the_size() -> None:
    half = cv2.resize(page(2), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    assert bits_between(page(2), np.asarray(half, np.uint8)) <= SAME_PICTURE_BITS


def test_a_large_photograph_and_its_half() -> None:
    # Of the large one only some pixels are looked at.
    large = page(2, width=2400, height=3400)
    half = cv2.resize(large, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    assert bits_between(large, np.asarray(half, np.uint8)) <= SAME_PICTURE_BITS


@pytest.mark.parametrize(("factor", "offset"), [(0.8, 0), (1.0, 10), (0.9, -20)])
def test_brighter_and_darker(factor: float, offset: int) -> None:
    changed = np.clip(page(3).astype(np.float32) * factor + offset, 0, 255).astype(np.uint8)
    assert bits_between(page(3), changed) <= SAME_PICTURE_BITS


@pytest.mark.parametrize("share", [0.005, 0.01])
def test_slightly_cropped(share: float) -> None:
    whole = page(4)
    height, width = whole.shape[:2]
    dy, dx = round(height * share), round(width * share)
    assert bits_between(whole, whole[dy:, : width - dx]) <= SAME_PICTURE_BITS


@pytest.mark.parametrize("seed", range(5, 15))
def test_another_page(seed: int) -> None:
    assert bits_between(page(seed), page(seed + 100)) > SAME_PICTURE_BITS


def test_upside_down_is_another_picture() -> None:
    assert bits_between(page(20), page(20)[::-1, ::-1].copy()) > SAME_PICTURE_BITS


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_an_empty_sheet_has_no_mark(shade: int) -> None:
    assert fingerprint(np.full((300, 200, 3), shade, np.uint8)) is None


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 1), (3, 5)])
def test_tiny_and_narrow_pictures(shape: tuple[int, int]) -> None:
    pixels = np.zeros((*shape, 3), np.uint8)
    pixels[: shape[0] // 2 + 1, : shape[1] // 2 + 1] = 255
    mark = fingerprint(pixels)
    assert mark is None or len(mark) == BITS // 4


def test_the_picture_is_left_as_it_is() -> None:
    pixels = page(30)
    before = pixels.copy()
    fingerprint(pixels)
    assert np.array_equal(pixels, before)


@given(marks, marks)
def test_distance_is_symmetric_and_counts_bits(first: str, second: str) -> None:
    assert distance(first, second) == distance(second, first)
    assert distance(first, first) == 0
    assert distance(first, second) == bin(int(first, 16) ^ int(second, 16)).count("1")


@given(marks, marks, marks)
def test_distance_keeps_the_triangle(first: str, second: str, third: str) -> None:
    assert distance(first, third) <= distance(first, second) + distance(second, third)


@pytest.mark.parametrize(
    ("bits", "same"), [(0, True), (SAME_PICTURE_BITS, True), (SAME_PICTURE_BITS + 1, False), (BITS, False)]
)
def test_up_to_the_limit_it_is_one_picture(bits: int, same: bool) -> None:
    assert looks_same("0" * (BITS // 4), f"{(1 << bits) - 1:0{BITS // 4}x}") is same


def test_marks_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="hexadecimal"):
        distance("ff", "ff")
    assert not looks_same("ff", "ff")
