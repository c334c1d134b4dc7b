"""A receiver of webhooks on this machine that behaves as a test says, down to the single byte."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

# What a receiver does with one connection; the request was read before.
Behaviour = Callable[[socket.socket], None]


def answer(status: int, *headers: str, body: bytes = b"ok") -> Behaviour:
    """Answers properly."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}", *headers, "", ""]
    return lambda connection: connection.sendall("\r\n".join(lines).encode("latin-1") + body)


class Receiver:
    """Listens on a free port of 127.0.0.1. Use as a context manager.

    Attributes:
        requests: Every request as it was received, head and body.
        connections: How many connections were made; complete when the block has ended.
        port: Where it listens.
        closing: Set when the test is over.
    """

    def __init__(
        self, behaviour: Behaviour | None = None, *, tls: ssl.SSLContext | None = None, reads: bool = True
    ) -> None:
        """Starts listening.

        Args:
            behaviour: What to do after a request; None answers 200.
            tls: Speaks TLS with this.
            reads: False to never read a byte.
        """
        self.requests: list[bytes] = []
        self.connections = 0
        self._behaviour = behaviour or answer(200)
        self._tls = tls
        self._reads = reads
        self._listener = socket.socket()
        # Small, so that a message of some megabytes cannot disappear in it.
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        self.port = int(self._listener.getsockname()[1])
        self._goodbye: object = None
        self.closing = threading.Event()
        self._threads = [threading.Thread(target=self._accept)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        # Connections are accepted in the order of their making, so none made before this one goes uncounted.
        with socket.socket() as last:
            last.bind(("127.0.0.1", 0))
            self._goodbye = last.getsockname()
            last.connect(("127.0.0.1", self.port))
            self._threads[0].join()
        for thread in self._threads[1:]:
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            connection, peer = self._listener.accept()
            if peer == self._goodbye:
                connection.close()
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        # The other side may hang up at any moment; that is what many tests are about.
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stack.callback(connection.close)
            connection.settimeout(20)
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
                stack.callback(connection.close)
            if self._reads:
                self.requests.append(_read_request(connection))
            self._behaviour(connection)


def _read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _some(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:"))
    while len(body) < length:
        body += _some(connection)
    return head + b"\r\n\r\n" + body


def _some(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionError("hung up")
    return data
