"""The outline: found on many desks, and never one that cuts writing off."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from imaging.geometry import Quad
from imaging.outline import LEAST_CONFIDENCE, LEAST_SUPPORT, Outline, find_outline, is_cut, is_safe
from tests.unit.imaging import scenes
from tests.unit.imaging.scenes import Pixels, Scene

WIDE, HIGH = 900, 1200


def overlap(found: Outline, scene: Scene) -> tuple[float, float]:
    """Intersection over union, and the share of the paper that lies outside what was found."""
    height_px, width_px = scene.pixels.shape[:2]
    areas = []
    for corners in (found.quad.to_pixels(width_px=width_px, height_px=height_px), scene.corners):
        mask = np.zeros((height_px, width_px), np.uint8)
        cv2.fillConvexPoly(mask, np.rint(corners).astype(np.int32), 1)
        areas.append(mask.astype(bool))
    guess, truth = areas
    return float((guess & truth).sum() / (guess | truth).sum()), float((truth & ~guess).sum() / truth.sum())


def paper_on_desk(kind: str, colour: scenes.Colour, seed: int, *, tilt: float = 0.05, angle_deg: float = 6) -> Scene:
    rng = np.random.default_rng(seed)
    surface = scenes.desk(kind, rng, width_px=WIDE, height_px=HIGH, colour=colour)
    corners = scenes.corners_of(centre=(WIDE / 2, HIGH / 2), size=(620, 870), angle_deg=angle_deg, tilt=tilt, rng=rng)
    page = scenes.text_page(rng, width_px=640, height_px=900, size_px=14)
    laid = scenes.lay(page, surface, corners)
    return Scene(scenes.shoot(laid.pixels, rng), corners)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("angle_deg", [-14, 0, 8])
@pytest.mark.parametrize(
    ("kind", "colour"),
    [("plain", (120, 88, 60)), ("wood", (120, 88, 60)), ("noise", (60, 84, 72)), ("plain", (40, 40, 44))],
)
def test_a_paper_on_a_desk_is_found(kind: str, colour: scenes.Colour, angle_deg: float, seed: int) -> None:
    scene = paper_on_desk(kind, colour, seed, angle_deg=angle_deg)
    found = find_outline(scene.pixels)
    assert found is not None and is_safe(found)
    share, lost = overlap(found, scene)
    assert share > 0.97
    assert lost < 0.012


def test_a_card_with_round_corners_is_found() -> None:
    rng = np.random.default_rng(4)
    page, mask = scenes.card(rng, width_px=700)
    surface = scenes.desk("wood", rng, width_px=HIGH, height_px=WIDE)
    corners = scenes.corners_of(centre=(600, 450), size=(640, 404), angle_deg=-9, tilt=0.04, rng=rng)
    laid = scenes.lay(page, surface, corners, mask=mask)
    found = find_outline(scenes.shoot(laid.pixels, rng))
    assert found is not None and is_safe(found)
    assert overlap(found, laid)[0] > 0.96


def test_a_card_on_a_white_page_is_found() -> None:
    rng = np.random.default_rng(5)
    page, mask = scenes.card(rng, width_px=420)
    sheet = np.full((HIGH, WIDE, 3), 250, np.uint8)
    corners = np.array([(200, 180), (620, 190), (618, 455), (198, 445)], np.float32)
    found = find_outline(scenes.shoot(scenes.lay(page, sheet, corners, mask=mask).pixels, rng, noise=1, falloff=0.1))
    assert found is not None and is_safe(found)
    # Its drawn shadow on the white sheet may be taken along; of the card itself nothing is lost.
    share, lost = overlap(found, Scene(sheet, corners))
    assert share > 0.9
    assert lost < 0.012


def full_frame(rng: np.random.Generator) -> Pixels:
    return scenes.text_page(rng, frame=True)


def full_table(rng: np.random.Generator) -> Pixels:
    return scenes.text_page(rng, table=True)


def tinted_panel_with_text_around(rng: np.random.Generator) -> Pixels:
    page = scenes.text_page(rng)
    panel = np.full_like(page, 248)
    panel[90:1090, 70:770] = (226, 238, 248)
    panel[page.min(axis=2) < 120] = 35
    scenes.draw_line(panel, left=200, top=1130, size=20, count=16, rng=rng)
    return panel


def two_cards(rng: np.random.Generator) -> Pixels:
    sheet = np.full((HIGH, WIDE, 3), 250, np.uint8)
    for top in (150, 700):
        page, mask = scenes.card(rng, width_px=420)
        corners = np.array([(240, top), (660, top), (660, top + 265), (240, top + 265)], np.float32)
        sheet = scenes.lay(page, sheet, corners, mask=mask).pixels
    return sheet


def half_of_a_spread_in_shadow(rng: np.random.Generator) -> Pixels:
    spread = np.concatenate([scenes.text_page(rng), scenes.text_page(rng)], axis=1)
    dark = spread.astype(np.float32)
    dark[:, : dark.shape[1] // 2] *= 0.5
    return dark.astype(np.uint8)


def two_papers_overlapping(rng: np.random.Generator) -> Pixels:
    surface = scenes.desk("plain", rng, width_px=HIGH, height_px=WIDE)
    left = np.array([(70, 60), (610, 70), (600, 840), (80, 850)], np.float32)
    lower = scenes.lay(scenes.text_page(rng), surface, left).pixels
    return scenes.lay(scenes.text_page(rng), lower, left + np.array([470, 15], np.float32)).pixels


@pytest.mark.parametrize(
    "draw",
    [
        full_frame,
        full_table,
        tinted_panel_with_text_around,
        two_cards,
        half_of_a_spread_in_shadow,
        two_papers_overlapping,
    ],
)
@pytest.mark.parametrize("seed", [1, 2])
def test_no_crop_where_writing_would_be_lost(draw: object, seed: int) -> None:
    rng = np.random.default_rng(seed)
    assert callable(draw)
    picture = scenes.shoot(draw(rng), rng, noise=1.5, falloff=0.1)
    found = find_outline(picture)
    assert found is None or not is_safe(found)


def test_a_spread_is_taken_whole_and_not_by_its_half() -> None:
    rng = np.random.default_rng(8)
    spread = np.concatenate([scenes.text_page(rng, colour=scenes.CREAM) for _ in range(2)], axis=1)
    off = np.abs(np.arange(spread.shape[1]) - spread.shape[1] / 2)
    fold = (spread * (1 - 0.4 * np.exp(-off / 12))[None, :, None]).astype(np.uint8)
    surface = scenes.desk("wood", rng, width_px=1400, height_px=1050)
    corners = np.array([(110, 120), (1290, 90), (1310, 930), (90, 950)], np.float32)
    laid = scenes.lay(fold, surface, corners)
    found = find_outline(scenes.shoot(laid.pixels, rng))
    assert found is not None and is_safe(found)
    assert overlap(found, laid)[0] > 0.97


def test_a_finger_on_a_side_does_not_move_it() -> None:
    scene = paper_on_desk("plain", (60, 84, 72), 3)
    pixels = scene.pixels.copy()
    middle = tuple(int(v) for v in (scene.corners[1] + scene.corners[2]) / 2)
    cv2.line(pixels, (middle[0] - 40, middle[1]), (WIDE + 50, middle[1] + 40), (205, 150, 125), 80)
    found = find_outline(pixels)
    assert found is not None and is_safe(found)
    assert overlap(found, scene)[0] > 0.97


@pytest.mark.parametrize(("shift", "side"), [((0, 430), 2), ((-330, 0), 3)])
def test_a_paper_running_out_of_the_picture_is_cut_and_not_cropped(shift: tuple[int, int], side: int) -> None:
    rng = np.random.default_rng(6)
    surface = scenes.desk("plain", rng, width_px=WIDE, height_px=HIGH, colour=(60, 84, 72))
    corners = np.array([(140, 160), (760, 150), (770, 1020), (130, 1030)], np.float32) + np.array(shift, np.float32)
    found = find_outline(scenes.shoot(scenes.lay(scenes.text_page(rng), surface, corners).pixels, rng))
    assert found is not None and is_cut(found) and not is_safe(found)
    assert found.on_border[side]


@pytest.mark.parametrize("shape", [(1, 1, 3), (5, 900, 3), (31, 31, 3), (400, 400, 3)])
def test_an_empty_or_tiny_picture_has_no_outline(shape: tuple[int, int, int]) -> None:
    assert find_outline(np.full(shape, 200, np.uint8)) is None


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_pure_noise_has_no_safe_outline(seed: int) -> None:
    noise: NDArray[np.uint8] = np.random.default_rng(seed).integers(0, 256, (500, 700, 3), dtype=np.uint8)
    found = find_outline(noise)
    assert found is None or not (is_safe(found) or is_cut(found))


SQUARE = Quad.from_rect(0.1, 0.1, 0.9, 0.9)


@given(
    confidence=st.floats(0, 1),
    support=st.tuples(*[st.floats(0, 1)] * 4),
    lost=st.sampled_from([0.0, 0.001, 0.5]),
    border=st.tuples(*[st.booleans()] * 4),
)
@settings(max_examples=200)
def test_safe_and_cut_exclude_each_other_and_need_everything(
    confidence: float, support: tuple[float, float, float, float], lost: float, border: tuple[bool, bool, bool, bool]
) -> None:
    found = Outline(SQUARE, confidence, support, lost, border)
    assert not (is_safe(found) and is_cut(found))
    if is_safe(found):
        assert confidence >= LEAST_CONFIDENCE and min(support) >= LEAST_SUPPORT and lost == 0 and not any(border)


@pytest.mark.parametrize(
    ("confidence", "support", "safe"),
    [
        (LEAST_CONFIDENCE, LEAST_SUPPORT, True),
        (LEAST_CONFIDENCE - 0.001, 1.0, False),
        (1.0, LEAST_SUPPORT - 0.001, False),
        (1.0, 1.0, True),
    ],
)
def test_the_edges_of_safe(confidence: float, support: float, safe: bool) -> None:
    assert is_safe(Outline(SQUARE, confidence, (1.0, support, 1.0, 1.0), 0.0)) is safe
