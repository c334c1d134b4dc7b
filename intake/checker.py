"""The API's handle on the processes that look at uploads: fast checks, photo check, photo fix.

A picture never gets into the API's process: the codec and the measures may crash, hang or grow, and all of that happens
in a child that is replaced. Requests wait for a free child in turn. Children are replaced after so many jobs, while
they still answer, so that their memory stays bounded and nobody waits for a new one.

What this does not stop: pictures that each take their full time still fill the queue; `CheckerUnavailable` then tells
the API to ask its caller to come again.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Any, Self, TypeVar

from imaging.model import Defect
from intake.checked import (
    FastCheck,
    PhotoServiceAnswer,
    check_from_wire,
    photo_from_wire,
    refused_check,
    refused_photo,
)
from intake.checker_process import PROGRAM, CheckerProcess, ChildLate, ChildLost
from intake.frames import MAX_DATA_BYTES, Frame
from ocr.model import Kind

# So that one slow picture does not block all.
DEFAULT_CHILDREN = 2
# A picture from a phone takes 0.2 s; who uploads waits for the answer.
DEADLINE_S = 10.0
# Waiting for a free child: three slow pictures in front of each child, or 100 ordinary ones.
WAIT_S = 30.0
# Freed memory is handed back after every job, but heaps still get holes; a start costs one processor second.
JOBS_PER_CHILD = 500
# A child that is killed from outside is no fault of the picture it looked at; one that dies again is.
_TRIES = 2

_Value = TypeVar("_Value")


class Unavailable(StrEnum):
    """Why there is no answer."""

    BUSY = "checker-busy"
    CLOSED = "checker-closed"
    CANNOT_START = "checker-cannot-start"
    MODELS_UNUSABLE = "models-unusable"
    POLICY_UNUSABLE = "policy-unusable"


class CheckerUnavailable(Exception):
    """There is no answer, and no document is to blame.

    Attributes:
        code: Why.
        retryable: True when the same request may succeed a little later.
    """

    def __init__(self, code: Unavailable) -> None:
        super().__init__(code.value)
        self.code = code
        self.retryable = code in (Unavailable.BUSY, Unavailable.CLOSED, Unavailable.CANNOT_START)


@dataclass(frozen=True, slots=True)
class CheckerSettings:
    """How the checker runs.

    Attributes:
        children: Processes.
        deadline_s: Clock time of one request in a child.
        wait_s: Clock time that a request may wait for a free child.
        jobs_per_child: A child is replaced after so many.
        program: What a child runs; another one in tests.
    """

    children: int = DEFAULT_CHILDREN
    deadline_s: float = DEADLINE_S
    wait_s: float = WAIT_S
    jobs_per_child: int = JOBS_PER_CHILD
    program: Sequence[str] = PROGRAM


class _Seat:
    """The place of one child. Belongs to the thread that took it from the free ones."""

    __slots__ = ("jobs", "process", "successor")

    def __init__(self) -> None:
        self.process: CheckerProcess | None = None
        self.successor: CheckerProcess | None = None
        self.jobs = 0


class Checker:
    """Looks at uploads in child processes. Safe to share between threads. Use as a context manager."""

    def __init__(self, settings: CheckerSettings | None = None) -> None:
        """Starts nothing yet."""
        self._settings = settings or CheckerSettings()
        self._free: queue.SimpleQueue[_Seat] = queue.SimpleQueue()
        self._seats = tuple(_Seat() for _ in range(self._settings.children))
        for seat in self._seats:
            self._free.put(seat)
        # Children end with the thread that started them, and an API's threads come and go: this one lasts.
        self._keeper = ThreadPoolExecutor(max_workers=1, thread_name_prefix="checker-keeper")
        self._running: set[CheckerProcess] = set()
        self._closed = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Starts the children now, so that the first uploads do not wait. Returns before they are ready."""
        seats = []
        with contextlib.suppress(queue.Empty):
            while True:
                seats.append(self._free.get_nowait())
        for seat in seats:
            with contextlib.suppress(ChildLost):
                seat.process = seat.process or self._spawned()
            self._free.put(seat)

    @property
    def child_pids(self) -> tuple[int, ...]:
        """Process ids of the running children, for supervision and tests."""
        return tuple(sorted(process.pid for process in tuple(self._running)))

    def check(self, data: bytes, *, kind: Kind, policy: str) -> FastCheck:
        """The fast checks of an upload.

        Args:
            data: The upload.
            kind: What it is said to be.
            policy: Name of the policy pack.

        Returns:
            The answer; with `check-unfinished` when it took too long, which does not block because the full reading has
            more time, and blocked by `engine-failed` when it killed its child twice.

        Raises:
            CheckerUnavailable: There is no answer, for reasons that lie here.
        """
        message = {"do": "check", "kind": kind.value, "policy": policy}
        return self._asked(message, data, _check_of, lambda defect: refused_check(defect, kind), may_follow=True)

    def check_photo(self, data: bytes, *, policy: str) -> PhotoServiceAnswer:
        """Checks a finished photo; raises like `check`. Here `decoder-timeout` blocks: no other reading follows."""
        message = {"do": "photo-check", "kind": Kind.PHOTO.value, "policy": policy}
        return self._asked(message, data, _photo_of, refused_photo, may_follow=False)

    def fix_photo(
        self, data: bytes, *, policy: str, max_kb: int | None = None, keep_background: bool = False
    ) -> PhotoServiceAnswer:
        """Makes a compliant photo (`intake.photo_service.fix_photo_bytes`); raises and is late like `check_photo`."""
        message = {
            "do": "photo-fix",
            "kind": Kind.PHOTO.value,
            "policy": policy,
            "max_kb": max_kb,
            "keep_background": keep_background,
        }
        return self._asked(message, data, _photo_of, refused_photo, may_follow=False)

    def close(self) -> None:
        """Ends all children. Requests in progress get `CheckerUnavailable`."""
        self._closed.set()
        with contextlib.suppress(RuntimeError):
            # The keeper is the only one who starts children, and it is busy with this: none can follow.
            self._keeper.submit(self._kill_all).result()
        self._keeper.shutdown(wait=True)

    def _kill_all(self) -> None:
        for process in tuple(self._running):
            process.kill()
        self._running.clear()

    def _asked(
        self,
        message: Mapping[str, Any],
        data: bytes,
        read: Callable[[Frame], _Value],
        refuse: Callable[[Defect], _Value],
        *,
        may_follow: bool,
    ) -> _Value:
        """The answer of a child, or the defect that took its place.

        Args:
            message: The request.
            data: The upload.
            read: Makes the value of the child's frame.
            refuse: Makes the value of a defect.
            may_follow: True where a full reading with more time follows: then lateness does not block.
        """
        if len(data) > MAX_DATA_BYTES:
            return refuse(Defect("file-too-large", measured=len(data), limit=MAX_DATA_BYTES, severe=True))
        seat = self._taken()
        try:
            return self._answer_in(seat, message, data, read)
        except ChildLate:
            self._drop(seat)
            limit_s = self._settings.deadline_s
            if may_follow:
                return refuse(Defect("check-unfinished"))
            return refuse(Defect("decoder-timeout", measured=limit_s, limit=limit_s, severe=True))
        except ChildLost:
            return refuse(Defect("engine-failed", severe=True))
        finally:
            self._free.put(seat)

    def _taken(self) -> _Seat:
        if self._closed.is_set():
            raise CheckerUnavailable(Unavailable.CLOSED)
        try:
            return self._free.get(timeout=self._settings.wait_s)
        except queue.Empty:
            raise CheckerUnavailable(Unavailable.BUSY) from None

    def _answer_in(
        self, seat: _Seat, message: Mapping[str, Any], data: bytes, read: Callable[[Frame], _Value]
    ) -> _Value:
        """Asks the seat's child; raises `ChildLost` when it died of this request `_TRIES` times."""
        for left in reversed(range(_TRIES)):
            process = self._ready_process(seat)
            try:
                frame = process.ask(message, data, deadline_s=self._settings.deadline_s)
                if "fault" in frame.message:
                    raise CheckerUnavailable(Unavailable(frame.message["fault"]))
                answer = read(frame)
            except (ChildLost, KeyError, TypeError, ValueError) as lost:
                self._drop(seat)
                if self._closed.is_set():
                    raise CheckerUnavailable(Unavailable.CLOSED) from lost
                if not left:
                    raise ChildLost from lost
            else:
                self._count(seat)
                return answer
        raise AssertionError("a try either answers or raises")

    def _ready_process(self, seat: _Seat) -> CheckerProcess:
        """The seat's child, started where there is none; one that died before it was asked is replaced."""
        for _ in range(_TRIES):
            try:
                seat.process = seat.process or seat.successor or self._spawned()
                seat.successor = None if seat.successor is seat.process else seat.successor
                seat.process.await_ready()
                if not seat.process.is_waiting:
                    return seat.process
            except (ChildLost, ChildLate):
                pass
            # Between two requests a child has nothing to say: what is waiting is its end.
            self._drop(seat)
        raise CheckerUnavailable(Unavailable.CLOSED if self._closed.is_set() else Unavailable.CANNOT_START)

    def _spawned(self) -> CheckerProcess:
        try:
            return self._keeper.submit(self._spawn).result()
        except RuntimeError:
            raise CheckerUnavailable(Unavailable.CLOSED) from None

    def _spawn(self) -> CheckerProcess:
        if self._closed.is_set():
            raise CheckerUnavailable(Unavailable.CLOSED)
        process = CheckerProcess(self._settings.program)
        self._running.add(process)
        return process

    def _drop(self, seat: _Seat) -> None:
        """Kills the seat's child; the next request gets another one."""
        if seat.process is not None:
            seat.process.kill()
            self._running.discard(seat.process)
        seat.process, seat.jobs = None, 0

    def _count(self, seat: _Seat) -> None:
        """Counts a job and replaces the child when its time has come and its successor is ready."""
        seat.jobs += 1
        if seat.jobs < self._settings.jobs_per_child:
            return
        if seat.successor is None:
            with contextlib.suppress(ChildLost, CheckerUnavailable):
                seat.successor = self._spawned()
        elif seat.successor.is_waiting:
            old, seat.process, seat.successor, seat.jobs = seat.process, seat.successor, None, 0
            if old is not None:
                with contextlib.suppress(RuntimeError):
                    self._keeper.submit(self._retire, old)

    def _retire(self, process: CheckerProcess) -> None:
        process.end()
        self._running.discard(process)


def _check_of(frame: Frame) -> FastCheck:
    return check_from_wire(frame.message)


def _photo_of(frame: Frame) -> PhotoServiceAnswer:
    return photo_from_wire(frame.message, frame.data)
