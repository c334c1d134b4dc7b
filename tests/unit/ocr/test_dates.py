from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.dates import find_dates

DIGITS = "〇一二三四五六七八九"


def _small_in_chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = {0: "", 1: "十", 2: "二十", 3: "三十"}[tens]
    return head + (DIGITS[ones] if ones else "")


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2019年7月", "2019-07"),
        ("2019年07月01日", "2019-07-01"),
        ("2019.07", "2019-07"),
        ("2019-07", "2019-07"),
        ("2019/7/1", "2019-07-01"),
        ("二〇一九年七月", "2019-07"),
        ("二零一九年七月一日", "2019-07-01"),
        ("二○一九年十月二十日", "2019-10-20"),
        ("二O一九年七月", "2019-07"),
        ("一九八七年十二月三十一日", "1987-12-31"),
        ("一九八七年十二月廿三日", "1987-12-23"),
        ("2O19年7月l日", "2019-07-01"),
    ],
)
def test_reads_every_printed_form(text: str, iso: str) -> None:
    assert [found.iso for found in find_dates(f"于{text}，")] == [iso]


@pytest.mark.parametrize("text", ["2019年13月", "2019年0月", "2019年7月32日", "19年7月", "3019年7月", "年月日", ""])
def test_refuses_what_is_no_date(text: str) -> None:
    assert find_dates(text) == ()


@given(st.dates(min_value=date(1931, 1, 1), max_value=date(2049, 12, 31)))
def test_arabic_and_chinese_give_the_same_day(day: date) -> None:
    arabic = f"{day.year}年{day.month}月{day.day}日"
    chinese = "".join(DIGITS[int(c)] for c in str(day.year))
    chinese += f"年{_small_in_chinese(day.month)}月{_small_in_chinese(day.day)}日"
    assert [d.iso for d in find_dates(arabic)] == [d.iso for d in find_dates(chinese)] == [day.isoformat()]


@given(st.text(alphabet="0123456789〇一二三十廿年月日.-/ OolI号", max_size=60))
def test_never_fails_and_spans_lie_in_the_text(text: str) -> None:
    for found in find_dates(text, runs=True):
        assert 0 <= found.start < found.end <= len(text)


@pytest.mark.parametrize(
    ("text", "iso"),
    [("二七年七月", "2007-07"), ("二〇九年三月", "2009-03"), ("二一二年一月", "2012-01"), ("一九九年六月", "1990-06")],
)
def test_puts_dropped_zeros_back_and_says_so(text: str, iso: str) -> None:
    (found,) = find_dates(text)
    assert (found.iso, found.repaired) == (iso, True)


def test_two_possible_years_are_not_guessed() -> None:
    # 二年 could be 2000 or 2002 with other digits lost; nothing of it is certain.
    assert find_dates("二年七月") == ()


def test_a_range_gives_both_ends() -> None:
    assert [d.iso for d in find_dates("2012.03.05-2022.03.05")] == ["2012-03-05", "2022-03-05"]


def test_bare_runs_only_when_asked_for() -> None:
    assert find_dates("20190701") == ()
    assert [d.iso for d in find_dates("20190701", runs=True)] == ["2019-07-01"]
