"""Prints, screens and copies in ink and paper, drawn with known truth."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from imaging.photo.copies import ink_or_paper, measure_copy

AT = ((200.0, 180.0), (200.0, 260.0))


def _desk(corners: list[tuple[int, int]] | None, *, level: int = 240) -> np.ndarray:
    """A desk of wood with a sheet of one colour on it."""
    rows = np.mgrid[0:480, 0:400][0]
    wood = 110 + 8 * np.sin(rows / 7.0) + np.random.default_rng(2).normal(0, 4, rows.shape)
    picture = np.clip(wood, 0, 255).astype(np.uint8)[..., None].repeat(3, axis=2)
    if corners is not None:
        cv2.fillPoly(picture, [np.array(corners, np.int32)], (level, level, level))
    return picture


@pytest.mark.parametrize(
    "corners",
    [
        [(60, 50), (340, 50), (340, 430), (60, 430)],
        [(70, 40), (350, 60), (330, 440), (50, 420)],
    ],
    ids=["straight", "askew"],
)
@pytest.mark.parametrize("level", [240, 40])
def test_a_sheet_around_the_face_is_a_print(corners: list[tuple[int, int]], level: int):
    assert measure_copy(_desk(corners, level=level), AT)["inner_frame"] > 0.95


@pytest.mark.parametrize(
    "corners",
    [
        None,
        [(10, 10), (150, 10), (150, 120), (10, 120)],
        [(200, 40), (360, 240), (200, 440), (40, 240)],
        [(60, 0), (340, 0), (340, 479), (60, 479)],
    ],
    ids=["desk-alone", "beside-the-face", "diamond", "a-door"],
)
def test_other_shapes_are_none(corners: list[tuple[int, int]] | None):
    assert measure_copy(_desk(corners), AT)["inner_frame"] < 0.75


def test_the_stripes_of_a_screen_are_told():
    rows, columns = np.mgrid[0:512, 0:512]
    # Three stripes a pixel of the screen, seen four camera pixels wide: the channels a third of a period apart.
    phases = 2 * np.pi * (columns[..., None] / 4.0 + rows[..., None] / 37.0) + np.arange(3) * 2 * np.pi / 3
    stripes = np.clip(150 + 60 * np.cos(phases), 0, 255).astype(np.uint8)
    flat = np.full((512, 512, 3), 150, np.uint8)
    assert measure_copy(stripes, AT)["screen"] > 0.9
    assert measure_copy(flat, AT)["screen"] == 0.0


@pytest.mark.parametrize(
    ("ink_share", "expected"),
    [(0.05, 0.0), (0.3, 1.0), (0.85, 1.0), (0.95, 0.0)],
    ids=["text", "copy", "dark", "night"],
)
def test_a_copy_is_ink_and_paper_in_a_share_that_no_page_of_text_has(ink_share: float, expected: float):
    picture = np.full((100, 100, 3), 255, np.uint8)
    picture[: round(100 * ink_share)] = 0
    assert ink_or_paper(picture) == pytest.approx(expected)


def test_grey_and_coloured_pictures_are_no_copies():
    ramp = np.tile(np.linspace(0, 255, 100, dtype=np.uint8)[:, None, None], (1, 100, 3))
    assert ink_or_paper(ramp) < 0.5
    poster = np.zeros((100, 100, 3), np.uint8)
    poster[:50] = (255, 255, 0)
    assert ink_or_paper(poster) == 0.0


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (3, 3)])
def test_tiny_pictures_are_no_copies_of_anything(size: tuple[int, int]):
    picture = np.full((*size, 3), 128, np.uint8)
    assert measure_copy(picture, ((0.0, 0.0),)) == {"screen": 0.0, "inner_frame": 0.0}
    assert ink_or_paper(picture) == 0.0
