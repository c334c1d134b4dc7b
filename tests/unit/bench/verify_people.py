"""Honest persons with perfect readings, written without drawing or reading anything."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from bench.verify_store import Recorded
from fixtures.entered import honest_entry
from fixtures.papers.paper import Value
from fixtures.people import Education, Person, make_person
from imaging.geometry import Quad
from imaging.tick_box import TickState
from ocr.duties import DUTIES
from ocr.model import Field, Kind, Reading, Seal, TickBox
from verify.model import Material

BOX = Quad.from_rect(0.1, 0.2, 0.4, 0.25)
# Two educations of which the first has a degree, and a qualification: found by looking at make_person.
FULL_SEED = next(
    seed
    for seed in range(1000)
    if len(make_person(seed).education) == 2
    and make_person(seed).education[0].degree
    and not make_person(seed).education[1].degree
    and make_person(seed).qualification is not None
    and make_person(seed).id_valid_until is not None
)


def honest(seed: int = FULL_SEED) -> Recorded:
    """The person of a seed, everything read as printed."""
    person = make_person(seed)
    printed = printed_of(person)
    materials = {"photo": material("photo", seed)}
    materials |= {slot: material(slot, seed, fields) for slot, fields in printed.items()}
    return Recorded(seed, "scan", "working", honest_entry(person), materials, printed)


def material(slot: str, seed: int, fields: Mapping[str, Value] | None = None) -> Material:
    """An upload whose fields were all read with 0.99."""
    readings: tuple[Reading, ...] = ()
    if fields is not None:
        readings = (_reading(Kind(slot.partition("-")[0]), fields),)
    digest = hashlib.sha256(f"{slot} {seed}".encode()).hexdigest()
    return Material(slot, f"{slot}.jpg", 150_000, "JPEG", digest, readings, fingerprint=digest)


def _reading(kind: Kind, fields: Mapping[str, Value]) -> Reading:
    return Reading(
        kind,
        0.99,
        {name: Field(value, 0.99, BOX, value if isinstance(value, str) else "") for name, value in fields.items()},
        seals=_seals(fields),
        ticks=_ticks(fields) if kind is Kind.WORK_CERTIFICATE else (),
    )


def _seals(fields: Mapping[str, Value]) -> tuple[Seal, ...]:
    text = fields.get("seal_text")
    return (Seal(text, 0.99, None, BOX, "", 480.0),) if isinstance(text, str) else ()


def _ticks(fields: Mapping[str, Value]) -> tuple[TickBox, ...]:
    ticked: Any = fields["duties"]
    return tuple(TickBox(duty, TickState.TICKED if duty in ticked else TickState.EMPTY, 0.99, BOX) for duty in DUTIES)


def printed_of(person: Person) -> dict[str, dict[str, Value]]:
    """What the person's papers print."""
    until = person.id_valid_until.isoformat() if person.id_valid_until else "长期"
    who: dict[str, Value] = {
        "name": person.name, "gender": person.gender, "birth_date": person.birth_date.isoformat()
    }  # fmt: skip
    papers: dict[str, dict[str, Value]] = {
        "id_card_front": {
            **who, "ethnicity": person.ethnicity, "address": person.address, "id_number": person.id_number
        },
        "id_card_back": {
            "issuing_authority": person.id_issuer,
            "valid_from": person.id_valid_from.isoformat(),
            "valid_until": until,
        },
        "work_certificate": {
            "name": person.name,
            "id_number": person.id_number,
            "duties": person.duties,
            "uscc": person.unit.uscc,
            "finance_bureau": person.unit.county.name,
            "issued_on": person.work_issued_on.isoformat(),
            "seal_present": True,
            "seal_text": person.unit.seal_text,
        },
    }  # fmt: skip
    for slot, course in zip(("diploma", "diploma-2"), person.education, strict=False):
        papers[slot] = {**who, **_diploma(course)}
    degrees = [course for course in person.education if course.degree]
    for slot, course in zip(("degree_certificate", "degree_certificate-2"), degrees, strict=False):
        papers[slot] = {**who, **_degree(course)}
    held = person.qualification
    if held is not None:
        papers["qualification_certificate"] = {
            **who,
            "id_number": held.id_number,
            "level": held.level,
            "approved_on": held.approved_on.isoformat(),
            "certificate_number": held.certificate_number,
        }
    return papers


def _diploma(course: Education) -> dict[str, Value]:
    return {
        "school": course.school.name,
        "major": course.major,
        "level": course.level,
        "study_mode": course.study_mode,
        "enrolled_on": course.enrolled_on.isoformat(),
        "graduated_on": course.graduated_on.isoformat(),
        "certificate_number": course.certificate_number,
    }


def _degree(course: Education) -> dict[str, Value]:
    return {
        "school": course.school.name,
        "major": course.major,
        "degree": course.degree,
        "awarded_on": course.awarded_on.isoformat(),
        "certificate_number": course.degree_number,
    }
