"""Turns result records into what a page shows: no markup here, only values, words and numbers."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from intake.report.difference import Piece, cut, mark_difference, starred
from intake.report.labels import BANDS, FIELDS, KINDS, LEVEL_MARKS, LEVELS, field_label, slot_label
from intake.report.pictures import case_key, picture_name

# Order on the page: what cannot be verified first, notes last.
_LEVEL_ORDER = tuple(LEVELS)
# Notes are folded away below what needs a person.
_NOTE = "info"


@dataclass(frozen=True, slots=True)
class Row:
    """One finding on a card; `number` ties it to its box, `short` says to the reviewer what to look at."""

    number: int
    code: str
    level: str
    level_label: str
    mark: str
    field: str
    material: str
    short: tuple[Piece, ...]
    message: tuple[Piece, ...]
    entered: tuple[Piece, ...]
    read: tuple[Piece, ...]
    points: float
    confidence_percent: int | None
    crop: Crop | None


@dataclass(frozen=True, slots=True)
class Crop:
    """A piece of a picture under a value, in the picture's pixels."""

    src: str
    left_px: int
    top_px: int
    width_px: int
    height_px: int
    picture_width_px: int
    picture_height_px: int


@dataclass(frozen=True, slots=True)
class Mark:
    """One box on a picture: corners as an SVG points list, and where its number stands, all in pixels."""

    number: int
    level: str
    points: str
    x_px: float
    y_px: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """One picture with its boxes, and the fields that were read from it; `picture` counts a slot's from 1."""

    slot: str
    picture: int
    label: str
    file: str
    src: str | None
    width_px: int
    height_px: int
    badge_px: float
    marks: tuple[Mark, ...]
    fields: tuple[tuple[str, tuple[Piece, ...]], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One person."""

    anchor: str
    case: str
    person: str
    score: int
    band: str
    band_label: str
    counts: tuple[tuple[str, str, int], ...]
    codes: str
    rows: tuple[Row, ...]
    notes: tuple[Row, ...]
    sheets: tuple[Sheet, ...]


def make_card(record: Mapping[str, Any], *, out: Path, images: str) -> Card:
    """Builds the card of one result record.

    Args:
        record: One line of results.jsonl.
        out: The output folder; pictures are looked for below it.
        images: Name of the pictures' folder, as the page links to it.
    """
    name = str(record.get("case"))
    key = case_key(name)
    found = sorted(record.get("findings") or (), key=_worst_first)
    numbered = tuple(enumerate(found, start=1))
    materials = record.get("materials") or {}
    folder = _Folder(out, images, key)
    sheets = tuple(
        _sheet(slot, material, picture, numbered, folder)
        for slot, material in materials.items()
        for picture in _pictures(material)
    )
    by_picture = {(sheet.slot, sheet.picture): sheet for sheet in sheets}
    rows = tuple(_row(number, finding, by_picture) for number, finding in numbered)
    levels = [str(f.get("level")) for f in found]
    return Card(
        anchor=key,
        case=starred(plain_text(name) or ""),
        person=plain_text(_person_name(materials)) or "",
        score=int(record.get("score") or 0),
        band=str(record.get("band")),
        band_label=BANDS.get(str(record.get("band")), str(record.get("band"))),
        counts=tuple((lv, LEVELS[lv], levels.count(lv)) for lv in _LEVEL_ORDER if lv in levels),
        codes=" ".join(sorted({plain_text(f.get("code")) or "" for f in found})),
        rows=tuple(row for row in rows if row.level != _NOTE),
        notes=tuple(row for row in rows if row.level == _NOTE),
        sheets=tuple(sorted(sheets, key=lambda s: not s.marks)),
    )


def _worst_first(finding: Mapping[str, Any]) -> tuple[int, float, str]:
    level = str(finding.get("level"))
    order = _LEVEL_ORDER.index(level) if level in _LEVEL_ORDER else len(_LEVEL_ORDER)
    return order, -float(finding.get("points_lost") or 0), str(finding.get("field") or "")


def _person_name(materials: Mapping[str, Any]) -> str:
    """The name that most papers agree on; one of them may be misread or belong to somebody else."""
    read = [((material or {}).get("fields") or {}).get("name") or {} for material in materials.values()]
    named = Counter(str(field["value"]) for field in read if isinstance(field.get("value"), str))
    return named.most_common(1)[0][0] if named else ""


def _pictures(material: Mapping[str, Any]) -> tuple[int, ...]:
    """Numbers of the pictures that were made of one upload: 1, and 2 where it showed two documents."""
    others = (_picture(other) for other in material.get("also") or ())
    return (1, *sorted({number for number in others if number > 1}))


def _picture(part: Mapping[str, Any]) -> int:
    number = part.get("picture", 1)
    return number if isinstance(number, int) else 1


def _row(number: int, finding: Mapping[str, Any], sheets: Mapping[tuple[str, int], Sheet]) -> Row:
    level = str(finding.get("level"))
    entered, read = mark_difference(plain_text(finding.get("entered")), plain_text(finding.get("read")))
    material = finding.get("material")
    sheet = sheets.get((str(material), _picture(finding)))
    read_at = finding.get("confidence") if finding.get("read") is not None else None
    return Row(
        number=number,
        code=plain_text(finding.get("code")) or "",
        level=level,
        level_label=LEVELS.get(level, level),
        mark=LEVEL_MARKS.get(level, "●"),
        field=(plain_text(field_label(str(finding["field"]))) or "") if finding.get("field") else "",
        material=sheet.label if sheet is not None else slot_label(str(material)) if material else "",
        # Records of earlier versions have none; then the field names the row.
        short=cut(plain_text(finding.get("short")) or ""),
        message=cut(plain_text(finding.get("message")) or ""),
        entered=entered,
        read=read,
        points=float(finding.get("points_lost") or 0),
        confidence_percent=None if read_at is None else round(100 * float(read_at)),
        crop=_crop(finding.get("box"), sheet),
    )


def _crop(box: Sequence[Sequence[float]] | None, sheet: Sheet | None) -> Crop | None:
    """The box with a little of its surroundings; None when it covers so much that it shows nothing new."""
    if not box or sheet is None or sheet.src is None:
        return None
    xs, ys = [p[0] * sheet.width_px for p in box], [p[1] * sheet.height_px for p in box]
    pad = 0.25 * max(8.0, min(max(xs) - min(xs), max(ys) - min(ys)))
    left, top = max(0.0, min(xs) - pad), max(0.0, min(ys) - pad)
    right, bottom = min(sheet.width_px, max(xs) + pad), min(sheet.height_px, max(ys) + pad)
    # Neither half a page nor a column of tick boxes says more as a crop than its box does on the picture.
    tall = bottom - top > min(0.5 * sheet.height_px, 2 * (right - left))
    if right - left < 4 or bottom - top < 4 or tall:
        return None
    return Crop(
        src=sheet.src,
        left_px=round(left),
        top_px=round(top),
        width_px=round(right - left),
        height_px=round(bottom - top),
        picture_width_px=sheet.width_px,
        picture_height_px=sheet.height_px,
    )


@dataclass(frozen=True, slots=True)
class _Folder:
    """Where a case's pictures lie: the output folder, the name of the pictures' folder, the case's own in it."""

    out: Path
    images: str
    key: str


def _sheet(
    slot: str,
    material: Mapping[str, Any],
    picture: int,
    numbered: Sequence[tuple[int, Mapping[str, Any]]],
    folder: _Folder,
) -> Sheet:
    name = picture_name(slot, picture)
    width_px, height_px = _size_of(folder.out / folder.images / folder.key / name)
    marks = tuple(
        _mark(number, finding, width_px=width_px, height_px=height_px)
        for number, finding in numbered
        if finding.get("material") == slot and _picture(finding) == picture and finding.get("box") and width_px
    )
    return Sheet(
        slot=slot,
        picture=picture,
        label=plain_text(_sheet_label(slot, material, picture)) or "",
        file=plain_text(material.get("file")) or "",
        src=f"{folder.images}/{folder.key}/{name}" if width_px else None,
        width_px=width_px,
        height_px=height_px,
        badge_px=_badge_px(width_px, height_px),
        marks=marks,
        fields=tuple(_field(n, f) for part in _parts(material, picture) for n, f in (part.get("fields") or {}).items()),
    )


def _parts(material: Mapping[str, Any], picture: int) -> list[Mapping[str, Any]]:
    """The documents of a material that were read from one of its pictures."""
    return [part for part in (material, *(material.get("also") or ())) if _picture(part) == picture]


def _sheet_label(slot: str, material: Mapping[str, Any], picture: int) -> str:
    """A second picture is called by what it shows, because it lies in another document's slot."""
    if picture == 1:
        return slot_label(slot)
    kinds = [KINDS.get(str(part.get("kind")), "") for part in _parts(material, picture)]
    return f"{slot_label(slot)}（同图：{'、'.join(kind for kind in kinds if kind)}）"


def _size_of(picture: Path) -> tuple[int, int]:
    """Width and height of one of our own pictures; zeros when there is none."""
    try:
        with Image.open(picture, formats=["JPEG"]) as opened:
            return opened.size
    except (OSError, ValueError):
        return 0, 0


def _mark(number: int, finding: Mapping[str, Any], *, width_px: int, height_px: int) -> Mark:
    corners = [(min(1.0, max(0.0, x)) * width_px, min(1.0, max(0.0, y)) * height_px) for x, y in finding["box"]]
    badge_px = _badge_px(width_px, height_px)
    # Left of the box, so that the number hides no character; inside the picture where the box begins at its edge.
    left = max(1.3 * badge_px, min(x for x, _ in corners) - 1.4 * badge_px)
    middle = (corners[0][1] + corners[3][1]) / 2
    return Mark(
        number=number,
        level=str(finding.get("level")),
        points=" ".join(f"{x:.1f},{y:.1f}" for x, y in corners),
        x_px=round(left, 1),
        y_px=round(min(height_px - 1.5 * badge_px, max(1.5 * badge_px, middle)), 1),
    )


def _badge_px(width_px: int, height_px: int) -> float:
    """Half the width of a badge: readable when the picture fills a column, and no larger than a line of print."""
    return round(max(width_px, height_px) / 64, 1)


def _field(name: str, field: Mapping[str, Any]) -> tuple[str, tuple[Piece, ...]]:
    value = field.get("value")
    if isinstance(value, bool):
        text = "是" if value else "否"
    elif isinstance(value, list):
        text = "、".join(str(v) for v in value)
    else:
        text = "未读出" if value is None else str(value)
    return FIELDS.get(name, name), cut(plain_text(text) or "")


def plain_text(value: object) -> str | None:
    """Text without characters that move the cursor or turn the reading direction of what stands beside it."""
    if value is None:
        return None
    text = "、".join(str(part) for part in value) if isinstance(value, list | tuple) else str(value)
    return "".join(c if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp") else "�" for c in text)
