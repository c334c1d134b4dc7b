"""A real PostgreSQL for tests: its own files in a temporary folder, a Unix socket only, gone when its owner is."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg import sql

from intake.queue.die_with_parent import ends_with_this_process

# The server refuses to run as root; these users are there on Debian, the first one with the package.
_SERVANTS = ("postgres", "nobody")
_ROLE = "intake"
# Only the socket's name depends on it; nothing listens on a network port.
_PORT = 5432
# After a crash it reads its log again before it answers; here that takes under a second.
_START_S = 60
_STEP_S = 0.05
_END_S = 30


class PostgresqlMissingError(Exception):
    """There is no server program on this machine."""


class PostgresqlFailedError(Exception):
    """The server does not come up."""


def server_folder() -> Path | None:
    """The folder of the server's programs: from PATH, else where Debian puts them; None when there are none."""
    on_path = shutil.which("postgres")
    if on_path is not None:
        # The programs look for each other beside their true place.
        return Path(on_path).resolve().parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return found[-1].parent if found else None


class PostgresqlServer:
    """One server. Use as a context manager."""

    def __init__(self, *, durable: bool = False) -> None:
        """Makes the files; starts nothing yet.

        Args:
            durable: Sync every commit, as in service. Killed processes lose nothing without it, only power cuts do.

        Raises:
            PostgresqlMissingError: There is no server program.
        """
        programs = server_folder()
        if programs is None:
            raise PostgresqlMissingError
        self._programs = programs
        self._durable = durable
        self._servant = _servant()
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None
        # Not below pytest's folder: that one is closed to the server's user.
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        if self._servant is not None:
            os.chown(self.folder, self._servant, -1)
        self._run("initdb", "--auth=trust", f"--username={_ROLE}", "--no-sync", "--encoding=UTF8", "--locale=C",
                  f"--pgdata={self.folder / 'data'}")  # fmt: skip

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """Starts it and waits until it answers."""
        synced = "on" if self._durable else "off"
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "port": str(_PORT),
            "fsync": synced,
            "full_page_writes": synced,
            "shared_buffers": "16MB",
            "max_connections": "60",
            "logging_collector": "off",
        }
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self.folder / "data", *words],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True,
                user=self._servant, extra_groups=None if self._servant is None else [],
                preexec_fn=ends_with_this_process(signal.SIGQUIT),
            )  # fmt: skip
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline and self._process.poll() is None:
            if self.answers():
                return
            time.sleep(_STEP_S)
        raise PostgresqlFailedError

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Ends it: SIGINT ends its sessions first, SIGQUIT is its crash (`pg_ctl stop -m immediate`)."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(how)
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def answers(self) -> bool:
        """True when it takes connections."""
        with contextlib.suppress(psycopg.Error):
            self._admin().close()
            return True
        return False

    @contextlib.contextmanager
    def fresh_database(self, *, tablespace: str | None = None) -> Iterator[str]:
        """The URL of an empty database that is dropped afterwards."""
        name = f"t{os.getpid()}_{next(self._numbers)}"
        create = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if tablespace is not None:
            create += sql.SQL(" TABLESPACE {}").format(sql.Identifier(tablespace))
        with self._admin() as admin:
            admin.execute(create)
        try:
            yield self.url_of(name)
        finally:
            with self._admin() as admin:
                admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def url_of(self, database: str) -> str:
        """How SQLAlchemy names a database of this server."""
        return f"postgresql+psycopg://{_ROLE}@/{database}?host={self.folder}&port={_PORT}"

    def execute(self, statement: sql.SQL | sql.Composed) -> None:
        """One statement by the server's owner, outside any transaction."""
        with self._admin() as admin:
            admin.execute(statement)

    @property
    def user_id(self) -> int:
        """Whose process it is."""
        return os.getuid() if self._servant is None else self._servant

    def _admin(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(self.folder), port=_PORT, user=_ROLE, dbname="postgres", autocommit=True, connect_timeout=3
        )

    def _run(self, program: str, *words: str) -> None:
        subprocess.run(
            [self._programs / program, *words], check=True, capture_output=True, cwd="/", user=self._servant,
            extra_groups=None if self._servant is None else [],
            # The server's programs read the user's settings; none of ours are meant for them.
            env={"PATH": os.defpath, "LC_ALL": "C"},
        )  # fmt: skip


def _servant() -> int | None:
    """The user who runs it, when we are root; None for ourselves."""
    if os.getuid() != 0:
        return None
    for name in _SERVANTS:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_uid
    raise PostgresqlFailedError
