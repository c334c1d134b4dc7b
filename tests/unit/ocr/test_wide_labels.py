import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.readers.wide_labels import with_closed_labels
from tests.unit.ocr.pages import page_of


@pytest.mark.parametrize(
    ("printed", "closed"),
    [
        ("姓_名：王芳", "姓名：王芳"),
        ("专一业：会计", "专业：会计"),
        ("级—别|中级", "级别中级"),
        ("性__别：女", "性别：女"),
        ("编-号：123", "编号：123"),
        ("姓名：王芳", "姓名：王芳"),
        ("专业：会计", "专业：会计"),
        ("专___业", "专___业"),
        ("专注业务", "专注业务"),
    ],
)
def test_strokes_in_the_gap_go(printed: str, closed: str) -> None:
    assert with_closed_labels(page_of(printed)).by_row.text == closed


@given(st.text(alphabet="姓名性别专业一_—编号：会计王 ", max_size=30))
def test_every_character_keeps_its_place(text: str) -> None:
    flow = with_closed_labels(page_of(text or "空")).by_row
    assert len(flow.text) == len(flow.origins)
    for char, origin in zip(flow.text, flow.origins, strict=True):
        assert origin is None or origin.line.text[origin.index] == char
