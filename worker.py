"""Entries of the processes behind the interface: `python -m worker run|sweep|migrate`.

`run` does the work of one queue, `sweep` rings for what waits and cleans up, `migrate` brings the tables up to date.
Settings come from the environment (`intake.service_settings`). Exit code 0: done or asked to leave; 1: a fault of the
program; 2: a setting or the key file cannot be used.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

from intake.observe.log import configure_logging, get_log
from intake.observe.measured import measured
from intake.observe.metrics import metrics
from intake.open_service import open_service
from intake.parts import Parts
from intake.queue.beat import beating
from intake.queue.bell import RedisBell, connect
from intake.queue.limits import ANSWER_SLACK_S, LOOK_EVERY_S
from intake.queue.redis_server import plan_redis
from intake.queue.sweeper import Sweeper
from intake.queue.take_bell import BellRope
from intake.queue.worker_loop import LoopLimits, WorkerLoop
from intake.rules import open_policy, policy_source
from intake.service_settings import PROCESS, ServiceSettings, load_service_settings
from intake.settings import SettingRefused, engine_settings
from intake.storage.database import Database
from intake.storage.errors import KeyringUnusable, StorageError
from intake.storage.work import Queue, next_ready
from intake.tasks.run import Outcome, run_work
from intake.tasks.service import Service, WorkerParts
from intake.toolbox import Toolbox, open_toolbox

# Uploads are answered while every processor reads: the interface keeps the normal priority (0), workers get this one.
_NICE = 10
# Policies and days kept ready; a service of one province uses one.
_TOOLBOXES = 16
# Column `worker` of the table `work`.
_MAX_NAME_CHARACTERS = 64


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one entry; returns the exit code."""
    said = _arguments(arguments)
    try:
        settings = load_service_settings()
        name = os.environ.get(PROCESS) or f"{getattr(said, 'queue', said.entry)}-{os.getpid()}"
        configure_logging(settings.log_level, process=name)
        with beating(os.environ):
            if said.entry == "run":
                _run(settings, Queue(said.queue), name)
            elif said.entry == "sweep":
                _sweep(settings)
            else:
                _migrate(settings)
    except SettingRefused as refused:
        sys.stderr.write(f"setting-refused: {refused}\n")
        return 2
    except KeyringUnusable as fault:
        sys.stderr.write(f"{fault.code}: {fault.detail}\n")
        return 2
    except StorageError as fault:
        get_log().error("cannot-start", code=fault.code)
        return 1
    return 0


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m worker", description=__doc__)
    entries = parser.add_subparsers(dest="entry", required=True)
    run = entries.add_parser("run", help="do the work of one queue")
    run.add_argument("--queue", choices=[queue.value for queue in Queue], default=Queue.LIVE.value)
    entries.add_parser("sweep", help="ring for what waits, clean up")
    entries.add_parser("migrate", help="bring the tables up to date")
    return parser.parse_args(arguments)


def _run(settings: ServiceSettings, queue: Queue, name: str) -> None:
    os.nice(_NICE)
    url = plan_redis(settings).url
    bell = RedisBell(url)
    service, _ = open_service(settings, bell.ring)
    with _tools(queue, site_policy=settings.policy) as tools:
        parts = WorkerParts(tools, float(settings.stage_deadline_s), settings.webhook_private)
        loop = WorkerLoop(
            BellRope(queue.value, connect(url, timeout_s=LOOK_EVERY_S + ANSWER_SLACK_S)),
            run=_runner(service, parts, queue, name),
            next_ready=lambda: _next_ready(service, queue),
            limits=LoopLimits(
                max_jobs=settings.worker_max_jobs,
                max_rss_bytes=settings.worker_max_mb * 1_000_000,
                deadline_s=float(settings.stage_deadline_s),
            ),
        )
        loop.leave_on_signals()
        get_log().info("worker-ready", queue=queue.value, pid=os.getpid())
        loop.serve()
    bell.close()
    service.database.close()


def _runner(service: Service, parts: WorkerParts, queue: Queue, name: str) -> Callable[[str], bool]:
    """Does one unit of work and tells how it ended."""
    worker = f"{name}@{platform.node()}"[:_MAX_NAME_CHARACTERS]

    def run(work_id: str) -> bool:
        started = time.perf_counter()
        outcome = run_work(work_id, service, parts, worker=worker)
        if outcome is Outcome.NOT_TAKEN:
            return False
        seconds = time.perf_counter() - started
        if queue is Queue.DELIVER:
            metrics().stage_took("deliver", seconds)
        metrics().work_ended(queue.value, outcome.value)
        return True

    return run


def _next_ready(service: Service, queue: Queue) -> str | None:
    with service.database.read() as connection:
        return next_ready(connection, queue)


@contextmanager
def _tools(queue: Queue, *, site_policy: str) -> Iterator[Callable[[str], Toolbox]]:
    """The pipeline's functions by policy; everything heavy is loaded before the first unit of work."""
    if queue is Queue.DELIVER:
        yield _no_tools
        return
    with Parts(engine_settings(os.environ)) as parts:
        _ = parts.engine, parts.photo_models

        @lru_cache(maxsize=_TOOLBOXES)
        def of_day(policy: str, today: datetime.date) -> Toolbox:
            opened = open_policy(policy_source(policy, site=site_policy))
            return measured(open_toolbox(parts, opened.policy, today=today), metrics())

        yield lambda policy: of_day(policy, datetime.date.today())


def _no_tools(_policy: str) -> Toolbox:
    raise AssertionError("messages need no pictures")


def _sweep(settings: ServiceSettings) -> None:
    os.nice(_NICE)
    bell = RedisBell(plan_redis(settings).url)
    service, _ = open_service(settings, bell.ring)
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: over.set())
    get_log().info("sweeper-ready", pid=os.getpid())
    Sweeper(service, bell.ring).serve(over)
    bell.close()
    service.database.close()


def _migrate(settings: ServiceSettings) -> None:
    database = Database(settings.database)
    database.migrate()
    database.close()


if __name__ == "__main__":
    sys.exit(main())
