from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ocr.kinds import detect_kinds
from ocr.model import Kind
from ocr.readers.residence_permit import ENDORSEMENT, read, variant
from tests.unit.ocr.pages import page_of, values

NUMBER = "11010519491231002X"


def test_the_residence_address_is_read_and_not_the_registered_one() -> None:
    page = page_of(
        "云南省居住证",
        "姓名 岩温罕",
        "性别 男 民族 傣",
        "户籍地址：|云南省德宏州芒市某路1号",
        "居住地址：|云南省昆明市五华区某街2号",
        f"公民身份号码 {NUMBER}",
    )
    assert values(read(page)) == {"name": "岩温罕", "id_number": NUMBER, "address": "云南省昆明市五华区某街2号"}
    assert variant(page) == ""


@pytest.mark.parametrize("label", ["居住地住址", "居住地址", "现居住地址", "现居住地", "居佳地址"])
def test_every_spelling_of_the_label(label: str) -> None:
    page = page_of(
        "居住证", "姓名|王芳", "户籍地址|甲省甲市甲路1号", f"{label}|乙省乙市乙路2号", f"公民身份号码|{NUMBER}"
    )
    assert values(read(page))["address"] == "乙省乙市乙路2号"


def test_without_a_residence_address_the_registered_one_does_not_stand_in() -> None:
    page = page_of("居住证", "姓名|王芳", "常住户口所在地住址|甲省甲市甲路1号", f"公民身份号码|{NUMBER}")
    assert "address" not in read(page)


def test_a_label_found_in_two_pieces() -> None:
    page = page_of("居住证", "姓|名|王芳|性别|女", "居住地址|乙省乙市乙路2号", f"公民身份号码|{NUMBER}")
    assert values(read(page))["name"] == "王芳"


def test_the_latest_endorsement_counts() -> None:
    page = page_of(
        "居住证签注",
        "签注日期|有效期至|签注机关",
        "2023.05.10|2024.05.10|某某公安局",
        "2024.05.06|2025.05.06|某某公安局",
    )
    assert values(read(page)) == {"valid_until": "2025-05-06"}
    assert variant(page) == ENDORSEMENT


def test_the_day_of_endorsement_is_not_the_end_of_validity() -> None:
    page = page_of("云南省居住证", "签发机关|某某公安局", "签注日期|2025.04.01", "签注有效期至|2026.04.01")
    assert values(read(page)) == {"valid_until": "2026-04-01"}
    alone = page_of("云南省居住证", "签发机关|某某公安局", "签注日期|2025.04.01")
    assert read(alone) == {}


@pytest.mark.parametrize(
    "text",
    [
        f"云南省居住证姓名王芳性别女民族汉出生1990年1月1日常住户口所在地住址甲居住地址乙公民身份号码{NUMBER}",
        f"姓名王芳性别女民族汉出生1990年1月1日户籍地址甲居住地址乙公民身份号码{NUMBER}签发机关某公安局签发日期2024.01.01",
        "居住证签注签注日期有效期至签注机关2023.05.10某公安局",
        "云南省居住证居住地址甲签发机关某公安局签发日期2023.01.01签注日期2024.01.01有效期至2025.01.01",
    ],
)
def test_a_permit_is_no_identity_card(text: str) -> None:
    (guess,) = detect_kinds(text)
    assert guess.kind is Kind.RESIDENCE_PERMIT
    assert guess.confidence > 0.5


@given(st.lists(st.text(alphabet="姓名居住地址有效期至2025.0106签注|王", max_size=12), max_size=8))
# A full stop between two characters of a name is its dot.
@example(rows=["姓名住.住"])
def test_values_stand_on_the_page(rows: list[str]) -> None:
    page = page_of(*rows)
    text = page.by_row.text.replace(".", ".·")
    for name, field in read(page).items():
        if name in ("name", "address"):
            assert set(str(field.value)) <= set(text)
