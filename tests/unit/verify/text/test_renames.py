from __future__ import annotations

import re
from collections import Counter

import pytest

from verify.text.renames import Body, FormerName, Register
from verify.text.schools import school_of_code, school_of_number, school_register
from verify.text.unit_likeness import organ_register

REGISTERS = (school_register(), organ_register())
TWO_BECAME_ONE = Register(
    [
        Body(
            "新大学",
            "10001",
            short=("新大",),
            former=(
                FormerName("甲学院", 2000, merged=True, short=("甲院",)),
                FormerName("乙学院", 2000, merged=True),
                FormerName("中学院", 2005),
                FormerName("老学院", 1990),
            ),
        ),
        Body("另大学", "10002"),
    ]
)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("新大学", "新大", True),
        ("新大学", "甲学院", True),
        ("甲学院", "甲院", True),
        ("甲学院", "乙学院", False),
        ("甲学院", "老学院", False),
        ("中学院", "老学院", True),
        ("新大学", "另大学", False),
        ("新大学", "无名大学", False),
    ],
)
def test_names_of_one_body(first: str, second: str, same: bool) -> None:
    assert TWO_BECAME_ONE.same(first, second) is same
    assert TWO_BECAME_ONE.same(second, first) is same


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        ("新大学", "另大学", True),
        ("甲学院", "另大学", True),
        ("甲学院", "乙学院", False),
        ("新大学", "无名大学", False),
    ],
)
def test_names_of_two_bodies(first: str, second: str, apart: bool) -> None:
    assert TWO_BECAME_ONE.apart(first, second) is apart


def test_a_known_name_at_the_end() -> None:
    assert organ_register().split("芒市工商行政管理局") == ("芒市", "工商行政管理局")
    assert organ_register().split("芒市国家税务局") == ("芒市", "国家税务局")
    assert organ_register().split("芒市红光酒厂") == ("芒市红光酒厂", "")


@pytest.mark.parametrize("register", REGISTERS, ids=["schools", "organs"])
def test_a_name_stands_once(register: Register) -> None:
    names = Counter(
        spelling
        for body in register.bodies
        for spelling in (body.name, *body.short, *(name for old in body.former for name in (old.name, *old.short)))
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_every_code_has_five_digits_and_one_school() -> None:
    codes = [school.code for school in school_register().bodies if school.code]
    assert all(re.fullmatch(r"\d{5}", code) for code in codes)
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("register", REGISTERS, ids=["schools", "organs"])
def test_every_change_has_a_year(register: Register) -> None:
    # The oldest diplomas of people at work are from the 1970s.
    years = [old.until for body in register.bodies for old in body.former]
    assert all(1970 <= year <= 2026 for year in years)


def test_at_least_forty_schools_with_a_former_name() -> None:
    assert sum(bool(school.former) for school in school_register().bodies) >= 40


# 10689 and 10173 by the ministry's list; the numbers' forms by domain.md sections 3.3 and 3.4.
@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("106891201205001234", "云南财经大学"),
        ("10689 1 2012 05 001234", "云南财经大学"),
        ("10173520150600123", "东北财经大学"),
        ("1068942012001234", "云南财经大学"),
        ("511615201506123456", "国家开放大学"),
    ],
)
def test_school_of_a_number(number: str, name: str) -> None:
    school = school_of_number(number)
    assert school is not None
    assert school.name == name


@pytest.mark.parametrize(
    "number", ["", "999991201205001234", "65530101012345678", "滇财会证字第0012号", "教留服认美00001号"]
)
def test_numbers_that_name_no_school(number: str) -> None:
    assert school_of_number(number) is None


def test_the_code_knows_the_names_a_school_has_borne() -> None:
    school = school_of_code("10689")
    assert school is not None
    assert school.bears("云南财经大学")
    assert school.bears(" 云南财贸学院 ")
    assert not school.bears("云南大学")
    assert school_of_code("") is None
