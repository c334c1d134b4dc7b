"""Each rule of the checker at its edge, on measures alone; tests with real pictures are in test_portraits.py."""

from __future__ import annotations

from dataclasses import replace

import pytest

from imaging.photo import limits
from imaging.photo.check import _background_defects, _file_defects, _placement_defects, _size_defects, source_defects
from imaging.photo.standards import GA461, ONE_INCH

# A faultless 1-inch photo.
GOOD = {
    "faces": 1.0, "second_face": 0.0, "head": 0.63, "top_margin": 0.07, "eye_line": 0.58, "off_centre": 0.0,
    "face_width": 0.57, "turned_deg": 0.0, "roll_deg": 0.0, "yaw_deg": 0.0, "pitch_deg": 0.0, "eyes_open": 0.09,
    "iris_height": 0.3, "mouth_open": 0.02, "eye_dark": 0.2, "forehead_darkness": 0.0, "forehead_hue": 0.0,
    "forehead_chroma": 12.0, "brightness": 0.6, "burnt": 0.0, "uneven": 0.1, "sharpness": 1.6, "chroma": 15.0,
    "two_tone": 0.1, "outline_outside": 0.0, "crown_cut": 0.0, "background_white": 1.0, "background_blue": 0.0,
    "background_red": 0.0, "background_spread": 2.0,
}  # fmt: skip
TINY = 1e-6


def _found(**changed: float) -> list[tuple[str, bool]]:
    return [(defect.code, defect.severe) for defect in source_defects({**GOOD, **changed})]


def test_a_faultless_photo_has_no_defect():
    assert _found() == []
    assert list(_placement_defects(GOOD, ONE_INCH)) == []
    assert list(_background_defects(GOOD, ONE_INCH)) == []


@pytest.mark.parametrize(
    ("measure", "code", "warn", "fail"),
    [
        ("roll_deg", "photo-roll", limits.ROLL_WARN_DEG, limits.ROLL_FAIL_DEG),
        ("yaw_deg", "photo-yaw", limits.YAW_WARN_DEG, limits.YAW_FAIL_DEG),
        ("pitch_deg", "photo-pitch", limits.PITCH_WARN_DEG, limits.PITCH_FAIL_DEG),
        ("mouth_open", "photo-mouth-open", limits.MOUTH_OPEN_WARN, None),
        ("eye_dark", "photo-sunglasses", None, limits.EYE_DARK_FAIL),
        ("burnt", "photo-too-bright", None, limits.BURNT_FAIL),
        ("uneven", "photo-uneven-light", limits.UNEVEN_WARN, None),
        ("outline_outside", "photo-head-cut", None, limits.OUTLINE_OUTSIDE_FAIL),
        ("crown_cut", "photo-head-cut", None, limits.CROWN_CUT_FAIL),
    ],
)
def test_upper_limits(measure: str, code: str, warn: float | None, fail: float | None):
    for limit, severe in ((warn, False), (fail, True)):
        if limit is not None:
            assert (code, severe) in _found(**{measure: limit + TINY})
            assert (code, severe) not in _found(**{measure: limit})


@pytest.mark.parametrize("measure", ["roll_deg", "yaw_deg", "pitch_deg"])
def test_poses_count_in_both_directions(measure: str):
    assert _found(**{measure: 40.0}) == _found(**{measure: -40.0}) != []


@pytest.mark.parametrize(
    ("measure", "code", "warn", "fail"),
    [
        ("eyes_open", "photo-eyes-closed", limits.EYES_OPEN_WARN, limits.EYES_OPEN_FAIL),
        ("iris_height", "photo-eyes-closed", limits.IRIS_HEIGHT_WARN, limits.IRIS_HEIGHT_FAIL),
        ("sharpness", "photo-blurred", limits.SHARPNESS_WARN, limits.SHARPNESS_FAIL),
        ("brightness", "photo-too-dark", limits.BRIGHTNESS_WARN, limits.BRIGHTNESS_FAIL),
    ],
)
def test_lower_limits(measure: str, code: str, warn: float, fail: float):
    assert _found(**{measure: warn}) == []
    assert _found(**{measure: warn - TINY}) == [(code, False)]
    assert _found(**{measure: fail}) == [(code, False)]
    assert _found(**{measure: fail - TINY}) == [(code, True)]


@pytest.mark.parametrize(("share", "several"), [(0.29, False), (0.3, True), (1.0, True)])
def test_a_face_on_a_poster_is_no_second_person(share: float, several: bool):
    found = source_defects({**GOOD, "faces": 2.0, "second_face": share})
    assert bool(found) is several
    if several:
        assert (found[0].code, found[0].measured, found[0].limit) == ("photo-several-faces", 2.0, 1)


def test_closed_eyes_are_told_once_and_by_the_worse_measure():
    assert _found(eyes_open=0.03, iris_height=0.05) == [("photo-eyes-closed", True)]
    assert _found(eyes_open=0.01, iris_height=0.15) == [("photo-eyes-closed", True)]


def test_lids_are_not_judged_behind_dark_lenses():
    assert _found(eye_dark=0.99, eyes_open=0.0) == [("photo-sunglasses", True)]


@pytest.mark.parametrize(
    ("darkness", "hue", "chroma", "hat"),
    [(61, 13, 7, True), (59, 13, 7, False), (61, 11, 7, False), (61, 13, 5, False)],
    ids=["coloured-hat", "shade", "own-hair", "black-fringe"],
)
def test_only_a_dark_and_coloured_forehead_is_a_hat_and_only_a_warning(darkness, hue, chroma, hat: bool):
    found = _found(forehead_darkness=darkness, forehead_hue=hue, forehead_chroma=chroma)
    assert found == ([("photo-hat", False)] if hat else [])


@pytest.mark.parametrize(
    ("chroma", "two_tone", "codes"),
    [
        (3.0, 1.0, []),
        (2.9, 0.7, ["photo-greyscale"]),
        (2.9, 0.71, ["photo-black-and-white-copy"]),
    ],
)
def test_colourless_faces_are_grey_or_copies(chroma: float, two_tone: float, codes: list[str]):
    assert [code for code, severe in _found(chroma=chroma, two_tone=two_tone) if severe] == codes


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (0.449, [("photo-head-size", 0.45, True)]),
        (0.549, [("photo-head-size", 0.55, False)]),
        (0.55, []),
        (0.70, []),
        (0.701, [("photo-head-size", 0.70, False)]),
        (0.801, [("photo-head-size", 0.80, True)]),
    ],
)
def test_head_sizes(head: float, found: list[tuple[str, float, bool]]):
    defects = _placement_defects({**GOOD, "head": head}, ONE_INCH)
    assert [(d.code, d.limit, d.severe) for d in defects] == found


@pytest.mark.parametrize(
    ("changed", "code", "severe"),
    [
        ({"top_margin": 0.121}, "photo-top-margin", False),
        ({"top_margin": 0.014}, "photo-top-margin", False),
        ({"top_margin": 0.21}, "photo-top-margin", True),
        ({"top_margin": -0.01}, "photo-top-margin", True),
        ({"eye_line": 0.469}, "photo-eye-line", True),
        ({"off_centre": 0.061}, "photo-off-centre", False),
    ],
)
def test_places_of_the_head(changed: dict[str, float], code: str, severe: bool):
    defects = list(_placement_defects({**GOOD, **changed}, ONE_INCH))
    assert [(d.code, d.severe) for d in defects] == [(code, severe)]


@pytest.mark.parametrize(("width_px", "wrong"), [(192, True), (193, False), (207, False), (221, False), (222, True)])
def test_ga461_face_width_is_reported_in_pixels(width_px: float, wrong: bool):
    photo = {**GOOD, "face_width": width_px / 358, "top_margin": 14 / 441}
    defects = list(_placement_defects(photo, GA461))
    assert [d.code for d in defects] == (["photo-face-width"] if wrong else [])
    if wrong:
        assert defects[0].measured == pytest.approx(width_px)
        assert defects[0].limit == pytest.approx(193 if width_px < 207 else 221)


def test_a_turned_photo_is_only_told_to_be_turned():
    defects = list(_placement_defects({**GOOD, "turned_deg": 90.0, "head": 0.1}, ONE_INCH))
    assert [(d.code, d.measured, d.severe) for d in defects] == [("photo-turned", 90.0, True)]


@pytest.mark.parametrize(
    ("width", "height", "found"),
    [
        (295, 413, []),
        (294, 413, [("photo-too-few-pixels", 413, 415), ("photo-wrong-size", 294, 295)]),
        (295, 412, [("photo-too-few-pixels", 412, 413), ("photo-wrong-size", 412, 413)]),
        (296, 413, [("photo-wrong-size", 296, 295)]),
        (295, 414, [("photo-wrong-size", 414, 413)]),
        (1, 1, [("photo-too-few-pixels", 1, 413), ("photo-wrong-size", 1, 295)]),
    ],
)
def test_sizes(width: int, height: int, found: list[tuple[str, float, float]]):
    defects = list(_size_defects(width, height, ONE_INCH))
    assert [(d.code, d.measured, d.limit) for d in defects] == found
    assert all(d.severe for d in defects)


@pytest.mark.parametrize(
    ("size", "codes"),
    [
        (9_999, ["photo-too-few-bytes"]),
        (10_000, []),
        (20_480, []),
        (20_481, ["photo-too-many-bytes"]),
        (None, []),
    ],
)
def test_file_sizes(size: int | None, codes: list[str]):
    standard = replace(ONE_INCH, min_bytes=10_000)
    assert [d.code for d in _file_defects(standard, source_bytes=size, source_format="JPEG")] == codes


@pytest.mark.parametrize(("name", "wrong"), [("JPEG", False), ("PNG", False), ("WEBP", True), (None, False)])
def test_file_formats(name: str | None, wrong: bool):
    defects = list(_file_defects(ONE_INCH, source_bytes=None, source_format=name))
    assert [d.code for d in defects] == (["photo-wrong-format"] if wrong else [])


@pytest.mark.parametrize(
    ("backgrounds", "shares", "codes"),
    [
        (("white",), (0.95, 0, 0), []),
        (("white",), (0.949, 0, 0), ["photo-background-not-white"]),
        (("white", "blue"), (0.0, 0.95, 0), []),
        (("white", "blue"), (0.0, 0.0, 1.0), ["photo-background-colour"]),
        ((), (0.0, 0.0, 0.0), []),
    ],
)
def test_backgrounds(backgrounds, shares, codes: list[str]):
    measures = {**GOOD, **dict(zip(("background_white", "background_blue", "background_red"), shares, strict=True))}
    defects = _background_defects(measures, replace(ONE_INCH, backgrounds=backgrounds))
    assert [d.code for d in defects] == codes


def test_an_uneven_background_is_a_warning_beside_its_colour():
    defects = list(_background_defects({**GOOD, "background_white": 0.0, "background_spread": 61.0}, ONE_INCH))
    assert [(d.code, d.severe) for d in defects] == [
        ("photo-background-not-white", True),
        ("photo-background-not-uniform", False),
    ]


def test_a_photo_without_visible_background_is_not_blamed_for_it():
    measures = {name: value for name, value in GOOD.items() if not name.startswith("background")}
    assert list(_background_defects(measures, ONE_INCH)) == []
