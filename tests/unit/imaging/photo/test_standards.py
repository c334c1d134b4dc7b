from __future__ import annotations

import dataclasses

import pytest

from imaging.photo.standards import GA461, ONE_INCH, STANDARDS, Span


@pytest.mark.parametrize(
    ("value", "held"), [(0.0499, False), (0.05, True), (0.07, True), (0.09, True), (0.0901, False)]
)
def test_a_span_holds_its_ends(value: float, held: bool):
    assert Span(0.05, 0.09).holds(value) is held


@pytest.mark.parametrize(("value", "bound"), [(0.0, 0.05), (0.06, 0.05), (0.08, 0.09), (1.0, 0.09)])
def test_the_nearest_bound_is_the_one_on_the_values_side(value: float, bound: float):
    assert Span(0.05, 0.09).nearest_bound(value) == bound


def test_sizes_and_densities_are_those_of_the_documents():
    assert (ONE_INCH.width_px, ONE_INCH.height_px, ONE_INCH.dpi) == (295, 413, 300)
    assert (GA461.width_px, GA461.height_px, GA461.dpi) == (358, 441, 350)


def test_ga461_spans_are_the_printed_pixels():
    assert GA461.made_face_width is not None
    assert GA461.made_face_width.low * 358 == pytest.approx(193)
    assert GA461.made_face_width.high * 358 == pytest.approx(221)
    assert GA461.made_top_margin.low * 441 == pytest.approx(7)
    assert GA461.made_top_margin.high * 441 == pytest.approx(21)
    assert GA461.min_eye_line * 441 == pytest.approx(207)


@pytest.mark.parametrize("standard", STANDARDS.values(), ids=STANDARDS)
def test_what_the_maker_aims_at_is_good_for_the_checker(standard):
    assert standard.good_top_margin.low <= standard.made_top_margin.low
    assert standard.made_top_margin.high <= standard.good_top_margin.high
    assert standard.usable_head.low <= standard.made_head.low < standard.made_head.high <= standard.usable_head.high
    assert STANDARDS[standard.name] is standard


def test_a_standard_cannot_be_edited():
    with pytest.raises(dataclasses.FrozenInstanceError):
        ONE_INCH.max_bytes = 1  # type: ignore[misc]
