"""Parting a picture: the cut runs between the documents, and each part keeps all ink of its own."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from imaging.geometry import Quad
from imaging.model import Pixels
from imaging.split import Cut, Part, crop_to_content, find_cut, level_text, take_side, text_tilt_deg

WIDE, HIGH = 700, 560
GROUND = (250, 250, 248)
TINT = (206, 226, 242)
INK = (20, 20, 24)
# A colour that stands for a portrait or an emblem: on the document, and no text.
MARK = (180, 40, 40)


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A drawn document: its corners in pixels, clockwise, and its boxes of text in fractions of the picture."""

    corners: NDArray[np.float64]
    text: tuple[Quad, ...]


def draw(picture: Pixels, *, centre: tuple[float, float], size: tuple[float, float], angle_deg: float) -> Drawn:
    """A tinted card with a mark at its left end and three lines of text that begin right of the middle."""
    angle = math.radians(angle_deg)
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])

    def rectangle(left: float, top: float, right: float, bottom: float) -> NDArray[np.float64]:
        flat = np.array([(left, top), (right, top), (right, bottom), (left, bottom)]) * np.array(size)
        return np.asarray(flat @ turn + np.array(centre))

    def fill(corners: NDArray[np.float64], colour: tuple[int, int, int]) -> None:
        cv2.fillConvexPoly(picture, np.rint(corners).astype(np.int32), colour)

    corners = rectangle(-0.5, -0.5, 0.5, 0.5)
    fill(corners, TINT)
    fill(rectangle(-0.42, -0.3, -0.22, 0.1), MARK)
    lines = [rectangle(-0.1, y, 0.4, y + 0.08) for y in (-0.35, -0.05, 0.3)]
    for line in lines:
        fill(line, INK)
    return Drawn(corners, tuple(Quad.from_pixels(line, width_px=WIDE, height_px=HIGH) for line in lines))


def sheet(colour: tuple[int, int, int] = GROUND) -> Pixels:
    return np.full((HIGH, WIDE, 3), colour, np.uint8)


def inked(pixels: Pixels) -> int:
    """How many pixels are text or mark."""
    return int((pixels.min(axis=2) < 100).sum())


def inked_within(pixels: Pixels, drawn: Drawn) -> int:
    mask = np.zeros(pixels.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, np.rint(drawn.corners).astype(np.int32), 1)
    return int(((pixels.min(axis=2) < 100) & (mask > 0)).sum())


def side_of(cut: Cut, corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance of points from the cut, negative on the first document's side."""
    return np.asarray(corners @ cut.normal - cut.offset_px)


placed = st.tuples(
    st.sampled_from(("beside", "stacked")),
    st.floats(-6, 6),
    st.floats(-6, 6),
    st.floats(-25, 25),
    st.floats(24, 90),
)


@settings(max_examples=12)
@given(placed)
def test_the_cut_runs_between_the_papers_and_nothing_is_lost(
    scene: tuple[str, float, float, float, float],
) -> None:
    arrangement, first_deg, second_deg, slip, gap = scene
    size = (240.0, 152.0)
    picture = sheet()
    if arrangement == "beside":
        # Turned by 6 degrees, a card of this size is 16 px wider.
        half = size[0] / 2 + 8 + gap / 2
        centres = ((WIDE / 2 - half, HIGH / 2), (WIDE / 2 + half, HIGH / 2 + slip))
    else:
        half = size[1] / 2 + 13 + gap / 2
        centres = ((WIDE / 2, HIGH / 2 - half), (WIDE / 2 + slip, HIGH / 2 + half))
    first = draw(picture, centre=centres[0], size=size, angle_deg=first_deg)
    second = draw(picture, centre=centres[1], size=size, angle_deg=second_deg)
    cut = find_cut(picture, first.text, second.text)
    assert cut is not None
    assert side_of(cut, first.corners).max() < 1
    assert side_of(cut, second.corners).min() > -1
    for drawn, is_second in ((first, False), (second, True)):
        part = take_side(picture, cut, drawn.text, second=is_second)
        assert part.pixels.shape[0] <= HIGH and part.pixels.shape[1] <= WIDE
        # All ink of its own document and nothing of the other one.
        assert inked(part.pixels) == inked_within(picture, drawn)
        crop = crop_to_content(part)
        assert inked(crop) == inked(part.pixels)
        assert crop.shape[0] <= part.pixels.shape[0] and crop.shape[1] <= part.pixels.shape[1]


@settings(max_examples=40)
@given(st.floats(0, 360), st.floats(0.1, 0.9), st.integers(3, 116), st.integers(3, 86))
def test_what_is_on_the_picture_goes_to_one_side(normal_deg: float, share: float, x: int, y: int) -> None:
    picture = np.full((90, 120, 3), 200, np.uint8)
    picture[y - 1 : y + 2, x - 1 : x + 2] = 0
    angle = math.radians(normal_deg)
    normal = np.array([math.cos(angle), math.sin(angle)])
    reach = np.array([(0, 0), (120, 0), (120, 90), (0, 90)]) @ normal
    cut = Cut(normal_deg, float(reach.min() + share * np.ptp(reach)), 1.0, 1.0)
    depth = float(np.array([x + 0.5, y + 0.5]) @ normal - cut.offset_px)
    # The dot has a radius of 2.2 pixels; one that the cut runs through belongs to nobody.
    assume(abs(depth) > 4)
    dark = [inked(take_side(picture, cut, (), second=second).pixels) for second in (False, True)]
    assert dark == ([0, 9] if depth > 0 else [9, 0])


@pytest.mark.parametrize("desk", [(120, 88, 60), (60, 66, 72), (205, 205, 210)])
def test_the_cut_shows_ground_of_any_colour(desk: tuple[int, int, int]) -> None:
    picture = sheet(desk)
    noise = np.random.default_rng(3).normal(0, 5, (HIGH, WIDE, 1))
    picture = np.clip(picture + noise, 0, 255).astype(np.uint8)
    first = draw(picture, centre=(190, 280), size=(300, 190), angle_deg=4)
    second = draw(picture, centre=(520, 270), size=(300, 190), angle_deg=-3)
    cut = find_cut(picture, first.text, second.text)
    assert cut is not None
    assert side_of(cut, first.corners).max() < 1
    assert side_of(cut, second.corners).min() > -1
    assert cut.clear_share > 0.9


def test_text_that_no_straight_line_parts_has_no_cut() -> None:
    picture = sheet()
    around = [Quad.from_rect(x, y, x + 0.1, y + 0.05) for x, y in ((0.1, 0.1), (0.8, 0.1), (0.1, 0.8), (0.8, 0.8))]
    inside = [Quad.from_rect(0.4, 0.4, 0.6, 0.45)]
    assert find_cut(picture, around, inside) is None


@pytest.mark.parametrize("angle_deg", [-30.0, -5.0, 0.0, 2.0, 44.0, 90.0, 93.0, 180.0])
def test_tilt_is_told_up_to_quarter_turns(angle_deg: float) -> None:
    picture = sheet()
    text = draw(picture, centre=(350, 280), size=(300, 190), angle_deg=angle_deg).text
    expected = (angle_deg + 45) % 90 - 45
    assert text_tilt_deg(text, width_px=WIDE, height_px=HIGH) == pytest.approx(expected, abs=0.5)


@pytest.mark.parametrize("angle_deg", [-20.0, -4.0, 3.0, 11.0])
def test_levelled_text_is_level_and_complete(angle_deg: float) -> None:
    picture = sheet()
    drawn = draw(picture, centre=(350, 280), size=(420, 266), angle_deg=angle_deg)
    part = level_text(Part(picture, drawn.text, (250.0, 250.0, 248.0)))
    height_px, width_px = part.pixels.shape[:2]
    assert abs(text_tilt_deg(part.text, width_px=width_px, height_px=height_px)) < 0.5
    assert inked(part.pixels) == pytest.approx(inked(picture), rel=0.02)
    boxes = np.zeros((height_px, width_px), np.uint8)
    for quad in part.text:
        corners = np.rint(quad.to_pixels(width_px=width_px, height_px=height_px)).astype(np.int32)
        cv2.fillConvexPoly(boxes, corners, 1)
    # The boxes went along with what they enclose.
    assert (part.pixels[boxes > 0].max(axis=1) < 100).mean() > 0.95


def test_a_tilt_not_worth_the_blur_is_left() -> None:
    picture = sheet()
    part = Part(picture, draw(picture, centre=(350, 280), size=(420, 266), angle_deg=0.4).text)
    assert level_text(part) is part


def test_a_crop_leaves_out_the_ground_and_the_desk_around_the_page() -> None:
    picture = sheet()
    picture[:, -14:] = (90, 70, 50)
    drawn = draw(picture, centre=(250, 280), size=(240, 152), angle_deg=0)
    crop = crop_to_content(Part(picture, drawn.text, (250.0, 250.0, 248.0)))
    assert crop.shape[1] < 300 and crop.shape[0] < 220
    assert inked(crop) == inked_within(picture, drawn)
    # All of the card, with its edges.
    assert int((crop == np.array(TINT)).all(axis=2).sum()) == int((picture == np.array(TINT)).all(axis=2).sum())


def test_a_card_that_fills_its_part_keeps_its_margins() -> None:
    """Where no ground shows, the card's own colour must not be taken for it."""
    picture = sheet(TINT)
    drawn = draw(picture, centre=(350, 280), size=(700, 560), angle_deg=0)
    crop = crop_to_content(Part(picture, drawn.text, (206.0, 226.0, 242.0)))
    assert inked(crop) == inked(picture)
    # From the mark at 0.08 of the width to the end of the text at 0.9, and a tenth of the text's width beyond it.
    assert crop.shape[1] >= (0.9 + 0.05 - 0.08) * WIDE


small = st.floats(-0.2, 1.2)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(small, small, small, small), min_size=1, max_size=5),
    st.lists(st.tuples(small, small, small, small), min_size=1, max_size=5),
    st.integers(2, 90),
    st.integers(2, 90),
)
def test_boxes_anywhere_never_break_it(
    first: list[tuple[float, ...]], second: list[tuple[float, ...]], width_px: int, height_px: int
) -> None:
    picture = np.random.default_rng(1).integers(0, 255, (height_px, width_px, 3), dtype=np.uint8)
    groups = [tuple(Quad.from_rect(*place) for place in group) for group in (first, second)]
    cut = find_cut(picture, *groups)
    for number, group in enumerate(groups):
        whole = Part(picture, tuple(quad.clipped() for quad in group))
        part = whole if cut is None else take_side(picture, cut, group, second=number == 1)
        crop = crop_to_content(level_text(part))
        assert min(crop.shape) >= 1
