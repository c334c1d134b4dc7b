"""What is painted on one real face must move its own measure and leave the others alone."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from bench.photo_painting import glare, hand_over_eye, lids, mask_over_mouth, red_eyes, sunglasses
from imaging.model import Pixels
from imaging.photo.measures import measure_portrait
from imaging.photo.portrait import Portrait, study_portrait
from imaging.photo.weights import PhotoModels

# Limits of docs/photo-checks.md: name, and whether the painted face must lie above or below.
CASES = [
    (sunglasses("box", (16, 16, 18)), "eye_dark", 0.75, True),
    (sunglasses("round", (60, 110, 170)), "eye_hidden", 0.75, True),
    (glare, "glare", 0.1, True),
    (red_eyes, "red_eye", 0.1, True),
    (hand_over_eye, "iris_height_lower", 0.08, False),
    (lids, "eye_openness", 28.0, False),
    (mask_over_mouth((150, 190, 220)), "mouth_contrast", 0.3, False),
]


@pytest.mark.parametrize(("paint", "measure", "limit", "above"), CASES, ids=[case[1] for case in CASES])
def test_each_measure_sees_its_fault(
    paint: Callable[[Pixels, Portrait], Pixels],
    measure: str,
    limit: float,
    above: bool,
    face: Pixels,
    portrait: Portrait,
    models: PhotoModels,
):
    painted = study_portrait(paint(face, portrait), models)
    assert painted is not None
    assert (measure_portrait(portrait)[measure] > limit) is not above
    assert (measure_portrait(painted)[measure] > limit) is above


def test_one_tone_has_no_variety_of_colours(face: Pixels, portrait: Portrait, models: PhotoModels):
    grey = cv2.cvtColor(cv2.cvtColor(face, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    for tone in ((1.0, 1.0, 1.0), (1.07, 0.93, 0.72), (0.8, 0.9, 1.1)):
        toned = study_portrait(np.clip(grey * np.array(tone), 0, 255).astype(np.uint8), models)
        assert toned is not None
        assert measure_portrait(toned)["colour_variety"] < 1.2 < measure_portrait(portrait)["colour_variety"]


def test_room_is_counted_as_iso_29794_5_does(portrait: Portrait):
    measured = measure_portrait(portrait)
    height, width = portrait.pixels.shape[:2]
    apart = measured["eye_distance_px"]
    # The three stretches make up the width; the eyes are `apart` from each other along the tilt.
    level = apart * np.cos(np.radians(measured["roll_deg"]))
    assert (measured["room_left"] + measured["room_right"]) * apart + level == pytest.approx(width - 1, abs=1.0)
    chin = measured["eye_chin"] * height
    assert (measured["room_above"] + measured["room_below"]) * chin == pytest.approx(height - 1, abs=1.0)


def test_shares_are_shares(portrait: Portrait):
    measured = measure_portrait(portrait)
    shares = (
        "brightness", "burnt", "underexposed", "overexposed", "contrast", "cheek_overlap", "eye_dark", "eye_hidden",
        "glare", "red_eye", "two_tone", "screen", "inner_frame", "outline_outside", "crown_cut", "background_white",
    )  # fmt: skip
    assert all(0.0 <= measured[name] <= 1.0 for name in shares)
    assert all(0.0 <= measured[name] <= 100.0 for name in ("clarity", "eye_openness", "dynamic_range"))
