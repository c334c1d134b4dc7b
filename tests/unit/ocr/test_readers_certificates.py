import pytest

from ocr.readers import degree, qualification, work_certificate
from tests.unit.ocr.pages import page_of, values


@pytest.mark.parametrize(
    "rows",
    [
        (
            "学士学位证书",
            "王芳，女，1990年7月15日生。在滇中工商大学会计学专业完成了本科学习计划，业已毕业，",
            "经审核符合《中华人民共和国学位条例》的规定，授予管理学学士学位。",
            "学位评定委员会主席：江承远",
            "证书编号：1068942012001234|二〇一二年七月一日",
        ),
        (
            "普通高等学校学士学位证书",
            "学生王芳，性别女，一九九〇年七月十五日生。在滇中工商大学会计学专业",
            "修业期满，成绩合格，授予管理学学士学位。",
            "滇中工商大学校长",
            "学位证书编号：1068942012001234",
            "2012年7月1日",
        ),
    ],
)
def test_degree(rows: tuple[str, ...]) -> None:
    assert values(degree.read(page_of(*rows))) == {
        "name": "王芳",
        "gender": "女",
        "birth_date": "1990-07-15",
        "school": "滇中工商大学",
        "major": "会计学",
        "degree": "管理学学士",
        "awarded_on": "2012-07-01",
        "certificate_number": "1068942012001234",
    }


def test_the_degree_is_the_one_that_is_given() -> None:
    page = page_of(
        "硕士学位证书",
        "王芳，女，1990年7月15日生。在我校会计学学科（专业）已通过硕士学位的课程考试和论文答辩，成绩合格。",
        "根据《中华人民共和国学位条例》的规定，授予管理学硕士学位。",
    )
    assert degree.read(page)["degree"].value == "管理学硕士"


@pytest.mark.parametrize(
    "rows",
    [
        (
            "会计专业技术资格证书",
            "姓名：王芳",
            "证件号码：11010519491231002X",
            "性别：女",
            "出生年月：1949年12月",
            "专业：会计",
            "级别：初级",
            "批准日期：2015年10月20日",
            "管理号：53012015000123",
        ),
        (
            "姓    名|王芳|专业名称|会计",
            "性    别|女|资格级别|初级",
            "出生年月|1949.12|批准日期|2015.10.20",
            "证件号码|11010519491231002X|管理号|53012015000123",
            "会计专业技术资格",
        ),
    ],
)
def test_qualification(rows: tuple[str, ...]) -> None:
    assert values(qualification.read(page_of(*rows))) == {
        "name": "王芳",
        "id_number": "11010519491231002X",
        "gender": "女",
        "birth_date": "1949-12",
        "specialty": "会计",
        "level": "初级",
        "approved_on": "2015-10-20",
        "certificate_number": "53012015000123",
    }


@pytest.mark.parametrize(
    ("printed", "level"),
    [("助理会计师", "初级"), ("会计师", "中级"), ("高级会计师", "高级"), ("正高级会计师", "正高级")],
)
def test_titles_are_levels(printed: str, level: str) -> None:
    assert values(qualification.read(page_of("会计专业技术资格证书", f"资格级别：{printed}")))["level"] == level


def test_work_certificate_with_blanks_typed_in() -> None:
    page = page_of(
        "工作证明",
        "兹有王芳（身份证件号码：11010519491231002X），系我单位正式职工，从事如下工作：",
        "□出纳",
        "本单位证照号码（统一社会信用代码）为91110000600037341L所属会计管",
        "理部门为芒市市（县、区）财政局，特此证明。",
        "单位盖章",
        "2026年10月9日",
        "注：此文档填写盖章后拍照上传。",
    )
    assert values(work_certificate.read(page)) == {
        "name": "王芳",
        "id_number": "11010519491231002X",
        "uscc": "91110000600037341L",
        "finance_bureau": "芒市",
        "issued_on": "2026-10-09",
    }


@pytest.mark.parametrize("printed", ["91110000/600037341L", "_91110000600037341L_", "9111OOOO600037341L"])
def test_strokes_and_look_alikes_inside_the_credit_code(printed: str) -> None:
    page = page_of("工作证明", f"本单位证照号码（统一社会信用代码）为{printed}所属会计管理部门为芒市市（县、区）财政局")
    assert work_certificate.read(page)["uscc"].value == "91110000600037341L"


@pytest.mark.parametrize("title", ["工作证明", "会计人员工作证明", "会计人员在岗工作证明"])
@pytest.mark.parametrize("beginning", ["兹有", "兹证明", ""])
def test_title_and_beginning_of_the_sentence_are_no_part_of_the_name(title: str, beginning: str) -> None:
    page = page_of(title, f"{beginning}王芳（身份证号：11010519491231002X）系我单位正式职工，从事如下工作：")
    assert work_certificate.read(page)["name"].value == "王芳"


def test_work_certificate_left_blank_gives_nothing() -> None:
    page = page_of(
        "兹有（身份证件号码：），系我单位正式职工，从事如下工作：",
        "本单位证照号码（统一社会信用代码）为____所属会计管理部门为",
        "____市（县、区）财政局，特此证明。",
        "单位盖章",
        "年月日",
    )
    assert values(work_certificate.read(page)) == {}
