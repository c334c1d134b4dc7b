import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.ctc import decode

CHARACTERS = ("", "甲", "乙", " ")


def _scores(classes: list[int], score: float = 0.9) -> np.ndarray:
    matrix = np.full((len(classes), len(CHARACTERS)), (1 - score) / (len(CHARACTERS) - 1), dtype=np.float32)
    for step, cls in enumerate(classes):
        matrix[step, cls] = score
    return matrix


def test_repeats_collapse_and_blanks_separate() -> None:
    assert decode(_scores([1, 1, 0, 1, 2, 2, 0]), CHARACTERS).text == "甲甲乙"


def test_centres_lie_in_the_middle_of_their_run() -> None:
    found = decode(_scores([0, 1, 1, 0, 0, 0, 2, 0]), CHARACTERS)
    assert found.char_centres == (2 / 8, 6.5 / 8)


def test_padding_is_not_counted_as_width() -> None:
    found = decode(_scores([0, 1, 0, 0, 0, 0, 0, 0]), CHARACTERS, used_share=0.5)
    assert found.char_centres == (1.5 / 4,)


def test_nothing_seen() -> None:
    found = decode(_scores([0, 0]), CHARACTERS)
    assert (found.text, found.confidence) == ("", 0.0)


@pytest.mark.parametrize(("doubt", "text"), [(0.0049, "乙"), (0.0051, "甲"), (0.9, "甲")])
def test_the_simplified_form_wins_only_where_the_network_doubts(doubt: float, text: str) -> None:
    # Class 2 is the traditional form of class 1 here.
    scores = np.array([[0.0, 0.5 * doubt, 0.5, 0.0]], dtype=np.float32)
    assert decode(scores, CHARACTERS, pairs={2: 1}).text == text


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40))
def test_one_place_and_one_score_a_character(classes: list[int]) -> None:
    found = decode(_scores(classes), CHARACTERS)
    assert len(found.text) == len(found.char_centres) == len(found.char_confidences)
    assert list(found.char_centres) == sorted(found.char_centres)
    assert all(0 <= centre <= 1 for centre in found.char_centres)
