"""Runs the REST interface: `python -m api.serve_http`. Settings come from the environment.

One process with one event loop; everything that blocks is done in threads, everything that looks at pictures in child
processes. The tables must be up to date (`python -m worker migrate`; `intake serve` and `intake api` see to that).
"""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.rest.app import create_app
from api.rest.calls import CALL_THREADS, UPLOAD_THREADS
from api.rest.envelope import MOST_CALLS
from api.rest.events_stream import EventHub
from api.rest.health import FolderWatch
from api.rest.parts import Checks, Health, Limits, RestParts
from api.rest.policies import PolicyBook
from api.rest.rate_limit import RateLimit
from api.rest.security import KeyDesk
from api.rest.upload import UploadRoom
from intake.checker import Checker, CheckerSettings
from intake.observe.log import configure_logging, get_log
from intake.observe.metrics import metrics
from intake.open_service import open_service
from intake.queue.beat import beating
from intake.queue.bell import RedisBell
from intake.queue.redis_server import plan_redis
from intake.queue.supervisor import read_children
from intake.service_settings import PROCESS, ServiceSettings, load_service_settings
from intake.settings import SettingRefused
from intake.storage.errors import KeyringUnusable, StorageError
from intake.storage.keyring import KeyringFile
from intake.tasks.service import Service
from verify.errors import PolicyInvalid, PolicyUnknown

# A request's line and headers: what we need has 1 KB, and the whole of it is held until it is complete.
_HEADER_BYTES = 16 * 1024
# A connection that has not sent a whole header in this time is closed (reliability.md, section 2.2: slow clients).
_HEADER_S = 10.0
# Between two calls of one connection; front ends keep theirs open.
_KEEP_ALIVE_S = 30
# Connections at once, silent ones included; the library refuses further ones in words of its own, so that is the last
# resort, and calls are counted before (`api.rest.envelope.MOST_CALLS`).
_MOST_CONNECTIONS = 2 * MOST_CALLS
# Files that this process may have open: a connection each, and as many again for what lies behind them. The usual 1024
# would be spent before any limit of ours.
_MOST_FILES = 2 * _MOST_CONNECTIONS
_BACKLOG = 512
# Calls in hand get so long when the service is stopped; the supervisor waits 30 s.
_GRACE_S = 15
# Largest uploads that are in memory at once; the interface may take 250 MB in all (issue 6) and needs about 100 itself.
_UPLOADS_AT_ONCE = 3
# All callers of one address together; an office behind one address has several clients.
_CALLERS_PER_ADDRESS = 4


class _Server(uvicorn.Server):
    """Stops on signals by itself, so that what was opened around it is closed, and ends event streams at once: they
    would hold it up until their time is over.
    """

    def __init__(self, config: uvicorn.Config, on_stop: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_stop = on_stop

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The library's own way ends the process by the same signal again."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        yield

    def stop(self) -> None:
        """Ends what is in hand and leaves; asked a second time, leaves at once."""
        self.force_exit = self.should_exit
        self.should_exit = True
        self._on_stop()


class _ImpatientProtocol(H11Protocol):
    """Closes connections on which a header was begun and does not arrive; the library has no limit for that."""

    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """A caller has connected."""
        super().connection_made(transport)
        self._wait_for_header()

    def data_received(self, data: bytes) -> None:
        """A piece came."""
        before = self.cycle
        super().data_received(data)
        if self.cycle is before and (before is None or before.response_complete):
            self._wait_for_header()
        else:
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """A connection has ended."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait_for_header(self) -> None:
        # The first piece counts: whoever sends one byte at a time gains nothing.
        self._patience = self._patience or self.loop.call_later(_HEADER_S, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None


def main() -> int:
    """Serves until it is asked to stop; returns the exit code."""
    try:
        settings = load_service_settings()
        configure_logging(settings.log_level, process=os.environ.get(PROCESS) or "api")
        _allow_files()
        with beating(os.environ), _parts(settings) as parts:
            serve(create_app(parts), parts, host=settings.host, port=settings.port)
    except SettingRefused as refused:
        sys.stderr.write(f"setting-refused: {refused}\n")
        return 2
    except (PolicyUnknown, PolicyInvalid):
        sys.stderr.write("setting-refused: INTAKE_POLICY：采集规则不能使用；请用 intake policy check 检查。\n")
        return 2
    except KeyringUnusable as fault:
        sys.stderr.write(f"{fault.code}: {fault.detail}\n")
        return 2
    except StorageError as fault:
        get_log().error("cannot-start", code=fault.code)
        return 1
    return 0


def _allow_files() -> None:
    """Raises this process's own limit, as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def serve(app: FastAPI, parts: RestParts, *, host: str, port: int) -> None:
    """Serves an application until SIGTERM or SIGINT.

    Raises:
        SettingRefused: Nothing can listen there.
    """
    with listening(host, port) as listener:
        get_log().info("api-ready", port=port, pid=os.getpid())
        _Server(http_config(app), parts.hub.close).run([listener])


def listening(host: str, port: int) -> socket.socket:
    """A socket that takes connections there.

    Raises:
        SettingRefused: Nothing can listen there.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as fault:
        raise SettingRefused(
            f"INTAKE_HOST、INTAKE_PORT：不能在 {host}:{port} 上监听；请换一个端口，或停掉占用它的程序。"
        ) from fault
    # Connections inherit it. asyncio sets it only on sockets that name their protocol, which this one does not, and an
    # answer's last piece then waits 40 ms for the caller's acknowledgement of the first (measured: 44 ms for /livez).
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def http_config(app: FastAPI) -> uvicorn.Config:
    """How the server treats connections."""
    return uvicorn.Config(
        app,
        http=_ImpatientProtocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        # Ours is set up already, and the access log would hold whole paths.
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=_MOST_CONNECTIONS,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GRACE_S,
        h11_max_incomplete_event_size=_HEADER_BYTES,
    )


@contextmanager
def _parts(settings: ServiceSettings) -> Iterator[RestParts]:
    bell = RedisBell(plan_redis(settings).url)
    service, keys = open_service(settings, bell.ring, pool_size=CALL_THREADS + UPLOAD_THREADS)
    try:
        with Checker(CheckerSettings(children=settings.checkers)) as checker:
            yield rest_parts(settings, service, checker, redis_up=bell.ping, keys=keys)
    finally:
        bell.close()
        service.database.close()


def rest_parts(
    settings: ServiceSettings,
    service: Service,
    checks: Checks,
    *,
    redis_up: Callable[[], bool],
    keys: KeyringFile | None = None,
) -> RestParts:
    """Puts the interface's parts together.

    Args:
        settings: Limits, rules and places.
        service: Records, blobs, keys, bell.
        checks: Looks at uploads.
        redis_up: Asks whether the bell answers.
        keys: The key file, for the readiness check.

    Raises:
        PolicyUnknown, PolicyInvalid: The site's rules cannot be used.
    """
    return RestParts(
        service=service,
        checks=checks,
        policies=PolicyBook(settings.policy),
        keys=KeyDesk(service.database),
        limits=Limits(
            upload_max_bytes=settings.upload_max_bytes,
            requests=RateLimit(settings.rate_requests),
            uploads=RateLimit(settings.rate_uploads),
            addresses=RateLimit(settings.rate_requests * _CALLERS_PER_ADDRESS),
        ),
        room=UploadRoom(settings.upload_max_bytes * _UPLOADS_AT_ONCE),
        hub=EventHub(service.database),
        figures=metrics(),
        health=Health(
            redis_up=redis_up,
            # A bucket tells its troubles when something is put into it.
            store_fault=(lambda: None) if settings.blobs else FolderWatch(settings.blob_folder),
            keys_fault=lambda: None if keys is None or keys.fault is None else keys.fault.code,
            children_fault=lambda: children_fault(settings.children_file),
        ),
        webhook_private=settings.webhook_private,
    )


def children_fault(state_file: Path) -> str | None:
    """`child-down` while a process of this machine's supervisor is not up; None also where there is no supervisor."""
    children = read_children(state_file) or ()
    return None if all(child.up for child in children) else "child-down"


if __name__ == "__main__":
    sys.exit(main())
