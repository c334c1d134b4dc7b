"""The objects that commands print and results.jsonl holds (design.md section 4)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from imaging.geometry import Quad
from imaging.model import Defect
from intake.rules import word_defects
from ocr.model import Field, Reading, Seal, TickBox
from verify.model import Band, Finding, Material, Verdict

# Decimals of a coordinate: a ten-thousandth of a page is a quarter of a pixel at 2400 px.
_BOX_DIGITS = 4
_CONFIDENCE_DIGITS = 4


def case_record(name: str, verdict: Verdict) -> dict[str, Any]:
    """One line of `intake verify --json`."""
    return {
        "case": name,
        "score": verdict.score,
        "band": verdict.band.value,
        "findings": [finding_json(f) for f in verdict.findings],
        "materials": {slot: material_json(m) for slot, m in verdict.materials.items()},
    }


def failed_record(name: str, failure: str, *, limit_s: float) -> dict[str, Any]:
    """The record of a case that took its worker down twice: nothing is known, so a person has to look.

    Args:
        name: The case.
        failure: `worker-killed` or `case-timeout`.
        limit_s: How long a case may take.
    """
    late = failure == "case-timeout"
    defect = Defect(failure, limit_s, limit_s, severe=True) if late else Defect("case-failed", severe=True)
    found = replace(word_defects([defect])[0], points_lost=100.0)
    return {
        "case": name,
        "score": 0,
        "band": Band.NEEDS_REVIEW.value,
        "findings": [finding_json(found)],
        "materials": {},
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding with the keys of design.md section 3 and `short`; `picture` when its box is not on the first one."""
    return {
        "code": finding.code,
        "level": finding.level.value,
        "field": finding.field,
        "material": finding.material,
        "entered": finding.entered,
        "read": finding.read,
        "match": None if finding.match is None else finding.match.value,
        "confidence": _share(finding.confidence),
        "box": box_json(finding.box),
        "message": finding.message,
        "short": finding.short,
        "points_lost": finding.points_lost,
        **_picture(finding.picture),
    }


def material_json(material: Material) -> dict[str, Any]:
    """A material: the document of its slot, and the others on it under `also` when there is more than one.

    A document with `picture` 2 has its boxes on the second picture made of the upload (decision 0007).
    """
    first, *others = material.readings or (None,)
    value = {"file": material.file, **_reading_part(first)}
    if others:
        value["also"] = [_reading_part(other) for other in others]
    return value


def _reading_part(reading: Reading | None) -> dict[str, Any]:
    if reading is None:
        return {"kind": None, "kind_confidence": 0.0, "fields": {}}
    return {
        "kind": reading.kind.value,
        "kind_confidence": _share(reading.kind_confidence),
        "fields": {name: field_json(field) for name, field in reading.fields.items()},
        **_picture(reading.picture),
    }


def _picture(index: int) -> dict[str, int]:
    """Pictures are counted from 1 where people see them, and the first one goes without saying."""
    return {"picture": index + 1} if index else {}


def reading_record(file: str, reading: Reading | None, findings: Iterable[Finding]) -> dict[str, Any]:
    """One line of `intake read --json`; each document has its own line, so none needs the number of its picture.

    `variant`, `seals` and `ticks` stand there only where the document has them.
    """
    part = _reading_part(reading)
    part.pop("picture", None)
    if reading is not None and reading.variant:
        part["variant"] = reading.variant
    if reading is not None and reading.seals:
        part["seals"] = [seal_json(seal) for seal in reading.seals]
    if reading is not None and reading.ticks:
        part["ticks"] = [tick_json(box) for box in reading.ticks]
    return {"file": file, **part, "findings": [finding_json(f) for f in findings]}


def field_json(field: Field) -> dict[str, Any]:
    """`value`, `confidence` and `box` of a field, and how it came about.

    `raw` is the value as printed, before dates and dots were folded and a check digit repaired it (`repaired`);
    `coverage` is `complete` or `covered`.
    """
    value = list(field.value) if isinstance(field.value, tuple) else field.value
    return {
        "value": value,
        "confidence": _share(field.confidence),
        "box": box_json(field.box),
        "raw": field.raw,
        "repaired": field.repaired,
        "coverage": field.coverage.value,
    }


def seal_json(seal: Seal) -> dict[str, Any]:
    """What one seal is and says; `over_text` is null where print and seal are both black."""
    return {
        "text": seal.text,
        "confidence": _share(seal.confidence),
        "number": seal.number,
        "centre_text": seal.centre_text,
        "shape": seal.shape,
        "colour": seal.colour,
        "middle": seal.middle,
        "diameter_px": round(seal.diameter_px) if math.isfinite(seal.diameter_px) else 0,
        "over_text": None if seal.over_text is None else _share(seal.over_text),
        "box": box_json(seal.box),
    }


def tick_json(box: TickBox) -> dict[str, Any]:
    """One of the twelve boxes of a work certificate: `duty`, `state`, `confidence` and `box`."""
    return {
        "duty": box.duty,
        "state": box.state.value,
        "confidence": _share(box.confidence),
        "box": box_json(box.box),
    }


def _share(value: float) -> float:
    """A confidence as JSON can hold it: what is no number says nothing."""
    return round(min(1.0, max(0.0, value)), _CONFIDENCE_DIGITS) if math.isfinite(value) else 0.0


def box_json(box: Quad | None) -> list[list[float]] | None:
    """Four [x, y] pairs inside 0..1, or None."""
    if box is None or not all(math.isfinite(part) for point in box.points for part in point):
        return None
    return [[round(x, _BOX_DIGITS), round(y, _BOX_DIGITS)] for x, y in box.clipped().points]
