"""Errors planted in which paper lies where: other persons' papers, other kinds, one picture twice, none."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from bench.planting import (
    OTHER_PAPER,
    PATHS,
    RULE,
    Error,
    Plant,
    Planted,
    Submission,
    Upload,
    entry_of,
    kind_of,
    paths_of,
)
from fixtures.entered import value_at

# Any one of these is due from who is not in an accounting post; a finding may name the first for all of them.
OFF_DUTY = ("residence_permit", "household_register", "student_card", "enrolment_proof", "work_certificate")
# Their absence says nothing about who lacks them.
_VOLUNTARY = frozenset({"unit_certificate", "information_form"})


def upload_errors() -> Iterator[Error[Any]]:
    """Papers of other persons, of other kinds, in other places, or none."""
    for kind in PATHS:
        yield Error(f"another person's {kind}", OTHER_PAPER, _foreign(kind))
    for kind in ("diploma", "qualification_certificate"):
        yield Error(f"another person's {kind}, its data typed", OTHER_PAPER, _foreign_with_data(kind))
    yield Error("sides of the card exchanged", OTHER_PAPER, _exchanged_sides)
    for kind in ("photo", *PATHS):
        yield Error(f"another kind of paper as {kind}", OTHER_PAPER, _wrong_kind(kind))
    for kind in ("photo", *PATHS):
        if kind not in _VOLUNTARY:
            yield Error(f"no {kind}", OTHER_PAPER, _missing(kind))
    yield Error("one picture in two places", OTHER_PAPER, one_picture_twice)
    yield Error("the card's last day is past", RULE, _day_after_expiry)
    yield Error("education not typed", RULE, _untyped_education)
    yield Error("qualification not typed", RULE, _untyped_qualification)


def _slots(person: Submission[Any], kind: str) -> list[str]:
    return [slot for slot in person.uploads if kind_of(slot) == kind]


def _other_than(person: Submission[Any], slot: str, other: Submission[Any], other_slot: str) -> bool:
    """True when two papers of one kind say that they belong to two persons, or to two units."""
    mine, theirs = person.printed[slot], other.printed[other_slot]
    return all(mine[key] != theirs[key] for key in ("name", "uscc", "valid_from") if mine.get(key) and theirs.get(key))


def _donor(
    person: Submission[Upload],
    others: Sequence[Submission[Upload]],
    slot: str,
    chance: random.Random,
    *,
    with_degree: bool = True,
) -> tuple[Submission[Upload], str] | None:
    """Somebody else's paper of the kind that a slot holds, with its slot; without a degree where that is asked for."""
    found = [
        (other, other_slot)
        for other in others
        if other.seed != person.seed
        for other_slot in _slots(other, kind_of(slot))
        if _other_than(person, slot, other, other_slot) and (with_degree or not _has_degree(other, other_slot))
    ]
    return chance.choice(found) if found else None


def _foreign(kind: str) -> Plant[Any]:
    def plant(person: Submission[Any], others: Sequence[Submission[Any]], chance: random.Random) -> Planted[Any] | None:
        slots = _slots(person, kind)
        slot = chance.choice(slots) if slots else None
        donor = _donor(person, others, slot, chance) if slot else None
        if slot is None or donor is None:
            return None
        uploads = {**person.uploads, slot: donor[0].uploads[donor[1]]}
        return Planted(person.entered, uploads, frozenset(paths_of(person, slot).values()), frozenset({slot}))

    return plant


def _foreign_with_data(kind: str) -> Plant[Any]:
    """Somebody else's paper, and its data typed: only the person on it differs."""

    def plant(person: Submission[Any], others: Sequence[Submission[Any]], chance: random.Random) -> Planted[Any] | None:
        # Diplomas come with their degree, so only one without a degree can be exchanged alone.
        slots = [slot for slot in _slots(person, kind) if not _has_degree(person, slot)]
        slot = chance.choice(slots) if slots else None
        donor = _donor(person, others, slot, chance, with_degree=False) if slot else None
        if slot is None or donor is None:
            return None
        other, other_slot = donor
        path = "qualification" if kind == "qualification_certificate" else f"education.{entry_of(person, slot)}"
        source = "qualification" if kind == "qualification_certificate" else f"education.{entry_of(other, other_slot)}"
        entered = _with_entry(person.entered, path, copy.deepcopy(value_at(other.entered, source)))
        uploads = {**person.uploads, slot: other.uploads[other_slot]}
        own = frozenset(path for path in paths_of(person, slot).values() if path.startswith("person."))
        return Planted(entered, uploads, own, frozenset({slot}))

    return plant


def _with_entry(entered: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    section, _, place = path.partition(".")
    if not place:
        return {**copy.deepcopy(dict(entered)), section: value}
    entries = list(copy.deepcopy(entered[section]))
    entries[int(place)] = value
    return {**copy.deepcopy(dict(entered)), section: entries}


def _has_degree(person: Submission[Any], slot: str) -> bool:
    entry = entry_of(person, slot)
    return entry is not None and bool(person.entered["education"][entry]["degree"])


def _exchanged_sides(
    person: Submission[Any], others: Sequence[Submission[Any]], chance: random.Random
) -> Planted[Any] | None:
    front, back = "id_card_front", "id_card_back"
    uploads = {**person.uploads, front: person.uploads[back], back: person.uploads[front]}
    return Planted(person.entered, uploads, materials=frozenset({front, back}))


def _wrong_kind(kind: str) -> Plant[Any]:
    def plant(person: Submission[Any], others: Sequence[Submission[Any]], chance: random.Random) -> Planted[Any] | None:
        slots = _slots(person, kind)
        # The two sides of a card have an error of their own, and a portrait is no document.
        near = {kind, "photo"} | ({"id_card_front", "id_card_back"} if kind.startswith("id_card") else set())
        papers = [
            other.uploads[slot]
            for other in others
            if other.seed != person.seed
            for slot in other.uploads
            if kind_of(slot) not in near
        ]
        if not slots or not papers:
            return None
        slot = chance.choice(slots)
        return Planted(person.entered, {**person.uploads, slot: chance.choice(papers)}, materials=frozenset({slot}))

    return plant


def _missing(kind: str) -> Plant[Any]:
    def plant(person: Submission[Any], others: Sequence[Submission[Any]], chance: random.Random) -> Planted[Any] | None:
        slots = _slots(person, kind)
        if not slots:
            return None
        slot = chance.choice(slots)
        named = {slot, kind}
        if kind in OFF_DUTY and value_at(person.entered, "work.on_duty") is False:
            named |= set(OFF_DUTY)
        uploads = {other: upload for other, upload in person.uploads.items() if other != slot}
        return Planted(person.entered, uploads, materials=frozenset(named))

    return plant


def one_picture_twice(
    person: Submission[Any], others: Sequence[Submission[Any]], chance: random.Random
) -> Planted[Any] | None:
    """The first diploma's picture again, as second diploma, degree certificate or qualification certificate."""
    places = ("diploma-2", "degree_certificate", "qualification_certificate")
    again = [slot for slot in places if slot in person.uploads]
    if not again or "diploma" not in person.uploads:
        return None
    uploads = {**person.uploads, again[0]: person.uploads["diploma"]}
    return Planted(person.entered, uploads, materials=frozenset({"diploma", again[0]}))


def _day_after_expiry(
    person: Submission[Any], others: Sequence[Submission[Any]], chance: random.Random
) -> Planted[Any] | None:
    until = value_at(person.entered, "person.id_valid_until")
    if not until or until == "长期":
        return None
    return Planted(
        person.entered,
        person.uploads,
        frozenset({"person.id_valid_until"}),
        frozenset({"id_card_back"}),
        today=date.fromisoformat(until) + timedelta(days=1),
    )


def _untyped_education(
    person: Submission[Any], others: Sequence[Submission[Any]], chance: random.Random
) -> Planted[Any] | None:
    entries = person.entered["education"]
    entered = {**copy.deepcopy(dict(person.entered)), "education": entries[:-1]}
    slots = {slot for slot in person.uploads if entry_of(person, slot) is not None}
    return Planted(entered, person.uploads, frozenset({"education"}), frozenset(slots))


def _untyped_qualification(
    person: Submission[Any], others: Sequence[Submission[Any]], chance: random.Random
) -> Planted[Any] | None:
    if person.entered["qualification"] is None:
        return None
    entered = {**copy.deepcopy(dict(person.entered)), "qualification": None}
    return Planted(entered, person.uploads, frozenset({"qualification"}), frozenset({"qualification_certificate"}))
