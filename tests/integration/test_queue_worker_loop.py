"""The worker's loop against a real Redis: bells, looking without them, and the reasons to leave."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from intake.queue import worker_loop
from intake.queue.bell import RedisBell, connect
from intake.queue.redis_server import RedisHandle
from intake.queue.take_bell import BellRope
from intake.queue.worker_loop import Leave, LoopLimits, WorkerLoop, rss_bytes
from intake.storage.errors import DatabaseAway
from intake.storage.work import Due, Queue
from tests.own_redis import handle, running

ROOT = Path(__file__).parents[2]
IDS = [f"{number:040x}" for number in range(10)]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_loop, "_LOOK_ALONE_S", 0.02)
    monkeypatch.setattr(worker_loop, "LOOK_EVERY_S", 1)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[RedisHandle]:
    with running(tmp_path) as one:
        yield one


def limits(max_jobs: int = 10**6, max_rss_bytes: int = 10**12) -> LoopLimits:
    return LoopLimits(max_jobs=max_jobs, max_rss_bytes=max_rss_bytes, deadline_s=60)


def nothing_found() -> str | None:
    return None


def loop_of(
    own: RedisHandle,
    run: Callable[[str], bool],
    next_ready: Callable[[], str | None] = nothing_found,
    limit: LoopLimits | None = None,
) -> WorkerLoop:
    rope = BellRope("live", connect(own.url, timeout_s=5))
    return WorkerLoop(rope, run=run, next_ready=next_ready, limits=limit or limits())


def ring(own: RedisHandle, *ids: str) -> None:
    assert RedisBell(own.url).ring([Due(one, Queue.LIVE, 0) for one in ids]) == ids


def test_bells_are_answered_in_their_order(own: RedisHandle) -> None:
    ring(own, *IDS)
    done: list[str] = []
    loop = loop_of(own, lambda work_id: done.append(work_id) is None, limit=limits(max_jobs=len(IDS)))
    assert loop.serve() is Leave.JOBS and done == IDS


def test_work_without_a_bell_is_found_by_looking(own: RedisHandle) -> None:
    left = IDS[:]
    done: list[str] = []
    loop = loop_of(
        own,
        lambda work_id: done.append(work_id) is None,
        lambda: left.pop(0) if left else None,
        limits(max_jobs=len(IDS)),
    )
    assert loop.serve() is Leave.JOBS and done == IDS


def test_without_redis_the_database_is_enough(tmp_path: Path) -> None:
    left = IDS[:]
    done: list[str] = []
    loop = loop_of(
        handle(tmp_path),
        lambda work_id: done.append(work_id) is None,
        lambda: left.pop(0) if left else None,
        limits(max_jobs=len(IDS)),
    )
    assert loop.serve() is Leave.JOBS and done == IDS


def test_a_redis_that_dies_and_comes_back_is_heard_again(
    tmp_path: Path, own: RedisHandle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_loop, "AWAY_FIRST_S", 0.05)
    monkeypatch.setattr(worker_loop, "AWAY_LAST_S", 0.1)
    assert own.server is not None
    done: list[str] = []
    looked: list[int] = []

    def run(work_id: str) -> bool:
        done.append(work_id)
        if len(done) == 1:
            assert own.server is not None and own.server.pid is not None
            os.kill(own.server.pid, signal.SIGKILL)
        return True

    def look() -> str | None:
        looked.append(1)
        if len(looked) == 3:
            assert own.server is not None
            own.server.start()
            RedisBell(own.url).ring([Due(IDS[1], Queue.LIVE, 0)])
        return None

    ring(own, IDS[0])
    assert loop_of(own, run, look, limits(max_jobs=2)).serve() is Leave.JOBS
    assert done == IDS[:2]


def test_a_bell_for_work_that_is_not_to_be_done_counts_for_nothing(own: RedisHandle) -> None:
    ring(own, *IDS[:3])
    seen: list[str] = []

    def run(work_id: str) -> bool:
        seen.append(work_id)
        return work_id == IDS[2]

    assert loop_of(own, run, limit=limits(max_jobs=1)).serve() is Leave.JOBS
    assert seen == IDS[:3]


def test_it_leaves_above_its_memory(own: RedisHandle) -> None:
    ring(own, IDS[0])
    held: list[bytes] = []
    before = rss_bytes()

    def run(_work_id: str) -> bool:
        held.append(b"\x01" * 100_000_000)
        return True

    loop = loop_of(own, run, limit=limits(max_rss_bytes=before + 50_000_000))
    assert loop.serve() is Leave.MEMORY and len(held) == 1


def test_a_database_that_is_away_ends_nothing(own: RedisHandle) -> None:
    looks: list[int] = []
    runs: list[str] = []

    def look() -> str | None:
        looks.append(1)
        if len(looks) < 3:
            raise DatabaseAway
        return IDS[0]

    def run(work_id: str) -> bool:
        runs.append(work_id)
        if len(runs) == 1:
            raise DatabaseAway
        return True

    assert loop_of(own, run, look, limits(max_jobs=1)).serve() is Leave.JOBS
    assert runs == [IDS[0], IDS[0]]


@pytest.fixture
def _handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("_handlers")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_leaves_while_it_waits(own: RedisHandle, number: signal.Signals) -> None:
    loop = loop_of(own, lambda _work_id: True)
    loop.leave_on_signals()
    timer = threading.Timer(0.2, os.kill, (os.getpid(), number))
    timer.start()
    assert loop.serve() is Leave.ASKED
    timer.join()


@pytest.mark.usefixtures("_handlers")
def test_it_finishes_what_it_has_in_hand(own: RedisHandle) -> None:
    ring(own, *IDS[:2])
    finished: list[str] = []

    def run(work_id: str) -> bool:
        os.kill(os.getpid(), signal.SIGTERM)
        finished.append(work_id)
        return True

    loop = loop_of(own, run)
    loop.leave_on_signals()
    assert loop.serve() is Leave.ASKED and finished == IDS[:1]
    # What it had not taken yet is there for the next.
    assert own.client().llen("rq:queue:live") == 1


@pytest.mark.usefixtures("_handlers")
def test_it_leaves_without_redis_too(tmp_path: Path) -> None:
    loop = loop_of(handle(tmp_path), lambda _work_id: True)
    loop.leave_on_signals()
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM))
    timer.start()
    assert loop.serve() is Leave.ASKED
    timer.join()


HANGS = """
import re
from intake.queue import deadline
deadline._GRACE_S = 0.1
with deadline.ended_after(0.2):
    re.match("(a+)+$", "a" * 64 + "b")  # holds the interpreter for longer than anybody waits
"""
IN_TIME = """
import time
from intake.queue import deadline
deadline._GRACE_S = 0.1
for _ in range(3):
    with deadline.ended_after(0.1):
        pass
time.sleep(0.5)
"""


@pytest.mark.parametrize(("script", "code"), [(HANGS, 1), (IN_TIME, 0)])
def test_work_that_hangs_in_native_code_ends_its_process(script: str, code: int) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=False, timeout=60
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (code, "", "")
