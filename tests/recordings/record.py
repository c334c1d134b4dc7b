"""`make record`: reads drawn documents of every kind with the real engine and keeps what it read.

To be run when engine, models, imaging or the generator change; the difference in git then names the cause.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import Any

from fixtures.ageing import LEVELS
from fixtures.specimens import DRAWERS, make_specimen
from imaging.codes import find_codes
from intake.parts import Parts
from ocr.attempt import look_at
from ocr.model import TOLD_BY_PIXELS, Kind
from ocr.page import Page
from ocr.readers.registry import READERS
from ocr.stamped import NO_STAMPS, merge_lines, read_stamps
from ocr.weights import manifest_of_models
from tests.recordings.store import MANIFEST, Recording, load, save

# Documents of these seeds: of every group two at each level.
FIRST_SEED, A_LEVEL = 500_000, 2
# What decides about an engine's answers.
LIBRARIES = ("paddleocr", "paddlex", "onnxruntime", "opencv-contrib-python", "numpy")


def main(groups: Sequence[str]) -> int:
    """Records the groups, all of them when none is named; `--readers` only notes anew what no reader can make right."""
    if list(groups) == ["--readers"]:
        return _note_misread()
    with Parts() as parts:
        for group in groups or tuple(DRAWERS):
            seeds = range(FIRST_SEED, FIRST_SEED + A_LEVEL * len(LEVELS))
            found = [_record(group, LEVELS[seed % len(LEVELS)], seed, parts) for seed in seeds]
            print(save(found, group).name, [one.misread for one in found if one.misread], flush=True)  # noqa: T201
    MANIFEST.write_text(json.dumps(manifest(), indent=1) + "\n", encoding="utf-8")
    return 0


def manifest() -> dict[str, Any]:
    """Versions of the libraries and digests of the models that the recordings were made with."""
    return {"libraries": {name: version(name) for name in LIBRARIES}, "models": manifest_of_models()}


def _record(group: str, level: str, seed: int, parts: Parts) -> Recording:
    specimen = make_specimen(group, seed, level)
    attempt = look_at(parts.decoder.decode(specimen.data).pixels, parts.engine)
    kind = Kind(specimen.truth["kind"])
    reader = READERS[kind]
    stamps = read_stamps(attempt.pixels, parts.engine, names=False) if reader.stamped else NO_STAMPS
    codes = find_codes(attempt.pixels) if reader.coded else ()
    page = Page.of(merge_lines(attempt.lines, stamps.lines), aspect=attempt.aspect, codes=codes)
    fields = {name: value for name, value in specimen.truth["fields"].items() if name not in TOLD_BY_PIXELS}
    truth = {"kind": kind.value, "variant": specimen.truth["variant"], "fields": fields}
    return Recording(group, level, seed, truth, page, _misread(kind, page, fields))


def _misread(kind: Kind, page: Page, printed: Mapping[str, Any]) -> tuple[str, ...]:
    """Fields that are not read as printed, and those read that are not printed; to be looked at one by one."""
    read = READERS[kind].fields(page)
    wrong = [name for name, value in printed.items() if name not in read or read[name].value != value]
    return (*wrong, *(name for name, field in read.items() if name not in printed and field.value is not None))


def _note_misread() -> int:
    """Keeps the lines and asks the readers again."""
    found = load()
    for group in dict.fromkeys(one.group for one in found):
        own = [
            replace(one, misread=_misread(Kind(one.truth["kind"]), one.page, one.truth["fields"]))
            for one in found
            if one.group == group
        ]
        save(own, group)
        for one in own:
            if one.misread:
                print(one.name, *one.misread)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
