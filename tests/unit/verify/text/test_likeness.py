from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.model import Match
from verify.text.likeness import different, explained, fuzzy, likeness, one_inside_other

short = st.text(alphabet="王玉主小少?甲乙", max_size=9)


@pytest.mark.parametrize(
    ("a", "b", "lost", "slip"),
    [
        # 未 and 末 look alike, 王 and 李 do not.
        ("王未", "王末", 0, True),
        ("王未", "李末", 0, False),
        ("王未", "李末", 2, False),
        # One lost here and one added there is more than a reader does to one line.
        ("王小明军", "小明军甲", 2, False),
        # As many characters as allowed, and one more.
        ("王小明", "王明", 0, False),
        ("王小明", "王明", 1, True),
        ("王小明军", "王军", 1, False),
        ("王小明军", "王军", 2, True),
        # One lost and one misread, in either order: the misread one is found though two shortest ways exist.
        ("未小", "末", 1, True),
        ("小未", "末", 1, True),
        ("末", "小未", 1, True),
        ("王?", "王军", 0, True),
        ("王喆", "王军", 0, True),
        ("", "", 0, True),
        ("", "王", 0, False),
        ("", "王", 1, True),
    ],
)
def test_what_slips_explain(a: str, b: str, lost: int, slip: bool) -> None:
    assert explained(a, b, lost=lost) is slip


@given(short, short, st.integers(min_value=0, max_value=3))
def test_slips_explain_both_ways_round(a: str, b: str, lost: int) -> None:
    assert explained(a, b, lost=lost) == explained(b, a, lost=lost)


@given(short, short, st.integers(min_value=0, max_value=3))
def test_more_lost_explains_more(a: str, b: str, lost: int) -> None:
    assert explained(a, b, lost=lost + 1) or not explained(a, b, lost=lost)


@given(short, st.integers(min_value=0, max_value=8))
def test_a_lost_character_is_explained(text: str, at: int) -> None:
    assert explained(text, text[:at] + text[at + 1 :], lost=1)


@pytest.mark.parametrize(
    ("a", "b", "inside"), [("甲乙丙", "甲乙丙丁", True), ("甲乙", "甲乙丙", False), ("甲乙丁", "甲乙丙丁", False)]
)
def test_one_inside_the_other(a: str, b: str, inside: bool) -> None:
    assert one_inside_other(a, b, at_least=3) is inside
    assert one_inside_other(b, a, at_least=3) is inside


# A name of eight characters may lose two, one of seven only one; a name inside the other is cut off.
@pytest.mark.parametrize(
    ("a", "b", "match"),
    [
        ("甲乙丙丁戊己庚辛壬癸", "甲丙丁戊己庚辛癸", Match.FUZZY),
        ("甲乙丙丁戊己庚辛壬", "甲丙丁戊己庚壬", Match.DIFFERENT),
        ("甲乙丙丁戊己庚辛壬", "甲乙丙丁", Match.FUZZY),
        ("", "", Match.DIFFERENT),
    ],
)
def test_long_names_may_lose_more(a: str, b: str, match: Match) -> None:
    assert likeness(a, b).match is match


def test_a_difference_has_at_least_one_edit() -> None:
    assert fuzzy(0).edits == different(0).edits == 1
