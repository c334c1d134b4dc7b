from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.model import Band, Finding, Level, Match
from verify.policy import available_policies, load_policy
from verify.policy_model import ScoreRules
from verify.score import score_findings
from verify.severity import SURE_OF_ONE_CHARACTER

RULES = load_policy("yunnan-2023").score
ORDER = (Level.INFO, Level.WARN, Level.MISMATCH, Level.BLOCK)
WORSE = dict(zip(ORDER, (*ORDER[1:], Level.BLOCK), strict=True))
BANDS = (Band.LIKELY_PASS, Band.NEEDS_REVIEW, Band.LIKELY_RETURN)
PATHS = ("person.name", "person.gender", "work.employer", "education.0.school")

# Codes that leave a question open always, where no document agrees, and never; one with a weight of its own.
findings = st.builds(
    Finding,
    code=st.sampled_from(("name-differs", "page-shadow", "field-unread", "seal-missing", "seal-unreadable", "x-y")),
    level=st.sampled_from(Level),
    message=st.just(""),
    field=st.sampled_from((None, *PATHS)),
    material=st.sampled_from((None, "photo", "diploma")),
    match=st.sampled_from((None, *Match)),
    confidence=st.sampled_from((0.5, 1.0)),
)
many = st.lists(findings, max_size=25)
some = st.lists(findings, min_size=1, max_size=25)
paths = st.frozensets(st.sampled_from(PATHS))


@st.composite
def score_rules(draw: st.DrawFn) -> ScoreRules:
    """Any weights that a pack may hold (`intake policy check` refuses others)."""
    weights = sorted(draw(st.lists(st.integers(0, 100), min_size=4, max_size=4)))
    by_level = dict(zip(ORDER, weights, strict=True))
    cap = draw(st.integers(0, 100))
    bands = sorted(draw(st.tuples(st.integers(0, 100), st.integers(0, 100))))
    most = st.integers(0, by_level[Level.MISMATCH])
    return ScoreRules(
        by_level=by_level,
        by_warn_code=draw(st.dictionaries(st.sampled_from(("page-shadow", "field-unread", "seal-missing")), most)),
        different_warn=draw(most),
        group_cap=cap,
        warn_group_cap=draw(st.integers(0, cap)),
        likely_pass_from=bands[1],
        likely_return_below=bands[0],
    )


rules_of_any_pack = st.one_of(st.just(RULES), score_rules())


def scored(found: list[Finding], rules: ScoreRules, confirmed: frozenset[str]) -> tuple[int, int]:
    score, band, _ = score_findings(found, rules, confirmed=confirmed)
    return score, BANDS.index(band)


@given(many, rules_of_any_pack)
def test_every_lost_point_is_on_a_finding(found: list[Finding], rules: ScoreRules) -> None:
    score, _, charged = score_findings(found, rules)
    assert 0 <= score <= 100
    assert sum(item.points_lost for item in charged) == 100 - score
    assert all(item.points_lost >= 0 for item in charged)
    # Nothing but the points changed, and no finding was lost.
    assert sorted(map(repr, found)) == sorted(repr(replace(item, points_lost=0.0)) for item in charged)


@given(many, findings, rules_of_any_pack, paths)
def test_one_more_finding_never_raises_the_score_nor_betters_the_band(
    found: list[Finding], more: Finding, rules: ScoreRules, confirmed: frozenset[str]
) -> None:
    before, after = scored(found, rules, confirmed), scored([*found, more], rules, confirmed)
    assert after[0] <= before[0]
    assert after[1] >= before[1]


@given(some, st.data(), rules_of_any_pack, paths)
def test_a_worse_finding_never_raises_the_score_nor_betters_the_band(
    found: list[Finding], data: st.DataObject, rules: ScoreRules, confirmed: frozenset[str]
) -> None:
    place = data.draw(st.integers(0, len(found) - 1))
    worse = [*found[:place], replace(found[place], level=WORSE[found[place].level]), *found[place + 1 :]]
    before, after = scored(found, rules, confirmed), scored(worse, rules, confirmed)
    assert after[0] <= before[0]
    assert after[1] >= before[1]


@given(many, paths, st.sampled_from(PATHS))
def test_a_document_that_agrees_never_makes_the_band_worse(
    found: list[Finding], confirmed: frozenset[str], more: str
) -> None:
    before, after = scored(found, RULES, confirmed), scored(found, RULES, confirmed | {more})
    assert after[0] == before[0]
    assert after[1] <= before[1]


@given(st.data(), many, rules_of_any_pack, paths)
def test_the_order_does_not_count(
    data: st.DataObject, found: list[Finding], rules: ScoreRules, confirmed: frozenset[str]
) -> None:
    shuffled = data.draw(st.permutations(found))
    assert scored(shuffled, rules, confirmed) == scored(found, rules, confirmed)


@given(some, st.data(), rules_of_any_pack)
def test_the_same_finding_twice_costs_what_it_costs_once(
    found: list[Finding], data: st.DataObject, rules: ScoreRules
) -> None:
    again = data.draw(st.sampled_from(found))
    assert scored([*found, again], rules, frozenset()) == scored(found, rules, frozenset())


@pytest.mark.parametrize(("first", "second"), [(Level.WARN, Level.MISMATCH), (Level.MISMATCH, Level.WARN)])
def test_the_same_finding_at_two_levels_costs_the_worse(first: Level, second: Level) -> None:
    found = [Finding("x-y", level, "", field="person.name") for level in (first, second)]
    assert score_findings(found, RULES)[0] == 100 - RULES.by_level[Level.MISMATCH]


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


def test_a_pack_cannot_make_a_warning_cheaper_than_a_note() -> None:
    rules = replace(RULES, by_level={**RULES.by_level, Level.INFO: 2}, by_warn_code={"page-shadow": 1})
    assert score_findings([Finding("page-shadow", Level.WARN, "", material="photo")], rules)[0] == 98


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
    assert score_findings([Finding("page-shadow", level, "")], RULES)[1] is band


@pytest.mark.parametrize(("spare", "band"), [(-1, Band.LIKELY_PASS), (0, Band.LIKELY_PASS), (1, Band.NEEDS_REVIEW)])
def test_edge_of_likely_pass(spare: int, band: Band) -> None:
    points = 100 - RULES.likely_pass_from + spare
    assert score_findings([Finding("page-glare", Level.WARN, "")], _warning_costs(points))[1] is band


@pytest.mark.parametrize(("spare", "band"), [(-1, Band.NEEDS_REVIEW), (0, Band.NEEDS_REVIEW), (1, Band.LIKELY_RETURN)])
def test_edge_of_likely_return(spare: int, band: Band) -> None:
    points = 100 - RULES.likely_return_below + spare
    assert score_findings([Finding("page-glare", Level.WARN, "")], _warning_costs(points))[1] is band


def _warning_costs(points: int) -> ScoreRules:
    weights = {Level.INFO: 0, Level.WARN: points, Level.MISMATCH: points, Level.BLOCK: 100}
    return replace(RULES, by_level=weights, warn_group_cap=100, group_cap=100)


@pytest.mark.parametrize(
    ("code", "match", "confirmed", "band"),
    [
        ("name-differs", Match.FUZZY, (), Band.NEEDS_REVIEW),
        ("name-differs", Match.FUZZY, ("person.name",), Band.LIKELY_PASS),
        ("name-differs", Match.FUZZY, ("person.gender",), Band.NEEDS_REVIEW),
        ("name-differs", Match.DIFFERENT, ("person.name",), Band.NEEDS_REVIEW),
        ("name-differs", Match.VARIANT, (), Band.NEEDS_REVIEW),
        ("name-differs", Match.VARIANT, ("person.name",), Band.LIKELY_PASS),
        ("field-unread", None, (), Band.NEEDS_REVIEW),
        ("field-unread", None, ("person.name",), Band.LIKELY_PASS),
        ("name-placeholder", None, ("person.name",), Band.NEEDS_REVIEW),
        # A paper is missing, a blank of the form is empty, papers disagree: no agreeing document settles that.
        ("material-missing", None, ("person.name",), Band.NEEDS_REVIEW),
        ("entered-field-missing", None, ("person.name",), Band.NEEDS_REVIEW),
        ("seal-missing", None, ("work.employer",), Band.NEEDS_REVIEW),
        # A unit certificate that prints the unit's name stands in for a seal that nobody can read.
        ("seal-unreadable", None, (), Band.NEEDS_REVIEW),
        ("seal-unreadable", None, ("work.employer",), Band.LIKELY_PASS),
        # How a picture was taken says nothing about the form.
        ("page-shadow", None, (), Band.LIKELY_PASS),
        # What nobody has worded yet is for a person.
        ("no-such-code", None, ("person.name",), Band.NEEDS_REVIEW),
    ],
)
def test_an_open_question_keeps_a_person_out_of_likely_pass(
    code: str, match: Match | None, confirmed: tuple[str, ...], band: Band
) -> None:
    found = [Finding(code, Level.WARN, "", field="person.name", match=match, confidence=0.9)]
    assert score_findings(found, RULES, confirmed=confirmed)[1] is band


@pytest.mark.parametrize("match", [Match.FUZZY, Match.VARIANT])
@pytest.mark.parametrize(
    ("confidence", "band"),
    [
        (SURE_OF_ONE_CHARACTER - 0.01, Band.LIKELY_PASS),
        (SURE_OF_ONE_CHARACTER, Band.NEEDS_REVIEW),
        (1.0, Band.NEEDS_REVIEW),
    ],
)
def test_a_sure_reading_is_not_settled_by_another_paper(match: Match, confidence: float, band: Band) -> None:
    # One paper prints 岩温香, this one surely 岩温杳: two papers that disagree are for a person.
    found = [Finding("name-differs", Level.WARN, "", field="person.name", match=match, confidence=confidence)]
    assert score_findings(found, RULES, confirmed=("person.name",))[1] is band


@pytest.mark.parametrize("code", ["name-differs", "material-missing"])
def test_a_note_leaves_nothing_open(code: str) -> None:
    assert score_findings([Finding(code, Level.INFO, "", match=Match.DIFFERENT)], RULES)[1] is Band.LIKELY_PASS


@pytest.mark.parametrize("name", available_policies())
def test_weights_of_every_pack_keep_the_promises_of_the_bands(name: str) -> None:
    rules = load_policy(name).score
    # One mismatch is never a pass and, alone, never a return; one block always is (docs/score.md).
    assert 100 - rules.by_level[Level.MISMATCH] < rules.likely_pass_from
    assert 100 - rules.by_level[Level.MISMATCH] >= rules.likely_return_below
    assert score_findings([Finding("x-y", Level.BLOCK, "")], rules)[1] is Band.LIKELY_RETURN
