from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.verify.filing.packs import DEHONG, LIAONING, POLICIES, YUNNAN
from tests.unit.verify.filing.persons import DAYS
from verify.filing.clean_up import CleanUp, Fate, clean_up_on


def idle(day: date, last_update: date | None) -> CleanUp:
    return clean_up_on(day, last_update=last_update, confirmed_on=None, legacy=None, policy=DEHONG)


@pytest.mark.parametrize(
    ("last_update", "on"),
    [
        # Three full years before the clean-up of 2026: 30 December 2023 is the last such day.
        (date(2023, 12, 30), date(2026, 12, 31)),
        # On 31 December 2026 the third year is not over before midnight.
        (date(2023, 12, 31), date(2027, 12, 31)),
        (date(2024, 1, 1), date(2027, 12, 31)),
        (date(2024, 2, 29), date(2027, 12, 31)),
    ],
)
def test_r33_three_years_without_an_update_end_on_31_december(last_update: date, on: date) -> None:
    before, after = idle(on.replace(day=30), last_update), idle(on, last_update)
    assert (before.fate, before.on) == (Fate.KEPT, on)
    assert (after.fate, after.on, after.action) == (Fate.TAKEN_OFF, on, "clean_up")


def test_r33_the_sentence_says_when_and_why() -> None:
    result = idle(date(2026, 12, 31), date(2023, 1, 5))
    assert "2023年1月5日" in result.why and "连续 3 年" in result.why and "继续教育" in result.why
    assert "德财会〔2023〕19号第一（四）项" in result.why
    assert "将于 2026年12月31日 清理" in idle(date(2026, 6, 1), date(2023, 1, 5)).why


def test_r33_without_a_date_on_file_nobody_guesses() -> None:
    assert idle(date(2026, 12, 31), None).fate is Fate.NOT_KNOWN


def test_r33_a_missed_clean_up_is_still_due() -> None:
    assert idle(date(2027, 5, 1), date(2023, 1, 5)).fate is Fate.TAKEN_OFF


def legacy_person(day: date, *, confirmed_on: date | None, legacy: bool | None = True) -> CleanUp:
    return clean_up_on(day, last_update=None, confirmed_on=confirmed_on, legacy=legacy, policy=LIAONING)


@pytest.mark.parametrize(
    ("day", "confirmed_on", "fate"),
    [
        (date(2020, 12, 30), None, Fate.KEPT),
        (date(2020, 12, 31), None, Fate.KEPT),
        (date(2021, 1, 1), None, Fate.TAKEN_OFF),
        (date(2021, 1, 1), date(2020, 12, 31), Fate.KEPT),
        (date(2021, 1, 1), date(2021, 1, 1), Fate.TAKEN_OFF),
    ],
)
def test_r34_legacy_persons_confirm_until_the_end_of_2020(day: date, confirmed_on: date | None, fate: Fate) -> None:
    assert legacy_person(day, confirmed_on=confirmed_on).fate is fate


def test_r34_what_will_happen_is_told_before() -> None:
    result = legacy_person(date(2020, 6, 1), confirmed_on=None)
    assert (result.on, result.action) == (date(2021, 1, 1), "delete")
    assert "2020年12月31日" in result.why and "删除" in result.why


@pytest.mark.parametrize(("legacy", "fate"), [(False, Fate.KEPT), (None, Fate.NOT_KNOWN)])
def test_r34_only_legacy_persons_are_concerned(legacy: bool | None, fate: Fate) -> None:
    assert legacy_person(date(2021, 1, 1), confirmed_on=None, legacy=legacy).fate is fate


@pytest.mark.parametrize(
    "result", [idle(date(2026, 12, 31), date(2020, 1, 1)), legacy_person(date(2021, 1, 1), confirmed_on=None)]
)
def test_r36_entries_of_the_integrity_archive_stay(result: CleanUp) -> None:
    assert result.fate is Fate.TAKEN_OFF
    assert "诚信档案的记录长期保留，不随之删除" in result.why


def test_a_pack_without_the_rule_takes_nobody_off() -> None:
    result = clean_up_on(
        date(2026, 12, 31), last_update=date(2000, 1, 1), confirmed_on=None, legacy=True, policy=YUNNAN
    )
    assert (result.fate, result.action, result.source) == (Fate.NO_RULE, "", None)


def test_of_two_rules_the_graver_result_counts() -> None:
    both = (*DEHONG.collection.clean_up, *LIAONING.collection.clean_up)
    policy = replace(DEHONG, collection=replace(DEHONG.collection, clean_up=both))
    result = clean_up_on(date(2021, 6, 1), last_update=date(2021, 1, 5), confirmed_on=None, legacy=True, policy=policy)
    assert (result.fate, result.action) == (Fate.TAKEN_OFF, "delete")


@given(DAYS, DAYS, st.none() | DAYS, st.none() | DAYS, st.none() | st.booleans())
def test_who_is_taken_off_stays_off_until_something_is_updated(
    one: date, other: date, last_update: date | None, confirmed_on: date | None, legacy: bool | None
) -> None:
    early, late = sorted((one, other))
    for policy in POLICIES:
        before, after = (
            clean_up_on(day, last_update=last_update, confirmed_on=confirmed_on, legacy=legacy, policy=policy)
            for day in (early, late)
        )
        if before.fate is Fate.TAKEN_OFF and (confirmed_on is None or confirmed_on <= early):
            assert after.fate is Fate.TAKEN_OFF
        assert before.why.endswith("。") and "{" not in before.why and "None" not in before.why
