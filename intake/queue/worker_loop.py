"""What a worker process does all day: hear a bell or look into the database, do the work, and leave in good time.

RQ's own worker loop is not used, only its queue and its job: that loop imports what Redis names, takes orders from
whoever may publish there, keeps books in Redis that outlive a killed worker, and ends when Redis does. Here Redis only
shortens the wait.
"""

from __future__ import annotations

import resource
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import FrameType

from redis import RedisError

from intake.observe.log import get_log
from intake.queue.deadline import ended_after
from intake.queue.limits import AWAY_FIRST_S, AWAY_LAST_S, LOOK_EVERY_S
from intake.queue.take_bell import BellRope
from intake.storage.errors import StorageError

# How long a worker without Redis waits between two looks; each is one indexed query.
_LOOK_ALONE_S = 1.0


class Leave(StrEnum):
    """Why a worker ended."""

    ASKED = "asked"
    JOBS = "jobs"
    MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class LoopLimits:
    """When a worker ends itself.

    Attributes:
        max_jobs: Units of work.
        max_rss_bytes: Resident memory between two units.
        deadline_s: Of one unit.
    """

    max_jobs: int
    max_rss_bytes: int
    deadline_s: float


class _LeaveNow(Exception):
    """Asked to leave while waiting for a bell."""


class WorkerLoop:
    """The loop of one worker; runs in the main thread."""

    def __init__(
        self,
        rope: BellRope,
        *,
        run: Callable[[str], bool],
        next_ready: Callable[[], str | None],
        limits: LoopLimits,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepares the loop.

        Args:
            rope: Where bells come from.
            run: Does one unit of work, by its id; False when there was nothing to do.
            next_ready: The id of work that can be done now, from the database.
            limits: When to leave.
            clock: Seconds that never go back; for tests.
        """
        self._rope = rope
        self._run = run
        self._next_ready = next_ready
        self._limits = limits
        self._clock = clock
        self._asked = threading.Event()
        self._waiting = False
        # The last look found work, so there may be more.
        self._busy = False
        self._jobs = 0
        # Seconds of the next pause while Redis is away; 0 while it answers.
        self._away_s = 0.0
        self._try_redis_at = 0.0

    def leave(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """Asks the loop to end after the unit in hand; a signal handler."""
        self._asked.set()
        if self._waiting:
            self._waiting = False
            raise _LeaveNow

    def leave_on_signals(self) -> None:
        """SIGTERM and SIGINT ask the loop to end."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.leave)

    def serve(self) -> Leave:
        """Works until there is a reason to leave."""
        while (why := self._why_leave()) is None:
            heard = self._hear()
            # The oldest first, whatever the bell names: orphaned work is rung for behind everything that waits already.
            work_id = self._look() or heard
            if work_id is None:
                self._pause()
            else:
                self._work(work_id)
        get_log().info("worker-leaves", reason=why.value, count=self._jobs, rss_bytes=rss_bytes())
        return why

    def _why_leave(self) -> Leave | None:
        if self._asked.is_set():
            return Leave.ASKED
        if self._jobs >= self._limits.max_jobs:
            return Leave.JOBS
        return Leave.MEMORY if rss_bytes() > self._limits.max_rss_bytes else None

    def _hear(self) -> str | None:
        """Waits for a bell, unless Redis is away or the last look found work, which more may follow."""
        if self._clock() < self._try_redis_at:
            return None
        try:
            return self._wait_for_bell()
        except _LeaveNow:
            return None

    def _wait_for_bell(self) -> str | None:
        try:
            self._waiting = True
            ring = self._rope.take(0 if self._busy else LOOK_EVERY_S)
        except (RedisError, OSError):
            self._note_away()
            return None
        finally:
            self._waiting = False
        self._note_back()
        return None if ring is None else ring.work_id

    def _look(self) -> str | None:
        if self._asked.is_set():
            return None
        try:
            found = self._next_ready()
        except StorageError as fault:
            get_log().warning("database-not-asked", code=fault.code)
            found = None
            self._asked.wait(_LOOK_ALONE_S)
        self._busy = found is not None
        return found

    def _work(self, work_id: str) -> None:
        try:
            with ended_after(self._limits.deadline_s):
                self._jobs += self._run(work_id)
        except StorageError as fault:
            # Nothing is lost: the work stands in the database and its lease runs out.
            get_log().warning("work-not-done", work_id=work_id, code=fault.code)
            self._asked.wait(_LOOK_ALONE_S)

    def _pause(self) -> None:
        """Without Redis there is no waiting for a bell, so this loop must not spin."""
        if self._away_s:
            self._asked.wait(_LOOK_ALONE_S)

    def _note_away(self) -> None:
        if not self._away_s:
            get_log().warning("redis-away")
        self._away_s = min(AWAY_LAST_S, max(AWAY_FIRST_S, self._away_s * 2))
        self._try_redis_at = self._clock() + self._away_s

    def _note_back(self) -> None:
        if self._away_s:
            get_log().info("redis-back")
        self._away_s = 0.0


def rss_bytes() -> int:
    """Resident memory of this process now; its highest so far where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError, ValueError):
        # Linux counts ru_maxrss in KiB (getrusage(2)).
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return pages * resource.getpagesize()
