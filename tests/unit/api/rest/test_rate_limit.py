from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from api.rest.rate_limit import RateLimit


class Clock:
    """Goes on when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_holds_ten_seconds_and_no_call_more() -> None:
    limit = RateLimit(60, clock=Clock())
    assert [limit.take("a") for _ in range(10)] == [0] * 10
    assert limit.take("a") == 1


def test_it_refills_by_the_rate() -> None:
    clock = Clock()
    limit = RateLimit(6, clock=clock)
    assert limit.take("a") == 0
    assert limit.take("a") == 10
    clock.now = 9.9
    assert limit.take("a") == 1
    clock.now = 10.1
    assert limit.take("a") == 0


def test_one_key_takes_nothing_from_another() -> None:
    limit = RateLimit(6, clock=Clock())
    assert [limit.take("a"), limit.take("a") > 0, limit.take("b")] == [0, True, 0]


def test_zero_lets_everything_through() -> None:
    limit = RateLimit(0, clock=Clock())
    assert not any(limit.take("a") for _ in range(1000))


def test_strangers_do_not_fill_the_memory() -> None:
    limit = RateLimit(6, clock=Clock())
    limit.take("first")
    for number in range(10_000):
        limit.take(str(number))
    # Forgotten, so it starts anew.
    assert limit.take("first") == 0


@given(
    per_minute=st.integers(1, 10_000),
    pauses=st.lists(st.floats(0, 30, allow_nan=False), min_size=1, max_size=60),
)
def test_never_more_than_a_bucket_and_what_was_refilled(per_minute: int, pauses: list[float]) -> None:
    clock = Clock()
    limit = RateLimit(per_minute, clock=clock)
    passed = 0
    for pause in pauses:
        clock.now += pause
        passed += limit.take("a") == 0
    assert passed <= max(1.0, per_minute / 6) + clock.now * per_minute / 60 + 1e-6
