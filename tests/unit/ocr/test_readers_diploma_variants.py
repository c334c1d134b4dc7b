"""Diplomas in other word orders and of other schools, forms, and certificates of those who did not graduate."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.kinds import detect_kinds
from ocr.model import Kind
from ocr.readers.diploma import doubts, read, variant
from tests.unit.ocr.pages import page_of, values

NUMBER = "证书编号：106891201205001234"


@pytest.mark.parametrize(
    "rows",
    [
        # The name at the end.
        (
            "自2008年9月至2012年7月在我校全日制本科会计学专业（学制四年）学习，修完教学计划规定的",
            "全部课程，成绩合格。准予学生王芳（女，1990年7月15日生）毕业。",
        ),
        # The date of birth before the gender.
        ("王芳，1990年7月15日生，性别女，于2008年9月至2012年7月在本校会计学专业", "四年制本科全日制学习，准予毕业。"),
        # The ethnic group between.
        ("学生王芳，女，汉族，1990年7月15日生。2008年9月至2012年7月在本校会计学专业", "全日制本科学习，准予毕业。"),
        # Listed above the sentence.
        (
            "姓名：王芳|性别：女",
            "出生日期：1990年7月15日",
            "该生于2008年9月至2012年7月在本校全日制会计学专业四年制本科学习，准予毕业。",
        ),
        # Home and gender in brackets.
        (
            "学生王芳（女），系云南省芒市人，1990年7月15日生，于2008年9月至2012年7月在",
            "本校全日制会计学专业四年制本科学习，准予毕业。",
        ),
    ],
)
def test_word_orders(rows: tuple[str, ...]) -> None:
    page = page_of("毕业证书", *rows, "滇中工商大学", "校长：方维岳", "2012年7月1日", NUMBER)
    assert values(read(page)) == {
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
    assert variant(page) == ""
    assert doubts(page) == ()


@pytest.mark.parametrize("label", ["主考学校：", "主考院校：", "主考学校", "东考院校："])
def test_self_study_has_two_issuers_and_no_period(label: str) -> None:
    page = page_of(
        "高等教育自学考试",
        "毕业证书",
        "王芳，性别女，1990年7月15日生，参加会计学专业本科高等教育自学考试，全部课程合格，准予毕业。",
        f"云岭省高等教育自学考试委员会|{label}滇中工商大学",
        "2012年6月30日",
        "证书编号：655301021210986872",
    )
    assert values(read(page)) == {
        "name": "王芳",
        "gender": "女",
        "birth_date": "1990-07-15",
        "school": "滇中工商大学",
        "major": "会计学",
        "level": "本科",
        "study_mode": "part_time",
        "graduated_on": "2012-06-30",
        "certificate_number": "655301021210986872",
    }
    assert variant(page) == "self_study"
    assert doubts(page) == ()


@pytest.mark.parametrize(
    ("title", "ending", "name"),
    [
        ("结业证书", "学完教学计划规定的课程，未达到毕业要求，准予结业。", "completion"),
        ("结业证书", "有课程成绩不合格，准予结业。", "completion"),
        ("肄业证书", "因故退学，特发此肄业证书。", "incomplete"),
        ("肆业证书", "学满一年以上，准予肄业。", "incomplete"),
    ],
)
def test_not_graduated(title: str, ending: str, name: str) -> None:
    page = page_of(
        "普通高等学校",
        title,
        f"学生王芳，女，1990年7月15日生，于2008年9月至2012年7月在本校会计学专业四年制本科学习，{ending}",
        "滇中工商大学",
        "毕业证书编号：106891201205001234",
    )
    assert variant(page) == name
    (defect,) = doubts(page)
    assert (defect.code, defect.severe) == ("diploma-not-graduation", True)
    assert values(read(page))["major"] == "会计学"
    assert detect_kinds(page.running.text)[0].kind is Kind.DIPLOMA


def test_a_diploma_that_mentions_the_other_word_is_one() -> None:
    page = page_of("毕业证书", "学生王芳，女，由结业证书换发，准予毕业。")
    assert variant(page) == ""
    assert doubts(page) == ()


def form(outcome: str = "毕业", code: str = "在线验证码：A1B2 C3D4 E5F6 G7H8") -> tuple[str, ...]:
    return (
        "教育部学历证书电子注册备案表",
        "更新日期：2021年6月8日",
        "姓名|王芳",
        "性别|女|出生日期|1990年07月15日",
        "入学日期|2008年09月01日|毕（结）业日期|2012年07月01日",
        "学校名称|云岭民族大学",
        "专业|中国少数民族语言文学（傣语）",
        "学历类别|普通高等教育|学制|4年",
        "学习形式|普通全日制|层次|本科",
        f"毕（结）业|{outcome}|校（院）长姓名|方维岳",
        "证书编号|106891201205001234",
        code,
        "核对办法：输入在线验证码，本表结果以注册为准。",
    )


def test_the_filing_form() -> None:
    page = page_of(*form(), aspect=0.7)
    assert values(read(page)) == {
        "name": "王芳",
        "gender": "女",
        "birth_date": "1990-07-15",
        "school": "云岭民族大学",
        "major": "中国少数民族语言文学（傣语）",
        "level": "本科",
        "study_mode": "full_time",
        "enrolled_on": "2008-09-01",
        "graduated_on": "2012-07-01",
        "certificate_number": "106891201205001234",
        "verification_code": "A1B2C3D4E5F6G7H8",
    }
    assert variant(page) == "filing_form"
    assert doubts(page) == ()


def test_a_form_without_its_title_is_known_by_its_labels() -> None:
    assert variant(page_of(*form()[1:], aspect=0.7)) == "filing_form"


def test_a_diploma_with_many_labels_is_no_form() -> None:
    page = page_of(
        "毕业证书", "姓名：王芳|性别：女", "层次：本科|学习形式：函授", "毕业日期：2012年7月1日", "准予毕业。", NUMBER
    )
    assert variant(page) == ""


@pytest.mark.parametrize("outcome", ["结业", "肄业"])
def test_a_form_of_somebody_who_did_not_graduate(outcome: str) -> None:
    page = page_of(*form(outcome), aspect=0.7)
    assert variant(page) == "filing_form"
    assert [defect.code for defect in doubts(page)] == ["diploma-not-graduation"]


@pytest.mark.parametrize(
    ("row", "code", "certain"),
    [
        ("在线验证码：123456789012", "123456789012", True),
        ("在线验证码|A1B2C3D4E5F6G7H8", "A1B2C3D4E5F6G7H8", True),
        ("在线验证码：12345678901", "12345678901", False),
        ("在线验证码：1234567890123", "1234567890123", False),
        ("在线验证码：A1B2C3D4E5F6G7H", "A1B2C3D4E5F6G7H", False),
    ],
)
def test_verification_codes(row: str, code: str, certain: bool) -> None:
    field = read(page_of(*form(code=row)))["verification_code"]
    assert str(field.value).startswith(code[:12])
    assert (field.confidence > 0.6) is certain


def test_a_form_whose_code_is_unreadable_has_none() -> None:
    assert "verification_code" not in read(page_of(*form(code="在线验证码：")))


def test_traditional_characters() -> None:
    page = page_of(
        "畢業證書",
        "學生王麗華，性別女，現年二十二歲，於一九八三年九月至一九八七年七月在本校",
        "會計學專業四年制本科修業期滿，成績及格，准予畢業。此證",
        "雲嶺民族大學",
        "校長：方維岳",
        "一九八七年七月一日",
        "證書編號：（87）學字第0123號",
    )
    assert values(read(page)) == {
        "name": "王麗華",
        "gender": "女",
        "school": "雲嶺民族大學",
        "major": "會計學",
        "level": "本科",
        "enrolled_on": "1983-09",
        "graduated_on": "1987-07",
        "certificate_number": "（87）學字第0123號",
    }
    assert detect_kinds(page.running.text)[0].kind is Kind.DIPLOMA


@pytest.mark.parametrize(
    ("title", "words", "foot", "expected"),
    [
        ("中共云岭省委党校|毕业证书", "参加本校经济管理专业函授本科班", "", ("中共云岭省委党校", "本科", "part_time")),
        ("中共云岭省委党校毕业证书", "参加本校经济管理专业函授大专班", "", ("中共云岭省委党校", "专科", "part_time")),
        (
            "普通中等专业学校|毕业证书",
            "在本校会计专业学习，学制三年，修完中等专业学校教学计划",
            "云岭省财经学校",
            ("云岭省财经学校", "中专", "full_time"),
        ),
        ("普通高级中学|毕业证书", "在本校高中", "芒城市第一中学", ("芒城市第一中学", "高中", "full_time")),
        (
            "博士研究生毕业证书",
            "在会计学专业非全日制学习，学制三年，修完博士研究生培养计划",
            "中国边疆大学（滇西）",
            ("中国边疆大学（滇西）", "博士研究生", "part_time"),
        ),
        (
            "普通高等学校|毕业证书",
            "在本校会计专业三年制专科",
            "凌河师范高等专科学校",
            ("凌河师范高等专科学校", "专科", "full_time"),
        ),
        ("毕业证书", "在本校会计专业全日制本科", "云岭广播电视大学", ("云岭广播电视大学", "本科", "full_time")),
    ],
)
def test_schools_levels_and_modes(title: str, words: str, foot: str, expected: tuple[str, str, str]) -> None:
    sentence = f"学生王芳，女，于2000年9月至2003年7月{words}学习，准予毕业。"
    fields = values(read(page_of(*title.split("|"), sentence, *([foot] if foot else []))))
    assert (fields["school"], fields["level"], fields["study_mode"]) == expected


def test_the_end_of_a_school_is_no_label_of_one() -> None:
    page = page_of(
        "毕业证书", "证书编号：13841490", "学生王芳，女，在本校会计专业学习，准予毕业。", "中等专业学校", "毕业证书"
    )
    assert "school" not in values(read(page))


def test_a_number_cut_by_a_seal_is_doubtful_on_a_paper_that_must_have_a_whole_one() -> None:
    rows = ("毕业证书", "学生王芳，女，于2008年9月至2012年7月在本校会计学专业四年制本科学习，准予毕业。")
    whole = read(page_of(*rows, NUMBER))["certificate_number"]
    cut = read(page_of(*rows, NUMBER[:-1]))["certificate_number"]
    assert whole.confidence > 0.9
    assert cut.confidence <= 0.6


def test_an_early_paper_may_have_any_number() -> None:
    rows = ("毕业证书", "学生王芳，女，于1988年9月至1992年7月在本校会计学专业四年制本科学习，准予毕业。")
    assert read(page_of(*rows, "证书编号：9101234"))["certificate_number"].confidence > 0.9


@given(
    st.lists(
        st.text(
            alphabet="毕结肄业证书学生王芳性别男女，。年月日生于至在本校会计专0123456789备案表：姓名层次", max_size=30
        ),
        max_size=8,
    )
)
def test_no_text_breaks_the_reader(rows: list[str]) -> None:
    page = page_of(*rows)
    for field in read(page).values():
        assert field.raw in page.by_row.text or field.raw in page.running.text
    assert variant(page) in {"", "filing_form", "self_study", "completion", "incomplete"}
    assert len(doubts(page)) <= 1
