from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from imaging.photo import frame
from imaging.photo.crop import Crop, NoCrop, choose_crop
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
