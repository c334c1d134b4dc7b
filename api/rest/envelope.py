"""What every call gets, whatever it asks for: an id, security headers, one log line, figures, and an answer.

A plain ASGI middleware, because it must also see calls that no route takes and bodies that nobody reads to the end.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from typing import Any, Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.rest.problems import Problem, problem_response
from api.rest.rate_limit import RateLimit
from intake.observe.log import bound, get_log, shown
from intake.storage.ids import new_id

REQUEST_ID = "X-Request-ID"
# What may come from outside into logs and rows; whatever looks otherwise is replaced.
_REQUEST_ID = re.compile(r"[A-Za-z0-9_.-]{8,64}", re.ASCII)
# Answers are data: no browser may run, frame, guess or keep them (reliability.md, sections 2.1 and 2.2).
SECURITY_HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
# Of a body that nobody wants, so much is read away before the connection ends: a sender that has not looked up yet
# would otherwise lose the answer to a reset.
_LINGER_S, _LINGER_BYTES = 1.0, 4 * 1024 * 1024
# Calls in hand at once, event streams among them. Each costs about 50 KB; a proxy in front has its own, smaller limit.
MOST_CALLS = 1_000
# The supervisor and a balancer ask these all the time, and above all when there are too many others.
_QUIET = ("/livez", "/readyz", "/metrics")
_SERVER_ERROR = 500


class HttpFigures(Protocol):
    """Where answered calls are counted; `intake.observe.metrics.Metrics` is one."""

    def answered(self, route: str, method: str, status: int, seconds: float) -> None: ...


class Envelope:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, *, figures: HttpFigures, by_address: RateLimit) -> None:
        """Wraps an application.

        Args:
            app: What answers.
            figures: Counts answers.
            by_address: How often one address may call, with or without a key.
        """
        self._app = app
        self._figures = figures
        self._by_address = by_address
        self._in_hand = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one call."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        call = _Call(scope, receive, send)
        scope.setdefault("state", {})["request_id"] = call.request_id
        self._in_hand += 1
        with bound(request_id=call.request_id):
            try:
                await self._answer(scope, call)
            finally:
                self._in_hand -= 1
                self._note(scope, call)

    async def _answer(self, scope: Scope, call: _Call) -> None:
        is_quiet = scope["path"] in _QUIET
        wait_s = 0 if is_quiet else self._by_address.take(address_of(scope))
        try:
            if self._in_hand > MOST_CALLS and not is_quiet:
                raise Problem("server-busy")
            if wait_s:
                raise Problem("rate-limited", headers={"Retry-After": str(wait_s)})
            await self._app(scope, call.receive, call.send)
        except Problem as problem:
            await self._refuse(scope, call, problem)
        except Exception as fault:
            # The last place before the caller: nothing of the fault's text leaves, and its place goes into the log.
            get_log().error("call-failed", exc_info=fault)
            await self._refuse(scope, call, Problem("internal-error"))

    async def _refuse(self, scope: Scope, call: _Call, problem: Problem) -> None:
        if call.status is None:
            await problem_response(problem, request_id=call.request_id)(scope, call.receive, call.send)

    def _note(self, scope: Scope, call: _Call) -> None:
        seconds = time.perf_counter() - call.started
        route = getattr(scope.get("route"), "path", "none")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        # No status: the caller went away before there was an answer; 499 is what proxies write for that.
        status = call.status or 499
        self._figures.answered(route, method, status, seconds)
        if scope["path"] not in _QUIET:
            log = get_log()
            say = log.error if status >= _SERVER_ERROR else log.info
            say("answered", method=method, route=route, status=status, seconds=seconds)


_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


def address_of(scope: Scope) -> str:
    """The caller's address; a name that is no address when the server does not know it."""
    client = scope.get("client")
    return str(client[0]) if client else "unknown"


def request_id_of(scope: Scope) -> str:
    """The id that `Envelope` gave this call."""
    return str(scope["state"]["request_id"])


class _Call:
    """One call on its way: what was received of its body, and what was answered."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        sent = headers.get(REQUEST_ID.lower().encode(), b"").decode("latin-1")
        # One that the log hides, because it may be a person's number, would find nothing and stay in rows.
        may_be_kept = _REQUEST_ID.fullmatch(sent) and shown(sent) == sent
        self.request_id = sent if may_be_kept else new_id()
        self.started = time.perf_counter()
        self.status: int | None = None
        self._receive, self._send = receive, send
        self._body_waits = headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers

    async def receive(self) -> Message:
        """The next piece of the body."""
        message = await self._receive()
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            self._body_waits = False
        return message

    async def send(self, message: Message) -> None:
        """A piece of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": self._headers(message.get("headers", []))}
            await self._send(message)
            return
        is_last = message["type"] == "http.response.body" and not message.get("more_body", False)
        if is_last and self._body_waits:
            await self._send({**message, "more_body": True})
            await self._read_away()
            message = {"type": "http.response.body", "body": b""}
        await self._send(message)

    def _headers(self, given: Any) -> list[tuple[bytes, bytes]]:
        headers = [(bytes(name), bytes(value)) for name, value in given]
        known = {name.lower() for name, _ in headers}
        added = {**SECURITY_HEADERS, REQUEST_ID: self.request_id}
        if self._body_waits:
            added["Connection"] = "close"
        headers += [
            (name.encode(), value.encode()) for name, value in added.items() if name.lower().encode() not in known
        ]
        return headers

    async def _read_away(self) -> None:
        left = _LINGER_BYTES
        try:
            async with asyncio.timeout(_LINGER_S):
                while self._body_waits and left > 0:
                    left -= len((await self.receive()).get("body", b""))
        except TimeoutError:
            return
