"""Look-alikes, variants and edits: what one character may have been."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.text.edits import Edit, edits_between, similarity
from verify.text.lookalikes import is_rare, look_alike
from verify.text.variants import fold_variants

short = st.text(alphabet="张章王玉12ab", max_size=8)


# The homographs of domain.md section 5.1 and the misreads of ocr.md section 5.3.
@pytest.mark.parametrize(
    "pair",
    [
        "己已",
        "已巳",
        "末未",
        "日曰",
        "土士",
        "戊戌",
        "戌戍",
        "淼森",
        "昊吴",
        "沙少",
        "0O",
        "1I",
        "8B",
        "5S",
        "一二",
    ],
)
def test_pairs_that_look_alike(pair: str) -> None:
    assert look_alike(pair[0], pair[1])
    assert look_alike(pair[1], pair[0])


@pytest.mark.parametrize("pair", ["张王", "芒昆", "丽军", "大学", "山水", "14", "92", "会计"])
def test_pairs_that_do_not(pair: str) -> None:
    assert not look_alike(pair[0], pair[1])


@given(st.characters(), st.characters())
def test_looking_alike_is_symmetric_and_reflexive(a: str, b: str) -> None:
    assert look_alike(a, b) == look_alike(b, a)
    assert look_alike(a, a)


@pytest.mark.parametrize(
    ("character", "rare"),
    [("王", False), ("淼", False), ("喆", True), ("䶮", True), ("𠮷", True), ("A", False), ("·", False)],
)
def test_rare_characters_are_those_outside_gb2312(character: str, rare: bool) -> None:
    assert is_rare(character) is rare


@pytest.mark.parametrize(
    ("first", "second"), [("餘", "余"), ("瀋", "沈"), ("髙", "高"), ("吳", "吴"), ("衞", "卫"), ("國", "国")]
)
def test_variants_fold_together(first: str, second: str) -> None:
    assert fold_variants(first) == fold_variants(second)


def test_different_characters_stay_apart() -> None:
    assert fold_variants("乾隆") != fold_variants("干隆")
    assert fold_variants("张") != fold_variants("章")


@pytest.mark.parametrize(
    ("old", "new", "edits"),
    [
        ("abc", "abc", ()),
        ("abc", "abd", (Edit("c", "d"),)),
        ("abc", "ab", (Edit("c", ""),)),
        ("ab", "abc", (Edit("", "c"),)),
        ("", "a", (Edit("", "a"),)),
        ("张小明", "张明", (Edit("小", ""),)),
    ],
)
def test_edits(old: str, new: str, edits: tuple[Edit, ...]) -> None:
    assert edits_between(old, new) == edits


@given(short, short)
def test_edits_turn_one_into_the_other(old: str, new: str) -> None:
    edits = edits_between(old, new)
    assert len(edits) == len(edits_between(new, old)) <= max(len(old), len(new))
    assert len(edits) >= abs(len(old) - len(new))
    assert sum(len(e.new) - len(e.old) for e in edits) == len(new) - len(old)


@given(short, short, short)
def test_edits_keep_the_triangle(a: str, b: str, c: str) -> None:
    assert len(edits_between(a, c)) <= len(edits_between(a, b)) + len(edits_between(b, c))


@given(short, short)
def test_similarity_is_a_share(a: str, b: str) -> None:
    assert 0.0 <= similarity(a, b) <= 1.0
    assert (similarity(a, b) == 1.0) == (a == b)


def test_long_texts_are_cut() -> None:
    assert similarity("a" * 5000, "a" * 9000) == 1.0
