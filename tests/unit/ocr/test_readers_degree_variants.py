import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.kinds import detect_kinds
from ocr.model import Kind
from ocr.readers.degree import read
from tests.unit.ocr.pages import page_of, values

WHO = "王芳，女，1990年7月15日生。"


@pytest.mark.parametrize(
    ("sentence", "degree"),
    [
        ("在我校会计学专业完成本科学习计划，授予管理学学士学位。", "管理学学士"),
        ("在我校会计专业完成培养计划，授予会计硕士专业学位。", "会计硕士"),
        ("在我校工商管理专业完成培养计划，授予工商管理硕士学位。", "工商管理硕士"),
        ("在我校高级管理人员工商管理专业完成学业，授予高级管理人员工商管理硕士学位。", "高级管理人员工商管理硕士"),
        ("在我校会计学学科通过了博士学位的课程考试和论文答辩，授予管理学博士学位。", "管理学博士"),
        ("在我校修读会计学专业，完成学业，授予管理学学士学位（双学位）。", "管理学学士"),
        ("在我校会计学第二学士学位专业学习，授予管理学学士学位（第二学士学位）。", "管理学学士"),
        ("在我校汉语言文学专业毕业，授予文学学士学位。", "文学学士"),
        ("在我校会计学专业毕业，授予经济学学士学位。", "经济学学士"),
    ],
)
def test_degrees(sentence: str, degree: str) -> None:
    fields = values(read(page_of("学位证书", WHO + sentence, "滇中工商大学", "2012年7月1日")))
    assert fields["degree"] == degree
    assert fields["name"] == "王芳"
    assert fields["school"] == "滇中工商大学"


def test_the_person_between_the_law_and_the_degree() -> None:
    page = page_of(
        "硕士学位证书",
        "根据《中华人民共和国学位法》，授予王芳，汉族，性别",
        "女，1990年7月15日生，管理学硕士学位。该生在本校会计学",
        "学科学习，完成培养方案规定的全部要求。",
        "滇中工商大学",
        "学位评定委员会主席：江承远",
        "2025年6月20日",
        "编号：1068932025001234",
    )
    assert values(read(page)) == {
        "name": "王芳",
        "gender": "女",
        "birth_date": "1990-07-15",
        "school": "滇中工商大学",
        "major": "会计学",
        "degree": "管理学硕士",
        "awarded_on": "2025-06-20",
        "certificate_number": "1068932025001234",
    }


@pytest.mark.parametrize("last", ["壮", "白", "土", "京"])
def test_a_name_that_ends_like_an_ethnic_group(last: str) -> None:
    page = page_of("学位证书", f"朱平{last}，男，1990年7月15日生。在我校会计学专业毕业，授予管理学学士学位。")
    assert values(read(page))["name"] == f"朱平{last}"


def test_a_college_inside_a_university_stays_whole() -> None:
    page = page_of(
        "学士学位证书",
        WHO + "在滇中工商大学津桥学院会计学专业毕业，授予管理学学士学位。",
        "滇中工商大学津桥学院",
    )
    assert values(read(page))["school"] == "滇中工商大学津桥学院"
    assert values(read(page))["major"] == "会计学"


def test_the_verification_report() -> None:
    page = page_of(
        "中国高等教育学位在线验证报告",
        "报告日期：2023年8月1日",
        "姓名|王芳",
        "性别|女",
        "出生日期|1990年07月15日",
        "获学位日期|2012年07月01日",
        "学位授予单位|云岭民族大学",
        "所授学位|管理学学士学位",
        "学科/专业|会计学",
        "学位证书编号|1068942012001234",
        "在线验证码：A1B2C3D4E5F6G7H8",
        aspect=0.7,
    )
    assert values(read(page)) == {
        "name": "王芳",
        "gender": "女",
        "birth_date": "1990-07-15",
        "school": "云岭民族大学",
        "major": "会计学",
        "degree": "管理学学士",
        "awarded_on": "2012-07-01",
        "certificate_number": "1068942012001234",
        "verification_code": "A1B2C3D4E5F6G7H8",
    }
    assert detect_kinds(page.running.text)[0].kind is Kind.DEGREE_CERTIFICATE


def test_a_number_cut_short_is_doubtful() -> None:
    rows = ("学士学位证书", WHO + "在我校会计学专业毕业，授予管理学学士学位。", "2012年7月1日")
    assert read(page_of(*rows, "证书编号：1068942012001234"))["certificate_number"].confidence > 0.9
    assert read(page_of(*rows, "证书编号：106894201200123"))["certificate_number"].confidence <= 0.6


@given(
    st.lists(
        st.text(alphabet="学士硕博位证书授予王芳性别男女，。年月日生在我校会计专业0123456789：姓名（）", max_size=30),
        max_size=8,
    )
)
def test_no_text_breaks_the_reader(rows: list[str]) -> None:
    page = page_of(*rows)
    for field in read(page).values():
        assert field.raw in page.by_row.text or field.raw in page.running.text
