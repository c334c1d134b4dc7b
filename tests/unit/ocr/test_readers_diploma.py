import pytest

from ocr.readers.diploma import read
from tests.unit.ocr.pages import page_of, values

FOOT = ("校名：滇中工商大学", "校长：方维岳", "二〇一二年七月一日", "证书编号：106891201205001234")


@pytest.mark.parametrize(
    "rows",
    [
        (
            "普通高等学校",
            "毕业证书",
            "学生 王芳，性别 女，一九九〇年七月十五日生，于二〇〇八年九月至二〇一二年七月在",
            "本校会计学专业四年制本科学习，修完教学计划规定的全部课程，成绩合格，准予毕业。",
            *FOOT,
        ),
        (
            "普通高等学校毕业证书",
            "学生王芳性别女，1990年7月15日出生，于2008年9月至2012年7月在我校四年制本科会计学",
            "专业学习，修完本专业教学计划规定的全部课程，成绩及格，准予毕业。",
            *FOOT,
        ),
        (
            "毕业证书",
            "普通高等学校",
            "姓名：王芳|性别：女",
            "出生日期：1990年7月15日",
            "专业：会计学|层次：本科",
            "2008年9月至2012年7月在本校学习，学制四年，成绩合格，准予毕业。",
            *FOOT,
        ),
        (
            "滇中工商大学毕业证书",
            "王芳，女，1990年7月15日生，自2008年9月至2012年7月在本校全日制本科会计学专业学习，",
            "修业期满，成绩合格，准予毕业。",
            "校长：方维岳",
            "2012年7月1日",
            "编号：106891201205001234",
        ),
    ],
)
def test_word_order_does_not_matter(rows: tuple[str, ...]) -> None:
    assert values(read(page_of(*rows))) == {
        "name": "王芳",
        "gender": "女",
        "birth_date": "1990-07-15",
        "school": "滇中工商大学",
        "major": "会计学",
        "level": "本科",
        "study_mode": "full_time",
        "enrolled_on": "2008-09",
        "graduated_on": "2012-07",
        "certificate_number": "106891201205001234",
    }


@pytest.mark.parametrize("form", ["函授", "业余", "夜大学", "网络教育"])
def test_adult_study_is_part_time(form: str) -> None:
    fields = values(
        read(
            page_of(
                "成人高等教育毕业证书", f"学生王芳，女，于2008年3月至2011年1月在本校会计专业{form}专科学习，准予毕业。"
            )
        )
    )
    assert (fields["study_mode"], fields["level"], fields["major"]) == ("part_time", "专科", "会计")


@pytest.mark.parametrize(
    ("printed", "level"), [("硕士研究生", "硕士研究生"), ("博士研究生", "博士研究生"), ("专升本", "本科")]
)
def test_levels(printed: str, level: str) -> None:
    fields = values(read(page_of(f"学生王芳，女，在本校会计学专业学习，学制三年，层次：{printed}，准予毕业。")))
    assert fields["level"] == level


def test_title_and_printing_office_are_no_school() -> None:
    page = page_of(
        "普通高等学校", "毕业证书", "学生王芳，女，在本校会计学专业学习，准予毕业。", "中华人民共和国教育部监制"
    )
    assert "school" not in values(read(page))


def test_the_registration_form_with_labels_only() -> None:
    page = page_of(
        "教育部学历证书电子注册备案表",
        "姓名|王芳|性别|女|出生日期|1990年07月15日",
        "入学日期|2008年09月01日|毕（结）业日期|2012年07月01日",
        "学校名称：滇中工商大学|专业|会计学",
        "学历类别|普通高等教育|学制|4年|层次|本科|学习形式|普通全日制",
        "证书编号|106891201205001234|毕（结）业|毕业",
    )
    fields = values(read(page))
    assert fields["birth_date"] == "1990-07-15"
    assert (fields["enrolled_on"], fields["graduated_on"]) == ("2008-09-01", "2012-07-01")
    assert (fields["name"], fields["gender"], fields["major"]) == ("王芳", "女", "会计学")
    assert (fields["level"], fields["study_mode"]) == ("本科", "full_time")
    assert (fields["school"], fields["certificate_number"]) == ("滇中工商大学", "106891201205001234")


@pytest.mark.parametrize("printed", ["（91）学字第0123号", "91-0123", "云大毕字0123号"])
def test_old_numbers_have_no_form(printed: str) -> None:
    assert values(read(page_of("毕业证书", f"证书编号：{printed}")))["certificate_number"] == printed


def test_number_does_not_run_into_the_date_beside_it() -> None:
    page = page_of("毕业证书", "证书编号：106891201205001234|2012年7月1日")
    assert values(read(page))["certificate_number"] == "106891201205001234"
