"""Orientation by evidence, with an engine that knows which way up a page is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from imaging.geometry import Quad
from imaging.model import Pixels
from imaging.rectify import turn
from ocr.engine import Recognised
from ocr.lines import MAX_LINES, cut_line, read_lines, without_shared_characters
from ocr.model import Line

HEIGHT, WIDTH = 200, 300
# Two lines on the upright page, as left, top, right, bottom.
LINES = ((40, 40, 240, 60), (40, 100, 200, 120))


def _page() -> Pixels:
    """White page; each line is black with a red left end, so that a crop tells which way up it is."""
    page = np.full((HEIGHT, WIDTH, 3), 255, dtype=np.uint8)
    for left, top, right, bottom in LINES:
        page[top:bottom, left:right] = 0
        page[top:bottom, left : left + 30] = (255, 0, 0)
    return page


class UprightEngine:
    """Finds the black bars and reads them only when their red end is on the left."""

    def detect(self, pixels: Pixels) -> list[NDArray[np.float32]]:
        dark = pixels[..., 1] < 128
        standing = pixels.shape[0] > pixels.shape[1]
        axis = 0 if standing else 1
        bars = np.flatnonzero(np.diff(np.concatenate([[False], dark.any(axis=axis), [False]]).astype(int)))
        quads = []
        for start, end in zip(bars[::2], bars[1::2], strict=True):
            part = dark[:, start:end] if standing else dark[start:end]
            run = np.flatnonzero(part.any(axis=1 - axis))
            first, last = run[0], run[-1] + 1
            box = (start, first, end, last) if standing else (first, start, last, end)
            x0, y0, x1, y1 = box
            quads.append(np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], dtype=np.float32))
        return quads

    def recognise(self, crops: Sequence[Pixels]) -> list[Recognised]:
        answers = []
        for crop in crops:
            upright = crop[:, : crop.shape[1] // 8, 0].mean() > 128 and crop.shape[1] > crop.shape[0]
            answers.append(Recognised("公民身份", 0.99) if upright else Recognised("热热热", 0.4))
        return answers


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_every_quarter_turn_is_undone(turns: int) -> None:
    found = read_lines(turn(_page(), turns), UprightEngine())
    assert found.quarter_turns == (4 - turns) % 4
    assert [line.text for line in found.lines] == ["公民身份", "公民身份"]
    boxes = sorted((line.box.left * WIDTH, line.box.top * HEIGHT) for line in found.lines)
    assert boxes == [
        (pytest.approx(40, abs=1), pytest.approx(40, abs=1)),
        (pytest.approx(40, abs=1), pytest.approx(100, abs=1)),
    ]


class TwoScriptsEngine(UprightEngine):
    """Of a second script it makes long doubtful scraps where that stands upright, and little the other way up."""

    def recognise(self, crops: Sequence[Pixels]) -> list[Recognised]:
        upright = [crop[:, : crop.shape[1] // 8, 0].mean() > 128 for crop in crops]
        known = [crop.shape[1] > 180 for crop in crops]
        texts = {
            (True, True): Recognised("居民身份证", 1.0),
            (True, False): Recognised("Go1regenarhgFESffrom", 0.39),
            (False, True): Recognised("证", 0.88),
            (False, False): Recognised("L", 0.16),
        }
        return [texts[pair] for pair in zip(upright, known, strict=True)]


def test_a_page_of_two_scripts_is_not_turned_upside_down_for_reading_less() -> None:
    assert read_lines(_page(), TwoScriptsEngine()).quarter_turns == 0
    assert read_lines(turn(_page(), 2), TwoScriptsEngine()).quarter_turns == 2


def _spread(text: str, left: float, right: float, top: float = 0.5) -> Line:
    spans = tuple((i / len(text), (i + 1) / len(text)) for i in range(len(text)))
    return Line(text, 0.99, Quad.from_rect(left, top, right, top + 0.06), spans, (0.9,) * len(text))


def test_a_character_in_two_boxes_is_the_right_ones() -> None:
    label, value = _spread("姓名委", 0.09, 0.20), _spread("魏慧兰", 0.18, 0.30)
    first, second = without_shared_characters([label, value])
    assert (first.text, second.text) == ("姓名", "魏慧兰")
    assert len(first.char_spans) == len(first.char_confidences) == 2
    assert first.char_spans[-1][1] == pytest.approx(1.0)
    assert first.box.right == pytest.approx(0.09 + 0.11 * 2 / 3)


@pytest.mark.parametrize("other", [_spread("性别女", 0.18, 0.30, top=0.6), _spread("魏慧兰", 0.20, 0.30)])
def test_lines_below_or_beside_lose_nothing(other: Line) -> None:
    label = _spread("姓名委", 0.09, 0.20)
    assert without_shared_characters([label, other]) == (label, other)


def test_a_scrap_inside_a_line_takes_nothing_away() -> None:
    whole, inner = _spread("一二三四五六", 0.1, 0.7), _spread("四", 0.4, 0.5)
    assert without_shared_characters([whole, inner]) == (whole, inner)


class BlindEngine:
    def detect(self, pixels: Pixels) -> list[NDArray[np.float32]]:
        return []

    def recognise(self, crops: Sequence[Pixels]) -> list[Recognised]:
        return [Recognised("", 0.0) for _ in crops]


def test_a_page_without_text_stays_as_it_is() -> None:
    found = read_lines(_page(), BlindEngine())
    assert (found.lines, found.quarter_turns) == ((), 0)


class CrowdedEngine(BlindEngine):
    def detect(self, pixels: Pixels) -> list[NDArray[np.float32]]:
        box = np.array([[0, 0], [20, 0], [20, 8], [0, 8]], dtype=np.float32)
        return [box + np.float32(i % 7) for i in range(MAX_LINES + 50)]

    def recognise(self, crops: Sequence[Pixels]) -> list[Recognised]:
        return [Recognised("字", 0.95) for _ in crops]


def test_a_crowded_page_is_capped() -> None:
    assert len(read_lines(_page(), CrowdedEngine()).lines) == MAX_LINES


@pytest.mark.parametrize("quad", [[[0, 0], [0, 0], [0, 0], [0, 0]], [[-5, -5], [400, -5], [400, 300], [-5, 300]]])
def test_odd_boxes_give_a_crop_of_at_least_one_pixel(quad: list[list[int]]) -> None:
    crop = cut_line(_page(), np.array(quad, dtype=np.float32))
    assert min(crop.shape[:2]) >= 1
    assert crop.shape[0] <= 96
