import math

from hypothesis import given
from hypothesis import strategies as st

from imaging.geometry import Quad
from ocr.model import Line
from ocr.reading_order import rows_of


def _turned(x: float, y: float, angle: float) -> tuple[float, float]:
    return (
        0.5 + (x - 0.5) * math.cos(angle) - (y - 0.5) * math.sin(angle),
        0.5 + (x - 0.5) * math.sin(angle) + (y - 0.5) * math.cos(angle),
    )


def _line(text: str, left: float, top: float, right: float, bottom: float, angle: float) -> Line:
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    a, b, c, d = (_turned(x, y, angle) for x, y in corners)
    return Line(text, 1.0, Quad((a, b, c, d)))


@given(st.floats(-0.6, 0.6), st.permutations(range(6)))
def test_rows_survive_any_tilt_and_any_order(angle: float, order: list[int]) -> None:
    lines = [
        _line(f"{row}{column}", 0.1 + 0.4 * column, 0.2 + 0.2 * row, 0.4 + 0.4 * column, 0.25 + 0.2 * row, angle)
        for row in range(3)
        for column in range(2)
    ]
    rows = rows_of([lines[i] for i in order], aspect=1.0)
    assert [row.text for row in rows] == ["00 01", "10 11", "20 21"]


def test_no_lines_no_rows() -> None:
    assert rows_of([], aspect=1.0) == ()


def test_a_tall_line_beside_two_short_ones_joins_the_nearer() -> None:
    lines = [
        _line("甲", 0.1, 0.10, 0.3, 0.15, 0.0),
        _line("乙", 0.1, 0.20, 0.3, 0.25, 0.0),
        _line("丙", 0.5, 0.19, 0.7, 0.26, 0.0),
    ]
    assert [row.text for row in rows_of(lines, aspect=1.0)] == ["甲", "乙 丙"]
