from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.geometry import Quad
from ocr.cells import as_printed, block_of, cells_of, joined, spelling, value_of
from ocr.model import Line
from ocr.page import Page

LABELS = {"name": "姓名", "address": "住址", "other": "户号|性别"}
# A line of ten-point print is four hundredths of this page high, a character as wide.
HEIGHT = 0.04


def page_at(*lines: tuple[str, float, float]) -> Page:
    """A square page with each text at its left end and its middle."""
    made = [
        Line(text, 0.99, Quad.from_rect(x, y - HEIGHT / 2, x + HEIGHT * len(text), y + HEIGHT / 2))
        for text, x, y in lines
    ]
    return Page.of(made, aspect=1.0)


def value(page: Page, name: str) -> str | None:
    cells = cells_of(page, LABELS)
    piece = value_of(cells, name)
    return cells.text(piece) if piece else None


def block(page: Page, name: str) -> str:
    cells = cells_of(page, LABELS)
    return joined(cells.flow, block_of(cells, name)).text


def test_a_value_in_the_same_line_as_its_label() -> None:
    assert value(page_at(("姓名王小明性别男", 0.1, 0.1)), "name") == "王小明"


def test_a_value_beside_its_label_ends_at_the_next_label() -> None:
    page = page_at(("姓名", 0.1, 0.1), ("王小明", 0.25, 0.1), ("性别", 0.5, 0.1), ("男", 0.65, 0.1))
    assert value(page, "name") == "王小明"
    assert value(page, "other") == "男"


def test_a_value_a_little_lower_than_its_label() -> None:
    page = page_at(("姓名", 0.1, 0.1), ("王小明", 0.25, 0.1 + 1.5 * HEIGHT), ("住址", 0.1, 0.3))
    assert value(page, "name") == "王小明"


def test_a_value_in_the_next_row_with_its_own_label_is_not_taken() -> None:
    page = page_at(("姓名", 0.1, 0.1), ("性别", 0.1, 0.17), ("男", 0.25, 0.17))
    assert value(page, "name") is None


def test_a_value_under_its_label_is_nearer_than_one_far_to_the_right() -> None:
    page = page_at(("姓名", 0.1, 0.1), ("王小明", 0.1, 0.15), ("照片", 0.8, 0.13))
    assert value(page, "name") == "王小明"


def test_two_lines_of_a_cell_whose_label_stands_between_them() -> None:
    page = page_at(
        ("户号", 0.05, 0.32), ("1", 0.2, 0.32),
        ("住址", 0.4, 0.32), ("云南省某市某路", 0.55, 0.3), ("147号", 0.55, 0.34),
    )  # fmt: skip
    assert block(page, "address") == "云南省某市某路147号"


def test_three_lines_that_begin_at_their_label() -> None:
    page = page_at(
        ("姓名", 0.1, 0.2), ("某某某", 0.25, 0.2), ("住址", 0.1, 0.28), ("云南省", 0.25, 0.28), ("某市", 0.25, 0.33),
        ("某路147号", 0.25, 0.38), ("性别", 0.1, 0.5), ("男", 0.25, 0.5),
    )  # fmt: skip
    assert block(page, "address") == "云南省某市某路147号"


def test_the_last_line_of_the_field_above_is_not_taken() -> None:
    page = page_at(
        ("住址", 0.1, 0.2), ("云南省某市", 0.25, 0.2), ("某路1号", 0.25, 0.245),
        ("姓名", 0.1, 0.3), ("某某某", 0.25, 0.3), ("又一行", 0.25, 0.345),
    )  # fmt: skip
    assert block(page, "address") == "云南省某市某路1号"
    assert block(page, "name") == "某某某又一行"


def test_a_block_under_its_label() -> None:
    page = page_at(
        ("住址", 0.1, 0.2), ("云南省某市", 0.12, 0.25), ("某路1号", 0.12, 0.3), ("姓名", 0.1, 0.36), ("某", 0.25, 0.36)
    )
    assert block(page, "address") == "云南省某市某路1号"


def test_a_label_that_is_missing_has_no_value() -> None:
    page = page_at(("王小明", 0.1, 0.1))
    assert value(page, "name") is None
    assert block(page, "name") == ""


@pytest.mark.parametrize(("height", "taken"), [(0.3, False), (0.5, True), (2.4, True), (2.6, False)])
def test_specks_and_scraps_of_seals_are_no_values(height: float, taken: bool) -> None:
    label = Line("住址", 0.99, Quad.from_rect(0.1, 0.1, 0.18, 0.1 + HEIGHT))
    middle = 0.1 + HEIGHT / 2
    mark = Line("东市", 0.5, Quad.from_rect(0.3, middle - HEIGHT * height / 2, 0.4, middle + HEIGHT * height / 2))
    assert block(Page.of([label, mark], aspect=1.0), "address") == ("东市" if taken else "")


def test_only_the_wanted_part_of_a_line_counts() -> None:
    page = page_at(("姓名", 0.1, 0.1), ("ab王", 0.25, 0.1))
    cells = cells_of(page, LABELS, part=lambda line: slice(2, 3) if "王" in line.text else slice(None))
    piece = value_of(cells, "name")
    assert piece is not None
    assert cells.text(piece) == "王"


def test_printed_spaces_come_back() -> None:
    page = page_at(("姓名", 0.05, 0.1), ("MILLER, ANNA", 0.2, 0.1))
    cells = cells_of(page, LABELS)
    piece = value_of(cells, "name")
    assert piece is not None
    assert cells.text(piece) == "MILLER,ANNA"
    assert as_printed(cells.flow, piece.start, piece.end) == "MILLER, ANNA"


@pytest.mark.parametrize(
    ("text", "found"), [("居住地址", True), ("居佳地址", True), ("居佳地扯", False), ("居1地址", False)]
)
def test_one_misread_character_in_a_long_label(text: str, found: bool) -> None:
    cells = cells_of(page_at((text, 0.1, 0.1)), {"address": spelling("居住地址")})
    assert ("address" in cells.labels) is found


@given(
    st.lists(
        st.tuples(st.text(alphabet="姓名住址性别王1 ，", max_size=6), st.floats(0, 0.7), st.floats(0.05, 0.9)),
        max_size=12,
    )
)
def test_values_are_pieces_of_the_page_and_never_labels(lines: list[tuple[str, float, float]]) -> None:
    page = page_at(*lines)
    cells = cells_of(page, LABELS)
    for name in LABELS:
        found = block_of(cells, name)
        assert set(found) <= set(cells.values)
        assert len({piece.start for piece in found}) == len(found)
