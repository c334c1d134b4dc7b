"""What an operator sees of the queue: units of work with their ids, times and codes; nothing that was typed or read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from intake.storage.schema import work
from intake.storage.work import WorkState

_MS = 1000


@dataclass(frozen=True, slots=True)
class WorkLine:
    """One unit of work.

    Attributes:
        work_id: What `intake queue show` and `retry` take.
        task: What is done.
        subject: Id of the material, submission or delivery.
        number: Revision of the submission, 0 where there is none.
        queue: Who does it.
        state: Where it stands.
        attempts: How often it was taken.
        error: Code of the last failure.
        worker: Who has, or had, it.
        request_id: Of the call that led to it.
        due: When it could be taken, UTC.
        finished: When it ended, UTC.
    """

    work_id: str
    task: str
    subject: str
    number: int
    queue: str
    state: str
    attempts: int
    error: str | None
    worker: str | None
    request_id: str
    due: datetime
    finished: datetime | None


def work_in_state(connection: Connection, state: WorkState, *, limit: int) -> list[WorkLine]:
    """Work in one state, what was due first first."""
    statement = select(work).where(work.c.state == state).order_by(work.c.due_ms, work.c.id).limit(limit)
    return [_line(row) for row in connection.execute(statement)]


def work_line(connection: Connection, work_id: str) -> WorkLine | None:
    """One unit of work; None when there is no such id."""
    row = connection.execute(select(work).where(work.c.id == work_id)).first()
    return None if row is None else _line(row)


def _line(row: Row[Any]) -> WorkLine:
    return WorkLine(
        row.id,
        row.task,
        row.subject,
        row.number,
        row.queue,
        row.state,
        row.attempts,
        row.error,
        row.worker,
        row.request_id,
        _time(row.due_ms),
        None if row.finished_ms is None else _time(row.finished_ms),
    )


def _time(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / _MS, UTC)
