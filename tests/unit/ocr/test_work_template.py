"""A work certificate is held against the form of seed 004, section 12; what was not read is not claimed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imaging.geometry import Quad
from ocr.duties import DUTIES
from ocr.model import Line
from ocr.page import Page
from ocr.readers import work_certificate
from ocr.work_template import FIXED_SENTENCES, TEMPLATE_SHARE_MIN, compare_with_template

BEGINNING = "兹有李晓梅（身份证件号码：11010519491231002X）"
CODE = "本单位证照号码（统一社会信用代码）为91110000600037341L"
HEAD = (
    "工作证明",
    f"{BEGINNING}，系我单位正式职工，",
    "从事如下工作：",
)
FOOT = (
    f"{CODE}所属会计管理部门为",
    "芒市市（县、区）财政局，特此证明。",
    "单位盖章",
    "2026年10月9日",
)
# A page of A4: characters are 0.025 of its width, rows 0.03 of its height apart.
EM, PITCH = 0.025, 0.03


def _line(text: str, row: int, *, left: float = 0.1, confidence: float = 0.99) -> Line:
    top = 0.05 + row * PITCH
    return Line(text, confidence, Quad.from_rect(left, top, left + len(text) * EM, top + 0.021))


def _page(boxes: list[str], *, head: tuple[str, ...] = HEAD, foot: tuple[str, ...] = FOOT, gap: int = 0) -> Page:
    """Rows one below the other; an empty text is a row that recognition lost."""
    rows = [*head, *boxes, *[""] * gap, *foot]
    return Page.of([_line(text, row) for row, text in enumerate(rows) if text], aspect=0.707)


BOXES = [f"□{duty}" for duty in DUTIES]


def _codes(page: Page) -> list[str]:
    return [defect.code for defect in work_certificate.doubts(page)]


def test_the_form_itself_has_no_doubts() -> None:
    page = _page(BOXES)
    assert compare_with_template(page).share == 1.0
    assert _codes(page) == []
    assert work_certificate.variant(page) == ""


@pytest.mark.parametrize(("kept", "differs"), [(14, False), (13, True)])
def test_the_share_decides_from_fourteen_of_twenty(kept: int, differs: bool) -> None:
    # Eight fixed sentences stand in head and foot; the rest are labels, and rows that were lost leave their room.
    boxes = [text if number < kept - len(FIXED_SENTENCES) else "" for number, text in enumerate(BOXES)]
    result = compare_with_template(_page(boxes))
    assert result.share == pytest.approx(kept / 20)
    assert result.differs is differs
    assert _codes(_page(boxes)) == (["template-differs"] if differs else [])
    assert TEMPLATE_SHARE_MIN == 14 / 20


@pytest.mark.parametrize("lost", [(3,), (5, 6), (1, 4, 8)])
def test_a_line_that_recognition_lost_leaves_its_room_and_is_not_claimed(lost: tuple[int, ...]) -> None:
    assert _codes(_page(["" if number in lost else text for number, text in enumerate(BOXES)])) == []


@pytest.mark.parametrize("cut", [(3,), (5, 6), (2, 8)])
def test_a_line_that_the_form_lacks_is_named(cut: tuple[int, ...]) -> None:
    page = _page([text for number, text in enumerate(BOXES) if number not in cut])
    defects = work_certificate.doubts(page)
    assert [(d.code, d.detail) for d in defects] == [("template-line-missing", DUTIES[number]) for number in cut]
    assert work_certificate.variant(page) == "foreign_format"


def test_an_added_line_is_shown_where_it_stands() -> None:
    page = _page([*BOXES[:7], "□税务核算与申报", *BOXES[7:]])
    (defect,) = work_certificate.doubts(page)
    assert defect.code == "template-line-added"
    assert defect.box is not None
    assert defect.box.centre[1] == pytest.approx(0.05 + (len(HEAD) + 7) * PITCH + 0.0105)


@pytest.mark.parametrize(
    "line",
    [
        _line("司公限有", 6, left=0.7),
        _line("税务核算", 6, left=0.1, confidence=0.5),
        _line("□稽核", 6, left=0.1),
        _line("图", 6, left=0.1),
    ],
)
def test_seals_scraps_and_labels_among_the_boxes_are_no_added_lines(line: Line) -> None:
    page = _page(BOXES)
    lines = [item for row in page.rows for item in row.lines]
    assert _codes(Page.of([*lines, line], aspect=0.707)) == []


def test_another_order_is_told() -> None:
    assert _codes(_page([*BOXES[6:], *BOXES[:6]])) == ["template-order-changed"]


@pytest.mark.parametrize("columns", ["down", "along"])
def test_two_columns_are_in_order_either_way(columns: str) -> None:
    order = [(number % 6, number // 6) if columns == "down" else (number // 2, number % 2) for number in range(12)]
    boxes = [
        _line(text, 3 + row, left=0.1 if column == 0 else 0.62)
        for text, (row, column) in zip(BOXES, order, strict=True)
    ]
    head = [_line(text, row) for row, text in enumerate(HEAD)]
    foot = [_line(text, 9 + row) for row, text in enumerate(FOOT)]
    assert _codes(Page.of([*head, *boxes, *foot], aspect=0.707)) == []


@pytest.mark.parametrize(
    ("head", "foot", "sentence"),
    [
        ((HEAD[0], f"{BEGINNING}，系我单位临时聘用人员，", HEAD[2]), FOOT, "系我单位正式职工"),
        ((*HEAD[:2], "主要负责以下岗位："), FOOT, "从事如下工作"),
        (HEAD, (FOOT[0], "芒市市（县、区）财政局，情况属实。", *FOOT[2:]), "特此证明"),
        (HEAD, (f"{CODE}我单位主管财政部门为", *FOOT[1:]), "所属会计管理部门为"),
    ],
)
def test_a_sentence_with_other_words_in_its_place_is_named(
    head: tuple[str, ...], foot: tuple[str, ...], sentence: str
) -> None:
    (defect,) = work_certificate.doubts(_page(BOXES, head=head, foot=foot))
    assert (defect.code, defect.detail) == ("template-sentence-changed", sentence)


def test_a_sentence_that_was_not_read_is_not_claimed() -> None:
    assert _codes(_page(BOXES, head=(HEAD[0], f"{BEGINNING}，", HEAD[2]))) == []
    assert _codes(_page(BOXES, foot=(FOOT[0], "芒市市（县、区）财政局，", *FOOT[2:]))) == []


def test_a_letter_in_free_words_is_another_format() -> None:
    page = _page([], head=("工作证明", "兹证明李晓梅同志在我单位从事会计工作。"), foot=("特此证明。", "2026年10月9日"))
    assert _codes(page) == ["template-differs"]
    assert work_certificate.variant(page) == "foreign_format"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*BOXES, *HEAD, *FOOT, "", "图", "□", "税务核算"]) | st.text(max_size=12), max_size=20))
def test_any_text_can_be_compared(rows: list[str]) -> None:
    lines = [_line(text, row) for row, text in enumerate(rows) if text]
    result = compare_with_template(Page.of(lines, aspect=0.707))
    assert 0.0 <= result.share <= 1.0
    assert set(result.missing) <= set(DUTIES)
    assert all(line in lines for line in result.added)
