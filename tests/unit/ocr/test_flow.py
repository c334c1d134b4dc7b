from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.geometry import Quad
from ocr.flow import Flow
from ocr.labels import find_label, values_by_label, without_spaces
from ocr.lines import spans_from_centres
from ocr.model import Line
from ocr.reading_order import Row
from tests.unit.ocr.pages import page_of


def _flow() -> Flow:
    first = Line(
        "姓名王芳",
        0.9,
        Quad.from_rect(0.0, 0.0, 0.4, 0.1),
        ((0, 0.25), (0.25, 0.5), (0.5, 0.75), (0.75, 1)),
        (0.9, 0.9, 0.5, 0.8),
    )
    second = Line("性别女", 0.8, Quad.from_rect(0.0, 0.2, 0.3, 0.3))
    return Flow.of((Row((first,)), Row((second,))))


def test_a_range_knows_its_place_and_its_weakest_character() -> None:
    flow = _flow()
    at = flow.text.index("王芳")
    field = flow.field(at, at + 2, "王芳")
    assert field.confidence == 0.5
    assert field.box is not None
    assert (field.box.left, field.box.right) == (pytest.approx(0.2), pytest.approx(0.4))


def test_without_character_places_the_line_is_shared_out_evenly() -> None:
    flow = _flow()
    at = flow.text.index("女")
    box = flow.box(at, at + 1)
    assert box is not None
    assert (box.left, box.right) == (pytest.approx(0.2), pytest.approx(0.3))


def test_a_range_over_two_lines_is_enclosed() -> None:
    flow = _flow()
    box = flow.box(0, len(flow.text))
    assert box is not None
    assert (box.top, box.bottom) == (0.0, pytest.approx(0.3))


def test_separators_alone_have_no_place() -> None:
    flow = _flow()
    at = flow.text.index("\n")
    assert flow.box(at, at + 1) is None
    assert flow.confidence(at, at + 1) == 0.0


def test_squeezing_drops_separators_but_keeps_places() -> None:
    squeezed = _flow().squeezed()
    assert squeezed.text == "姓名王芳性别女"
    assert len(squeezed.origins) == len(squeezed.text)


@given(st.lists(st.floats(0, 1), max_size=12, unique=True))
def test_spans_touch_and_stay_on_the_line(centres: list[float]) -> None:
    spans = spans_from_centres(sorted(centres))
    assert len(spans) == len(centres)
    for (start, end), (following, _) in pairwise(spans):
        assert start <= end == following
    assert all(0 <= start <= end <= 1 for start, end in spans)


@pytest.mark.parametrize("text", ["证书编号", "证书编弓", "证韦编号"])
def test_a_long_label_may_have_one_wrong_character(text: str) -> None:
    assert find_label(f"某某{text}：123", ("证书编号",)) is not None


@pytest.mark.parametrize("text", ["证书", "正韦编号", "姓各"])
def test_other_words_are_no_label(text: str) -> None:
    assert find_label(text, ("证书编号", "姓名")) is None


def test_value_ends_with_the_next_label_or_the_row() -> None:
    flow = without_spaces(Flow.of(page_of("姓 名：王芳|性别：女", "级别：初级").rows))
    spans = values_by_label(flow, {"name": ("姓名",), "gender": ("性别",), "level": ("级别",)})
    assert {name: flow.text[s.start : s.end] for name, s in spans.items()} == {
        "name": "王芳",
        "gender": "女",
        "level": "初级",
    }


def test_value_below_its_label() -> None:
    flow = without_spaces(Flow.of(page_of("管理号", "53012015000123").rows))
    span = values_by_label(flow, {"number": ("管理号",)})["number"]
    assert flow.text[span.start : span.end] == "53012015000123"


def test_a_label_without_value_is_absent() -> None:
    flow = without_spaces(Flow.of(page_of("姓名：", "性别：女").rows))
    assert "name" not in values_by_label(flow, {"name": ("姓名",), "gender": ("性别",)})
