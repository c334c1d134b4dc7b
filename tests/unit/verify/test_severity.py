from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.model import Coverage, Field
from verify.compare import Comparison, FieldKind
from verify.model import Level, Match
from verify.plausible import is_plausible
from verify.severity import SURE, SURE_AGAINST_OTHERS, SURE_OF_ONE_CHARACTER, is_sure, level_of

DIFFERENT = Comparison(Match.DIFFERENT, 3)
ONE = Comparison(Match.DIFFERENT, 1)
EPSILON = 0.001


@pytest.mark.parametrize("match", [Match.EXACT, Match.NORMALISED])
def test_equal_values_say_nothing(match: Match) -> None:
    assert level_of(FieldKind.NAME, Comparison(match), Field("王", 0.1)) is None


def test_a_variant_of_a_name_is_for_a_person_to_look_at() -> None:
    assert level_of(FieldKind.NAME, Comparison(Match.VARIANT), Field("吳升", 0.99)) is Level.WARN
    assert level_of(FieldKind.UNIT, Comparison(Match.VARIANT), Field("雲南大學", 0.99)) is Level.INFO


@pytest.mark.parametrize("kind", list(FieldKind))
def test_a_slip_is_never_a_mismatch(kind: FieldKind) -> None:
    assert level_of(kind, Comparison(Match.FUZZY, 1), Field("云南大学", 1.0)) is Level.WARN


@pytest.mark.parametrize(
    ("kind", "read", "found", "edge"),
    [
        (FieldKind.NAME, "王小军", ONE, SURE_OF_ONE_CHARACTER),
        (FieldKind.NAME, "李大军", DIFFERENT, SURE),
        (FieldKind.UNIT, "云南大学", DIFFERENT, SURE),
        (FieldKind.NUMBER, "106891201205001264", ONE, SURE_OF_ONE_CHARACTER),
        (FieldKind.DATE, "2016-07-01", ONE, SURE),
        (FieldKind.GENDER, "男", ONE, SURE),
        (FieldKind.RESIDENT_NUMBER, "533103199007151242", DIFFERENT, SURE),
        (FieldKind.RESIDENT_NUMBER, "533103900715124", DIFFERENT, SURE_OF_ONE_CHARACTER),
        (FieldKind.CREDIT_CODE, "91533103MAH4BXKF13", DIFFERENT, SURE),
    ],
)
def test_the_score_from_which_a_difference_accuses(kind: FieldKind, read: str, found: Comparison, edge: float) -> None:
    assert level_of(kind, found, Field(read, edge)) is Level.MISMATCH
    assert level_of(kind, found, Field(read, edge - EPSILON)) is Level.WARN


@pytest.mark.parametrize(
    ("kind", "read"),
    [
        (FieldKind.RESIDENT_NUMBER, "533103199007151228"),
        (FieldKind.CREDIT_CODE, "91533103MAURQ2838N"),
        (FieldKind.ADDRESS, "昆明市五华区"),
        (FieldKind.DEGREE, "已通过硕士"),
        (FieldKind.UNIT, "云南财经大"),
        (FieldKind.NAME, "王"),
    ],
)
def test_what_proves_nothing_only_warns(kind: FieldKind, read: str) -> None:
    assert level_of(kind, DIFFERENT, Field(read, 1.0)) is Level.WARN


words = st.text(alphabet="岩温香男女2019-07年月长期X5331芒市公司大学管理学士", max_size=18)
matches = st.builds(Comparison, st.sampled_from(Match), st.integers(0, 20))
weak_fields = st.one_of(
    st.builds(Field, words, st.floats(0, SURE, exclude_max=True)),
    st.builds(Field, words, st.floats(0, 1), repaired=st.just(True)),
    st.builds(Field, words, st.floats(0, 1), coverage=st.just(Coverage.COVERED)),
    st.builds(Field, words, st.just(float("nan"))),
)


@given(st.sampled_from(FieldKind), matches, weak_fields, st.booleans(), st.floats(0, 1))
def test_what_is_doubtful_covered_or_repaired_never_accuses(
    kind: FieldKind, found: Comparison, field: Field, contradicted: bool, alike: float
) -> None:
    assert not is_sure(field)
    level = level_of(kind, found, field, contradicted=contradicted, alike=alike)
    assert level is not Level.MISMATCH
    # And no difference is dropped for being doubtful.
    assert level is Level.WARN or found.match not in (Match.FUZZY, Match.DIFFERENT)


@given(st.sampled_from(FieldKind), matches, words, st.floats(SURE, 1), st.floats(0, 1), st.booleans())
def test_a_surer_reading_is_never_judged_milder(
    kind: FieldKind, found: Comparison, read: str, score: float, alike: float, contradicted: bool
) -> None:
    order = [None, Level.INFO, Level.WARN, Level.MISMATCH]
    levels = [
        order.index(level_of(kind, found, Field(read, confidence), alike=alike, contradicted=contradicted))
        for confidence in (0.5, score, 1.0)
    ]
    assert levels == sorted(levels)


def test_a_repaired_reading_only_warns() -> None:
    assert level_of(FieldKind.RESIDENT_NUMBER, DIFFERENT, Field("533103199007151242", 1.0, repaired=True)) is Level.WARN


def test_a_reading_that_stands_alone_must_be_surer() -> None:
    field = Field("1991-07-15", SURE_AGAINST_OTHERS)
    lesser = Field("1991-07-15", SURE_AGAINST_OTHERS - EPSILON)
    assert level_of(FieldKind.DATE, ONE, field, contradicted=True) is Level.MISMATCH
    assert level_of(FieldKind.DATE, ONE, lesser, contradicted=True) is Level.WARN


def test_another_persons_name_accuses_though_other_papers_agree() -> None:
    assert level_of(FieldKind.NAME, DIFFERENT, Field("李大军", SURE), contradicted=True) is Level.MISMATCH


@pytest.mark.parametrize(("alike", "level"), [(0.49, Level.MISMATCH), (0.5, Level.WARN), (0.79, Level.WARN)])
def test_seals_accuse_only_when_they_are_another_name(alike: float, level: Level) -> None:
    assert level_of(FieldKind.SEAL, DIFFERENT, Field("盈江大盈江水电厂", 0.95), alike=alike) is level


@pytest.mark.parametrize(
    ("kind", "read", "plausible"),
    [
        (FieldKind.DEGREE, "管理学学士", True),
        (FieldKind.DEGREE, "会计硕士", True),
        (FieldKind.DEGREE, "工商管理硕士学位", True),
        (FieldKind.DEGREE, "已通过硕士", False),
        (FieldKind.DEGREE, "管理学", False),
        (FieldKind.UNIT, "芒市财政局", True),
        (FieldKind.UNIT, "云南财经大学在本", False),
        (FieldKind.DATE, "长期", True),
        (FieldKind.DATE, "年月", False),
        (FieldKind.NUMBER, "号", False),
        (FieldKind.TEXT, "会计学", True),
        (FieldKind.TEXT, "。", False),
    ],
)
def test_plausible_readings(kind: FieldKind, read: str, plausible: bool) -> None:
    assert is_plausible(kind, read) is plausible
