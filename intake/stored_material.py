"""A read material as JSON and back: what one process read, another one judges.

Recognised lines are left out: no rule looks at them. Boxes are kept to a ten-thousandth of a page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from imaging.geometry import Quad
from imaging.model import Defect
from imaging.tick_box import TickState
from ocr.model import Coverage, Field, Kind, Reading, Seal, TickBox
from verify.model import Material

# A ten-thousandth of a page; scores keep one digit more, because rules compare them with limits of two.
_BOX_DIGITS, _SCORE_DIGITS = 4, 5
# Fields of `Material` that are kept as they are; those that it does not have (yet) are left out on both sides.
_PLAIN = ("slot", "file", "size_bytes", "source_format", "sha256", "fingerprint")


def material_json(material: Material) -> dict[str, Any]:
    """The material without pixels, path and lines."""
    own = {field.name for field in fields(material)}
    return {
        **{name: getattr(material, name) for name in _PLAIN if name in own},
        "readings": [_reading_json(reading) for reading in material.readings],
        "defects": [_defect_json(defect) for defect in material.defects],
    }


def material_of(row: Mapping[str, Any]) -> Material:
    """The material of what `material_json` made."""
    own = {field.name for field in fields(Material)}
    return Material(
        **{name: row[name] for name in _PLAIN if name in own and name in row},
        readings=tuple(_reading_of(reading) for reading in row["readings"]),
        defects=tuple(_defect_of(defect) for defect in row["defects"]),
    )


def _reading_json(reading: Reading) -> dict[str, Any]:
    return {
        "kind": reading.kind.value,
        "kind_confidence": round(reading.kind_confidence, _SCORE_DIGITS),
        "variant": reading.variant,
        "picture": reading.picture,
        "fields": {name: _field_json(field) for name, field in reading.fields.items()},
        "defects": [_defect_json(defect) for defect in reading.defects],
        "seals": [_seal_json(seal) for seal in reading.seals],
        "ticks": [_tick_json(tick) for tick in reading.ticks],
    }


def _reading_of(row: Mapping[str, Any]) -> Reading:
    return Reading(
        kind=Kind(row["kind"]),
        kind_confidence=row["kind_confidence"],
        fields={name: _field_of(field) for name, field in row["fields"].items()},
        defects=tuple(_defect_of(defect) for defect in row["defects"]),
        picture=row["picture"],
        variant=row["variant"],
        seals=tuple(_seal_of(seal) for seal in row["seals"]),
        ticks=tuple(_tick_of(tick) for tick in row["ticks"]),
    )


def _field_json(field: Field) -> dict[str, Any]:
    value = list(field.value) if isinstance(field.value, tuple) else field.value
    return {
        "value": value,
        "confidence": round(field.confidence, _SCORE_DIGITS),
        "box": _box_json(field.box),
        "raw": field.raw,
        "repaired": field.repaired,
        "coverage": field.coverage.value,
    }


def _field_of(row: Mapping[str, Any]) -> Field:
    value = tuple(row["value"]) if isinstance(row["value"], list) else row["value"]
    return Field(value, row["confidence"], _box_of(row["box"]), row["raw"], row["repaired"], Coverage(row["coverage"]))


def _defect_json(defect: Defect) -> dict[str, Any]:
    return {
        "code": defect.code,
        "measured": _rounded(defect.measured),
        "limit": _rounded(defect.limit),
        "severe": defect.severe,
        "box": _box_json(defect.box),
        "detail": defect.detail,
    }


def _defect_of(row: Mapping[str, Any]) -> Defect:
    return Defect(row["code"], row["measured"], row["limit"], row["severe"], _box_of(row["box"]), row["detail"])


def _seal_json(seal: Seal) -> dict[str, Any]:
    return {
        "text": seal.text,
        "confidence": round(seal.confidence, _SCORE_DIGITS),
        "number": seal.number,
        "box": _box_json(seal.box),
        "centre_text": seal.centre_text,
        "diameter_px": round(seal.diameter_px),
        "colour": seal.colour,
        "ring": round(seal.ring, _BOX_DIGITS),
        "visible": round(seal.visible, _BOX_DIGITS),
        "shape": seal.shape,
        "middle": seal.middle,
        "over_text": _rounded(seal.over_text),
    }


def _seal_of(row: Mapping[str, Any]) -> Seal:
    box = _box_of(row["box"])
    if box is None:
        raise ValueError("a seal has a place")
    return Seal(**{**row, "box": box})


def _tick_json(tick: TickBox) -> dict[str, Any]:
    return {
        "duty": tick.duty,
        "state": tick.state.value,
        "confidence": round(tick.confidence, _SCORE_DIGITS),
        "box": _box_json(tick.box),
        "shape": tick.shape,
        "inside": round(tick.inside, _BOX_DIGITS),
    }


def _tick_of(row: Mapping[str, Any]) -> TickBox:
    return TickBox(**{**row, "state": TickState(row["state"]), "box": _box_of(row["box"])})


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _BOX_DIGITS)


def _box_json(box: Quad | None) -> list[float] | None:
    return None if box is None else [round(part, _BOX_DIGITS) for point in box.points for part in point]


def _box_of(parts: Sequence[float] | None) -> Quad | None:
    if parts is None:
        return None
    a, b, c, d = ((parts[k], parts[k + 1]) for k in range(0, 8, 2))
    return Quad((a, b, c, d))
