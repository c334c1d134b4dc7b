"""Sends one message, once, and writes down what came of it.

Nothing is locked while the network is waited for. The message may go out and its record may not: then it goes out again
under the same id, and the receiver throws one away (at least once, docs/webhooks.md).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from intake.observe.log import get_log
from intake.observe.metrics import metrics
from intake.storage.clients import live_client, webhook_secret
from intake.storage.database import now_ms
from intake.storage.deliveries import (
    Delivery,
    DeliveryState,
    Letter,
    delivery_of,
    note_dead,
    note_delivered,
    note_failed,
    open_letter,
)
from intake.storage.errors import SealBroken
from intake.storage.work import Claim, Due, fail, finish, put_off
from intake.tasks.service import Service, WorkerParts
from intake.webhooks.addresses import CallbackRefused, Target, check_callback, parse_callback
from intake.webhooks.backoff import next_try_ms, retry_after_s
from intake.webhooks.send import DEFAULT_WIRE, Answer, Outcome, Wire, post
from intake.webhooks.signature import signed_headers

CLIENT_REVOKED = "client-revoked"
# For jitter any source will do; this one needs no seed and no exception to a rule.
_DRAW = secrets.SystemRandom().random


@dataclass(frozen=True, slots=True)
class _Ready:
    """A message that may be sent."""

    letter: Letter
    target: Target
    secret: bytes
    now_ms: int


@dataclass(frozen=True, slots=True)
class _Never:
    """A message that will not be sent, and why."""

    code: str


def deliver_webhook(held: Claim, service: Service, parts: WorkerParts, *, wire: Wire = DEFAULT_WIRE) -> list[Due]:
    """Does one unit of work; see `intake.tasks.read_material.read_material`.

    A try that failed is no failed work: the work goes back with the time of the next try. Work is dead only when its
    message is.

    Args:
        held: Its subject is the message.
        service: Database and seals.
        parts: Say whether private addresses are allowed.
        wire: How messages get to the other side.
    """
    private = parts.webhook_private
    with service.database.read() as connection:
        found = _prepared(connection, held.subject, service, private=private)
    if isinstance(found, _Ready):
        answer = post(found.target, headers=_headers(found), body=found.letter.body, private=private, wire=wire)
        with service.database.write() as connection:
            result = _note(connection, service, held, found.letter.delivery, answer)
        _tell(held, result, answer.code, status=answer.status or 0)
        return []
    with service.database.write() as connection:
        if found is None:
            finish(connection, held)
        else:
            bury_delivery(connection, service, held, error=found.code)
            fail(connection, held, error=found.code, final=True)
    if found is not None:
        _tell(held, "dead", found.code)
    return []


def bury_delivery(connection: Connection, service: Service, held: Claim, *, error: str) -> list[Due]:
    """Notes that a message is not tried any more; an operator can have it sent again."""
    found = delivery_of(connection, held.subject)
    if found is not None and found.state is not DeliveryState.DELIVERED:
        note_dead(connection, found.id, error=error)
        _log(connection, service, found, "webhook-dead", {"error": error})
    return []


def _prepared(connection: Connection, delivery_id: str, service: Service, *, private: bool) -> _Ready | _Never | None:
    """Everything that is needed to send; None when there is nothing to send."""
    try:
        letter = open_letter(connection, service.sealer, delivery_id)
        if letter is None or letter.delivery.state is DeliveryState.DELIVERED:
            return None
        client_id = letter.delivery.client_id
        client = live_client(connection, client_id)
        if client is None:
            return _Never(CLIENT_REVOKED)
        secret = webhook_secret(connection, service.sealer, client_id)
    except SealBroken as fault:
        return _Never(fault.code)
    # The list may have become shorter since the submission named the address.
    refused = check_callback(letter.url, client.callback_hosts, private=private)
    target = parse_callback(letter.url, private=private)
    if refused is not None:
        return _Never(refused.code.value)
    if isinstance(target, CallbackRefused):
        return _Never(target.code.value)
    return _Ready(letter, target, secret, now_ms(connection))


def _headers(found: _Ready) -> dict[str, str]:
    return signed_headers(
        found.secret,
        timestamp_s=found.now_ms // 1000,
        event_id=found.letter.delivery.id,
        body=found.letter.body,
    )


def _note(connection: Connection, service: Service, held: Claim, sent: Delivery, answer: Answer) -> str:
    """Writes down what came of a try, together with the end of the work or its next time.

    The message's row is written before the work's, in the order of `resend`, so that neither waits for the other.

    Returns:
        delivered, later or dead.
    """
    # A dead message that is sent again by way of its work begins anew.
    tries = 1 if sent.state is DeliveryState.DEAD else sent.attempts + 1
    if answer.outcome is Outcome.DELIVERED:
        note_delivered(connection, sent.id, attempts=tries, status=answer.status)
        finish(connection, held)
        _log(connection, service, sent, "webhook-delivered", {"attempts": tries, "status": answer.status})
        return "delivered"
    now = now_ms(connection)
    asked_s = retry_after_s(answer.retry_after, now_s=now / 1000)
    wait_ms = next_try_ms(tries, draw=_DRAW, retry_after_s=asked_s)
    if wait_ms is None or answer.outcome is Outcome.DEAD:
        note_dead(connection, sent.id, error=answer.code, status=answer.status, attempts=tries)
        fail(connection, held, error=answer.code, final=True)
        _log(connection, service, sent, "webhook-dead", {"error": answer.code, "attempts": tries})
        return "dead"
    note_failed(connection, sent.id, attempts=tries, status=answer.status, error=answer.code, next_ms=now + wait_ms)
    put_off(connection, held, due_ms=now + wait_ms, error=answer.code)
    return "later"


def _log(connection: Connection, service: Service, about: Delivery, kind: str, more: Mapping[str, object]) -> None:
    data = {"delivery": about.id, "event": about.event.value, **more}
    service.note(connection, about.submission_id, kind, data)


def _tell(held: Claim, result: str, code: str, *, status: int = 0) -> None:
    """Log and figures; never the URL, which may hold a secret."""
    get_log().info(
        "webhook-tried", delivery_id=held.subject, work_id=held.work_id, request_id=held.request_id, outcome=result,
        code=code, status=status,
    )  # fmt: skip
    metrics().webhook_tried(result)
