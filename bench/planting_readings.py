"""Errors planted in readings: papers that print another value, bear another seal, or break a rule of their own.

A planted value keeps the certainty and the place of the reading that it replaces, so it is as doubtful as that was.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bench import planting_values as wrong
from bench.engine_intake import CHECKED_ON
from bench.planting import (
    OTHER_PAPER,
    PATHS,
    PRINTED,
    RULE,
    Error,
    Plant,
    Planted,
    Submission,
    kind_of,
    one_picture_twice,
    paths_of,
    with_value,
)
from bench.planting_values import Change
from fixtures.entered import value_at
from imaging.tick_box import TickState
from ocr.model import Field, FieldValue, Reading
from verify.model import Material

_CHANGES: Mapping[str, Change] = {
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
    """Every comparable field of every kind printed otherwise on one paper, and papers that break rules."""
    for kind, paths in PATHS.items():
        for field in paths:
            if field == "duties":
                yield Error(f"{kind}.{field}", PRINTED, _duties_printed(wrong.other_duties))
            elif field != "seal_text":
                change = _CHANGES_OF_KIND.get((kind, field), _CHANGES[field])
                yield Error(f"{kind}.{field}", PRINTED, _printed_otherwise(kind, field, change))
    for kind in ("work_certificate", "information_form"):
        yield Error(f"{kind}: another unit's seal", RULE, _foreign_seal(kind))
    for kind in ("work_certificate", "information_form", "enrolment_proof"):
        yield Error(f"{kind}: no seal", RULE, _unsealed(kind))
    yield Error("work_certificate: seal of one purpose", RULE, _special_seal)
    yield Error("work_certificate: box 12 with others", RULE, _duties_printed(lambda d, _: wrong.with_box_12(d)))
    yield Error("work_certificate: no box ticked", RULE, _duties_printed(lambda d, _: ()))
    yield Error(
        "information_form: not signed", RULE, _changed("information_form", lambda _: {"signature_present": False})
    )
    yield Error("card expired, typed as printed", RULE, _expired_card)
    yield Error("card of an unlawful term, typed as printed", RULE, _odd_term)
    yield Error("diploma number of another year, typed as printed", RULE, _number_of_another_year)
    yield Error("one picture saved anew in two places", OTHER_PAPER, _one_picture_saved_anew)
    for name, kind, field, day in _DAYS:
        yield Error(name, RULE, _changed(kind, _day_change(field, day), needs=(field,)))


# Days that no honest paper bears. A function of the paper's own values to the new value of a field.
_DAYS: tuple[tuple[str, str, str, Callable[[Mapping[str, Any]], date | None]], ...] = (
    ("work_certificate: dated tomorrow", "work_certificate", "issued_on", lambda _: _from_today(1)),
    # The policy takes them for a year.
    ("work_certificate: 400 days old", "work_certificate", "issued_on", lambda _: _from_today(-400)),
    ("diploma: of tomorrow", "diploma", "graduated_on", lambda _: _from_today(1)),
    ("qualification_certificate: of tomorrow", "qualification_certificate", "approved_on", lambda _: _from_today(1)),
    ("diploma: enrolled after it", "diploma", "enrolled_on", lambda paper: _shifted(paper.get("graduated_on"), 200)),
    # A few weeks before the diploma happens, two years do not.
    (
        "degree_certificate: two years before the diploma",
        "degree_certificate",
        "awarded_on",
        lambda paper: _shifted(paper.get("awarded_on"), -730),
    ),
    ("student_card: expired", "student_card", "valid_until", lambda _: _from_today(-30)),
    ("enrolment_proof: expired", "enrolment_proof", "valid_until", lambda _: _from_today(-30)),
)


def _from_today(days: int) -> date:
    return CHECKED_ON + timedelta(days=days)


def _shifted(value: Any, days: int) -> date | None:
    return date.fromisoformat(value) + timedelta(days=days) if isinstance(value, str) and len(value) == 10 else None


def _day_change(
    field: str, day: Callable[[Mapping[str, Any]], date | None]
) -> Callable[[Mapping[str, Any]], Changes | None]:
    def change(paper: Mapping[str, Any]) -> Changes | None:
        found = day(paper)
        return None if found is None else {field: found.isoformat()}

    return change


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


def _is_read(material: Material, kind: str, fields: Sequence[str]) -> bool:
    reading = own_reading(material, kind)
    return reading is not None and all(
        name in reading.fields and reading.fields[name].value not in (None, "") for name in fields
    )


def _slot(person: Submission[Material], kind: str, fields: Sequence[str], chance: random.Random) -> str | None:
    """A slot whose paper was taken for what it is and on which these fields were read."""
    found = [
        slot for slot, material in person.uploads.items() if kind_of(slot) == kind and _is_read(material, kind, fields)
    ]
    return chance.choice(found) if found else None


def _printed_otherwise(kind: str, field: str, change: Change) -> Plant[Material]:
    def plant(
        person: Submission[Material], _: Sequence[Submission[Material]], chance: random.Random
    ) -> Planted[Material] | None:
        slot = _slot(person, kind, (field,), chance)
        printed = None if slot is None else person.printed[slot].get(field)
        other = change(printed, chance) if isinstance(printed, str) else None
        if slot is None or other is None:
            return None
        uploads = {**person.uploads, slot: with_fields(person.uploads[slot], kind, {field: other})}
        return Planted(person.entered, uploads, frozenset({paths_of(person, slot)[field]}), frozenset({slot}))

    return plant


def _changed(
    kind: str, change: Callable[[Mapping[str, Any]], Changes | None], *, needs: Sequence[str] = ()
) -> Plant[Material]:
    """A paper with other values of fields that nothing typed is compared with."""

    def plant(
        person: Submission[Material], _: Sequence[Submission[Material]], chance: random.Random
    ) -> Planted[Material] | None:
        slot = _slot(person, kind, needs, chance)
        changes = None if slot is None else change(person.printed[slot])
        if slot is None or changes is None:
            return None
        uploads = {**person.uploads, slot: with_fields(person.uploads[slot], kind, changes)}
        paths = paths_of(person, slot)
        return Planted(
            person.entered,
            uploads,
            frozenset(paths[name] for name in changes if name in paths),
            frozenset({slot}),
        )

    return plant


def _duties_printed(
    change: Callable[[Sequence[str], random.Random], tuple[str, ...] | None],
) -> Plant[Material]:
    """Other boxes ticked on the work certificate."""

    def plant(
        person: Submission[Material], _: Sequence[Submission[Material]], chance: random.Random
    ) -> Planted[Material] | None:
        kind = "work_certificate"
        slot = _slot(person, kind, ("duties",), chance)
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


def _foreign_seal(kind: str) -> Plant[Material]:
    """What was read of the seal on somebody else's work certificate, of another unit."""

    def plant(
        person: Submission[Material], others: Sequence[Submission[Material]], chance: random.Random
    ) -> Planted[Material] | None:
        slot = _slot(person, kind, ("seal_text",), chance)
        unit = value_at(person.entered, "work.employer")
        donors = [
            found
            for other in others
            if value_at(other.entered, "work.employer") not in (None, unit)
            and (found := own_reading_with_seal(other)) is not None
        ]
        if slot is None or not donors:
            return None
        uploads = {**person.uploads, slot: _with_seal(person.uploads[slot], kind, chance.choice(donors))}
        return Planted(person.entered, uploads, frozenset({"work.employer"}), frozenset({slot}))

    return plant


def own_reading_with_seal(person: Submission[Material]) -> Reading | None:
    """The reading of the work certificate, when a name was read from its seal."""
    material = person.uploads.get("work_certificate")
    if material is None or not _is_read(material, "work_certificate", ("seal_text",)):
        return None
    return own_reading(material, "work_certificate")


def _with_seal(material: Material, kind: str, donor: Reading) -> Material:
    """The seal of another reading in the place of one's own."""
    readings = tuple(
        replace(
            reading,
            seals=donor.seals,
            fields={
                **reading.fields,
                "seal_text": donor.fields["seal_text"],
                "seal_present": donor.fields["seal_present"],
            },
        )
        if reading.kind.value == kind
        else reading
        for reading in material.readings
    )
    return replace(material, readings=readings)


def _unsealed(kind: str) -> Plant[Material]:
    def plant(
        person: Submission[Material], _: Sequence[Submission[Material]], chance: random.Random
    ) -> Planted[Material] | None:
        slot = _slot(person, kind, ("seal_present",), chance)
        reading = None if slot is None else own_reading(person.uploads[slot], kind)
        # The register's online report proves itself by a code and bears no seal.
        if slot is None or reading is None or reading.fields["seal_present"].value is not True:
            return None
        material = with_fields(person.uploads[slot], kind, {"seal_present": False, "seal_text": None})
        bare = tuple(replace(one, seals=()) if one.kind.value == kind else one for one in material.readings)
        uploads = {**person.uploads, slot: replace(material, readings=bare)}
        return Planted(person.entered, uploads, materials=frozenset({slot}))

    return plant


def _special_seal(
    person: Submission[Material], _: Sequence[Submission[Material]], chance: random.Random
) -> Planted[Material] | None:
    """The unit's own seal for invoices or for money, which does not stand for the unit."""
    kind = "work_certificate"
    slot = _slot(person, kind, ("seal_text",), chance)
    reading = None if slot is None else own_reading(person.uploads[slot], kind)
    if slot is None or reading is None or not reading.seals:
        return None
    words = chance.choice(("财务专用章", "发票专用章", "合同专用章"))
    first, *rest = reading.seals
    text = reading.fields["seal_text"]
    changed = replace(
        reading,
        seals=(replace(first, centre_text=words), *rest),
        fields={**reading.fields, "seal_text": replace(text, raw=f"{text.raw or text.value}{words}")},
    )
    readings = tuple(changed if one is reading else one for one in person.uploads[slot].readings)
    uploads = {**person.uploads, slot: replace(person.uploads[slot], readings=readings)}
    return Planted(person.entered, uploads, materials=frozenset({slot}))


def _card_days(person: Submission[Material], start: date, end: date) -> Planted[Material] | None:
    """Both days of the card's validity, printed and typed alike."""
    slot = "id_card_back"
    if not _is_read(person.uploads[slot], slot, ("valid_from", "valid_until")):
        return None
    changes = {"valid_from": start.isoformat(), "valid_until": end.isoformat()}
    uploads = {**person.uploads, slot: with_fields(person.uploads[slot], slot, changes)}
    entered = with_value(person.entered, "person.id_valid_from", start.isoformat())
    entered = with_value(entered, "person.id_valid_until", end.isoformat())
    return Planted(entered, uploads, frozenset({"person.id_valid_from", "person.id_valid_until"}), frozenset({slot}))


def _expired_card(
    person: Submission[Material], _: Sequence[Submission[Material]], chance: random.Random
) -> Planted[Material] | None:
    """A card of ten years that ran out a few weeks ago."""
    end = CHECKED_ON - timedelta(days=chance.randint(1, 60))
    return _card_days(person, end.replace(year=end.year - 10), end)


def _odd_term(
    person: Submission[Material], _: Sequence[Submission[Material]], chance: random.Random
) -> Planted[Material] | None:
    """A card of fifteen years, which no age gets (居民身份证法 art. 5)."""
    # Cards of other residents have terms of their own.
    if value_at(person.entered, "person.id_type") != "resident_id_card":
        return None
    start = CHECKED_ON - timedelta(days=chance.randint(400, 2000))
    return _card_days(person, start, start + timedelta(days=15 * 365 + 4))


def _number_of_another_year(
    person: Submission[Material], _: Sequence[Submission[Material]], chance: random.Random
) -> Planted[Material] | None:
    """Digits 7 to 10 of a registered diploma number are the year of graduation (domain.md section 3.3)."""
    kind, field = "diploma", "certificate_number"
    slot = _slot(person, kind, (field,), chance)
    number = None if slot is None else person.printed[slot].get(field)
    if slot is None or not isinstance(number, str) or len(number) != 18:
        return None
    other = f"{number[:6]}{int(number[6:10]) - chance.randint(1, 3)}{number[10:]}"
    path = paths_of(person, slot)[field]
    uploads = {**person.uploads, slot: with_fields(person.uploads[slot], kind, {field: other})}
    year = path.replace(field, "graduated_on")
    return Planted(with_value(person.entered, path, other), uploads, frozenset({path, year}), frozenset({slot}))


def placed(uploads: Mapping[str, Material]) -> dict[str, Material]:
    """Materials under the names of the slots that they lie in now."""
    return {slot: replace(material, slot=slot, file=f"{slot}.jpg") for slot, material in uploads.items()}


def _one_picture_saved_anew(
    person: Submission[Material], others: Sequence[Submission[Material]], chance: random.Random
) -> Planted[Material] | None:
    """The first diploma's picture again, with other bytes: only its look tells."""
    found = one_picture_twice(person, others, chance)
    if found is None:
        return None
    again = next(slot for slot, material in found.uploads.items() if material is not person.uploads[slot])
    # A digest that no upload has, as of a file that was compressed once more.
    copied = replace(found.uploads[again], sha256=found.uploads[again].sha256[::-1])
    return replace(found, uploads={**found.uploads, again: copied})
