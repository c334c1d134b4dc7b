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
    "eye_openness": 100.0, "iris_height": 0.3, "iris_height_lower": 0.28, "mouth_open": 0.02, "eye_hidden": 0.2,
    "glare": 0.0, "red_eye": 0.0, "mouth_contrast": 0.9, "lip_redness": 12.0, "forehead_darkness": 0.0,
    "forehead_hue": 0.0, "forehead_chroma": 12.0, "brightness": 0.6, "contrast": 0.5, "burnt": 0.0, "uneven": 0.1,
    "clarity": 95.0, "smear_px": 1.6, "noise": 0.5, "blockiness": 0.5, "chroma": 15.0, "colour_variety": 5.0,
    "two_tone": 0.1, "skin_a": 14.0, "skin_b": 18.0, "screen": 0.0, "inner_frame": 0.0, "outline_outside": 0.0,
    "crown_cut": 0.0, "background_white": 1.0, "background_blue": 0.0, "background_red": 0.0, "background_spread": 2.0,
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
        ("eye_hidden", "photo-sunglasses", None, limits.EYE_HIDDEN_FAIL),
        ("burnt", "photo-too-bright", None, limits.BURNT_FAIL),
        ("uneven", "photo-uneven-light", limits.UNEVEN_WARN, None),
        ("glare", "photo-glare", limits.GLARE_WARN, None),
        ("red_eye", "photo-red-eyes", limits.RED_EYE_WARN, None),
        ("smear_px", "photo-moved", limits.SMEAR_WARN_PX, None),
        ("noise", "photo-noisy", limits.NOISE_WARN, None),
        ("blockiness", "photo-blocky", limits.BLOCKINESS_WARN, None),
        ("brightness", "photo-very-bright", limits.BRIGHTNESS_HIGH_WARN, None),
        ("screen", "photo-of-screen", None, limits.SCREEN_FAIL),
        ("inner_frame", "photo-of-photo", None, limits.INNER_FRAME_FAIL),
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
        ("eye_openness", "photo-eyes-closed", limits.EYE_OPENNESS_WARN, limits.EYE_OPENNESS_FAIL),
        ("clarity", "photo-blurred", limits.CLARITY_WARN, limits.CLARITY_FAIL),
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


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"eye_hidden": 0.99, "glare": 0.9}, "photo-sunglasses"),
        ({"glare": 0.5}, "photo-glare"),
        ({"iris_height_lower": 0.0}, "photo-eye-covered"),
        ({"iris_height_lower": 0.0, "iris_height": 0.1}, "photo-eyes-closed"),
    ],
)
def test_the_lids_are_judged_only_where_the_eyes_are_seen(changed: dict[str, float], code: str):
    assert [found for found, _ in _found(eye_openness=0.0, **changed)] == [code]


@pytest.mark.parametrize(
    ("contrast", "redness", "covered"),
    [(0.29, 2.4, True), (0.30, 2.4, False), (0.29, 2.5, False)],
    ids=["mask", "beard", "pale-line"],
)
def test_a_mouth_is_covered_when_neither_its_line_nor_its_red_is_seen(contrast: float, redness: float, covered: bool):
    found = _found(mouth_contrast=contrast, lip_redness=redness)
    assert found == ([("photo-mouth-covered", False)] if covered else [])


def test_a_mouth_outside_the_picture_is_not_judged():
    measures = {name: value for name, value in GOOD.items() if name not in ("mouth_contrast", "lip_redness")}
    assert source_defects(measures) == ()


@pytest.mark.parametrize(("brightness", "told"), [(0.30, True), (0.29, False)])
def test_haze_is_told_where_it_is_not_simply_dark(brightness: float, told: bool):
    assert (("photo-low-contrast", False) in _found(brightness=brightness, contrast=0.19)) is told
    assert _found(contrast=limits.CONTRAST_WARN) == []


def test_a_blurred_photo_is_not_told_to_be_moved_as_well():
    assert _found(clarity=30.0, smear_px=5.0) == [("photo-blurred", True)]


@pytest.mark.parametrize(
    ("changed", "limit"),
    [
        ({"skin_a": -4.1}, -4.0), ({"skin_a": 36.1}, 36.0), ({"skin_b": -14.1}, -14.0), ({"skin_b": 46.1}, 46.0),
        ({"skin_a": -4.0, "skin_b": 46.0}, None), ({"skin_a": 36.0, "skin_b": -14.0}, None),
    ],
)  # fmt: skip
def test_skin_has_the_colours_of_skin(changed: dict[str, float], limit: float | None):
    found = [(d.code, d.limit, d.severe) for d in source_defects({**GOOD, **changed})]
    assert found == ([("photo-colour-cast", limit, False)] if limit is not None else [])


@pytest.mark.parametrize(
    ("darkness", "hue", "chroma", "hat"),
    [(61, 13, 7, True), (59, 13, 7, False), (61, 11, 7, False), (61, 13, 5, False)],
    ids=["coloured-hat", "shade", "own-hair", "black-fringe"],
)
def test_only_a_dark_and_coloured_forehead_is_a_hat_and_only_a_warning(darkness, hue, chroma, hat: bool):
    found = _found(forehead_darkness=darkness, forehead_hue=hue, forehead_chroma=chroma)
    assert found == ([("photo-hat", False)] if hat else [])


@pytest.mark.parametrize(
    ("chroma", "two_tone", "variety", "codes"),
    [
        (3.0, 1.0, 5.0, []),
        (2.9, 0.7, 5.0, ["photo-greyscale"]),
        (2.9, 0.71, 5.0, ["photo-black-and-white-copy"]),
        (20.0, 0.0, 1.2, []),
        (20.0, 0.0, 1.1, ["photo-greyscale"]),
    ],
)
def test_colourless_faces_are_grey_or_copies(chroma: float, two_tone: float, variety: float, codes: list[str]):
    found = _found(chroma=chroma, two_tone=two_tone, colour_variety=variety)
    assert [code for code, severe in found if severe] == codes


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
        (294, 413, [("photo-too-few-pixels", 294, 295), ("photo-wrong-size", 294, 295)]),
        (295, 412, [("photo-too-few-pixels", 412, 413), ("photo-wrong-size", 412, 413)]),
        (296, 413, [("photo-wrong-size", 296, 295)]),
        (295, 414, [("photo-wrong-size", 414, 413)]),
        (1, 1, [("photo-too-few-pixels", 1, 413), ("photo-wrong-size", 1, 295)]),
        (290, 300, [("photo-too-few-pixels", 300, 413), ("photo-wrong-size", 290, 295)]),
        (1000, 412, [("photo-too-few-pixels", 412, 413), ("photo-wrong-size", 1000, 295)]),
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
