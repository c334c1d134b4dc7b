"""One worker process of an archive run: loads the models once, then takes one case after another from a pipe.

It is started fresh (spawn), owns its decoder child and its models, and hands back one record a case. Whatever a
library prints goes nowhere: the console belongs to the progress bar, and logs must not hold document content.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from intake.archive.model import CaseRef


@dataclass(frozen=True, slots=True)
class WorkerOrder:
    """What a worker needs to know at its start.

    Attributes:
        policy: Name of the policy pack or path of a policy file.
        pictures: Folder for reduced renditions; None writes none.
        factory: `module:function` that builds the toolbox as a context manager out of the policy's name. Tests name
            a fake here; it must be importable by a fresh process.
    """

    policy: str
    pictures: Path | None
    factory: str = "intake.toolbox:worker_toolbox"


@dataclass(frozen=True, slots=True)
class Ready:
    """Sent once, when the models are loaded."""


@dataclass(frozen=True, slots=True)
class CannotStart:
    """Sent instead of `Ready`: a stable reason, without content."""

    reason: str


@dataclass(frozen=True, slots=True)
class Done:
    """Sent for every case.

    Attributes:
        record: The result object.
        seconds: Wall time of the case in this worker.
        peak_rss_bytes: Highest resident memory of this process so far.
        rss_bytes: Resident memory now.
    """

    record: dict[str, Any]
    seconds: float
    peak_rss_bytes: int
    rss_bytes: int


def serve(pipe: Connection, order: WorkerOrder) -> None:
    """The worker's main function: runs until the parent sends None or goes away."""
    # Ctrl-C reaches the whole terminal group; the parent decides what happens to its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _silence()
    from intake.archive.source import open_case
    from intake.pipeline import run_case
    from intake.report.pictures import write_pictures

    factory = _named(order.factory)
    try:
        tools_in = factory(order.policy)
        tools = tools_in.__enter__()
    except Exception as exc:
        # The one place where a broken installation becomes a sentence: there is no case to blame it on.
        pipe.send(CannotStart(f"{type(exc).__name__}"))
        return
    try:
        pipe.send(Ready())
        while True:
            ref: CaseRef | None = pipe.recv()
            if ref is None:
                return
            started = time.monotonic()
            result = run_case(open_case(ref), tools, want_pictures=order.pictures is not None)
            if order.pictures is not None:
                # A report without pictures is better than a case without a result; the parent notices a full disk.
                with contextlib.suppress(OSError):
                    write_pictures(order.pictures, result)
            pipe.send(Done(dict(result.record), time.monotonic() - started, _peak_rss_bytes(), _rss_bytes()))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        # The parent is gone; there is nobody to work for.
        return
    finally:
        tools_in.__exit__(None, None, None)


def _named(factory: str) -> Any:
    from importlib import import_module

    module, _, name = factory.partition(":")
    return getattr(import_module(module), name)


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def _peak_rss_bytes() -> int:
    # Linux counts ru_maxrss in KiB (getrusage(2)).
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _rss_bytes() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError, ValueError):
        return _peak_rss_bytes()
    return pages * resource.getpagesize()
