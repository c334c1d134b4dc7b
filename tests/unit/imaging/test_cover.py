"""What hides print, on pages drawn here: burnt-out light, a finger, the border."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.cover import burnt_share, is_cut, skin_share
from imaging.geometry import Quad

WIDTH, HEIGHT = 800, 500
LINE = Quad.from_rect(0.2, 0.4, 0.7, 0.46)
# Skin as a phone sees it in a room, light and dark.
SKINS = ((224, 172, 140), (198, 134, 106), (141, 85, 60))


def page(paper: int = 200) -> np.ndarray:
    """Grey paper with a line of strokes where `LINE` is."""
    pixels = np.full((HEIGHT, WIDTH, 3), paper, np.uint8)
    for x in range(164, 556, 8):
        pixels[204:226, x : x + 3] = 40
    return pixels


def covered(pixels: np.ndarray, left: float, right: float, colour: tuple[int, int, int]) -> np.ndarray:
    spoilt = pixels.copy()
    spoilt[150:300, round(left * WIDTH) : round(right * WIDTH)] = colour
    return spoilt


def test_a_plain_line_is_not_hidden() -> None:
    assert burnt_share(page(), LINE) == 0.0
    assert skin_share(page(), LINE) == 0.0


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_light_over_a_part_is_seen_as_that_part(share: float) -> None:
    spoilt = covered(page(), 0.2, 0.2 + 0.5 * share, (255, 255, 255))
    assert burnt_share(spoilt, LINE) == pytest.approx(share, abs=0.12)


def test_light_that_begins_where_the_box_ends_is_seen() -> None:
    assert burnt_share(covered(page(), 0.702, 0.9, (255, 255, 255)), LINE) > 0.02


def test_on_white_paper_nothing_is_burnt() -> None:
    assert burnt_share(page(paper=254), LINE) == 0.0
    assert burnt_share(covered(page(paper=240), 0.2, 0.4, (255, 255, 255)), LINE) == 0.0


@pytest.mark.parametrize("skin", SKINS)
def test_a_finger_is_seen(skin: tuple[int, int, int]) -> None:
    assert skin_share(covered(page(), 0.5, 0.65, skin), LINE) == pytest.approx(0.3, abs=0.1)


@pytest.mark.parametrize(
    "colour",
    [(255, 255, 255), (200, 200, 200), (200, 60, 60), (60, 90, 160), (240, 225, 205), (120, 95, 70), (60, 140, 90)],
    ids=["white", "grey", "red ink", "blue", "cream paper", "dark wood", "green"],
)
def test_what_is_no_skin_is_not_taken_for_it(colour: tuple[int, int, int]) -> None:
    assert skin_share(covered(page(), 0.3, 0.6, colour), LINE) == 0.0


@pytest.mark.parametrize(
    ("left", "right", "cut"),
    [(0.2, 0.7, False), (0.0, 0.5, True), (0.5, 1.0, True), (0.004, 0.5, True), (0.02, 0.5, False), (0.5, 0.98, False)],
)
def test_a_line_that_runs_into_the_border_is_cut(left: float, right: float, cut: bool) -> None:
    assert is_cut(Quad.from_rect(left, 0.4, right, 0.46), aspect=1.6) is cut


corner = st.tuples(st.floats(-0.5, 1.5), st.floats(-0.5, 1.5))


@given(corner, corner, corner, corner)
def test_any_place_gives_shares(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float],
                                d: tuple[float, float]) -> None:  # fmt: skip
    quad = Quad((a, b, c, d))
    for share in (burnt_share(page(), quad), skin_share(page(), quad)):
        assert 0.0 <= share <= 1.0
