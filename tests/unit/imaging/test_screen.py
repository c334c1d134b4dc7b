"""Screen photographs: simulated ones are told, prints and shifted channels are not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from bench.screen_camera import Layout, ScreenShot, photograph_screen
from imaging.model import Pixels
from imaging.quality import QualityLimits
from imaging.screen import TILE_PX, screen_share
from tests.unit.imaging import scenes

LIMIT = QualityLimits().most_screen_share


def paper(seed: int = 1, *, width_px: int = 840, height_px: int = 640) -> Pixels:
    return scenes.text_page(np.random.default_rng(seed), width_px=width_px, height_px=height_px, colour=scenes.CREAM)


@pytest.mark.parametrize(("pitch_px", "layout"), [(1.1, "rgb"), (1.7, "bgr"), (2.2, "rgb_standing"), (4.3, "rgb")])
def test_stripes_are_told_at_any_pitch(pitch_px: float, layout: Layout) -> None:
    shot = ScreenShot(pitch_px=pitch_px, layout=layout, roll_deg=3)
    assert screen_share(photograph_screen(paper(), shot, width_px=800, height_px=600, seed=3)) > LIMIT


def test_a_photographed_paper_has_none() -> None:
    rng = np.random.default_rng(2)
    assert screen_share(scenes.shoot(paper(2), rng)) == 0


@pytest.mark.parametrize("period_px", [3.1, 5.0, 9.0, 17.0])
@pytest.mark.parametrize("ink", [(60, 60, 60), (190, 40, 50), (90, 130, 220)])
def test_printed_lines_are_in_step(period_px: float, ink: scenes.Colour) -> None:
    xs = np.arange(800)[None, :] + 0.15 * np.arange(600)[:, None]
    wave = (0.5 + 0.5 * np.sin(2 * np.pi * xs / period_px))[..., None]
    lined = np.array(scenes.WHITE) * wave + np.array(ink) * (1 - wave)
    noisy = lined + np.random.default_rng(1).normal(0, 2, lined.shape)
    assert screen_share(np.clip(noisy, 0, 255).astype(np.uint8)) == 0


def test_an_even_shift_between_the_channels_is_no_screen() -> None:
    pixels = paper(4)
    shifted = pixels.copy()
    for channel, step in ((0, -0.4), (2, 0.4)):
        move = np.array([[1, 0, step], [0, 1, step]], np.float32)
        shifted[..., channel] = cv2.warpAffine(pixels[..., channel], move, (840, 640), flags=cv2.INTER_CUBIC)
    assert screen_share(shifted) <= LIMIT


@pytest.mark.parametrize("side_px", [1, TILE_PX - 1, TILE_PX, TILE_PX + 1])
def test_small_and_black_pictures_are_no_error(side_px: int) -> None:
    assert screen_share(np.full((side_px, side_px, 3), 200, np.uint8)) == 0
    assert screen_share(np.zeros((side_px, side_px, 3), np.uint8)) == 0


def test_only_the_page_is_looked_at() -> None:
    shot = ScreenShot(pitch_px=2.2)
    pixels = np.full((600, 1600, 3), 200, np.uint8)
    pixels[:, :800] = photograph_screen(paper(), shot, width_px=800, height_px=600, seed=3)
    assert screen_share(pixels, area=(0.0, 0.0, 0.5, 1.0)) > LIMIT
    assert screen_share(pixels, area=(0.55, 0.0, 1.0, 1.0)) == 0
