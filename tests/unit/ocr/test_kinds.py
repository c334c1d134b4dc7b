import pytest

from ocr.kinds import detect_kinds
from ocr.model import Kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("姓名王芳性别女民族汉出生1990年7月15日住址某路公民身份号码11010519491231002X", Kind.ID_CARD_FRONT),
        ("中华人民共和国居民身份证签发机关芒市公安局有效期限2012.02.15-2022.02.15", Kind.ID_CARD_BACK),
        (
            "工作证明兹有王芳系我单位正式职工从事如下工作出纳稽核所属会计管理部门为芒市财政局特此证明",
            Kind.WORK_CERTIFICATE,
        ),
        ("普通高等学校毕业证书学生王芳在本校会计学专业四年制本科学习成绩合格准予毕业证书编号1", Kind.DIPLOMA),
        ("学士学位证书王芳经审核授予管理学学士学位学位评定委员会主席证书编号1", Kind.DEGREE_CERTIFICATE),
        ("会计专业技术资格证书姓名王芳级别初级批准日期2015年10月20日管理号1", Kind.QUALIFICATION_CERTIFICATE),
        ("营业执照统一社会信用代码91法定代表人某经营范围某注册资本某", Kind.UNIT_CERTIFICATE),
        ("常住人口登记卡姓名户主或与户主关系籍贯曾用名", Kind.HOUSEHOLD_REGISTER),
    ],
)
def test_each_kind_by_its_own_words(text: str, kind: Kind) -> None:
    (guess,) = detect_kinds(text)
    assert guess.kind is kind
    assert guess.confidence > 0.5


@pytest.mark.parametrize("text", ["", "你好", "今天天气很好适合出门散步", "1234567890"])
def test_other_text_is_unknown(text: str) -> None:
    (guess,) = detect_kinds(text)
    assert (guess.kind, guess.confidence) == (Kind.UNKNOWN, 0.0)


def test_both_sides_of_an_id_card_on_one_page() -> None:
    text = "姓名王芳性别女民族汉出生住址公民身份号码1中华人民共和国居民身份证签发机关芒市公安局有效期限2012.02.15"
    assert {guess.kind for guess in detect_kinds(text)} == {Kind.ID_CARD_FRONT, Kind.ID_CARD_BACK}


def test_a_misread_title_still_counts() -> None:
    (guess,) = detect_kinds("公民身份号玛姓名王芳性别女民族汉")
    assert guess.kind is Kind.ID_CARD_FRONT
