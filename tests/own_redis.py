"""Real Redis-protocol servers on Unix sockets, for tests."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from intake.queue.redis_places import carried_server, choose_places
from intake.queue.redis_server import RedisHandle, RedisServer

# The package's server is always there; one on PATH where the machine has one.
_ON_PATH = shutil.which("redis-server")
SERVERS = {"carried": carried_server()} | ({} if _ON_PATH is None else {"on-path": Path(_ON_PATH)})


def handle(data: Path, binary: Path | None = None) -> RedisHandle:
    """The server of a data folder; not started."""
    places = choose_places(data, binary=binary or carried_server())
    return RedisHandle(places.url, RedisServer(places))


@contextmanager
def running(data: Path, binary: Path | None = None) -> Iterator[RedisHandle]:
    """A server that runs during the block."""
    own = handle(data, binary)
    assert own.server is not None
    own.server.start()
    try:
        yield own
    finally:
        own.stop()


def until(reached: Callable[[], object], *, seconds: float = 90.0) -> None:
    """Waits for something that happens soon on an idle machine and late on a busy one."""
    deadline = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > deadline:
            raise AssertionError("it did not happen")
        time.sleep(0.02)
