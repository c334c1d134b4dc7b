"""Licences and code certificates of units, in the words and orders that real ones print."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.geometry import Quad
from ocr.check_digits import is_uscc
from ocr.kinds import detect_kinds
from ocr.model import Kind, Line
from ocr.page import Page
from ocr.readers import unit_certificate
from tests.unit.ocr.pages import lines_of, page_of, values

CODE = "91110000600037341L"
WIDE = (
    "统一社会信用代码|营 业 执 照|扫描二维码登录",
    f"{CODE}|（副  本）|‘国家企业信用",
    "名称|芒市泽润商贸有限公司|注册资本|壹佰万元整",
    "类型|有限责任公司(自然人投资或控股)|成立日期|2016年03月08日",
    "法定代表人|王芳|营业期限|2016年03月08日至2036年03月07日",
    "经营范围|日用百货、建筑材料销售。|住所|云南省芒市团结路8号",
    "登记机关",
    "2021 年 08 月 15 日",
    "国家企业信用信息公示系统网址：http://www.gsxt.gov.cn",
)
INSTITUTION = (
    "事业单位法人证书",
    f"统一社会信用代码：{CODE}",
    "名称|芒市第五中学|法定代表人|王芳",
    "宗旨和业务范围|培养初中学历人才|经费来源|财政补助收入",
    "住所|云南省芒市团结路8号|开办资金|100万元",
    "举办单位|芒市教育体育局",
    "有效期|自2020年04月29日至2025年4月28日",
)


def test_landscape_licence():
    assert values(unit_certificate.read(page_of(*WIDE))) == {
        "unit_name": "芒市泽润商贸有限公司",
        "uscc": CODE,
        "unit_type": "有限责任公司（自然人投资或控股）",
        "established_on": "2016-03-08",
    }
    assert unit_certificate.variant(page_of(*WIDE)) == "business_licence"


@pytest.mark.parametrize("name_label", ["名　称", "名 二 称", "名称：", "企业名称", "名|称"])
@pytest.mark.parametrize("day_label", ["成立日期", "成 立 日 期", "成立日期：", "注册日期"])
def test_spellings_of_labels(name_label, day_label):
    page = page_of(
        "营业执照",
        f"统一社会信用代码 {CODE}",
        f"{name_label}|芒市老街餐馆",
        "类　型|个体工商户",
        f"{day_label}|2019年7月1日",
    )
    assert values(unit_certificate.read(page)) == {
        "unit_name": "芒市老街餐馆",
        "uscc": CODE,
        "unit_type": "个体工商户",
        "established_on": "2019-07-01",
    }


@pytest.mark.parametrize("label", ["注册号", "注 册 号：", "注册号/统一社会信用代码："])
def test_old_licence_with_15_digits(label):
    page = page_of(
        "企业法人营业执照",
        f"{label}110108000000016",
        "名称|芒市泽润商贸有限公司",
        "公司类型|有限责任公司（自然人独资）",
        "成立日期|1998年9月16日",
        "营业期限|自1998年9月16日至2028年9月15日",
        "2003年1月2日",
    )
    if "信用代码" not in label:
        assert values(unit_certificate.read(page)) == {
            "unit_name": "芒市泽润商贸有限公司",
            "unit_type": "有限责任公司（自然人独资）",
            "established_on": "1998-09-16",
            "registration_number": "110108000000016",
        }
    assert unit_certificate.variant(page) == "old_licence"
    assert "uscc" not in unit_certificate.read(page)


def test_a_letter_in_the_15_digits_is_repaired_by_the_check_alone():
    good = unit_certificate.read(page_of("营业执照", "注册号 11O108000000016"))["registration_number"]
    assert (good.value, good.repaired, good.raw) == ("110108000000016", True, "11O108000000016")
    bad = unit_certificate.read(page_of("营业执照", "注册号 110108000000015"))["registration_number"]
    assert (bad.value, bad.repaired) == ("110108000000015", False)
    assert bad.confidence <= 0.6


def test_institution_has_no_type_and_no_day_of_establishment():
    assert values(unit_certificate.read(page_of(*INSTITUTION))) == {"unit_name": "芒市第五中学", "uscc": CODE}
    assert unit_certificate.variant(page_of(*INSTITUTION)) == "public_institution"


def test_credit_code_certificate():
    page = page_of(
        "统一社会信用代码证书",
        f"统一社会信用代码|{CODE}",
        "机构名称|芒市会计学会",
        "机构性质|社会团体",
        "机构地址|云南省芒市团结路8号",
        "颁发日期|2017年4月25日",
        "有效期至|2022年4月25日",
    )
    assert values(unit_certificate.read(page)) == {"unit_name": "芒市会计学会", "uscc": CODE, "unit_type": "社会团体"}
    assert unit_certificate.variant(page) == "credit_code_certificate"


@pytest.mark.parametrize("printed", ["60003734-1", "60003734—1", "600037341"])
def test_organisation_code_certificate(printed):
    page = page_of(
        "中华人民共和国",
        "组织机构代码证",
        f"代码：{printed}",
        "机构名称：芒市水务局",
        "机构类型：机关法人",
        "有效期：自2012年1月1日至2017年1月1日",
        "登记号：组代管533102-084721-1",
    )
    assert values(unit_certificate.read(page)) == {
        "unit_name": "芒市水务局",
        "unit_type": "机关法人",
        "organisation_code": "60003734-1",
    }
    assert unit_certificate.variant(page) == "organisation_code"


@pytest.mark.parametrize("printed", ["9111OOOO600037341L", "91110000/600037341L"])
def test_look_alikes_in_the_credit_code(printed):
    field = unit_certificate.read(page_of("营业执照", f"统一社会信用代码 {printed}"))["uscc"]
    assert field.value == CODE
    assert field.repaired is ("O" in printed)


def test_a_code_that_fails_stays_as_read_and_is_never_sure():
    field = unit_certificate.read(page_of("营业执照", "统一社会信用代码", "91110000600037341M"))["uscc"]
    assert (field.value, field.repaired) == ("91110000600037341M", False)
    assert field.confidence <= 0.6


def test_the_second_choice_of_a_misread_character_repairs_the_code():
    misread = "9111000060003734IL".replace("I", "7")
    line = Line(misread, 0.99, Quad.from_rect(0.1, 0.2, 0.5, 0.24), char_rivals=("",) * 16 + ("1", ""))
    page = Page.of((*lines_of("营业执照"), line), aspect=1.4)
    field = unit_certificate.read(page)["uscc"]
    assert (field.value, field.repaired, field.raw) == (CODE, True, misread)


def test_the_code_in_the_address_of_the_register_is_not_the_printed_one():
    page = page_of("营业执照", f"http://www.gsxt.gov.cn/index.html?uniscid={CODE}")
    assert "uscc" not in unit_certificate.read(page)


@pytest.mark.parametrize(
    "row", ["营业期限|2016年03月08日至长期", "核准日期|2021年8月15日", "2021年08月15日", "发证日期：2021年8月15日"]
)
def test_no_other_date_is_the_day_of_establishment(row):
    page = page_of("营业执照", f"统一社会信用代码 {CODE}", "名称|芒市泽润商贸有限公司", row)
    assert "established_on" not in unit_certificate.read(page)


def test_an_empty_date_does_not_borrow_from_the_term():
    page = page_of("营业执照", "成立日期|营业期限|2016年03月08日至长期")
    assert "established_on" not in unit_certificate.read(page)


def wrapped(second_left, second_text="投资管理有限责任公司"):
    first = Line("名称", 0.99, Quad.from_rect(0.10, 0.30, 0.16, 0.33))
    value = Line("德宏傣族景颇族自治州芒市泽润农业开发", 0.98, Quad.from_rect(0.20, 0.30, 0.50, 0.33))
    below = Line(second_text, 0.97, Quad.from_rect(second_left, 0.335, second_left + 0.2, 0.365))
    other = Line("注册资本", 0.99, Quad.from_rect(0.60, 0.30, 0.68, 0.33))
    money = Line("壹佰万元整", 0.99, Quad.from_rect(0.70, 0.30, 0.80, 0.33))
    return Page.of((first, value, other, money, below), aspect=1.4)


def test_a_long_name_goes_on_below_its_beginning():
    field = unit_certificate.read(wrapped(0.20))["unit_name"]
    assert field.value == "德宏傣族景颇族自治州芒市泽润农业开发投资管理有限责任公司"
    assert field.confidence == 0.97
    assert field.box is not None and field.box.bottom == pytest.approx(0.365)


@pytest.mark.parametrize("page", [wrapped(0.10), wrapped(0.60), wrapped(0.20, "类型有限责任公司")])
def test_a_row_below_that_is_something_else_is_left_out(page):
    assert unit_certificate.read(page)["unit_name"].value == "德宏傣族景颇族自治州芒市泽润农业开发"


def test_words_of_another_column_are_no_part_of_the_name():
    lines = list(lines_of("营业执照"))
    lines.append(Line("名称芒市泽润商贸有限公司", 0.99, Quad.from_rect(0.1, 0.3, 0.4, 0.33)))
    lines.append(Line("备案、许可、监管", 0.99, Quad.from_rect(0.8, 0.3, 0.9, 0.33)))
    assert unit_certificate.read(Page.of(lines, aspect=1.4))["unit_name"].value == "芒市泽润商贸有限公司"


def test_a_name_without_a_readable_label_is_the_only_line_like_one():
    page = page_of("营业执照", f"统一社会信用代码 {CODE}", "芒市泽润商贸有限公司", "登记机关|芒市市场监督管理局")
    assert unit_certificate.read(page)["unit_name"].value == "芒市泽润商贸有限公司"
    two = page_of("营业执照", "芒市泽润商贸有限公司", "瑞丽市鑫达物流有限公司")
    assert "unit_name" not in unit_certificate.read(two)


@pytest.mark.parametrize("rows", [WIDE, INSTITUTION])
def test_the_kind_is_seen(rows):
    assert detect_kinds("".join("".join(rows).split()).replace("|", ""))[0].kind is Kind.UNIT_CERTIFICATE


def test_blank_paper_gives_nothing():
    assert unit_certificate.read(page_of("营业执照", "名称", "类型", "成立日期", "年月日")) == {}


@given(st.lists(st.text("名称类型成立日期年月统一社会信用代码注册号0123456789ABCO-（）() |", max_size=40), max_size=8))
def test_no_text_breaks_the_reader(rows):
    page = page_of("营业执照", *(row for row in rows if row.strip("| ")))
    fields = unit_certificate.read(page)
    text = page.by_row.text
    for name, field in fields.items():
        if name == "established_on":
            assert re.fullmatch(r"(19|20|21)\d\d-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?", str(field.value))
        elif name == "uscc" and field.repaired:
            assert is_uscc(str(field.value))
        assert 0.0 <= field.confidence <= 1.0
        assert field.raw in text
