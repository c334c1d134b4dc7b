"""Reader for the portrait side of ID cards in two scripts: the lines of the second script are told apart and left out.

The recogniser knows no Tibetan, Uygur, Yi or Mongolian. It returns Latin letters, kana and signs for them, rarely with
certainty, and too few Han characters for Korean. Labels are known by their words; the value of a label is found by
place, for label and value need not share a row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from ocr.cells import Cells, Piece, as_printed, block_of, cells_of, joined, value_of
from ocr.dates import find_dates
from ocr.flow import Flow
from ocr.labels import without_spaces
from ocr.model import Field, Line
from ocr.page import Page
from ocr.people import (
    HAN,
    clean_name,
    ethnicity_in,
    ethnicity_like,
    find_resident_number,
    gender_in,
    resident_number_field,
)
from ocr.readers.id_card import birth_field

_LABELS = {
    "name": "姓名",
    "gender": "性别",
    "ethnicity": "民族",
    "birth_date": "出生",
    "address": "长期固定住址|住址",
    "id_number": "公民身份号码|公民身份|身份号码",
    "issuing_authority": "签发机关",
    "validity": "有效期限",
    "title": "中华人民共和国|居民身份证",
}
_LABEL_WORDS = re.compile("|".join(_LABELS.values()))
_HAN = re.compile(f"[{HAN}]")
# Letters and signs that no Han print of the card holds; digits and X belong to the number and the birth date.
_FOREIGN_LETTERS = re.compile(f"[^\\W\\dXx_{HAN}]")
# 男 or 汉 behind the end of a label of the other script, read as one line.
_HAN_TAIL = re.compile(f"[{HAN}]{{1,4}}$")
# Lines of a second script come back below this score; Han print of a usable picture above 0.9.
_SURE = 0.82
# 居民身份证法 art. 8: the county's police issue the card.
_AUTHORITY = re.compile(f"[{HAN}]{{3,30}}(?:公安局|公安分局|分局|公安处)")
# Score of a character that is print beyond doubt.
_CERTAIN = 0.9
# The second script is set smaller than the values, by a fifth and more; boxes vary by a tenth.
_SMALL = 0.88
# A Han character is about as wide as its line is high. A box this many times wider for each holds more than was read.
_MOST_ROOM = 2.0
# Certain characters in front of such a word are strokes of the other script too, one or two of them: 丁行藏.
_CLOSED_LONGEST = 4
# 2019.05.01; a doubtful line as long may be the validity.
_DATE_LENGTH = 10
# So many labels must have a second line of their own: both labels of the emblem side, and not every letter is seen.
_LEAST_TWINS = 2
# A label and its second line begin at one place (within so many heights) and are one line apart.
_TWIN_SHIFT, _TWIN_NEAR, _TWIN_FAR = 0.6, 0.6, 1.7
# Both lines found as one are about twice as high as a label, and nothing but scraps is read from them.
_PAIR_LONGEST, _PAIR_LOWEST, _PAIR_HIGHEST = 2, 1.6, 2.6
# Zhuang, in Latin letters, and labels of it as the national printing office sets them.
_ZHUANG = re.compile("Mingz|Singqbied|Minzcuz|Diegyouq|Gunghminz|Cunghvaz")


def is_bilingual(page: Page) -> bool:
    """True when labels have a second line over or under them that begins where they begin."""
    if _ZHUANG.search(page.running.text):
        return True
    # Lines of the second script come back as scraps, which flows leave out.
    cells = cells_of(replace(page, by_row=without_spaces(Flow.of(page.rows))), _LABELS)
    twins = [name for name, labels in cells.labels.items() if any(_has_twin(cells, label) for label in labels)]
    known = [label for labels in cells.labels.values() for label in labels]
    pairs = [piece for piece in cells.values if any(_is_pair(piece, label) for label in known)]
    return len(twins) + len(pairs) >= _LEAST_TWINS


def read_issuer(page: Page) -> Field | None:
    """The issuing authority of the emblem side, without what the other script reads as."""
    lines = [line for row in page.rows for line in row.lines]
    least = _SMALL * _value_height(lines)
    cells = cells_of(page, _LABELS, part=lambda line: _han_part(line, least, page.aspect))
    # A line of the other script may stand between the label and its value; no other line ends like an authority.
    named = [piece for piece in cells.values if _AUTHORITY.fullmatch(cells.text(piece))]
    piece = named[0] if len(named) == 1 else value_of(cells, "issuing_authority")
    text = re.sub(f"[^{HAN}]", "", cells.text(piece)) if piece else ""
    return cells.flow.field(piece.start, piece.end, text) if piece and len(text) > 2 else None


def _has_twin(cells: Cells, label: Piece) -> bool:
    return any(
        abs(piece.left - label.left) < _TWIN_SHIFT * label.height
        and _TWIN_NEAR * label.height < abs(piece.y - label.y) < _TWIN_FAR * label.height
        for piece in cells.values
    )


def _is_pair(piece: Piece, label: Piece) -> bool:
    """A label and its second line found as one high line, of which a character or two were read (别 of 性别)."""
    return (
        piece.end - piece.start <= _PAIR_LONGEST
        and abs(piece.left - label.left) < _TWIN_SHIFT * label.height
        and _PAIR_LOWEST * label.height < piece.height < _PAIR_HIGHEST * label.height
    )


def without_other_script(page: Page) -> Page:
    """The emblem side without the short lines in which only the other script was seen: 1110 is no part of a date."""
    lines = [
        line
        for row in page.rows
        for line in row.lines
        if line.confidence >= _SURE or _HAN.search(line.text) or len(line.text) >= _DATE_LENGTH
    ]
    return Page.of(lines, aspect=page.aspect, codes=page.codes)


def read_front(page: Page) -> dict[str, Field]:
    """Fields as on every ID card: name, gender, ethnicity, birth_date, address, id_number."""
    lines = [line for row in page.rows for line in row.lines]
    least = _SMALL * _value_height(lines)
    cells = cells_of(page, _LABELS, part=lambda line: _han_part(line, least, page.aspect))
    found: dict[str, Field | None] = {
        "name": _name(cells),
        "gender": _one(cells, "gender"),
        "ethnicity": _ethnicity(cells),
        "birth_date": _birth(cells),
        "address": _address(cells),
        "id_number": _number(cells),
    }
    return {name: field for name, field in found.items() if field is not None}


def _height(line: Line) -> float:
    return line.box.bottom - line.box.top


def _value_height(lines: Sequence[Line]) -> float:
    """Height of the values: sure lines of several Han characters that hold no label."""
    heights = [
        _height(line)
        for line in lines
        if line.confidence >= _SURE and len(_HAN.findall(line.text)) >= 2 and not _LABEL_WORDS.search(line.text)
    ]
    return median(heights) if heights else 0.0


def _han_part(line: Line, least_height: float, aspect: float) -> slice:
    """All of a line in Han print, the Han end of one that runs over from a label of the other script, or nothing."""
    text = line.text
    if _LABEL_WORDS.search(text.replace(" ", "")):
        return slice(None)
    if re.fullmatch(r"[\dXx年月日 ]+", text):
        return slice(None) if line.confidence >= _SURE else slice(0)
    certain = _certain_tail(line)
    # Only where the word itself proves that it is whole; a name or an address may begin with a doubtful character.
    word = next((at for at in range(certain, len(text)) if _is_closed_word(text[at:])), 0) if certain else 0
    if word and len(text) - certain <= _CLOSED_LONGEST:
        return slice(word, None)
    tail = _HAN_TAIL.search(text)
    if tail is None or len(tail[0]) == len(text.strip()):
        room = (line.box.right - line.box.left) * aspect / max(_height(line), 1e-6) / max(1, len(text))
        # A lone rare character is read without certainty, but a name is never much smaller than the address.
        # The box of a sure word may be stretched over strokes of the other script beside it.
        sure = line.confidence >= _CERTAIN
        is_print = sure or (room < _MOST_ROOM and (line.confidence >= _SURE or _height(line) >= least_height))
        return slice(None) if is_print and _HAN.search(text) and not _FOREIGN_LETTERS.search(text) else slice(0)
    if line.confidence >= _SURE and not _FOREIGN_LETTERS.search(text):
        return slice(None)
    is_print = _height(line) >= least_height or ethnicity_like(tail[0]) is not None
    return slice(*tail.span()) if is_print else slice(0)


def _is_closed_word(text: str) -> bool:
    """True for 男, 女 and the names of the ethnic groups, nothing before or behind them."""
    return text in ("男", "女") or ((known := ethnicity_in(text)) is not None and known == text.removesuffix("族"))


def _certain_tail(line: Line) -> int:
    """Where the certain Han characters begin behind uncertain strokes, as in 二女 (0.39, 1.0); 0 without any."""
    scores, text = line.char_confidences, line.text
    if len(scores) != len(text):
        return 0
    start = len(text)
    while start and _HAN.match(text[start - 1]) and scores[start - 1] >= _CERTAIN:
        start -= 1
    uncertain = 0 < start < len(text) and sum(scores[:start]) / start < _CERTAIN
    return start if uncertain else 0


def _number(cells: Cells) -> Field | None:
    """The number on a line of its own; in the row of text a label in letters would run into it."""
    for piece in sorted(cells.values, key=lambda piece: piece.start - piece.end):
        flow = joined(cells.flow, [piece])
        found = find_resident_number(flow)
        if found:
            return resident_number_field(flow, *found)
    return None


def _name(cells: Cells) -> Field | None:
    piece = value_of(cells, "name") or _over_gender(cells)
    name = clean_name(as_printed(cells.flow, piece.start, piece.end)) if piece else ""
    return cells.flow.field(piece.start, piece.end, name) if piece and name else None


def _over_gender(cells: Cells) -> Piece | None:
    """The name where its label was not read: the Han piece above the gender that begins where the gender does."""
    if "name" in cells.labels:
        return None
    gender = value_of(cells, "gender", lambda text: gender_in(text) is not None)
    if gender is None:
        return None
    over = [
        piece
        for piece in cells.values
        if piece.y < gender.y - 0.5 * gender.height
        and abs(piece.left - gender.left) < _TWIN_SHIFT * gender.height
        and piece.height >= _SMALL * gender.height
        and re.fullmatch(f"[{HAN}·]{{2,15}}", cells.text(piece))
    ]
    return over[0] if len(over) == 1 else None


def _one(cells: Cells, label: str) -> Field | None:
    piece = value_of(cells, label, lambda text: gender_in(text) is not None)
    gender = gender_in(cells.text(piece)) if piece else None
    if piece is None or gender is None:
        return None
    at = piece.start + cells.text(piece).index(gender)
    return cells.flow.field(at, at + 1, gender)


def _ethnicity(cells: Cells) -> Field | None:
    piece = value_of(cells, "ethnicity", lambda text: ethnicity_in(text) is not None) or value_of(cells, "ethnicity")
    if piece is None:
        return None
    text = cells.text(piece)
    known = ethnicity_in(text)
    if known:
        return cells.flow.field(piece.start, piece.start + len(known), known)
    alike = ethnicity_like(text)
    if alike:
        return cells.flow.field(piece.start, piece.end, alike, repaired=True)
    return cells.flow.field(piece.start, piece.end, text) if re.fullmatch(f"[{HAN}]{{1,6}}", text) else None


def _birth(cells: Cells) -> Field | None:
    part = joined(cells.flow, block_of(cells, "birth_date"))
    return birth_field(part, 0, len(part.text)) or birth_field(cells.flow, 0, len(cells.flow.text))


def _under_birth(cells: Cells) -> tuple[Piece, ...]:
    """The address where its label was not read: what stands from birth date to number and begins as the date does."""
    birth = value_of(cells, "birth_date", lambda text: bool(find_dates(text)))
    ends = [piece.y for piece in cells.labels.get("id_number", ())]
    if "address" in cells.labels or birth is None or not ends:
        return ()
    return tuple(
        piece
        for piece in sorted(cells.values, key=lambda piece: piece.y)
        if birth.y + 0.5 * birth.height < piece.y < min(ends)
        and abs(piece.left - birth.left) < birth.height
        and _HAN.search(cells.text(piece))
    )


def _address(cells: Cells) -> Field | None:
    part = joined(cells.flow, block_of(cells, "address") or _under_birth(cells))
    value = re.sub(r"^[：:;；.,，\s]+|[\s.,，。:：]+$", "", part.text)
    return part.field(0, len(part.text), value) if len(_HAN.findall(value)) > 1 else None
