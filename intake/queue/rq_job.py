"""The job that RQ carries: one id and the number of an attempt, and nothing that names code.

RQ's own job imports the function that Redis names, so whoever writes to Redis runs what he likes, with JSON too
(reliability.md, finding 1). This one never imports anything: it compares every field with what `ringing` writes, and
refuses the rest. A refused job is removed by whoever fetched it.

What this does not stop: somebody who writes to Redis can ring for any id, swallow bells, or fill the memory. The
first is harmless (the database decides what is due), the others cost seconds (workers look into the database).
"""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import dataclass
from typing import Any, NoReturn, cast

from redis import Redis, ResponseError
from rq import Queue
from rq.exceptions import NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer

from intake.queue.limits import (
    BELL_TTL_S,
    FAILURE_TTL_S,
    JOB_TIMEOUT_S,
    MAX_ATTEMPT,
    MAX_DATA_BYTES,
    MAX_JOB_FIELDS,
    MAX_JOB_MEMORY_BYTES,
    TASK_NAME,
)
from intake.storage.ids import is_id

# Fields that RQ writes with nothing in them; anything there is a callback, a group or a job in another state.
_EMPTY = (
    b"success_callback_name",
    b"failure_callback_name",
    b"stopped_callback_name",
    b"started_at",
    b"ended_at",
    b"last_heartbeat",
    b"worker_name",
    b"group_id",
    b"description",
)
_NUMBERS = {b"timeout": JOB_TIMEOUT_S, b"result_ttl": 0, b"failure_ttl": FAILURE_TTL_S, b"ttl": BELL_TTL_S}
# RQ's form of a time; only its shape matters, nobody reads it.
_TIME = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,15}Z")
_TIMES = (b"created_at", b"enqueued_at")
_FIELDS = frozenset((*_EMPTY, *_NUMBERS, *_TIMES, b"data", b"origin", b"status"))


class BellRefusedError(Exception):
    """A job that this product did not write.

    Attributes:
        reason: Stable kebab-case word for logs and figures; holds nothing of the job.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Ring:
    """What a bell says: look at this work; this was its number of attempts when it was rung."""

    work_id: str
    attempt: int


def ring_id(ring: Ring) -> str:
    """The job's id: one bell for each attempt, however often it is rung."""
    return f"work-{ring.work_id}-{ring.attempt}"


class BellJob(Job):
    """A job that holds a `Ring` and cannot be performed by RQ."""

    ring: Ring

    @classmethod
    def ringing(cls, ring: Ring, *, queue: str, connection: Redis) -> BellJob:
        """A job to be put into a queue."""
        job = cls.create(
            TASK_NAME,
            args=(ring.work_id, ring.attempt),
            connection=connection,
            serializer=JSONSerializer,
            id=ring_id(ring),
            origin=queue,
            result_ttl=_NUMBERS[b"result_ttl"],
            failure_ttl=FAILURE_TTL_S,
            ttl=BELL_TTL_S,
            timeout=JOB_TIMEOUT_S,
        )
        # The library would write the call with its arguments.
        job.description = ""
        bell = cast(BellJob, job)
        bell.ring = ring
        return bell

    def refresh(self) -> None:
        """Fetches the job's fields, unless there are more of them, or larger ones, than ours has.

        Raises:
            NoSuchJobError: It is gone; its time was over, or another worker took it.
            BellRefusedError: It is none of ours.
        """
        try:
            with self.connection.pipeline(transaction=False) as pipe:
                pipe.hlen(self.key)
                pipe.memory_usage(self.key, samples=0)
                fields, size_bytes = pipe.execute()
            if not fields:
                raise NoSuchJobError
            if fields > MAX_JOB_FIELDS or (size_bytes or 0) > MAX_JOB_MEMORY_BYTES:
                raise BellRefusedError("too-large")
            self.restore(self.connection.hgetall(self.key))
        except ResponseError as fault:
            raise BellRefusedError("wrong-type") from fault

    def restore(self, raw_data: Any) -> None:
        """Takes over fields from Redis.

        Raises:
            BellRefusedError: One of them is not what `ringing` writes.
        """
        fields: dict[bytes, bytes] = raw_data
        if not _FIELDS.issuperset(fields):
            raise BellRefusedError("unknown-field")
        if any(fields.get(name) for name in _EMPTY):
            raise BellRefusedError("field-not-empty")
        if any(fields.get(name) != str(number).encode() for name, number in _NUMBERS.items()):
            raise BellRefusedError("wrong-limit")
        if not all(_TIME.fullmatch(fields.get(name, b"")) for name in _TIMES):
            raise BellRefusedError("wrong-time")
        if fields.get(b"status") != b"queued":
            raise BellRefusedError("wrong-status")
        ring = read_ring(fields.get(b"data", b""))
        if self.id != ring_id(ring):
            raise BellRefusedError("wrong-id")
        self.origin = fields.get(b"origin", b"").decode("ascii", "replace")
        self.ring = ring

    def _refused(self) -> NoReturn:
        raise BellRefusedError("not-performed-here")

    @property
    def func(self) -> NoReturn:
        """There is none: names from Redis are never imported."""
        self._refused()

    @property
    def success_callback(self) -> NoReturn:
        """There is none."""
        self._refused()

    @property
    def failure_callback(self) -> NoReturn:
        """There is none."""
        self._refused()

    @property
    def stopped_callback(self) -> NoReturn:
        """There is none."""
        self._refused()

    def perform(self) -> NoReturn:
        """RQ's own workers run nothing of this queue."""
        self._refused()


def read_ring(data: bytes) -> Ring:
    """Reads the packed data of a job.

    Raises:
        BellRefusedError: It is anything but our one task with an id and a number.
    """
    said = _parse(_unpack(data))
    if not isinstance(said, list) or len(said) != 4:
        raise BellRefusedError("wrong-form")
    name, instance, arguments, named = said
    if name != TASK_NAME:
        raise BellRefusedError("wrong-task")
    if instance is not None or named != {} or not isinstance(arguments, list) or len(arguments) != 2:
        raise BellRefusedError("wrong-form")
    work_id, attempt = arguments
    if not is_id(work_id) or type(attempt) is not int or not 0 <= attempt <= MAX_ATTEMPT:
        raise BellRefusedError("wrong-arguments")
    return Ring(work_id, attempt)


def _unpack(data: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(data, MAX_DATA_BYTES)
    except zlib.error as fault:
        raise BellRefusedError("not-packed") from fault
    # A stream that goes on, or bytes behind its end, is none of ours.
    if not unpacker.eof or unpacker.unused_data:
        raise BellRefusedError("too-large")
    return text


def _parse(text: bytes) -> Any:
    try:
        return json.loads(text.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError) as fault:
        raise BellRefusedError("not-json") from fault


def _no_number(_word: str) -> NoReturn:
    raise ValueError


def open_queue(name: str, connection: Redis) -> Queue:
    """A queue of this product; contacts nobody.

    RQ's worker moves an id to a second list until the job is done, for a job that would else be lost with its worker.
    Ours cannot be lost, because the work stands in the database: bells are taken out for good (`Queue.lpop`).
    """
    return Queue(name, connection=connection, job_class=BellJob, serializer=JSONSerializer)
