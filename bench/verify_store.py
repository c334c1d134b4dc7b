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
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.engine_process import ROOT
from fixtures.papers.paper import Value
from intake.stored_material import material_json, material_of
from ocr.weights import manifest_of_models
from verify.model import Material

FOLDER = ROOT / "bench" / "recordings"
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
        "materials": {slot: material_json(material) for slot, material in one.materials.items()},
        "printed": {slot: dict(values) for slot, values in one.printed.items()},
    }


def recorded_of(row: Mapping[str, Any]) -> Recorded:
    """The person of a row."""
    materials = {slot: material_of(value) for slot, value in row["materials"].items()}
    printed = {
        slot: {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
        for slot, values in row["printed"].items()
    }
    return Recorded(row["seed"], row["level"], row["circumstance"], row["entered"], materials, printed)
