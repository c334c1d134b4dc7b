import pytest

from ocr.readers.id_card import read_back, read_front
from tests.unit.ocr.pages import page_of, values


def test_front_with_labels_and_values_in_one_line_each() -> None:
    page = page_of(
        "姓名 岩罕·帕应",
        "性别 女 民族 傣",
        "出生 1990 年 7 月 15 日",
        "住址 云南省德宏州芒市勐焕街道",
        "团结大街12号",
        "公民身份号码 11010519491231002X",
    )
    assert values(read_front(page)) == {
        "name": "岩罕·帕应",
        "gender": "女",
        "ethnicity": "傣",
        "birth_date": "1990-07-15",
        "address": "云南省德宏州芒市勐焕街道团结大街12号",
        "id_number": "11010519491231002X",
    }


def test_front_with_labels_apart_from_values() -> None:
    page = page_of(
        "姓名|李喆",
        "性别|男|民族|土家",
        "出生|1987|年|12|月|3|日",
        "住址|湖南省某市某区某路1号",
        "公民身份号码|440524188001010014",
    )
    fields = values(read_front(page))
    assert fields["name"] == "李喆"
    assert fields["ethnicity"] == "土家"
    assert fields["birth_date"] == "1987-12-03"
    assert fields["address"] == "湖南省某市某区某路1号"


def test_label_of_the_name_unreadable() -> None:
    page = page_of("胜各王小明", "性别男民族汉", "出生1987年12月3日", "住址某路1号", "公民身份号码440524188001010014")
    assert values(read_front(page))["name"] == "王小明"


@pytest.mark.parametrize(
    ("printed", "read"), [("11O1O519491231OO2X", "11010519491231002X"), ("11010519491231002x", "11010519491231002X")]
)
def test_letters_in_the_number_are_put_back(printed: str, read: str) -> None:
    field = read_front(page_of("姓名某某", f"公民身份号码{printed}"))["id_number"]
    assert field.value == read
    assert field.raw == printed


def test_hand_like_digits_count_only_when_the_check_digit_agrees() -> None:
    fields = read_front(page_of("姓名某某", "公民身份号码1101051q4q1231002X"))
    assert (fields["id_number"].value, fields["id_number"].repaired) == ("11010519491231002X", True)
    wrong = read_front(page_of("姓名某某", "公民身份号码1101051q4q12310021"))
    assert not wrong["id_number"].repaired


def test_a_number_of_seventeen_digits_is_shown_as_it_stands() -> None:
    field = read_front(page_of("姓名某某", "公民身份号码11010519491231002"))["id_number"]
    assert field.value == "11010519491231002"


def test_front_of_an_empty_page_has_no_fields() -> None:
    assert read_front(page_of()) == {}


@pytest.mark.parametrize(
    ("row", "valid_from", "valid_until"),
    [
        ("有效期限 2012.02.15-2022.02.15", "2012-02-15", "2022-02-15"),
        ("有效期限|2012.02.15-长期", "2012-02-15", "长期"),
        ("有效期限 2012.02.15—2032.02.15", "2012-02-15", "2032-02-15"),
    ],
)
def test_back(row: str, valid_from: str, valid_until: str) -> None:
    fields = values(read_back(page_of("中华人民共和国", "居民身份证", "签发机关 芒市公安局", row)))
    assert fields == {"issuing_authority": "芒市公安局", "valid_from": valid_from, "valid_until": valid_until}


def test_back_without_dates_invents_none() -> None:
    assert values(read_back(page_of("签发机关 芒市公安局", "有效期限"))) == {"issuing_authority": "芒市公安局"}


@pytest.mark.parametrize(
    ("row", "read"),
    [
        ("出生|1990年7月15", "1990-07-15"),
        ("出生|1990年|7月|5", "1990-07-05"),
        ("出生|1990年7月", None),
        ("出生|1990年7月32", None),
        ("出生|1990年7月155", None),
    ],
)
def test_a_birth_date_has_a_day(row: str, read: str | None) -> None:
    fields = values(
        read_front(page_of("姓名 王芳", "性别 女 民族 汉", row, "住址 某路1号", "公民身份号码 440524188001010014"))
    )
    assert fields.get("birth_date") == read


def test_the_wall_behind_the_authority_is_not_its_name() -> None:
    fields = values(read_back(page_of("居民身份证", "签发机关|昆明市公安局盘龙分局日日日", "有效期限|2012.02.15-长期")))
    assert fields["issuing_authority"] == "昆明市公安局盘龙分局"


def test_dates_that_stand_before_their_label() -> None:
    fields = values(read_back(page_of("居民身份证", "签发机关|芒市公安局", "2012.02.15-长期", "有效期限")))
    assert (fields["valid_from"], fields["valid_until"]) == ("2012-02-15", "长期")
