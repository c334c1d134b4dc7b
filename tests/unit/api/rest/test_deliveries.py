from __future__ import annotations

import pytest

from api.rest.schemas import DeliveryList
from intake.storage.clients import Scope
from intake.storage.deliveries import deliveries_of, note_dead
from intake.storage.event_log import events_of
from tests.rest_site import API, Site, problem

_LIST = f"{API}/deliveries"


def test_a_message_is_listed_without_address_and_content(site: Site) -> None:
    filed, message = site.tell()
    answer = site.caller().get(_LIST)
    DeliveryList.model_validate(answer.json())
    (one,) = answer.json()["deliveries"]
    assert {name: one[name] for name in ("id", "submission_id", "revision", "event", "state", "attempts")} == {
        "id": message, "submission_id": filed, "revision": 1, "event": "submission.scored", "state": "waiting",
        "attempts": 0,
    }  # fmt: skip
    assert "hooks.example" not in answer.text


def test_they_can_be_chosen_by_submission_and_state(site: Site) -> None:
    filed, _ = site.tell()
    site.tell()

    def count(**params: str) -> int:
        return len(site.caller().get(_LIST, params=params).json()["deliveries"])

    assert [count(), count(submission=filed), count(state="waiting"), count(state="dead")] == [2, 1, 2, 0]
    assert count(submission="0" * 40) == 0


@pytest.mark.parametrize("params", [{"state": "lost"}, {"submission": "short"}])
def test_malformed_choices_are_refused(site: Site, params: dict[str, str]) -> None:
    faults = problem(site.caller().get(_LIST, params=params), 422, "parameter-invalid")["faults"]
    assert [fault["at"] for fault in faults] == list(params)


def test_a_dead_message_is_sent_again_and_that_is_noted(site: Site) -> None:
    filed, message = site.tell()
    with site.place.service.database.write() as connection:
        note_dead(connection, message, error="refused", status=410, attempts=8)
    body = site.caller().post(f"{_LIST}/{message}/resend").json()
    assert (body["id"], body["state"], body["attempts"]) == (message, "waiting", 0)
    assert len(site.place.bells.take()) == 1
    with site.place.service.database.read() as connection:
        assert [one.kind for one in events_of(connection, filed)][-1] == "webhook-resent"


def test_another_callers_messages_are_neither_listed_nor_sent(site: Site) -> None:
    filed, message = site.tell()
    stranger = site.stranger(*Scope)
    assert stranger.get(_LIST).json() == {"deliveries": []}
    assert stranger.get(_LIST, params={"submission": filed}).json() == {"deliveries": []}
    problem(stranger.post(f"{_LIST}/{message}/resend"), 404, "not-found")
    assert not site.place.bells.take()
    with site.place.service.database.read() as connection:
        assert [one.id for one in deliveries_of(connection, client_id=site.place.client_id)] == [message]
