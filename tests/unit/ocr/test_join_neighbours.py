import numpy as np
import pytest
from numpy.typing import NDArray

from ocr.under_seal import join_neighbours


def _box(left: float, right: float, top: float = 100, height: float = 40) -> NDArray[np.float32]:
    return np.array([[left, top], [right, top], [right, top + height], [left, top + height]], dtype=np.float32)


def test_words_of_one_line_become_one_box_again() -> None:
    (line,) = join_neighbours([_box(180, 240), _box(0, 100), _box(120, 160)])
    assert line.tolist() == _box(0, 240).tolist()


@pytest.mark.parametrize(
    "other",
    [
        _box(200, 260),  # more than a height away
        _box(110, 160, top=130),  # next row
        _box(110, 160, top=110, height=15),  # much smaller print
    ],
)
def test_other_lines_stay_apart(other: NDArray[np.float32]) -> None:
    assert len(join_neighbours([_box(0, 100), other])) == 2


def test_nothing_to_join() -> None:
    assert join_neighbours([]) == []


def test_a_box_inside_another_does_not_shorten_it() -> None:
    (line,) = join_neighbours([_box(0, 200), _box(50, 90)])
    assert line.tolist() == _box(0, 200).tolist()
