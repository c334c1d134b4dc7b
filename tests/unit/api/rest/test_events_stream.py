from __future__ import annotations

import asyncio
import json
from pathlib import Path
from threading import Timer

import pytest

from api.client_answers import events_in
from api.rest.events_stream import EventHub, event_text
from api.rest.problems import Problem
from intake.storage.event_log import Event, append
from tests.rest_site import API, Site, entered, problem, rest_site, with_limits


def file(site: Site, *materials: str) -> str:
    """Files a submission and returns its id."""
    body = {"purpose": "registration", "entered": entered(), "materials": list(materials)}
    return str(site.caller().post(f"{API}/submissions", json=body).json()["id"])


def follow(site: Site, submission: str, last: str | None = None) -> tuple[str, list[Event]]:
    """The whole stream, and the events in it."""
    headers = {} if last is None else {"Last-Event-ID": last}
    answer = site.caller().get(f"{API}/submissions/{submission}/events", headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert answer.headers["cache-control"] == "no-store"
    return answer.text, list(events_in(iter(answer.text.split("\n"))))  # type: ignore[arg-type]


def test_a_scored_submission_tells_what_happened_and_ends(site: Site) -> None:
    submission = file(site)
    site.work()
    text, events = follow(site, submission)
    assert [event.kind for event in events] == ["submission-received", "submission-scored"]
    assert {name: events[1].data[name] for name in ("revision", "score", "band")} == {
        "revision": 1, "score": 100, "band": "likely_pass",
    }  # fmt: skip
    assert text.startswith("retry: ")
    assert site.place.client_id not in text


def test_it_waits_until_the_verdict_and_then_ends(site: Site) -> None:
    submission = file(site)
    timer = Timer(0.2, site.work)
    timer.start()
    try:
        _, events = follow(site, submission)
    finally:
        timer.join()
    assert [event.kind for event in events][-1] == "submission-scored"


def test_it_goes_on_behind_the_last_event_that_was_seen(site: Site) -> None:
    submission = file(site)
    site.work()
    _, events = follow(site, submission)
    assert [event.kind for event in follow(site, submission, str(events[0].seq))[1]] == ["submission-scored"]
    assert follow(site, submission, str(events[-1].seq))[1] == []
    assert follow(site, submission, "9" * 18)[1] == []


@pytest.mark.parametrize("last", ["x", "-1", "1.5", "9" * 19])
def test_a_last_event_that_cannot_be_one_is_refused(site: Site, last: str) -> None:
    answer = site.caller().get(f"{API}/submissions/{file(site)}/events", headers={"Last-Event-ID": last})
    problem(answer, 422, "parameter-invalid")


def test_a_stream_ends_when_its_time_is_over_and_gives_its_place_back(tmp_path: Path) -> None:
    limit = with_limits(stream_s=0.1, streams_per_client=1)
    with rest_site(f"sqlite:///{tmp_path / 'a.sqlite3'}", tmp_path, change=limit) as site:
        submission = file(site, site.upload())
        for _ in range(3):
            assert [event.kind for event in follow(site, submission)[1]] == ["submission-received"]


def test_a_client_has_so_many_streams_and_no_more(site: Site) -> None:
    hub = site.parts.hub
    ends = [hub.open_stream("a", most=2) for _ in range(2)]
    with pytest.raises(Problem) as refused:
        hub.open_stream("a", most=2)
    assert refused.value.code == "too-many-streams"
    hub.open_stream("b", most=2)()
    ends[0]()
    hub.open_stream("a", most=2)


def test_closing_the_hub_ends_every_stream(site: Site) -> None:
    submission = file(site, site.upload())
    timer = Timer(0.3, site.parts.hub.close)
    timer.start()
    try:
        _, events = follow(site, submission)
    finally:
        timer.join()
    assert [event.kind for event in events] == ["submission-received"]


def test_followers_are_woken_for_their_subject_and_no_other(site: Site) -> None:
    service = site.place.service

    async def run() -> tuple[bool, bool]:
        hub = EventHub(service.database, look_every_s=0.01)
        with hub.follow("a") as first, hub.follow("b") as second:
            # The first look wakes all, because it cannot know what was read before it.
            await asyncio.wait_for(asyncio.gather(first.wait(), second.wait()), 10)
            first.clear(), second.clear()
            with service.database.write() as connection:
                append(connection, key=service.audit_key, subject="a", kind="test")
            await asyncio.wait_for(first.wait(), 10)
            return first.is_set(), second.is_set()

    assert asyncio.run(run()) == (True, False)


def test_text_of_an_event_is_three_lines_of_ascii() -> None:
    text = event_text(Event(7, 0, "s", "kind-of-it", {"client": "c", "error": "a\nb", "revision": 1}, "", ""))
    head, kind, data = text.removesuffix("\n\n").split("\n")
    assert (head, kind) == ("id: 7", "event: kind-of-it")
    assert json.loads(data.removeprefix("data: ")) == {"at": "1970-01-01T00:00:00.000Z", "error": "a\nb", "revision": 1}
    assert text.isascii()
