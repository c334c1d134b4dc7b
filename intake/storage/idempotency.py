"""Idempotency keys: the first answer to a call is kept, and the same call gets it again.

The key's row is written in the transaction that makes the change, so there is never one without the other. A second
caller with the same key waits for that transaction and then finds its answer. Answers to malformed calls are not kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, delete, select, update

from intake.storage.database import insert_if_new, now_ms
from intake.storage.errors import StorageError
from intake.storage.places import place
from intake.storage.schema import idempotency
from intake.storage.sealing import Sealer

# Field offices retry late (reliability.md, section 1, Stripe); issue 6 asks for seven days at least.
KEPT_MS = 8 * 24 * 3600 * 1000
# Stripe's bound (reliability.md, section 1); printable ASCII, because a header carries it.
MAX_KEY_CHARACTERS = 255
# A row without an answer is only seen by the transaction that wrote it.
_UNANSWERED = 0


class KeyReused(StorageError):
    """The key came before with another call."""

    code = "idempotency-key-reused"


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer that a key got: HTTP status and body."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class KeyedCall:
    """A call that carries a key.

    Attributes:
        client_id: Whose key it is; another client's same key is another key.
        key: As sent.
        digest: Over everything that decides about the answer (see `digest_of`).
    """

    client_id: str
    key: str
    digest: str


def is_key(text: str) -> bool:
    """True for what may be an idempotency key."""
    return 1 <= len(text) <= MAX_KEY_CHARACTERS and all("!" <= sign <= "~" for sign in text)


def digest_of(parts: Iterable[str | bytes]) -> str:
    """SHA-256 over parts, each with its length, so that no two lists of parts look alike."""
    whole = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8") if isinstance(part, str) else part
        whole.update(len(data).to_bytes(8, "big") + data)
    return whole.hexdigest()


def earlier_answer(connection: Connection, sealer: Sealer, call: KeyedCall) -> Answered | None:
    """The answer kept for this key, if any.

    Raises:
        KeyReused: It was kept for another call.
    """
    row = connection.execute(select(idempotency).where(_row(call))).first()
    if row is None or row.status == _UNANSWERED:
        return None
    if row.request_digest != call.digest:
        raise KeyReused
    return Answered(row.status, sealer.open(row.sealed_body, about=_about(call)))


def take_key(connection: Connection, sealer: Sealer, call: KeyedCall) -> Answered | None:
    """Takes the key for this transaction, or finds the answer of the one that took it before.

    Returns:
        None when the key is now taken: the caller makes the change and then calls `keep_answer`.

    Raises:
        KeyReused: It was kept for another call.
    """
    values = {
        "client_id": call.client_id,
        "key": call.key,
        "request_digest": call.digest,
        "status": _UNANSWERED,
        "sealed_body": b"",
        "created_ms": now_ms(connection),
    }
    return None if insert_if_new(connection, idempotency, values) else earlier_answer(connection, sealer, call)


def keep_answer(connection: Connection, sealer: Sealer, call: KeyedCall, answer: Answered) -> None:
    """Keeps the answer, in the transaction that made the change."""
    sealed = sealer.seal(answer.body, about=_about(call))
    connection.execute(update(idempotency).where(_row(call)).values(status=answer.status, sealed_body=sealed))


def forget_old(connection: Connection) -> int:
    """Removes keys that are older than promised; returns how many."""
    old = idempotency.c.created_ms < now_ms(connection) - KEPT_MS
    return connection.execute(delete(idempotency).where(old)).rowcount


def _row(call: KeyedCall) -> ColumnElement[bool]:
    return and_(idempotency.c.client_id == call.client_id, idempotency.c.key == call.key)


def _about(call: KeyedCall) -> bytes:
    return place(idempotency.c.sealed_body, call.client_id, call.key)
