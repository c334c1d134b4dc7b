from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.report.difference import cut, mark_difference, starred

NUMBER = "11010519491231002X"


def test_the_differing_character_is_marked_on_both_sides() -> None:
    entered, read = mark_difference("阿古达木", "阿古达坚")
    assert [(p.text, p.how) for p in entered] == [("阿古达", "equal"), ("木", "different")]
    assert [(p.text, p.how) for p in read] == [("阿古达", "equal"), ("坚", "different")]


def test_another_spelling_is_not_called_different() -> None:
    entered, _ = mark_difference("ＡＢ", "AB")
    assert {p.how for p in entered} == {"normalised"}


@pytest.mark.parametrize(("entered", "read"), [(None, "x"), ("x", None), ("", "x"), (None, None)])
def test_one_side_alone_is_shown_unmarked(entered: str | None, read: str | None) -> None:
    assert all(p.how == "equal" for side in mark_difference(entered, read) for p in side)


def test_the_birth_date_in_a_number_is_secret_but_a_difference_in_it_is_shown() -> None:
    entered, _ = mark_difference(NUMBER, NUMBER.replace("1949", "1948"))
    assert [(p.text, p.how, p.secret) for p in entered] == [
        ("110105", "equal", False),
        ("194", "equal", True),
        ("9", "different", True),
        ("1231", "equal", True),
        ("002X", "equal", False),
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (NUMBER, "110105********002X"),
        (f"号码{NUMBER}。", "号码110105********002X。"),
        ("110105491231002", "110105******002"),
        ("1" + NUMBER, "1" + NUMBER),
        ("2012-07-01", "2012-07-01"),
        ("91530103MA6K0000XX", "91530103MA6K0000XX"),
    ],
)
def test_only_resident_numbers_are_starred(text: str, shown: str) -> None:
    assert starred(text) == shown


@given(st.text(max_size=60), st.text(max_size=60))
def test_pieces_rebuild_both_texts(entered: str, read: str) -> None:
    left, right = mark_difference(entered, read)
    assert "".join(p.text for p in left) == entered
    assert "".join(p.text for p in right) == read


@given(st.text(max_size=60))
def test_cutting_loses_nothing(text: str) -> None:
    assert "".join(p.text for p in cut(text)) == text
