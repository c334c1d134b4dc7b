from __future__ import annotations

import pytest

from verify.identifiers.certificates import is_qualification_number, parse_degree_number, parse_diploma_number


@pytest.mark.parametrize(
    ("number", "year", "level", "mode"),
    [
        ("106891201205001234", 2012, "本科", ""),
        ("106895201206001234", 2012, "专科", "part_time"),
        ("106897201205001234", 2012, "本科", "part_time"),
        ("106891201202001234", 2012, "硕士研究生", ""),
        ("106891201201001234", 2012, "博士研究生", ""),
        ("10689120010500123", 2001, "本科", ""),
        (" 1068 9120 1205 0012 34 ", 2012, "本科", ""),
    ],
)
def test_diploma_numbers(number: str, year: int, level: str, mode: str) -> None:
    found = parse_diploma_number(number)
    assert (found.known_form, found.school_code, found.year, found.level, found.study_mode) == (
        True,
        "10689",
        year,
        level,
        mode,
    )


@pytest.mark.parametrize("number", ["", "9700123", "106892201205001234", "1068912012050012345", "106891180005001234"])
def test_free_forms_say_nothing(number: str) -> None:
    found = parse_diploma_number(number)
    assert (found.known_form, found.year, found.level) == (False, None, "")


def test_self_study_number_is_a_known_form_without_parts() -> None:
    found = parse_diploma_number("655301011203012345")
    assert (found.known_form, found.year) == (True, None)


@pytest.mark.parametrize(
    ("number", "level"),
    [
        ("1068942012001234", "学士"),
        ("1068932012001234", "硕士"),
        ("1068922012001234", "博士"),
        ("C1068942012001234", "学士"),
        ("Z1068932012001234", "硕士"),
        ("106894201200S1234", ""),
        ("1068942012S01234", "学士"),
        ("1068952012001234", ""),
        ("X1068942012001234", ""),
        ("", ""),
    ],
)
def test_degree_numbers(number: str, level: str) -> None:
    assert parse_degree_number(number).level == level


@pytest.mark.parametrize(
    ("number", "possible"),
    [
        ("12345", False),
        ("123456", True),
        ("1" * 32, True),
        ("1" * 33, False),
        ("2015-0530-00001", True),
        ("管12345", False),
    ],
)
def test_qualification_numbers_are_opaque(number: str, possible: bool) -> None:
    assert is_qualification_number(number) is possible
