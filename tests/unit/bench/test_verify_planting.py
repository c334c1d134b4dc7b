"""Every planted error changes what it says and nothing else."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bench.engine_intake import CHECKED_ON
from bench.planting import (
    GROUPS,
    OTHER_PAPER,
    PATHS,
    TYPED,
    Error,
    Planted,
    Submission,
    entry_of,
    kind_of,
    paths_of,
    typed_errors,
    with_value,
)
from bench.planting_readings import own_reading, placed, reading_errors, with_fields
from bench.planting_uploads import upload_errors
from bench.verify_outcomes import all_errors, submission_of
from fixtures.people import DUTIES
from imaging.tick_box import TickState
from tests.unit.bench.verify_people import FULL_SEED, honest
from verify.model import Material

PERSON = submission_of(honest())
# Donors: enough for one of another name, unit, school and qualification.
OTHERS = [PERSON, *(submission_of(honest(seed)) for seed in range(FULL_SEED + 1, FULL_SEED + 25))]


def flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf of a JSON value with its dotted path; a list of plain words is a leaf."""
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from flat(below, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        for place, below in enumerate(value):
            yield from flat(below, f"{path}.{place}")
    else:
        yield path, value


def typed_changes(planted: Planted[Any]) -> set[str]:
    before, after = dict(flat(PERSON.entered)), dict(flat(planted.entered))
    return {path for path in {*before, *after} if before.get(path) != after.get(path)}


def upload_changes(planted: Planted[Any]) -> set[str]:
    before, after = PERSON.uploads, planted.uploads
    return {slot for slot in {*before, *after} if before.get(slot) != after.get(slot)}


def plant(error: Error[Material], person: Submission[Material] = PERSON) -> Planted[Material] | None:
    return error.plant(person, OTHERS, random.Random(7))


def named(name: str) -> Error[Material]:
    return next(error for error in all_errors() if error.name == name)


def planted(name: str, person: Submission[Material] = PERSON) -> Planted[Material]:
    found = plant(named(name), person)
    assert found is not None
    return found


def test_every_error_has_a_name_of_its_own_and_a_group() -> None:
    names = [error.name for error in all_errors()]
    assert len(names) == len(set(names))
    assert {error.group for error in all_errors()} == set(GROUPS)


def test_one_full_person_can_have_every_typed_error_but_one_that_needs_the_right_name() -> None:
    impossible = {error.name for error in typed_errors() if plant(error) is None}
    assert impossible <= {"person.name: a character left out", "person.name: a look-alike character"}


@pytest.mark.parametrize("error", tuple(typed_errors()), ids=lambda error: error.name)
def test_a_typed_error_changes_one_field_and_no_upload(error: Error[Material]) -> None:
    found = plant(error)
    if found is None:
        return
    assert typed_changes(found) == found.fields
    assert len(found.fields) == 1
    assert upload_changes(found) == set()
    assert found.materials == frozenset()


@pytest.mark.parametrize("error", all_errors(), ids=lambda error: error.name)
def test_the_honest_person_is_left_as_they_were(error: Error[Material]) -> None:
    before = honest()
    plant(error)
    assert PERSON.entered == before.entered
    assert PERSON.uploads == before.materials


@pytest.mark.parametrize("error", tuple(upload_errors()), ids=lambda error: error.name)
def test_an_error_of_papers_touches_the_slots_it_names(error: Error[Material]) -> None:
    found = plant(error)
    if found is None or found.materials == frozenset():
        return
    assert upload_changes(found) <= found.materials


@pytest.mark.parametrize("kind", sorted({kind_of(slot) for slot in PERSON.printed}))
def test_another_persons_paper_is_of_the_same_kind_and_of_somebody_else(kind: str) -> None:
    found = planted(f"another person's {kind}")
    (slot,) = upload_changes(found)
    reading = own_reading(found.uploads[slot], kind)
    assert reading is not None
    key = "valid_from" if kind == "id_card_back" else "name"
    assert reading.fields[key].value != PERSON.printed[slot][key]
    assert found.fields == frozenset(paths_of(PERSON, slot).values())


def test_another_persons_qualification_with_its_data_typed_differs_in_the_person_only() -> None:
    found = planted("another person's qualification_certificate, its data typed")
    reading = own_reading(found.uploads["qualification_certificate"], "qualification_certificate")
    assert reading is not None
    assert found.entered["qualification"]["certificate_number"] == reading.fields["certificate_number"].value
    assert {path.partition(".")[0] for path in typed_changes(found)} == {"qualification"}
    assert "person.name" in found.fields
    assert not any(path.startswith("qualification") for path in found.fields)


def test_another_persons_diploma_with_its_data_typed_takes_the_place_of_one_without_a_degree() -> None:
    found = planted("another person's diploma, its data typed")
    assert upload_changes(found) == {"diploma-2"}
    reading = own_reading(found.uploads["diploma-2"], "diploma")
    assert reading is not None
    assert found.entered["education"][1]["school"] == reading.fields["school"].value
    assert found.entered["education"][0] == PERSON.entered["education"][0]


def test_the_sides_of_the_card_change_places() -> None:
    found = planted("sides of the card exchanged")
    assert found.uploads["id_card_front"] is PERSON.uploads["id_card_back"]
    assert found.uploads["id_card_back"] is PERSON.uploads["id_card_front"]


@pytest.mark.parametrize("kind", ["photo", *sorted({kind_of(slot) for slot in PERSON.printed})])
def test_another_kind_of_paper_is_of_another_kind(kind: str) -> None:
    found = planted(f"another kind of paper as {kind}")
    (slot,) = upload_changes(found)
    assert {reading.kind.value for reading in found.uploads[slot].readings}.isdisjoint({kind})


def test_a_missing_paper_is_gone_and_nothing_else() -> None:
    found = planted("no work_certificate")
    assert set(PERSON.uploads) - set(found.uploads) == {"work_certificate"}
    assert found.materials == {"work_certificate"}


def test_without_an_accounting_post_any_paper_of_the_choice_may_be_named() -> None:
    idle = replace(PERSON, entered=with_value(PERSON.entered, "work.on_duty", False))
    assert {"residence_permit", "student_card"} <= planted("no work_certificate", idle).materials


def test_one_picture_lies_in_two_places() -> None:
    found = planted("one picture in two places")
    assert found.uploads["diploma-2"] is PERSON.uploads["diploma"]


def test_one_picture_saved_anew_has_other_bytes_and_the_same_look() -> None:
    found = planted("one picture saved anew in two places")
    again, first = found.uploads["diploma-2"], PERSON.uploads["diploma"]
    assert again.sha256 != first.sha256
    assert again.fingerprint == first.fingerprint
    assert again.readings == first.readings


def test_the_day_after_the_cards_last_day() -> None:
    found = planted("the card's last day is past")
    until = date.fromisoformat(PERSON.entered["person"]["id_valid_until"])
    assert found.today is not None
    assert (found.today - until).days == 1


def test_a_long_term_card_never_runs_out() -> None:
    lasting = replace(PERSON, entered=with_value(PERSON.entered, "person.id_valid_until", "长期"))
    assert plant(named("the card's last day is past"), lasting) is None


@pytest.mark.parametrize("kind", sorted({kind_of(slot) for slot in PERSON.printed}))
def test_every_comparable_field_of_a_paper_can_be_printed_otherwise(kind: str) -> None:
    for field in PATHS[kind]:
        if field == "seal_text":
            continue
        found = planted(f"{kind}.{field}")
        (slot,) = upload_changes(found)
        before, after = own_reading(PERSON.uploads[slot], kind), own_reading(found.uploads[slot], kind)
        assert before is not None
        assert after is not None
        changed = {name for name in before.fields if before.fields[name] != after.fields[name]}
        assert changed == {field}
        assert after.fields[field].confidence == before.fields[field].confidence
        assert typed_changes(found) == set()
        assert found.fields == {paths_of(PERSON, slot)[field]}
        assert found.materials == {slot}


def test_a_field_that_was_not_read_cannot_be_printed_otherwise() -> None:
    blank = with_fields(PERSON.uploads["diploma"], "diploma", {"school": None})
    blank_too = with_fields(PERSON.uploads["diploma-2"], "diploma", {"school": None})
    unread = replace(PERSON, uploads={**PERSON.uploads, "diploma": blank, "diploma-2": blank_too})
    assert plant(named("diploma.school"), unread) is None


def test_another_units_seal_is_read_where_ones_own_was() -> None:
    found = planted("work_certificate: another unit's seal")
    reading = own_reading(found.uploads["work_certificate"], "work_certificate")
    assert reading is not None
    text = reading.fields["seal_text"].value
    assert text != PERSON.printed["work_certificate"]["seal_text"]
    assert text in {other.printed["work_certificate"]["seal_text"] for other in OTHERS}
    assert reading.seals[0].text == text


def test_a_paper_without_its_seal() -> None:
    found = planted("work_certificate: no seal")
    reading = own_reading(found.uploads["work_certificate"], "work_certificate")
    assert reading is not None
    assert reading.fields["seal_present"].value is False
    assert "seal_text" not in reading.fields
    assert reading.seals == ()


def test_a_seal_of_one_purpose_says_so_in_its_middle() -> None:
    found = planted("work_certificate: seal of one purpose")
    reading = own_reading(found.uploads["work_certificate"], "work_certificate")
    assert reading is not None
    assert reading.seals[0].is_special
    assert reading.fields["seal_text"].raw.endswith("专用章")
    assert reading.fields["seal_text"].value == PERSON.printed["work_certificate"]["seal_text"]


def test_box_12_beside_others_is_ticked_too() -> None:
    found = planted("work_certificate: box 12 with others")
    reading = own_reading(found.uploads["work_certificate"], "work_certificate")
    assert reading is not None
    duties = reading.fields["duties"].value
    assert isinstance(duties, tuple)
    assert DUTIES[11] in duties
    assert len(duties) > 1
    assert {box.duty for box in reading.ticks if box.state is TickState.TICKED} == set(duties)


def test_no_box_is_ticked() -> None:
    reading = own_reading(planted("work_certificate: no box ticked").uploads["work_certificate"], "work_certificate")
    assert reading is not None
    assert reading.fields["duties"].value == ()
    assert all(box.state is TickState.EMPTY for box in reading.ticks)


def test_an_expired_card_is_typed_as_it_is_printed() -> None:
    found = planted("card expired, typed as printed")
    reading = own_reading(found.uploads["id_card_back"], "id_card_back")
    assert reading is not None
    assert reading.fields["valid_until"].value == found.entered["person"]["id_valid_until"]
    assert date.fromisoformat(found.entered["person"]["id_valid_until"]) < CHECKED_ON
    start, end = (date.fromisoformat(found.entered["person"][key]) for key in ("id_valid_from", "id_valid_until"))
    assert (end.year - start.year, end.month, end.day) == (10, start.month, start.day)


def test_a_diploma_number_of_another_year_is_typed_as_it_is_printed() -> None:
    person = next(other for other in OTHERS if len(str(other.printed["diploma"]["certificate_number"])) == 18)
    found = planted("diploma number of another year, typed as printed", person)
    slot = next(iter(found.materials))
    number = str(person.printed[slot]["certificate_number"])
    entry = found.entered["education"][entry_of(person, slot) or 0]
    assert entry["certificate_number"][:6] == number[:6]
    assert entry["certificate_number"][10:] == number[10:]
    assert entry["certificate_number"][6:10] != number[6:10]


@pytest.mark.parametrize(
    ("name", "slot", "field", "days"),
    [
        ("work_certificate: dated tomorrow", "work_certificate", "issued_on", 1),
        ("work_certificate: 400 days old", "work_certificate", "issued_on", -400),
        ("qualification_certificate: of tomorrow", "qualification_certificate", "approved_on", 1),
    ],
)
def test_days_that_no_honest_paper_bears(name: str, slot: str, field: str, days: int) -> None:
    reading = own_reading(planted(name).uploads[slot], slot)
    assert reading is not None
    assert (date.fromisoformat(str(reading.fields[field].value)) - CHECKED_ON).days == days


def test_what_a_person_does_not_have_is_not_planted() -> None:
    without = {slot: upload for slot, upload in PERSON.uploads.items() if not slot.startswith("degree")}
    bare = replace(PERSON, uploads=without)
    groups = [error for error in all_errors() if "degree" in error.name and error.group != TYPED]
    assert groups
    assert all(plant(error, bare) is None for error in groups)


def test_papers_are_called_by_the_slot_they_lie_in() -> None:
    moved = placed(planted("sides of the card exchanged").uploads)
    assert moved["id_card_front"].slot == "id_card_front"
    assert moved["id_card_front"].file == "id_card_front.jpg"
    assert moved["id_card_front"].readings == PERSON.uploads["id_card_back"].readings


def test_errors_of_papers_need_no_readings() -> None:
    files = replace(PERSON, uploads={slot: f"{slot}.jpg" for slot in PERSON.uploads})
    others = [replace(other, uploads={slot: f"{slot} of {other.seed}" for slot in other.uploads}) for other in OTHERS]
    found = [error for error in upload_errors() if error.plant(files, others, random.Random(1)) is not None]
    assert {error.group for error in found} >= {OTHER_PAPER}
    assert len(list(reading_errors())) > 40


@pytest.mark.parametrize("field", ["name", "id_number", "gender", "birth_date"])
def test_a_form_that_is_silent_about_what_one_paper_prints_otherwise(field: str) -> None:
    found = planted(f"person.{field} not typed, one paper differs")
    assert found.entered["person"][field] is None
    (slot,) = upload_changes(found)
    assert slot != "id_card_front"
    reading = own_reading(found.uploads[slot], kind_of(slot))
    assert reading is not None
    assert reading.fields[field].value != PERSON.printed[slot][field]
    # A finding that only says that the form is silent does not name the paper.
    assert (found.fields, found.materials) == (frozenset(), {slot})
