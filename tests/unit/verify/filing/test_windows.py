from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.unit.verify.filing.packs import CHAOYANG, CONTRADICTION, LIAONING, YUNNAN
from verify.filing.windows import WindowState, window_on
from verify.policy_model import FilingWindow, Source

SECOND = FilingWindow(date(2020, 3, 1), date(2020, 3, 31), Source("第二次通知"))
TWICE = replace(LIAONING, collection=replace(LIAONING.collection, windows=(SECOND, *LIAONING.collection.windows)))


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2019, 4, 14), WindowState.NOT_YET),
        (date(2019, 4, 15), WindowState.OPEN),
        (date(2019, 6, 15), WindowState.OPEN),
        (date(2019, 6, 16), WindowState.BETWEEN),
        (date(2020, 2, 29), WindowState.BETWEEN),
        (date(2020, 3, 1), WindowState.OPEN),
        (date(2020, 3, 31), WindowState.OPEN),
        (date(2020, 4, 1), WindowState.CLOSED),
    ],
)
def test_r35_where_a_day_lies_among_two_windows(day: date, state: WindowState) -> None:
    result = window_on(day, TWICE)
    assert result.state is state
    assert result.source is not None and result.source.title in result.why


def test_r35_between_two_windows_the_next_one_is_named() -> None:
    assert "2020年3月1日" in window_on(date(2019, 12, 1), TWICE).why


def test_r35_of_two_contradicting_windows_the_longer_one_is_told() -> None:
    result = window_on(date(2019, 6, 10), CHAOYANG)
    assert "至 2019年6月30日" in result.why
    assert result.notes == (CONTRADICTION,)


def test_r35_without_a_window_the_collection_is_always_open() -> None:
    assert window_on(date(2026, 1, 1), YUNNAN).state is WindowState.NO_WINDOW
