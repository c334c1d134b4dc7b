from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.difference import MAX_GRAPHEMES, Sameness, Span, difference
from verify.text.graphemes import graphemes

near = st.text(alphabet="张章王玉小 ·.（(）)12國国e\u0301\ufe0f⿰\u200d", max_size=12)
# Any texts at all, half surrogate pairs among them.
texts = near | st.text(alphabet=st.characters(exclude_categories=()), max_size=30)


@given(texts, texts)
def test_spans_rebuild_both_texts(entered: str, read: str) -> None:
    spans = difference(entered, read)
    assert "".join(span.entered for span in spans) == entered
    assert "".join(span.read for span in spans) == read


@given(texts, texts)
def test_equal_spans_are_equal(entered: str, read: str) -> None:
    for span in difference(entered, read):
        assert (span.entered == span.read) == (span.sameness is Sameness.EQUAL)


@given(texts)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert {span.sameness for span in difference(text, text)} <= {Sameness.EQUAL}


@given(texts)
def test_graphemes_rebuild_the_text(text: str) -> None:
    assert "".join(graphemes(text)) == text


def test_one_character() -> None:
    assert difference("王小明", "王小军") == (
        Span(Sameness.EQUAL, "王小", "王小"),
        Span(Sameness.DIFFERENT, "明", "军"),
    )


def test_other_spellings_are_normalised() -> None:
    assert difference("（國）A", "(国)a") == (Span(Sameness.NORMALISED, "（國）A", "(国)a"),)


def test_spaces_and_marks_left_out_are_no_difference() -> None:
    assert [span.sameness for span in difference("芒市 12号", "芒市12号。")] == [
        Sameness.EQUAL,
        Sameness.NORMALISED,
        Sameness.EQUAL,
        Sameness.NORMALISED,
    ]


def test_lost_character() -> None:
    assert difference("王小明", "王明")[1] == Span(Sameness.DIFFERENT, "小", "")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("e\u0301x\u4e00\ufe00", ("e\u0301", "x", "\u4e00\ufe00")),
        # A variation selector of the ideographic database, and a keycap.
        ("葛\U000e0101城", ("葛\U000e0101", "城")),
        ("1\ufe0f\u20e3", ("1\ufe0f\u20e3",)),
        # A family of three joined by U+200D, a thumb with a skin tone, two flags, the flag of Scotland.
        ("👨\u200d👩\u200d👧好", ("👨\u200d👩\u200d👧", "好")),
        ("👍🏽好", ("👍🏽", "好")),
        ("🇨🇳🇭🇰", ("🇨🇳", "🇭🇰")),
        ("a🇨🇳", ("a", "🇨🇳")),
        ("🏴\U000e0067\U000e0062\U000e007f", ("🏴\U000e0067\U000e0062\U000e007f",)),
        # Descriptions of characters: two parts, three parts, one inside the other.
        ("王⿰马高", ("王", "⿰马高")),
        ("⿲木缶木明", ("⿲木缶木", "明")),
        ("⿱⿰马高心", ("⿱⿰马高心",)),
        ("⿰马", ("⿰", "马")),
        ("\r\n\n", ("\r\n", "\n")),
        ("𠮷䶮", ("𠮷", "䶮")),
    ],
)
def test_what_a_reader_sees_as_one_character(text: str, parts: tuple[str, ...]) -> None:
    assert graphemes(text) == parts


def test_a_selector_alone_is_another_spelling() -> None:
    assert difference("葛城", "葛\U000e0101城") == (
        Span(Sameness.NORMALISED, "葛", "葛\U000e0101"),
        Span(Sameness.EQUAL, "城", "城"),
    )


def test_a_described_character_differs_as_a_whole() -> None:
    assert difference("王䯄明", "王⿰马高明") == (
        Span(Sameness.EQUAL, "王", "王"),
        Span(Sameness.DIFFERENT, "䯄", "⿰马高"),
        Span(Sameness.EQUAL, "明", "明"),
    )


def test_long_texts_that_agree_are_one_span() -> None:
    text = "云南省芒市勐焕路" * 200
    assert difference(text, text) == (Span(Sameness.EQUAL, text, text),)
    assert [span.sameness for span in difference(text + "甲" + text, text + "乙" + text)] == [
        Sameness.EQUAL,
        Sameness.DIFFERENT,
        Sameness.EQUAL,
    ]


def test_what_is_too_long_becomes_one_span() -> None:
    spans = difference("a" * MAX_GRAPHEMES + "b", "a" * MAX_GRAPHEMES + "cc")
    assert spans[-1] == Span(Sameness.DIFFERENT, "b", "cc")


def test_marks_between_other_characters_stay_where_they_are() -> None:
    assert difference("甲.乙", "丙.丁") == (
        Span(Sameness.DIFFERENT, "甲", "丙"),
        Span(Sameness.EQUAL, ".", "."),
        Span(Sameness.DIFFERENT, "乙", "丁"),
    )
