import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.people import ETHNICITIES, clean_name, ethnicity_in, ethnicity_like, find_resident_number, gender_in
from tests.unit.ocr.pages import page_of


@pytest.mark.parametrize("dot", [*list("·•‧・･∙⋅˙ꞏ"), ".", "．", "。", ",", "-"])
def test_every_dot_seen_in_the_wild_becomes_the_lawful_one(dot: str) -> None:
    assert clean_name(f"阿依{dot}古丽") == "阿依·古丽"


@pytest.mark.parametrize(
    ("printed", "name"), [(" 王芳 ", "王芳"), ("_王芳__", "王芳"), ("𠮷野家", "𠮷野家"), ("_ _", ""), ("·王", "王")]
)
def test_only_the_name_is_left(printed: str, name: str) -> None:
    assert clean_name(printed) == name


@given(st.text(max_size=30))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean_name(clean_name(text)) == clean_name(text)


def test_fifty_six_groups_and_the_three_other_entries() -> None:
    assert len(set(ETHNICITIES)) == 59


@pytest.mark.parametrize(("text", "group"), [("土家", "土家"), ("土", "土"), ("傣族", "傣"), ("某", None)])
def test_the_longest_group_wins(text: str, group: str | None) -> None:
    assert ethnicity_in(text) == group


@pytest.mark.parametrize(("text", "gender"), [("女民族", "女"), ("男", "男"), ("男女", None), ("", None)])
def test_gender_only_when_clear(text: str, gender: str | None) -> None:
    assert gender_in(text) == gender


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("便僳", "傈僳"),
        ("傈粟族", "傈僳"),
        ("哈尼", None),
        ("白", None),
        ("鄂温春", None),
        ("蒙占", "蒙古"),
        ("", None),
    ],
)
def test_an_ethnicity_is_told_by_all_but_one_character(text: str, name: str | None) -> None:
    assert ethnicity_like(text) == name


def test_a_units_code_with_a_letter_that_looks_like_a_digit_is_no_persons_number() -> None:
    # 93530111736647114D of a table with the person's number in another cell (made-up unit, valid check character).
    flow = page_of("统一社会信用代码|93530111736647114D").by_row
    assert find_resident_number(flow) is None
