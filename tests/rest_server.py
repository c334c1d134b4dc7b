"""The REST interface on a real socket of this machine, in a thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from api.serve_http import http_config, listening

_START_S = 20.0


@contextmanager
def running(app: FastAPI) -> Iterator[int]:
    """Serves until the block ends; the port."""
    with listening("127.0.0.1", 0) as listener:
        server = uvicorn.Server(http_config(app))
        thread = threading.Thread(target=server.run, args=([listener],), name="rest-server")
        thread.start()
        try:
            _await_start(server, thread)
            yield int(listener.getsockname()[1])
        finally:
            server.should_exit = True
            app.state.parts.hub.close()
            thread.join()


def _await_start(server: uvicorn.Server, thread: threading.Thread) -> None:
    ends_at = time.monotonic() + _START_S
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < ends_at, "the server does not answer"
        time.sleep(0.01)
