"""Messages sent again by hand, and which messages there are, on real databases of both kinds."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from intake.storage.deliveries import (
    Delivery,
    DeliveryState,
    deliveries_of,
    queue_delivery,
    resend,
)
from intake.storage.ids import new_id
from intake.storage.schema import work
from intake.storage.submissions import Filing, StoredSubmission, add_revision, lock_submission, submission_of
from intake.tasks.run import Outcome, run_work
from intake.webhooks.body import Event
from tests.service_parts import POLICY, REGION, Installation, installation
from tests.webhook_receiver import Receiver, answer
from tests.webhook_site import (
    attempt,
    body_of,
    found_again,
    head_of,
    in_turn,
    parts,
    scored,
    taken,
    work_rows,
)


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Installation]:
    with installation(database_url, tmp_path) as made:
        yield made


@pytest.fixture
def postgresql_site(postgresql_url: str, tmp_path: Path) -> Iterator[Installation]:
    with installation(postgresql_url, tmp_path) as made:
        yield made


# Sending again by hand.


def again(site: Installation, one: Delivery) -> list[str] | None:
    with site.service.database.write() as connection:
        ready = resend(connection, one.id, request_id="again")
    return None if ready is None else [due.work_id for due in ready]


def test_a_delivered_message_is_sent_again_under_the_same_id(site: Installation) -> None:
    with Receiver() as receiver:
        one = scored(site, receiver.port)
        attempt(site, one)
        (rung,) = again(site, one) or []
        assert found_again(site, one).state is DeliveryState.WAITING
        assert run_work(rung, site.service, parts(), worker="w") is Outcome.DONE
    first, second = receiver.requests
    assert body_of(first) == body_of(second)
    assert head_of(second)["Intake-Event-Id"] == one.id
    assert found_again(site, one).state is DeliveryState.DELIVERED
    assert [(row.number, row.state) for row in work_rows(site, one.id)] == [(0, "done"), (1, "done")]


def test_a_dead_message_is_sent_again(site: Installation) -> None:
    with Receiver(in_turn(answer(410), answer(200))) as receiver:
        one = scored(site, receiver.port)
        attempt(site, one)
        assert again(site, one) == [work_rows(site, one.id)[0].id]
        assert attempt(site, one) is Outcome.DONE
    after = found_again(site, one)
    assert (after.state, after.attempts) == ("delivered", 1)
    assert len(work_rows(site, one.id)) == 1


def test_a_waiting_message_is_sent_now_and_starts_counting_anew(site: Installation) -> None:
    with Receiver(in_turn(answer(503, "Retry-After: 3600"), answer(200))) as receiver:
        one = scored(site, receiver.port)
        attempt(site, one)
        (row,) = work_rows(site, one.id)
        assert again(site, one) == [row.id]
        assert found_again(site, one).attempts == 0
        # Nothing moves its time here: it is due.
        assert run_work(row.id, site.service, parts(), worker="w") is Outcome.DONE
    assert found_again(site, one).state is DeliveryState.DELIVERED


def test_a_message_that_is_being_sent_is_left_alone(site: Installation) -> None:
    one = scored(site, 1)
    taken(site, one)
    assert again(site, one) == []
    assert [row.state for row in work_rows(site, one.id)] == ["running"]


def test_an_unknown_message_cannot_be_sent_again(site: Installation) -> None:
    with site.service.database.write() as connection:
        assert resend(connection, new_id(), request_id="again") is None
        assert connection.execute(select(func.count()).select_from(work)).scalar_one() == 0


def test_two_persons_press_the_button_at_once(site: Installation) -> None:
    with Receiver() as receiver:
        one = scored(site, receiver.port)
        attempt(site, one)
        start = threading.Barrier(8)

        def press() -> list[str] | None:
            start.wait()
            return again(site, one)

        with ThreadPoolExecutor(8) as pool:
            rung = [done.result() for done in [pool.submit(press) for _ in range(8)]]
    assert len({work_id for ids in rung for work_id in ids or ()}) == 1
    assert len(work_rows(site, one.id)) == 2


# Which messages there are.


def stored(site: Installation, submission_id: str) -> StoredSubmission:
    with site.service.database.read() as connection:
        found = submission_of(connection, site.service.sealer, submission_id)
    assert found is not None
    return found


def tell(site: Installation, filed: StoredSubmission, event: str) -> int:
    with site.service.database.write() as connection:
        lock_submission(connection, filed.id)
        return len(queue_delivery(connection, site.service.sealer, filed, event=event))


def test_events_of_a_submission_are_numbered_over_its_revisions(site: Installation) -> None:
    first = scored(site, 1)
    filed = stored(site, first.submission_id)
    assert tell(site, filed, "submission.returned") == 1
    with site.service.database.write() as connection:
        filing = Filing({}, {}, None)
        add_revision(connection, site.service.sealer, filed.id, filing, policy=POLICY, region=REGION, request_id="r")
    filed = stored(site, filed.id)
    assert filed.revision == 2
    assert [tell(site, filed, event) for event in ("submission.scored", "submission.approved")] == [1, 1]
    # Each is told once.
    assert [tell(site, filed, event) for event in ("submission.scored", "submission.approved")] == [0, 0]
    with site.service.database.read() as connection:
        found = deliveries_of(connection, client_id=site.client_id, submission_id=filed.id)
    assert sorted((d.sequence, d.number, d.event) for d in found) == [
        (1, 1, Event.SCORED), (2, 1, Event.RETURNED), (3, 2, Event.SCORED), (4, 2, Event.APPROVED),
    ]  # fmt: skip


def test_who_named_no_address_is_told_nothing(site: Installation) -> None:
    site.file({})
    (judging,) = site.bells.take()
    assert run_work(judging, site.service, parts(), worker="w") is Outcome.DONE
    assert site.bells.take() == []
    with site.service.database.read() as connection:
        assert deliveries_of(connection, client_id=site.client_id) == []


def test_an_unknown_event_is_refused(site: Installation) -> None:
    filed = stored(site, scored(site, 1).submission_id)
    with pytest.raises(ValueError):
        tell(site, filed, "submission.eaten")


def test_listing_shows_only_what_was_asked_for(site: Installation) -> None:
    with Receiver() as receiver:
        first = scored(site, receiver.port)
        attempt(site, first)
    second = scored(site, 1)

    def listed(**wanted: Any) -> Sequence[str]:
        with site.service.database.read() as connection:
            return [one.id for one in deliveries_of(connection, **{"client_id": site.client_id, **wanted})]

    assert sorted(listed()) == sorted([first.id, second.id])
    assert listed(state=DeliveryState.DELIVERED) == [first.id]
    assert listed(state=DeliveryState.DEAD) == []
    assert listed(submission_id=second.submission_id) == [second.id]
    assert listed(client_id=new_id()) == []
    assert len(listed(limit=1)) == 1


def test_on_postgresql_events_told_at_once_get_different_numbers(postgresql_site: Installation) -> None:
    site = postgresql_site
    filed = stored(site, scored(site, 1).submission_id)
    start = threading.Barrier(2)

    def told(event: str) -> int:
        start.wait()
        return tell(site, filed, event)

    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(told, ("submission.returned", "submission.approved")))
    assert made == [1, 1]
    with site.service.database.read() as connection:
        found = deliveries_of(connection, client_id=site.client_id)
    assert sorted(one.sequence for one in found) == [1, 2, 3]
