from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.text.dates import PartialDate, age_on, is_long_term, parse_date, parse_span, years_after

days = st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31))
DIGITS = "〇一二三四五六七八九"


def han(number: int) -> str:
    """Month or day in Chinese words, written here independently of the parser."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十"
    return head + (DIGITS[ones] if ones else "")


# Every form of domain.md section 5.3.
@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2019年7月", "2019-07"),
        ("2019年07月", "2019-07"),
        ("2019.07", "2019-07"),
        ("2019-07", "2019-07"),
        ("2019/7", "2019-07"),
        ("201907", "2019-07"),
        ("20190701", "2019-07-01"),
        ("2019年7月1日", "2019-07-01"),
        ("2019.7.1", "2019-07-01"),
        ("2019-07-01", "2019-07-01"),
        ("2019-07-01T00:00:00", "2019-07-01"),
        ("2019-07-01 00:00:00", "2019-07-01"),
        ("2019", "2019"),
        ("2019年", "2019"),
        ("二〇一九年七月", "2019-07"),
        ("二零一九年七月", "2019-07"),
        ("二○一九年七月", "2019-07"),
        ("二O一九年七月", "2019-07"),
        ("一九八七年十二月三十一日", "1987-12-31"),
        ("二〇〇八年六月廿五日", "2008-06-25"),
        ("二〇〇八年六月二十日", "2008-06-20"),
        ("90年3月", "1990-03"),
        ("２０１９年７月１日", "2019-07-01"),
        (" 2019 年 7 月 1 日 ", "2019-07-01"),
        ("1990年7月15日生", "1990-07-15"),
        ("2019年元月", "2019-01"),
        ("公元2019年7月", "2019-07"),
        ("贰零壹玖年柒月拾日", "2019-07-10"),
        ("二〇一九年十二月卅一日", "2019-12-31"),
        ("二00八年六月", "2008-06"),
        ("2019·07·01", "2019-07-01"),
        ("2019、7、1", "2019-07-01"),
        ("87.12.31", "1987-12-31"),
        ("87/12/31", "1987-12-31"),
        # The first and the last year that two digits may mean.
        ("30年1月", "1930-01"),
        ("99年12月", "1999-12"),
    ],
)
def test_printed_forms(text: str, iso: str) -> None:
    found = parse_date(text)
    assert found is not None
    assert found.iso() == iso


@pytest.mark.parametrize(
    "text",
    [
        "",
        "长期",
        "至今",
        "2019-13",
        "2019-00",
        "2019-02-30",
        "2019-02-29",
        "1899-12",
        "2201-01",
        "abc",
        "2019-7-32",
        "20191301",
        "民国87年6月",
        "中華民國八十七年六月",
        "29年1月",
        "12年7月",
        "00年1月",
        "87.13.31",
        "87.12",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert parse_date(text) is None


@given(days)
def test_every_day_in_every_form(day: date) -> None:
    forms = (
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}.{day.month:02d}.{day.day:02d}",
        f"{day.year}/{day.month}/{day.day}",
        f"{''.join(DIGITS[int(c)] for c in str(day.year))}年{han(day.month)}月{han(day.day)}日",
    )
    assert {parse_date(form) for form in forms} == {PartialDate(day.year, day.month, day.day)}


@given(st.text(max_size=30))
def test_any_text_is_parsed_or_not(text: str) -> None:
    found = parse_date(text)
    assert found is None or found.earliest() <= found.latest()


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2012.03.05-2022.03.05", "2012-03-05", "2022-03-05"),
        ("2012-03-05-2022-03-05", "2012-03-05", "2022-03-05"),
        ("2012-03-05至2022-03-05", "2012-03-05", "2022-03-05"),
        ("2008年9月—2012年7月", "2008-09", "2012-07"),
        ("2008年9月至今", "2008-09", None),
        ("2012.03.05-长期", "2012-03-05", None),
    ],
)
def test_periods(text: str, start: str, end: str | None) -> None:
    found = parse_span(text)
    assert found is not None
    assert found[0].iso() == start
    assert (found[1].iso() if found[1] else None) == end


@pytest.mark.parametrize("text", ["", "2012-03-05", "2012.03.05-", "-2012.03.05", "至今", "2012-13-05至2022-03-05"])
def test_what_is_no_period(text: str) -> None:
    assert parse_span(text) is None


@given(st.text(alphabet="2019-.至今年月 0", max_size=24))
def test_any_text_is_a_period_or_not(text: str) -> None:
    found = parse_span(text)
    assert found is None or found[0].earliest() is not None


@given(days, days)
def test_comparison_is_symmetric(a: date, b: date) -> None:
    first, second = PartialDate(a.year, a.month), PartialDate(b.year, b.month, b.day)
    assert first.same_as(second) == second.same_as(first) == ((a.year, a.month) == (b.year, b.month))


def test_coarser_precision_decides() -> None:
    assert PartialDate(2019).same_as(PartialDate(2019, 7, 1))
    assert PartialDate(2019, 7).same_as(PartialDate(2019, 7, 31))
    assert not PartialDate(2019, 7).same_as(PartialDate(2019, 8, 1))


def test_span_of_a_month() -> None:
    month = PartialDate(2024, 2)
    assert (month.earliest(), month.latest()) == (date(2024, 2, 1), date(2024, 2, 29))


@pytest.mark.parametrize(
    ("text", "long_term"), [("长期", True), (" 长 期 ", True), ("长期有效", True), ("2030-01-01", False)]
)
def test_long_term(text: str, long_term: bool) -> None:
    assert is_long_term(text) is long_term


def test_leap_day_ends_on_the_28th() -> None:
    assert years_after(date(2004, 2, 29), 10) == date(2014, 2, 28)
    assert years_after(date(2004, 2, 29), 20) == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("on", "years"),
    [(date(2006, 7, 14), 15), (date(2006, 7, 15), 16), (date(2006, 7, 16), 16), (date(2007, 7, 14), 16)],
)
def test_age_changes_on_the_birthday(on: date, years: int) -> None:
    assert age_on(on, born=date(1990, 7, 15)) == years
