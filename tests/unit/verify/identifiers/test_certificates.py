from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.identifiers.certificates import (
    CertificateForm,
    is_qualification_number,
    parse_degree_number,
    parse_diploma_number,
)

F = CertificateForm


@pytest.mark.parametrize(
    ("number", "form", "year", "level", "mode"),
    [
        ("106891201205001234", F.ORDINARY, 2012, "本科", ""),
        ("106891201204001234", F.ORDINARY, 2012, "本科", ""),
        ("106891201206001234", F.ORDINARY, 2012, "专科", ""),
        ("106891201203001234", F.ORDINARY, 2012, "", ""),
        ("106895201206001234", F.ADULT, 2012, "专科", "part_time"),
        ("106897201205001234", F.NETWORK, 2012, "本科", "part_time"),
        ("106891201202001234", F.ORDINARY, 2012, "硕士研究生", ""),
        ("106891201201001234", F.ORDINARY, 2012, "博士研究生", ""),
        ("10689120010500123", F.ORDINARY, 2001, "本科", ""),
        (" 1068 9120 1205 0012 34 ", F.ORDINARY, 2012, "本科", ""),
        ("编号１０６８９１２０１２０５００１２３４", F.ORDINARY, 2012, "本科", ""),
    ],
)
def test_diploma_numbers(number: str, form: F, year: int, level: str, mode: str) -> None:
    found = parse_diploma_number(number)
    assert (found.known_form, found.form, found.school_code) == (True, form, "10689")
    assert (found.year, found.level, found.study_mode) == (year, level, mode)


# 16 and 19 digits, a kind of study and a level that do not exist, a year before 1900, letters, other digits.
@pytest.mark.parametrize(
    "number",
    [
        "",
        "9700123",
        "1068912012050012",
        "106892201205001234",
        "106891201207001234",
        "1068912012050012345",
        "106891180005001234",
        "10689120120500123X",
        "（97）学字第0012号",
        "١٠٦٨٩١٢٠١٢٠٥٠٠١٢٣٤",
    ],
)
def test_free_forms_say_nothing(number: str) -> None:
    found = parse_diploma_number(number)
    assert (found.known_form, found.form, found.year, found.level) == (False, F.FREE, None, "")
    assert found.year_agrees(1997)
    assert found.level_agrees("本科")
    assert found.study_agrees("full_time")


# domain.md section 3.3: kind 6, level, six digits of the place, year, half-year, five of the serial, check digit.
@pytest.mark.parametrize(
    ("number", "year", "level"),
    [
        ("65530101121012345", 2012, "本科"),
        ("66530101082012345", 2008, "专科"),
        ("66530101992012345", 1999, "专科"),
        ("61530101121012345", 2012, ""),
        ("655301011210123456", None, "本科"),
    ],
)
def test_self_study_numbers(number: str, year: int | None, level: str) -> None:
    found = parse_diploma_number(number)
    assert (found.form, found.year, found.level, found.study_mode) == (F.SELF_STUDY, year, level, "part_time")
    assert not found.lacks_a_digit


@pytest.mark.parametrize(
    "number", ["6553010112101234", "6553010112101234567", "67530101121012345", "60530101121012345"]
)
def test_no_self_study_numbers(number: str) -> None:
    assert parse_diploma_number(number).form is not F.SELF_STUDY


# domain.md section 3.3: old and new numbers of the verification of foreign degrees.
@pytest.mark.parametrize("number", ["教留服认美00001号", "教留服认英12345号", "教留服认新西兰00001号", "120190000001"])
def test_verifications_of_foreign_degrees(number: str) -> None:
    for found in (parse_diploma_number(number), parse_degree_number(number)):
        assert (found.known_form, found.form) == (True, F.FOREIGN_VERIFICATION)
        # The year is that of the verification, so nothing about the graduation follows from it.
        assert (found.year, found.level, found.study_mode) == (None, "", "")


@pytest.mark.parametrize("number", ["教留服认美0001号", "教留服认00001号", "12019000001", "220190000001"])
def test_no_verifications(number: str) -> None:
    assert not parse_diploma_number(number).known_form


# 17 digits were the first rule and mixed with 18 in 2002 (domain.md section 3.3).
@pytest.mark.parametrize(
    ("number", "lacks"),
    [
        ("10689120010500123", False),
        ("10689120020500123", False),
        ("10689120030500123", True),
        ("106891200305001234", False),
    ],
)
def test_seventeen_digits(number: str, lacks: bool) -> None:
    found = parse_diploma_number(number)
    assert found.known_form
    assert found.lacks_a_digit is lacks


def test_agreement_of_a_diploma() -> None:
    found = parse_diploma_number("106895201206001234")
    assert [found.year_agrees(year) for year in (2011, 2012, 2013)] == [False, True, False]
    assert [found.level_agrees(level) for level in ("专科", "本科")] == [True, False]
    assert [found.study_agrees(mode) for mode in ("part_time", "full_time")] == [True, False]
    # 1 does not decide the mode: part-time graduate students have it too since 2017.
    ordinary = parse_diploma_number("106891201802001234")
    assert [ordinary.study_agrees(mode) for mode in ("part_time", "full_time")] == [True, True]


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
        ("106894201200123", ""),
        ("10689420120012345", ""),
        ("1068941812001234", ""),
        ("", ""),
    ],
)
def test_degree_numbers(number: str, level: str) -> None:
    assert parse_degree_number(number).level == level


# All letters of domain.md section 3.4: in front, and in the eleventh place.
@pytest.mark.parametrize(
    ("number", "programme", "mode"),
    [
        ("1068942012001234", (), ""),
        ("Z1068932012001234", ("专业学位",), ""),
        ("T1068932012001234", ("同等学力",), ""),
        ("L1068932012001234", ("来华留学",), ""),
        ("Q1068932012001234", ("高校教师或中职教师",), ""),
        ("C1068942012001234", ("成人本科",), "part_time"),
        ("1068942012S01234", ("双学位",), ""),
        ("1068942012E01234", ("第二学位",), ""),
        ("1068942012Z01234", ("自学考试",), "part_time"),
        ("C1068942012Z01234", ("成人本科", "自学考试"), "part_time"),
        ("1068942012K01234", (), ""),
        ("c1068942012001234", ("成人本科",), "part_time"),
    ],
)
def test_letters_of_degree_numbers(number: str, programme: tuple[str, ...], mode: str) -> None:
    found = parse_degree_number(number)
    assert (found.form, found.school_code, found.year) == (F.DEGREE, "10689", 2012)
    assert (found.programme, found.study_mode) == (programme, mode)


def test_agreement_of_a_degree() -> None:
    found = parse_degree_number("1068942012001234")
    assert [found.level_agrees(degree) for degree in ("管理学学士", "学士", "管理学硕士")] == [True, True, False]
    # 学士 does not lie in 硕士研究生, which is a level of a diploma and no degree.
    assert not parse_degree_number("1068922012001234").level_agrees("经济学硕士")


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


@given(
    st.integers(10001, 14999),
    st.sampled_from("157"),
    st.integers(1991, 2030),
    st.sampled_from(["01", "02", "05", "06"]),
    st.integers(0, 999_999),
)
def test_made_diploma_numbers(school: int, study: str, year: int, level: str, serial: int) -> None:
    found = parse_diploma_number(f"{school}{study}{year}{level}{serial:06d}")
    assert (found.known_form, found.school_code, found.year) == (True, str(school), year)
    assert found.level in ("博士研究生", "硕士研究生", "本科", "专科")
    assert (found.study_mode == "part_time") is (study != "1")
    assert parse_degree_number(found.text).form is not F.DEGREE


@given(st.text(max_size=24) | st.text(alphabet="0123456789ZTLQCSE教留服认美号", max_size=20))
def test_any_text_is_parsed(text: str) -> None:
    for found in (parse_diploma_number(text), parse_degree_number(text)):
        assert (found.form is F.FREE) is not found.known_form
        assert found.known_form or (found.year, found.level, found.study_mode, found.programme) == (None, "", "", ())
    assert is_qualification_number(text) in (True, False)
