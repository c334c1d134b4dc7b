"""What must not be built, as a control: it answers first and writes afterwards, knows no keys, and nobody claims work.

`python -m tests.chaos.naive api|worker FOLDER PORT` with the webhook's address as a fourth word for the worker.
"""

from __future__ import annotations

import contextlib
import json
import queue
import random
import secrets
import sqlite3
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_TABLES = """
CREATE TABLE IF NOT EXISTS material (id TEXT, state TEXT);
CREATE TABLE IF NOT EXISTS filing (id TEXT, revision INTEGER, state TEXT);
CREATE TABLE IF NOT EXISTS verdict (id TEXT, revision INTEGER);
"""
# Answers wait for nothing; rows are written together, which is quick.
_WRITE_EVERY_S = 0.2
_LOOK_S = 0.02
_WORK_S = (0.02, 0.1)


def database(folder: Path) -> sqlite3.Connection:
    """The store; every statement is its own transaction."""
    made = sqlite3.connect(folder / "naive.sqlite3", timeout=30, isolation_level=None)
    made.execute("PRAGMA journal_mode = WAL")
    made.executescript(_TABLES)
    return made


def serve(folder: Path, port: int) -> None:
    """Takes calls."""
    waiting: queue.Queue[tuple[str, tuple[object, ...]]] = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            made = secrets.token_hex(20)
            if self.path.endswith("materials"):
                waiting.put(("INSERT INTO material VALUES (?, 'read')", (made,)))
                self._answer(201, {"id": made})
            else:
                waiting.put(("INSERT INTO filing VALUES (?, 1, 'received')", (made,)))
                self._answer(201, {"id": made, "revision": 1})

        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            known = self.path.rpartition("/")[2]
            number = _newest(folder, known) + 1
            waiting.put(("INSERT INTO filing VALUES (?, ?, 'received')", (known, number)))
            self._answer(200, {"id": known, "revision": number})

        def _answer(self, status: int, body: dict[str, object]) -> None:
            text = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    threading.Thread(target=_write, args=(folder, waiting), daemon=True).start()
    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


def _write(folder: Path, waiting: queue.Queue[tuple[str, tuple[object, ...]]]) -> None:
    with contextlib.closing(database(folder)) as store:
        while True:
            time.sleep(_WRITE_EVERY_S)
            while not waiting.empty():
                store.execute(*waiting.get())


def _newest(folder: Path, known: str) -> int:
    with contextlib.closing(database(folder)) as store:
        return int(store.execute("SELECT coalesce(max(revision), 0) FROM filing WHERE id = ?", (known,)).fetchone()[0])


def work(folder: Path, callback: str) -> None:
    """Takes whatever nobody has finished, without saying so."""
    with contextlib.closing(database(folder)) as store:
        for known, revision in _open_filings(store):
            time.sleep(random.uniform(*_WORK_S))
            store.execute("INSERT INTO verdict VALUES (?, ?)", (known, revision))
            _tell(callback, known, revision)
            store.execute("UPDATE filing SET state = 'in_review' WHERE id = ? AND revision = ?", (known, revision))


def _open_filings(store: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    while True:
        row = store.execute("SELECT id, revision FROM filing WHERE state = 'received' LIMIT 1").fetchone()
        if row is None:
            time.sleep(_LOOK_S)
        else:
            yield row


def _tell(callback: str, known: str, revision: int) -> None:
    body = {"event_id": "", "event": "submission.scored", "submission_id": known, "revision": revision}
    call = urllib.request.Request(
        callback, json.dumps(body).encode(), {"Intake-Event-Id": secrets.token_hex(20)}, method="POST"
    )
    # One try; what the receiver missed it missed.
    with contextlib.suppress(OSError):
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(call, timeout=5).close()


if __name__ == "__main__":
    if sys.argv[1] == "api":
        serve(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        work(Path(sys.argv[2]), sys.argv[4])
