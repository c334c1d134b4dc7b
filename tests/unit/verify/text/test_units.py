from __future__ import annotations

import pytest

from verify.text.levels import degree, education_level, ethnicity, gender, qualification_level, study_mode
from verify.text.units import (
    fold_legal_form,
    fold_office,
    fold_unit,
    is_branch,
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
    ],
)
def test_qualification_levels(text: str, level: str) -> None:
    assert qualification_level(text) == level


def test_small_words() -> None:
    assert ethnicity("傣族") == ethnicity("傣") == "傣"
    assert gender("女性") == gender("女") == "女"
    assert degree("管理学学士学位") == degree("管理学学士")
