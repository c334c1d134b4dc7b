"""The service under test: started by its own supervisor, asked over HTTP, and looked at in its database afterwards."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import func, select

from intake.queue.die_with_parent import ends_with_this_process
from intake.storage import event_log
from intake.storage.blobs import PART, BlobStore
from intake.storage.blobs_local import LocalStore
from intake.storage.clients import NewClient, Scope, add_client
from intake.storage.database import Database, now_ms
from intake.storage.errors import StorageError
from intake.storage.keyring import create_keyring, load_keyring
from intake.storage.schema import blob, event, material, submission, work
from intake.storage.sealing import Sealer
from intake.storage.work import WorkState
from tests.chaos.history import Found
from tests.chaos.processes import Victim, descendants, victims_below
from tests.chaos.quick_worker import LEASE

ROOT = Path(__file__).parents[2]
_UP_S = 120
_QUIET_S = 240
_STEP_S = 0.2
_ENDED = frozenset(("read", "refused", "dead", "in_review", "approved", "returned"))
_OPEN = (WorkState.READY, WorkState.RUNNING)


class SystemFailedError(Exception):
    """The service did not come up, or did not come to rest; its log says why."""


class System(Protocol):
    """Something that takes uploads and judges filings."""

    @property
    def url(self) -> str:
        """Of its interface."""

    def start(self, callback_host: str) -> tuple[str, bytes]:
        """Starts it; returns a caller's key and webhook secret."""

    def victims(self) -> list[Victim]:
        """Processes that may be killed now."""

    def note_kill(self, victim: Victim) -> None:
        """A process was just killed."""

    def look(self) -> None:
        """Called often while processes die."""

    def wait_until_quiet(self) -> float:
        """Waits until nothing more happens; seconds."""

    def found(self) -> Found:
        """What lies in its store."""

    def stop(self) -> None:
        """Ends it."""


@dataclass(frozen=True, slots=True)
class Orphan:
    """Work that lost its worker.

    Attributes:
        work_id: The row.
        fence: Of the claim that died with the worker.
        killed_ms: When, by the database's clock.
    """

    work_id: str
    fence: int
    killed_ms: int


@dataclass
class ServiceSystem:
    """`intake serve` with quick workers.

    Attributes:
        database_url: Empty for SQLite in the folder.
        folder: Its data folder's parent.
        lease_ms: Shorter leases; None for the real ones.
        settings: Further settings.
        workers: Of the queue `live`.
        entry: Module and arguments that are run.
        restarts_s: How long orphaned work waited.
        dead: Reasons of dead work, counted when `found` looked.
    """

    folder: Path
    database_url: str = ""
    lease_ms: int | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    workers: int = 2
    entry: tuple[str, ...] = ("tests.chaos.quick_serve",)
    restarts_s: list[float] = field(default_factory=list)
    dead: dict[str, int] = field(default_factory=dict)
    _orphans: list[Orphan] = field(default_factory=list)
    _process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.port = free_port()
        self.data = self.folder / "data"
        self.data.mkdir(mode=0o700, parents=True)
        create_keyring(self.data / "keys.toml")
        keyring = load_keyring(self.data / "keys.toml")
        self.sealer = Sealer(lambda: keyring)
        self.audit_key = keyring.audit_key
        self.database = Database(self.database_url or f"sqlite:///{self.data / 'intake.sqlite3'}")

    @property
    def url(self) -> str:
        """See `System`."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, callback_host: str) -> tuple[str, bytes]:
        """See `System`."""
        self.launch()
        added = self.add_caller(callback_host)
        return added.key, added.webhook_secret.encode()

    def add_caller(self, callback_host: str) -> NewClient:
        """A caller with all rights."""
        with self.database.write() as connection:
            return add_client(
                connection,
                self.sealer,
                name="负载",
                scopes=list(Scope),
                region="530000",
                callback_hosts=[callback_host],
            )

    def launch(self) -> None:
        """Starts the supervisor and waits until all its children are up."""
        with (self.folder / "service.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *self.entry], env=self.environment(), cwd=ROOT, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True, preexec_fn=ends_with_this_process(signal.SIGTERM),
            )  # fmt: skip
        deadline = time.monotonic() + _UP_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            if self._all_up():
                return
            time.sleep(_STEP_S)
        raise SystemFailedError(self._last_words())

    def environment(self) -> dict[str, str]:
        """What its processes are started with."""
        own = {
            "INTAKE_DATA": str(self.data), "INTAKE_PORT": str(self.port), "INTAKE_WORKERS": str(self.workers),
            "INTAKE_BATCH_WORKERS": "0", "INTAKE_RATE_REQUESTS": "0", "INTAKE_RATE_UPLOADS": "0",
            "INTAKE_WEBHOOK_PRIVATE": "true", "INTAKE_LOG_LEVEL": "info",
            "PYTHONPATH": str(ROOT), **self.settings,
        }  # fmt: skip
        if self.database_url:
            own["INTAKE_DATABASE_URL"] = self.database_url
        if self.lease_ms is not None:
            own[LEASE] = str(self.lease_ms)
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("INTAKE_", "CHAOS_"))}
        return {**ours, **own}

    def _all_up(self) -> bool:
        children = self._children()
        return bool(children) and all(child["up"] for child in children)

    def _children(self) -> list[dict[str, Any]]:
        """What the supervisor says of its children."""
        with suppress(OSError, ValueError):
            said = json.loads((self.data / "run" / "children.json").read_text(encoding="ascii"))
            return list(said["children"])
        return []

    def _last_words(self) -> str:
        text = (self.folder / "service.log").read_text(encoding="utf-8", errors="replace")
        return text[-3000:]

    @property
    def supervisor_pid(self) -> int:
        """Process id of the supervisor."""
        if self._process is None:
            raise SystemFailedError("not started")
        return self._process.pid

    def victims(self) -> list[Victim]:
        """See `System`."""
        up = {child["pid"] for child in self._children() if child["up"]}
        below = victims_below(self.supervisor_pid)
        # What is still starting has nothing in hand, and what is killed at its start again and again does nothing.
        return [one for one in below if one.pid in up or not one.name]

    def note_kill(self, victim: Victim) -> None:
        """See `System`. Whatever a dead worker had in hand is watched until somebody has it again."""
        if not victim.name:
            return
        try:
            with self.database.read() as connection:
                mine = (work.c.state == WorkState.RUNNING) & work.c.worker.like(f"{victim.name}@%")
                rows = connection.execute(select(work.c.id, work.c.fence).where(mine)).all()
                now = now_ms(connection)
        except StorageError:
            return
        self._orphans += [Orphan(row.id, row.fence, now) for row in rows]
        self.look()

    def look(self) -> None:
        """See `System`. Notes how long orphans waited, for those that somebody has taken up."""
        left = []
        for orphan in self._orphans:
            try:
                with self.database.read() as connection:
                    row = connection.execute(select(work).where(work.c.id == orphan.work_id)).one()
            except StorageError:
                left.append(orphan)
                continue
            if row.state == WorkState.RUNNING and row.fence == orphan.fence:
                left.append(orphan)
            elif row.fence != orphan.fence:
                ended_ms = row.started_ms if row.state != WorkState.DEAD else row.finished_ms
                self.restarts_s.append((max(ended_ms, orphan.killed_ms) - orphan.killed_ms) / 1000)
        self._orphans = left

    def wait_until_quiet(self) -> float:
        """See `System`."""
        started = time.monotonic()
        while time.monotonic() - started < _QUIET_S:
            self.look()
            try:
                if not self.open_work():
                    return time.monotonic() - started
            except StorageError:
                pass
            time.sleep(_STEP_S)
        raise SystemFailedError(f"{self.open_work()} units of work are still open\n{self._last_words()}")

    def open_work(self) -> int:
        """Units of work that are neither done nor dead."""
        with self.database.read() as connection:
            return int(
                connection.execute(select(func.count()).select_from(work).where(work.c.state.in_(_OPEN))).scalar_one()
            )

    def found(self) -> Found:
        """See `System`."""
        broken = self._broken_blobs()
        with self.database.read() as connection:
            chain = event_log.verify_chain(connection, key=self.audit_key)
            if chain.broken_at is not None:
                broken.append(f"the event log is broken at {chain.broken_at}")
            scored = connection.execute(
                select(event.c.subject, event.c.data).where(event.c.kind == "submission-scored")
            ).all()
            newest = connection.execute(select(submission.c.id, submission.c.revision, submission.c.state)).all()
            uploads = connection.execute(select(material.c.id, material.c.state)).all()
            dead = select(work.c.error, func.count().label("n")).where(work.c.state == WorkState.DEAD)
            self.dead = {row.error: row.n for row in connection.execute(dead.group_by(work.c.error))}
        return Found(
            materials={row.id: row.state for row in uploads},
            submissions={row.id: (row.revision, row.state) for row in newest},
            scored=[(row.subject, json.loads(row.data)["revision"]) for row in scored],
            ended=_ENDED,
            broken=broken,
        )

    def _broken_blobs(self) -> list[str]:
        """Every blob is opened; objects that nobody names are swept, and none may be left after it."""
        if not (self.data / "blobs").exists():
            return []
        objects = LocalStore(self.data / "blobs")
        store = BlobStore(objects, self.sealer)
        faults = []
        with self.database.read() as connection:
            addresses = list(connection.execute(select(blob.c.address)).scalars())
            for address in addresses:
                try:
                    store.read(connection, address)
                except StorageError as fault:
                    faults.append(f"blob {address}: {fault.code}")
        self.swept = store.sweep(self.database, older_than_s=0)
        left = list(objects.names(0))
        if len(left) != len(addresses) or any(name.endswith(PART) for name in left):
            faults.append(f"{len(left)} objects for {len(addresses)} rows after the sweep")
        return faults

    def stop(self) -> None:
        """See `System`."""
        if self._process is not None:
            below = descendants(self._process.pid)
            self._process.terminate()
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self.left_behind = [pid for pid in below if Path(f"/proc/{pid}").exists() and pid in descendants(1)]
        self.database.close()


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def work_folder(parent: Path | None = None) -> Iterator[Path]:
    """A short path, because sockets lie in it; removed afterwards."""
    import tempfile

    made = Path(tempfile.mkdtemp(prefix="chaos-", dir=parent))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
