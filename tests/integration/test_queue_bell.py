"""Ringing: at most one bell for an attempt, nothing but an id in Redis, and never in the caller's way."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.queue.bell import RedisBell
from intake.queue.limits import BELL_TTL_S, RING_AT_ONCE, RING_REST_S
from intake.queue.redis_server import RedisHandle
from intake.queue.rq_job import Ring
from intake.queue.take_bell import BellRope
from intake.storage.work import Due, Queue
from tests.own_redis import handle, running

ONE, TWO = "1" * 40, "2" * 40


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def own(tmp_path: Path) -> Iterator[RedisHandle]:
    with running(tmp_path) as one:
        yield one


def test_a_bell_is_heard_once_in_its_own_queue(own: RedisHandle) -> None:
    bell, client = RedisBell(own.url), own.client()
    assert bell.ring([Due(ONE, Queue.LIVE, 0), Due(TWO, Queue.DELIVER, 2)]) == (ONE, TWO)
    assert BellRope("batch", client).take(0) is None
    assert BellRope("live", client).take(0) == Ring(ONE, 0)
    assert BellRope("live", client).take(0) is None
    assert BellRope("deliver", client).take(1) == Ring(TWO, 2)
    assert [key for key in client.scan_iter("rq:job:*")] == []


def test_an_attempt_has_one_bell_however_often_and_from_where_it_is_rung(own: RedisHandle) -> None:
    bell, client = RedisBell(own.url), own.client()
    threads = [threading.Thread(target=bell.ring, args=([Due(ONE, Queue.LIVE, 0)],)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # A bell that waits already counts as rung.
    assert bell.ring([Due(ONE, Queue.LIVE, 0)]) == (ONE,)
    assert client.llen("rq:queue:live") == 1
    assert bell.ring([Due(ONE, Queue.LIVE, 1)]) == (ONE,) and client.llen("rq:queue:live") == 2


def test_an_attempt_can_be_rung_again_after_it_was_heard(own: RedisHandle) -> None:
    bell, rope = RedisBell(own.url), BellRope("live", own.client())
    for _ in range(2):
        assert bell.ring([Due(ONE, Queue.LIVE, 0)]) == (ONE,)
        assert rope.take(0) == Ring(ONE, 0)


def test_redis_holds_an_id_a_number_and_a_time_to_live(own: RedisHandle) -> None:
    RedisBell(own.url).ring([Due(ONE, Queue.LIVE, 3)])
    client = own.client()
    (key,) = client.scan_iter("rq:job:*")
    job = client.hgetall(key)
    assert job[b"description"] == b"" and b"meta" not in job
    assert 0 < client.ttl(key) <= BELL_TTL_S
    assert sorted(client.scan_iter("*")) == [key, b"rq:queue:live", b"rq:queues"]


def test_a_call_rings_so_often_and_no_more(own: RedisHandle) -> None:
    due = [Due(f"{number:040x}", Queue.LIVE, 0) for number in range(RING_AT_ONCE + 1)]
    assert len(RedisBell(own.url).ring(due)) == RING_AT_ONCE


def test_a_redis_that_is_away_is_left_alone_for_a_moment(tmp_path: Path) -> None:
    clock = Clock()
    own = handle(tmp_path)
    bell = RedisBell(own.url, clock=clock)
    assert bell.answers and bell.ring([Due(ONE, Queue.LIVE, 0)]) == () and not bell.answers
    with running(tmp_path):
        clock.now_s = RING_REST_S - 0.01
        assert bell.ring([Due(ONE, Queue.LIVE, 0)]) == ()
        clock.now_s = RING_REST_S
        assert bell.ring([Due(ONE, Queue.LIVE, 0)]) == (ONE,) and bell.ping()
    assert not bell.ping()
    bell.close()


def test_a_redis_that_does_not_answer_delays_its_caller_once(own: RedisHandle) -> None:
    bell = RedisBell(own.url, clock=Clock())
    assert bell.ping() and own.server is not None and own.server.pid is not None
    os.kill(own.server.pid, signal.SIGSTOP)
    try:
        assert bell.ring([Due(ONE, Queue.LIVE, 0)]) == ()
        # Not asked at all: a stopped server could not answer this.
        assert bell.ring([Due(TWO, Queue.LIVE, 0)]) == ()
    finally:
        os.kill(own.server.pid, signal.SIGCONT)


def test_a_redis_that_is_full_rings_for_none_and_does_not_raise(own: RedisHandle) -> None:
    client = own.client()
    client.config_set("maxmemory", "1")
    assert RedisBell(own.url).ring([Due(ONE, Queue.LIVE, 0)]) == ()
    client.config_set("maxmemory", "0")


def test_what_is_lost_with_a_flush_can_be_rung_again(own: RedisHandle) -> None:
    bell, client = RedisBell(own.url), own.client()
    bell.ring([Due(ONE, Queue.LIVE, 0)])
    client.flushall()
    assert bell.ring([Due(ONE, Queue.LIVE, 0)]) == (ONE,)
    assert BellRope("live", client).take(0) == Ring(ONE, 0)


def test_rights_of_the_documented_user_are_enough(own: RedisHandle) -> None:
    client = own.client()
    line = next(
        text.strip()
        for text in (Path(__file__).parents[2] / "deploy/README.md").read_text().splitlines()
        if text.strip().startswith("ACL SETUSER")
    )
    client.execute_command(*line.split())
    user_url = f"{own.url}?username=intake&password=PASSWORD"
    bell = RedisBell(user_url)
    assert bell.ping() and bell.ring([Due(ONE, Queue.LIVE, 0)]) == (ONE,)
    theirs = RedisHandle(user_url, None).client()
    assert BellRope("live", theirs).take(1) == Ring(ONE, 0)
    for forbidden in (("FLUSHALL",), ("KEYS", "*"), ("CONFIG", "GET", "dir"), ("GET", "another")):
        with pytest.raises(Exception, match=r"(?i)no permissions|NOPERM"):
            theirs.execute_command(*forbidden)
