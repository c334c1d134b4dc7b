"""Rings again for what waits, buries what killed its workers, and cleans up.

One a machine is enough, and several do no harm: everything here is a question to the database and an answer that may
come twice, because work is claimed by its worker and not by the bell.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from intake.observe.log import get_log
from intake.queue.limits import CLEAN_EVERY_S, FIGURES_EVERY_S, RING_AT_ONCE, SWEEP_EVERY_S
from intake.storage import idempotency
from intake.storage.errors import StorageError
from intake.storage.work import Due, due, mark_rung, queue_figures
from intake.tasks.run import bury_lost
from intake.tasks.service import Service

Ring = Callable[[list[Due]], tuple[str, ...]]


class _Timer:
    """Says when something is due again."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._next_s = 0.0

    def due(self, now_s: float) -> bool:
        if now_s < self._next_s:
            return False
        self._next_s = now_s + self._every_s
        return True


class Sweeper:
    """The rounds of one process."""

    def __init__(self, service: Service, ring: Ring, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Does nothing yet.

        Args:
            service: Of the installation.
            ring: Rings, and says for which ids a bell waits now.
            clock: Seconds that never go back; for tests.
        """
        self._service = service
        self._ring = ring
        self._clock = clock
        self._clean, self._figures = _Timer(CLEAN_EVERY_S), _Timer(FIGURES_EVERY_S)
        # The first cleaning waits: an installation that starts has better things to do.
        self._clean.due(clock())

    def serve(self, over: threading.Event) -> None:
        """Goes its rounds until the event is set."""
        while not over.is_set():
            self.round()
            over.wait(SWEEP_EVERY_S)

    def round(self) -> None:
        """One round. A store that is away is tried again in the next."""
        now_s = self._clock()
        steps: list[tuple[str, Callable[[], object]]] = [
            ("bury", lambda: bury_lost(self._service)),
            ("ring", self.ring_due),
        ]
        if self._figures.due(now_s):
            steps.append(("figures", self._tell_figures))
        if self._clean.due(now_s):
            steps += [("forget-keys", self._forget_keys), ("sweep-blobs", self._sweep_blobs)]
        for name, step in steps:
            try:
                step()
            except StorageError as fault:
                get_log().warning("sweep-failed", stage=name, code=fault.code)

    def ring_due(self) -> int:
        """Rings for everything that is due and was not rung for lately; returns for how many."""
        database = self._service.database
        with database.read() as connection:
            waiting = due(connection, limit=RING_AT_ONCE)
        rung = self._ring(waiting) if waiting else ()
        if rung:
            with database.write() as connection:
                mark_rung(connection, rung)
        return len(rung)

    def _tell_figures(self) -> None:
        with self._service.database.read() as connection:
            figures = queue_figures(connection)
        for figure in figures:
            get_log().info(
                "queue-figure",
                queue=figure.queue.value,
                state=figure.state.value,
                count=figure.count,
                oldest_s=figure.oldest_ms / 1000,
            )

    def _forget_keys(self) -> None:
        with self._service.database.write() as connection:
            idempotency.forget_old(connection)

    def _sweep_blobs(self) -> None:
        removed = self._service.blobs.sweep(self._service.database)
        if removed:
            get_log().info("blobs-swept", count=removed)
