"""Phones' screens against photographs and scans of the same length."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from imaging.screenshot import LEAST_ASPECT, ScreenSigns, screen_signs


def screen(width: int = 540, height: int = 1170, *, bar: bool = True, ground: int = 255) -> np.ndarray:
    """A status bar with clock and battery over a picture in the middle."""
    page = np.full((height, width, 3), ground, np.uint8)
    ink = (20, 20, 20) if ground > 128 else (235, 235, 235)
    if bar:
        cv2.putText(page, "9:41", (20, 30), cv2.FONT_HERSHEY_SIMPLEX, 0.6, ink, 2, cv2.LINE_AA)
        cv2.rectangle(page, (width - 60, 16), (width - 24, 30), ink, 2)
    rng = np.random.default_rng(2)
    page[400:800] = rng.integers(100, 200, (400, width, 3), np.uint8)
    return page


@pytest.mark.parametrize(("width", "height"), [(540, 1170), (540, 960), (720, 1600)])
@pytest.mark.parametrize("ground", [255, 18])
def test_a_phones_screen(width: int, height: int, ground: int) -> None:
    signs = screen_signs(screen(width, height, ground=ground))
    assert signs.status_bar
    assert signs.is_screenshot


def test_a_viewer_with_black_bars() -> None:
    signs = screen_signs(screen(bar=False, ground=0))
    assert (signs.status_bar, signs.bars, signs.is_screenshot) == (False, True, True)


def test_a_jpeg_of_a_screen() -> None:
    _, data = cv2.imencode(".jpg", screen(), [cv2.IMWRITE_JPEG_QUALITY, 75])
    assert screen_signs(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)).is_screenshot


def test_a_photograph_of_that_length_is_none() -> None:
    rng = np.random.default_rng(4)
    photo = np.clip(screen().astype(np.float32) * 0.9 + rng.normal(0, 3, (1170, 540, 3)), 0, 255).astype(np.uint8)
    signs = screen_signs(photo)
    assert signs.plain < 0.01
    assert not signs.is_screenshot


def test_a_page_with_white_margins_is_none() -> None:
    page = np.full((1414, 1000, 3), 255, np.uint8)
    cv2.putText(page, "9:41", (20, 40), cv2.FONT_HERSHEY_SIMPLEX, 1, (0, 0, 0), 2)
    assert not screen_signs(page).is_screenshot


def test_two_stitched_scans_are_none() -> None:
    page = np.full((2828, 1000, 3), 255, np.uint8)
    for y in range(150, 2700, 60):
        cv2.putText(page, "accounting " * 4, (100, y), cv2.FONT_HERSHEY_SIMPLEX, 1, (0, 0, 0), 2)
    page[:40], page[-40:] = 250, 250
    page[:, :4] = 120
    assert not ScreenSigns(2.8, 0.3, status_bar=False, bars=False).is_screenshot
    assert not screen_signs(page).status_bar


@pytest.mark.parametrize(("aspect", "found"), [(LEAST_ASPECT - 0.01, False), (LEAST_ASPECT, True), (2.2, True)])
def test_the_least_length(aspect: float, found: bool) -> None:
    assert ScreenSigns(aspect, 0.5, status_bar=True, bars=False).is_screenshot is found


@pytest.mark.parametrize("size", [(1, 1, 3), (300, 20, 3), (500, 64, 3), (4000, 70, 3)])
def test_any_size_gets_an_answer(size: tuple[int, int, int]) -> None:
    signs = screen_signs(np.zeros(size, np.uint8))
    assert signs.plain >= 0.0
