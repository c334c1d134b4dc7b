import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.model import Coverage
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


@pytest.mark.parametrize(
    ("rows", "name"),
    [
        (("工作证明", "兹有田先志（身份证件号码：11010519491231002X），系我单位正式职工，"), "田先志"),
        (("工作证明", "兹有赵玉月(身份证件号", "码：11010519491231002X），系我单位正式职工，"), "赵玉月"),
        (("工作证明", "兹有勒排.木锐（身份证件号码：11010519491231002X），系我单位"), "勒排·木锐"),
        (("兹有__王亚男__（身份证件号码：11010519491231002X），系我单位正式职工"), "王亚男"),
        (("工作证明", "兹证明彭志同志（身份证号：11010519491231002X）自2019年7月起在我单位从事会计工作。"), "彭志"),
        (("证明", "芒市财政局：", "兹有我单位职工毛诗煊，性别女，身份证号码11010519491231002X，现任会计。"), "毛诗煊"),
        (("会计人员在岗工作证明", "谭莉洁，女，身份证件号码11010519491231002X，系我单位在职会计人员。"), "谭莉洁"),
        (("会计工作年限证明", "兹证明我单位沈雪佳同志，身份证号", "11010519491231002X，从2003年11月至"), "沈雪佳"),
        (("会计人员工作证明", "姓名|韩嘉欣|性别|女", "身份证件号码|11010519491231002X|入职|2016年7月"), "韩嘉欣"),
    ],
)  # fmt: skip
def test_the_name_in_the_form_in_letters_and_in_tables(rows: tuple[str, ...], name: str) -> None:
    fields = work_certificate.read(page_of(*([rows] if isinstance(rows, str) else rows)))
    assert fields["name"].value == name
    assert fields["id_number"].value == "11010519491231002X"


@pytest.mark.parametrize(
    ("printed", "bureau"),
    [
        ("所属会计管理部门为盘龙区市（县、区）财政局", "盘龙区"),
        ("所属会计管理部门为盈江市（县、区）财政局", "盈江"),
        ("所属会计管理部门为芒市市（县、区）财政局", "芒市"),
        ("所属会计管理部们为德宏州芒市市(县、区)财政局", "德宏州芒市"),
        ("所属会计管理部门为__芒市__市（县、区）财政局", "芒市"),
        ("所属会计管理部门为北票市财政局。", "北票市"),
        ("所属会计管理部门为楚雄市|市|才政局，", "楚雄市"),
        ("所属会计管理部门为市（县、区）财政局", None),
        ("所属会计管理部门为楚雄市理部门为楚雄市市（县、区）财政局", None),
        ("所属会计管理部门为芒市", None),
        ("芒市财政局：", None),
    ],
)
def test_the_bureau_is_what_was_filled_in(printed: str, bureau: str | None) -> None:
    field = work_certificate.read(page_of("工作证明", printed)).get("finance_bureau")
    assert (field and field.value) == bureau


@pytest.mark.parametrize(
    ("printed", "day"),
    [
        ("2024.3.5", "2024-03-05"),
        ("2024-03-05", "2024-03-05"),
        ("二〇二四年三月五日", "2024-03-05"),
        ("2024年3月5日", "2024-03-05"),
        ("2024 年 3 月|5 日", "2024-03-05"),
        ("2026.9.2", "2026-09-02"),
    ],
)
def test_the_day_of_issue_is_read_by_row(printed: str, day: str) -> None:
    # The seal's number stands in the row below; it must not lengthen the day.
    page = page_of("兹有王芳", "自2019年7月1日起在我单位工作，特此证明。", "单位盖章", printed, "3303912382137")
    assert work_certificate.read(page)["issued_on"].value == day


def test_a_month_without_its_day_is_half_of_a_date() -> None:
    field = work_certificate.read(page_of("特此证明。", "单位盖章", "2026年9月"))["issued_on"]
    assert field.value == "2026-09"
    assert field.coverage is Coverage.COVERED
    assert field.confidence <= 0.5


def test_a_credit_code_of_digits_is_no_person_s_number() -> None:
    page = page_of(
        "兹有潘春（身份证件号码：），系我单位", "（统一社会信用代码）为915328223496977794", "所属会计管理部门为"
    )
    assert "id_number" not in work_certificate.read(page)


@pytest.mark.parametrize("printed", ["9111 0000 6000 3734 1L", "91110000600037341L", "91110000|600037341L"])
def test_a_code_in_groups_is_one_code(printed: str) -> None:
    page = page_of(
        "工作证明", f"本单位证照号码（统一社会信用代码）为{printed}|所属会计管理部门为芒市市（县、区）财政局"
    )
    assert work_certificate.read(page)["uscc"].value == "91110000600037341L"


def test_of_two_readings_of_one_code_the_whole_one_counts() -> None:
    page = page_of("（统一社会信用代码）为911100006000|91110000600037341L|所属会计管理部门为")
    assert work_certificate.read(page)["uscc"].value == "91110000600037341L"


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.text(max_size=24) | st.sampled_from(["兹有", "身份证件号码：", "信用代码）为", "管理部门为", "特此证明"]),
        max_size=8,
    )
)
def test_any_text_is_read_without_an_error(rows: list[str]) -> None:
    page = page_of(*rows)
    for name, field in work_certificate.read(page).items():
        assert field.value
        if name == "finance_bureau":
            assert str(field.value) in page.running.text
        if name == "issued_on":
            assert re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", str(field.value))


def test_work_certificate_left_blank_gives_nothing() -> None:
    page = page_of(
        "兹有（身份证件号码：），系我单位正式职工，从事如下工作：",
        "本单位证照号码（统一社会信用代码）为____所属会计管理部门为",
        "____市（县、区）财政局，特此证明。",
        "单位盖章",
        "年月日",
    )
    assert values(work_certificate.read(page)) == {}


def test_a_code_that_goes_on_in_the_next_row_is_whole_though_its_u_comes_back_as_another_sign() -> None:
    page = page_of(
        "本单位证照号码（统一社会信用代码）为91530103377161007", "∪所属会计管理部门为盘龙区市（县、区）财政局"
    )
    assert work_certificate.read(page)["uscc"].value == "91530103377161007U"


@pytest.mark.parametrize(
    ("row", "bureau"),
    [
        ("所属会计管理部门为盘龙区市县、区财政局，特此证明", "盘龙区"),
        ("所属会计管理部门为芒市市县、区财政局，特此证明", "芒市"),
        ("所属会计管理部门为芒市市（县、区）财政局，特此证明", "芒市"),
        ("所属会计管理部门为个I旧市市（县、区）财政局，特此证明", "个旧市"),
    ],
)
def test_a_bureau_is_told_apart_from_lost_brackets_and_the_rule_it_is_written_on(row: str, bureau: str) -> None:
    assert work_certificate.read(page_of(row))["finance_bureau"].value == bureau


@pytest.mark.parametrize("number", ["53290119650109020", "5329011965010902033"])
def test_a_number_with_a_character_too_few_or_too_many_is_shown_and_doubtful(number: str) -> None:
    field = work_certificate.read(page_of(f"兹有程瑞怡（身份证件号码：{number}", "），系我单位正式职工"))["id_number"]
    assert field.value == number and field.confidence <= 0.6
