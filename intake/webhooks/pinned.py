"""A connection that goes to checked addresses only and ends at one point in time, whatever the other side does.

Names are looked up once, every address found has to be allowed, and the connection goes to one of these very
addresses; the certificate is still held against the name. So a name server that answers differently a second time
(DNS rebinding) is not asked a second time.
"""

from __future__ import annotations

import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Any

import httpcore

from intake.webhooks.addresses import may_connect

# Finds the addresses of a host and port, as text; raises OSError when there are none.
Resolver = Callable[[str, int], Sequence[str]]
# Enough for a name with both kinds of addresses; a longer list only stretches the wait.
_MOST_ADDRESSES = 3
# Most of an answer that is taken in one piece, bytes.
PIECE_BYTES = 4096


class Failure(StrEnum):
    """Why there is no answer."""

    NAME_UNKNOWN = "webhook-name-unknown"
    ADDRESS_REFUSED = "webhook-address-refused"
    NOT_CONNECTED = "webhook-not-connected"
    TLS_REFUSED = "webhook-tls-refused"
    TIMEOUT = "webhook-timeout"
    LOST = "webhook-connection-lost"
    GARBLED = "webhook-answer-garbled"


class PostFailed(Exception):
    """There is no answer, and why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.value)
        self.failure = failure


class Deadline:
    """One point in time for everything that a message needs."""

    def __init__(self, seconds: float) -> None:
        self._end_s = time.monotonic() + seconds

    def left_s(self) -> float:
        """Seconds left.

        Raises:
            PostFailed: There are none.
        """
        left = self._end_s - time.monotonic()
        if left <= 0:
            raise PostFailed(Failure.TIMEOUT)
        return left

    def shorten(self, seconds: float) -> None:
        """Leaves at most this many seconds from now."""
        self._end_s = min(self._end_s, time.monotonic() + seconds)


def system_addresses(host: str, port: int) -> Sequence[str]:
    """Asks the system's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for _, _, _, _, address in found]


def checked_addresses(host: str, port: int, *, resolve: Resolver, private: bool, deadline: Deadline) -> list[str]:
    """Looks a name up once and checks everything that was found.

    The system's resolver knows no deadline, so it is asked in a thread that is left behind when it takes too long.

    Raises:
        PostFailed: Not found, not found in time, or one of the addresses is not allowed.
    """
    answers: queue.SimpleQueue[Sequence[str]] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolve(host, port))
        except (OSError, UnicodeError):
            answers.put(())

    threading.Thread(target=ask, name="webhook-name", daemon=True).start()
    try:
        found = list(dict.fromkeys(answers.get(timeout=deadline.left_s())))
    except queue.Empty:
        raise PostFailed(Failure.TIMEOUT) from None
    if not found:
        raise PostFailed(Failure.NAME_UNKNOWN)
    if not all(may_connect(address, private=private) for address in found):
        raise PostFailed(Failure.ADDRESS_REFUSED)
    return found[:_MOST_ADDRESSES]


class PinnedBackend(httpcore.NetworkBackend):
    """Connects to the given addresses, whatever host is asked for."""

    def __init__(self, addresses: Sequence[str], deadline: Deadline) -> None:
        self._addresses = addresses
        self.deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Tries one address after the other, each for an equal share of the time that is left.

        Raises:
            PostFailed: None of them answers.
        """
        failure = Failure.NOT_CONNECTED
        for place, address in enumerate(self._addresses):
            share_s = self.deadline.left_s() / (len(self._addresses) - place)
            connection = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
            try:
                connection.settimeout(share_s)
                connection.connect((address, port))
                return PinnedStream(connection, self.deadline)
            except OSError as fault:
                connection.close()
                failure = Failure.TIMEOUT if isinstance(fault, TimeoutError) else Failure.NOT_CONNECTED
        raise PostFailed(failure)


class PinnedStream(httpcore.NetworkStream):
    """A connection whose every step gets what is left of the deadline, and no more."""

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        self._connection = connection
        self._deadline = deadline
        self._heard = False

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Takes one piece of the answer.

        Raises:
            PostFailed: Too late, or the other side went away; an end before the first byte is such a case.
        """
        self._connection.settimeout(self._deadline.left_s())
        try:
            data = self._connection.recv(min(max_bytes, PIECE_BYTES))
        except TimeoutError:
            raise PostFailed(Failure.TIMEOUT) from None
        except OSError:
            raise PostFailed(Failure.LOST) from None
        self._heard = self._heard or bool(data)
        if not self._heard:
            raise PostFailed(Failure.LOST)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Sends everything.

        Raises:
            PostFailed: Too late.
            httpcore.WriteError: The other side takes no more; it may have answered all the same.
        """
        rest = memoryview(buffer)
        while rest:
            self._connection.settimeout(self._deadline.left_s())
            try:
                rest = rest[self._connection.send(rest) :]
            except TimeoutError:
                raise PostFailed(Failure.TIMEOUT) from None
            except OSError:
                raise httpcore.WriteError from None

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Agrees on encryption and checks the certificate against the name.

        Raises:
            PostFailed: Too late, the certificate is not good for this name, or there is no TLS over there.
        """
        try:
            # The whole handshake counts against this timeout, not each of its reads.
            self._connection.settimeout(self._deadline.left_s())
            wrapped = ssl_context.wrap_socket(self._connection, server_hostname=server_hostname)
        except OSError as fault:
            self.close()
            late = isinstance(fault, TimeoutError)
            raise PostFailed(Failure.TIMEOUT if late else Failure.TLS_REFUSED) from None
        return PinnedStream(wrapped, self._deadline)

    def close(self) -> None:
        """Hangs up without a word."""
        self._connection.close()

    def get_extra_info(self, info: str) -> Any:
        """The protocol asks for the encryption to see which version of HTTP was agreed on."""
        return self._connection if info == "ssl_object" and isinstance(self._connection, ssl.SSLSocket) else None
