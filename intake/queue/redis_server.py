"""The bell's own server: started when no Redis is set, adopted when one of ours still runs, ended with us.

A server that was killed comes back with what was appended. One whose files are damaged, or were written by another
program's version, starts empty beside them: bells are rung again from the database.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import struct
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from redis import Redis, RedisError

from intake.queue.bell import connect
from intake.queue.die_with_parent import with_parent
from intake.queue.redis_places import RedisPlaces, choose_places
from intake.service_settings import ServiceSettings
from intake.settings import SettingRefused

# It answers within 0.1 s on an idle machine (intake.md, section 3); loading 128 MB of bells takes longer.
_START_S = 15.0
_START_STEP_S = 0.02
# A server that does not answer a PING in this time is not there.
_PING_S = 1.0
# Ending writes the append file's last second to disk.
_END_S = 10.0
# Folder of the append file, in the servers' own naming.
_APPENDED = "appendonlydir"
# struct ucred: process, user, group.
_CREDENTIALS = struct.Struct("iii")


class RedisFailed(Exception):
    """The server does not come up; its own log says why."""


class RedisServer:
    """One server of ours on its Unix socket."""

    def __init__(self, places: RedisPlaces) -> None:
        """Starts nothing yet."""
        self._places = places
        self._client = connect(places.url, timeout_s=_PING_S)
        self._process: subprocess.Popen[bytes] | None = None
        self._adopted_pid: int | None = None

    @property
    def url(self) -> str:
        """How clients name it."""
        return self._places.url

    @property
    def pid(self) -> int | None:
        """Process id of the running server, adopted or started; None when there is none."""
        return self._adopted_pid if self._process is None else self._process.pid

    @property
    def adopted(self) -> bool:
        """True when the server ran before we came."""
        return self._adopted_pid is not None

    def start(self) -> None:
        """Adopts a server that listens on the socket, else starts one and waits until it answers.

        Raises:
            RedisFailed: It does not come up, not even with empty files.
        """
        if self._process is not None:
            if self.running() and _until(self.ping):
                return
            self._process.kill()
            self._process.wait()
        if self._adopt():
            return
        self._places.socket.unlink(missing_ok=True)
        try:
            self._launch()
        except RedisFailed:
            self._set_aside()
            self._launch()

    def running(self) -> bool:
        """True while its process lives; for an adopted one, while it answers."""
        if self._process is not None:
            return self._process.poll() is None
        return self._adopted_pid is not None and self.ping()

    def ping(self) -> bool:
        """True when it answers within a second."""
        try:
            return bool(self._client.ping())
        except RedisError:
            return False

    def stop(self) -> None:
        """Ends it, adopted or started; it writes what it holds first. Does nothing when none runs."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(_END_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        elif self._adopted_pid is not None:
            with contextlib.suppress(RedisError):
                self._client.shutdown()
        self._process = self._adopted_pid = None
        self._client.close()

    def _adopt(self) -> bool:
        pid = _listener(self._places.socket)
        if pid is None or pid == os.getpid():
            return False
        # It may still be reading what it had appended, and says so instead of answering.
        if _until(self.ping):
            self._process, self._adopted_pid = None, pid
            return True
        # Deaf: two servers on the same files would spoil them.
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        _until(lambda: _listener(self._places.socket) is None)
        return False

    def _launch(self) -> None:
        self._adopted_pid = None
        self._process = subprocess.Popen(
            # A killed supervisor leaves nothing behind; this signal lets the server write its last second.
            with_parent(self._places.command(), signal.SIGTERM),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        process = self._process
        if _until(lambda: process.poll() is not None or self.ping()) and process.poll() is None:
            return
        self._process.kill()
        self._process.wait()
        self._process = None
        raise RedisFailed

    def _set_aside(self) -> None:
        folder = self._places.folder
        for earlier in folder.glob(f"{_APPENDED}.unreadable-*"):
            shutil.rmtree(earlier, ignore_errors=True)
        appended = folder / _APPENDED
        if appended.exists():
            appended.rename(folder / f"{_APPENDED}.unreadable-{time.time_ns()}")


def _until(reached: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if reached():
            return True
        time.sleep(_START_STEP_S)
    return False


def _listener(path: Path) -> int | None:
    """Process id of who listens on a Unix socket; None when nobody does (unix(7), SO_PEERCRED)."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(_PING_S)
        try:
            probe.connect(os.fspath(path))
            pid, _, _ = _CREDENTIALS.unpack(probe.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
        except OSError:
            return None
    return int(pid)


@dataclass(frozen=True, slots=True)
class RedisHandle:
    """A Redis to use.

    Attributes:
        url: How clients name it.
        server: Ours; None when it is somebody else's.
    """

    url: str
    server: RedisServer | None

    def stop(self) -> None:
        """Ends the server if it is ours."""
        if self.server is not None:
            self.server.stop()

    def client(self, *, timeout_s: float = _PING_S) -> Redis:
        """A client that gives up after `timeout_s`."""
        return connect(self.url, timeout_s=timeout_s)


def plan_redis(settings: ServiceSettings, *, binary: Path | None = None) -> RedisHandle:
    """Says which Redis this service uses, and starts nothing.

    Raises:
        SettingRefused: None is set and there is no server program here.
    """
    if settings.redis_url is not None:
        return RedisHandle(settings.redis_url, None)
    places = choose_places(settings.data.absolute(), binary=binary)
    return RedisHandle(places.url, RedisServer(places))


def open_redis(settings: ServiceSettings, *, binary: Path | None = None) -> RedisHandle:
    """The Redis of this service, running if it is ours; one that is set is not contacted here.

    Args:
        settings: `redis_url` comes first, else a server on PATH, else the one in the package.
        binary: A certain server program; for tests.

    Raises:
        SettingRefused: None is set and there is no server program here, or it does not start.
    """
    handle = plan_redis(settings, binary=binary)
    if handle.server is not None:
        try:
            handle.server.start()
        except RedisFailed as fault:
            raise SettingRefused(
                f"INTAKE_REDIS_URL：随附的消息服务不能启动；原因见“{settings.data / 'redis' / 'server.log'}”。"
            ) from fault
    return handle
