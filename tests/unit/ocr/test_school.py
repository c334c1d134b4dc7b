from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.page import Page
from ocr.readers.school import find_school, school_in_sentence
from tests.unit.ocr.pages import lines_of, page_of


@pytest.mark.parametrize(
    ("rows", "school"),
    [
        (("校名：云岭财经大学",), "云岭财经大学"),
        (("学校（盖章）：云岭财经大学",), "云岭财经大学"),
        (("学校（盖章）云岭财经大学",), "云岭财经大学"),
        # The colon was lost, and the sentence names the school too.
        (("学生李雪，女，在云岭财经大学会计学专业学习", "学校（盖章）云岭财经大学"), "云岭财经大学"),
        (("学校名称|云岭财经大学",), "云岭财经大学"),
        (("主考学校：云岭财经大学|校长：方维岳",), "云岭财经大学"),
        (("学位授予单位|云岭财经大学",), "云岭财经大学"),
        (("东考院校：云岭财经大学",), "云岭财经大学"),
        (("云岭财经大学毕业证书",), "云岭财经大学"),
        (("中国边疆大学(滇西)",), "中国边疆大学（滇西）"),
        (("滇中工商大学津桥学院",), "滇中工商大学津桥学院"),
        (("中共云岭省委党校",), "中共云岭省委党校"),
        (("滇南师范大学附属中学",), "滇南师范大学附属中学"),
        (("红土县职业高级中学",), "红土县职业高级中学"),
        (("凌河师范高等专科学校",), "凌河师范高等专科学校"),
        (("云岭青年政治学院",), "云岭青年政治学院"),
        (("雲嶺民族大學",), "雲嶺民族大學"),
        (("于二零零六年九月至二零零九年七月在云岭行政学院",), "云岭行政学院"),
        (("普通中等专业学校", "滇西财贸中等专业学校"), "滇西财贸中等专业学校"),
        (("校名：滇西财贸中等专业学校",), "滇西财贸中等专业学校"),
        # Characters of a seal in the same line.
        (("云岭开放大学开放X",), "云岭开放大学"),
        # The end of the name again, from the seal's arc.
        (("民族大学", "云岭民族大学"), "云岭民族大学"),
    ],
)
def test_schools(rows: tuple[str, ...], school: str) -> None:
    field = find_school(page_of("毕业证书", *rows))
    assert field is not None
    assert field.value == school


@pytest.mark.parametrize(
    "row",
    [
        "普通高等学校",
        "成人高等学校",
        "普通高级中学",
        "普通中等专业学校",
        "高级中学",
        "网络教育学院",
        "在本校会计学专业学习",
        "中华人民共和国教育部监制",
        "云岭省高等教育自学考试委员会",
    ],
)
def test_what_only_ends_like_a_school(row: str) -> None:
    assert find_school(page_of(row)) is None


def test_the_better_read_mention_counts() -> None:
    poor, *rest = lines_of("云岭财经学院", "学生王芳，在云岭财经大学会计学专业学习，准予毕业。")
    field = find_school(Page.of((replace(poor, confidence=0.4), *rest), aspect=1.4))
    assert field is not None
    assert field.value == "云岭财经大学"


@pytest.mark.parametrize(
    ("sure", "value", "most"),
    [(0.61, "中国边疆大学（滇西）", 0.61), (0.5, "中国边疆大学（滇西）", 0.5), (0.49, "边疆大学", 0.6)],
)
def test_a_piece_of_the_name_from_a_seal_is_not_the_name(sure: float, value: str, most: float) -> None:
    piece, whole = lines_of("边疆大学", "中国边疆大学（滇西）")
    field = find_school(Page.of((piece, replace(whole, confidence=sure)), aspect=1.4))
    assert field is not None
    assert field.value == value
    assert field.confidence <= most


@pytest.mark.parametrize("row", ["滇南师范大学|范大学", "工|滇南师范大学", "滇南师范大学范大学"])
def test_scraps_of_a_seal_in_the_row_are_no_part_of_the_name(row: str) -> None:
    field = find_school(page_of("学位证书", row, "滇南师范大学"))
    assert field is not None
    assert field.value == "滇南师范大学"


@pytest.mark.parametrize(
    ("foot", "school", "certain"),
    [
        ("滇中工商大学津桥学院", "滇中工商大学津桥学院", True),
        ("滇中工商大学", "滇中工商大学", True),
        ("校长：方维岳", "滇中工商大学", False),
    ],
)
def test_a_college_or_a_department_is_told_by_the_foot(foot: str, school: str, certain: bool) -> None:
    page = page_of("学位证书", "王芳，女，在滇中工商大学津桥学院会计学专业毕业，授予管理学学士学位。", foot)
    field = school_in_sentence(page)
    assert field is not None
    assert field.value == school
    assert (field.confidence > 0.6) is certain


def test_our_school_is_no_name() -> None:
    assert school_in_sentence(page_of("王芳，女，在我校管理学院会计学专业毕业。")) is None


@given(st.lists(st.text(alphabet="云岭财经大学院校名：在我本（）证书委员会毕业专", max_size=20), max_size=5))
def test_what_is_found_stands_on_the_page(rows: list[str]) -> None:
    page = page_of(*rows)
    field = find_school(page)
    if field is not None:
        assert field.raw in page.by_row.text or field.raw in page.running.text
