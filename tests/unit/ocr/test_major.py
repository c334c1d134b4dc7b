import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.readers.major import find_major
from tests.unit.ocr.pages import page_of

MAJORS = (
    "会计学",
    "会计",
    "会计电算化",
    "会计学（注册会计师方向）",
    "会计（涉外会计方向）",
    "汉语言文学（师范类）",
    "中国少数民族语言文学（傣语）",
    "学前教育",
    "思想政治教育",
    "教育管理",
    "教育技术学",
    "系统工程",
    "国际关系",
    "信息管理与信息系统",
    "机械设计制造及其自动化",
    "日语",
    "法学",
    "国际经济与贸易",
    "技术经济及管理",
    "职业技术教育学",
)
SENTENCES = (
    "学生王芳，女，于2008年9月至2012年7月在本校{}专业四年制本科学习，修完教学计划规定的全部课程，准予毕业。",
    "学生王芳，女，在我校四年制本科{}专业学习，修完本专业教学计划规定的课程，准予毕业。",
    "王芳，女，在云岭财经大学{}专业学习，学制四年，成绩合格。",
    "王芳，参加{}专业本科高等教育自学考试，全部课程合格，准予毕业。",
    "王芳，参加高等教育自学考试{}专业（本科），全部课程合格，准予毕业。",
    "学生王芳，在本院函授专科{}专业学习，准予毕业。",
    "学生王芳，在我校网络教育学院{}专业（专升本）学习，准予毕业。",
    "学生王芳，在本校继续教育学院业余{}专业专科学习，准予毕业。",
    "研究生王芳，攻读{}专业硕士学位，学制三年，准予毕业。",
    "研究生王芳，在{}专业学习，学制三年，修完硕士研究生培养计划规定的全部课程，准予毕业。",
    "王芳，在我校{}学科（专业）已通过硕士学位的课程考试和论文答辩，成绩合格。",
    "该生于2008年9月至2012年7月在本校全日制{}专业四年制本科学习，准予毕业。",
    "自2008年9月至2012年7月在我校会计系{}专业学习，准予毕业。",
    "姓名：王芳 专业：{} 层次：本科",
)


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("major", MAJORS)
def test_the_major_in_every_sentence(major: str, sentence: str) -> None:
    field = find_major(page_of(sentence.format(major)).running)
    assert field is not None
    assert field.value == major


@pytest.mark.parametrize(
    "text",
    [
        "普通中等专业学校毕业证书",
        "修完本专业教学计划规定的全部课程",
        "学完所学专业课程",
        "会计专业技术资格证书",
        "修完各专业课",
        "",
    ],
)
def test_other_uses_of_the_word_are_no_major(text: str) -> None:
    assert find_major(page_of(text or "毕业").running) is None


@pytest.mark.parametrize("printed", ["会计学(注册会计师方向)", "会计学（注册会计师方向)"])
def test_brackets_take_their_chinese_form(printed: str) -> None:
    field = find_major(page_of(f"在本校{printed}专业学习").running)
    assert field is not None
    assert field.value == "会计学（注册会计师方向）"
    assert field.raw == printed


def test_a_traditional_major_stays_as_printed() -> None:
    field = find_major(page_of("在本校會計學專業四年制本科學習，修業期滿，准予畢業").running)
    assert field is not None
    assert field.value == "會計學"


@given(st.text(alphabet="在本校会计学（）专业学科，。教育系函授本科参加A1", max_size=60))
def test_what_is_found_stands_on_the_page(text: str) -> None:
    flow = page_of(text or "空").running
    field = find_major(flow)
    if field is not None:
        assert field.raw in flow.text
        assert len(str(field.value)) >= 2
        assert not re.search("专业$", str(field.value))
