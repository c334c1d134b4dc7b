"""Errors planted in papers that break a rule of their own: seals, boxes, days, terms, numbers, a silent form."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bench import planting_values as wrong
from bench.engine_intake import CHECKED_ON
from bench.planting import OTHER_PAPER, RULE, Error, Plant, Planted, Submission, kind_of, paths_of, with_value
from bench.planting_readings import CHANGES, Changes, duties_printed, is_read, own_reading, slot_read, with_fields
from bench.planting_uploads import one_picture_twice
from fixtures.entered import value_at
from ocr.model import Reading
from verify.model import Material


def rule_errors() -> Iterator[Error[Material]]:
    """Papers that break rules, and a form that leaves the papers to disagree among themselves."""
    for kind in ("work_certificate", "information_form"):
        yield Error(f"{kind}: another unit's seal", RULE, _foreign_seal(kind))
    for kind in ("work_certificate", "information_form", "enrolment_proof"):
        yield Error(f"{kind}: no seal", RULE, _unsealed(kind))
    yield Error("work_certificate: seal of one purpose", RULE, _special_seal)
    yield Error("work_certificate: box 12 with others", RULE, duties_printed(lambda d, _: wrong.with_box_12(d)))
    yield Error("work_certificate: no box ticked", RULE, duties_printed(lambda d, _: ()))
    yield Error(
        "information_form: not signed", RULE, _changed("information_form", lambda _: {"signature_present": False})
    )
    yield Error("card expired, typed as printed", RULE, _expired_card)
    yield Error("card of an unlawful term, typed as printed", RULE, _odd_term)
    yield Error("diploma number of another year, typed as printed", RULE, _number_of_another_year)
    yield Error("one picture saved anew in two places", OTHER_PAPER, _one_picture_saved_anew)
    for field in ("name", "id_number", "gender", "birth_date"):
        yield Error(f"person.{field} not typed, one paper differs", RULE, _silent_form(field))
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


def _silent_form(field: str) -> Plant[Material]:
    """Nothing typed, and one paper that does not agree with the identity card: only the slot of that paper names it."""

    def plant(
        person: Submission[Material], _: Sequence[Submission[Material]], chance: random.Random
    ) -> Planted[Material] | None:
        path = f"person.{field}"
        slots = [
            slot
            for slot, material in person.uploads.items()
            if kind_of(slot) != "id_card_front"
            and paths_of(person, slot).get(field) == path
            and is_read(material, kind_of(slot), (field,))
        ]
        if not slots or not is_read(person.uploads["id_card_front"], "id_card_front", (field,)):
            return None
        slot = chance.choice(slots)
        other = CHANGES[field](str(person.printed[slot][field]), chance)
        if other is None:
            return None
        uploads = {**person.uploads, slot: with_fields(person.uploads[slot], kind_of(slot), {field: other})}
        return Planted(with_value(person.entered, path, None), uploads, materials=frozenset({slot}))

    return plant


def _changed(
    kind: str, change: Callable[[Mapping[str, Any]], Changes | None], *, needs: Sequence[str] = ()
) -> Plant[Material]:
    """A paper with other values of fields that nothing typed is compared with."""

    def plant(
        person: Submission[Material], _: Sequence[Submission[Material]], chance: random.Random
    ) -> Planted[Material] | None:
        slot = slot_read(person, kind, needs, chance)
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


def _foreign_seal(kind: str) -> Plant[Material]:
    """What was read of the seal on somebody else's work certificate, of another unit."""

    def plant(
        person: Submission[Material], others: Sequence[Submission[Material]], chance: random.Random
    ) -> Planted[Material] | None:
        slot = slot_read(person, kind, ("seal_text",), chance)
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
    if material is None or not is_read(material, "work_certificate", ("seal_text",)):
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
        slot = slot_read(person, kind, ("seal_present",), chance)
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
    slot = slot_read(person, kind, ("seal_text",), chance)
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
    if not is_read(person.uploads[slot], slot, ("valid_from", "valid_until")):
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
    slot = slot_read(person, kind, (field,), chance)
    number = None if slot is None else person.printed[slot].get(field)
    if slot is None or not isinstance(number, str) or len(number) != 18:
        return None
    other = f"{number[:6]}{int(number[6:10]) - chance.randint(1, 3)}{number[10:]}"
    path = paths_of(person, slot)[field]
    uploads = {**person.uploads, slot: with_fields(person.uploads[slot], kind, {field: other})}
    year = path.replace(field, "graduated_on")
    return Planted(with_value(person.entered, path, other), uploads, frozenset({path, year}), frozenset({slot}))


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
