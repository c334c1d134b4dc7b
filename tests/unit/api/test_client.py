from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.client import IntakeAway, IntakeClient, IntakeRefused, SignatureRefused, SubmissionDead, verify_signature
from api.client_answers import events_in
from intake.storage.clients import Scope
from tests.rest_site import NO_PICTURE, Site, ToApp, entered, rest_site

Handler = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """An interface with a caller who may do everything."""
    with rest_site(f"sqlite:///{tmp_path / 'intake.sqlite3'}", tmp_path) as opened:
        yield opened


@pytest.fixture
def intake(site: Site) -> Iterator[IntakeClient]:
    """A client of it."""
    with IntakeClient("http://testserver", site.place.key, transport=ToApp(site.caller())) as client:
        yield client


def test_from_upload_to_verdict(site: Site, intake: IntakeClient, tmp_path: Path) -> None:
    picture = tmp_path / "正面.jpg"
    picture.write_bytes(b"\x80")
    front = intake.upload("id_card_front", picture)
    assert (front.kind, front.state, front.is_blocked, front.raw["file"]) == (
        "id_card_front", "received", False, "正面.jpg",
    )  # fmt: skip
    filed = intake.submit(purpose="registration", entered=entered(), materials=[front.id])
    assert (filed.revision, filed.state, filed.status) == (1, "received", "审核中")
    site.work()
    scored = intake.wait_until_scored(filed.id)
    assert (scored.state, scored.score, scored.band) == ("in_review", 100, "likely_pass")
    assert [event.kind for event in intake.events(filed.id)] == ["submission-received", "submission-scored"]
    assert intake.picture(front.id).startswith(b"\xff\xd8")
    assert intake.material(front.id).state == "read"


def test_a_bad_picture_is_blocked(intake: IntakeClient) -> None:
    assert intake.upload("photo", NO_PICTURE, name="a.jpg").is_blocked


def test_refiling_and_the_same_call_again(site: Site, intake: IntakeClient) -> None:
    first = intake.submit(purpose="change", entered={}, materials={}, idempotency_key="one")
    again = intake.submit(purpose="change", entered={}, materials={}, idempotency_key="one")
    assert first.id == again.id
    site.work()
    second = intake.resubmit(first.id, entered=entered(), materials={}, region="533103")
    assert (second.id, second.revision) == (first.id, 2)
    with pytest.raises(IntakeRefused) as refused:
        intake.submit(purpose="completion", entered={}, materials={}, idempotency_key="one")
    assert (refused.value.status, refused.value.code) == (409, "idempotency-key-reused")
    assert refused.value.detail


def test_photo_tool(intake: IntakeClient) -> None:
    assert intake.check_photo(b"\x80").accepted
    assert intake.fix_photo(b"\x80", max_kb=20, keep_background=True).jpeg == b"20 True"
    refused = intake.fix_photo(NO_PICTURE)
    assert (refused.accepted, refused.jpeg) == (False, None)


def test_messages(site: Site, intake: IntakeClient) -> None:
    assert intake.deliveries() == []
    with pytest.raises(IntakeRefused) as refused:
        intake.resend("0" * 40)
    assert (refused.value.status, refused.value.code) == (404, "not-found")


def test_places_of_a_malformed_filing_are_told(intake: IntakeClient) -> None:
    with pytest.raises(IntakeRefused) as refused:
        intake.submit(purpose="holiday", entered={}, materials={})
    assert [dict(fault) for fault in refused.value.faults] == [{"at": "purpose", "kind": "literal-error"}]


def test_a_caller_without_the_scope(site: Site) -> None:
    transport = ToApp(site.stranger(Scope.DELIVERIES))
    with IntakeClient("http://testserver", "replaced", transport=transport) as other, pytest.raises(IntakeRefused):
        other.upload("photo", b"\x80")


class Answers:
    """A service that answers as a test says, one answer a call; the last one again and again."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.calls: list[httpx.Request] = []
        self._answers = list(answers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def client(answers: Answers, pauses: list[float] | None = None) -> IntakeClient:
    """A client that does not really wait."""
    pauses = [] if pauses is None else pauses
    return IntakeClient("http://service", "key", transport=httpx.MockTransport(answers), sleep=pauses.append)


def filed(state: str = "received", **changes: Any) -> httpx.Response:
    """A submission as the service tells it."""
    body = {"id": "s", "revision": 1, "state": state, "status": "审核中", "score": None, "band": None, "findings": []}
    return httpx.Response(201, json={**body, **changes})


def busy(status: int = 503, **headers: str) -> httpx.Response:
    """A refusal that may pass."""
    return httpx.Response(status, json={"code": "server-busy", "detail": "…"}, headers=headers)


@pytest.mark.parametrize(
    "first", [busy(), busy(429), busy(502), busy(504), httpx.ConnectError("x"), httpx.ReadTimeout("x"),
              httpx.RemoteProtocolError("x")],
)  # fmt: skip
def test_what_may_pass_is_tried_again_under_the_same_key(first: httpx.Response | Exception) -> None:
    answers = Answers(first, filed())
    with client(answers) as intake:
        assert intake.submit(purpose="change", entered={}, materials={}).id == "s"
    keys = {call.headers["Idempotency-Key"] for call in answers.calls}
    assert (len(answers.calls), len(keys)) == (2, 1)
    assert answers.calls[0].content == answers.calls[1].content


def test_the_services_own_pause_is_kept() -> None:
    pauses: list[float] = []
    with client(Answers(busy(**{"Retry-After": "7"}), filed()), pauses) as intake:
        intake.submission("s")
    assert len(pauses) == 1
    assert 7 <= pauses[0] <= 7 * 1.5


def test_a_pause_without_end_is_cut() -> None:
    pauses: list[float] = []
    with client(Answers(busy(**{"Retry-After": "9999"}), filed()), pauses) as intake:
        intake.submission("s")
    assert pauses[0] <= 30 * 1.25


def test_after_five_tries_it_gives_up() -> None:
    answers, pauses = Answers(busy()), list[float]()
    with client(answers, pauses) as intake, pytest.raises(IntakeAway):
        intake.submission("s")
    assert (len(answers.calls), len(pauses)) == (5, 4)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422, 500, 507])
def test_what_does_not_pass_is_told_at_once(status: int) -> None:
    answers = Answers(httpx.Response(status, text="<html>not ours</html>"))
    with client(answers) as intake, pytest.raises(IntakeRefused) as refused:
        intake.submission("s")
    assert (refused.value.status, refused.value.code, len(answers.calls)) == (status, "unknown", 1)


def test_rules_are_listed(intake: IntakeClient) -> None:
    assert intake.policies()[0]["name"] == "yunnan-2023"


def test_an_answer_of_somebody_else_is_none() -> None:
    with client(Answers(httpx.Response(200, text="<html>log in</html>"))) as intake, pytest.raises(IntakeAway):
        intake.submission("s")


def test_it_never_comes_back_earlier_than_asked() -> None:
    refused = httpx.Response(503, headers={"Retry-After": "20"}, json={"code": "server-busy"})
    pauses: list[float] = []
    with client(Answers(*[refused] * 5), pauses) as intake, pytest.raises(IntakeAway):
        intake.submission("s")
    assert all(20 <= pause <= 30 for pause in pauses)


def test_a_dead_submission_is_told() -> None:
    with client(Answers(filed("dead"))) as intake, pytest.raises(SubmissionDead) as dead:
        intake.wait_until_scored("s")
    assert dead.value.submission.id == "s"


def test_without_events_it_asks() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/events"):
            events.append(request)
            raise httpx.ConnectError("no streams here")
        return filed("in_review" if len(events) > 1 else "processing", score=90)

    events: list[httpx.Request] = []
    with IntakeClient("http://s", "k", transport=httpx.MockTransport(answer), sleep=lambda _: None) as intake:
        assert intake.wait_until_scored("s").score == 90
    assert len(events) == 2


def test_waiting_has_an_end() -> None:
    with client(Answers(filed("processing"))) as intake, pytest.raises(TimeoutError):
        intake.wait_until_scored("s", timeout_s=0)


def test_waiting_ends_in_time_while_the_stream_only_keeps_itself_open() -> None:
    class Stream(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            # Ten seconds, if anybody listened to the end.
            for _ in range(200):
                time.sleep(0.05)
                yield b": waiting\n\n"

    def answer(request: httpx.Request) -> httpx.Response:
        streams = request.url.path.endswith("/events")
        return httpx.Response(200, stream=Stream()) if streams else filed("processing")

    started = time.monotonic()
    with IntakeClient("http://s", "k", transport=httpx.MockTransport(answer)) as intake, pytest.raises(TimeoutError):
        intake.wait_until_scored("s", timeout_s=0.3)
    assert time.monotonic() - started < 5


def test_events_out_of_lines() -> None:
    lines = [
        "retry: 2000", "", ": waiting", "", "id: 3", "event: a-b", 'data: {"revision":1}', "", "event: no-number",
        "data: {}", "", "id: 4", "data: {}", "", "id: 5", "event: cut",
    ]  # fmt: skip
    assert [(one.seq, one.kind, dict(one.data)) for one in events_in(iter(lines))] == [
        (3, "a-b", {"revision": 1}),
        (4, "", {}),
    ]


def test_receivers_find_the_verification_here() -> None:
    with pytest.raises(SignatureRefused):
        verify_signature(b"secret", body=b"", event_id="0" * 40, timestamp="1", signature="v1=x", now_s=1)


def test_numbers_that_json_does_not_know_are_not_sent() -> None:
    answers = Answers(filed())
    with client(answers) as intake, pytest.raises(ValueError, match="JSON"):
        intake.submit(purpose="change", entered={"a": float("nan")}, materials={})
    assert not answers.calls
