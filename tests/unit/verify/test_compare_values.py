"""Addresses, dates, levels, degrees and duties: domain.md sections 3.3 to 3.5 and 5.3."""

from __future__ import annotations

import pytest

from verify.compare import FieldKind, Why, compare
from verify.model import Match


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("云南省芒市勐焕路12号", "云南省芒市 勐焕路１２号。"),
        ("芒市勐焕路12号3-2-501", "芒市勐焕路12号3—2—501"),
        ("云南省芒市（勐焕路）12号", "云南省芒市勐焕路12号"),
    ],
)
def test_addresses_typed_otherwise(typed: str, read: str) -> None:
    assert compare(FieldKind.ADDRESS, typed, read).match is Match.NORMALISED


@pytest.mark.parametrize(
    ("typed", "read", "why"),
    [
        ("云南省芒市勐焕路12号", "芒市勐焕路12号", Why.PLACE),
        ("云南省芒市勐焕路12号", "云南芒市勐焕路12号", Why.PLACE),
        ("云南省德宏傣族景颇族自治州芒市勐焕路12号", "云南省德宏州芒市勐焕路12号", Why.SPELLING),
        ("云南省德宏州芒市勐焕路12号", "云南省芒市勐焕路12号", Why.PLACE),
        ("云南省潞西市勐焕路12号", "云南省芒市勐焕路12号", Why.PLACE),
        ("辽宁省朝阳市双塔区光明街12号", "朝阳市双塔区光明街12号", Why.PLACE),
        ("芒市勐焕街道东城社区居民委员会", "芒市勐焕街道东城社区", Why.SPELLING),
        ("芒市勐焕街道东城居委会", "芒市勐焕街道东城社区", Why.SPELLING),
        ("芒市风平镇芒晃村村民委员会", "芒市风平镇芒晃村委会", Why.SPELLING),
        ("芒市风平镇芒晃村村民小组", "芒市风平镇芒晃村组", Why.SPELLING),
        ("芒市勐焕路12号3幢2单元501室", "芒市勐焕路12号3栋2单元501", Why.SPELLING),
        ("芒市勐焕路12号3号楼", "芒市勐焕路12号3座", Why.SPELLING),
        ("芒市勐焕路十二号", "芒市勐焕路12号", Why.SPELLING),
        ("芒市勐焕路一百零二号", "芒市勐焕路102号", Why.SPELLING),
        ("芒市勐焕路五〇一号", "芒市勐焕路501号", Why.SPELLING),
        ("芒市勐焕路12号", "芒市勐焕路12", Why.SPELLING),
        ("雲南省芒市勐煥路12號", "云南省芒市勐焕路12号", Why.SPELLING),
    ],
)
def test_spellings_of_one_address(typed: str, read: str, why: Why) -> None:
    found = compare(FieldKind.ADDRESS, typed, read)
    assert (found.match, found.why) == (Match.VARIANT, why)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("芒市勐焕路12号", "芒市勐焕路12号3栋2单元501室"),
        ("芒市勐焕路12号3栋501室", "芒市勐焕路12号金色小区3栋501室"),
        ("芒市勐焕路12号3栋2单元501室", "芒市勐焕路12号3-2-501"),
        ("勐焕路12号", "云南省芒市勐焕路12号"),
        # 3 and 8 are taken for each other.
        ("芒市勐焕路13号", "芒市勐焕路18号"),
    ],
)
def test_addresses_for_a_person(typed: str, read: str) -> None:
    assert compare(FieldKind.ADDRESS, typed, read).match is Match.FUZZY


@pytest.mark.parametrize(
    ("typed", "read", "why"),
    [
        ("芒市勐焕路12号", "芒市勐焕路14号", Why.HOUSE_NUMBER),
        ("芒市勐焕路12号", "芒市勐焕路1号", Why.HOUSE_NUMBER),
        ("芒市勐焕路12号", "芒市勐焕路21号", Why.HOUSE_NUMBER),
        ("芒市勐焕路12号3栋501室", "芒市勐焕路12号4栋501室", Why.HOUSE_NUMBER),
        ("芒市勐焕路12号", "芒市勐焕路14号3栋", Why.HOUSE_NUMBER),
        # One look-alike digit is a slip, two are another place.
        ("芒市勐焕路13号3栋", "芒市勐焕路18号8栋", Why.HOUSE_NUMBER),
        ("昆明市五华区翠湖南路3号", "昆明市盘龙区翠湖南路3号", Why.PLACE),
        ("芒市勐焕路12号", "芒市团结大街12号", None),
    ],
)
def test_other_addresses(typed: str, read: str, why: Why | None) -> None:
    found = compare(FieldKind.ADDRESS, typed, read)
    assert (found.match, found.why) == (Match.DIFFERENT, why)


def test_a_street_named_after_a_city_is_no_place() -> None:
    assert compare(FieldKind.ADDRESS, "大连市昆明路12号", "大连市上海路12号").match is Match.DIFFERENT


@pytest.mark.parametrize(
    ("typed", "read", "expected"),
    [
        # Compared at the coarser precision.
        ("2012", "2012-07-01", Match.NORMALISED),
        ("2012年", "二〇一二年七月", Match.NORMALISED),
        ("2012-07", "2012年7月31日", Match.NORMALISED),
        ("2012", "2013-07-01", Match.DIFFERENT),
        ("2012-07", "2012-09-01", Match.DIFFERENT),
        # 民国 years stand only on papers from Taiwan: never taken for a date, so never a difference.
        ("1998-06", "民国87年6月", Match.FUZZY),
        ("1998-06", "中華民國八十七年六月", Match.FUZZY),
        ("民国87年6月", "民国 87 年 6 月", Match.NORMALISED),
        # Two-digit years of the 15-digit era.
        ("1987-12-31", "87.12.31", Match.NORMALISED),
        ("1990-03", "90年3月", Match.NORMALISED),
        ("2012-07", "12年7月", Match.FUZZY),
        # Periods.
        ("2012.03.05-2022.03.05", "2012年3月5日至2022年3月5日", Match.NORMALISED),
        ("2012.03.05-长期", "2012-03-05至长期", Match.NORMALISED),
        ("2008年9月至今", "2008.09-至今", Match.NORMALISED),
        ("2012.03.05-2022.03.05", "2012.03.05-2032.03.05", Match.DIFFERENT),
        ("2012.03.05-长期", "2012.03.05-2032.03.05", Match.DIFFERENT),
    ],
)
def test_precision_and_periods(typed: str, read: str, expected: Match) -> None:
    assert compare(FieldKind.DATE, typed, read).match is expected


@pytest.mark.parametrize(
    ("typed", "read", "expected"),
    [
        ("本科", "大学本科", Match.NORMALISED),
        ("本科", "专科起点本科", Match.NORMALISED),
        ("专科", "高职（专科）", Match.NORMALISED),
        ("硕士研究生", "研究生", Match.NORMALISED),
        ("中专", "职业高中", Match.NORMALISED),
        ("专科", "本科", Match.DIFFERENT),
        ("硕士研究生", "博士研究生", Match.DIFFERENT),
        # 木科 is no level, but a misread one.
        ("本科", "木科", Match.FUZZY),
        ("本科", "火星", Match.DIFFERENT),
    ],
)
def test_levels(typed: str, read: str, expected: Match) -> None:
    assert compare(FieldKind.EDUCATION_LEVEL, typed, read).match is expected


@pytest.mark.parametrize(
    ("typed", "read", "expected"),
    [
        ("初级", "助理会计师", Match.NORMALISED),
        ("初级", "会计员", Match.NORMALISED),
        ("中级", "会计师", Match.NORMALISED),
        ("高级", "高级会计师", Match.NORMALISED),
        ("正高级", "正高级会计师", Match.NORMALISED),
        ("正高级", "教授级高级会计师", Match.NORMALISED),
        ("高级", "正高级会计师", Match.DIFFERENT),
        ("中级", "注册会计师", Match.DIFFERENT),
        ("初级", "中级", Match.DIFFERENT),
    ],
)
def test_qualification_levels(typed: str, read: str, expected: Match) -> None:
    assert compare(FieldKind.QUALIFICATION_LEVEL, typed, read).match is expected


@pytest.mark.parametrize(
    ("typed", "read", "expected"),
    [
        ("管理学学士", "管理学士", Match.NORMALISED),
        ("管理学学士", "学士学位（管理学）", Match.NORMALISED),
        ("会计硕士", "会计硕士专业学位", Match.NORMALISED),
        ("会计硕士", "MPAcc", Match.NORMALISED),
        ("学士", "管理学学士", Match.VARIANT),
        ("管理学学士", "管理学硕士", Match.DIFFERENT),
        ("管理学学士", "经济学学士", Match.DIFFERENT),
        ("会计硕士", "管理学硕士", Match.DIFFERENT),
    ],
)
def test_degrees(typed: str, read: str, expected: Match) -> None:
    assert compare(FieldKind.DEGREE, typed, read).match is expected


@pytest.mark.parametrize(
    ("typed", "read", "expected"),
    [
        ("full_time", "普通全日制", Match.NORMALISED),
        ("part_time", "高等教育自学考试", Match.NORMALISED),
        ("part_time", "业余（夜大学）", Match.NORMALISED),
        ("part_time", "网络教育", Match.NORMALISED),
        ("part_time", "普通全日制", Match.DIFFERENT),
        ("full_time", "脱产", Match.FUZZY),
        # Two words that decide nothing are not the same word.
        ("脱产", "春季班", Match.FUZZY),
    ],
)
def test_study_modes(typed: str, read: str, expected: Match) -> None:
    assert compare(FieldKind.STUDY_MODE, typed, read).match is expected


@pytest.mark.parametrize(
    ("kind", "typed", "read", "expected"),
    [
        (FieldKind.GENDER, "女", "女/F", Match.NORMALISED),
        (FieldKind.GENDER, "男", "女/F", Match.DIFFERENT),
        (FieldKind.ETHNICITY, "维吾尔族", "维族", Match.NORMALISED),
        (FieldKind.ETHNICITY, "德昂", "崩龙族", Match.NORMALISED),
        (FieldKind.ETHNICITY, "俄罗斯", "俄罗斯族（入籍）", Match.NORMALISED),
        (FieldKind.ETHNICITY, "汉", "回", Match.DIFFERENT),
        (FieldKind.DUTIES, "出纳\n稽核", "稽核\n 出纳 \n", Match.NORMALISED),
        (FieldKind.DUTIES, "其他会计工作\n总帐", "其它会计工作\n总账;", Match.NORMALISED),
        (FieldKind.DUTIES, "出纳", "稽核", Match.DIFFERENT),
        (FieldKind.DUTIES, "出纳\n稽核", "出纳", Match.DIFFERENT),
    ],
)
def test_small_sets(kind: FieldKind, typed: str, read: str, expected: Match) -> None:
    assert compare(kind, typed, read).match is expected
