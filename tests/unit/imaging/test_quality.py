"""Page quality: each defect on a page damaged that way, none on good pages, and the limits at their edges."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.geometry import Quad
from imaging.quality import PageQuality, QualityLimits, measure_page, page_defects
from imaging.sharpness import TextBlur
from imaging.vanished import Vanished
from tests.unit.imaging import scenes
from tests.unit.imaging.scenes import Pixels


def page(seed: int = 1, *, colour: scenes.Colour = scenes.CREAM, size_px: int = 17) -> Pixels:
    rng = np.random.default_rng(seed)
    return scenes.shoot(scenes.text_page(rng, colour=colour, size_px=size_px), rng, noise=2, blur=0.5, falloff=0.15)


def codes(pixels: Pixels, outline: Quad | None = None) -> set[str]:
    return {defect.code for defect in page_defects(measure_page(pixels, outline))}


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("colour", [scenes.WHITE, scenes.CREAM, scenes.BLUE])
@pytest.mark.parametrize("size_px", [13, 22])
def test_a_good_page_has_no_defect(seed: int, colour: scenes.Colour, size_px: int) -> None:
    assert codes(page(seed, colour=colour, size_px=size_px)) == set()


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("size_px", [17, 24])
def test_blur_is_held_against_the_size_of_the_writing(seed: int, size_px: int) -> None:
    sharp = page(seed, size_px=size_px)
    assert "page-blurred" not in codes(sharp)
    assert "page-blurred" in codes(np.asarray(cv2.GaussianBlur(sharp, (0, 0), 0.2 * size_px), np.uint8))


def test_the_blur_measure_does_not_depend_on_resolution() -> None:
    blurred = np.asarray(cv2.GaussianBlur(page(size_px=24), (0, 0), 2.4), np.uint8)
    double = cv2.resize(blurred, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    one, two = measure_page(blurred).blur.share, measure_page(np.asarray(double, np.uint8)).blur.share
    assert one is not None and two is not None
    assert two == pytest.approx(one, rel=0.25)


def shaken(pixels: Pixels, *, length_px: int, turn_deg: float) -> Pixels:
    kernel = np.zeros((length_px, length_px), np.float32)
    kernel[length_px // 2] = 1 / length_px
    middle = (length_px - 1) / 2
    turned = cv2.warpAffine(kernel, cv2.getRotationMatrix2D((middle, middle), turn_deg, 1.0), (length_px, length_px))
    return np.asarray(cv2.filter2D(pixels, -1, turned / turned.sum()), np.uint8)


@pytest.mark.parametrize("sigma_px", [4.0, 5.5, 7.0])
def test_a_page_too_blurred_for_edges_is_blurred_all_the_same(sigma_px: float) -> None:
    assert "page-blurred" in codes(np.asarray(cv2.GaussianBlur(page(size_px=20), (0, 0), sigma_px), np.uint8))


def test_a_sharp_headline_of_thick_strokes_has_not_vanished() -> None:
    rng = np.random.default_rng(3)
    cover = np.full((1188, 840, 3), scenes.CREAM, np.uint8)
    for k in range(5):
        scenes.draw_line(cover, left=60, top=80 + k * 210, size=140, count=4, rng=rng)
    quality = measure_page(scenes.shoot(cover, rng, noise=2, blur=0.5))
    assert quality.vanished.share < LIMITS.most_vanished_share
    assert quality.vanished.part_share < LIMITS.most_part_vanished_share


@pytest.mark.parametrize(
    ("share", "part_share", "code"), [(0.16, 0.0, "page-blurred"), (0.15, 0.28, None), (0.15, 0.29, "page-blurred")]
)
def test_limits_of_vanished_writing(share: float, part_share: float, code: str | None) -> None:
    part = Quad.from_rect(0, 0, 1, 0.3)
    found = page_defects(replace(GOOD, vanished=Vanished(share, part_share, part)))
    assert [d.code for d in found] == ([code] if code else [])
    assert [d.box for d in found] == ([part if part_share else None] if code else [])


@pytest.mark.parametrize("turn_deg", [0, 30, 45, 90, 135])
def test_a_shaken_picture_is_told_in_every_direction(turn_deg: float) -> None:
    found = codes(shaken(page(size_px=24), length_px=19, turn_deg=turn_deg))
    assert found & {"page-shaken", "page-blurred"}


def test_a_part_out_of_focus_is_told_with_its_place() -> None:
    pixels = page(size_px=20)
    half = pixels.shape[0] // 2
    pixels[half:] = cv2.GaussianBlur(pixels[half:], (0, 0), 2.6)
    (defect,) = page_defects(measure_page(pixels))
    assert defect.code == "page-blurred" and defect.box is not None
    assert defect.box.top >= 0.45


def spot(pixels: Pixels, *, radius_px: float, at: tuple[int, int]) -> Pixels:
    ys, xs = np.mgrid[: pixels.shape[0], : pixels.shape[1]]
    veil = np.clip(1.6 * np.exp(-((xs - at[0]) ** 2 + (ys - at[1]) ** 2) / (2 * radius_px**2)), 0, 1)[..., None]
    return np.asarray(pixels * (1 - veil) + 255 * veil, np.uint8)


def test_glare_is_found_where_it_is() -> None:
    quality = measure_page(spot(page(colour=scenes.BLUE), radius_px=90, at=(420, 500)))
    assert "page-glare" in {defect.code for defect in page_defects(quality)}
    assert quality.glare_box is not None
    assert quality.glare_box.centre == pytest.approx((0.5, 500 / 1188), abs=0.04)


def test_white_print_and_white_paper_are_no_glare() -> None:
    with_panel = page(colour=scenes.BLUE)
    with_panel[300:600, 200:500] = 254
    assert "page-glare" not in codes(with_panel)
    assert "page-glare" not in codes(np.full((900, 700, 3), 254, np.uint8))


def test_a_bright_scan_is_no_glare() -> None:
    rng = np.random.default_rng(1)
    scan = scenes.text_page(rng, colour=(253, 253, 252))
    assert "page-glare" not in codes(np.asarray(cv2.GaussianBlur(scan, (0, 0), 0.6), np.uint8))


@pytest.mark.parametrize("factor", [0.3, 0.2])
def test_darkness(factor: float) -> None:
    assert "page-too-dark" in codes((page() * factor).astype(np.uint8))


def test_a_hard_shadow_over_half_the_page() -> None:
    shaded = page().astype(np.float32)
    shaded[:, 420:] *= 0.3
    assert "page-shadow" in codes(shaded.astype(np.uint8))


@pytest.mark.parametrize("lamp", [(1.0, 1.0, 1.0), (1.05, 1.0, 0.82)])
def test_a_black_and_white_copy_is_told_under_any_lamp(lamp: tuple[float, float, float]) -> None:
    grey = cv2.cvtColor(cv2.cvtColor(page(), cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    assert "page-greyscale" in codes(np.clip(grey * np.array(lamp), 0, 255).astype(np.uint8))


def test_low_resolution_counts_the_paper_and_not_the_picture() -> None:
    picture = np.full((1600, 1200, 3), (90, 70, 50), np.uint8)
    small = cv2.resize(page(), (210, 297), interpolation=cv2.INTER_AREA)
    picture[300:597, 300:510] = small
    outline = Quad.from_rect(300 / 1200, 300 / 1600, 510 / 1200, 597 / 1600)
    assert "page-low-resolution" in codes(picture, outline)
    assert measure_page(picture, outline).long_side_px == pytest.approx(297)
    assert "page-low-resolution" not in codes(page())


def test_writing_that_runs_out_of_the_picture() -> None:
    whole = page(size_px=20)
    assert "page-cut-off" not in codes(whole)
    assert measure_page(np.ascontiguousarray(whole[:, 160:])).cut_sides == ("left",)


def test_an_outline_on_the_border_counts_only_with_writing_there() -> None:
    whole = page()
    lower_part = np.ascontiguousarray(whole[:700])
    outline = Quad.from_rect(0.02, 0.02, 0.98, 1.0)
    assert measure_page(lower_part, outline).cut_sides == ("bottom",)
    lower_part[600:] = scenes.CREAM
    blank = measure_page(lower_part, outline)
    assert (blank.cut_sides, blank.open_sides) == ((), ("bottom",))


GOOD = PageQuality(
    blur=TextBlur(share=0.02, text_height_px=30, evenness=0.8, part_share=0.03, part=Quad.from_rect(0, 0, 1, 0.3)),
    vanished=Vanished(0.02, 0.05, Quad.from_rect(0, 0, 1, 0.3)),
    glare_share=0.0,
    brightness=220,
    shadow_share=0.1,
    chroma=20,
    middle_share=0.6,
    screen_share=0.0,
    cut_sides=(),
    open_sides=(),
    corners=(),
    long_side_px=2000,
)
LIMITS = QualityLimits()


def changed(field: str, value: float) -> PageQuality:
    change: dict[str, Any] = {field: value}
    if hasattr(GOOD.blur, field):
        return replace(GOOD, blur=replace(GOOD.blur, **change))
    return replace(GOOD, **change)


@pytest.mark.parametrize(
    ("code", "field", "limit", "beyond"),
    [
        ("page-blurred", "share", LIMITS.most_blur_share, 1),
        ("page-blurred", "part_share", LIMITS.most_part_blur_share, 1),
        ("page-shaken", "evenness", LIMITS.least_evenness, -1),
        ("page-screen", "screen_share", LIMITS.most_screen_share, 1),
        ("page-glare", "glare_share", LIMITS.most_glare_share, 1),
        ("page-shadow", "shadow_share", LIMITS.most_shadow_share, 1),
        ("page-too-dark", "brightness", LIMITS.least_brightness, -1),
        ("page-greyscale", "chroma", LIMITS.least_chroma, -1),
        ("page-low-resolution", "long_side_px", LIMITS.least_long_side_px, -1),
    ],
)
def test_each_limit_at_its_edge(code: str, field: str, limit: float, beyond: int) -> None:
    step = 1e-6 * max(1.0, limit)
    for value, bad in ((limit - beyond * step, False), (limit, False), (limit + beyond * step, True)):
        found = page_defects(changed(field, value))
        assert [defect.code for defect in found] == ([code] if bad else [])
        if bad:
            assert (found[0].measured, found[0].limit, found[0].severe) == (value, limit, False)


@pytest.mark.parametrize(
    ("field", "value"),
    [("share", 0.3), ("glare_share", 0.4), ("brightness", 20.0), ("long_side_px", 200.0)],
)
def test_hopeless_values_are_severe(field: str, value: float) -> None:
    (defect,) = page_defects(changed(field, value))
    assert defect.severe


def test_several_defects_are_all_reported() -> None:
    bad = replace(changed("share", 0.2), brightness=50.0, cut_sides=("top", "left"))
    assert [defect.code for defect in page_defects(bad)] == ["page-blurred", "page-cut-off", "page-too-dark"]
    assert [d.measured for d in page_defects(bad) if d.code == "page-cut-off"] == [2.0]


def test_one_blur_is_told_once() -> None:
    bad = replace(GOOD, blur=replace(GOOD.blur, share=0.2, evenness=0.1, part_share=0.3))
    assert [defect.code for defect in page_defects(bad)] == ["page-blurred"]


@pytest.mark.parametrize(("share", "code"), [(0.24, "page-black-and-white"), (0.25, "page-greyscale")])
def test_a_copy_without_greys_is_told_from_a_grey_one(share: float, code: str) -> None:
    assert [d.code for d in page_defects(replace(GOOD, chroma=1.0, middle_share=share))] == [code]


def test_papers_that_need_no_colour_are_not_asked_for_it() -> None:
    assert page_defects(replace(GOOD, chroma=0.0), replace(LIMITS, least_chroma=0.0)) == ()


def test_places_of_what_is_missing() -> None:
    corner = Quad.from_rect(0, 0, 0.1, 0.1)
    found = page_defects(replace(GOOD, open_sides=("left",), corners=(corner, corner)))
    assert [(d.code, d.measured) for d in found] == [("page-edge-outside", 1.0), ("page-corner-cut", 2.0)]
    assert found[0].box is not None and found[0].box.right < 0.1
    assert found[1].box == corner
    # A side with writing near it says more than the bare edge.
    assert [d.code for d in page_defects(replace(GOOD, open_sides=("left",), cut_sides=("top",)))] == ["page-cut-off"]


def test_a_page_without_writing_has_no_blur() -> None:
    quality = measure_page(np.full((500, 400, 3), 230, np.uint8))
    assert (quality.blur.share, quality.blur.text_height_px) == (None, None)


@given(
    height=st.integers(1, 60),
    width=st.integers(1, 60),
    left=st.floats(0, 0.9),
    top=st.floats(0, 0.9),
)
def test_tiny_pictures_and_odd_outlines_are_measured_without_an_error(
    height: int, width: int, left: float, top: float
) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    quality = measure_page(pixels, Quad.from_rect(left, top, left + 0.1, top + 0.1))
    assert 0 <= quality.glare_share <= 1
    assert 0 <= quality.brightness <= 255
