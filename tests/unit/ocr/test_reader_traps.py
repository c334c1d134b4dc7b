"""What readers once returned with certainty and is not the value: each was found on a page built by hand."""

from __future__ import annotations

import pytest

from imaging.geometry import Quad
from ocr.model import Line
from ocr.page import Page, is_scrap
from ocr.readers import enrolment_proof, household_register, student_card
from ocr.readers.bilingual_card import _han_part
from ocr.readers.schooling import find_labelled_name, find_valid_until
from tests.unit.ocr.pages import page_of

BOX = Quad.from_rect(0.1, 0.1, 0.3, 0.14)


@pytest.mark.parametrize(
    "below", ["身份证号：533103199007150047", "性别女", "工作单位：芒市某公司", "出生年月1990年7月"]
)
def test_a_blank_name_is_not_the_next_label(below: str) -> None:
    assert find_labelled_name(page_of("姓名", below)) is None


@pytest.mark.parametrize(
    "printed",
    ["自2023年9月1日起四年", "2023年9月1日起", "2023.09.01－", "2023.09.01―", "2023.09.01〜", "2023.09.012027.07.01"],
)
def test_the_first_day_of_a_period_is_not_its_last(printed: str) -> None:
    assert find_valid_until(page_of(f"有效期：{printed}").by_row, by_line=True) is None


@pytest.mark.parametrize("dash", ["-", "—", "－", "―", "〜", "至"])
def test_a_period_ends_on_its_second_day(dash: str) -> None:
    field = find_valid_until(page_of(f"有效期：2023.09.01{dash}2027.07.01").by_row, by_line=True)
    assert field is not None and field.value == "2027-07-01"


@pytest.mark.parametrize(
    "text", ["兹证明该生系我校会计专业学生", "兹证明我校学生身份证号码如下", "兹有会计学院2021级学生，性别女，"]
)
def test_the_word_student_is_no_name(text: str) -> None:
    assert "name" not in enrolment_proof.read(page_of("在读证明", text))


def test_a_day_in_the_next_line_belongs_to_the_date() -> None:
    read = enrolment_proof.read(page_of("就读证明", "学生刀岩保，本证明有效期截止到2026年12月6", "日。特此证明。"))
    assert read["valid_until"].value == "2026-12-06"


def test_a_department_is_not_the_school() -> None:
    read = student_card.read(page_of("澜沧师范学院|学生证", "姓名范林安", "所在院系|继续教育学院", "系|别继续教育学院"))
    assert read["school"].value == "澜沧师范学院"


def test_a_stroke_between_the_characters_of_a_label_parts_it_no_longer() -> None:
    lines = [Line(text, score, Quad.from_rect(x, 0.2, x + 0.05, 0.24)) for text, score, x in
             (("姓", 1.0, 0.1), ("M", 0.48, 0.16), ("名：", 0.9, 0.22), ("萧达浩", 1.0, 0.3))]  # fmt: skip
    found = find_labelled_name(Page.of(lines, aspect=1.0))
    assert found is not None and found.value == "萧达浩"


@pytest.mark.parametrize(
    ("text", "score", "scrap"),
    [
        ("M", 0.79, True),
        ("M", 0.8, False),
        ("=4", 0.5, True),
        ("12", 0.5, False),
        ("女", 0.3, False),
        ("A1B2", 0.3, False),
    ],
)
def test_what_a_scrap_is(text: str, score: float, scrap: bool) -> None:
    assert is_scrap(Line(text, score, BOX)) is scrap


@pytest.mark.parametrize(
    ("text", "scores", "kept"),
    [
        ("二女", (0.39, 1.0), "女"),
        ("0900傣", (0.96, 0.46, 0.99, 0.83, 0.99), "傣"),
        ("李明霞", (0.6, 0.99, 0.99), "李明霞"),
    ],
)
def test_only_words_of_closed_lists_lose_what_is_before_them(text: str, scores: tuple[float, ...], kept: str) -> None:
    line = Line(text, sum(scores) / len(scores), BOX, (), scores)
    assert text[_han_part(line, 0.03, 1.0)] == kept


@pytest.mark.parametrize("cell", ["婚姻状况|离婚", "宗教信仰|佛教", "血型|A型", "文化程度|大专"])
def test_no_other_cell_of_a_register_leaves_with_the_name(cell: str) -> None:
    page = page_of("常住人口登记卡", f"姓|名|张小山|{cell}", "公民身份证件编号|533103199007150047")
    fields = household_register.read(page)
    label, value = cell.split("|")
    told = "".join(f"{field.value}{field.raw}" for field in fields.values())
    assert label not in told and value not in told


def test_a_member_without_a_name_does_not_get_the_heads() -> None:
    page = page_of("户别|家庭户|户主姓名|张大山", "常住人口登记卡", "姓名", "公民身份证件编号|533103199007150047")
    name = household_register.read(page).get("name")
    assert name is None or name.value != "张大山"
