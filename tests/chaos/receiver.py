"""Where webhooks arrive: counts what it is told, and now and then behaves as receivers do on a bad day."""

from __future__ import annotations

import json
import random
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from intake.webhooks.signature import EVENT_ID, SIGNATURE, TIMESTAMP, SignatureRefused, verify_signature
from tests.chaos.history import Told

# Share of messages that are answered with 503, and that are read and not answered at all. The sender tries again.
_BUSY, _RUDE = 0.03, 0.02


class Receiver:
    """A web server on this machine. Use as a context manager."""

    def __init__(self, *, moody: bool = True, seed: int = 0) -> None:
        """Listens on a free port.

        Args:
            moody: Whether it has bad days.
            seed: Which days.
        """
        self.secret = b""
        self._moods = random.Random(seed) if moody else None
        self._told: list[Told] = []
        self._lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.hear(dict(self.headers), body)
                mood = receiver.mood()
                if mood < _RUDE:
                    self.close_connection = True
                    return
                self.send_response(503 if mood < _RUDE + _BUSY else 204)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def host(self) -> str:
        """Host and port, as a client's list names them."""
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        """Where to send."""
        return f"http://{self.host}/hook"

    @property
    def told(self) -> list[Told]:
        """Everything so far, repeated messages too."""
        with self._lock:
            return list(self._told)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def hear(self, headers: dict[str, str], body: bytes) -> None:
        """Notes one message."""
        named = {name.lower(): value for name, value in headers.items()}
        said = json.loads(body)
        one = Told(
            event_id=named.get(EVENT_ID.lower(), ""),
            submission_id=said["submission_id"],
            revision=said["revision"],
            event=said["event"],
            genuine=self._genuine(named, body),
        )
        with self._lock:
            self._told.append(one)

    def mood(self) -> float:
        """0..1; low ones are bad."""
        with self._lock:
            return 1.0 if self._moods is None else self._moods.random()

    def _genuine(self, named: dict[str, str], body: bytes) -> bool:
        if not self.secret:
            return True
        try:
            verify_signature(
                self.secret,
                body=body,
                event_id=named.get(EVENT_ID.lower(), ""),
                timestamp=named.get(TIMESTAMP.lower(), ""),
                signature=named.get(SIGNATURE.lower(), ""),
                now_s=time.time(),
            )
        except SignatureRefused:
            return False
        return True
