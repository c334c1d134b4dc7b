from __future__ import annotations

import numpy as np
import pytest

from bench.photo import main
from bench.photo_encoders import ENCODERS, decoded, likeness
from bench.photo_judge import Row, outside_profile, refused, white_share, white_shares
from bench.photo_report import photo_part
from imaging.photo.standards import GA461, ONE_INCH

MEASURES = {
    "head": 0.635,
    "face_width": 0.45,
    "top_margin": 0.07,
    "eye_line": 0.58,
    "off_centre": 0.01,
    "roll_deg": 0.0,
}


def _noise(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (120, 90, 3), dtype=np.uint8)


@pytest.mark.parametrize("name", sorted(ENCODERS))
def test_a_peer_stays_under_the_limit_or_gives_nothing(name: str):
    data = ENCODERS[name](_noise(1), 9000)
    assert 0 < len(data) <= 9000
    assert decoded(data).shape == (120, 90, 3)
    assert ENCODERS[name](_noise(1), 100) == b""


def test_bisection_keeps_more_than_the_loop():
    bisected, stepped = (len(ENCODERS[name](_noise(2), 12_000)) for name in ("standard tables", "step-5 loop"))
    assert bisected >= stepped


def test_likeness_of_a_picture_with_itself_is_the_best():
    assert likeness(_noise(3), _noise(3)) == (1.0, 99.0)


def test_one_level_of_error_everywhere_is_48_decibel():
    grey = np.full((60, 60, 3), 100, np.uint8)
    assert likeness(grey, grey + np.uint8(1))[1] == pytest.approx(48.13, abs=0.01)


def test_white_begins_at_250_in_the_darkest_channel():
    shown = np.array([[[255, 250, 255], [255, 249, 255]]], np.uint8)
    assert white_share(shown, np.ones((1, 2), bool)) == 0.5
    assert white_share(shown, np.zeros((1, 2), bool)) == 1.0


def test_the_edge_of_a_person_is_looked_at_apart():
    person = np.zeros((60, 60), np.uint8)
    person[20:40, 20:40] = 1
    shown = np.full((60, 60, 3), 255, np.uint8)
    shown[14:20, 20:40] = 200
    away, everywhere = white_shares(shown, person)
    assert away == 1.0
    assert everywhere == pytest.approx(1 - 120 / 3200)


@pytest.mark.parametrize(
    ("name", "value"),
    [("head", 0.59), ("head", 0.68), ("top_margin", 0.1), ("eye_line", 0.4), ("off_centre", 0.03), ("roll_deg", -1.2)],
)
def test_each_measure_can_leave_the_profile(name: str, value: float):
    assert outside_profile(MEASURES, ONE_INCH) == ()
    assert outside_profile({**MEASURES, name: value}, ONE_INCH) == (name,)


def test_ga461_looks_at_the_face_instead_of_the_head():
    measures = {**MEASURES, "face_width": 207 / 358, "top_margin": 14 / 441, "head": 0.8}
    assert outside_profile(measures, GA461) == ()
    assert outside_profile({**measures, "face_width": 0.5}, GA461) == ("face_width",)


def test_floors_are_missed_by_what_misses_them():
    good = Row("a", "real", "one-inch", (), made=True, ms=100, likeness=(0.99, 42), white=1.0, measures=MEASURES,
               peers={name: (0.9, 30.0) for name in ENCODERS}, encodes=2, size_bytes=20_000)  # fmt: skip
    bad = Row("b", "real", "one-inch", (), made=True, ms=900, likeness=(0.94, 30), white=0.9, measures=MEASURES,
              peers=good.peers, encodes=5, size_bytes=20_001, outside=("head",))  # fmt: skip
    part = photo_part([good, refused("c", "busy", ONE_INCH, ("photo-no-face",))], peak_bytes=1, detail=True)
    assert all(floor.met for floor in part.floors)
    assert part.figures["refused"] == {"photo-no-face": 1}
    assert not any(floor.met for floor in photo_part([bad], peak_bytes=300_000_000, detail=False).floors)


def test_a_missing_folder_is_wrong_usage():
    with pytest.raises(SystemExit) as stop:
        main(["--portraits", "/nowhere/at/all"])
    assert stop.value.code == 2
