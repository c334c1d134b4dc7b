"""Figures for Prometheus. Every process of a machine counts in a small file; `/metrics` adds the files up.

A process counts under its name (`live-0`), not under its number, so a worker that was replaced goes on where the last
one stopped and the files stay few. The supervisor empties the folder when it starts.

Labels are codes and closed sets: no ids, no content. How much waits where is asked of the database at the moment.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from prometheus_client.core import Metric
    from prometheus_client.registry import CollectorRegistry

# Prometheus' own name of the folder's variable.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# From a look-up to the stage's deadline; the goals (250 ms, 800 ms, 3.5 s a page) lie on edges.
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.8, 1.5, 2.5, 3.5, 5.0, 10.0, 20.0, 60.0, 120.0)


class Figure(Protocol):
    """What lies in one state of one queue; `intake.storage.work.QueueFigure` is one."""

    @property
    def queue(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def count(self) -> int: ...
    @property
    def oldest_ms(self) -> int: ...


class Metrics:
    """The counters of this process."""

    def __init__(self, folder: Path | None, process: str) -> None:
        """Opens the counters.

        Args:
            folder: Shared with the other processes; None counts for this process alone.
            process: Name that no other running process of this machine has; no underscores.
        """
        from prometheus_client import CollectorRegistry, Counter, Histogram, values

        if folder is not None:
            multi: Any = values.MultiProcessValue
            values.ValueClass = multi(lambda: process)
        self._folder = folder
        self._registry = own = CollectorRegistry()
        self._stages = Histogram("intake_stage_seconds", "Time of a stage", ["stage"], buckets=_SECONDS, registry=own)
        self._work = Counter("intake_work", "Units of work by outcome", ["queue", "outcome"], registry=own)
        self._findings = Counter("intake_findings", "Findings of verdicts", ["code", "level"], registry=own)
        self._uploads = Counter("intake_uploads", "Uploads by answer", ["answer"], registry=own)
        self._webhooks = Counter("intake_webhooks", "Tries to deliver by result", ["result"], registry=own)
        self._refused = Counter("intake_bells_refused", "Forged jobs by reason", ["reason"], registry=own)
        self._restarts = Counter("intake_child_restarts", "Processes started anew", ["child"], registry=own)
        self._requests = Counter("intake_http_requests", "Calls", ["route", "method", "status"], registry=own)
        self._answers = Histogram("intake_http_seconds", "Time to answer", ["route"], buckets=_SECONDS, registry=own)

    @contextmanager
    def stage(self, stage: str) -> Iterator[None]:
        """Measures a stage (decode, read, judge, deliver), also when it raises."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.stage_took(stage, time.perf_counter() - started)

    def stage_took(self, stage: str, seconds: float) -> None:
        """A stage took so long."""
        self._stages.labels(stage).observe(seconds)

    def work_ended(self, queue: str, outcome: str) -> None:
        """A worker of this queue ended a unit of work."""
        self._work.labels(queue, outcome).inc()

    def found(self, code: str, level: str) -> None:
        """A verdict carries this finding."""
        self._findings.labels(code, level).inc()

    def uploaded(self, answer: str) -> None:
        """An upload was answered: accepted, or the code of its refusal."""
        self._uploads.labels(answer).inc()

    def webhook_tried(self, result: str) -> None:
        """A delivery was tried: delivered, later, dead."""
        self._webhooks.labels(result).inc()

    def bell_refused(self, reason: str) -> None:
        """A job in the queue was none of ours."""
        self._refused.labels(reason).inc()

    def child_restarted(self, child: str) -> None:
        """The supervisor started a process anew."""
        self._restarts.labels(child).inc()

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """A call was answered. The route is its pattern, never the path that was asked for."""
        self._requests.labels(route, method, str(status)).inc()
        self._answers.labels(route).observe(seconds)

    def render(self, figures: Sequence[Figure] | None, *, redis_up: bool) -> bytes:
        """All figures of this machine in Prometheus' text form.

        Args:
            figures: Of the queues; None when the database did not answer, which shows as `intake_database_up 0`.
            redis_up: Whether the bell answers.
        """
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        counted = self._registry
        if self._folder is not None:
            counted = CollectorRegistry()
            collector: Any = MultiProcessCollector
            collector(counted, path=str(self._folder))
        try:
            text, whole = generate_latest(counted), True
        except (OSError, RuntimeError, ValueError, KeyError):
            # A process that was killed while it added a counter leaves a torn file; the rest is still worth showing.
            text, whole = b"", False
        return text + generate_latest(_now(figures, redis_up=redis_up, counters_whole=whole))


def _now(figures: Sequence[Figure] | None, *, redis_up: bool, counters_whole: bool) -> CollectorRegistry:
    from prometheus_client import CollectorRegistry

    registry = CollectorRegistry()
    registry.register(
        _Moment(figures, {"redis": redis_up, "database": figures is not None, "counters": counters_whole})
    )
    return registry


class _Moment:
    """What is true at the moment of asking."""

    def __init__(self, figures: Sequence[Figure] | None, up: dict[str, bool]) -> None:
        self._figures = figures or ()
        self._up = up

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[Metric]:
        from prometheus_client.core import GaugeMetricFamily

        for name, up in self._up.items():
            yield GaugeMetricFamily(f"intake_{name}_up", "1 when it answers", value=float(up))
        length = GaugeMetricFamily("intake_queue_length", "Units of work", labels=["queue", "state"])
        oldest = GaugeMetricFamily("intake_queue_oldest_seconds", "Since it was due", labels=["queue", "state"])
        for figure in self._figures:
            length.add_metric([figure.queue, figure.state], figure.count)
            oldest.add_metric([figure.queue, figure.state], figure.oldest_ms / 1000)
        yield length
        yield oldest


@cache
def metrics() -> Metrics:
    """The counters of this process: in the shared folder when the environment names one, else on their own."""
    folder = os.environ.get(FOLDER)
    process = os.environ.get("INTAKE_PROCESS") or f"pid-{os.getpid()}"
    return Metrics(Path(folder) if folder and os.path.isdir(folder) else None, process.replace("_", "-"))


def empty_folder(folder: Path, *, unused_s: float = 0.0) -> None:
    """Makes the folder and removes what earlier processes left in it.

    Args:
        folder: Of this machine.
        unused_s: Only files that nobody wrote to for so long; 0 removes all.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in folder.glob("*.db"):
        with suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime >= unused_s:
                left.unlink()
