"""Names of units, schools, seals and offices: one test for each pitfall of domain.md section 5.2."""

from __future__ import annotations

import pytest

from verify.compare import FieldKind, Why, compare, compare_units
from verify.model import Match

LIMITED, LIABILITY = "芒市金色商贸有限公司", "芒市金色商贸有限责任公司"


def match(typed: str, read: str, kind: FieldKind = FieldKind.UNIT) -> Match:
    return compare(kind, typed, read).match


@pytest.mark.parametrize(
    "read", ["红光(北京)酒业有限公司", "红光【北京】酒业有限公司", "红光 （北京） 酒业有限公司", "红光北京酒业有限公司"]
)
def test_brackets_do_not_count(read: str) -> None:
    assert match("红光（北京）酒业有限公司", read) is Match.NORMALISED


def test_limited_and_limited_liability_without_the_code_are_a_variant() -> None:
    found = compare(FieldKind.UNIT, LIMITED, LIABILITY)
    assert (found.match, found.why) == (Match.VARIANT, Why.LEGAL_FORM)
    assert compare_units(LIMITED, LIABILITY) == found


def test_limited_and_limited_liability_with_one_code_are_one_firm() -> None:
    assert compare_units(LIMITED, LIABILITY, same_code=True).match is Match.NORMALISED


def test_limited_and_limited_liability_with_two_codes_are_two_firms() -> None:
    assert compare_units(LIMITED, LIABILITY, same_code=False).match is Match.DIFFERENT


@pytest.mark.parametrize(
    ("same_code", "expected"), [(None, Match.DIFFERENT), (True, Match.FUZZY), (False, Match.DIFFERENT)]
)
def test_one_code_under_two_names_is_for_a_person(same_code: bool | None, expected: Match) -> None:
    assert compare_units("盈江大盈江水电厂", LIMITED, same_code=same_code).match is expected


@pytest.mark.parametrize("same_code", [None, True, False])
def test_the_code_changes_nothing_about_equal_names(same_code: bool | None) -> None:
    assert compare_units(LIMITED, LIMITED, same_code=same_code).match is Match.EXACT
    assert compare_units(LIMITED, f" {LIMITED}", same_code=same_code).match is Match.NORMALISED


@pytest.mark.parametrize(
    "read",
    [
        "北京红光酒业发展有限公司",
        "北京市红光酒业发展有限公司",
        "红光酒业（北京）发展有限公司",
        "红光酒业发展（北京市）有限责任公司",
    ],
)
def test_order_of_the_place(read: str) -> None:
    assert match("红光（北京）酒业发展有限公司", read) is Match.VARIANT


def test_a_county_in_brackets_or_in_front() -> None:
    assert match("芒市红光酒业有限公司", "红光（芒市）酒业有限公司") is Match.VARIANT
    assert match("云南省德宏州芒市红光酒业有限公司", "芒市红光酒业有限公司") is Match.VARIANT


def test_a_place_that_only_one_side_names_is_for_a_person() -> None:
    # The firm of the province and its namesake in a city; and what is left without its place names no unit.
    assert match("云南红光酒业有限公司", "云南红光（昆明）酒业有限公司") is Match.FUZZY
    assert match("云南大学", "云南省大学") is Match.FUZZY


def test_another_place_is_another_firm() -> None:
    assert match("北京红光酒业有限公司", "红光（上海）酒业有限公司") is Match.DIFFERENT
    assert match("朝阳市红光酒业有限公司", "朝阳县红光酒业有限公司") not in (Match.NORMALISED, Match.VARIANT)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("潞西市红光酒业有限公司", "芒市红光酒业有限公司"),
        ("潞西县红光酒厂", "芒市红光酒厂"),
        ("思茅市红光酒业有限公司", "普洱市红光酒业有限公司"),
        ("德宏傣族景颇族自治州人民医院", "德宏州人民医院"),
        ("孟连傣族拉祜族佤族自治县人民医院", "孟连县人民医院"),
        ("广西壮族自治区人民医院", "广西人民医院"),
    ],
)
def test_renamed_places_and_their_long_names(typed: str, read: str) -> None:
    found = compare(FieldKind.UNIT, typed, read)
    assert (found.match, found.why) == (Match.VARIANT, Why.PLACE)


@pytest.mark.parametrize(
    ("parent", "branch"),
    [
        ("云南金色商贸有限公司", "云南金色商贸有限公司芒市分公司"),
        ("云南金色商贸有限责任公司", "云南金色商贸有限公司芒市分公司"),
        ("芒市红光酒厂", "芒市红光酒厂第二分厂"),
    ],
)
def test_a_branch_is_never_its_parent(parent: str, branch: str) -> None:
    for kind in (FieldKind.UNIT, FieldKind.SEAL):
        found = compare(kind, parent, branch)
        assert (found.match, found.why) == (Match.FUZZY, Why.BRANCH)


def test_two_branches_of_one_parent_are_two_units() -> None:
    assert match("云南金色商贸有限公司芒市分公司", "云南金色商贸有限公司大理分公司") is Match.DIFFERENT


def test_a_group_in_brackets() -> None:
    assert match("云南金色（集团）有限公司", "云南金色集团有限公司") is Match.NORMALISED
    assert match("云南金色（集团）有限责任公司", "云南金色集团有限公司") is Match.VARIANT


def test_minority_script_is_ignored() -> None:
    assert match("芒市人民医院", "芒市人民医院 ᥛᥫᥒᥰ ᥑᥩᥢᥴ") is Match.NORMALISED


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("芒市市场监督管理局", "芒市工商行政管理局"),
        ("芒市市场监管局", "潞西市工商局"),
        ("芒市市场监督管理局", "芒市质量技术监督局"),
        ("国家税务总局芒市税务局", "芒市地方税务局"),
        ("国家税务总局芒市税务局", "芒市国税局"),
        ("芒市人力资源和社会保障局", "芒市人社局"),
        ("芒市卫生健康局", "芒市卫生局"),
        ("云南省生态环境厅", "云南省环境保护厅"),
        ("芒市工商行政管理局", "芒市工商局"),
    ],
)
def test_renamed_organs(typed: str, read: str) -> None:
    found = compare(FieldKind.UNIT, typed, read)
    assert (found.match, found.why) == (Match.VARIANT, Why.RENAMED)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        # Both went into one organ, but they were two.
        ("芒市国家税务局", "芒市地方税务局"),
        ("芒市工商行政管理局", "芒市质量技术监督局"),
        ("芒市市场监督管理局", "瑞丽市工商行政管理局"),
        ("芒市市场监督管理局", "芒市农业局"),
    ],
)
def test_organs_that_are_two(typed: str, read: str) -> None:
    assert match(typed, read) is Match.DIFFERENT


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("云南财经大学", "云南财贸学院"),
        ("渤海大学", "锦州师范学院"),
        ("辽宁工业大学", "锦州工学院"),
        ("辽宁工学院", "锦州工学院"),
        ("东北财经大学", "辽宁财经学院"),
        ("中南财经政法大学", "中南财经大学"),
        ("昆明城市学院", "云南师范大学商学院"),
        ("國家開放大學", "中央广播电视大学"),
    ],
)
def test_former_names_of_schools(typed: str, read: str) -> None:
    found = compare(FieldKind.UNIT, typed, read)
    assert (found.match, found.why) == (Match.VARIANT, Why.RENAMED)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("云南大学", "云南大学滇池学院"),
        ("云南师范大学", "云南师范大学商学院"),
        ("大连理工大学", "大连理工大学城市学院"),
    ],
)
def test_an_independent_college_is_not_its_university(typed: str, read: str) -> None:
    found = compare(FieldKind.UNIT, typed, read)
    assert (found.match, found.why) == (Match.DIFFERENT, Why.ANOTHER_SCHOOL)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        # Two schools that were merged, and schools whose names share most of their characters.
        ("中南财经大学", "中南政法学院"),
        ("上海立信会计学院", "上海金融学院"),
        ("大连海事大学", "大连海洋大学"),
        ("沈阳大学", "沈阳工业大学"),
        ("云南大学", "云南民族大学"),
        # 党校 is a system of its own.
        ("云南大学", "中共云南省委党校"),
    ],
)
def test_two_schools(typed: str, read: str) -> None:
    assert match(typed, read) is Match.DIFFERENT


def test_a_faculty_is_for_a_person() -> None:
    assert match("云南财经大学", "云南财经大学会计学院") is Match.FUZZY


@pytest.mark.parametrize(
    ("employer", "seal", "expected"),
    [
        ("红光（北京）酒业有限公司", "红光北京酒业有限公司", Match.NORMALISED),
        ("中国红光酒业有限公司", "红光酒业有限公司", Match.NORMALISED),
        ("芒市金色商贸有限公司", "有限公司芒市金色商贸", Match.NORMALISED),
        ("北京红光酒业有限公司", "红光（北京）酒业有限公司合同专用章", Match.VARIANT),
        ("芒市红光酒业有限公司", "潞西市红光酒业有限公司", Match.VARIANT),
        ("云南财经大学", "雲南財經大學", Match.VARIANT),
        ("云南财经大学", "云南财贸学院", Match.VARIANT),
        ("芒市金色商贸有限公司", "芒市金色商贸", Match.FUZZY),
        ("芒市金色商贸有限公司", "瑞丽市红光酒厂", Match.DIFFERENT),
    ],
)
def test_seal_arcs(employer: str, seal: str, expected: Match) -> None:
    assert match(employer, seal, FieldKind.SEAL) is expected


@pytest.mark.parametrize(
    ("typed", "read", "expected"),
    [
        ("德宏州", "德宏傣族景颇族自治州", Match.NORMALISED),
        ("德宏州本级", "德宏州财政局", Match.NORMALISED),
        ("潞西市", "芒市", Match.VARIANT),
        ("朝阳市本级", "朝阳市", Match.NORMALISED),
        ("朝阳市", "朝阳县", Match.DIFFERENT),
        ("瀋阳市", "沈阳市", Match.VARIANT),
        ("双塔区", "龙城区", Match.DIFFERENT),
    ],
)
def test_offices(typed: str, read: str, expected: Match) -> None:
    assert match(typed, read, FieldKind.OFFICE) is expected
