"""`intake serve` as it is installed, for measuring: started in an empty folder, called over HTTP."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from sqlalchemy import func, select, update

from bench.service_pages import Page
from intake.queue.bell import RedisBell
from intake.queue.die_with_parent import ends_with_this_process
from intake.storage.database import now_ms
from intake.storage.schema import work
from intake.storage.work import Queue, Task, WorkState, due
from tests.chaos.processes import Role, victims_below
from tests.chaos.system import ROOT, ServiceSystem, work_folder

_DONE_S = 1_800
_READY_S = 180
_STEP_S = 0.1
# While pages are read: asking ten times a second took 1.5 % of the processors that are measured.
_SELDOM_S = 1.0
_AN_HOUR_MS = 3_600_000


class Site:
    """A running service and a caller of it."""

    def __init__(self, system: ServiceSystem, key: str) -> None:
        """Takes a service that is up."""
        self.system = system
        self.http = httpx.Client(
            base_url=system.url, headers={"Authorization": f"Bearer {key}"}, timeout=60, trust_env=False
        )

    @property
    def api_pid(self) -> int:
        """Process id of the interface."""
        return next(one.pid for one in self.system.victims() if one.role is Role.API)

    def upload(self, page: Page, data: bytes | None = None) -> float:
        """Uploads a page; seconds until it was acknowledged with its fast checks."""
        content = page.data if data is None else data
        started = time.perf_counter()
        answer = self.http.post(
            "/api/v1/materials",
            files={"file": ("page.jpg", content, "image/jpeg")},
            data={"kind": page.kind.value},
            headers={"Idempotency-Key": secrets.token_hex(16)},
        )
        seconds = time.perf_counter() - started
        answer.raise_for_status()
        return seconds

    def waiting(self) -> int:
        """Uploads that nobody has begun to read."""
        with self.system.database.read() as connection:
            statement = select(func.count()).select_from(work).where(work.c.state == WorkState.READY)
            return int(connection.execute(statement).scalar_one())

    def hold_back(self) -> None:
        """Makes all waiting work due much later, so that workers find nothing yet."""
        self._make_due(_AN_HOUR_MS)

    def release(self) -> None:
        """Makes it due now and rings for it, as an upload does."""
        self._make_due(0)
        with self.system.database.read() as connection:
            waiting = due(connection)
        bell = RedisBell(_redis_url(self.system))
        try:
            bell.ring(waiting)
        finally:
            bell.close()

    def _make_due(self, later_ms: int) -> None:
        with self.system.database.write() as connection:
            values = {"due_ms": now_ms(connection) + later_ms, "rung_ms": None}
            connection.execute(update(work).where(work.c.state == WorkState.READY).values(**values))

    def queue_pages_per_s(self, *, workers: int) -> float:
        """Releases what is held back; pages a second until the last one is read."""
        with _workers(self.system, workers):
            with self.system.database.read() as connection:
                started_ms = now_ms(connection)
            self.release()
            self._wait_until_read()
        reading = (work.c.task == Task.READ_MATERIAL) & (work.c.finished_ms >= started_ms)
        with self.system.database.read() as connection:
            row = connection.execute(
                select(func.count().label("n"), func.max(work.c.finished_ms).label("end")).where(reading)
            ).one()
        return int(row.n) / (int(row.end - started_ms) / 1000)

    def _wait_until_read(self) -> None:
        deadline = time.monotonic() + _DONE_S
        while self.system.open_work():
            if time.monotonic() > deadline:
                raise TimeoutError("the queue did not come to its end")
            time.sleep(_SELDOM_S)


@contextmanager
def open_site(*, workers: int) -> Iterator[Site]:
    """Starts the service in an empty folder; ends it."""
    with work_folder() as folder:
        system = ServiceSystem(folder, workers=workers, entry=("api.cli", "serve"))
        try:
            key, _ = system.start("127.0.0.1:1")
            site = Site(system, key)
            yield site
            site.http.close()
        finally:
            system.stop()


def _redis_url(system: ServiceSystem) -> str:
    return f"unix://{system.data / 'redis' / 'redis.sock'}"


@contextmanager
def _workers(system: ServiceSystem, count: int) -> Iterator[None]:
    """Workers of our own beside a service that has none, ready and idle when the block begins."""
    log_path = system.folder / "workers.log"
    environment = {
        **system.environment(),
        "INTAKE_REDIS_URL": _redis_url(system),
    }
    with log_path.open("wb") as log:
        started = [
            subprocess.Popen(
                [sys.executable, "-m", "worker", "run", "--queue", Queue.LIVE.value], env=environment, cwd=ROOT,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=ends_with_this_process(),
            )
            for _ in range(count)
        ]  # fmt: skip
        try:
            _wait_for_words(log_path, b"worker-ready", count)
            yield
        finally:
            for process in started:
                process.send_signal(signal.SIGTERM)
            for process in started:
                process.wait()


def _wait_for_words(path: Path, words: bytes, count: int) -> None:
    deadline = time.monotonic() + _READY_S
    while path.read_bytes().count(words) < count:
        if time.monotonic() > deadline:
            raise TimeoutError("the workers do not come up")
        time.sleep(_STEP_S)


def resident_bytes(pid: int) -> int:
    """Resident memory of one process."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def checkers_bytes(system: ServiceSystem) -> list[int]:
    """Resident memory of the children that look at uploads."""
    return [resident_bytes(one.pid) for one in victims_below(system.supervisor_pid) if one.role is Role.CHECKER]
