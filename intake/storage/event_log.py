"""The append-only log: what happened to which material and submission, in one chain of keyed digests.

A changed, removed, exchanged or added row breaks the chain. Rows cut off the end are found only by whoever noted an
earlier `head` elsewhere, so an office writes the day's head down (docs/reliability.md).

A row holds ids, codes and numbers; never a name, a person's number or what a paper says.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, text

from intake.storage.database import now_ms, on_postgresql
from intake.storage.schema import event

# The digest before the first row.
BEGINNING = "0" * 64
# Any number that only this product takes for the lock under which rows are appended on PostgreSQL.
_APPEND_LOCK = 721_944_012
# Rows checked in one go.
_CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Event:
    """One row.

    Attributes:
        seq: 1, 2, 3 … without a gap.
        at_ms: When, by the database's clock.
        subject: Id of the material, submission or client that it is about.
        kind: Stable kebab-case word, such as `material-received`.
        data: Ids, codes and numbers.
        previous: Digest of the row before.
        digest: Keyed digest over all of this.
    """

    seq: int
    at_ms: int
    subject: str
    kind: str
    data: Mapping[str, Any]
    previous: str
    digest: str


@dataclass(frozen=True, slots=True)
class ChainState:
    """What a check found.

    Attributes:
        rows: How many rows were looked at.
        head: Digest of the last one.
        broken_at: `seq` of the first row that does not fit, None when all do.
    """

    rows: int
    head: str
    broken_at: int | None


def append(
    connection: Connection, *, key: bytes, subject: str, kind: str, data: Mapping[str, Any] | None = None
) -> Event:
    """Adds one row as part of the caller's transaction, which holds up other appenders until it ends.

    Args:
        connection: Inside a writing transaction; append last, so that others wait for little.
        key: The keyring's audit key.
        subject: What it is about.
        kind: What happened.
        data: Ids, codes and numbers only.
    """
    if on_postgresql(connection):
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _APPEND_LOCK})
    last = connection.execute(select(event.c.seq, event.c.digest).order_by(event.c.seq.desc()).limit(1)).first()
    seq, previous = (1, BEGINNING) if last is None else (last.seq + 1, last.digest)
    at_ms = now_ms(connection)
    written = json.dumps(dict(data or {}), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = _digest(key, seq, at_ms, subject, kind, written, previous)
    connection.execute(
        insert(event).values(
            seq=seq, at_ms=at_ms, subject=subject, kind=kind, data=written, previous=previous, digest=digest
        )
    )
    return Event(seq, at_ms, subject, kind, dict(data or {}), previous, digest)


def events_of(connection: Connection, subject: str, *, after: int = 0, limit: int = 500) -> list[Event]:
    """Rows about one subject behind `after`, oldest first."""
    statement = select(event).where(event.c.subject == subject, event.c.seq > after).order_by(event.c.seq).limit(limit)
    return [_event(dict(row._mapping)) for row in connection.execute(statement)]


def verify_chain(connection: Connection, *, key: bytes, known_head: tuple[int, str] | None = None) -> ChainState:
    """Checks the whole chain.

    Args:
        connection: Inside a reading transaction.
        key: The keyring's audit key.
        known_head: `seq` and digest noted earlier: without them, rows cut off the end go unnoticed.
    """
    rows, previous = 0, BEGINNING
    for row in _all_rows(connection):
        told = _digest(key, row["seq"], row["at_ms"], row["subject"], row["kind"], row["data"], row["previous"])
        fits = row["seq"] == rows + 1 and row["previous"] == previous and hmac.compare_digest(told, row["digest"])
        if fits and known_head is not None and row["seq"] == known_head[0]:
            fits = hmac.compare_digest(row["digest"], known_head[1])
        if not fits:
            return ChainState(rows, previous, row["seq"])
        rows, previous = rows + 1, row["digest"]
    if known_head is not None and rows < known_head[0]:
        return ChainState(rows, previous, rows + 1)
    return ChainState(rows, previous, None)


def _all_rows(connection: Connection) -> Iterator[dict[str, Any]]:
    after: int | None = None
    while True:
        statement = select(event).order_by(event.c.seq).limit(_CHUNK)
        found = connection.execute(statement if after is None else statement.where(event.c.seq > after)).all()
        if not found:
            return
        for row in found:
            yield dict(row._mapping)
        after = found[-1].seq


def _digest(key: bytes, seq: int, at_ms: int, subject: str, kind: str, data: str, previous: str) -> str:
    # A JSON list, because joining with a sign would let two different rows read the same.
    whole = json.dumps([seq, at_ms, subject, kind, data, previous], ensure_ascii=False, separators=(",", ":"))
    return hmac.new(key, whole.encode("utf-8"), hashlib.sha256).hexdigest()


def _event(row: Mapping[Any, Any]) -> Event:
    return Event(
        seq=row["seq"],
        at_ms=row["at_ms"],
        subject=row["subject"],
        kind=row["kind"],
        data=json.loads(row["data"]),
        previous=row["previous"],
        digest=row["digest"],
    )
