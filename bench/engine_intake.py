"""This service as an engine: the same parts that `intake verify` and batch workers use, one image at a time."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.child import Answer, serve

if TYPE_CHECKING:
    from verify.model import Material

# Generated papers are filled in until 2026-10-30; a fixed day keeps the figures the same tomorrow.
CHECKED_ON = datetime.date(2026, 11, 21)
POLICY = "yunnan-2023"


def load() -> Answer:
    """Decoder, engine, photo models and rules, all loaded before the first question."""
    from intake.case_folder import load_case
    from intake.model import Case
    from intake.parts import Parts
    from intake.pipeline import read_material
    from intake.record import case_record
    from intake.rules import open_policy
    from intake.toolbox import open_toolbox

    parts = Parts()
    parts.decoder.start()
    tools = open_toolbox(parts, open_policy(POLICY).policy, today=CHECKED_ON)
    _ = parts.engine, parts.photo_models
    held: dict[str, Material] = {}
    cases: dict[str, Case] = {}

    def answer(request: Mapping[str, Any]) -> dict[str, Any]:
        folder = str(request["folder"])
        if folder not in cases:
            cases.clear()
            held.clear()
            cases[folder] = load_case(Path(folder))
        case = cases[folder]
        if request["slot"] is None:
            return {"record": case_record(case.name, tools.judge(case.entered, held, case.notes))}
        image = next(image for image in case.images if image.slot == request["slot"])
        held[image.slot], renditions = read_material(image, tools)
        return _shown(held[image.slot], aspects=[r.width_px / r.height_px for r in renditions])

    return answer


def _shown(material: Material, *, aspects: Sequence[float]) -> dict[str, Any]:
    """The readings as JSON values; `aspects` are the widths of the pictures divided by their heights."""
    from ocr.page import Page

    return {
        "readings": [
            {
                "kind": reading.kind.value,
                "fields": {name: field.value for name, field in reading.fields.items()},
                "text": Page.of(reading.lines, aspect=aspects[reading.picture]).running.text,
            }
            for reading in material.readings
        ],
        "defects": [defect.code for defect in material.defects],
    }


if __name__ == "__main__":
    serve(load)
