"""Starts the processes of one service, starts anew what dies, ends what is stuck, and leaves nothing behind.

It works by itself: no part of the service asks it for anything. What it knows of its children lies in a file for the
readiness check.
"""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType

from intake.observe.log import get_log
from intake.observe.metrics import metrics
from intake.queue.children import Child

# How often it looks. A child that died is seen within this time.
_STEP_S = 0.1
# Pause before a start that follows a death: doubled each time, so that a broken installation does not burn processors.
_FIRST_PAUSE_S, _LAST_PAUSE_S = 0.2, 10.0
# A child that lived so long did not die of its start: the pause begins anew.
_SETTLED_S = 30.0
# How often children are asked whether they are well, and since when they may be silent. Loading models takes seconds,
# on a machine that is busy with a start of all processes tens of them.
_ASK_EVERY_S = 5.0
_SILENT_S, _SILENT_AT_START_S = 30.0, 120.0
# Enough for a page in hand (design: 30 s); then they are killed, and the page is read again.
_END_S = 30.0
# The file is written when something changed, and this often to show that the supervisor itself lives.
_WRITE_EVERY_S = 5.0
# Twice the above: an older file tells of a supervisor that is gone.
STATE_STALE_S = 15.0


@dataclass(frozen=True, slots=True)
class ChildState:
    """What is known of one child.

    Attributes:
        name: Such as `live-0`.
        up: It runs and gives signs of life.
        pid: Its process id.
        restarts: How often it was started anew.
    """

    name: str
    up: bool
    pid: int | None
    restarts: int


class _Seat:
    """A child and its history."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self.started_s = 0.0
        self.start_at_s: float | None = 0.0
        self.pause_s = _FIRST_PAUSE_S
        self.starts = 0
        self.well_s: float | None = None

    @property
    def up(self) -> bool:
        return self.start_at_s is None and self.well_s is not None

    def state(self) -> ChildState:
        running = self.start_at_s is None
        return ChildState(self.child.name, self.up, self.child.pid if running else None, max(0, self.starts - 1))


class Supervisor:
    """Watches over children."""

    def __init__(
        self,
        children: Sequence[Child],
        state_file: Path,
        *,
        when_up: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Starts nothing yet.

        Args:
            children: In the order of their start.
            state_file: Where `read_children` finds them.
            when_up: Called once, when all of them have given a sign of life.
            clock: Seconds that never go back; for tests.
        """
        self._seats = [_Seat(child) for child in children]
        self._state_file = state_file
        self._when_up: Callable[[], None] | None = when_up
        self._clock = clock
        self._over = threading.Event()
        self._hurry = False
        self._ask_at_s = self._write_at_s = 0.0
        self._written: list[ChildState] = []

    def end(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """Asks to end; the second time, not to wait for work in hand. A signal handler."""
        self._hurry = self._over.is_set()
        self._over.set()

    def end_on_signals(self) -> None:
        """SIGTERM, SIGINT and SIGHUP ask to end."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self.end)

    def run(self) -> None:
        """Watches until asked to end; then ends every child, whatever happened before."""
        try:
            while not self._over.is_set():
                self.step()
                self._over.wait(_STEP_S)
        finally:
            self._end_all()
            self._state_file.unlink(missing_ok=True)

    def step(self) -> None:
        """One look at every child."""
        now_s = self._clock()
        asking = now_s >= self._ask_at_s
        if asking:
            self._ask_at_s = now_s + _ASK_EVERY_S
        for seat in self._seats:
            if self._over.is_set():
                return
            if seat.start_at_s is not None:
                if now_s >= seat.start_at_s:
                    self._start(seat)
            elif (code := seat.child.ended()) is not None:
                self._note_end(seat, code)
            elif asking or seat.well_s is None:
                self._ask(seat)
        if self._when_up is not None and all(seat.up for seat in self._seats):
            self._when_up()
            self._when_up = None
        self._write_state(now_s)

    def _start(self, seat: _Seat) -> None:
        seat.starts += 1
        seat.started_s = self._clock()
        seat.well_s = None
        if seat.starts > 1:
            metrics().child_restarted(seat.child.name)
        if seat.child.start():
            seat.start_at_s = None
            get_log().info("child-started", child=seat.child.name, pid=seat.child.pid, restarts=seat.starts - 1)
        else:
            self._plan_start(seat)
            get_log().error("child-not-started", child=seat.child.name)

    def _note_end(self, seat: _Seat, code: int) -> None:
        say = get_log().info if code == 0 else get_log().warning
        say("child-ended", child=seat.child.name, exit_code=code)
        self._plan_start(seat)

    def _plan_start(self, seat: _Seat) -> None:
        now_s = self._clock()
        if now_s - seat.started_s >= _SETTLED_S:
            seat.pause_s = _FIRST_PAUSE_S
        seat.start_at_s = now_s + seat.pause_s
        seat.pause_s = min(_LAST_PAUSE_S, seat.pause_s * 2)

    def _ask(self, seat: _Seat) -> None:
        now_s = self._clock()
        if seat.child.well():
            seat.well_s = now_s
            return
        silent_s = now_s - (seat.started_s if seat.well_s is None else seat.well_s)
        if silent_s > (_SILENT_AT_START_S if seat.well_s is None else _SILENT_S):
            get_log().error("child-silent", child=seat.child.name, seconds=silent_s)
            seat.child.kill()

    def _end_all(self) -> None:
        for last in (False, True):
            seats = [seat for seat in self._seats if seat.child.ends_last is last and seat.start_at_s is None]
            for seat in seats:
                seat.child.ask_to_end()
            deadline_s = time.monotonic() + _END_S
            while any(seat.child.ended() is None for seat in seats):
                if time.monotonic() > deadline_s or self._hurry:
                    break
                time.sleep(_STEP_S)
            for seat in seats:
                self._kill(seat)
        get_log().info("supervisor-ends")

    def _kill(self, seat: _Seat) -> None:
        if seat.child.ended() is None:
            get_log().warning("child-killed", child=seat.child.name)
            seat.child.kill()

    def _write_state(self, now_s: float) -> None:
        states = [seat.state() for seat in self._seats]
        if states == self._written and now_s < self._write_at_s:
            return
        self._written, self._write_at_s = states, now_s + _WRITE_EVERY_S
        whole = {"supervisor": os.getpid(), "children": [asdict(state) for state in states]}
        part = self._state_file.with_suffix(".part")
        try:
            part.write_text(json.dumps(whole), encoding="ascii")
            part.replace(self._state_file)
        except OSError:
            # A full disk: the service goes on, and the readiness check says that nobody tells it of the children.
            get_log().warning("state-not-written")


def read_children(state_file: Path) -> tuple[ChildState, ...] | None:
    """What the supervisor last said of its children.

    Returns:
        None when there is no supervisor, or when it has been silent for too long.
    """
    try:
        if time.time() - state_file.stat().st_mtime > STATE_STALE_S:
            return None
        said = json.loads(state_file.read_text(encoding="ascii"))
        return tuple(
            ChildState(str(one["name"]), bool(one["up"]), one["pid"], int(one["restarts"])) for one in said["children"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
