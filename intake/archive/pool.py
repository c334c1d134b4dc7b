"""A pool of worker processes that survives the death of any of them.

Every worker has a pipe of its own and one case at a time, so a killed process (out of memory, kill -9, a crash in
native code) loses exactly the case it held. That case is tried once more; when it kills a second worker it comes
back as a failure and the batch goes on. A worker is replaced after a number of cases or above a memory limit.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any

from intake.archive.model import CaseRef, Outcome, RunRefusedError
from intake.archive.worker import CannotStart, Done, Ready, WorkerOrder, serve

# A case is six images at about a second each and 40 at most; a worker that is silent for so long hangs.
CASE_TIMEOUT_S = 600.0
# Loading the models takes about 5 s alone and longer when many workers read the same disk.
START_TIMEOUT_S = 180.0
# OCR engines grow slowly (intake.md lesson 6), so a worker is replaced in time: after this many cases …
RECYCLE_CASES = 500
# … or above this resident size. The promise is 1.2 GB at the peak; 1.0 GB between cases leaves room for one image.
RECYCLE_RSS_BYTES = 1_000_000_000
# A case gets one more chance, because a worker may be killed for reasons outside it.
MAX_ATTEMPTS = 2
# This many workers in a row that never became ready mean a broken installation, not bad luck.
_MAX_BAD_STARTS = 3


class _Seat:
    """One worker with what it is doing. Mutable on purpose: it mirrors a process."""

    def __init__(self, order: WorkerOrder) -> None:
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        self.process: SpawnProcess = context.Process(target=serve, args=(theirs, order), daemon=True)
        self.process.start()
        theirs.close()
        self.pipe: Connection = ours
        self.ready = False
        self.ref: CaseRef | None = None
        self.since = time.monotonic()
        self.cases = 0

    def give(self, ref: CaseRef) -> None:
        self.ref, self.since = ref, time.monotonic()
        self.pipe.send(ref)

    def late(self) -> bool:
        limit = CASE_TIMEOUT_S if self.ready else START_TIMEOUT_S
        return (not self.ready or self.ref is not None) and time.monotonic() - self.since > limit

    def dismiss(self, *, kill: bool) -> None:
        """Lets the worker go: asked to stop when idle, killed otherwise."""
        try:
            if kill:
                self.process.kill()
            else:
                self.pipe.send(None)
        except OSError:
            pass
        self.pipe.close()
        self.process.join(timeout=10)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


class Pool:
    """Runs cases through worker processes.

    Args:
        order: What every worker is told.
        workers: How many processes.
        recycle_cases: Replace a worker after this many cases.
        recycle_rss_bytes: Replace a worker above this resident size.
    """

    def __init__(
        self,
        order: WorkerOrder,
        *,
        workers: int,
        recycle_cases: int = RECYCLE_CASES,
        recycle_rss_bytes: int = RECYCLE_RSS_BYTES,
    ) -> None:
        self._order = order
        self._workers = workers
        self._recycle_cases = recycle_cases
        self._recycle_rss_bytes = recycle_rss_bytes
        self._seats: list[_Seat] = []
        self._waiting: deque[CaseRef] = deque()
        self._attempts: dict[str, int] = {}
        self._bad_starts = 0

    def run(self, refs: Iterable[CaseRef]) -> Iterator[Outcome]:
        """Yields one outcome a case, in the order they finish.

        Raises:
            RunRefusedError: `worker-cannot-start` when the installation is broken.
        """
        source = iter(refs)
        try:
            while self._top_up(source):
                yield from self._collect()
        finally:
            self.close()

    def close(self) -> None:
        """Stops every worker; idle ones are asked, busy ones killed. Their cases have no line yet and run again."""
        for seat in self._seats:
            seat.dismiss(kill=seat.ref is not None or not seat.ready)
        self._seats.clear()

    def worker_ids(self) -> list[int]:
        """Process ids of the workers that run now."""
        return [seat.process.pid for seat in self._seats if seat.process.pid is not None]

    def _top_up(self, source: Iterator[CaseRef]) -> bool:
        """Gives work to idle seats and opens seats while there is work; False when all is done."""
        for seat in [s for s in self._seats if s.ready and s.ref is None]:
            ref = self._next(source)
            if ref is None:
                break
            self._hand(seat, ref)
        while len(self._seats) < self._workers and self._peek(source):
            self._seats.append(_Seat(self._order))
        return any(s.ref is not None for s in self._seats) or bool(self._waiting)

    def _peek(self, source: Iterator[CaseRef]) -> bool:
        """Whether more work waits than there are workers still starting for it."""
        starting = sum(1 for s in self._seats if not s.ready)
        while len(self._waiting) <= starting:
            ref = next(source, None)
            if ref is None:
                return len(self._waiting) > starting
            self._waiting.append(ref)
        return True

    def _next(self, source: Iterator[CaseRef]) -> CaseRef | None:
        return self._waiting.popleft() if self._waiting else next(source, None)

    def _hand(self, seat: _Seat, ref: CaseRef) -> None:
        self._attempts[ref.name] = self._attempts.get(ref.name, 0) + 1
        try:
            seat.give(ref)
        except OSError:
            # The worker died while idle; `_collect` sees its end, and the case counts as not tried.
            self._attempts[ref.name] -= 1
            seat.ref = None
            self._waiting.appendleft(ref)
            self._drop(seat)

    def _collect(self) -> Iterator[Outcome]:
        waitable: list[Any] = [s.pipe for s in self._seats] + [s.process.sentinel for s in self._seats]
        signalled = set(wait(waitable, timeout=1.0))
        for seat in list(self._seats):
            if seat.pipe in signalled:
                yield from self._hear(seat)
            elif seat.process.sentinel in signalled:
                yield from self._lost(seat, "worker-killed")
            elif seat.late():
                yield from self._lost(seat, "case-timeout")

    def _hear(self, seat: _Seat) -> Iterator[Outcome]:
        try:
            message = seat.pipe.recv()
        except (EOFError, OSError):
            yield from self._lost(seat, "worker-killed")
            return
        if isinstance(message, CannotStart):
            raise RunRefusedError("worker-cannot-start", f"识别进程无法启动（{message.reason}）：请检查安装。")
        if isinstance(message, Ready):
            seat.ready, self._bad_starts = True, 0
        if isinstance(message, Done) and seat.ref is not None:
            ref, seat.ref = seat.ref, None
            seat.cases += 1
            self._attempts.pop(ref.name, None)
            if seat.cases >= self._recycle_cases or message.rss_bytes > self._recycle_rss_bytes:
                self._seats.remove(seat)
                seat.dismiss(kill=False)
            yield Outcome(ref, message.record, message.seconds, message.peak_rss_bytes)

    def _lost(self, seat: _Seat, failure: str) -> Iterator[Outcome]:
        ref, seconds = seat.ref, time.monotonic() - seat.since
        if not seat.ready:
            self._bad_starts += 1
        self._drop(seat)
        if self._bad_starts >= _MAX_BAD_STARTS:
            raise RunRefusedError("worker-cannot-start", "识别进程连续启动失败：请检查内存与安装。")
        if ref is None:
            return
        if self._attempts[ref.name] < MAX_ATTEMPTS:
            self._waiting.appendleft(ref)
            return
        self._attempts.pop(ref.name)
        yield Outcome(ref, None, seconds, failure=failure)

    def _drop(self, seat: _Seat) -> None:
        if seat in self._seats:
            self._seats.remove(seat)
            seat.dismiss(kill=True)
