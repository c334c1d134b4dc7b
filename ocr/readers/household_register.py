"""Reader for 居民户口簿: home page and 常住人口登记卡 (公通字〔1995〕91号).

The page also carries religion, marriage, blood group and more. They are none of our business (PIPL art. 6 and 28): only
name, citizen number, address and whether there is a seal leave this stage; `minimise` takes away everything else.
"""

from __future__ import annotations

import re
from dataclasses import replace
from types import MappingProxyType

from ocr.cells import Cells, cells_of, spelling
from ocr.model import Field, Line, Reading
from ocr.page import Page
from ocr.people import find_resident_number, resident_number_field
from ocr.readers.holder import address_field, name_field, name_in_row

HOME_PAGE, PERSON_PAGE = "home_page", "person_page"

# Everything that may be kept, with the presence of the seal (design.md section 3; domain.md 3.2).
ALLOWED = frozenset({"name", "id_number", "address", "seal_present"})
# Stands for a line that is not kept: its place still tells page quality how high the print is and where it ends.
WITHHELD = "＊＊"

# Only the first three are wanted; all others end the values of their neighbours.
_LABELS = {
    "head": "户主姓名|户主(?=[：:])",
    "relation": "户主或与户主关系|与户主关系|户主或与|户主关系|户主",
    "former": "曾用名",
    "name": "姓名",
    "changed": "变动后的?住址|住址变动登记|住址变动",
    "elsewhere": "(?:本市|本市[（(]?[县州][）)]?)?其他住址|本市[（(]县[）)]",
    "address": spelling("户籍地址", "家庭住址", "户籍住址") + "|住址|住所",
    "id_number": spelling("公民身份证件编号", "公民身份号码", "公民身份证号码", "身份证件编号")
    + "|公民身份|证件编号|身份证号码|身份证号",
    "household": "户别|户号|户口类别",
    "gender": "性别",
    "ethnicity": "民族",
    "birth": "出生日期|出生地|出生年月",
    "origin": "籍贯",
    # A blood group stands beside its neighbour without a gap at times.
    "other": spelling("宗教信仰", "婚姻状况", "文化程度", "兵役状况", "服务处所")
    + "|宗教|信仰|身高|血型|婚姻|兵役|状况|职业|(?:AB|A|B|O)型",
    "moved": "何时何因由何地|何时由何地|迁来本市|迁来本址|迁来",
    "office": "承办人签章|承办人|登记日期|打印日期|登记机关|签发日期|省级公安机关|户口登记机关|户口专用章|签发",
    "title": "常住人口登记[卡表]|居民户口簿|户口簿首页|登记事项变更和更正记载",
}
_ROW_STOPS = (
    *("户主", "与户主", "曾用名", "性别", "民族", "出生", "籍贯", "户号", "户别", "住址", "公民身份", "身份证"),
    *("宗教", "信仰", "身高", "血型", "婚姻", "文化", "兵役", "状况", "服务处所", "职业", "何时", "迁来", "承办"),
)
# Words of the cells that the law keeps out; a value that holds one has run into a neighbour.
_WITHHELD_WORDS = re.compile(
    spelling("宗教信仰", "婚姻状况", "文化程度", "兵役状况", "服务处所")
    + "|宗教|信仰|血型|婚姻|未婚|已婚|离婚|丧偶|兵役|文化程度"
)
_PERSON_WORDS = re.compile("常住人口|曾用名|籍贯|出生地|血型|身高|婚姻|兵役|文化程度|服务处所")
_HOME_WORDS = re.compile("户别|户号|户主姓名|居民户口簿|户口簿首页|住址变动")


def read(page: Page) -> dict[str, Field]:
    """Fields: name (the member's; on the home page the head's), id_number, address. `ocr.read` adds the seal."""
    cells = cells_of(page, _LABELS)
    number = find_resident_number(page.by_row)
    found: dict[str, Field | None] = {
        "name": _name(cells, page),
        "id_number": resident_number_field(page.by_row, *number) if number else None,
        "address": address_field(cells, "address"),
    }
    return {name: field for name, field in found.items() if field is not None}


def variant(page: Page) -> str:
    """`home_page` or `person_page`; empty when neither's words are there."""
    text = page.by_row.text
    if _PERSON_WORDS.search(text):
        return PERSON_PAGE
    return HOME_PAGE if _HOME_WORDS.search(text) else ""


def minimise(reading: Reading) -> Reading:
    """The reading without anything but the allowed items: fields, lines and what seals say.

    A line is replaced by the characters of the kept fields on it; of all others only the place stays.
    """
    fields = {name: _value_alone(field) for name, field in reading.fields.items() if _may_leave(name, field)}
    kept = tuple(
        Line(field.raw, field.confidence, field.box)
        for name, field in fields.items()
        if name != "seal_present" and field.box is not None and field.raw
    )
    blank = tuple(Line(WITHHELD, line.confidence, line.box) for line in reading.lines)
    seals = tuple(replace(seal, text="", centre_text="", number=None) for seal in reading.seals)
    return replace(reading, fields=MappingProxyType(fields), lines=(*kept, *blank), seals=seals)


def _may_leave(name: str, field: Field) -> bool:
    return name in ALLOWED and not (isinstance(field.value, str) and _WITHHELD_WORDS.search(field.value))


def _value_alone(field: Field) -> Field:
    """The field without what was read around its value: that may be a neighbour's cell."""
    return replace(field, raw=field.value) if isinstance(field.value, str) else field


def _name(cells: Cells, page: Page) -> Field | None:
    """The member's name; only a home page, which names no member, gives the head's."""
    for label in ("name", "head"):
        if label in cells.labels:
            return name_field(cells, label)
    return name_in_row(page.by_row, _ROW_STOPS)
