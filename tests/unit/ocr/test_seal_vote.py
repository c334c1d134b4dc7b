"""Readings of one arc are laid over each other by place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.engine import Recognised
from ocr.seal_vote import Glyph, ends_like_unit, han_count, name_glyphs, text_of, vote

NAME = "芒市金穗商贸有限公司"


def _reading(text: str, *, score: float = 0.9, skip: tuple[int, ...] = (), start: float = 0.2) -> tuple[Glyph, ...]:
    """Evenly spaced characters; `skip` leaves places out as a recogniser does that cannot make them out."""
    return tuple(Glyph(start + 0.05 * i, c, score) for i, c in enumerate(text) if i not in skip)


def test_readings_that_agree_are_the_answer() -> None:
    chosen = vote([_reading(NAME), _reading(NAME)])
    assert (chosen.text, chosen.agreeing, chosen.holes) == (NAME, 2, ())
    assert chosen.confidence == pytest.approx(0.9)
    assert chosen.pitch == pytest.approx(0.05)


def test_most_certainty_wins_a_place() -> None:
    wrong = NAME.replace("穗", "稳")
    assert vote([_reading(NAME), _reading(wrong, score=0.5), _reading(NAME, score=0.7)]).text == NAME
    assert vote([_reading(NAME, score=0.3), _reading(wrong, score=0.9)]).text == wrong


def test_a_character_that_one_reading_dropped_is_kept() -> None:
    assert vote([_reading(NAME, skip=(2,)), _reading(NAME, skip=(2,)), _reading(NAME)]).text == NAME


def test_a_character_that_all_dropped_is_a_hole_and_costs_confidence() -> None:
    chosen = vote([_reading(NAME, skip=(2,)), _reading(NAME, skip=(2,))])
    assert chosen.text == NAME.replace("金", "")
    assert chosen.holes == pytest.approx((0.3,))
    assert chosen.confidence < 0.8
    filled = chosen.with_glyph(Glyph(chosen.holes[0], "金", 0.5))
    assert (filled.text, filled.holes) == (NAME, ())
    assert len(filled.places) == len(NAME)


def test_what_stands_apart_is_not_the_name() -> None:
    stray = (Glyph(0.95, "出", 0.99),)
    assert vote([_reading(NAME) + stray, _reading(NAME) + stray]).text == NAME


def test_an_uncertain_character_after_a_whole_name_is_dropped() -> None:
    assert vote([(*_reading(NAME), Glyph(0.7, "手", 0.4)), _reading(NAME)]).text == NAME
    assert vote([_reading(NAME + "手"), _reading(NAME + "手")]).text == NAME + "手"


@pytest.mark.parametrize("readings", [[], [()], [_reading("公")], [_reading("5331")]])
def test_nothing_readable_is_an_empty_text(readings: list[tuple[Glyph, ...]]) -> None:
    assert vote(readings).text == ""
    assert vote(readings).confidence == 0.0


def test_edges_that_are_no_name_are_cut_and_places_follow_the_strip() -> None:
    answer = Recognised("★5芒市（公司）*8", 0.9, tuple((i + 0.5) / 10 for i in range(10)), (0.9,) * 10)
    glyphs = name_glyphs(answer, start=0.5, length=0.4)
    assert text_of(glyphs) == "芒市(公司)"
    assert glyphs[0].place == pytest.approx(0.5 + 0.25 * 0.4)


def test_an_engine_without_places_is_taken_as_even() -> None:
    glyphs = name_glyphs(Recognised("芒市", 0.8), start=0.0, length=1.0)
    assert [(glyph.place, glyph.score) for glyph in glyphs] == [(0.25, 0.8), (0.75, 0.8)]


@pytest.mark.parametrize(
    ("text", "expected"), [("芒市财政局", True), ("德宏州人民医院", True), ("芒市财政", False), ("", False)]
)
def test_endings_of_units(text: str, expected: bool) -> None:
    assert ends_like_unit(text) is expected


def test_han_count_knows_rare_planes() -> None:
    assert han_count("龑𬭊䶮a1（") == 3


@given(
    st.text(st.sampled_from("云南省芒市金穗商贸财政局有限公司"), min_size=4, max_size=20),
    st.integers(1, 4),
    st.floats(-0.008, 0.008),
)
def test_equal_readings_survive_small_shifts(text: str, count: int, jitter: float) -> None:
    readings = [_reading(text, start=0.2 + jitter * index) for index in range(count)]
    chosen = vote(readings)
    assert chosen.text == text
    assert chosen.agreeing == count


@given(
    st.lists(st.lists(st.builds(Glyph, st.floats(0, 1), st.sampled_from("芒市公司A1"), st.floats(0, 1)), max_size=8))
)
def test_any_readings_give_a_bounded_answer(readings: list[list[Glyph]]) -> None:
    chosen = vote([tuple(sorted(reading, key=lambda glyph: glyph.place)) for reading in readings])
    assert 0.0 <= chosen.confidence <= 1.0
    assert len(chosen.places) == len(chosen.text) or not chosen.text


def _placed(text: str, places: list[float], score: float) -> tuple[Glyph, ...]:
    return tuple(Glyph(place, character, score) for place, character in zip(places, text, strict=True))


def test_a_certain_piece_beyond_a_gap_stays_and_the_gap_counts_as_holes() -> None:
    places = [0.10, 0.15, 0.35, 0.40, 0.45, 0.50, 0.55, 0.60]
    reading = _placed("云南集团有限公司", places, 0.95)
    chosen = vote([reading, reading])
    assert chosen.text == "云南集团有限公司"
    assert chosen.holes == pytest.approx((0.20, 0.25, 0.30))
    assert chosen.confidence < 0.6


@pytest.mark.parametrize(("start", "score"), [(0.10, 0.4), (0.126, 0.95)], ids=["unsure", "between the places"])
def test_an_unsure_piece_or_one_out_of_step_is_dropped(start: float, score: float) -> None:
    name = _placed("集团有限公司", [0.35, 0.40, 0.45, 0.50, 0.55, 0.60], 0.95)
    reading = (*_placed("云南", [start, start + 0.05], score), *name)
    assert vote([reading, reading]).text == "集团有限公司"


def test_characters_at_one_place_leave_no_endless_room() -> None:
    """Two places 1e-117 turns apart once filled 16 GB with holes, and a division by zero."""
    near = 3.617766036192289e-117
    found = vote([[Glyph(near, "芒", 0.0), Glyph(near, "市", 0.955), Glyph(0.0, "农", 0.0), Glyph(0.9, "局", 0.0)]])
    assert len(found.holes) <= 200
