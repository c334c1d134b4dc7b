from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from hypothesis import given
from hypothesis import strategies as st

from imaging.geometry import Quad
from intake.record import reading_record
from ocr.kinds import detect_kinds
from ocr.model import Field, Kind, Reading, Seal
from ocr.readers.household_register import ALLOWED, HOME_PAGE, PERSON_PAGE, minimise, read, variant
from ocr.readers.registry import READERS
from tests.unit.ocr.pages import lines_of, page_of, values

NUMBER = "11010519491231002X"
PERSON = (
    "常住人口登记卡",
    "姓名|王芳|户主或与户主关系|户主",
    "曾用名|王红|性别|女",
    "出生地|云南省昆明市|民族|回族",
    "籍贯|四川省自贡市|出生日期|1949年12月31日",
    "本市（县）其他住址|甲市乙路3号|宗教信仰|伊斯兰教",
    f"公民身份证件编号|{NUMBER}|身高|165厘米|血型|AB型",
    "文化程度|大学本科|婚姻状况|离婚|兵役状况|未服兵役",
    "服务处所|某某公司|职业|会计",
)
# Cells that must never leave the reader.
SECRETS = (
    "王红",
    "回族",
    "自贡",
    "甲市乙路",
    "伊斯兰教",
    "165厘米",
    "AB型",
    "大学本科",
    "离婚",
    "未服兵役",
    "某某公司",
)


def reading_of(*rows: str) -> Reading:
    fields = read(page_of(*rows)) | {"seal_present": Field(True, 0.9, Quad.from_rect(0.4, 0.4, 0.6, 0.6))}
    seal = Seal("某派出所户口专用章", 0.9, "5301", Quad.from_rect(0.4, 0.4, 0.6, 0.6), "户口专用章", 300.0)
    return Reading(
        Kind.HOUSEHOLD_REGISTER,
        1.0,
        MappingProxyType(fields),
        lines=lines_of(*rows),
        seals=(seal,),
        variant=PERSON_PAGE,
    )


def test_person_page_gives_name_and_number_and_no_other_address() -> None:
    page = page_of(*PERSON)
    assert values(read(page)) == {"name": "王芳", "id_number": NUMBER}
    assert variant(page) == PERSON_PAGE


def test_home_page_gives_the_head_and_the_address() -> None:
    page = page_of("户别|家庭户|户主姓名|王芳", "户号|003217|住址|云南省昆明市某路1号", "户口登记机关|户口专用章")
    assert values(read(page)) == {"name": "王芳", "address": "云南省昆明市某路1号"}
    assert variant(page) == HOME_PAGE


def test_a_newer_person_page_prints_the_address() -> None:
    page = page_of(
        "常住人口登记表",
        "户号|1|户别|家庭户",
        "姓名|王芳|曾用名|王红",
        f"公民身份号码|{NUMBER}",
        "住址|甲省乙路2号",
        "出生地|丙市",
    )
    assert values(read(page)) == {"name": "王芳", "id_number": NUMBER, "address": "甲省乙路2号"}


def test_changes_of_address_are_not_the_address() -> None:
    page = page_of("居民户口簿", "户主姓名|王芳", "住址变动登记", "变动后的住址|变动日期", "甲市乙路9号|2020年1月1日")
    assert "address" not in read(page)


def test_an_empty_name_is_not_filled_from_the_next_cell() -> None:
    page = page_of("姓名|户主或与户主关系|户主", "曾用名|王红|性别|女")
    assert "name" not in read(page)


def test_a_label_found_in_two_pieces() -> None:
    page = page_of("常住人口登记卡", "姓|名|王芳|户主或与户主关系|户主", "曾用名|王红|性别|女")
    assert values(read(page)) == {"name": "王芳"}


def test_only_the_allowed_items_are_kept() -> None:
    kept = minimise(reading_of(*PERSON))
    assert set(kept.fields) <= ALLOWED
    text = "".join(line.text for line in kept.lines)
    assert "王芳" in text
    assert NUMBER in text
    assert not [secret for secret in SECRETS if secret in text]
    assert [(seal.text, seal.centre_text, seal.number) for seal in kept.seals] == [("", "", None)]


def test_a_field_that_is_not_allowed_is_dropped() -> None:
    reading = reading_of(*PERSON)
    stained = replace(
        reading, fields=MappingProxyType({**reading.fields, "religion": Field("伊斯兰教", 0.9, raw="伊斯兰教")})
    )
    assert "religion" not in minimise(stained).fields


def test_places_of_lines_stay_for_page_quality() -> None:
    reading = reading_of(*PERSON)
    kept = minimise(reading)
    assert {line.box for line in reading.lines} <= {line.box for line in kept.lines}


def test_the_registry_minimises_and_what_is_printed_holds_no_other_cell() -> None:
    kept = READERS[Kind.HOUSEHOLD_REGISTER].kept(reading_of(*PERSON))
    printed = str(reading_record("a.jpg", kept, [])) + repr(kept)
    assert not [secret for secret in SECRETS if secret in printed]


def test_both_pages_are_told_apart_from_identity_cards() -> None:
    for rows in (PERSON, ("户别|家庭户|户主姓名|王芳", "户号|003217|住址|云南省昆明市某路1号")):
        (guess,) = detect_kinds(page_of(*rows).running.text)
        assert guess.kind is Kind.HOUSEHOLD_REGISTER


CELLS = st.sampled_from([*(cell for row in PERSON for cell in row.split("|")), "", "住址", "户主姓名", "张三"])


@given(st.lists(st.lists(CELLS, min_size=1, max_size=4).map("|".join), max_size=10))
def test_no_order_of_cells_lets_religion_or_marriage_out(rows: list[str]) -> None:
    kept = minimise(reading_of(*rows))
    assert set(kept.fields) <= ALLOWED
    words = {"宗教信仰", "婚姻状况", "血型", "兵役状况"}
    assert not [line.text for line in kept.lines if any(word in line.text for word in words)]
