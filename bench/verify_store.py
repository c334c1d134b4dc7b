"""Recordings: what the real reader found on the papers of a person, kept so that rules can be measured in seconds.

A file holds one gzip member a person, behind a member with the manifest. Members are only ever added, so a run that
was cut short goes on where it stopped. Recognised lines are left out: no rule looks at them.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.engine_process import ROOT
from fixtures.papers.paper import Value
from imaging.geometry import Quad
from imaging.model import Defect
from imaging.tick_box import TickState
from ocr.model import Coverage, Field, Kind, Reading, Seal, TickBox
from ocr.weights import manifest_of_models
from verify.model import Material

FOLDER = ROOT / "bench" / "recordings"
# A ten-thousandth of a page; scores keep one digit more, because rules compare them with limits of two.
_BOX_DIGITS, _SCORE_DIGITS = 4, 5
# What decides about an engine's answers.
_LIBRARIES = ("paddleocr", "paddlex", "onnxruntime", "opencv-contrib-python", "numpy", "pillow")
# What decides about a reading: packages and single files of intake, as patterns below the project's root.
_CODE = {
    "fixtures": ("fixtures/*.py", "fixtures/papers/*.py", "bench/verify_persons.py"),
    "imaging": ("imaging/**/*.py",),
    "ocr": ("ocr/**/*.py", "ocr/**/*.toml"),
    "intake": tuple(
        f"intake/{name}.py" for name in ("documents", "page_check", "page_demands", "page_sort", "parts", "pipeline")
    ),
}
_GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True)
class Recorded:
    """One person as recorded.

    Attributes:
        seed: The person's seed.
        level: Ageing level.
        circumstance: See `bench.verify_persons`.
        entered: Content of entered.json.
        materials: By slot, readings without lines.
        printed: By slot what the paper prints, in the form a reader returns it.
    """

    seed: int
    level: str
    circumstance: str
    entered: Mapping[str, Any]
    materials: Mapping[str, Material]
    printed: Mapping[str, Mapping[str, Value]]


def manifest() -> dict[str, Any]:
    """Versions of the libraries, digests of the models and of the code that recordings made now would depend on."""
    return {
        "libraries": {name: version(name) for name in _LIBRARIES},
        "models": manifest_of_models(),
        "code": {name: _digest(patterns) for name, patterns in _CODE.items()},
    }


def differing(recorded: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Names of what has changed since a recording was made, such as `code ocr` or `libraries numpy`."""
    return [
        f"{part} {name}"
        for part in now
        for name in sorted({*now[part], *recorded.get(part, {})})
        if recorded.get(part, {}).get(name) != now[part].get(name)
    ]


def _digest(patterns: Sequence[str]) -> str:
    """SHA-256 over the files' names and bytes, in the order of their names."""
    found = hashlib.sha256()
    for path in sorted({path for pattern in patterns for path in ROOT.glob(pattern)}):
        found.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def append_row(path: Path, row: Mapping[str, Any]) -> None:
    """Adds one member to a file."""
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    with path.open("ab") as stream:
        stream.write(gzip.compress(text.encode("utf-8"), mtime=0))


def read_rows(path: Path) -> tuple[list[dict[str, Any]], int]:
    """All whole members of a file and the bytes that they take; what a cut run left behind them is not read."""
    data = memoryview(path.read_bytes())
    rows: list[dict[str, Any]] = []
    at = 0
    while at < len(data):
        member = zlib.decompressobj(_GZIP)
        try:
            text = member.decompress(data[at:])
        except zlib.error:
            break
        if not member.eof:
            break
        rows.append(json.loads(text))
        at = len(data) - len(member.unused_data)
    return rows, at


def load(paths: Sequence[Path]) -> tuple[list[Recorded], list[dict[str, Any]]]:
    """The persons of several files in the order of their seeds, each once, and the manifests of the files."""
    persons: dict[int, Recorded] = {}
    manifests: list[dict[str, Any]] = []
    for path in paths:
        for row in read_rows(path)[0]:
            if "manifest" in row:
                manifests.append(row["manifest"])
            else:
                persons[row["seed"]] = recorded_of(row)
    return [persons[seed] for seed in sorted(persons)], manifests


def recorded_json(one: Recorded) -> dict[str, Any]:
    """One person as a row of a file."""
    return {
        "seed": one.seed,
        "level": one.level,
        "circumstance": one.circumstance,
        "entered": one.entered,
        "materials": {slot: _material_json(material) for slot, material in one.materials.items()},
        "printed": {slot: dict(values) for slot, values in one.printed.items()},
    }


def recorded_of(row: Mapping[str, Any]) -> Recorded:
    """The person of a row."""
    materials = {slot: _material_of(value) for slot, value in row["materials"].items()}
    printed = {
        slot: {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
        for slot, values in row["printed"].items()
    }
    return Recorded(row["seed"], row["level"], row["circumstance"], row["entered"], materials, printed)


# Fields of `Material` that are kept as they are; those that it does not have (yet) are left out on both sides.
_PLAIN = ("slot", "file", "size_bytes", "source_format", "sha256", "fingerprint")


def _material_json(material: Material) -> dict[str, Any]:
    own = {field.name for field in fields(material)}
    return {
        **{name: getattr(material, name) for name in _PLAIN if name in own},
        "readings": [_reading_json(reading) for reading in material.readings],
        "defects": [_defect_json(defect) for defect in material.defects],
    }


def _material_of(row: Mapping[str, Any]) -> Material:
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
    assert box is not None
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
