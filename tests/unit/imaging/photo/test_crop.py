from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from imaging.photo import frame
from imaging.photo.crop import Crop, NoCrop, choose_crop, head_as_shown, is_inside_profile
from imaging.photo.frame import Matrix
from imaging.photo.portrait import Head
from imaging.photo.standards import GA461, ONE_INCH, PhotoStandard


def _head(*, eye_chin_px: float = 200.0, hair: float = 1.15, roll_deg: float = 0.0, face: float = 1.25) -> Head:
    """A head around (600, 700): hair top and chin along its own upright axis, lengths in eye-to-chin lengths."""
    back = frame.inverse(frame.upright_matrix(anchor=(600.0, 700.0), roll_deg=roll_deg, scale=1.0, to=(0.0, 0.0)))
    crown, chin = frame.apply(back, np.array([[0.0, -hair * eye_chin_px], [0.0, eye_chin_px]]))
    return Head(
        eye_middle=(600.0, 700.0),
        roll_deg=roll_deg,
        eye_chin_px=eye_chin_px,
        crown=(float(crown[0]), float(crown[1])),
        chin=(float(chin[0]), float(chin[1])),
        middle=(600.0, 700.0),
        face_width_px=face * eye_chin_px,
    )


def _choose(head: Head, standard: PhotoStandard, gap=lambda matrix: 0.0, size=(1200, 1600)) -> Crop | NoCrop:
    return choose_crop(head, standard, gap, source_width_px=size[0], source_height_px=size[1])


def _placed(head: Head, crop: Crop) -> np.ndarray:
    return frame.apply(crop.matrix, np.array([head.crown, head.chin, head.eye_middle, head.middle]))


@given(eye_chin=st.floats(145, 900), hair=st.floats(0.8, 1.8), roll=st.floats(-15, 15), face=st.floats(1.0, 1.5))
def test_a_one_inch_crop_meets_the_standard(eye_chin: float, hair: float, roll: float, face: float):
    head = _head(eye_chin_px=eye_chin, hair=hair, roll_deg=roll, face=face)
    crop = _choose(head, ONE_INCH)
    assert isinstance(crop, Crop)
    crown, chin, eyes, middle = _placed(head, crop)
    # A tilt below the levelling limit shortens the upright height by less than a pixel.
    assert ONE_INCH.made_head.low - 0.003 <= (chin[1] - crown[1]) / 413 <= ONE_INCH.made_head.high + 0.003
    assert crown[1] / 413 <= ONE_INCH.made_top_margin.high + 0.003
    assert 1 - eyes[1] / 413 >= ONE_INCH.min_eye_line
    assert middle[0] == pytest.approx(147, abs=0.01)
    assert crop.upscale <= 1.0 + 1e-6


@given(eye_chin=st.floats(200, 900), hair=st.floats(0.8, 1.6), face=st.floats(1.1, 1.4))
def test_a_ga461_crop_keeps_face_width_and_eye_line(eye_chin: float, hair: float, face: float):
    head = _head(eye_chin_px=eye_chin, hair=hair, face=face)
    crop = _choose(head, GA461)
    assert isinstance(crop, Crop)
    crown, _, eyes, _ = _placed(head, crop)
    assert 193 <= head.face_width_px * crop.upscale <= 221
    assert 441 - eyes[1] >= 207
    # The margin above the hair only gives way where the eyes would sink too low.
    assert 7 <= crown[1] <= 21 or 441 - eyes[1] == pytest.approx(207 + 0.005 * 441, abs=0.5)


@pytest.mark.parametrize(("head_px", "made"), [(245, False), (247.6, False), (252, True), (300, True)])
def test_no_source_is_enlarged(head_px: float, made: bool):
    # 0.607 of 413 px is the smallest head that the maker aims at: 250.7 px.
    crop = _choose(_head(eye_chin_px=head_px / 2, hair=1.0), ONE_INCH)
    assert isinstance(crop, Crop) is made
    if isinstance(crop, NoCrop):
        assert crop.least_upscale == pytest.approx(0.607 * 413 / head_px)


def test_a_source_without_room_is_told_by_its_gap():
    nothing = _choose(_head(), ONE_INCH, gap=lambda matrix: 0.08)
    assert nothing == NoCrop(least_upscale=pytest.approx(0.607 * 413 / 430), least_gap=0.08)


def test_a_tighter_crop_is_taken_when_the_middle_does_not_fit():
    def gap(matrix: Matrix) -> float:
        return 0.0 if frame.scale_of(matrix) > 0.66 * 413 / 430 else 0.02

    head = _head()
    crop = _choose(head, ONE_INCH, gap=gap)
    assert isinstance(crop, Crop)
    crown, chin, _, _ = _placed(head, crop)
    assert 0.66 < (chin[1] - crown[1]) / 413 <= 0.67


@pytest.mark.parametrize(("roll", "levelled"), [(0.6, False), (0.8, True), (5.0, True), (14.0, True)])
def test_a_tilt_is_levelled_from_the_noise_on(roll: float, levelled: bool):
    crop = _choose(_head(roll_deg=roll), ONE_INCH)
    assert isinstance(crop, Crop)
    assert crop.roll_deg == (roll if levelled else 0.0)


@pytest.mark.parametrize(("roll", "made"), [(4.9, True), (5.1, False)])
def test_a_small_tilt_stays_when_levelling_would_tear_wedges(roll: float, made: bool):
    def gap(matrix: Matrix) -> float:
        return 0.0 if abs(float(matrix[1, 0])) < 1e-9 else 0.05

    crop = _choose(_head(roll_deg=roll), ONE_INCH, gap=gap)
    assert isinstance(crop, Crop) is made
    if isinstance(crop, Crop):
        assert crop.roll_deg == 0.0


def _finished(head_share: float, margin: float, roll_deg: float = 0.0) -> Head:
    top, chin = margin * 413, (margin + head_share) * 413
    eye = (top + chin) / 2
    return replace(
        _head(roll_deg=roll_deg), eye_middle=(147.0, eye), crown=(147.0, top), chin=(147.0, chin), middle=(147.0, eye)
    )


@pytest.mark.parametrize(
    ("head", "whole"),
    [
        (_finished(0.64, 0.07), True),
        (_finished(0.56, 0.07), True),
        (_finished(0.54, 0.07), False),
        (_finished(0.64, 0.13), False),
        (_finished(0.64, 0.07, roll_deg=6.0), False),
    ],
    ids=["right", "small-but-good", "too-small", "too-low", "tilted"],
)
def test_a_finished_photo_is_taken_as_it_is_when_good(head: Head, whole: bool):
    # Every other frame is said not to fit, so only the photo itself is left.
    crop = _choose(head, ONE_INCH, gap=lambda matrix: 1.0, size=(295, 413))
    assert isinstance(crop, Crop) is whole
    if isinstance(crop, Crop):
        assert np.array_equal(crop.matrix, np.eye(2, 3))


@given(st.tuples(st.integers(1, 4000), st.integers(1, 4000)))
def test_only_the_exact_size_counts_as_finished(size: tuple[int, int]):
    assume(size != (295, 413))
    assert isinstance(_choose(_finished(0.56, 0.07), ONE_INCH, gap=lambda matrix: 1.0, size=size), NoCrop)


PROFILE_MIDDLE = {
    "head": 0.635,
    "top_margin": 0.07,
    "eye_line": 0.58,
    "off_centre": 0.0,
    "roll_deg": 0.0,
    "face_width": 207 / 358,
}
GA461_MIDDLE = {**PROFILE_MIDDLE, "top_margin": 14 / 441}


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("head", 0.60, 0.599),
        ("head", 0.67, 0.671),
        ("top_margin", 0.05, 0.049),
        ("top_margin", 0.09, 0.091),
        ("eye_line", 0.47, 0.469),
        ("off_centre", 0.02, 0.021),
        ("roll_deg", 1.0, 1.01),
        ("roll_deg", -1.0, -1.01),
    ],
)
def test_the_profile_ends_exactly_at_its_limits(name: str, inside: float, outside: float):
    assert is_inside_profile({**PROFILE_MIDDLE, name: inside}, ONE_INCH)
    assert not is_inside_profile({**PROFILE_MIDDLE, name: outside}, ONE_INCH)


@pytest.mark.parametrize(("inside_px", "outside_px"), [(193, 192), (221, 222)])
def test_ga461_is_scaled_by_the_face(inside_px: int, outside_px: int):
    assert is_inside_profile({**GA461_MIDDLE, "face_width": inside_px / 358}, GA461)
    assert not is_inside_profile({**GA461_MIDDLE, "face_width": outside_px / 358}, GA461)


def test_in_ga461_the_eyes_outrank_the_margin():
    low_eyes = {**GA461_MIDDLE, "eye_line": 207 / 441, "top_margin": 0.02 + 40 / 441}
    assert is_inside_profile(low_eyes, GA461)
    assert not is_inside_profile({**low_eyes, "eye_line": 0.6}, GA461)


@given(
    head=st.floats(0.5, 0.75),
    margin=st.floats(0.01, 0.15),
    roll_deg=st.floats(-3.0, 3.0),
    scale=st.floats(0.2, 1.0),
)
def test_a_head_placed_as_shown_lands_where_it_was_aimed_at(head: float, margin: float, roll_deg: float, scale: float):
    """Whatever the first photo measured: laid over the head as shown, the next frame puts it into the profile."""
    first = Crop(
        matrix=frame.upright_matrix(anchor=(500.0, 400.0), roll_deg=2.0, scale=scale, to=(147.0, 170.0)),
        roll_deg=2.0,
        upscale=scale,
        gap=0.0,
    )
    measures = {
        "head": head,
        "top_margin": margin,
        "eye_line": 1.0 - margin - head / 2,
        "roll_deg": roll_deg,
        "face_width": 0.45,
    }
    guess = Head((500.0, 400.0), 2.0, 100.0, (500.0, 300.0), (500.0, 520.0), (500.0, 400.0), 120.0)
    shown = head_as_shown(guess, first, measures, ONE_INCH)
    tall = frame.apply(first.matrix, np.array([shown.crown, shown.chin, shown.eye_middle]))[:, 1] / ONE_INCH.height_px
    assert tall == pytest.approx([margin, margin + head, margin + head / 2])
    assert shown.roll_deg == pytest.approx(2.0 + roll_deg)
    assert shown.face_width_px * scale == pytest.approx(0.45 * ONE_INCH.width_px)
