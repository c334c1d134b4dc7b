"""Units of work: who does which, for how long, and what happens when whoever had it dies.

A row is the job; the queue only tells a worker to look (design.md section 6). Claiming counts the attempt and raises
the fence; every later write of the claimant carries its fence, so one that was thought dead writes nothing any more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, update

from intake.storage.database import now_ms, on_postgresql
from intake.storage.errors import FenceLost
from intake.storage.ids import new_id
from intake.storage.schema import work

# A claim is good for so long without a sign of life; with the sweep every 5 s, orphaned work starts again within 40 s
# (issue 6), also when the bell has to be rung twice.
LEASE_MS = 20_000
# Three signs of life may be lost before a lease runs out.
HEARTBEAT_MS = 5_000
# The third failed attempt is the last (design.md section 6).
MAX_ATTEMPTS = 3
# A failed attempt waits this long, times the number of attempts, so that a passing fault can pass.
RETRY_MS = 2_000
# A bell that was rung and brought no worker is rung again after this time.
RING_AGAIN_MS = 15_000


class Task(StrEnum):
    """What there is to do."""

    READ_MATERIAL = "read_material"
    JUDGE_SUBMISSION = "judge_submission"
    DELIVER_WEBHOOK = "deliver_webhook"


class Queue(StrEnum):
    """Who does it: live uploads, archives, or messages to other servers."""

    LIVE = "live"
    BATCH = "batch"
    DELIVER = "deliver"


class WorkState(StrEnum):
    """Where a unit of work stands."""

    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to do one unit of work until the lease runs out.

    Attributes:
        work_id: The row.
        task: What to do.
        subject: Id of the material, submission or delivery.
        number: Revision of the submission, 0 where there is none.
        attempt: 1 for the first.
        fence: Rises with every claim; a write with an older one is refused.
        request_id: Of the call that led to it.
    """

    work_id: str
    task: Task
    subject: str
    number: int
    attempt: int
    fence: int
    request_id: str


@dataclass(frozen=True, slots=True)
class Due:
    """Work that a worker should be told about."""

    work_id: str
    queue: Queue
    attempts: int


@dataclass(frozen=True, slots=True)
class QueueFigure:
    """How much lies in one state of one queue, and for how long the oldest has been due (milliseconds)."""

    queue: Queue
    state: WorkState
    count: int
    oldest_ms: int


def add_work(
    connection: Connection,
    *,
    task: Task,
    subject: str,
    number: int = 0,
    queue: Queue,
    request_id: str,
    due_ms: int | None = None,
) -> str:
    """Writes work into the caller's transaction; the same task for the same subject and number exists once.

    Returns:
        Its id, that of the existing row when there is one.
    """
    same = and_(work.c.task == task, work.c.subject == subject, work.c.number == number)
    known = connection.execute(select(work.c.id).where(same)).scalar()
    if known is not None:
        return str(known)
    now = now_ms(connection)
    work_id = new_id()
    connection.execute(
        insert(work).values(
            id=work_id, task=task, subject=subject, number=number, queue=queue, state=WorkState.READY, attempts=0,
            fence=0, due_ms=now if due_ms is None else due_ms, request_id=request_id, created_ms=now,
            # Whoever adds work rings for it when its transaction is through; the sweep does when that was not heard,
            # and for what is due later.
            rung_ms=now if due_ms is None or due_ms <= now else None,
        )
    )  # fmt: skip
    return work_id


def claim(connection: Connection, work_id: str, *, worker: str) -> Claim | None:
    """Takes one unit of work; None when it is done, not due yet, or somebody else has it."""
    now = now_ms(connection)
    statement = (
        update(work)
        .where(work.c.id == work_id, _can_be_taken(now))
        .values(
            state=WorkState.RUNNING,
            attempts=work.c.attempts + 1,
            fence=work.c.fence + 1,
            lease_until_ms=now + LEASE_MS,
            worker=worker,
            started_ms=now,
        )
        .returning(work.c.task, work.c.subject, work.c.number, work.c.attempts, work.c.fence, work.c.request_id)
    )
    row = connection.execute(statement).first()
    if row is None:
        return None
    return Claim(work_id, Task(row.task), row.subject, row.number, row.attempts, row.fence, row.request_id)


def _can_be_taken(now: int) -> ColumnElement[bool]:
    # The lease of the last attempt may run out too: then the row is buried by `bury_lost`, not claimed again.
    ready = and_(work.c.state == WorkState.READY, work.c.due_ms <= now)
    orphaned = and_(work.c.state == WorkState.RUNNING, work.c.lease_until_ms < now, work.c.attempts < MAX_ATTEMPTS)
    return or_(ready, orphaned)


def extend(connection: Connection, held: Claim) -> bool:
    """A sign of life; False when the claim is no longer held."""
    until = now_ms(connection) + LEASE_MS
    return connection.execute(update(work).where(_held(held)).values(lease_until_ms=until)).rowcount == 1


def finish(connection: Connection, held: Claim) -> None:
    """Marks work done, in the transaction that writes its result.

    Raises:
        FenceLost: Somebody else holds it now; the caller's transaction must not be committed.
    """
    now = now_ms(connection)
    values = {"state": WorkState.DONE, "finished_ms": now, "lease_until_ms": None, "error": None}
    _must_hold(connection.execute(update(work).where(_held(held)).values(**values)).rowcount)


def put_off(connection: Connection, held: Claim, *, due_ms: int, error: str) -> None:
    """Gives work back for later without counting the attempt, as a webhook does that has its own patience.

    Raises:
        FenceLost: See `finish`.
    """
    values = {
        "state": WorkState.READY,
        "attempts": held.attempt - 1,
        "due_ms": due_ms,
        "rung_ms": None,
        "lease_until_ms": None,
        "error": error,
    }
    _must_hold(connection.execute(update(work).where(_held(held)).values(**values)).rowcount)


def fail(connection: Connection, held: Claim, *, error: str, final: bool = False) -> WorkState:
    """Ends an attempt that failed: ready again after a pause, or dead after the third.

    Args:
        connection: Inside a writing transaction.
        held: The claim.
        error: Kebab-case code; never a text from a document or a library.
        final: Bury it at once, because another attempt cannot help.

    Raises:
        FenceLost: See `finish`.
    """
    now = now_ms(connection)
    state = WorkState.DEAD if final or held.attempt >= MAX_ATTEMPTS else WorkState.READY
    values = {
        "state": state,
        "due_ms": now + RETRY_MS * held.attempt,
        "rung_ms": None,
        "lease_until_ms": None,
        "error": error,
        "finished_ms": now if state is WorkState.DEAD else None,
    }
    _must_hold(connection.execute(update(work).where(_held(held)).values(**values)).rowcount)
    return state


def supersede(connection: Connection, *, task: Task, subject: str, number: int) -> None:
    """Ends work whose result nobody wants any more; whoever has it in hand loses the fence."""
    now = now_ms(connection)
    open_states = (WorkState.READY, WorkState.RUNNING)
    same = and_(work.c.task == task, work.c.subject == subject, work.c.number == number, work.c.state.in_(open_states))
    values = {"state": WorkState.SUPERSEDED, "fence": work.c.fence + 1, "lease_until_ms": None, "finished_ms": now}
    connection.execute(update(work).where(same).values(**values))


def due(connection: Connection, *, limit: int = 200) -> list[Due]:
    """Work that can be taken now and for which no bell was rung lately, the oldest first."""
    now = now_ms(connection)
    unrung = or_(work.c.rung_ms.is_(None), work.c.rung_ms < now - RING_AGAIN_MS)
    statement = (
        select(work.c.id, work.c.queue, work.c.attempts)
        .where(_can_be_taken(now), unrung)
        .order_by(work.c.due_ms)
        .limit(limit)
    )
    return [Due(row.id, Queue(row.queue), row.attempts) for row in connection.execute(statement)]


def next_ready(connection: Connection, queue: Queue) -> str | None:
    """The oldest work of a queue that can be taken now, for a worker that hears no bell."""
    statement = (
        select(work.c.id)
        .where(work.c.queue == queue, _can_be_taken(now_ms(connection)))
        .order_by(work.c.due_ms)
        .limit(1)
    )
    if on_postgresql(connection):
        statement = statement.with_for_update(skip_locked=True)
    return connection.execute(statement).scalar()


def mark_rung(connection: Connection, ids: Iterable[str]) -> None:
    """Notes that the bell was rung for these."""
    connection.execute(update(work).where(work.c.id.in_(list(ids))).values(rung_ms=now_ms(connection)))


def lost_for_good(connection: Connection, *, limit: int = 200) -> list[Claim]:
    """Takes work whose last attempt ended without a word, such as an image that kills every process that opens it.

    Returns:
        Claims that the caller must `fail` in the same transaction, together with what it writes about the subject.
    """
    now = now_ms(connection)
    lost = and_(work.c.state == WorkState.RUNNING, work.c.lease_until_ms < now, work.c.attempts >= MAX_ATTEMPTS)
    chosen = select(work.c.id).where(lost).order_by(work.c.due_ms).limit(limit)
    statement = (
        update(work)
        .where(work.c.id.in_(chosen.scalar_subquery()), lost)
        .values(fence=work.c.fence + 1, lease_until_ms=now + LEASE_MS)
        .returning(work.c.id, work.c.task, work.c.subject, work.c.number, work.c.attempts, work.c.fence,
                   work.c.request_id)
    )  # fmt: skip
    return [
        Claim(row.id, Task(row.task), row.subject, row.number, row.attempts, row.fence, row.request_id)
        for row in connection.execute(statement)
    ]


def retry_dead(connection: Connection, work_id: str) -> bool:
    """Gives dead work three more attempts, because a person asked for it; False when it is not dead."""
    values = {"state": WorkState.READY, "attempts": 0, "due_ms": now_ms(connection), "rung_ms": None,
              "finished_ms": None}  # fmt: skip
    dead = and_(work.c.id == work_id, work.c.state == WorkState.DEAD)
    return connection.execute(update(work).where(dead).values(**values)).rowcount == 1


def queue_figures(connection: Connection) -> list[QueueFigure]:
    """How much work lies where; finished work is not counted."""
    now = now_ms(connection)
    states = (WorkState.READY, WorkState.RUNNING, WorkState.DEAD)
    statement = (
        select(work.c.queue, work.c.state, func.count().label("found"), func.min(work.c.due_ms).label("oldest"))
        .where(work.c.state.in_(states))
        .group_by(work.c.queue, work.c.state)
    )
    return [
        QueueFigure(Queue(row.queue), WorkState(row.state), row.found, max(0, now - row.oldest))
        for row in connection.execute(statement)
    ]


def _held(held: Claim) -> ColumnElement[bool]:
    return and_(work.c.id == held.work_id, work.c.fence == held.fence, work.c.state == WorkState.RUNNING)


def _must_hold(rows: int) -> None:
    if rows != 1:
        raise FenceLost
