"""Characters that the recogniser left out are noticed by its own hesitation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.geometry import Quad
from ocr.ctc import decode, writing_classes
from ocr.dropped import LEAST_SHARE, MOST_CONFIDENCE, doubt_dropped
from ocr.lines import spans_from_centres
from ocr.model import Field, Line
from ocr.page import Page

CHARACTERS = ("", "王", "明", "農", "晨", "1", "A", "，", " ", "□")
BLANK = 0


def matrix(*steps: dict[str, float]) -> np.ndarray:
    """One row a step; what is not given to a character belongs to the blank."""
    rows = np.zeros((len(steps), len(CHARACTERS)), np.float32)
    for row, step in zip(rows, steps, strict=True):
        for char, share in step.items():
            row[CHARACTERS.index(char)] = share
        row[BLANK] = 1.0 - row.sum()
    return rows


WANG, MING = {"王": 0.99}, {"明": 0.99}
HESITANT = {"農": 0.3, "晨": 0.3}


def gaps(*steps: dict[str, float]) -> tuple[float, ...]:
    return decode(matrix(*steps), CHARACTERS, writing=writing_classes(CHARACTERS)).char_gaps


def test_nothing_stands_between_two_neighbours() -> None:
    assert gaps(WANG, {}, MING, {}) == (0.0, 0.0, 0.0)


def test_a_hesitation_between_two_characters_is_told_where_it_is() -> None:
    found = decode(matrix({}, WANG, {}, HESITANT, {}, MING, {}), CHARACTERS, writing=writing_classes(CHARACTERS))
    assert found.text == "王明"
    assert found.char_gaps == pytest.approx((0.0, 0.6, 0.0))


def test_before_the_first_and_behind_the_last_counts_too() -> None:
    assert gaps(HESITANT, {}, WANG, {}) == pytest.approx((0.6, 0.0))
    assert gaps(WANG, {}, HESITANT, {}) == pytest.approx((0.0, 0.6))


def test_the_neighbours_own_tails_are_no_hesitation() -> None:
    assert gaps(WANG, {"王": 0.45}, {"明": 0.45}, MING) == pytest.approx((0.0, 0.0, 0.0))


@pytest.mark.parametrize("mark", ["，", " ", "□"])
def test_marks_come_and_go(mark: str) -> None:
    assert gaps(WANG, {mark: 0.45}, MING)[1] == 0.0


@pytest.mark.parametrize("char", ["1", "A"])
def test_digits_and_letters_are_lost_like_characters(char: str) -> None:
    assert gaps(WANG, {char: 0.45}, MING)[1] == pytest.approx(0.45)


def test_without_a_list_of_classes_nothing_is_told() -> None:
    assert decode(matrix(WANG, MING), CHARACTERS).char_gaps == ()


@given(st.lists(st.lists(st.floats(0, 1), min_size=10, max_size=10), min_size=1, max_size=12))
def test_every_gap_gets_a_share(rows: list[list[float]]) -> None:
    scores = np.array(rows, np.float32) + 1e-3
    scores /= scores.sum(axis=1, keepdims=True)
    found = decode(scores, CHARACTERS, writing=writing_classes(CHARACTERS))
    assert len(found.char_gaps) == len(found.text) + 1
    assert all(0.0 <= share <= 1.0 for share in found.char_gaps)


def name_line(share: float, at: int) -> Line:
    text = "姓名王明"
    places = tuple(share if k == at else 0.0 for k in range(5))
    centres = spans_from_centres((0.1, 0.3, 0.5, 0.9))
    return Line(text, 1.0, Quad.from_rect(0.1, 0.2, 0.5, 0.25), centres, (1.0,) * 4, ("",) * 4, places)


def name_field(line: Line) -> Field:
    return Page.of([line], aspect=1.0).by_row.field(2, 4, "王明")


@pytest.mark.parametrize("at", [2, 3, 4])
def test_a_name_with_a_hole_is_doubted_and_the_place_is_shown(at: int) -> None:
    line = name_line(0.6, at)
    fields, (defect,) = doubt_dropped({"name": name_field(line)}, [line])
    assert fields["name"].confidence == MOST_CONFIDENCE
    assert (defect.code, defect.measured, defect.limit, defect.severe) == ("character-unread", 0.6, LEAST_SHARE, False)
    assert defect.box is not None and 0.1 <= defect.box.left < defect.box.right <= 0.5


@pytest.mark.parametrize(("share", "doubted"), [(LEAST_SHARE - 0.01, False), (LEAST_SHARE, True)])
def test_the_limit_itself_counts(share: float, doubted: bool) -> None:
    line = name_line(share, 3)
    fields, defects = doubt_dropped({"name": name_field(line)}, [line])
    assert (fields["name"].confidence < 1.0, bool(defects)) == (doubted, doubted)


def test_a_hole_in_the_label_or_in_another_row_is_not_the_values() -> None:
    line = name_line(0.6, 0)
    below = Line(
        "其他", 1.0, Quad.from_rect(0.1, 0.3, 0.5, 0.35), ((0.0, 0.5), (0.5, 1.0)), (1.0, 1.0), (), (0.0, 0.9, 0.0)
    )
    fields, defects = doubt_dropped({"name": name_field(line)}, [line, below])
    assert fields["name"].confidence == 1.0 and defects == ()


def test_a_hole_in_a_scrap_inside_a_seal_says_nothing_of_its_name() -> None:
    line = name_line(0.6, 3)
    field = name_field(line)
    assert doubt_dropped({"seal_text": field}, [line]) == ({"seal_text": field}, ())


def test_lines_of_an_engine_that_does_not_tell_are_left_alone() -> None:
    line = Line("姓名王明", 1.0, Quad.from_rect(0.1, 0.2, 0.5, 0.25))
    field = name_field(line)
    assert doubt_dropped({"name": field}, [line]) == ({"name": field}, ())
