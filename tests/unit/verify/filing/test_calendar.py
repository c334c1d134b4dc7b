from __future__ import annotations

import tomllib
from collections import defaultdict
from datetime import date, timedelta
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.filing.calendar import load_calendar, parse_calendar

CN = load_calendar()
TEXT = files("verify").joinpath("calendars", "cn.toml").read_text(encoding="utf-8")
# Public holidays a year by 全国年节及纪念日放假办法 art. 2: eleven days, thirteen since 2025 (国令第795号).
STATUTORY = {**dict.fromkeys(range(2019, 2025), 11), 2025: 13, 2026: 13}
# 国办发明电〔2020〕1号 gave 31 January (a Friday) and took the work of 1 February (a Saturday) away.
EXTENDED = {2020: 2}


def test_years_2019_to_2026_with_their_notices() -> None:
    assert sorted(CN.notices) == list(range(2019, 2027))
    numbers = {year: notice.number for year, notice in CN.notices.items()}
    assert numbers == {
        2019: "国办发明电〔2018〕15号",
        2020: "国办发明电〔2019〕16号",
        2021: "国办发明电〔2020〕27号",
        2022: "国办发明电〔2021〕11号",
        2023: "国办发明电〔2022〕16号",
        2024: "国办发明电〔2023〕7号",
        2025: "国办发明电〔2024〕12号",
        2026: "国办发明电〔2025〕7号",
    }


# First and last day of every break as the notices word them ("2月11日至17日放假调休"), read in public copies of each.
SPANS = {
    2019: "2018.12.30-1.1 2.4-2.10 4.5-4.5 5.1-5.4 6.7-6.7 9.13-9.13 10.1-10.7",
    2020: "1.1-1.1 1.24-2.2 4.4-4.6 5.1-5.5 6.25-6.27 10.1-10.8",
    2021: "1.1-1.3 2.11-2.17 4.3-4.5 5.1-5.5 6.12-6.14 9.19-9.21 10.1-10.7",
    2022: "1.1-1.3 1.31-2.6 4.3-4.5 4.30-5.4 6.3-6.5 9.10-9.12 10.1-10.7",
    2023: "2022.12.31-1.2 1.21-1.27 4.5-4.5 4.29-5.3 6.22-6.24 9.29-10.6",
    2024: "1.1-1.1 2.10-2.17 4.4-4.6 5.1-5.5 6.10-6.10 9.15-9.17 10.1-10.7",
    2025: "1.1-1.1 1.28-2.4 4.4-4.6 5.1-5.5 5.31-6.2 10.1-10.8",
    2026: "1.1-1.3 2.15-2.23 4.4-4.6 5.1-5.5 6.19-6.21 9.25-9.27 10.1-10.7",
}


def test_breaks_are_those_of_the_notices() -> None:
    def word(day: date, year: int) -> str:
        return f"{day.year}.{day.month}.{day.day}" if day.year != year else f"{day.month}.{day.day}"

    found = {
        row["year"]: " ".join(
            f"{word(entry['first'], row['year'])}-{word(entry['last'], row['year'])}" for entry in row["breaks"]
        )
        for row in tomllib.loads(TEXT)["year"]
    }
    assert found == SPANS


def test_what_is_taken_from_weekdays_is_given_back_on_weekends() -> None:
    # Of every notice: weekdays off, less weekends worked for them, are the public holidays and nothing else.
    left: dict[int, int] = defaultdict(int)
    for row in tomllib.loads(TEXT)["year"]:
        for entry in row["breaks"]:
            days = [
                entry["first"] + timedelta(days=count) for count in range((entry["last"] - entry["first"]).days + 1)
            ]
            left[row["year"]] += sum(day.weekday() < 5 for day in days) - len(entry["work"])
    assert left == {year: days + EXTENDED.get(year, 0) for year, days in STATUTORY.items()}


@pytest.mark.parametrize(
    ("day", "rest"),
    [
        # 国办发明电〔2025〕7号, read in full: Spring Festival 15 to 23 February, 14 and 28 February worked.
        (date(2026, 2, 13), False),
        (date(2026, 2, 14), False),
        (date(2026, 2, 15), True),
        (date(2026, 2, 23), True),
        (date(2026, 2, 24), False),
        (date(2026, 2, 28), False),
        (date(2026, 3, 1), True),
        # National Day 1 to 7 October, 20 September and 10 October worked.
        (date(2026, 9, 20), False),
        (date(2026, 10, 7), True),
        (date(2026, 10, 8), False),
        (date(2026, 10, 10), False),
        (date(2026, 10, 11), True),
        # The prolonged Spring Festival of 2020, and the changed Labour Day of 2019.
        (date(2020, 2, 2), True),
        (date(2020, 2, 3), False),
        (date(2019, 5, 2), True),
        (date(2019, 5, 5), False),
        # 2023's notice reaches back into 2022.
        (date(2022, 12, 31), True),
    ],
)
def test_days_by_the_notices(day: date, rest: bool) -> None:
    assert CN.is_rest_day(day) is rest


@pytest.mark.parametrize(
    ("day", "known"),
    [
        (date(2018, 12, 31), False),
        (date(2019, 1, 1), True),
        (date(2025, 12, 31), True),
        (date(2026, 12, 24), True),
        # The notice of 2027 may still move days of this week.
        (date(2026, 12, 25), False),
        (date(2027, 1, 4), False),
    ],
)
def test_a_year_without_data_is_not_guessed(day: date, known: bool) -> None:
    assert CN.covers(day) is known
    assert (CN.is_rest_day(day) is None) is not known


@given(st.dates(date(2019, 1, 1), date(2026, 12, 24)))
def test_weekends_rest_unless_worked_and_weekdays_are_worked_unless_off(day: date) -> None:
    expected = day in CN.days_off or (day.weekday() >= 5 and day not in CN.working_weekends)
    assert CN.is_rest_day(day) is expected


def test_a_notice_cites_what_changed_it_and_an_unchecked_number() -> None:
    assert CN.notices[2020].cite().endswith("（国办发明电〔2019〕16号，经国办发明电〔2020〕1号调整）")
    unchecked = parse_calendar('[[year]]\nyear = 2030\ntitle = "某通知"\nnumber = ""\nbreaks = []')
    assert unchecked.notices[2030].cite() == "某通知（文号未核实）"


ROW = '[[year]]\nyear = 2030\ntitle = "某通知"\nnumber = "1号"\n'
BREAK = 'breaks = [{{ name = "元旦", first = {first}, last = {last}, work = [{work}] }}]'


@pytest.mark.parametrize(
    "text",
    [
        "year = ",
        '[[year]]\nyear = 2030\ntitle = "某通知"\nbreaks = []',
        ROW + "breaks = []\n" + ROW + "breaks = []",
        ROW + 'breaks = [{ name = "元旦", first = 2030-01-01 }]',
        ROW + BREAK.format(first="2030-01-03", last="2030-01-01", work=""),
        ROW + BREAK.format(first="2031-01-01", last="2031-01-01", work=""),
        ROW + BREAK.format(first="2029-12-24", last="2030-01-01", work=""),
        ROW + BREAK.format(first="2030-01-01T00:00:00", last="2030-01-01", work=""),
        # 2030-01-04 is a Friday; 2030-01-05 a Saturday that is off.
        ROW + BREAK.format(first="2030-01-01", last="2030-01-03", work="2030-01-04"),
        ROW + BREAK.format(first="2030-01-01", last="2030-01-05", work="2030-01-05"),
    ],
)
def test_wrong_data_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_calendar(text)


def test_a_break_may_begin_in_the_week_before_new_year() -> None:
    calendar = parse_calendar(ROW + BREAK.format(first="2029-12-25", last="2030-01-01", work="2030-01-05"))
    assert date(2029, 12, 25) in calendar.days_off
    assert calendar.working_weekends == {date(2030, 1, 5)}
