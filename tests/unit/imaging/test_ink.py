"""Writing told from wood, and a printed frame told from a paper's edge."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.ink import CELL_PX, WRITTEN_SHARE, ground_step, quad_depth, writing_outside, written_cells
from tests.unit.imaging import scenes

WIDE, HIGH = 600, 768
UPPER_HALF = np.array([(0, 0), (WIDE, 0), (WIDE, 390), (0, 390)], float)


def lines(page: scenes.Pixels, *, top: int, count: int, rng: np.random.Generator) -> None:
    for k in range(count):
        scenes.draw_line(page, left=60, top=top + k * 26, size=13, count=30, rng=rng)


def test_writing_below_a_crop_is_noticed() -> None:
    rng = np.random.default_rng(1)
    page = np.full((HIGH, WIDE, 3), 240, np.uint8)
    lines(page, top=60, count=10, rng=rng)
    cells, _ = written_cells(page)
    assert writing_outside(cells, UPPER_HALF)[0] == 0
    scenes.draw_line(page, left=60, top=600, size=13, count=6, rng=rng)
    lost, kept = writing_outside(written_cells(page)[0], UPPER_HALF)
    assert 0 < lost < 0.1
    assert kept > 100


def test_a_second_document_of_another_colour_is_noticed() -> None:
    rng = np.random.default_rng(2)
    page = np.full((HIGH, WIDE, 3), 240, np.uint8)
    page[390:] = (210, 180, 150)
    lines(page, top=60, count=10, rng=rng)
    lines(page, top=480, count=6, rng=rng)
    assert writing_outside(written_cells(page)[0], UPPER_HALF)[0] > 0.1


def test_wood_grain_is_no_writing() -> None:
    rng = np.random.default_rng(3)
    page = np.full((HIGH, WIDE, 3), 240, np.uint8)
    lines(page, top=60, count=10, rng=rng)
    grain = cv2.resize(rng.normal(0, 30, (200, 5)), (WIDE, HIGH - 390), interpolation=cv2.INTER_CUBIC)
    page[390:] = np.clip(np.array((225, 215, 205)) + grain[..., None], 0, 255)
    assert writing_outside(written_cells(page)[0], UPPER_HALF)[0] == 0


def test_a_blank_page_has_no_writing() -> None:
    cells, contrast = written_cells(np.full((HIGH, WIDE, 3), 200, np.uint8))
    assert not (cells.faint >= WRITTEN_SHARE).any()
    assert not contrast.any()
    assert writing_outside(cells, UPPER_HALF) == (0.0, 0)


@pytest.mark.parametrize(("around", "least", "most"), [((240, 240, 240), 0, 1), ((200, 170, 140), 60, 110)])
def test_the_ground_changes_across_an_edge_and_not_across_a_frame(
    around: scenes.Colour, least: float, most: float
) -> None:
    page = np.full((HIGH, WIDE, 3), around, np.uint8)
    page[120:640, 100:500] = 240
    cv2.rectangle(page, (100, 120), (500, 640), (150, 40, 40), 3)
    corners = np.array([(100, 120), (500, 120), (500, 640), (100, 640)], float)
    assert least <= ground_step(written_cells(page)[0], corners) <= most


def test_light_falling_off_does_not_pass_for_an_edge() -> None:
    ramp = np.linspace(240, 150, WIDE)[None, :, None]
    page = np.broadcast_to(ramp, (HIGH, WIDE, 3)).astype(np.uint8)
    corners = np.array([(100, 120), (500, 120), (500, 640), (100, 640)], float)
    assert ground_step(written_cells(page)[0], corners) < 1.5


@given(
    left=st.floats(5, 60),
    top=st.floats(5, 60),
    width=st.floats(70, 300),
    height=st.floats(70, 300),
)
def test_depth_is_positive_exactly_inside(left: float, top: float, width: float, height: float) -> None:
    corners = np.array([(left, top), (left + width, top), (left + width, top + height), (left, top + height)])
    depth = quad_depth(corners, rows=40, columns=40)
    centres = np.arange(0.5, 40) * CELL_PX
    within_x = (centres > left + 1e-3) & (centres < left + width - 1e-3)
    within_y = (centres > top + 1e-3) & (centres < top + height - 1e-3)
    assert (depth[np.ix_(within_y, within_x)] > 0).all()
    assert (depth[~within_y] <= 1e-2).all()
