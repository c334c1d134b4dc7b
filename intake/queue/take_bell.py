"""Takes the next bell out of a queue, and throws away what is none."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from redis import Redis, RedisError, ResponseError
from rq import Queue
from rq.exceptions import DequeueTimeout, NoSuchJobError
from rq.serializers import JSONSerializer
from rq.utils import as_text

from intake.observe.log import get_log
from intake.observe.metrics import metrics
from intake.queue.rq_job import BellJob, BellRefusedError, Ring, open_queue


class BellRope:
    """One queue of one Redis, seen from the worker that answers it."""

    def __init__(self, queue: str, connection: Redis) -> None:
        """Contacts nobody yet."""
        self._queue = open_queue(queue, connection)
        self._connection = connection

    def take(self, wait_s: int) -> Ring | None:
        """The next bell, taken out for good; None when none came in time, or when it was no bell.

        Args:
            wait_s: Whole seconds; 0 does not wait.

        Raises:
            RedisError: Redis is away, or not what it should be.
        """
        try:
            found = Queue.lpop([self._queue.key], wait_s or None, self._connection)
        except DequeueTimeout:
            return None
        except ResponseError:
            self._remove_other_type()
            raise
        return None if found is None else self._fetch(found[1])

    def _fetch(self, raw_id: bytes) -> Ring | None:
        key = BellJob.redis_job_namespace_prefix.encode() + raw_id
        try:
            ring = self._checked(BellJob.fetch(as_text(raw_id) or "", self._connection, JSONSerializer))
        except (RedisError, OSError):
            raise
        except NoSuchJobError:
            return None
        except BellRefusedError as refused:
            self._throw_away(key, refused.reason)
            return None
        except Exception:
            # Whatever a forged job makes the library stumble over must not end the worker.
            self._throw_away(key, "unreadable")
            return None
        self._connection.delete(key)
        return ring

    def _checked(self, job: Any) -> Ring:
        if not isinstance(job, BellJob) or job.origin != self._queue.name:
            raise BellRefusedError("wrong-queue")
        return job.ring

    def _throw_away(self, key: bytes, reason: str) -> None:
        get_log().warning("bell-refused", queue=self._queue.name, reason=reason)
        metrics().bell_refused(reason)
        self._connection.delete(key)

    def _remove_other_type(self) -> None:
        """Something that is no list lies where the queue belongs: then no bell could ever be rung."""
        with suppress(RedisError):
            if self._connection.type(self._queue.key) not in (b"list", b"none"):
                self._connection.delete(self._queue.key)
                get_log().warning("bell-refused", queue=self._queue.name, reason="queue-of-wrong-type")
                metrics().bell_refused("queue-of-wrong-type")
