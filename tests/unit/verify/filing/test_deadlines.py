from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.verify.filing.packs import CHAOYANG, DEHONG, LIAONING, POLICIES, YUNNAN
from tests.unit.verify.filing.persons import DAYS, circumstances
from verify.filing.calendar import load_calendar
from verify.filing.circumstances import Circumstances
from verify.filing.deadlines import Timeliness, TimelinessStatus, filing_in_time, last_day
from verify.policy import available_policies, load_policy
from verify.policy_model import DeadlineRule, Policy, Source

CN = load_calendar()
STARTED = Circumstances(on_duty=True, qualified=False)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        # The corresponding day is a working day.
        (date(2023, 8, 1), 1, date(2023, 9, 1)),
        # 31 May to 30 June: June has no 31st. 31 January to 28 or 29 February.
        (date(2026, 5, 31), 1, date(2026, 6, 30)),
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 1, 29), 1, date(2024, 2, 29)),
        # 28 February 2026 is a Saturday that is worked for the Spring Festival.
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 1, date(2024, 3, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        # Over the end of the year; 31 January 2026 is a Saturday.
        (date(2025, 12, 31), 1, date(2026, 2, 2)),
        (date(2025, 11, 30), 1, date(2025, 12, 30)),
        # 30 December 2023 is a Saturday, then Sunday, then New Year.
        (date(2023, 11, 30), 1, date(2024, 1, 2)),
        # A Sunday inside 清明节 (4 to 6 April 2026).
        (date(2026, 3, 5), 1, date(2026, 4, 7)),
        # The first and the last day of a break: 1 and 7 October 2026.
        (date(2026, 9, 1), 1, date(2026, 10, 8)),
        (date(2026, 9, 7), 1, date(2026, 10, 8)),
        (date(2026, 9, 8), 1, date(2026, 10, 8)),
        # The prolonged Spring Festival of 2020 ended on 2 February.
        (date(2020, 1, 1), 1, date(2020, 2, 3)),
        # Labour Day 2019 ended on Saturday 4 May, and Sunday 5 May was worked.
        (date(2019, 4, 2), 1, date(2019, 5, 5)),
        (date(2026, 1, 5), 2, date(2026, 3, 5)),
    ],
)
def test_r31_last_day_by_the_civil_code_201_to_203(start: date, months: int, end: date) -> None:
    found = last_day(start, months, CN)
    assert (found.day, found.certain) == (end, True)


def test_r31_without_the_years_holidays_the_corresponding_day_stands_and_is_not_certain() -> None:
    found = last_day(date(2026, 12, 31), 1, CN)
    assert (found.day, found.corresponding, found.certain) == (date(2027, 1, 31), date(2027, 1, 31), False)


@pytest.mark.parametrize("months", [0, -1])
def test_r31_a_period_has_at_least_a_month(months: int) -> None:
    with pytest.raises(ValueError, match="no last day"):
        last_day(date(2026, 1, 1), months, CN)


@given(DAYS, st.integers(1, 24))
def test_r31_the_last_day_is_never_a_rest_day_and_never_before_the_start(start: date, months: int) -> None:
    found = last_day(start, months, CN)
    assert start < found.corresponding <= found.day
    assert CN.is_rest_day(found.day) is not True
    # No break of the notices is longer than the ten days of 2020.
    assert (found.day - found.corresponding).days <= 10


def filed(days_after_end: int, *, start: date = date(2026, 3, 5), end: date = date(2026, 4, 7)) -> Circumstances:
    return replace(STARTED, started_on=start, filed_on=end + timedelta(days=days_after_end))


@pytest.mark.parametrize("policy", [DEHONG, LIAONING])
@pytest.mark.parametrize(
    ("days_after_end", "status", "days_late"),
    [
        (-60, TimelinessStatus.IN_TIME, 0),
        (-1, TimelinessStatus.IN_TIME, 0),
        (0, TimelinessStatus.IN_TIME, 0),
        (1, TimelinessStatus.LATE, 1),
        (2, TimelinessStatus.LATE, 2),
    ],
)
def test_r31_new_staff_file_within_a_month(
    policy: Policy, days_after_end: int, status: TimelinessStatus, days_late: int
) -> None:
    result = filing_in_time(filed(days_after_end), policy, CN)
    assert (result.status, result.days_late, result.last_day) == (status, days_late, date(2026, 4, 7))
    assert "第二百零三条" in result.why and "国办发明电〔2025〕7号" in result.why
    assert result.source is not None and result.source.title in result.why


def test_r31_late_says_by_how_many_days_and_asks_a_person() -> None:
    result = filing_in_time(filed(9), DEHONG, CN)
    assert "逾期 9 天" in result.why and "人工" in result.why


def test_r31_without_the_day_of_filing_the_last_day_is_still_told() -> None:
    result = filing_in_time(replace(filed(0), filed_on=None), DEHONG, CN)
    assert (result.status, result.last_day) == (TimelinessStatus.NOT_KNOWN, date(2026, 4, 7))


@pytest.mark.parametrize(
    ("filed_on", "status"),
    [
        (date(2027, 1, 10), TimelinessStatus.IN_TIME),
        (date(2027, 1, 11), TimelinessStatus.NOT_KNOWN),
    ],
)
def test_r31_a_year_without_holidays_is_said(filed_on: date, status: TimelinessStatus) -> None:
    # 10 January 2027 is a Sunday: whether it is worked is not arranged yet, so the day after is not late for certain.
    person = replace(STARTED, started_on=date(2026, 12, 10), filed_on=filed_on)
    result = filing_in_time(person, DEHONG, CN)
    assert result.status is status
    assert "2027 年的节假日安排不在系统数据中" in result.why


@pytest.mark.parametrize(
    ("started_on", "status"),
    [(date(2023, 7, 12), TimelinessStatus.NO_LIMIT), (date(2023, 7, 13), TimelinessStatus.LATE)],
)
def test_r31_the_rule_does_not_reach_back(started_on: date, status: TimelinessStatus) -> None:
    person = replace(STARTED, started_on=started_on, filed_on=date(2026, 11, 21))
    assert filing_in_time(person, DEHONG, CN).status is status


def test_r31_a_rule_may_be_younger_than_its_pack() -> None:
    rule = DeadlineRule("started_work", 1, Source("某通知", effective_from=date(2025, 1, 1)))
    policy = replace(DEHONG, collection=replace(DEHONG.collection, deadlines=(rule,)))
    person = replace(STARTED, started_on=date(2024, 12, 31), filed_on=date(2026, 11, 21))
    assert filing_in_time(person, policy, CN).status is TimelinessStatus.NO_LIMIT


@pytest.mark.parametrize(
    ("person", "status", "words"),
    [
        (Circumstances(on_duty=True), TimelinessStatus.NOT_KNOWN, "开始从事会计工作的时间"),
        (Circumstances(), TimelinessStatus.NOT_KNOWN, "是否在岗"),
        (Circumstances(on_duty=False), TimelinessStatus.NO_LIMIT, "未从事会计工作"),
        (Circumstances(on_duty=True, legacy=True), TimelinessStatus.NO_LIMIT, "原有会计人员"),
    ],
)
def test_r31_r12_who_is_no_new_staff_has_no_limit_and_what_is_missing_is_asked(
    person: Circumstances, status: TimelinessStatus, words: str
) -> None:
    result = filing_in_time(replace(person, filed_on=date(2026, 11, 21)), DEHONG, CN)
    assert (result.status, result.last_day) == (status, None)
    assert words in result.why


def test_r31_a_pack_without_deadlines_sets_no_limit() -> None:
    assert filing_in_time(filed(100), YUNNAN, CN).status is TimelinessStatus.NO_LIMIT
    assert filing_in_time(Circumstances(), YUNNAN, CN).status is TimelinessStatus.NO_LIMIT


def changed(days_after_end: int) -> Timeliness:
    # 7 September 2026 and a month is 7 October, in the break; its end is 8 October.
    day = date(2026, 10, 8) + timedelta(days=days_after_end)
    return filing_in_time(replace(STARTED, changed_on=date(2026, 9, 7), filed_on=day), LIAONING, CN)


@pytest.mark.parametrize(
    ("days_after_end", "status"),
    [(-1, TimelinessStatus.IN_TIME), (0, TimelinessStatus.IN_TIME), (1, TimelinessStatus.LATE)],
)
def test_r32_liaoning_changes_within_a_month(days_after_end: int, status: TimelinessStatus) -> None:
    result = changed(days_after_end)
    assert (result.status, result.event, result.last_day) == (status, "changed", date(2026, 10, 8))


def test_r32_dehong_changes_promptly_which_no_filing_can_miss() -> None:
    person = replace(STARTED, changed_on=date(2023, 8, 1), started_on=date(2023, 8, 1), filed_on=date(2026, 11, 21))
    result = filing_in_time(person, DEHONG, CN)
    assert (result.status, result.last_day) == (TimelinessStatus.NO_LIMIT, None)
    assert "及时" in result.why


def existing(day: date | None, policy: Policy) -> Timeliness:
    return filing_in_time(Circumstances(on_duty=True, legacy=True, filed_on=day), policy, CN)


@pytest.mark.parametrize(
    ("policy", "day", "status"),
    [
        (LIAONING, date(2019, 4, 14), TimelinessStatus.NOT_KNOWN),
        (LIAONING, date(2019, 4, 15), TimelinessStatus.IN_TIME),
        (LIAONING, date(2019, 6, 15), TimelinessStatus.IN_TIME),
        (LIAONING, date(2019, 6, 16), TimelinessStatus.NOT_KNOWN),
        # The city named a later day: the person gets the longer time.
        (CHAOYANG, date(2019, 6, 16), TimelinessStatus.IN_TIME),
        (CHAOYANG, date(2019, 6, 30), TimelinessStatus.IN_TIME),
        (CHAOYANG, date(2019, 7, 1), TimelinessStatus.NOT_KNOWN),
    ],
)
def test_r35_window_of_the_collection(policy: Policy, day: date, status: TimelinessStatus) -> None:
    assert existing(day, policy).status is status


def test_r35_the_contradiction_is_noted() -> None:
    assert any("2019年6月30日" in note for note in existing(date(2019, 6, 20), CHAOYANG).notes)
    assert existing(date(2019, 6, 10), LIAONING).notes == ()


def test_r35_a_closed_window_waits_for_the_next_one() -> None:
    assert "另行通知" in existing(date(2019, 7, 1), CHAOYANG).why
    assert existing(None, CHAOYANG).status is TimelinessStatus.NOT_KNOWN


def test_r35_new_staff_keep_their_month_and_are_told_that_it_is_closed() -> None:
    person = replace(STARTED, started_on=date(2019, 6, 10), filed_on=date(2019, 7, 5))
    result = filing_in_time(person, LIAONING, CN)
    assert (result.status, result.last_day) == (TimelinessStatus.IN_TIME, date(2019, 7, 10))
    assert any("已于 2019年6月15日 结束" in note for note in result.notes)


@given(circumstances(), DAYS, DAYS)
def test_a_later_filing_never_turns_from_late_to_in_time(person: Circumstances, one: date, other: date) -> None:
    early, late = sorted((one, other))
    for policy in POLICIES:
        before = filing_in_time(replace(person, filed_on=early), policy, CN)
        after = filing_in_time(replace(person, filed_on=late), policy, CN)
        if before.status is TimelinessStatus.LATE:
            assert after.status is TimelinessStatus.LATE
            assert after.days_late == before.days_late + (late - early).days


@given(circumstances(), st.sampled_from(available_policies()))
def test_every_pack_that_comes_with_the_product_is_answered(person: Circumstances, name: str) -> None:
    result = filing_in_time(person, load_policy(name), CN)
    assert (result.days_late > 0) is (result.status is TimelinessStatus.LATE)
    assert result.why.endswith("。")


@given(circumstances())
def test_every_answer_is_a_whole_sentence(person: Circumstances) -> None:
    for policy in POLICIES:
        result = filing_in_time(person, policy, CN)
        for sentence in (result.why, *result.notes):
            assert "{" not in sentence and "None" not in sentence
        assert result.why.endswith("。")
        assert (result.days_late > 0) is (result.status is TimelinessStatus.LATE)
