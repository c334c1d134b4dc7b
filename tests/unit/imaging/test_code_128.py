"""Code 128 out of lines across bars."""

from itertools import product

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from fixtures.codes import draw_code_128
from imaging import code_128
from imaging.code_128 import read_code_128


def place_of(bars):
    height, width = bars.shape
    return np.array([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], dtype=np.float32)


def padded(bars, px=80):
    return np.pad(bars, px, constant_values=255), place_of(bars) + px


def symbols(values):
    """Bars of values, drawn from the standard's rule and not by the generator: 8 px a module."""
    widths = [width for value in values for width in code_128._PATTERNS[value].astype(int)] + [2]
    row = np.concatenate([np.full(8 * width, 255 * (place % 2)) for place, width in enumerate(widths)])
    return np.repeat(np.pad(row, 80, constant_values=255)[None], 60, axis=0).astype(np.uint8)


def with_check(start, *values):
    total = start + sum(place * value for place, value in enumerate(values, 1))
    return (start, *values, total % 103, 106)


def test_the_table_is_all_symbols_of_the_standard():
    """Three bars and three spaces of 1 to 4 modules, eleven in all, an even number of them dark."""
    possible = {widths for widths in product(range(1, 5), repeat=6) if sum(widths) == 11 and sum(widths[::2]) % 2 == 0}
    table = [tuple(int(width) for width in row) for row in code_128._PATTERNS]
    assert len(set(table)) == 107
    # The stop read backwards begins like no symbol, so one of the 108 is not given out.
    assert possible - set(table) == {(2, 1, 1, 1, 3, 3)}
    assert set(table) <= possible


@given(st.text([chr(code) for code in range(32, 127)], min_size=3, max_size=24))
@settings(max_examples=40, deadline=None)
def test_what_was_drawn_is_read(text):
    bars, place = padded(draw_code_128(text, width_px=(11 * (len(text) + 3) + 22) * 3, height_px=60))
    assert read_code_128(bars, place) == text


@pytest.mark.parametrize("upside_down", [False, True])
def test_the_published_example(upside_down):
    """PJJ123C in set A has the check 54 (example of the standard's encyclopedia entries)."""
    values = with_check(103, 48, 42, 42, 17, 18, 19, 35)
    assert values[-2] == 54
    bars = symbols(values)
    place = place_of(bars)[[2, 3, 0, 1]] if upside_down else place_of(bars)
    assert read_code_128(bars, place) == "PJJ123C"


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ((105, 20, 15, 5, 30), "20150530"),
        ((104, 33, 99, 12, 34, 100, 34), "A1234B"),
        ((105, 102, 12, 34, 56), "123456"),
        ((103, 33, 98, 65, 34), "AaB"),
    ],
)
def test_sets_of_characters(values, text):
    bars = symbols(with_check(*values))
    assert read_code_128(bars, place_of(bars)) == text


def test_a_wrong_check_is_no_content():
    values = list(with_check(104, 33, 34, 35, 36))
    values[-2] = (values[-2] + 1) % 103
    bars = symbols(values)
    assert read_code_128(bars, place_of(bars)) == ""


@pytest.mark.parametrize("sigma", [2.0, 3.5])
def test_blur_below_half_a_module_is_read(sigma):
    bars = symbols(with_check(105, 20, 15, 5, 30, 12))
    assert read_code_128(cv2.GaussianBlur(bars, (0, 0), sigma), place_of(bars)) == "2015053012"


@settings(max_examples=30, deadline=None)
@given(
    arrays.arrays(np.uint8, st.tuples(st.integers(1, 30), st.integers(1, 60))),
    arrays.arrays(np.float32, (4, 2), elements=st.floats(-50, 100, width=32)),
)
def test_no_place_breaks_the_reader(grey, corners):
    assert isinstance(read_code_128(grey, corners), str)
