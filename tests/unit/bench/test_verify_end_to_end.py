"""Errors planted in files: every kind comes up, and a picture that was read once is not read again."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from bench.planting import GROUPS, PRINTED, Submission
from bench.verify_end_to_end import ERRORS_A_PERSON, Kept, chosen_errors, file_errors, keeping
from bench.verify_outcomes import submission_of
from imaging.model import Rendition
from intake.toolbox import Toolbox
from ocr.read import PageReading
from tests.unit.bench.verify_people import FULL_SEED, honest


def files_of(seed: int) -> Submission[Path]:
    person = submission_of(honest(seed))
    return replace(person, uploads={slot: Path(f"{seed}/{slot}.jpg") for slot in person.uploads})  # type: ignore[type-var]


PERSONS = [files_of(seed) for seed in range(FULL_SEED, FULL_SEED + 60)]


def test_sixty_persons_see_every_group_and_nearly_every_error_that_working_persons_can_have() -> None:
    found = [chosen_errors(person, PERSONS, number) for number, person in enumerate(PERSONS, start=1)]
    assert {len(one) for one in found} == {ERRORS_A_PERSON}
    counts = Counter(error.name for one in found for error, _ in one)
    groups = {error.group for one in found for error, _ in one}
    assert groups == set(GROUPS) - {PRINTED}
    possible = {error.name for error in file_errors() if any(chosen_errors_of(error, person) for person in PERSONS)}
    assert set(counts) == possible


def chosen_errors_of(error: Any, person: Submission[Path]) -> bool:
    return error.plant(person, PERSONS, random.Random(1)) is not None


def test_one_person_never_gets_the_same_error_twice() -> None:
    names = [error.name for error, _ in chosen_errors(PERSONS[0], PERSONS, 3)]
    assert len(names) == len(set(names))


def test_a_picture_is_decoded_and_read_once_until_it_is_forgotten() -> None:
    asked: list[str] = []

    def decode(data: bytes) -> Rendition:
        asked.append("decode")
        return Rendition(np.zeros((4, 4, 3), np.uint8), "JPEG", 4, 4)

    def read(rendition: Rendition, kind: Any) -> PageReading:
        asked.append("read")
        return PageReading(rendition, ())

    def check(rendition: Rendition, data: bytes) -> tuple[()]:
        asked.append("check")
        return ()

    def judge(*_: Any) -> Any:
        raise AssertionError("not asked here")

    kept = Kept()
    tools = keeping(Toolbox(decode, read, check, judge), kept)
    for _ in range(3):
        rendition = tools.decode(b"one")
        tools.read(rendition, None)
        tools.check_photo(rendition, b"one")
    assert asked == ["decode", "read", "check"]
    tools.decode(b"two")
    assert asked[3:] == ["decode"]
    kept.forget_pixels()
    tools.decode(b"one")
    assert asked[4:] == ["decode"]
