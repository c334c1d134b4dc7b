"""Rings: tells a waiting worker through Redis that work is due, so that it need not look.

Ringing is best effort and never raises. Work that nobody rang for is found by the sweeper, and by idle workers that
look into the database themselves.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.exceptions import DuplicateJobError

from intake.queue.limits import RING_AT_ONCE, RING_REST_S, RING_TIMEOUT_S
from intake.queue.rq_job import BellJob, Ring, open_queue


class Rung(Protocol):
    """What the bell needs to know of work that is due; `intake.storage.work.Due` is one."""

    @property
    def work_id(self) -> str: ...
    @property
    def queue(self) -> str: ...
    @property
    def attempts(self) -> int: ...


def connect(url: str, *, timeout_s: float) -> Redis:
    """A client that contacts nobody yet, gives up after `timeout_s` and leaves trying again to its caller."""
    return Redis.from_url(url, socket_timeout=timeout_s, socket_connect_timeout=timeout_s, retry=Retry(NoBackoff(), 0))


class RedisBell:
    """Rings through one Redis; safe to share between threads."""

    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Contacts nobody yet.

        Args:
            url: `redis://…`, `rediss://…` or `unix://…`.
            clock: Seconds that never go back; for tests.
        """
        self._connection = connect(url, timeout_s=RING_TIMEOUT_S)
        self._clock = clock
        self._lock = threading.Lock()
        self._queues: dict[str, Queue] = {}
        self._rest_until = 0.0

    @property
    def answers(self) -> bool:
        """False while Redis is left alone after a failure."""
        return self._clock() >= self._rest_until

    def ping(self) -> bool:
        """Asks Redis whether it is there; within a second or so."""
        try:
            return bool(self._connection.ping())
        except RedisError:
            self._rest()
            return False

    def ring(self, due: Sequence[Rung]) -> tuple[str, ...]:
        """Rings for work, in order, as far as Redis answers.

        Returns:
            The ids for which a bell waits now, whether this call rang it or an earlier one. Empty while Redis is away.
        """
        rung: list[str] = []
        if not self.answers:
            return ()
        for piece in due[:RING_AT_ONCE]:
            try:
                self._ring_one(piece)
            except RedisError:
                self._rest()
                break
            rung.append(piece.work_id)
        return tuple(rung)

    def close(self) -> None:
        """Closes the connections."""
        with contextlib.suppress(RedisError):
            self._connection.close()

    def _ring_one(self, piece: Rung) -> None:
        queue = self._queue(piece.queue)
        job = BellJob.ringing(Ring(piece.work_id, piece.attempts), queue=piece.queue, connection=self._connection)
        # A bell for this attempt that waits already is as good as a new one.
        with contextlib.suppress(DuplicateJobError):
            queue.enqueue_job(job, unique=True)

    def _queue(self, name: str) -> Queue:
        with self._lock:
            if name not in self._queues:
                self._queues[name] = open_queue(name, self._connection)
            return self._queues[name]

    def _rest(self) -> None:
        self._rest_until = self._clock() + RING_REST_S
