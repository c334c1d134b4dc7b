"""One message to real receivers on this machine: those that answer, and those that do anything else."""

from __future__ import annotations

import hashlib
import hmac
import socket
import struct

import pytest

from intake.webhooks.addresses import Target, parse_callback
from intake.webhooks.send import Answer, Outcome, Wire, post
from tests.webhook_post import BODY, EVENT, SECRET, SHORT_S, here, send
from tests.webhook_receiver import Receiver, answer


def test_a_receiver_gets_the_whole_message_once() -> None:
    with Receiver() as receiver:
        got = send(receiver)
    assert got == Answer(status=200)
    assert (got.outcome, got.code) == (Outcome.DELIVERED, "webhook-delivered")
    assert receiver.connections == 1
    head, _, body = receiver.requests[0].partition(b"\r\n\r\n")
    first, *lines = head.decode("ascii").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    assert first == "POST /hook?x=1 HTTP/1.1"
    assert body == BODY
    assert headers["host"] == f"receiver.test:{receiver.port}"
    assert headers["content-type"] == "application/json"
    assert headers["intake-event-id"] == EVENT
    signed = f"{headers['intake-timestamp']}.{EVENT}.".encode() + body
    assert headers["intake-signature"] == "v1=" + hmac.new(SECRET, signed, hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    ("status", "outcome", "code"),
    [
        (200, "delivered", "webhook-delivered"),
        (202, "delivered", "webhook-delivered"),
        (204, "delivered", "webhook-delivered"),
        (299, "delivered", "webhook-delivered"),
        (300, "again", "webhook-redirected"),
        (400, "again", "webhook-refused"),
        (401, "again", "webhook-refused"),
        (404, "again", "webhook-refused"),
        (409, "again", "webhook-refused"),
        (410, "dead", "webhook-gone"),
        (411, "again", "webhook-refused"),
        (500, "again", "webhook-refused"),
        (503, "again", "webhook-refused"),
        (599, "again", "webhook-refused"),
    ],
)
def test_a_status_has_one_meaning(status: int, outcome: str, code: str) -> None:
    body = b"" if status == 204 else b"whatever"
    with Receiver(answer(status, body=body)) as receiver:
        got = send(receiver)
    assert (got.status, got.outcome, got.code, got.retry_after) == (status, outcome, code, None)


@pytest.mark.parametrize(("status", "told"), [(429, "120"), (503, "120"), (500, None), (200, None), (301, None)])
def test_retry_after_counts_where_it_is_meant(status: int, told: str | None) -> None:
    with Receiver(answer(status, "Retry-After: 120", "Retry-After: 5")) as receiver:
        assert send(receiver).retry_after == told


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(status: int) -> None:
    with Receiver() as other:
        there = f"Location: http://127.0.0.1:{other.port}/"
        with Receiver(answer(status, there)) as receiver:
            got = send(receiver)
        assert (got.status, got.outcome, got.code) == (status, "again", "webhook-redirected")
        assert other.connections == 0


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_a_reset_connection() -> None:
    with Receiver(reset) as receiver:
        got = send(receiver)
    assert (got.status, got.outcome, got.code) == (None, "again", "webhook-connection-lost")


def test_a_receiver_that_hangs_up_without_a_word() -> None:
    with Receiver(lambda connection: None) as receiver:
        assert send(receiver).code == "webhook-connection-lost"


def test_nobody_listens() -> None:
    with Receiver() as receiver:
        pass
    # Its port is free now.
    target = parse_callback(f"http://127.0.0.1:{_free_port()}/", private=True)
    assert isinstance(target, Target)
    assert post(target, headers={}, body=BODY, private=True).code == "webhook-not-connected"
    assert receiver.connections == 0


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.mark.parametrize(
    "garbage",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"a" * 300_000,
        b"HTTP/1.1 200 OK\r\nX: y",
        b"\x00" * 1000,
        bytes(range(256)) * 4,
        b"\r\n\r\n\r\n",
    ],
)
def test_an_answer_that_is_no_http(garbage: bytes) -> None:
    with Receiver(lambda connection: connection.sendall(garbage)) as receiver:
        got = send(receiver)
    assert (got.status, got.outcome, got.code) == (None, "again", "webhook-answer-garbled")


def test_the_rest_of_a_huge_answer_is_not_read() -> None:
    sent: list[int] = []

    def pour(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        for _ in range(1000):
            connection.sendall(b"x" * 1_000_000)
            sent.append(1_000_000)

    with Receiver(pour) as receiver:
        assert send(receiver).outcome is Outcome.DELIVERED
    # What the system's own buffers take, and no more.
    assert sum(sent) < 100_000_000


def until_hung_up(receiver: Receiver, connection: socket.socket, piece: bytes) -> None:
    """Sends a piece at a time for as long as somebody listens; each one would restart a timeout per read."""
    while not receiver.closing.wait(0.05):
        connection.sendall(piece)


@pytest.mark.parametrize(
    ("opening", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        (b"H", b""),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    ],
)
def test_a_receiver_that_drips_runs_into_the_deadline(opening: bytes, piece: bytes) -> None:
    """A deadline for each read would never end here."""
    holder: list[Receiver] = []

    def drip(connection: socket.socket) -> None:
        connection.sendall(opening)
        until_hung_up(holder[0], connection, piece)

    with Receiver(drip) as receiver:
        holder.append(receiver)
        got = send(receiver, Wire(resolve=here().resolve, deadline_s=SHORT_S))
    assert (got.status, got.outcome, got.code) == (None, "again", "webhook-timeout")


def test_a_receiver_that_stalls() -> None:
    holder: list[Receiver] = []
    with Receiver(lambda connection: holder[0].closing.wait() and None) as receiver:
        holder.append(receiver)
        got = send(receiver, Wire(resolve=here().resolve, deadline_s=SHORT_S))
    assert (got.status, got.code) == (None, "webhook-timeout")


def test_a_receiver_that_never_reads() -> None:
    holder: list[Receiver] = []
    with Receiver(lambda connection: holder[0].closing.wait() and None, reads=False) as receiver:
        holder.append(receiver)
        got = send(receiver, Wire(resolve=here().resolve, deadline_s=SHORT_S), body=b"x" * 30_000_000)
    assert (got.status, got.code) == (None, "webhook-timeout")


def test_a_status_counts_although_the_rest_never_comes() -> None:
    holder: list[Receiver] = []

    def stall_in_body(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
        holder[0].closing.wait()

    with Receiver(stall_in_body) as receiver:
        holder.append(receiver)
        assert send(receiver).outcome is Outcome.DELIVERED


@pytest.mark.parametrize("rest", [b"", b"ab", b"zz\r\nnot a chunk"])
def test_a_status_counts_although_the_rest_is_broken(rest: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with Receiver(lambda connection: connection.sendall(head + rest)) as receiver:
        assert send(receiver).outcome is Outcome.DELIVERED


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with Receiver() as proxy, Receiver() as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert send(receiver).status == 200
        assert (proxy.connections, receiver.connections) == (0, 1)
