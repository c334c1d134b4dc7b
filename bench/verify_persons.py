"""The persons of the verification benchmark: everybody's papers agree with what they typed.

Unlike the cases of `bench.cases`, who all work in accounting, these come in every circumstance that asks for papers of
its own, so that every kind of material is among them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.engine_intake import CHECKED_ON
from fixtures import numbers
from fixtures.ageing import LEVELS, age, print_dpi
from fixtures.cases import cropped_portrait, papers_of
from fixtures.entered import Entered, honest_entry
from fixtures.papers.compatriot_card import compatriot_of, draw_compatriot_back, draw_compatriot_front
from fixtures.papers.enrolment_proof import draw_enrolment_proof
from fixtures.papers.household_register import PERSON_PAGE, draw_household_register
from fixtures.papers.information_form import draw_information_form
from fixtures.papers.minority_card import draw_minority_back, draw_minority_front
from fixtures.papers.paper import Paper, Value
from fixtures.papers.residence_permit import draw_residence_permit
from fixtures.papers.student_card import draw_student_card
from fixtures.papers.unit_certificate import draw_unit_certificate
from fixtures.people import DUTIES, Person, make_person
from fixtures.photos import take_photo
from fixtures.portraits import draw_figure
from fixtures.units import Unit

# Nobody looks at a person of this range or writes code against one (issue 5, "a seed range set aside"): the first 300
# are recorded, the 60 from 970900 go through the real reader from end to end.
RESERVED_SEEDS = range(970_000, 971_000)
RECORDED_SEEDS = range(970_000, 970_300)
END_TO_END_SEEDS = range(970_900, 970_960)

WORKING, BOX_12, REGISTER, PERMIT, STUDENT = "working", "box_12", "household_register", "residence_permit", "student"
UNIT_PAPER, FORM, COMPATRIOT, MINORITY = "unit_certificate", "information_form", "compatriot", "minority"
# Dealt out by seed. 25 has no factor in common with the four ageing levels, so every pair of both occurs.
_DEAL = (
    WORKING, UNIT_PAPER, WORKING, REGISTER, WORKING, STUDENT, WORKING, BOX_12, WORKING, PERMIT, WORKING, COMPATRIOT,
    WORKING, FORM, WORKING, MINORITY, WORKING, STUDENT, WORKING, REGISTER, WORKING, UNIT_PAPER, PERMIT, WORKING, BOX_12,
)  # fmt: skip
CIRCUMSTANCES = tuple(dict.fromkeys(_DEAL))
# A drawn paper may lack its seal or show another page; as many seeds are tried until one is as it should be.
_TRIES = 60


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """One person's uploads.

    Attributes:
        seed: The person's seed.
        level: Ageing level of all papers.
        circumstance: One of `CIRCUMSTANCES`.
        entered: Content of entered.json, without a slip.
        images: JPEG bytes by slot.
        printed: By slot what the paper prints, in the form a reader returns it.
    """

    seed: int
    level: str
    circumstance: str
    entered: Entered
    images: Mapping[str, bytes]
    printed: Mapping[str, Mapping[str, Value]]


def circumstance_of(seed: int) -> str:
    """The circumstance of a seed."""
    return _DEAL[seed % len(_DEAL)]


def level_of(seed: int) -> str:
    """The ageing level of a seed."""
    return LEVELS[seed % len(LEVELS)]


def is_reserved(seeds: range) -> bool:
    """True when some seed is of the reserved range."""
    return len(seeds) > 0 and seeds.start < RESERVED_SEEDS.stop and RESERVED_SEEDS.start < seeds.stop


def draw_person(seed: int) -> Drawn:
    """Draws everything that the person of a seed uploads; the same bytes in every process."""
    level, circumstance = level_of(seed), circumstance_of(seed)
    person, entered, papers = _BUILDERS[circumstance](_at_work(make_person(seed)), level, seed)
    images = {"photo": take_photo(person, level, seed=seed).data}
    images |= {slot: age(paper, level, seed=seed, label=slot).data for slot, paper in papers.items()}
    return Drawn(seed, level, circumstance, entered, images, {slot: paper.fields for slot, paper in papers.items()})


def write_person(drawn: Drawn, folder: Path) -> None:
    """Writes a case folder: entered.json and one JPEG a slot."""
    folder.mkdir(parents=True, exist_ok=True)
    for slot, data in drawn.images.items():
        (folder / f"{slot}.jpg").write_bytes(data)
    write_entered(drawn.entered, folder)


def write_entered(entered: Mapping[str, Any], folder: Path) -> None:
    """Writes the entered.json of a case folder."""
    text = json.dumps(entered, ensure_ascii=False, indent=1)
    (folder / "entered.json").write_text(text + "\n", encoding="utf-8")


def _at_work(person: Person) -> Person:
    """The generator ticks box 12 for some who work; box 12 is a circumstance of its own here."""
    return replace(person, duties=(DUTIES[1],)) if DUTIES[11] in person.duties else person


Built = tuple[Person, Entered, dict[str, Paper]]


def _working(person: Person, level: str, seed: int) -> Built:
    return person, honest_entry(person), papers_of(person, {}, level, seed)


def _box_12(person: Person, level: str, seed: int) -> Built:
    """Employed, but not in an accounting post: the unit says so with box 12."""
    person = replace(person, duties=(DUTIES[11],))
    _, entered, papers = _working(person, level, seed)
    return person, {**entered, "work": {**entered["work"], "on_duty": False}}, papers


def _without_work(slot: str, draw: Callable[[Person, int, int], Paper], fits: Callable[[Paper], bool]) -> _Builder:
    """Persons without work, with the paper that takes the place of the work certificate."""

    def build(person: Person, level: str, seed: int) -> Built:
        _, entered, papers = _working(person, level, seed)
        del papers["work_certificate"]
        papers[slot] = _first(lambda number: draw(person, number, _dpi(slot, level)), fits, seed)
        return person, {**entered, "work": {"on_duty": False}}, papers

    return build


_Builder = Callable[[Person, str, int], Built]


def _student(person: Person, level: str, seed: int) -> Built:
    """A student with a card, or with a proof of the school."""
    return (_with_student_card if seed % 2 else _with_enrolment_proof)(person, level, seed)


def _with_unit_paper(person: Person, level: str, seed: int) -> Built:
    """Works at the unit whose licence or code certificate is uploaded too."""
    slot = "unit_certificate"
    paper = _first(
        lambda number: draw_unit_certificate(person, seed=number, dpi=_dpi(slot, level)),
        lambda paper: bool(paper.fields.get("uscc")),
        seed,
    )
    unit = Unit(name=str(paper.fields["unit_name"]), uscc=str(paper.fields["uscc"]), county=person.unit.county)
    person, entered, papers = _working(replace(person, unit=unit), level, seed)
    return person, entered, {**papers, slot: paper}


def _with_form(person: Person, level: str, seed: int) -> Built:
    """With the signed and stamped basic information form."""
    slot, portrait = "information_form", draw_figure(seed, person.gender).one_inch((255, 255, 255))
    paper = _first(
        lambda number: draw_information_form(person, seed=number, dpi=_dpi(slot, level), portrait=portrait),
        lambda paper: paper.fields["signature_present"] is True and paper.fields["seal_present"] is True,
        seed,
    )
    _, entered, papers = _working(person, level, seed)
    return person, entered, {**papers, slot: paper}


def _compatriot(person: Person, level: str, seed: int) -> Built:
    """A resident from Hong Kong, Macau or Taiwan: a card without ethnicity, a number of its own."""
    # Another card of the same person where the first one has run out by the day of the check.
    numbered = (seed + 1_000_000 * attempt for attempt in range(_TRIES))
    card = next(number for number in numbered if compatriot_of(person, number).valid_until > CHECKED_ON)
    held = compatriot_of(person, card)
    qualified = person.qualification
    if qualified is not None:
        first = numbers.first_generation(held.id_number)
        printed = first if len(qualified.id_number) == len(first) else held.id_number
        qualified = replace(qualified, id_number=printed)
    person = replace(
        person,
        id_number=held.id_number,
        id_valid_from=held.valid_from,
        id_valid_until=held.valid_until,
        qualification=qualified,
    )
    _, entered, papers = _working(person, level, seed)
    entered["person"] |= {"id_type": "hmt_residence_permit", "ethnicity": None}
    portrait, dpi = _card_portrait(person, seed), print_dpi(level, card=True)
    papers["id_card_front"] = draw_compatriot_front(person, seed=card, dpi=dpi, portrait=portrait)
    papers["id_card_back"] = draw_compatriot_back(person, seed=card, dpi=dpi)
    return person, entered, papers


def _minority(person: Person, level: str, seed: int) -> Built:
    """An identity card in two scripts."""
    _, entered, papers = _working(person, level, seed)
    portrait, dpi = _card_portrait(person, seed), print_dpi(level, card=True)
    papers["id_card_front"] = draw_minority_front(person, seed=seed, dpi=dpi, portrait=portrait)
    papers["id_card_back"] = draw_minority_back(person, seed=seed, dpi=dpi)
    return person, entered, papers


def _card_portrait(person: Person, seed: int) -> NDArray[np.uint8]:
    """The portrait of a card, uint8 RGB, 26:32."""
    return cropped_portrait(draw_figure(seed, person.gender).one_inch((255, 255, 255)), 26 / 32)


def _dpi(slot: str, level: str) -> int:
    return print_dpi(level, card=slot in ("residence_permit", "student_card"))


def _first(draw: Callable[[int], Paper], fits: Callable[[Paper], bool], seed: int) -> Paper:
    """The paper of the first seed that fits; seeds a million apart, so that no two persons share a paper."""
    for attempt in range(_TRIES):
        paper = draw(seed + 1_000_000 * attempt)
        if fits(paper):
            return paper
    raise LookupError(f"no fitting paper near seed {seed}")


def _is_sealed_and_valid(paper: Paper) -> bool:
    """Stamped (or the register's report, which bears a code) and not expired on the day of the check."""
    until = str(paper.fields.get("valid_until") or "")
    stamped = paper.fields.get("seal_present") is not False or paper.variant == "online-report"
    return stamped and (not until or until > CHECKED_ON.isoformat())


_with_student_card = _without_work(
    "student_card",
    lambda person, seed, dpi: draw_student_card(
        person, seed=seed, dpi=dpi, portrait=draw_figure(person.seed, person.gender).one_inch((255, 255, 255))
    ),
    _is_sealed_and_valid,
)
_with_enrolment_proof = _without_work(
    "enrolment_proof",
    lambda person, seed, dpi: draw_enrolment_proof(
        person, seed=seed, dpi=dpi, portrait=draw_figure(person.seed, person.gender).one_inch((67, 142, 219))
    ),
    _is_sealed_and_valid,
)
_BUILDERS: Mapping[str, _Builder] = {
    WORKING: _working,
    BOX_12: _box_12,
    REGISTER: _without_work(
        "household_register",
        lambda person, seed, dpi: draw_household_register(person, seed=seed, dpi=dpi),
        # The home page names no number.
        lambda paper: paper.variant == PERSON_PAGE,
    ),
    PERMIT: _without_work(
        "residence_permit",
        lambda person, seed, dpi: draw_residence_permit(
            person, seed=seed, dpi=dpi, portrait=_card_portrait(person, person.seed)
        ),
        lambda paper: True,
    ),
    STUDENT: _student,
    UNIT_PAPER: _with_unit_paper,
    FORM: _with_form,
    COMPATRIOT: _compatriot,
    MINORITY: _minority,
}
