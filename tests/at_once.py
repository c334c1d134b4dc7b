"""Many at once, and one worker alone: what tests of storage do with an installation."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import func, select

from intake.storage.schema import event
from intake.storage.work import Queue, next_ready
from intake.tasks.run import run_work
from tests.service_parts import Installation, quick_parts

# Only a hang gets here.
HANG_S = 60


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Does the same thing in many threads that start together; what was raised is returned."""
    start = threading.Barrier(count, timeout=HANG_S)

    def one(number: int) -> Any:
        start.wait()
        try:
            return act(number)
        except Exception as fault:
            return fault

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def count_of(site: Installation, table: Any) -> int:
    """Rows of a table."""
    with site.service.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def run_all(site: Installation) -> None:
    """Does all work that is due, one worker alone."""
    while True:
        with site.service.database.write() as connection:
            found = next_ready(connection, Queue.LIVE)
        if found is None:
            return
        run_work(found, site.service, quick_parts(), worker="w")


def verdicts(site: Installation, filed: str) -> list[int]:
    """Revisions that were scored, one entry for each time."""
    with site.service.database.read() as connection:
        found = connection.execute(
            select(event.c.data)
            .where(event.c.subject == filed, event.c.kind == "submission-scored")
            .order_by(event.c.seq)
        )
        return [json.loads(row.data)["revision"] for row in found]
