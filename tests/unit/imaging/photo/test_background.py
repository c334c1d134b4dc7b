from __future__ import annotations

import numpy as np
import pytest

from imaging.photo.background import background_spread, colour_share, find_backdrop, lift_white


def _pixels(*colours: tuple[int, int, int]) -> np.ndarray:
    return np.array(colours, dtype=np.uint8)


@pytest.mark.parametrize(("level", "share"), [(229, 0.0), (230, 1.0), (231, 1.0), (255, 1.0)])
def test_white_begins_at_230(level: int, share: float):
    assert colour_share(_pixels((level, 255, 255)), "white") == share


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ((67, 142, 219), "blue"),
        ((0, 191, 243), "blue"),
        ((219, 22, 22), "red"),
        ((255, 0, 0), "red"),
        ((255, 255, 255), "white"),
    ],
)
def test_each_studio_colour_is_only_itself(colour: tuple[int, int, int], name: str):
    shares = {other: colour_share(_pixels(colour), other) for other in ("white", "blue", "red")}
    assert shares == {other: float(other == name) for other in shares}


@pytest.mark.parametrize("colour", [(128, 128, 128), (0, 0, 0), (200, 190, 170), (60, 120, 60)])
def test_walls_and_trees_are_no_photo_colour(colour: tuple[int, int, int]):
    assert all(colour_share(_pixels(colour), name) == 0.0 for name in ("white", "blue", "red"))


def test_no_background_is_no_colour():
    nothing = np.empty((0, 3), np.uint8)
    assert colour_share(nothing, "white") == 0.0
    assert background_spread(nothing) == 0.0


def test_spread_ignores_a_few_specks():
    even = np.full((100, 3), 200, np.uint8)
    even[:4] = 0
    assert background_spread(even) == 0.0
    even[:10] = 0
    assert background_spread(even) == 200.0


def test_the_backdrop_of_a_portrait_leaves_the_person_out(portrait):
    backdrop = find_backdrop(portrait)
    assert len(backdrop.colours) == len(backdrop.gradients) > 5000
    # The orange suit fills a fifth of the picture and must not be among the background.
    orange = (backdrop.colours[:, 0] > 180) & (backdrop.colours[:, 2] < 90)
    assert orange.mean() < 0.01


def test_lifting_whitens_the_wall_and_spares_the_white_collar():
    picture = np.full((40, 40, 3), 240, np.uint8)
    person = np.zeros((40, 40), np.float32)
    person[10:30, 10:30] = 1.0
    lifted = lift_white(picture, person, np.ones((40, 40), bool))
    assert (lifted[:8] == 255).all()
    assert (lifted[15:25, 15:25] == 240).all()


def test_lifting_leaves_what_is_not_white():
    picture = np.full((40, 40, 3), 120, np.uint8)
    assert np.array_equal(lift_white(picture, np.zeros((40, 40), np.float32), np.ones((40, 40), bool)), picture)


def test_lifting_fills_what_lies_outside_the_source():
    inside = np.ones((40, 40), bool)
    inside[:, :5] = False
    lifted = lift_white(np.full((40, 40, 3), 90, np.uint8), np.zeros((40, 40), np.float32), inside)
    assert (lifted[:, :5] == 255).all()
    assert (lifted[:, 5:] == 90).all()
