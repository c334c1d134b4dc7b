"""Messages from the verdict to the receiver and back into the records, on real databases of both kinds."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from intake.storage.clients import revoke_client, webhook_secret
from intake.storage.deliveries import (
    DeliveryState,
    note_delivered,
)
from intake.storage.errors import FenceLost
from intake.storage.places import place
from intake.storage.schema import delivery, work
from intake.storage.work import retry_dead
from intake.tasks.deliver_webhook import deliver_webhook
from intake.tasks.run import Outcome, bury_lost, run_work
from intake.webhooks.send import Wire
from intake.webhooks.signature import verify_signature
from tests.service_parts import Installation, installation
from tests.webhook_receiver import Receiver, answer
from tests.webhook_site import (
    attempt,
    body_of,
    events_of,
    found_again,
    head_of,
    in_turn,
    list_hosts,
    now_of,
    parts,
    scored,
    taken,
    work_rows,
)


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Installation]:
    with installation(database_url, tmp_path) as made:
        yield made


def test_a_verdict_is_told_once_and_signed(site: Installation) -> None:
    with Receiver() as receiver:
        one = scored(site, receiver.port)
        assert (one.state, one.attempts, one.sequence) == (DeliveryState.WAITING, 0, 1)
        assert attempt(site, one) is Outcome.DONE
        assert attempt(site, one) is Outcome.NOT_TAKEN
    (request,) = receiver.requests
    headers, body = head_of(request), body_of(request)
    with site.service.database.read() as connection:
        secret = webhook_secret(connection, site.service.sealer, site.client_id)
    verify_signature(
        secret, body=body, event_id=headers["Intake-Event-Id"], timestamp=headers["Intake-Timestamp"],
        signature=headers["Intake-Signature"], now_s=time.time(),
    )  # fmt: skip
    told = json.loads(body)
    assert (told["event_id"], told["event"], told["sequence"]) == (one.id, "submission.scored", 1)
    assert (told["submission_id"], told["revision"], told["state"]) == (one.submission_id, 1, "in_review")
    assert (told["score"], told["band"], told["findings"]) == (100, "likely_pass", [])
    after = found_again(site, one)
    assert (after.state, after.attempts, after.last_status, after.last_error) == ("delivered", 1, 200, None)
    assert after.delivered_ms is not None and after.delivered_ms >= one.created_ms
    assert [row.state for row in work_rows(site, one.id)] == ["done"]
    delivered = {"delivery": one.id, "event": "submission.scored", "attempts": 1, "status": 200}
    assert events_of(site, one) == [("webhook-delivered", delivered)]


def test_where_to_and_what_is_sealed(site: Installation) -> None:
    one = scored(site, 1, path="/a-path-with-a-token")
    with site.service.database.read() as connection:
        row = connection.execute(select(delivery).where(delivery.c.id == one.id)).one()
    assert b"a-path-with-a-token" not in row.sealed_url
    assert one.submission_id.encode() not in row.sealed_body


def test_a_failed_try_waits_and_the_next_one_sends_the_same(site: Installation) -> None:
    with Receiver(in_turn(answer(500), answer(204, body=b""))) as receiver:
        one = scored(site, receiver.port)
        before = now_of(site)
        assert attempt(site, one) is Outcome.DONE
        waiting, (row,) = found_again(site, one), work_rows(site, one.id)
        assert (waiting.state, waiting.attempts) == ("waiting", 1)
        assert (waiting.last_status, waiting.last_error) == (500, "webhook-refused")
        # The first wait is 1 to 5 s.
        assert before + 1_000 <= waiting.next_ms <= now_of(site) + 5_000
        assert (row.state, row.due_ms, row.error, row.attempts) == ("ready", waiting.next_ms, "webhook-refused", 0)
        assert attempt(site, one) is Outcome.DONE
    first, second = receiver.requests
    assert body_of(first) == body_of(second)
    assert head_of(first)["Intake-Event-Id"] == head_of(second)["Intake-Event-Id"] == one.id
    after = found_again(site, one)
    assert (after.state, after.attempts, after.last_status, after.last_error) == ("delivered", 2, 204, None)


def test_work_that_was_put_off_is_not_taken_before_its_time(site: Installation) -> None:
    with Receiver(answer(503, "Retry-After: 120")) as receiver:
        one = scored(site, receiver.port)
        before = now_of(site)
        assert attempt(site, one) is Outcome.DONE
        (row,) = work_rows(site, one.id)
        assert run_work(row.id, site.service, parts(), worker="w") is Outcome.NOT_TAKEN
    assert before + 120_000 <= found_again(site, one).next_ms <= now_of(site) + 120_000
    assert receiver.connections == 1


def test_after_eight_tries_it_is_dead_and_can_be_driven_again(site: Installation) -> None:
    with Receiver(in_turn(*[answer(500)] * 8, answer(200))) as receiver:
        one = scored(site, receiver.port)
        for number in range(1, 8):
            assert attempt(site, one) is Outcome.DONE
            waiting = found_again(site, one)
            assert (waiting.state, waiting.attempts) == ("waiting", number)
        assert attempt(site, one) is Outcome.DONE
        dead, (row,) = found_again(site, one), work_rows(site, one.id)
        assert (dead.state, dead.attempts, dead.last_status) == ("dead", 8, 500)
        assert (row.state, row.error) == ("dead", "webhook-refused")
        assert events_of(site, one)[-1][0] == "webhook-dead"
        assert attempt(site, one) is Outcome.NOT_TAKEN
        with site.service.database.write() as connection:
            assert retry_dead(connection, row.id)
        assert attempt(site, one) is Outcome.DONE
    after = found_again(site, one)
    assert (after.state, after.attempts) == ("delivered", 1)
    assert len(receiver.requests) == 9


def test_a_receiver_that_is_gone_is_not_asked_again(site: Installation) -> None:
    with Receiver(answer(410)) as receiver:
        one = scored(site, receiver.port)
        assert attempt(site, one) is Outcome.DONE
        assert attempt(site, one) is Outcome.NOT_TAKEN
    after = found_again(site, one)
    assert (after.state, after.attempts, after.last_status, after.last_error) == ("dead", 1, 410, "webhook-gone")
    assert receiver.connections == 1


def test_no_answer_leaves_no_status(site: Installation) -> None:
    with Receiver(lambda connection: None) as receiver:
        one = scored(site, receiver.port)
        assert attempt(site, one) is Outcome.DONE
    after = found_again(site, one)
    assert (after.state, after.last_status, after.last_error) == ("waiting", None, "webhook-connection-lost")


@pytest.mark.parametrize(
    ("change", "private", "code"),
    [
        ("shorter list", True, "callback-host-not-allowed"),
        ("revoked", True, "client-revoked"),
        ("public only", False, "callback-scheme-refused"),
        ("seal", True, "seal-broken"),
    ],
)
def test_a_message_that_may_not_be_sent_any_more(site: Installation, change: str, private: bool, code: str) -> None:
    with Receiver() as receiver:
        one = scored(site, receiver.port)
        if change == "shorter list":
            list_hosts(site, "other.example")
        with site.service.database.write() as connection:
            if change == "revoked":
                assert revoke_client(connection, site.client_id)
            if change == "seal":
                # Sealed by the same key, but for the other column.
                connection.execute(update(delivery).values(sealed_body=delivery.c.sealed_url))
        assert attempt(site, one, private=private) is Outcome.DONE
    after, (row,) = found_again(site, one), work_rows(site, one.id)
    assert (after.state, after.last_error, after.last_status) == ("dead", code, None)
    assert (row.state, row.error) == ("dead", code)
    assert events_of(site, one) == [("webhook-dead", {"delivery": one.id, "event": "submission.scored", "error": code})]
    assert receiver.connections == 0


def test_a_name_that_leads_inside_is_not_called(site: Installation) -> None:
    """The list is in order; the name server is not."""
    with Receiver() as receiver:
        one = scored(site, receiver.port)
        url = f"https://hooks.example:{receiver.port}/"
        list_hosts(site, f"hooks.example:{receiver.port}")
        with site.service.database.write() as connection:
            sealed = site.service.sealer.seal(url.encode(), about=place(delivery.c.sealed_url, one.id))
            connection.execute(update(delivery).values(sealed_url=sealed))
        held = taken(site, one)
        wire = Wire(resolve=lambda host, port: ["127.0.0.1"])
        deliver_webhook(held, site.service, parts(private=False), wire=wire)
    after = found_again(site, one)
    assert (after.state, after.attempts, after.last_error) == ("waiting", 1, "webhook-address-refused")
    assert receiver.connections == 0


def test_who_lost_the_fence_writes_nothing(site: Installation) -> None:
    """A worker that was thought dead: the message went out, and will again; the record is the other one's."""

    def overtake(connection: socket.socket) -> None:
        with site.service.database.write() as other:
            other.execute(update(work).values(fence=work.c.fence + 1))
        answer(200)(connection)

    with Receiver(overtake) as receiver:
        one = scored(site, receiver.port)
        held = taken(site, one)
        with pytest.raises(FenceLost):
            deliver_webhook(held, site.service, parts())
    after = found_again(site, one)
    assert (after.state, after.attempts, events_of(site, one)) == ("waiting", 0, [])
    assert receiver.connections == 1


def test_a_message_that_kills_every_worker_is_buried(site: Installation) -> None:
    one = scored(site, 1)
    for _ in range(3):
        taken(site, one)
        with site.service.database.write() as connection:
            connection.execute(update(work).where(work.c.subject == one.id).values(lease_until_ms=0))
    assert bury_lost(site.service) == 1
    after, (row,) = found_again(site, one), work_rows(site, one.id)
    assert (after.state, after.last_error, row.state) == ("dead", "worker-killed", "dead")


def test_what_arrived_is_not_buried(site: Installation) -> None:
    one = scored(site, 1)
    taken(site, one)
    with site.service.database.write() as connection:
        note_delivered(connection, one.id, attempts=1, status=200)
        connection.execute(update(work).where(work.c.subject == one.id).values(lease_until_ms=0, attempts=3))
    assert bury_lost(site.service) == 1
    assert found_again(site, one).state is DeliveryState.DELIVERED
    assert events_of(site, one) == []
