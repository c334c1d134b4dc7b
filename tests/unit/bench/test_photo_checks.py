"""The tables and floors of the photo checks' benchmark, on answers made up for it."""

from __future__ import annotations

import numpy as np

from bench.photo_checks_report import Answer, checks_part
from bench.photo_degradations import Degradation


def _unchanged(face, _):
    return face


DARK = Degradation("brightness x0.3", ("photo-too-dark",), _unchanged)
GRAIN = Degradation("noise", ("photo-noisy",), _unchanged, warning=True)


def _answer(path: str, degradation: str = "", severe: tuple[str, ...] = (), mild: tuple[str, ...] = ()) -> Answer:
    return Answer("someone", path, degradation, severe, mild, {} if degradation else {"brightness": 0.5})


def _floors(*answers: Answer) -> dict[str, bool]:
    return {floor.what.split(" (")[0]: floor.met for floor in checks_part(answers, (DARK, GRAIN)).floors}


GOOD = (_answer("source", severe=("photo-wrong-size",)), _answer("finished"))
CAUGHT = (
    _answer("source", DARK.name, severe=("photo-too-dark", "photo-wrong-size")),
    _answer("finished", DARK.name, severe=("photo-too-dark",)),
    _answer("maker", DARK.name, severe=("photo-too-dark",)),
    _answer("no face", severe=("photo-no-face",)),
)


def test_all_floors_are_met_when_all_is_caught_and_nothing_wrongly_said():
    floors = _floors(*GOOD, *CAUGHT)
    assert len(floors) == 5
    assert all(floors.values())


def test_a_photo_made_of_a_spoilt_source_misses_a_floor():
    floors = _floors(*GOOD, *CAUGHT[:2], _answer("maker", DARK.name), CAUGHT[3])
    assert [what for what, met in floors.items() if not met] == ["  made of it: nothing"]


def test_the_wrong_code_is_not_caught():
    floors = _floors(*GOOD, _answer("source", DARK.name, severe=("photo-blurred",)), *CAUGHT[1:])
    assert [what for what, met in floors.items() if not met] == ["caught: brightness x0.3"]


def test_what_is_said_of_people_counts_as_false_and_what_is_said_of_the_frame_does_not():
    wrong = _answer("finished", mild=("photo-glare", "photo-head-size"))
    part = checks_part((*GOOD, wrong, *CAUGHT), (DARK, GRAIN))
    assert [floor.what for floor in part.floors if not floor.met] == ["most frequent false alarm (photo-glare)"]
    assert part.figures["false_alarms"]["finished"] == {"photo-glare": 1, "photo-head-size": 1}


def test_ranges_are_percentiles_of_good_portraits_only():
    table = checks_part((*GOOD, *CAUGHT), (DARK, GRAIN)).tables[2]
    assert table.rows == (("brightness", "0.500", "0.500", "0.500"),)
    assert np.isfinite(float(table.rows[0][1]))
