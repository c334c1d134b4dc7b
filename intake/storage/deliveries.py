"""Messages to other servers: what is to be said to whom, how often it was tried, and what came of it.

The message and its work are written in the transaction of the change that they tell of, so neither exists without the
other. Its bytes are fixed then: every try sends the same ones under the same id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, select, update

from intake.storage.database import now_ms
from intake.storage.ids import new_id
from intake.storage.places import place
from intake.storage.schema import delivery, work
from intake.storage.sealing import Sealer
from intake.storage.submissions import StoredSubmission, SubmissionState
from intake.storage.work import Due, Queue, Task, WorkState, add_work, retry_dead
from intake.webhooks.body import Event, Notice, points_of, webhook_body

# Rows of one listing; who needs more names a submission.
MOST_LISTED = 200
# Where an event leaves its submission (design.md, section 3).
_STATE_AFTER = {
    Event.SCORED: SubmissionState.IN_REVIEW,
    Event.APPROVED: SubmissionState.APPROVED,
    Event.RETURNED: SubmissionState.RETURNED,
}


class DeliveryState(StrEnum):
    """Where a message stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    # Every try failed, or the receiver said that it wants none: a person has to look.
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message without its content.

    Attributes:
        id: Also the event id that receivers see.
        submission_id: What it is about.
        number: Revision of the submission.
        event: What happened.
        sequence: 1, 2, 3 … over the submission's events.
        client_id: Whose secret signs it.
        state: Where it stands.
        attempts: Tries since it was made or sent again by hand.
        next_ms: When it is tried next while it waits.
        last_status: HTTP status of the last try; None when there was no answer.
        last_error: Code of the last failure; None when there was none.
        created_ms: When it was made.
        delivered_ms: When it arrived; None before.
    """

    id: str
    submission_id: str
    number: int
    event: Event
    sequence: int
    client_id: str
    state: DeliveryState
    attempts: int
    next_ms: int
    last_status: int | None
    last_error: str | None
    created_ms: int
    delivered_ms: int | None


@dataclass(frozen=True, slots=True)
class Letter:
    """A message with its content, opened.

    Attributes:
        delivery: Its row.
        url: Where to.
        body: The bytes to send.
    """

    delivery: Delivery
    url: str
    body: bytes


def queue_delivery(
    connection: Connection,
    sealer: Sealer,
    filed: StoredSubmission,
    *,
    event: str,
    record: Mapping[str, Any] | None = None,
) -> list[Due]:
    """Writes a message and its work into the caller's transaction; each event of a revision is told once.

    Args:
        connection: Inside the writing transaction of the change, after `set_state` or `set_verdict`: they hold the
            submission's row, so that no other event of it is numbered at the same time.
        sealer: Seals URL and body.
        filed: The submission; its own state may be the one before the change.
        event: A word of `webhooks.body.Event`.
        record: The result that belongs to it (design.md, section 4); None for the one that is stored.

    Returns:
        The work to ring for; nothing when nobody wants to be called, or was told before.
    """
    if filed.callback is None or _is_queued(connection, filed, Event(event)):
        return []
    now = now_ms(connection)
    delivery_id = new_id()
    sequence = _next_sequence(connection, filed.id)
    notice = _notice(filed, Event(event), record if record is not None else filed.verdict)
    body = webhook_body(notice, event_id=delivery_id, sequence=sequence, occurred_ms=now)
    connection.execute(
        insert(delivery).values(
            id=delivery_id,
            submission_id=filed.id,
            number=filed.revision,
            event=notice.event,
            sequence=sequence,
            client_id=filed.client_id,
            sealed_url=sealer.seal(filed.callback.encode(), about=place(delivery.c.sealed_url, delivery_id)),
            sealed_body=sealer.seal(body, about=place(delivery.c.sealed_body, delivery_id)),
            state=DeliveryState.WAITING,
            attempts=0,
            next_ms=now,
            created_ms=now,
        )
    )
    return [_new_work(connection, delivery_id, number=0, request_id=filed.request_id)]


def delivery_of(connection: Connection, delivery_id: str) -> Delivery | None:
    """One message without its content."""
    row = connection.execute(select(delivery).where(delivery.c.id == delivery_id)).first()
    return None if row is None else _delivery(row)


def deliveries_of(
    connection: Connection,
    *,
    client_id: str,
    submission_id: str | None = None,
    state: DeliveryState | None = None,
    limit: int = MOST_LISTED,
) -> list[Delivery]:
    """Messages to one client, the newest first.

    Args:
        connection: Any transaction.
        client_id: Whose.
        submission_id: Only of this submission.
        state: Only those that stand there, such as the dead ones.
        limit: At most so many, up to `MOST_LISTED`.
    """
    wanted = [delivery.c.client_id == client_id]
    if submission_id is not None:
        wanted.append(delivery.c.submission_id == submission_id)
    if state is not None:
        wanted.append(delivery.c.state == state)
    statement = (
        select(delivery)
        .where(*wanted)
        .order_by(delivery.c.created_ms.desc(), delivery.c.sequence.desc(), delivery.c.id)
        .limit(min(limit, MOST_LISTED))
    )
    return [_delivery(row) for row in connection.execute(statement)]


def open_letter(connection: Connection, sealer: Sealer, delivery_id: str) -> Letter | None:
    """One message with its content; None when there is none.

    Raises:
        SealBroken: The row was changed by somebody else.
    """
    row = connection.execute(select(delivery).where(delivery.c.id == delivery_id)).first()
    if row is None:
        return None
    url = sealer.open(row.sealed_url, about=place(delivery.c.sealed_url, delivery_id))
    body = sealer.open(row.sealed_body, about=place(delivery.c.sealed_body, delivery_id))
    return Letter(_delivery(row), url.decode(), body)


def note_delivered(connection: Connection, delivery_id: str, *, attempts: int, status: int | None) -> None:
    """Notes that a message arrived."""
    _note(
        connection,
        delivery_id,
        state=DeliveryState.DELIVERED,
        attempts=attempts,
        last_status=status,
        last_error=None,
        delivered_ms=now_ms(connection),
    )


def note_failed(
    connection: Connection, delivery_id: str, *, attempts: int, status: int | None, error: str, next_ms: int
) -> None:
    """Notes a try that failed and when the next one is.

    Args:
        connection: Inside a writing transaction.
        delivery_id: The message.
        attempts: Tries so far, this one with them.
        status: HTTP status; None when there was no answer.
        error: Kebab-case code.
        next_ms: Time of the next try.
    """
    _note(
        connection,
        delivery_id,
        state=DeliveryState.WAITING,
        attempts=attempts,
        last_status=status,
        last_error=error,
        next_ms=next_ms,
    )


def note_dead(
    connection: Connection, delivery_id: str, *, error: str, status: int | None = None, attempts: int | None = None
) -> None:
    """Notes that a message is not tried any more; see `note_failed`."""
    values: dict[str, Any] = {"state": DeliveryState.DEAD, "last_status": status, "last_error": error}
    if attempts is not None:
        values["attempts"] = attempts
    _note(connection, delivery_id, **values)


def resend(connection: Connection, delivery_id: str, *, request_id: str) -> list[Due] | None:
    """Sends a message again from its first try, dead, waiting or delivered; id and bytes stay as they are.

    Args:
        connection: Inside a writing transaction.
        delivery_id: The message; whether the caller may is the caller's business.
        request_id: Of the call that asks for it.

    Returns:
        The work to ring for, nothing when it is being sent at this moment; None when there is no such message.
    """
    fresh = {"state": DeliveryState.WAITING, "attempts": 0, "next_ms": now_ms(connection)}
    # Locks the message, so that two persons who press the button at once do not add two pieces of work.
    if connection.execute(update(delivery).where(delivery.c.id == delivery_id).values(**fresh)).rowcount == 0:
        return None
    mine = and_(work.c.task == Task.DELIVER_WEBHOOK, work.c.subject == delivery_id)
    last = connection.execute(select(work).where(mine).order_by(work.c.number.desc()).limit(1)).first()
    if last is None:
        return [_new_work(connection, delivery_id, number=0, request_id=request_id)]
    if last.state in (WorkState.DONE, WorkState.SUPERSEDED):
        return [_new_work(connection, delivery_id, number=last.number + 1, request_id=request_id)]
    if last.state == WorkState.DEAD:
        retry_dead(connection, last.id)
    else:
        # A worker that took it meanwhile is left alone.
        waits = and_(work.c.id == last.id, work.c.state == WorkState.READY)
        sooner = update(work).where(waits).values(due_ms=now_ms(connection), rung_ms=None)
        if connection.execute(sooner).rowcount == 0:
            return []
    return [Due(last.id, Queue.DELIVER, 0)]


def _new_work(connection: Connection, delivery_id: str, *, number: int, request_id: str) -> Due:
    work_id = add_work(
        connection,
        task=Task.DELIVER_WEBHOOK,
        subject=delivery_id,
        number=number,
        queue=Queue.DELIVER,
        request_id=request_id,
    )
    return Due(work_id, Queue.DELIVER, 0)


def _is_queued(connection: Connection, filed: StoredSubmission, event: Event) -> bool:
    same = and_(delivery.c.submission_id == filed.id, delivery.c.number == filed.revision, delivery.c.event == event)
    return connection.execute(select(delivery.c.id).where(same)).first() is not None


def _notice(filed: StoredSubmission, event: Event, record: Mapping[str, Any] | None) -> Notice:
    known = record or {"score": None, "band": None, "findings": ()}
    return Notice(
        submission_id=filed.id,
        number=filed.revision,
        event=event,
        state=_STATE_AFTER[event].value,
        score=known["score"],
        band=known["band"],
        findings=points_of(known["findings"]),
    )


def _note(connection: Connection, delivery_id: str, **values: Any) -> None:
    connection.execute(update(delivery).where(delivery.c.id == delivery_id).values(**values))


def _next_sequence(connection: Connection, submission_id: str) -> int:
    last = select(func.max(delivery.c.sequence)).where(delivery.c.submission_id == submission_id)
    return int(connection.execute(last).scalar() or 0) + 1


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        submission_id=row.submission_id,
        number=row.number,
        event=Event(row.event),
        sequence=row.sequence,
        client_id=row.client_id,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        next_ms=row.next_ms,
        last_status=row.last_status,
        last_error=row.last_error,
        created_ms=row.created_ms,
        delivered_ms=row.delivered_ms,
    )
