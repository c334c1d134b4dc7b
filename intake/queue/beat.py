"""Signs of life: a child touches a file, and the supervisor looks how old it is.

A process that is stopped, or whose interpreter is held by native code, touches nothing.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from intake.service_settings import BEAT_FILE

# Ten signs may be lost before the supervisor's patience ends.
BEAT_EVERY_S = 2.0


@contextmanager
def beating(environment: Mapping[str, str]) -> Iterator[None]:
    """Touches the file that the supervisor named, from a thread, until the block ends; nothing when it named none."""
    named = environment.get(BEAT_FILE)
    if not named:
        yield
        return
    over = threading.Event()
    thread = threading.Thread(target=_beat, args=(Path(named), over), name="beat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat(path: Path, over: threading.Event) -> None:
    while True:
        # A full disk must not end a process that works.
        with suppress(OSError):
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.utime(descriptor)
            finally:
                os.close(descriptor)
        if over.wait(BEAT_EVERY_S):
            return
