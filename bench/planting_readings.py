"""Errors planted in readings: papers that print another value than they should.

A planted value keeps the certainty and the place of the reading that it replaces, so it is as doubtful as that was.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from bench import planting_values as wrong
from bench.planting import (
    PATHS,
    PRINTED,
    Error,
    Plant,
    Planted,
    Submission,
    kind_of,
    paths_of,
)
from bench.planting_values import Change
from imaging.tick_box import TickState
from ocr.model import Field, FieldValue, Reading
from verify.model import Material

CHANGES: Mapping[str, Change] = {
    "name": wrong.other_name,
    "id_number": lambda number, chance: wrong.other_resident(number, chance) or wrong.other_digit(number, chance),
    "gender": wrong.OTHER_GENDER,
    "birth_date": wrong.other_day,
    "ethnicity": wrong.OTHER_ETHNICITY,
    "address": wrong.other_house,
    "valid_from": wrong.other_day,
    "valid_until": wrong.other_end,
    "uscc": wrong.other_code,
    "finance_bureau": wrong.other_office,
    "school": wrong.OTHER_SCHOOL,
    "major": wrong.OTHER_MAJOR,
    "level": wrong.OTHER_LEVEL,
    "study_mode": wrong.OTHER_MODE,
    "graduated_on": wrong.other_month,
    "certificate_number": wrong.other_digit,
    "degree": wrong.OTHER_DEGREE,
    "approved_on": wrong.other_day,
    "unit_name": wrong.other_unit,
}
# The same field name means another closed set on this paper.
_CHANGES_OF_KIND: Mapping[tuple[str, str], Change] = {("qualification_certificate", "level"): wrong.OTHER_QUALIFICATION}
# What `with_fields` may do to a reading: by field the new value, None for a field that is gone.
Changes = Mapping[str, FieldValue]


def reading_errors() -> Iterator[Error[Material]]:
    """Every comparable field of every kind printed otherwise on one paper."""
    for kind, paths in PATHS.items():
        for field in paths:
            if field == "duties":
                yield Error(f"{kind}.{field}", PRINTED, duties_printed(wrong.other_duties))
            elif field != "seal_text":
                change = _CHANGES_OF_KIND.get((kind, field), CHANGES[field])
                yield Error(f"{kind}.{field}", PRINTED, _printed_otherwise(kind, field, change))


def own_reading(material: Material, kind: str) -> Reading | None:
    """The reading of a kind; None when the page was not taken for one."""
    return next((reading for reading in material.readings if reading.kind.value == kind), None)


def with_fields(material: Material, kind: str, changes: Changes) -> Material:
    """The material with other values in its reading of a kind; fields that were not read stay unread."""
    readings = tuple(
        replace(reading, fields=_fields_with(reading.fields, changes)) if reading.kind.value == kind else reading
        for reading in material.readings
    )
    return replace(material, readings=readings)


def _fields_with(fields: Mapping[str, Field], changes: Changes) -> dict[str, Field]:
    changed = {
        name: replace(field, value=changes[name], raw=_raw(changes[name])) if name in changes else field
        for name, field in fields.items()
    }
    return {name: field for name, field in changed.items() if name not in changes or changes[name] is not None}


def _raw(value: FieldValue) -> str:
    return value if isinstance(value, str) else ""


def is_read(material: Material, kind: str, fields: Sequence[str]) -> bool:
    reading = own_reading(material, kind)
    return reading is not None and all(
        name in reading.fields and reading.fields[name].value not in (None, "") for name in fields
    )


def slot_read(person: Submission[Material], kind: str, fields: Sequence[str], chance: random.Random) -> str | None:
    """A slot whose paper was taken for what it is and on which these fields were read."""
    found = [
        slot for slot, material in person.uploads.items() if kind_of(slot) == kind and is_read(material, kind, fields)
    ]
    return chance.choice(found) if found else None


def _printed_otherwise(kind: str, field: str, change: Change) -> Plant[Material]:
    def plant(
        person: Submission[Material], _: Sequence[Submission[Material]], chance: random.Random
    ) -> Planted[Material] | None:
        slot = slot_read(person, kind, (field,), chance)
        printed = None if slot is None else person.printed[slot].get(field)
        other = change(printed, chance) if isinstance(printed, str) else None
        if slot is None or other is None:
            return None
        uploads = {**person.uploads, slot: with_fields(person.uploads[slot], kind, {field: other})}
        return Planted(person.entered, uploads, frozenset({paths_of(person, slot)[field]}), frozenset({slot}))

    return plant


def duties_printed(
    change: Callable[[Sequence[str], random.Random], tuple[str, ...] | None],
) -> Plant[Material]:
    """Other boxes ticked on the work certificate."""

    def plant(
        person: Submission[Material], _: Sequence[Submission[Material]], chance: random.Random
    ) -> Planted[Material] | None:
        kind = "work_certificate"
        slot = slot_read(person, kind, ("duties",), chance)
        printed = None if slot is None else person.printed[slot]["duties"]
        duties = change(printed, chance) if isinstance(printed, tuple) else None
        if slot is None or duties is None:
            return None
        material = with_ticks(with_fields(person.uploads[slot], kind, {"duties": duties}), kind, duties)
        uploads = {**person.uploads, slot: material}
        return Planted(person.entered, uploads, frozenset({"work.duties"}), frozenset({slot}))

    return plant


def with_ticks(material: Material, kind: str, duties: Sequence[str]) -> Material:
    """The material with exactly these boxes ticked."""
    readings = tuple(
        replace(
            reading,
            ticks=tuple(
                replace(box, state=TickState.TICKED if box.duty in duties else TickState.EMPTY) for box in reading.ticks
            ),
        )
        if reading.kind.value == kind
        else reading
        for reading in material.readings
    )
    return replace(material, readings=readings)


def placed(uploads: Mapping[str, Material]) -> dict[str, Material]:
    """Materials under the names of the slots that they lie in now."""
    return {slot: replace(material, slot=slot, file=f"{slot}.jpg") for slot, material in uploads.items()}
