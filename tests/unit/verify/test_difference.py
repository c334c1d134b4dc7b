from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from verify.difference import MAX_GRAPHEMES, Sameness, Span, difference, graphemes

texts = st.text(alphabet="张章王玉小 ·.（(）)12國国e\u0301\ufe0f", max_size=12)


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


@given(st.text(max_size=40))
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


def test_marks_stay_with_their_letter() -> None:
    assert graphemes("e\u0301x\u4e00\ufe00") == ("e\u0301", "x", "\u4e00\ufe00")


def test_what_is_too_long_becomes_one_span() -> None:
    spans = difference("a" * MAX_GRAPHEMES + "b", "a" * MAX_GRAPHEMES + "cc")
    assert spans[-1] == Span(Sameness.DIFFERENT, "b", "cc")
