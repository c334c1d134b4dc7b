"""Sends one message to one receiver, once, and says what came of it.

Redirects are not followed: their target was never checked. The answer's status counts, its content does not; no more
of it is read than lets the other side finish its sentence. Proxies of the environment are not used, because a proxy
would look the name up again.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import httpcore

from intake.webhooks.addresses import Target
from intake.webhooks.pinned import (
    PIECE_BYTES,
    Deadline,
    Failure,
    PinnedBackend,
    PostFailed,
    Resolver,
    checked_addresses,
    system_addresses,
)

# For looking up, connecting, sending and waiting together; half of a lease (design.md, section 6), so that a worker
# still holds the work when it writes down what happened.
DEADLINE_S = 10.0
# How long the rest of an answer may take whose status has come, seconds.
_REST_S = 1.0
# Nothing about versions: receivers log it, and so do those who listen.
_AGENT = "accountant-intake"
_GONE = 410
# RFC 9110 sections 15.6.4 and RFC 6585 section 4: these two come with a Retry-After that is meant.
_ASKS_TO_WAIT = frozenset((429, 503))


class Outcome(StrEnum):
    """What follows from an answer."""

    DELIVERED = "delivered"
    AGAIN = "again"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one try.

    Attributes:
        status: HTTP status; None when there was no answer.
        failure: Why there was none; None otherwise.
        retry_after: The text of the Retry-After header where it counts; None otherwise.
    """

    status: int | None = None
    failure: Failure | None = None
    retry_after: str | None = None

    @property
    def outcome(self) -> Outcome:
        """2xx is delivered; 410 says that nobody will ever listen there; everything else may get better."""
        if self.status is not None and 200 <= self.status <= 299:
            return Outcome.DELIVERED
        return Outcome.DEAD if self.status == _GONE else Outcome.AGAIN

    @property
    def code(self) -> str:
        """Stable code for the record."""
        if self.failure is not None:
            return self.failure.value
        if self.outcome is Outcome.DELIVERED:
            return "webhook-delivered"
        if self.outcome is Outcome.DEAD:
            return "webhook-gone"
        return "webhook-redirected" if self.status is not None and 300 <= self.status <= 399 else "webhook-refused"


@dataclass(frozen=True, slots=True)
class Wire:
    """How messages get to the other side.

    Attributes:
        resolve: Finds addresses; asked once a message, and not at all when the host is an address.
        tls: Whom to trust; None for the system's list (OpenSSL's SSL_CERT_FILE names a site's own).
        deadline_s: For everything together.
    """

    resolve: Resolver = system_addresses
    tls: ssl.SSLContext | None = None
    deadline_s: float = DEADLINE_S


DEFAULT_WIRE = Wire()


def post(
    target: Target, *, headers: Mapping[str, str], body: bytes, private: bool, wire: Wire = DEFAULT_WIRE
) -> Answer:
    """Posts a message; never raises for what the network or the receiver does.

    Args:
        target: From `parse_callback`.
        headers: Beside those that every message has.
        body: JSON.
        private: The setting that allows the site's own addresses.
        wire: How it gets there.
    """
    deadline = Deadline(wire.deadline_s)
    try:
        asked = wire.resolve if target.address is None else _as_it_is
        addresses = checked_addresses(target.host, target.port, resolve=asked, private=private, deadline=deadline)
        backend = PinnedBackend(addresses, deadline)
        return _exchanged(target, _all_headers(target, headers, body), body, backend, wire.tls or _trusted())
    except PostFailed as fault:
        return Answer(failure=fault.failure)
    except httpcore.ProtocolError:
        return Answer(failure=Failure.GARBLED)


def _exchanged(
    target: Target, headers: list[tuple[bytes, bytes]], body: bytes, backend: PinnedBackend, tls: ssl.SSLContext
) -> Answer:
    origin = httpcore.Origin(target.scheme.encode(), target.host.encode(), target.port)
    url = httpcore.URL(scheme=origin.scheme, host=origin.host, port=origin.port, target=target.path.encode())
    with (
        httpcore.HTTPConnection(origin, ssl_context=tls, network_backend=backend) as connection,
        connection.stream("POST", url, headers=headers, content=body) as response,
    ):
        _let_finish(response, backend.deadline)
        return Answer(response.status, retry_after=_retry_after(response))


def _let_finish(response: httpcore.Response, deadline: Deadline) -> None:
    """Takes one piece of the rest, so that a receiver with a short answer is not cut off; its status counts anyhow."""
    deadline.shorten(_REST_S)
    try:
        next(iter(response.iter_stream()), None)
    except (PostFailed, httpcore.ProtocolError):
        return


def _retry_after(response: httpcore.Response) -> str | None:
    if response.status not in _ASKS_TO_WAIT:
        return None
    values = (value for name, value in response.headers if name.lower() == b"retry-after")
    first = next(values, None)
    return None if first is None else first[:PIECE_BYTES].decode("latin-1")


def _all_headers(target: Target, headers: Mapping[str, str], body: bytes) -> list[tuple[bytes, bytes]]:
    every = {
        "Host": target.authority,
        "User-Agent": _AGENT,
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Accept-Encoding": "identity",
        "Connection": "close",
        **headers,
    }
    return [(name.encode("ascii"), value.encode("ascii")) for name, value in every.items()]


def _as_it_is(host: str, port: int) -> tuple[str]:
    """For a host that is an address already."""
    return (host,)


@cache
def _trusted() -> ssl.SSLContext:
    """The system's list of authorities, read once."""
    return ssl.create_default_context()
