from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.model import Band, Finding, Level, Match
from verify.policy import load_policy
from verify.score import score_findings

RULES = load_policy("yunnan-2023").score

findings = st.builds(
    Finding,
    code=st.sampled_from(("name-differs", "page-shadow", "field-unread", "x")),
    level=st.sampled_from(Level),
    message=st.just(""),
    field=st.sampled_from((None, "person.name", "person.gender", "education.0.school")),
    material=st.sampled_from((None, "photo", "diploma")),
)
many = st.lists(findings, max_size=25)
WORSE = {Level.INFO: Level.WARN, Level.WARN: Level.MISMATCH, Level.MISMATCH: Level.BLOCK, Level.BLOCK: Level.BLOCK}
BANDS = {Band.LIKELY_PASS: 0, Band.NEEDS_REVIEW: 1, Band.LIKELY_RETURN: 2}


@given(many)
def test_every_lost_point_is_on_a_finding(found: list[Finding]) -> None:
    score, _, charged = score_findings(found, RULES)
    assert 0 <= score <= 100
    assert sum(item.points_lost for item in charged) == 100 - score
    assert sorted(item.code for item in charged) == sorted(item.code for item in found)


@given(many, findings)
def test_one_more_finding_never_raises_the_score(found: list[Finding], more: Finding) -> None:
    before, band_before, _ = score_findings(found, RULES)
    after, band_after, _ = score_findings([*found, more], RULES)
    assert after <= before
    assert BANDS[band_after] >= BANDS[band_before]


@given(st.lists(findings, min_size=1, max_size=25), st.data())
def test_a_worse_finding_never_raises_the_score(found: list[Finding], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(found) - 1))
    worse = [*found[:place], replace(found[place], level=WORSE[found[place].level]), *found[place + 1 :]]
    assert score_findings(worse, RULES)[0] <= score_findings(found, RULES)[0]


@given(many)
def test_the_order_does_not_count(found: list[Finding]) -> None:
    assert score_findings(found, RULES)[:2] == score_findings(reversed(found), RULES)[:2]


@given(many)
def test_worst_come_first(found: list[Finding]) -> None:
    order = [Level.BLOCK, Level.MISMATCH, Level.WARN, Level.INFO]
    places = [order.index(item.level) for item in score_findings(found, RULES)[2]]
    assert places == sorted(places)


def test_nothing_found_is_a_full_score() -> None:
    assert score_findings([], RULES) == (100, Band.LIKELY_PASS, ())


def test_one_cause_is_not_counted_for_every_paper() -> None:
    same = [Finding("name-differs", Level.MISMATCH, "", field="person.name", material=m) for m in "abcdef"]
    apart = [Finding("x", Level.MISMATCH, "", field=f"f{n}") for n in range(3)]
    assert score_findings(same, RULES)[0] == 100 - RULES.group_cap
    assert score_findings(apart, RULES)[0] == 100 - 3 * RULES.by_level[Level.MISMATCH]


def test_warnings_of_one_picture_have_a_lower_cap() -> None:
    warnings = [Finding(f"photo-{n}", Level.WARN, "", material="photo") for n in range(9)]
    assert score_findings(warnings, RULES)[0] == 100 - RULES.warn_group_cap


@pytest.mark.parametrize(
    ("level", "band"),
    [
        (Level.INFO, Band.LIKELY_PASS),
        (Level.WARN, Band.LIKELY_PASS),
        (Level.MISMATCH, Band.NEEDS_REVIEW),
        (Level.BLOCK, Band.LIKELY_RETURN),
    ],
)
def test_band_of_a_single_finding(level: Level, band: Band) -> None:
    assert score_findings([Finding("x", level, "")], RULES)[1] is band


@pytest.mark.parametrize(("spare", "band"), [(0, Band.LIKELY_PASS), (1, Band.NEEDS_REVIEW)])
def test_edge_of_likely_pass(spare: int, band: Band) -> None:
    rules = replace(RULES, by_level={**RULES.by_level, Level.WARN: 100 - RULES.likely_pass_from + spare})
    rules = replace(rules, warn_group_cap=100, group_cap=100)
    assert score_findings([Finding("x", Level.WARN, "")], rules)[1] is band


@pytest.mark.parametrize(("spare", "band"), [(0, Band.NEEDS_REVIEW), (1, Band.LIKELY_RETURN)])
def test_edge_of_likely_return(spare: int, band: Band) -> None:
    rules = replace(RULES, by_level={**RULES.by_level, Level.WARN: 100 - RULES.likely_return_below + spare})
    rules = replace(rules, warn_group_cap=100, group_cap=100)
    assert score_findings([Finding("x", Level.WARN, "")], rules)[1] is band


@pytest.mark.parametrize(
    ("code", "match", "confirmed", "band"),
    [
        ("name-differs", Match.FUZZY, (), Band.NEEDS_REVIEW),
        ("name-differs", Match.FUZZY, ("person.name",), Band.LIKELY_PASS),
        ("name-differs", Match.DIFFERENT, ("person.name",), Band.NEEDS_REVIEW),
        ("name-differs", Match.VARIANT, (), Band.LIKELY_PASS),
        ("field-unread", None, (), Band.NEEDS_REVIEW),
        ("field-unread", None, ("person.name",), Band.LIKELY_PASS),
        ("name-placeholder", None, (), Band.LIKELY_PASS),
    ],
)
def test_an_open_question_keeps_a_person_out_of_likely_pass(
    code: str, match: Match | None, confirmed: tuple[str, ...], band: Band
) -> None:
    found = [Finding(code, Level.WARN, "", field="person.name", match=match)]
    assert score_findings(found, RULES, confirmed=confirmed)[1] is band
