"""Reader for 居住证 (居住证暂行条例 art. 4): the side that names the holder, and that with the endorsements (art. 10).

Two addresses are printed. The field `address` is where the person lives (居住地住址), never the registered one.
"""

from __future__ import annotations

import re

from ocr.cells import Cells, cells_of, spelling
from ocr.dates import DateSpan, find_dates
from ocr.model import Field
from ocr.page import Page
from ocr.people import find_resident_number, resident_number_field
from ocr.readers.holder import address_field, name_field, name_in_row

ENDORSEMENT = "endorsement"

_LABELS = {
    "name": "持证人姓名|姓名",
    "gender": "性别",
    "ethnicity": "民族",
    "birth_date": "出生日期|出生年月|出生",
    "registered": spelling("常住户口所在地住址", "常住户口所在地", "户籍所在地", "户籍地址", "户籍住址", "户籍地"),
    "address": spelling("现居住地地址", "居住地住址", "居住地地址", "现居住地址", "居住地址", "居住住址", "现居住地")
    + "|现住址|现住地址|居住地(?=[：:])",
    "id_number": spelling("公民身份号码", "身份证号码", "证件号码") + "|身份证号",
    "issuer": spelling("签发机关", "签注机关", "发证机关"),
    "endorsed": spelling("签发日期", "签注日期", "发证日期", "签注时间") + "|办理日期|申领日期",
    "valid_until": spelling("签注有效期至", "签注有效期限", "有效期限至", "有效期限", "有效期至") + "|有效期",
    "other": "联系电话|服务处所|工作单位|持证须知|注意事项|居住证签注|注[：:]|附注",
}
_ROW_STOPS = ("性别", "民族", "出生", "户籍", "居住", "公民身份", "证件号码")
# Words of the holder's side; the endorsement side has none of them.
_HOLDER = re.compile("姓名|性别|民族|出生|公民身份|证件号码")


def read(page: Page) -> dict[str, Field]:
    """Fields: name, id_number, address (of residence), and valid_until where an endorsement prints it."""
    cells = cells_of(page, _LABELS)
    number = find_resident_number(page.by_row)
    found: dict[str, Field | None] = {
        "name": _name(cells, page),
        "id_number": resident_number_field(page.by_row, *number) if number else None,
        "address": address_field(cells, "address"),
        "valid_until": _valid_until(cells),
    }
    return {name: field for name, field in found.items() if field is not None}


def variant(page: Page) -> str:
    """`endorsement` for the side that names nobody."""
    text = page.by_row.text
    dated = re.search("签注|有效期|签发日期", text)
    return ENDORSEMENT if dated and not _HOLDER.search(text) else ""


def _name(cells: Cells, page: Page) -> Field | None:
    if "name" in cells.labels:
        return name_field(cells, "name")
    return name_in_row(page.by_row, _ROW_STOPS)


def _valid_until(cells: Cells) -> Field | None:
    """The latest date beside or under the label; of a period its end."""
    best: tuple[str, Field] | None = None
    for label in cells.labels.get("valid_until", ()):
        for piece in cells.values:
            beside = piece.left > label.left and abs(piece.y - label.y) < label.height
            beneath = piece.y > label.y and piece.left < label.right and piece.right > label.left
            if not (beside or beneath):
                continue
            text = cells.text(piece)
            # A period of which the end was not read must not end on its first day.
            for date in (day for day in _days(text) if not _BEGUN.match(text, day.end)):
                start, end = piece.start + date.start, piece.start + date.end
                field = cells.flow.field(start, end, date.iso, repaired=date.repaired)
                if best is None or date.iso > best[0]:
                    best = (date.iso, field)
    return best[1] if best else None


# Behind the first day of a period.
_BEGUN = re.compile("日?(?:起|至|到|[—–―−－\\-~～〜])")


def _days(text: str) -> list[DateSpan]:
    return [date for date in find_dates(text) if len(date.iso) == 10]
