import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.geometry import Quad
from ocr.dates_on_page import find_dates_on
from ocr.flow import Flow
from ocr.lines import spans_from_centres
from ocr.model import Line
from ocr.reading_order import Row


def flow_of(text: str, *, lost: str = "□", wobble: float = 0.0) -> Flow:
    """A line set in even steps; the characters `lost` leave their room and nothing else."""
    step = 1 / (len(text) + 1)
    kept = [(char, (at + 1 + (wobble if at % 2 else -wobble)) * step) for at, char in enumerate(text) if char != lost]
    shown = "".join(char for char, _ in kept)
    spans = spans_from_centres([centre for _, centre in kept])
    line = Line(shown, 0.99, Quad.from_rect(0.1, 0.1, 0.9, 0.15), spans, tuple(0.99 for _ in shown))
    return Flow.of((Row((line,)),)).squeezed()


@pytest.mark.parametrize(
    ("printed", "iso"),
    [
        ("性别女二□□一年十一月五日生", "2001-11-05"),
        ("性别女二□一□年十一月五日生", "2010-11-05"),
        ("于二□□二年九月至", "2002-09"),
        ("于二□二□年九月至", "2020-09"),
        ("于二〇□二年十月三十日取得", "2002-10-30"),
        ("于二○二□年十月三十日取得", "2020-10-30"),
    ],
)
@pytest.mark.parametrize("wobble", [0.0, 0.05])
def test_the_room_tells_where_the_zeros_were(printed: str, iso: str, wobble: float) -> None:
    (date,) = find_dates_on(flow_of(printed, wobble=wobble))
    assert (date.iso, date.repaired) == (iso, True)


def test_a_first_character_lost_at_the_edge_of_the_box() -> None:
    (date,) = find_dates_on(flow_of("九九七年七月一日"))
    assert (date.iso, date.repaired) == ("1997-07-01", True)


@pytest.mark.parametrize(
    "printed",
    [
        # Inside a sentence the first character is not lost without leaving room.
        "于九九七年七月一日",
        # Two characters lost at the edge: nothing tells which.
        "一〇年二月四日",
        # No room: what was lost is not known.
        "于二一年七月一日",
        "于二二年七月一日",
        # Room for one character where two are missing.
        "于二□一年七月一日",
    ],
)
def test_what_the_page_does_not_tell_is_not_guessed(printed: str) -> None:
    assert find_dates_on(flow_of(printed)) == ()


def test_whole_dates_stay_as_they_are() -> None:
    dates = find_dates_on(flow_of("二〇〇八年九月至2012年7月1日"))
    assert [(date.iso, date.repaired) for date in dates] == [("2008-09", False), ("2012-07-01", False)]


def test_a_page_without_places_of_characters() -> None:
    line = Line("于二一年七月一日", 0.9, Quad.from_rect(0.1, 0.1, 0.9, 0.2))
    assert find_dates_on(Flow.of((Row((line,)),))) == ()


@given(st.text(alphabet="二一九〇○年月日十于生□", max_size=24))
def test_no_text_breaks_it(text: str) -> None:
    for date in find_dates_on(flow_of(text)):
        assert 1900 <= int(date.iso[:4]) <= 2100
