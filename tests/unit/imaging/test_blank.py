"""Empty pages, and pages that only look empty."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from imaging.blank import is_blank
from imaging.geometry import Quad
from tests.unit.imaging import scenes


def sheet(level: float, *, noise: float = 2.0, fall: float = 1.0) -> np.ndarray:
    rng = np.random.default_rng(5)
    light = np.linspace(1.0, fall, 900)[None, :, None]
    return np.clip(rng.normal(level, noise, (1200, 900, 3)) * light, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("level", "noise", "fall"), [(250, 1, 1.0), (180, 4, 0.6), (235, 3, 0.8), (8, 4, 1.0)])
def test_empty_paper_in_several_lights(level: float, noise: float, fall: float) -> None:
    assert is_blank(sheet(level, noise=noise, fall=fall))


def test_a_single_line_of_print_is_not_empty() -> None:
    page = sheet(245)
    for x in range(120, 780, 30):
        cv2.putText(page, "R", (x, 300), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (30, 30, 30), 3)
        cv2.putText(page, "R", (x, 360), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (30, 30, 30), 3)
    assert not is_blank(page)


@pytest.mark.parametrize("blur", [0.0, 3.0, 6.0])
def test_a_page_out_of_focus_is_not_empty(blur: float) -> None:
    page = scenes.text_page(np.random.default_rng(1), width_px=900, height_px=1270, size_px=20)
    page = cv2.GaussianBlur(page, (0, 0), blur) if blur else page
    assert not is_blank(np.ascontiguousarray(page))


def test_things_of_several_colours_are_no_paper() -> None:
    page = sheet(200)
    page[:600] = (120, 160, 220)
    assert not is_blank(page)


def test_a_sheet_on_a_desk_is_judged_inside_its_edges() -> None:
    page = sheet(90)
    page[..., 2] //= 2
    page[200:1000, 150:750] = sheet(240)[200:1000, 150:750]
    assert not is_blank(page)
    assert is_blank(page, Quad.from_rect(150 / 900, 200 / 1200, 750 / 900, 1000 / 1200))


@pytest.mark.parametrize("size", [(1, 1, 3), (10, 400, 3), (24, 24, 3)])
def test_of_tiny_pictures_nothing_is_said(size: tuple[int, int, int]) -> None:
    assert not is_blank(np.full(size, 255, np.uint8))
