from __future__ import annotations

import pytest

from verify.text.levels import degree, degree_parts, education_level, ethnicity, gender, qualification_level, study_mode
from verify.text.units import (
    fold_legal_form,
    fold_office,
    fold_unit,
    is_branch,
    is_branch_of,
    places_and_rest,
    without_level,
    without_place,
    without_seal_type,
)


def test_brackets_and_spaces_go() -> None:
    assert fold_unit("红光（北京） 酒业有限公司") == fold_unit("红光(北京)酒业有限公司") == "红光北京酒业有限公司"


def test_minority_script_beside_han_is_ignored() -> None:
    assert fold_unit("芒市财政局 ᥖᥭᥰ") == "芒市财政局"


def test_legal_forms_are_one() -> None:
    assert fold_legal_form("金色商贸有限责任公司") == fold_legal_form("金色商贸有限公司")


def test_place_in_front_and_in_brackets() -> None:
    assert (
        without_place("北京红光酒业有限公司") == without_place("红光北京酒业有限公司") == ("北京", "红光酒业有限公司")
    )


@pytest.mark.parametrize(
    ("name", "branch"), [("云南金色商贸有限公司芒市分公司", True), ("云南金色商贸有限公司", False)]
)
def test_branches(name: str, branch: bool) -> None:
    assert is_branch(name) is branch


@pytest.mark.parametrize(
    ("branch", "parent", "belongs"),
    [
        ("云南金色商贸有限公司芒市分公司", "云南金色商贸有限公司", True),
        ("云南金色商贸有限公司芒市分公司", "云南金色商贸有限责任公司", True),
        ("云南金色商贸有限公司", "云南金色商贸有限公司芒市分公司", False),
        ("云南红光商贸有限公司芒市分公司", "云南金色商贸有限公司", False),
        ("芒市分公司", "", False),
    ],
)
def test_whose_branch(branch: str, parent: str, belongs: bool) -> None:
    assert is_branch_of(branch, parent) is belongs


@pytest.mark.parametrize(
    ("name", "places", "rest"),
    [
        ("红光（北京）酒业有限责任公司", ("北京市",), "红光酒业有限公司"),
        ("云南省红光酒业（潞西）有限公司", ("云南省",), "红光酒业潞西有限公司"),
        ("云南省红光酒业（潞西市）有限公司", ("云南省", "芒市"), "红光酒业有限公司"),
        ("德宏傣族景颇族自治州人民医院", ("德宏州",), "人民医院"),
        ("红光酒厂", (), "红光酒厂"),
        ("", (), ""),
    ],
)
def test_places_of_a_name(name: str, places: tuple[str, ...], rest: str) -> None:
    assert places_and_rest(name) == (places, rest)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("芒市", "芒市"),
        ("芒市财政局", "芒"),
        ("盈江县财政局", "盈江"),
        ("芒市（县、区）财政局", "芒"),
        ("盈江", "盈江"),
    ],
)
def test_offices_lose_the_printed_suffix(typed: str, folded: str) -> None:
    assert without_level(fold_office(typed)) == without_level(folded)


def test_a_level_word_alone_is_kept() -> None:
    assert without_level("县") == "县"


def test_seal_types_are_taken_off() -> None:
    assert without_seal_type("芒市金色商贸有限公司财务专用章") == "芒市金色商贸有限公司"


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("大专", "专科"),
        ("高职（专科）", "专科"),
        ("大学本科", "本科"),
        ("专升本", "本科"),
        ("专科起点本科", "本科"),
        ("专接本", "本科"),
        ("高中起点本科", "本科"),
        ("高中起点专科", "专科"),
        ("大学专科", "专科"),
        ("高职高专", "专科"),
        ("第二学士学位", "本科"),
        ("职业高中", "中专"),
        ("技工学校", "中专"),
        ("硕士", "硕士研究生"),
        ("研究生", "硕士研究生"),
        ("博士研究生", "博士研究生"),
        ("普通高中", "高中"),
        ("中等专业学校", "中专"),
        ("火星", "火星"),
    ],
)
def test_education_levels(text: str, level: str) -> None:
    assert education_level(text) == level


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("full_time", "full_time"),
        ("普通全日制", "full_time"),
        ("非全日制", "part_time"),
        ("函授", "part_time"),
        ("脱产", ""),
        ("非脱产", "part_time"),
        ("成人高等教育", "part_time"),
        ("现代远程教育", "part_time"),
        ("自学考试", "part_time"),
        ("", ""),
    ],
)
def test_study_modes(text: str, mode: str) -> None:
    assert study_mode(text) == mode


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("助理会计师", "初级"),
        ("会计师", "中级"),
        ("高级会计师", "高级"),
        ("正高级会计师", "正高级"),
        ("初级", "初级"),
        ("中级会计师", "中级"),
        ("副高级会计师", "高级"),
        ("教授级高级会计师", "正高级"),
        ("会计员", "初级"),
        ("注册会计师", "注册会计师"),
        ("总会计师", "总会计师"),
    ],
)
def test_qualification_levels(text: str, level: str) -> None:
    assert qualification_level(text) == level


def test_small_words() -> None:
    assert ethnicity("傣族") == ethnicity("傣") == "傣"
    assert gender("女性") == gender("女") == "女"
    assert degree("管理学学士学位") == degree("管理学学士")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("管理学学士", ("管理", "学士")),
        ("管理学士", ("管理", "学士")),
        ("学士学位（管理学）", ("管理", "学士")),
        ("文学士", ("文", "学士")),
        ("法学硕士", ("法", "硕士")),
        ("法律硕士专业学位", ("法律", "硕士")),
        ("mpacc", ("会计", "硕士")),
        ("硕士", ("", "硕士")),
        ("会计学", ("", "")),
        ("", ("", "")),
    ],
)
def test_parts_of_a_degree(text: str, parts: tuple[str, str]) -> None:
    assert degree_parts(text) == parts
