"""The processes of one service, each with what its supervisor has to know: how to start it, whether it lives, whether
it is well, and how to end it.
"""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from intake.queue.die_with_parent import with_parent
from intake.queue.redis_server import RedisFailed, RedisServer
from intake.service_settings import BEAT_FILE, PROCESS

# A probe on this machine that takes longer has no answer; the supervisor waits for it.
_PROBE_S = 1.0
# 503 is what a server that has too many connections says, before any of our code is asked.
_LIVES = (200, 503)


class Child(Protocol):
    """One supervised process."""

    @property
    def name(self) -> str:
        """Short, unique, without underscores."""

    @property
    def ends_last(self) -> bool:
        """True when the others may need it while they finish."""

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""

    def start(self) -> bool:
        """Starts it; False when it did not come up."""

    def ended(self) -> int | None:
        """How it ended (exit code, or minus the signal); None while it runs."""

    def well(self) -> bool:
        """False when it runs and gives no sign of life."""

    def ask_to_end(self) -> None:
        """Asks it to finish what it has in hand."""

    def kill(self) -> None:
        """Ends it at once and waits for that."""


@dataclass(frozen=True, slots=True)
class Program:
    """How a child is started.

    Attributes:
        name: See `Child`.
        arguments: Program and arguments.
        environment: The whole environment.
        beat_file: What it touches; None when it is asked in another way.
        beat_age_s: A file older than this belongs to a process that is stopped or stuck.
        probe: Asks it; None for the file.
    """

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    beat_file: Path | None = None
    beat_age_s: float = 20.0
    probe: Callable[[], bool] | None = field(default=None)


class ProcessChild:
    """A child that is a program of ours."""

    ends_last = False

    def __init__(self, program: Program) -> None:
        """Starts nothing yet."""
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def name(self) -> str:
        """See `Child`."""
        return self._program.name

    @property
    def pid(self) -> int | None:
        """See `Child`."""
        return None if self._process is None else self._process.pid

    def start(self) -> bool:
        """See `Child`."""
        program = self._program
        environment = {**program.environment, PROCESS: program.name}
        if program.beat_file is not None:
            program.beat_file.unlink(missing_ok=True)
            environment[BEAT_FILE] = str(program.beat_file)
        try:
            self._process = subprocess.Popen(
                # Whatever it has in hand is claimed in the database and taken again by another.
                with_parent(program.arguments),
                env=environment,
                stdin=subprocess.DEVNULL,
                # Ctrl-C reaches the terminal's whole group; the supervisor tells its children itself.
                start_new_session=True,
            )
        except OSError:
            # No memory or no process numbers left: that may pass.
            return False
        return True

    def ended(self) -> int | None:
        """See `Child`."""
        return 1 if self._process is None else self._process.poll()

    def well(self) -> bool:
        """See `Child`."""
        program = self._program
        if program.probe is not None:
            return program.probe()
        if program.beat_file is None:
            return True
        try:
            return time.time() - program.beat_file.stat().st_mtime < program.beat_age_s
        except OSError:
            return False

    def ask_to_end(self) -> None:
        """See `Child`."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def kill(self) -> None:
        """See `Child`. Its own children end with it, by its process group or because their pipe ends."""
        if self._process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


class RedisChild:
    """The bell's server as a child, adopted or started."""

    name = "redis"
    ends_last = True

    def __init__(self, server: RedisServer) -> None:
        """Starts nothing yet."""
        self._server = server
        self._started = False

    @property
    def pid(self) -> int | None:
        """See `Child`."""
        return self._server.pid

    def start(self) -> bool:
        """See `Child`."""
        try:
            self._server.start()
        except (RedisFailed, OSError):
            self._started = False
            return False
        self._started = True
        return True

    def ended(self) -> int | None:
        """See `Child`. The server's own exit code says nothing that its log does not say better."""
        return None if self._started and self._server.running() else 1

    def well(self) -> bool:
        """See `Child`."""
        return self._server.ping()

    def ask_to_end(self) -> None:
        """See `Child`. It goes last and quickly, so this waits for it."""
        self._server.stop()
        self._started = False

    def kill(self) -> None:
        """See `Child`."""
        pid = self._server.pid
        if pid is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        self._server.stop()
        self._started = False


def http_probe(host: str, port: int, path: str = "/livez") -> Callable[[], bool]:
    """Asks an HTTP server whether it lives.

    Args:
        host: Where it listens; the addresses that mean "everywhere" are asked on this machine.
        port: Likewise.
        path: What to ask for.
    """
    asked = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared with, not bound to

    def probe() -> bool:
        connection = http.client.HTTPConnection(asked, port, timeout=_PROBE_S)
        try:
            connection.request("GET", path, headers={"Connection": "close"})
            return connection.getresponse().status in _LIVES
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return probe
