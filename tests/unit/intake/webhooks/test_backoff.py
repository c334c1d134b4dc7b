"""Waits between tries: the steps of issue 6, drawn evenly, and what the receiver asks for."""

from __future__ import annotations

import datetime as dt
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.webhooks.backoff import next_try_ms, retry_after_s

# service: 5 s, 30 s, 2 min, 10 min, 1 h, 6 h, 18 h; then dead.
STEPS_MS = (5_000, 30_000, 120_000, 600_000, 3_600_000, 21_600_000, 64_800_000)


@pytest.mark.parametrize(("failed", "step_ms"), list(enumerate(STEPS_MS, start=1)))
def test_the_wait_is_drawn_between_nothing_and_the_step(failed: int, step_ms: int) -> None:
    assert next_try_ms(failed, draw=lambda: 0.5) == step_ms // 2
    highest = next_try_ms(failed, draw=lambda: 0.999999)
    assert highest is not None and step_ms * 0.999 < highest <= step_ms
    # Never at once.
    assert next_try_ms(failed, draw=lambda: 0.0) == 1000


def test_after_the_last_step_there_is_no_try() -> None:
    assert next_try_ms(7, draw=lambda: 0.5) is not None
    assert next_try_ms(8, draw=lambda: 0.5) is None
    assert next_try_ms(1000, draw=lambda: 0.5, retry_after_s=5) is None


def test_nothing_failed_is_no_question() -> None:
    with pytest.raises(ValueError):
        next_try_ms(0, draw=lambda: 0.5)


@pytest.mark.parametrize(
    ("asked_s", "wait_ms"),
    [(None, 2500), (-5, 2500), (0, 2500), (2, 2500), (3, 3000), (3599, 3_599_000), (3600, 3_600_000),
     (3601, 3_600_000), (10**9, 3_600_000)],
)  # fmt: skip
def test_what_the_receiver_asks_for_counts_up_to_an_hour(asked_s: int | None, wait_ms: int) -> None:
    assert next_try_ms(1, draw=lambda: 0.5, retry_after_s=asked_s) == wait_ms


@given(st.integers(1, 7), st.floats(0, 1, exclude_max=True), st.none() | st.integers(-(10**12), 10**12))
def test_a_wait_has_bounds(failed: int, drawn: float, asked_s: int | None) -> None:
    wait_ms = next_try_ms(failed, draw=lambda: drawn, retry_after_s=asked_s)
    assert wait_ms is not None and 1000 <= wait_ms <= max(STEPS_MS[failed - 1], 3_600_000)


NOW = dt.datetime(2026, 11, 27, 8, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 120 ", 120),
        ("999999999", 999_999_999),
        ("Fri, 27 Nov 2026 08:02:00 GMT", 120),
        ("Fri, 27 Nov 2026 07:00:00 GMT", 0),
        ("Friday, 27-Nov-26 08:00:30 GMT", 30),
        (format_datetime(NOW + dt.timedelta(seconds=7)), 7),
        (None, None),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("１２", None),
        ("9" * 10, None),
        ("Fri, 99 Nov 2026 08:02:00 GMT", None),
        ("Fri, 27 Nov 99999 08:02:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: int | None) -> None:
    assert retry_after_s(header, now_s=NOW.timestamp()) == seconds


@given(
    st.text(max_size=60) | st.from_regex(r"[A-Z][a-z]{2}, [0-9]{1,6} [A-Z][a-z]{2} [0-9]{1,6} [0-9:]{1,9} [A-Z+0-9-]*")
)
def test_any_header_is_a_wait_or_nothing(header: str) -> None:
    found = retry_after_s(header, now_s=NOW.timestamp())
    assert found is None or found >= 0
