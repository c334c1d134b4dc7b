"""Blanks without a value: left empty, or written and unreadable. A field that was read is never touched."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from imaging.geometry import Quad
from ocr.blanks import add_blanks
from ocr.model import Field, Line
from ocr.page import Page
from tests.unit.imaging.tick_drawing import FACES

WIDTH, HEIGHT, EM = 1000, 700, 28
# Row, left edge, printed words; blanks lie between them.
PRINT = (
    (0, 100, "兹有"),
    (0, 300, "（身份证件号码："),
    (0, 860, "），"),
    (1, 60, "系我单位正式职工，从事如下工作："),
    (2, 60, "本单位证照号码（统一社会信用代码）为"),
    (3, 60, "所属会计管理部门为"),
    (3, 560, "市（县、区）财政局，特此证明。"),
    (4, 600, "单位盖章"),
    (5, 560, "年"),
    (5, 680, "月"),
    (5, 800, "日"),
)
# Where a value is written: name of the field to row and left edge.
VALUES = {"name": (0, 180), "id_number": (0, 540), "uscc": (2, 590), "finance_bureau": (3, 340), "issued_on": (5, 610)}
CALLED = {
    "name": "姓名",
    "id_number": "身份证件号码",
    "uscc": "统一社会信用代码",
    "finance_bureau": "所属会计管理部门",
    "issued_on": "落款日期",
}


def _top(row: int) -> int:
    return 60 + row * 90


def _form(written: dict[str, str]) -> tuple[NDArray[np.uint8], Page]:
    """The form as drawn, and its printed words as recognised; what is written was not."""
    sheet = Image.new("RGB", (WIDTH, HEIGHT), (250, 250, 247))
    pen, font = ImageDraw.Draw(sheet), ImageFont.truetype(FACES[0], EM)
    for name, (row, x) in VALUES.items():
        pen.line((x - 30, _top(row) + EM + 5, x + 200, _top(row) + EM + 5), fill=(30, 30, 30), width=1)
        pen.text((x, _top(row) - 3), written.get(name, ""), fill=(30, 46, 140), font=font)
    lines = []
    for row, x, text in PRINT:
        pen.text((x, _top(row)), text, fill=(30, 30, 30), font=font)
        right = x + font.getlength(text)
        quad = Quad.from_rect(x / WIDTH, (_top(row) - 3) / HEIGHT, right / WIDTH, (_top(row) + EM + 3) / HEIGHT)
        lines.append(Line(text, 0.99, quad))
    return np.array(sheet, dtype=np.uint8), Page.of(lines, aspect=WIDTH / HEIGHT)


def test_an_untouched_form_has_five_empty_blanks() -> None:
    fields, defects = add_blanks(*_form({}), {})
    assert fields == {}
    assert [(d.code, d.detail) for d in defects] == [("blank-not-filled", word) for word in CALLED.values()]
    assert all(defect.box is not None for defect in defects)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "王芳"),
        ("id_number", "5331031990"),
        ("uscc", "9153310"),
        ("finance_bureau", "芒市"),
        ("issued_on", "10"),
    ],
)
def test_a_written_blank_that_was_not_read_is_a_field_without_a_value(name: str, value: str) -> None:
    fields, defects = add_blanks(*_form({name: value}), {})
    assert list(fields) == [name]
    assert fields[name].value is None
    assert fields[name].box is not None
    assert [(d.code, d.detail) for d in defects if d.code == "blank-unread"] == [("blank-unread", CALLED[name])]
    assert len(defects) == 5


def test_what_was_read_stays_as_it_is() -> None:
    read = {name: Field("x", 0.9) for name in VALUES}
    assert add_blanks(*_form({}), read) == (read, ())


def test_nothing_is_said_of_a_blank_whose_words_were_not_read() -> None:
    page = np.full((300, 300, 3), 250, np.uint8)
    assert add_blanks(page, Page.of([], aspect=1.0), {}) == ({}, ())
    letter = Line("兹证明王芳同志在我单位从事会计工作。", 0.99, Quad.from_rect(0.1, 0.1, 0.9, 0.2))
    assert add_blanks(page, Page.of([letter], aspect=1.0), {}) == ({}, ())
