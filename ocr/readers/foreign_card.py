"""Reader for 外国人永久居留身份证: labels in two languages, validity beside the portrait, two forms of number."""

from __future__ import annotations

import re

from ocr.cells import Cells, Piece, as_printed, cells_of, joined, spelling, value_of
from ocr.check_digits import as_digits, is_early_foreign_number
from ocr.dates import DateSpan, find_dates
from ocr.flow import Flow
from ocr.model import Field
from ocr.page import Page
from ocr.people import HAN, find_resident_number, resident_number_field

_LABELS = {
    "title": r"中华人民共和国外国人永久居留身份证|外国人永久居留(?:身份)?证|PEOPLE.{0,3}REPUBLICOFCHINA"
    r"|FOREIGN\w*RESIDENTID?CARD|FOREIGNER\w*PERMANENT\w*CARD",
    "chinese_name": "中文姓名",
    "name": "姓名[/／|]?(?:Name)?|Name",
    "gender": "性别[/／|]?(?:Sex|Gender)?|Sex",
    "birth_date": "(?:出生日期|出生)[/／|]?(?:DateofBirth)?|DateofBirth",
    "nationality": "国籍[/／|]?(?:Nationality)?|Nationality",
    "validity": "有效期限?[/／|]?(?:PeriodofValidity|Validity|DateofExpiry)?|PeriodofValidity",
    "issuer": f"(?:{spelling('签发机关')})[/／|]?(?:IssuingAuthority)?|IssuingAuthority",
    "english": "[/／|](?:Name|Sex|Nationality)|NationalImmigrationAdministration[,，.]?(?:PRC)?",
    "id_number": "(?:证件号码|证件号)[/／|]?(?:(?:ID|Card)No[.．,]?)?|(?:ID|Card)No[.．,]?",
    "other": "曾持证件号码|持证人|遗失",
}
_EARLY_NUMBER = re.compile(r"(?<![A-Z0-9])[A-Z0-9]{3}[0-9OoQDIl|]{12}(?![0-9A-Z])")
# What a recogniser returns for letters in front of the digits.
_AS_LETTERS = str.maketrans("01568", "OISGB")
_SIGNS = re.compile("永久居留|PERMANENT|Nationality|DateofBirth|ImmigrationAdministration|外国人")


def is_foreign(page: Page) -> bool:
    """True when the words of such a card are there, or a 15-character number whose check digit agrees."""
    if _SIGNS.search(page.by_row.text):
        return True
    return any(is_early_foreign_number(match[0]) for match in _EARLY_NUMBER.finditer(page.by_row.text))


def read_front(page: Page) -> dict[str, Field]:
    """Fields: name (Latin, as printed), gender, birth_date, id_number, valid_from, valid_until, issuing_authority."""
    cells = cells_of(page, _LABELS)
    found: dict[str, Field | None] = {
        "name": _name(cells),
        "gender": _gender(cells),
        "birth_date": _birth(cells),
        "id_number": _number(cells),
        "issuing_authority": _issuer(cells),
    }
    return {name: field for name, field in found.items() if field is not None} | _validity(cells)


def read_back(page: Page) -> dict[str, Field]:
    """Fields of the other side: issuing_authority; the validity where it is printed there."""
    cells = cells_of(page, _LABELS)
    issuer = _issuer(cells)
    return ({"issuing_authority": issuer} if issuer else {}) | _validity(cells)


def _name(cells: Cells) -> Field | None:
    piece = value_of(cells, "name")
    if piece is None:
        return None
    text = as_printed(cells.flow, piece.start, piece.end).strip(" :：/／.。")
    # The comma after the surname comes back in full width, as a full stop, or with its space lost.
    value = re.sub(r"\s*[,，.。、]\s*", ", ", text).strip(" ,")
    return cells.flow.field(piece.start, piece.end, value) if re.search(f"[A-Za-z{HAN}]", value) else None


def _gender(cells: Cells) -> Field | None:
    piece = value_of(cells, "gender", lambda text: bool(re.search("[男女]", text)))
    text = cells.text(piece) if piece else ""
    match = re.search("[男女]", text)
    if piece is None or match is None:
        return None
    return cells.flow.field(piece.start + match.start(), piece.start + match.end(), match[0])


def _birth(cells: Cells) -> Field | None:
    piece = value_of(cells, "birth_date", lambda text: bool(find_dates(text))) or _only(cells, dates=1)
    if piece is None:
        return None
    for date in find_dates(cells.text(piece)):
        return cells.flow.field(piece.start + date.start, piece.start + date.end, date.iso)
    return None


def _only(cells: Cells, *, dates: int) -> Piece | None:
    """The only piece with so many dates: on a card seen from the side a value may stand where no label reaches it."""
    found = [piece for piece in cells.values if len(_days(cells, piece)) == dates]
    return found[0] if len(found) == 1 else None


def _days(cells: Cells, piece: Piece) -> list[DateSpan]:
    return [date for date in find_dates(cells.text(piece)) if len(date.iso) == 10]


def _validity(cells: Cells) -> dict[str, Field]:
    piece = value_of(cells, "validity", lambda text: bool(find_dates(text))) or _only(cells, dates=2)
    if piece is None:
        return {}
    dates = _days(cells, piece)
    names = ("valid_from", "valid_until") if len(dates) > 1 else ("valid_until",)
    return {
        name: cells.flow.field(piece.start + date.start, piece.start + date.end, date.iso)
        for name, date in zip(names, dates, strict=False)
    }


def _issuer(cells: Cells) -> Field | None:
    piece = value_of(cells, "issuer")
    if piece is None:
        return None
    text = re.sub(f"[^{HAN}]", "", cells.text(piece))
    return cells.flow.field(piece.start, piece.end, text) if len(text) > 2 else None


def _number(cells: Cells) -> Field | None:
    """18 digits, or three letters and twelve digits; one whose check digit agrees comes first.

    What stands behind the label is looked at by itself, because 证件号码/ID No. runs into the number.
    """
    piece = value_of(cells, "id_number")
    flows = [joined(cells.flow, [piece])] if piece else []
    for flow in (*flows, cells.flow):
        hits = [match.span() for match in _EARLY_NUMBER.finditer(flow.text)]
        proved = [span for span in hits if is_early_foreign_number(_early(flow.text[slice(*span)]))]
        if proved:
            return _early_field(flow, *proved[0])
        found = find_resident_number(flow)
        if found:
            return resident_number_field(flow, *found)
        if hits:
            return _early_field(flow, *hits[0])
    return None


def _early_field(flow: Flow, start: int, end: int) -> Field:
    raw = flow.text[start:end]
    value = _early(raw)
    return flow.field(start, end, value, repaired=value != raw and is_early_foreign_number(value))


def _early(text: str) -> str:
    """The first three places as letters, the others as digits."""
    return text[:3].translate(_AS_LETTERS) + as_digits(text[3:])
