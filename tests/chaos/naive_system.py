"""The naive variant as a `System`: the same clients, the same nemesis, the same judge."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from intake.queue.die_with_parent import ends_with_this_process
from tests.chaos.history import Found
from tests.chaos.naive import database
from tests.chaos.processes import Role, Victim
from tests.chaos.system import ROOT, SystemFailedError, free_port

_STEP_S = 0.05
_UP_S = 30
# It has no leases to wait for: what is still open then stays open.
_QUIET_S = 30


@dataclass
class NaiveSystem:
    """See `tests.chaos.naive`.

    Attributes:
        folder: Where its store lies.
        workers: How many.
    """

    folder: Path
    workers: int = 2
    _seats: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _over: threading.Event = field(default_factory=threading.Event)
    _keeper: threading.Thread | None = None
    _callback: str = ""

    def __post_init__(self) -> None:
        self.port = free_port()

    @property
    def url(self) -> str:
        """See `System`."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, callback_host: str) -> tuple[str, bytes]:
        """See `System`."""
        self._callback = f"http://{callback_host}/hook"
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()
        deadline = time.monotonic() + _UP_S
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.TransportError):
                httpx.get(self.url, trust_env=False)
                return "none", b""
            time.sleep(_STEP_S)
        raise SystemFailedError("the naive variant does not come up")

    def _keep(self) -> None:
        """Starts anew what died."""
        names = ["api", *(f"worker-{number}" for number in range(self.workers))]
        while not self._over.is_set():
            for name in names:
                if name not in self._seats or self._seats[name].poll() is not None:
                    self._seats[name] = self._launched(name)
            self._over.wait(_STEP_S)

    def _launched(self, name: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.naive", name.partition("-")[0], self.folder, str(self.port),
             self._callback],
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True, preexec_fn=ends_with_this_process(),
        )  # fmt: skip

    def victims(self) -> list[Victim]:
        """See `System`."""
        return [
            Victim(seat.pid, Role.API if name == "api" else Role.WORKER, name)
            for name, seat in list(self._seats.items())
            if seat.poll() is None
        ]

    def note_kill(self, victim: Victim) -> None:
        """See `System`."""

    def look(self) -> None:
        """See `System`."""

    def wait_until_quiet(self) -> float:
        """See `System`."""
        started = time.monotonic()
        with contextlib.closing(database(self.folder)) as store:
            while time.monotonic() - started < _QUIET_S:
                if not store.execute("SELECT count(*) FROM filing WHERE state = 'received'").fetchone()[0]:
                    break
                time.sleep(_STEP_S)
        return time.monotonic() - started

    def found(self) -> Found:
        """See `System`."""
        with contextlib.closing(database(self.folder)) as store:
            filings = store.execute("SELECT id, max(revision), state FROM filing GROUP BY id").fetchall()
            return Found(
                materials=dict(store.execute("SELECT id, state FROM material").fetchall()),
                submissions={known: (revision, state) for known, revision, state in filings},
                scored=store.execute("SELECT id, revision FROM verdict").fetchall(),
                ended=frozenset(("read", "in_review")),
            )

    def stop(self) -> None:
        """See `System`."""
        self._over.set()
        if self._keeper is not None:
            self._keeper.join()
        for seat in self._seats.values():
            seat.kill()
            seat.wait()
