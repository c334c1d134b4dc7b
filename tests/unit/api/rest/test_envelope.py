from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Message, Receive, Scope, Send

from api.rest.envelope import SECURITY_HEADERS, Envelope
from api.rest.rate_limit import RateLimit
from tests.rest_site import API, Site, problem, rest_site, with_limits

_OWN_ID = re.compile(r"[0-9a-f]{40}")


@pytest.mark.parametrize("sent", ["abcdefgh", "a" * 64, "A.b_c-9999"])
def test_a_callers_id_is_used_and_told(site: Site, sent: str) -> None:
    assert site.caller().get("/livez", headers={"X-Request-ID": sent}).headers["x-request-id"] == sent


@pytest.mark.parametrize(
    "sent",
    [
        "a" * 7,
        "a" * 65,
        "abcd efgh",
        "530111198210097758;x",
        "530111198210097758",
        "req-20261127080000123-1",
        "身份证号码",
    ],
)
def test_an_id_that_could_carry_something_is_replaced(site: Site, sent: str) -> None:
    answer = site.caller().get("/livez", headers=[(b"x-request-id", sent.encode())])
    assert _OWN_ID.fullmatch(answer.headers["x-request-id"])


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/livez", 200),
        ("GET", "/openapi.json", 200),
        ("GET", "/nowhere", 404),
        ("DELETE", "/livez", 405),
        ("GET", f"{API}/materials/{'0' * 40}", 404),
        ("POST", f"{API}/submissions", 415),
    ],
)
def test_every_answer_carries_the_security_headers(site: Site, method: str, path: str, status: int) -> None:
    answer = site.caller().request(method, path)
    assert answer.status_code == status
    for name, value in SECURITY_HEADERS.items():
        assert answer.headers[name] == value
    assert "access-control-allow-origin" not in answer.headers


def test_unknown_routes_and_methods_are_problems(site: Site) -> None:
    problem(site.caller().get("/nowhere"), 404, "route-unknown")
    refused = site.caller().delete("/livez")
    problem(refused, 405, "method-not-allowed")
    assert refused.headers["allow"] == "GET"
    both = site.caller().delete(f"{API}/submissions/{'0' * 40}")
    assert both.headers["allow"] == "GET, PUT"


def test_a_fault_of_the_program_tells_nothing_of_itself(site: Site) -> None:
    site.checks.fault = RuntimeError("530111198210097758 /secret/path")
    answer = site.caller().post(f"{API}/photo/check", files={"file": b"x"})
    problem(answer, 500, "internal-error")
    for word in ("530111198210097758", "secret", "RuntimeError", "Traceback", ".py"):
        assert word not in answer.text


def test_one_address_is_slowed_down_and_health_is_not(tmp_path: Path) -> None:
    limit = with_limits(addresses=RateLimit(6, clock=lambda: 0.0))
    with rest_site(f"sqlite:///{tmp_path / 'a.sqlite3'}", tmp_path, change=limit) as site:
        caller, other = site.caller(""), site.caller("", address="192.0.2.8")
        problem(caller.get("/nowhere"), 404, "route-unknown")
        answer = caller.get("/nowhere")
        problem(answer, 429, "rate-limited")
        assert answer.headers["retry-after"] == "10"
        problem(other.get("/nowhere"), 404, "route-unknown")
        assert caller.get("/livez").status_code == 200


@pytest.mark.parametrize(("others", "status"), [(0, 200), (1, 200), (2, 503)])
def test_more_calls_than_it_can_hold_are_told_to_come_again(
    others: int, status: int, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.rest.envelope.MOST_CALLS", 2)

    async def waits(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/wait":
            await over.wait()
        await PlainTextResponse("done")(scope, receive, send)

    async def together() -> tuple[int, int]:
        nonlocal over
        over = asyncio.Event()
        wrapped = Envelope(waits, figures=site.parts.figures, by_address=RateLimit(0))
        before = [asyncio.create_task(_asked(wrapped, "/wait")) for _ in range(others)]
        await asyncio.sleep(0)
        found = await _asked(wrapped, "/other"), await _asked(wrapped, "/livez")
        over.set()
        assert await asyncio.gather(*before) == [200] * others
        # Those that went away make room.
        assert await _asked(wrapped, "/other") == 200
        return found

    over = asyncio.Event()
    assert asyncio.run(together()) == (status, 200)


async def _asked(wrapped: Envelope, path: str) -> int:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await wrapped({"type": "http", "method": "GET", "path": path, "headers": [], "client": None}, receive, send)
    return int(sent[0]["status"])


class _Call:
    """A call whose body never ends, and what was answered."""

    def __init__(self, *, ends: bool, length: bytes = b"1000") -> None:
        self.sent: list[Message] = []
        self.received = 0
        self._ends = ends
        self.scope: Scope = {
            "type": "http", "method": "POST", "path": "/", "headers": [(b"content-length", length)], "client": None,
        }  # fmt: skip

    async def receive(self) -> Message:
        self.received += 1
        return {"type": "http.request", "body": b"x" * 65_536, "more_body": not self._ends}

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    def run(self, site: Site, app: object) -> None:
        """Sends it through the envelope."""
        wrapped = Envelope(app, figures=site.parts.figures, by_address=RateLimit(0))  # type: ignore[arg-type]
        asyncio.run(wrapped(self.scope, self.receive, self.send))

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.sent[0]["headers"])


async def _reads_nothing(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("no", 422)(scope, receive, send)


async def _reads_all(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await Response(str(len(body)))(scope, receive, send)


def test_a_body_that_nobody_wants_is_read_away_within_bounds_and_the_connection_ends(site: Site) -> None:
    call = _Call(ends=False)
    call.run(site, _reads_nothing)
    assert call.headers[b"Connection"] == b"close"
    assert [message.get("more_body", False) for message in call.sent[1:]] == [True, False]
    assert call.received == 4 * 1024 * 1024 // 65_536


def test_a_body_that_was_read_keeps_the_connection(site: Site) -> None:
    call = _Call(ends=True)
    call.run(site, _reads_all)
    assert b"Connection" not in call.headers
    assert (call.received, call.sent[1]["body"]) == (1, b"65536")


def test_without_a_body_the_connection_stays(site: Site) -> None:
    call = _Call(ends=True, length=b"0")
    call.run(site, _reads_nothing)
    assert b"Connection" not in call.headers
    assert call.received == 0


def test_counted_by_pattern_and_never_by_path(site: Site) -> None:
    site.caller().get(f"{API}/materials/{'a' * 40}")
    site.caller().get("/530111198210097758")
    site.caller().request("FORGE", "/livez")
    text = site.parts.figures.render((), redis_up=True).decode()
    assert 'route="/materials/{material_id}",status="404"' in text
    assert 'method="GET",route="none",status="404"' in text
    assert 'method="other"' in text
    assert "530111198210097758" not in text
    assert "aaaa" not in text
