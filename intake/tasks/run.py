"""One unit of work from claim to result: what every worker process does, whoever told it to."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from enum import StrEnum

from intake.observe.log import bound, get_log
from intake.storage.database import Database, now_ms
from intake.storage.errors import DatabaseAway, FenceLost, StorageError
from intake.storage.work import (
    HEARTBEAT_MS,
    Claim,
    Due,
    Task,
    WorkState,
    claim,
    extend,
    fail,
    lost_for_good,
    put_off,
)
from intake.tasks.deliver_webhook import bury_delivery, deliver_webhook
from intake.tasks.judge_submission import bury_submission, judge_submission
from intake.tasks.read_material import bury_material, read_material
from intake.tasks.service import Service, WorkerParts

_TASKS: dict[Task, Callable[[Claim, Service, WorkerParts], list[Due]]] = {
    Task.READ_MATERIAL: read_material,
    Task.JUDGE_SUBMISSION: judge_submission,
    Task.DELIVER_WEBHOOK: deliver_webhook,
}
_BURIALS = {
    Task.READ_MATERIAL: bury_material,
    Task.JUDGE_SUBMISSION: bury_submission,
    Task.DELIVER_WEBHOOK: bury_delivery,
}


# A store of blobs or a key that is away says nothing about the upload, so no attempt is counted; this long between two
# tries, so that a store that comes back is not met by everything at once and an hour without it fills no log.
STORE_PAUSE_MS = 15_000


# Of one round of the sweep; the next is seconds away.
_MOST_BURIALS = 200


class Outcome(StrEnum):
    """How it ended."""

    DONE = "done"
    # It is done, not due, or somebody else's.
    NOT_TAKEN = "not-taken"
    # A newer revision or another worker took over; nothing was written.
    SUPERSEDED = "superseded"
    FAILED = "failed"
    # The store of blobs is away or full: again later, and no attempt is counted.
    PUT_OFF = "put-off"
    DEAD = "dead"


def run_work(work_id: str, service: Service, parts: WorkerParts, *, worker: str) -> Outcome:
    """Claims, does and finishes one unit of work.

    Args:
        work_id: The row.
        service: Shared parts.
        parts: The worker's own.
        worker: Name of this process, for people who look at the queue.

    Raises:
        StorageError: A store is away; the lease runs out and the work is taken again.
    """
    with service.database.write() as connection:
        held = claim(connection, work_id, worker=worker)
    if held is None:
        return Outcome.NOT_TAKEN
    started = time.perf_counter()
    with _bound(held):
        outcome = _do(held, service, parts)
        get_log().info("work-ended", outcome=outcome.value, seconds=time.perf_counter() - started)
    return outcome


def _bound(held: Claim) -> AbstractContextManager[None]:
    """Every line of the log inside says which work it is about, and which call led to it."""
    return bound(request_id=held.request_id, work_id=held.work_id, task=held.task.value, attempt=held.attempt)


def _do(held: Claim, service: Service, parts: WorkerParts) -> Outcome:
    try:
        with signs_of_life(service.database, held, deadline_s=parts.stage_deadline_s):
            ready = _TASKS[held.task](held, service, parts)
    except FenceLost:
        return Outcome.SUPERSEDED
    except StorageError as fault:
        if fault.retryable and not isinstance(fault, DatabaseAway):
            return _put_off(service, held, error=fault.code)
        return _failed(service, held, error=fault.code)
    except Exception as fault:
        # The runner of the tasks: what a library raises about one upload must not end the worker, and its text may
        # quote a document; the log keeps type and place only.
        get_log().error("task-failed", exc_info=fault)
        return _failed(service, held, error="task-failed")
    service.ring(ready)
    return Outcome.DONE


def bury_lost(service: Service) -> int:
    """Ends work whose third attempt ended without a word; returns how many there were."""
    for count in range(_MOST_BURIALS):
        # One in a transaction: whoever has written to the log must not wait for another's submission.
        with service.database.write() as connection:
            lost = lost_for_good(connection, limit=1)
            ready: list[Due] = []
            for held in lost:
                with _bound(held):
                    get_log().error("work-buried", code="worker-killed")
                fail(connection, held, error="worker-killed", final=True)
                ready += _BURIALS[held.task](connection, service, held, error="worker-killed")
        if not lost:
            return count
        service.ring(ready)
    return _MOST_BURIALS


def _put_off(service: Service, held: Claim, *, error: str) -> Outcome:
    try:
        with service.database.write() as connection:
            put_off(connection, held, due_ms=now_ms(connection) + STORE_PAUSE_MS, error=error)
    except FenceLost:
        return Outcome.SUPERSEDED
    return Outcome.PUT_OFF


def _failed(service: Service, held: Claim, *, error: str) -> Outcome:
    try:
        with service.database.write() as connection:
            state = fail(connection, held, error=error)
            ready = []
            if state is WorkState.DEAD:
                ready = _BURIALS[held.task](connection, service, held, error=error)
    except FenceLost:
        return Outcome.SUPERSEDED
    service.ring(ready)
    return Outcome.DEAD if state is WorkState.DEAD else Outcome.FAILED


@contextmanager
def signs_of_life(
    database: Database, held: Claim, *, deadline_s: float, on_deadline: Callable[[], None] | None = None
) -> Iterator[None]:
    """Extends the claim from a thread while the block runs.

    Args:
        database: Where the claim is.
        held: The claim.
        deadline_s: A block that takes longer hangs: the process ends itself, because nothing else stops a library's
            inner loop, and the lease runs out.
        on_deadline: What to do then instead, for tests.
    """
    over = threading.Event()
    end = on_deadline or _end_process

    def beat() -> None:
        lived_ms = 0
        while not over.wait(min(HEARTBEAT_MS, max(1, deadline_s * 1000 - lived_ms)) / 1000):
            lived_ms += HEARTBEAT_MS
            if lived_ms >= deadline_s * 1000:
                end()
                return
            try:
                with database.write() as connection:
                    if not extend(connection, held):
                        return
            except StorageError:
                # The next beat may come through; three may be lost.
                continue

    thread = threading.Thread(target=beat, name="signs-of-life", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _end_process() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
