from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.geometry import Quad
from ocr.check_digits import is_early_foreign_number
from ocr.kinds import detect_kinds
from ocr.model import Kind, Line
from ocr.page import Page
from ocr.readers.id_card_variants import BILINGUAL, COMPATRIOT, FOREIGN, read_back, read_front, variant
from tests.unit.ocr.pages import page_of, values

# The agency's specimen of 2023 and the two police specimens of domain.md 2.1.
FOREIGN_NUMBER, HONG_KONG, TAIWAN = "932682198501010017", "810000199408230021", "830000199201300022"
# Weighted by hand, 7-3-1 over USA11008501011: 210+84+10+7+3+0+0+24+5+0+3+0+7+3 = 356.
EARLY_NUMBER = "USA110085010116"


def test_front_of_2017_with_english_labels_under_the_chinese_ones() -> None:
    page = page_of(
        "中华人民共和国外国人永久居留身份证",
        "姓名|MILLER, ANNA JULIA",
        "Name",
        "性别|女/F",
        "Sex",
        "出生日期|1985.01.01",
        "Date of Birth",
        "国籍|美国/USA",
        "有效期限|2018.10.09-2028.10.08",
        "签发机关|公安部",
        f"证件号码/Card No.{EARLY_NUMBER}",
    )
    assert values(read_front(page)) == {
        "name": "MILLER, ANNA JULIA",
        "gender": "女",
        "birth_date": "1985-01-01",
        "id_number": EARLY_NUMBER,
        "issuing_authority": "公安部",
        "valid_from": "2018-10-09",
        "valid_until": "2028-10-08",
    }
    assert variant(page) == FOREIGN


def close_page(*rows: str) -> Page:
    """Rows as close to each other as on a card, pieces of one row half a page apart."""
    lines = [
        Line(piece, 0.99, Quad.from_rect(x, 0.1 + 0.06 * y, x + 0.02 * len(piece), 0.1 + 0.06 * y + 0.05))
        for y, row in enumerate(rows)
        for x, piece in zip((0.05, 0.4), row.split("|"), strict=False)
    ]
    return Page.of(lines, aspect=1.585)


def test_front_of_2023_with_values_under_their_labels() -> None:
    page = close_page(
        "中华人民共和国外国人永久居留身份证",
        "姓名/Name",
        "IVANOVA, HELEN",
        "性别/Sex|出生日期/Date of Birth",
        "女/F|1985.01.01",
        "国籍/Nationality",
        "俄罗斯/RUS",
        "有效期限/Period of Validity",
        "2025.08.08-2035.08.07",
        f"证件号码/IDNo{FOREIGN_NUMBER}",
    )
    fields = values(read_front(page))
    assert fields["name"] == "IVANOVA, HELEN"
    assert fields["gender"] == "女"
    assert fields["id_number"] == FOREIGN_NUMBER
    assert (fields["valid_from"], fields["valid_until"]) == ("2025-08-08", "2035-08-07")


def test_letters_of_the_country_are_put_back_when_the_check_digit_agrees() -> None:
    field = read_front(page_of("国籍/Nationality|美国", f"证件号码|{EARLY_NUMBER.replace('USA', 'U5A')}"))["id_number"]
    assert (field.value, field.repaired) == (EARLY_NUMBER, True)
    assert field.raw == "U5A110085010116"


def test_a_number_that_fails_its_check_is_shown_as_it_stands() -> None:
    field = read_front(page_of("国籍/Nationality|美国", "证件号码|USA110085010117"))["id_number"]
    assert (field.value, field.repaired) == ("USA110085010117", False)


@pytest.mark.parametrize(
    ("number", "good"),
    [
        (EARLY_NUMBER, True),
        ("USA110085010117", False),
        ("USB110085010116", False),
        ("USA11008501011", False),
        ("USA1100850101166", False),
        ("usa110085010116", False),
        ("123110085010116", False),
    ],
)
def test_check_digit_of_the_early_number(number: str, good: bool) -> None:
    assert is_early_foreign_number(number) is good


@given(st.integers(3, 14), st.integers(1, 9))
def test_one_wrong_digit_always_fails(place: int, shift: int) -> None:
    other = str((int(EARLY_NUMBER[place]) + shift) % 10)
    changed = EARLY_NUMBER[:place] + other + EARLY_NUMBER[place + 1 :]
    # Weights 7, 3 and 1 have no factor in common with ten: every change of a digit by less than ten shows.
    assert not is_early_foreign_number(changed)


@given(st.text(max_size=18))
def test_any_text_has_a_verdict(text: str) -> None:
    assert is_early_foreign_number(text) in (True, False)


@pytest.mark.parametrize("number", [HONG_KONG, TAIWAN])
def test_compatriots_front_has_no_ethnicity(number: str) -> None:
    page = page_of(
        "姓名 陈欣怡", "性别 女", "出生 1994 年 8 月 23 日", "住址 甲省乙市丙路1号", f"公民身份号码 {number}"
    )
    assert values(read_front(page)) == {
        "name": "陈欣怡",
        "gender": "女",
        "birth_date": "1994-08-23",
        "address": "甲省乙市丙路1号",
        "id_number": number,
    }
    assert variant(page) == COMPATRIOT


def test_compatriots_back() -> None:
    page = page_of(
        "中华人民共和国", "台湾居民居住证", "签发机关|昆明市公安局五华分局", "有效期限|2024.01.02-2029.01.02",
        "通行证号码|12345678", "签发次数|01",
    )  # fmt: skip
    assert values(read_back(page)) == {
        "issuing_authority": "昆明市公安局五华分局",
        "valid_from": "2024-01-02",
        "valid_until": "2029-01-02",
    }
    assert variant(page) == COMPATRIOT
    (guess,) = detect_kinds(page.running.text)
    assert guess.kind is Kind.ID_CARD_BACK


def test_foreign_back_names_the_issuer_only() -> None:
    page = close_page(
        "外国人永久居留身份证", "签发机关/Issuing Authority", "中华人民共和国国家移民管理局",
        f"I<CHN{FOREIGN_NUMBER}<<<<<<<", "8501011F3508078RUS<<<<<<<<<<<4",
    )  # fmt: skip
    assert values(read_back(page)) == {"issuing_authority": "中华人民共和国国家移民管理局"}
    (guess,) = detect_kinds(page.running.text)
    assert guess.kind is Kind.ID_CARD_BACK


def test_foreign_front_is_the_front_alone() -> None:
    text = "外国人永久居留身份证姓名/Name性别/Sex出生日期/DateofBirth国籍/Nationality有效期限签发机关公安部证件号码"
    (guess,) = detect_kinds(text)
    assert guess.kind is Kind.ID_CARD_FRONT


def bilingual_page(*, without: str = "", **other: Line) -> Page:
    """A card with the second script over the values and under the labels, as the recogniser returns it.

    Args:
        without: A line that recognition lost.
        other: Lines by the text they stand in for.
    """
    rows = [
        ("LPSeCOD", 0.59, 0.19, 0.53, 0.112, 0.043), ("姓名", 1.0, 0.072, 0.141, 0.131, 0.055),
        ("TAO", 0.33, 0.074, 0.149, 0.179, 0.041), ("吉克·伍呷", 0.91, 0.179, 0.358, 0.197, 0.065),
        ("L", 0.57, 0.178, 0.227, 0.248, 0.049), ("性别", 0.98, 0.069, 0.144, 0.261, 0.06),
        ("民族", 1.0, 0.302, 0.373, 0.263, 0.055), ("DQ&", 0.43, 0.078, 0.149, 0.308, 0.047),
        ("ゆex=", 0.53, 0.303, 0.394, 0.309, 0.047), ("彝", 0.99, 0.396, 0.441, 0.326, 0.073),
        ("男", 1.0, 0.178, 0.218, 0.327, 0.069), ("出生", 1.0, 0.071, 0.142, 0.387, 0.059),
        ("1985年2月16日", 1.0, 0.177, 0.486, 0.424, 0.066), ("7OD0", 0.45, 0.074, 0.165, 0.431, 0.045),
        ("C4", 0.57, 0.185, 0.602, 0.511, 0.045), ("住址", 1.0, 0.072, 0.141, 0.511, 0.053),
        ("やと", 0.68, 0.074, 0.163, 0.557, 0.045), ("云南省某市某区", 1.0, 0.181, 0.467, 0.602, 0.062),
        ("某村146", 0.99, 0.182, 0.321, 0.678, 0.06), ("号", 1.0, 0.178, 0.22, 0.756, 0.068),
        ("公民身份号码", 1.0, 0.074, 0.241, 0.846, 0.055), ("11010519491231002X", 1.0, 0.346, 0.895, 0.878, 0.06),
        ("トeOオ", 0.36, 0.081, 0.285, 0.891, 0.037),
    ]  # fmt: skip
    lines = [
        other.get(t) or Line(t, c, Quad.from_rect(x0, y - h / 2, x1, y + h / 2))
        for t, c, x0, x1, y, h in rows
        if t != without
    ]
    return Page.of(lines, aspect=1.585)


def test_an_ethnicity_is_read_behind_strokes_of_the_other_script() -> None:
    place = Quad.from_rect(0.298, 0.29, 0.443, 0.363)
    strokes = Line("T丁行藏", 0.77, place, (), (0.4, 0.7, 0.98, 0.99))
    assert values(read_front(bilingual_page(彝=strokes)))["ethnicity"] == "藏"


def test_an_ethnicity_with_one_misread_character_is_repaired_and_said_to_be() -> None:
    place = Quad.from_rect(0.396, 0.29, 0.5, 0.363)
    field = read_front(bilingual_page(彝=Line("便僳", 0.95, place, (), (0.92, 0.99))))["ethnicity"]
    assert (field.value, field.raw, field.repaired, field.confidence) == ("傈僳", "便僳", True, 0.85)


def test_a_name_whose_label_was_lost_stands_over_the_gender() -> None:
    assert values(read_front(bilingual_page(without="姓名")))["name"] == "吉克·伍呷"


def test_an_address_whose_label_was_lost_stands_under_the_birth_date() -> None:
    assert values(read_front(bilingual_page(without="住址")))["address"] == "云南省某市某区某村146号"


@pytest.mark.parametrize("stroke", ["0", "JπÊI分"])
def test_the_office_is_read_past_strokes_between_it_and_its_label(stroke: str) -> None:
    rows = [
        ("签发机关", 1.0, 0.193, 0.32, 0.672, 0.069), (stroke, 0.5, 0.401, 0.715, 0.647, 0.06),
        ("SMDET", 0.44, 0.195, 0.282, 0.72, 0.05), ("昆明市公安局官渡分局", 1.0, 0.404, 0.744, 0.733, 0.067),
        ("TJON", 0.49, 0.193, 0.277, 0.87, 0.05), ("有效期限", 1.0, 0.194, 0.319, 0.824, 0.062),
        ("2023.07.07-2043.07.07", 1.0, 0.404, 0.751, 0.865, 0.06),
    ]  # fmt: skip
    lines = [Line(t, c, Quad.from_rect(x0, y - h / 2, x1, y + h / 2)) for t, c, x0, x1, y, h in rows]
    fields = values(read_back(Page.of(lines, aspect=1.585)))
    assert fields["issuing_authority"] == "昆明市公安局官渡分局"


def test_strokes_that_end_like_an_office_are_none() -> None:
    field = read_back(page_of("港澳居民居住证", "签发机关|某县某分")).get("issuing_authority")
    assert field is None or not field.repaired


def test_digits_of_the_other_script_are_none_of_a_dates() -> None:
    rows = [
        ("签发机关", 1.0, 0.265, 0.352, 0.735, 0.03), ("盈江县公安局", 1.0, 0.4, 0.537, 0.737, 0.03),
        (".Mi", 0.46, 0.267, 0.327, 0.7, 0.02), ("1110", 0.68, 0.266, 0.328, 0.763, 0.02),
        ("有效期限", 1.0, 0.264, 0.35, 0.781, 0.03), ("2019.05.01-2039.05.01", 1.0, 0.399, 0.628, 0.777, 0.03),
        ("居民身份证", 1.0, 0.39, 0.66, 0.64, 0.04), ("中华人民共和国", 1.0, 0.4, 0.655, 0.58, 0.04),
    ]  # fmt: skip
    lines = [Line(t, c, Quad.from_rect(x0, y - h / 2, x1, y + h / 2)) for t, c, x0, x1, y, h in rows]
    fields = values(read_back(Page.of(lines, aspect=1.585)))
    assert (fields["valid_from"], fields["valid_until"]) == ("2019-05-01", "2039-05-01")


def test_an_office_whose_last_character_ran_into_the_wall_is_repaired() -> None:
    page = page_of("港澳居民居住证", "签发机关|郑州市公安局金水分", "有效期限|2022.05.08-2027.05.08")
    field = read_back(page)["issuing_authority"]
    assert (field.value, field.raw, field.repaired) == ("郑州市公安局金水分局", "郑州市公安局金水分", True)
    whole = read_back(page_of("港澳居民居住证", "签发机关|郑州市公安局金水分局日口"))["issuing_authority"]
    assert (whole.value, whole.repaired) == ("郑州市公安局金水分局", False)


def test_dates_that_no_label_reaches_are_known_by_their_number() -> None:
    lines = [
        Line("外国人永久居留身份证", 1.0, Quad.from_rect(0.3, 0.05, 0.7, 0.1)),
        Line("出生日期/Date of Birth", 1.0, Quad.from_rect(0.3, 0.5, 0.5, 0.54)),
        Line("1985.01.01", 1.0, Quad.from_rect(0.05, 0.2, 0.2, 0.24)),
        Line("2025.08.08 - 2035.08.07", 1.0, Quad.from_rect(0.7, 0.8, 0.95, 0.84)),
    ]
    fields = values(read_front(Page.of(lines, aspect=1.585)))
    assert fields["birth_date"] == "1985-01-01"
    assert (fields["valid_from"], fields["valid_until"]) == ("2025-08-08", "2035-08-07")


def test_the_second_script_is_left_out() -> None:
    page = bilingual_page()
    assert variant(page) == BILINGUAL
    fields = values(read_front(page))
    assert fields["name"] == "吉克·伍呷"
    assert (fields["gender"], fields["ethnicity"], fields["birth_date"]) == ("男", "彝", "1985-02-16")
    assert fields["address"] == "云南省某市某区某村146号"


def test_an_ordinary_card_is_ordinary() -> None:
    page = page_of(
        "姓名 王芳", "性别 女 民族 汉", "出生 1990 年 7 月 15 日", "住址 某路1号", "公民身份号码 11010519491231002X"
    )
    assert variant(page) == ""
    assert variant(page_of()) == ""
