"""Student cards, proofs of enrolment and the information form, from recognised text alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.model import Kind
from ocr.page import Page
from ocr.readers import enrolment_proof, information_form, student_card
from ocr.readers.registry import READERS
from ocr.readers.schooling import find_valid_until
from tests.unit.ocr.pages import page_of, values

ID_NUMBER = "11010519491231002X"
WORDS = st.text(st.sampled_from("姓名学号证有效期限至年月日2024.9-：:_ 校大院我系女，（）兹明同生证\n"), max_size=60)


@pytest.mark.parametrize(
    "rows",
    [
        ("江北理工大学", "学生证", "姓　　名：|孟妹玉", "学号：|20245757", "有效期至：|2027年6月1日"),
        ("江北理工大学学生证", "学号20245757|专业|会计学", "姓名_|孟妹玉", "有效日期|2027-06-01"),
        (
            "学校名称：江北理工大学",
            "姓_名：|孟妹玉|2024-2025学年",
            "证号_|20245757",
            "有效期限|2024年9月1日至2027年6月1日",
        ),
        ("江北理工大学", "姓名：孟妹玉", "学生证号|20245757|2024.9.2", "学院|商学院", "有效期：2024.09.01-2027.06.01"),
    ],
)
def test_cards_of_several_schools(rows: tuple[str, ...]) -> None:
    assert values(student_card.read(page_of(*rows))) == {
        "name": "孟妹玉",
        "school": "江北理工大学",
        "student_number": "20245757",
        "valid_until": "2027-06-01",
    }


def test_a_card_with_a_resident_number_and_none_of_the_school() -> None:
    page = page_of("苍山学院", "学生证", "姓名：李想", f"身份证号：{ID_NUMBER}", "入学时间：2024年9月")
    assert values(student_card.read(page)) == {"name": "李想", "school": "苍山学院", "id_number": ID_NUMBER}


@pytest.mark.parametrize(
    "text", ["有效期：四年", "有效期至：", "有效期", "入学时间：2024年9月", "有效期：2024年9月1日至"]
)
def test_no_last_day_is_invented(text: str) -> None:
    assert "valid_until" not in student_card.read(page_of("学生证", text))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("有效期限：长期", "长期"),
        ("有效期：2023.09-2027.07", "2027-07"),
        ("有效期限至2027年07月", "2027-07"),
        ("有效期截止日期：2027年7月1日", "2027-07-01"),
    ],
)
def test_forms_of_the_last_day(text: str, value: str) -> None:
    assert values(student_card.read(page_of("学生证", text)))["valid_until"] == value


def test_a_missing_name_is_not_taken_from_the_next_label() -> None:
    page = page_of("学生证", "姓名：", "性别：女", "学号：20245757")
    assert "name" not in student_card.read(page)


LETTERS = [
    (
        "在校学生证明",
        f"兹证明孟妹玉，女，身份证号：{ID_NUMBER}，学号：S202401，系",
        "我校会计学院会计学专业2024级本科在校学生，学制四年。特此证明。",
        "江北理工大学教务处",
        "2026年10月4日",
    ),
    (
        "在读证明",
        f"孟妹玉同学（学号：S202401，身份证号码：{ID_NUMBER}），女，",
        "于2024年9月考入江北理工大学，现为商学院会计学专业在读学生。特此证明。",
        "江北理工大学商学院",
        "2026年10月4日",
    ),
    (
        "学 籍 证 明",
        f"兹有我校会计学院会计2401班学生孟妹玉，女，学号S202401，身份证号{ID_NUMBER}",
        "，目前在我校正常就读。特此证明",
        "学校（盖章）：江北理工大学学生工作处",
    ),
    (
        "就读证明",
        f"学生孟妹玉（2004年1月2日生，身份证件号码{ID_NUMBER}）现就读于江北理",
        "工大学会计学专业，学号为S202401，为该校在校学生。",
        "江北理工大学",
    ),
    (
        "在校学生证明",
        "姓名： 孟妹玉",
        "性别： 女",
        f"身份证号： {ID_NUMBER}",
        "学号： S202401",
        "所在学校： 江北理工大学",
        "院系： 经济管理学院",
        "该生系我校在籍在校学生，特此证明。",
    ),
]


@pytest.mark.parametrize("rows", LETTERS)
def test_proofs_in_several_word_orders(rows: tuple[str, ...]) -> None:
    assert values(enrolment_proof.read(page_of(*rows))) == {
        "name": "孟妹玉",
        "school": "江北理工大学",
        "id_number": ID_NUMBER,
        "student_number": "S202401",
    }


@pytest.mark.parametrize(
    "sentence",
    ["本证明有效期至2027年3月15日。", "（有效期截止到2027年3月15日）", "本证明在2027年3月15日前有效。"],
)
def test_until_when_a_proof_is_valid(sentence: str) -> None:
    page = page_of("在读证明", "学生孟妹玉，女，现就读于江北理工大学。", sentence, "特此证明。", "2026年10月4日")
    assert values(enrolment_proof.read(page))["valid_until"] == "2027-03-15"


def test_the_registers_online_report() -> None:
    page = page_of(
        "教育部学籍在线验证报告",
        "更新日期：2026年10月26日",
        "姓名|吉克·伍呷",
        "院校名称|燕山工商学院",
        "院系|财经系",
        "学号|B202411118",
        "学籍状态|在籍（注册学籍）",
        "在线验证码 8BXR P75J BJ9Q E5KH",
        "有效期至：2026年11月25日",
    )
    assert values(enrolment_proof.read(page)) == {
        "name": "吉克·伍呷",
        "school": "燕山工商学院",
        "student_number": "B202411118",
        "valid_until": "2026-11-25",
    }
    assert enrolment_proof.variant(page) == "online-report"
    assert enrolment_proof.variant(page_of(*LETTERS[0])) == ""


@pytest.mark.parametrize("line", ["会计学院", "继续教育学院", "我校", "院系：经济管理学院", "普通高等学校"])
def test_departments_are_no_schools(line: str) -> None:
    assert "school" not in enrolment_proof.read(page_of("在读证明", line))


def test_the_form_reads_the_person_and_not_the_papers() -> None:
    page = page_of(
        "会计人员基本信息表",
        "姓名|余妮妹|性别|女",
        f"身份证号|{ID_NUMBER}|民族|傈僳族",
        "资格证书编号|245300034130|取得时间|2024-02-08",
    )
    assert values(information_form.read(page)) == {"name": "余妮妹", "id_number": ID_NUMBER}


@pytest.mark.parametrize("kind", [Kind.STUDENT_CARD, Kind.ENROLMENT_PROOF, Kind.INFORMATION_FORM])
@given(rows=st.lists(WORDS, max_size=8))
def test_no_text_breaks_a_reader(kind: Kind, rows: list[str]) -> None:
    page = page_of(*rows)
    for field in READERS[kind].fields(page).values():
        assert field.value
        assert 0.0 <= field.confidence <= 1.0


@given(rows=st.lists(WORDS, max_size=8), by_line=st.booleans())
def test_a_last_day_is_a_real_date_or_long_term(rows: list[str], by_line: bool) -> None:
    page: Page = page_of(*rows)
    field = find_valid_until(page.by_row, by_line=by_line)
    if field is not None and field.value != "长期":
        year, month, *day = str(field.value).split("-")
        assert 1900 <= int(year) <= 2100
        assert 1 <= int(month) <= 12
        assert all(1 <= int(number) <= 31 for number in day)
