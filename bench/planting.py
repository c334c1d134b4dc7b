"""Errors planted in what an honest person typed and uploaded, one at a time, each labelled with what it touches.

Uploads are any values by slot: materials with their readings, or files on disk. What is done to readings themselves
is in `bench.planting_readings` and `bench.planting_rules`.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from bench import planting_values as wrong
from bench.planting_values import Change
from fixtures.entered import value_at
from fixtures.names import other_character
from fixtures.papers.paper import Value

Upload = TypeVar("Upload")

TYPED, OTHER_PAPER, PRINTED, RULE = "typed wrong", "other papers", "printed otherwise", "rules"
GROUPS = (TYPED, PRINTED, OTHER_PAPER, RULE)

_NAME, _NUMBER = {"name": "person.name"}, {"id_number": "person.id_number"}
_PERSON = {**_NAME, "gender": "person.gender", "birth_date": "person.birth_date"}
_SCHOOLING = {"school": "education.*.school", "major": "education.*.major"}
# Which field of the form each field of a paper can be held against (design.md section 3). Written down here and not
# taken from the rules, so that a rule that is missing shows.
PATHS: Mapping[str, Mapping[str, str]] = {
    "id_card_front": {**_PERSON, **_NUMBER, "ethnicity": "person.ethnicity", "address": "person.address"},
    "id_card_back": {"valid_from": "person.id_valid_from", "valid_until": "person.id_valid_until"},
    "work_certificate": {
        **_NAME,
        **_NUMBER,
        "duties": "work.duties",
        "uscc": "work.uscc",
        "finance_bureau": "work.finance_bureau",
        "seal_text": "work.employer",
    },
    "diploma": {
        **_PERSON,
        **_SCHOOLING,
        "level": "education.*.level",
        "study_mode": "education.*.study_mode",
        "graduated_on": "education.*.graduated_on",
        "certificate_number": "education.*.certificate_number",
    },
    "degree_certificate": {
        **_PERSON,
        **_SCHOOLING,
        "degree": "education.*.degree",
        "certificate_number": "education.*.degree_number",
    },
    "qualification_certificate": {
        **_PERSON,
        **_NUMBER,
        "level": "qualification.level",
        "approved_on": "qualification.approved_on",
        "certificate_number": "qualification.certificate_number",
    },
    "residence_permit": {**_NAME, **_NUMBER},
    "household_register": {**_NAME, **_NUMBER},
    "student_card": {**_NAME, **_NUMBER},
    "enrolment_proof": {**_NAME, **_NUMBER},
    "unit_certificate": {"unit_name": "work.employer", "uscc": "work.uscc"},
    "information_form": {**_NAME, **_NUMBER, "seal_text": "work.employer"},
}


@dataclass(frozen=True, slots=True)
class Submission(Generic[Upload]):
    """One honest person.

    Attributes:
        seed: The person's seed.
        entered: Content of entered.json.
        uploads: By slot.
        printed: By slot what the paper prints.
    """

    seed: int
    entered: Mapping[str, Any]
    uploads: Mapping[str, Upload]
    printed: Mapping[str, Mapping[str, Value]]


@dataclass(frozen=True, slots=True)
class Planted(Generic[Upload]):
    """The same person with one error.

    Attributes:
        entered: As typed now.
        uploads: By slot; a value may come from another slot or another person.
        fields: Paths into entered.json by which a finding may name the error.
        materials: Slots by which a finding may name the error.
        today: Day of the check; None for the usual one.
    """

    entered: Mapping[str, Any]
    uploads: Mapping[str, Upload]
    fields: frozenset[str] = frozenset()
    materials: frozenset[str] = frozenset()
    today: date | None = None


Plant = Callable[
    [Submission[Upload], Sequence[Submission[Upload]], random.Random],
    Planted[Upload] | None,
]
"""A person, other persons, chance; None where this error is not possible for the person."""


@dataclass(frozen=True, slots=True)
class Error(Generic[Upload]):
    """One kind of error.

    Attributes:
        name: Shown in the tables.
        group: One of `GROUPS`.
        plant: Plants it.
    """

    name: str
    group: str
    plant: Plant[Upload]


def kind_of(slot: str) -> str:
    """The material kind of a slot: `diploma-2` holds a diploma."""
    return slot.partition("-")[0]


def entry_of(person: Submission[Any], slot: str) -> int | None:
    """The entry of education that the paper of a slot belongs to; None for other papers."""
    kind, _, number = slot.partition("-")
    place = int(number or 1) - 1
    entries = person.entered["education"]
    if kind == "diploma":
        return place
    if kind == "degree_certificate":
        return [index for index, entry in enumerate(entries) if entry["degree"]][place]
    return None


def paths_of(person: Submission[Any], slot: str) -> Mapping[str, str]:
    """By field that the paper of a slot prints, the path into entered.json that it can be held against."""
    entry = entry_of(person, slot)
    printed = person.printed.get(slot, {})
    return {
        field: path.replace("*", str(entry))
        for field, path in PATHS.get(kind_of(slot), {}).items()
        if printed.get(field)
    }


def with_value(entered: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of entered.json with another value at a path."""
    typed = copy.deepcopy(dict(entered))
    *parents, last = path.split(".")
    place: Any = typed
    for part in parents:
        place = place[int(part)] if isinstance(place, list) else place[part]
    place[last] = value
    return typed


def typed_errors() -> Iterator[Error[Any]]:
    """Every comparable field typed wrong, some in several ways."""
    for path, how, change in _TYPED:
        yield Error(f"{path}: {how}" if how else path, TYPED, _typed(path, change))
    yield Error("work.duties", TYPED, _typed_duties(lambda duties, chance: wrong.other_duties(duties, chance)))
    yield Error("work.duties: box 12 with others", TYPED, _typed_duties(lambda duties, _: wrong.with_box_12(duties)))


# Path into entered.json, in which way, and how.
_TYPED: tuple[tuple[str, str, Change], ...] = (
    ("person.name", "another character", wrong.other_name),
    ("person.name", "a look-alike character", wrong.look_alike_name),
    ("person.name", "a character left out", wrong.shortened_name),
    ("person.id_number", "another sequence, valid", wrong.other_resident),
    ("person.id_number", "transposed digits, valid", wrong.transposed_resident),
    ("person.id_number", "one digit, invalid", wrong.unchecked_resident),
    ("person.gender", "", wrong.OTHER_GENDER),
    ("person.ethnicity", "", wrong.OTHER_ETHNICITY),
    ("person.birth_date", "", wrong.other_day),
    ("person.address", "another house", wrong.other_house),
    ("person.id_valid_from", "", wrong.other_day),
    ("person.id_valid_until", "", wrong.other_end),
    ("work.employer", "another unit", wrong.other_unit),
    ("work.employer", "another character", lambda name, chance: other_character(chance, name)),
    ("work.uscc", "another unit's, valid", wrong.other_code),
    ("work.uscc", "transposed, valid", wrong.transposed_code),
    ("work.finance_bureau", "", wrong.other_office),
    ("education.*.school", "", wrong.OTHER_SCHOOL),
    ("education.*.major", "", wrong.OTHER_MAJOR),
    ("education.*.level", "", wrong.OTHER_LEVEL),
    ("education.*.study_mode", "", wrong.OTHER_MODE),
    ("education.*.graduated_on", "", wrong.other_month),
    ("education.*.certificate_number", "one digit", wrong.other_digit),
    ("education.*.degree", "", wrong.OTHER_DEGREE),
    ("education.*.degree_number", "one digit", wrong.other_digit),
    ("qualification.level", "", wrong.OTHER_QUALIFICATION),
    ("qualification.certificate_number", "one digit", wrong.other_digit),
    ("qualification.approved_on", "", wrong.other_day),
)


def _typed(template: str, change: Change) -> Plant[Any]:
    def plant(person: Submission[Any], _: Sequence[Submission[Any]], chance: random.Random) -> Planted[Any] | None:
        path = _printed_path(person, template, chance)
        value = None if path is None else value_at(person.entered, path)
        other = change(value, chance) if isinstance(value, str) else None
        if path is None or other is None:
            return None
        return Planted(with_value(person.entered, path, other), person.uploads, frozenset({path}))

    return plant


def _printed_path(person: Submission[Any], template: str, chance: random.Random) -> str | None:
    """The path of a template that some paper of this person prints; one by chance where several do."""
    printed = sorted({path for slot in person.uploads for path in paths_of(person, slot).values()})
    fitting = [path for path in printed if _template(path) == template]
    return chance.choice(fitting) if fitting else None


def _template(path: str) -> str:
    return ".".join("*" if part.isdigit() else part for part in path.split("."))


def _typed_duties(change: Callable[[Sequence[str], random.Random], tuple[str, ...] | None]) -> Plant[Any]:
    def plant(person: Submission[Any], _: Sequence[Submission[Any]], chance: random.Random) -> Planted[Any] | None:
        duties = value_at(person.entered, "work.duties")
        other = change(duties, chance) if duties else None
        if other is None:
            return None
        return Planted(
            with_value(person.entered, "work.duties", list(other)), person.uploads, frozenset({"work.duties"})
        )

    return plant
