"""One child process of the checker: starting it, asking it within a time, ending it with all that it started."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from intake.frames import Frame, FrameBroken, packed, read_frame
from intake.queue.die_with_parent import with_parent

# The child's program. -P: nothing is imported from the folder that the API happens to be started in.
PROGRAM = (sys.executable, "-P", "-m", "intake.checker_child")
# What the interpreter needs to find its libraries. Passwords of databases and stores are in the API's environment, and
# a process that looks at strangers' files has no use for them.
_ENVIRONMENT = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TMPDIR")
# One thread for the numeric libraries: the other cores belong to other children and to the workers.
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
# Starting takes about a second on an idle machine; one that needs this long checks nothing either.
START_S = 60.0
# How long a child that was told to end may take for it; it only closes its decoders.
_END_S = 5.0


class ChildLost(Exception):
    """The child ended, or what it sends is no answer. It has to be replaced."""


class ChildLate(Exception):
    """The child did not answer in time. It has to be replaced."""


class CheckerProcess:
    """A running child. One thread at a time may ask it.

    The kernel ends the child when the thread that made this object ends (`intake.queue.die_with_parent`).
    """

    def __init__(self, program: Sequence[str] = PROGRAM) -> None:
        """Starts the child and returns before it is ready.

        Raises:
            ChildLost: The system starts no more processes.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs:
            try:
                self._child = subprocess.Popen(
                    with_parent(program),
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ} | _ONE_THREAD,
                    # A group of its own: Ctrl-C in a terminal reaches only the parent, which ends its children itself.
                    start_new_session=True,
                )
            except OSError as fault:
                ours.close()
                raise ChildLost from fault
        self._control = ours
        self._ready = False

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def is_waiting(self) -> bool:
        """True when the child has said something that nobody has read: it is ready, or it is gone."""
        if self._control.fileno() < 0:
            return True
        # poll(2) and not select(2), which knows no descriptor from 1024 on, and an API under load has many.
        asked = select.poll()
        asked.register(self._control, select.POLLIN)
        return bool(asked.poll(0))

    def await_ready(self) -> None:
        """Waits until the child takes requests.

        Raises:
            ChildLost: It ended while it started.
            ChildLate: It is still starting.
        """
        if not self._ready:
            self._received(time.monotonic() + START_S)
            self._ready = True

    def ask(self, message: Mapping[str, Any], data: bytes, *, deadline_s: float) -> Frame:
        """Sends a request and waits for its answer.

        Args:
            message: The request.
            data: The upload.
            deadline_s: Clock seconds until the answer must be there.

        Raises:
            ChildLost: The child ended or sent something else.
            ChildLate: The time is over.
        """
        until = time.monotonic() + deadline_s
        try:
            self._control.settimeout(deadline_s)
            self._control.sendall(packed(message, data))
        except TimeoutError as late:
            raise ChildLate from late
        except OSError as lost:
            raise ChildLost from lost
        return self._received(until)

    def _received(self, until: float) -> Frame:
        def receive(count: int) -> bytes:
            left_s = until - time.monotonic()
            if left_s <= 0:
                raise TimeoutError
            self._control.settimeout(left_s)
            return self._control.recv(count)

        try:
            frame = read_frame(receive)
        except TimeoutError as late:
            raise ChildLate from late
        except (OSError, FrameBroken) as lost:
            raise ChildLost from lost
        if frame is None:
            raise ChildLost
        return frame

    def end(self) -> None:
        """Lets an idle child end by itself; one that does not is killed."""
        self._control.close()
        try:
            self._child.wait(_END_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Ends the child at once, and the decoders that it started.

        Decoders of a child that somebody else killed are out of reach: an idle one ends with the socket to its parent,
        a busy one when its picture's time is up.
        """
        with contextlib.suppress(OSError):
            # Wakes a thread that waits for an answer, before the descriptor can become somebody else's.
            self._control.shutdown(socket.SHUT_RDWR)
        if self._child.poll() is None:
            # Stopped, it cannot collect its children, so their numbers stay theirs.
            self._child.send_signal(signal.SIGSTOP)
            for pid in _children_of(self._child.pid):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    # A decoder leads a group of its own, with the fork that holds the picture (imaging.sandbox).
                    os.killpg(pid, signal.SIGKILL)
            self._child.kill()
        self._child.wait()
        self._control.close()


def _children_of(parent: int) -> Iterator[int]:
    """Processes with this parent, by proc(5)."""
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            # The name in brackets may hold anything; after it come state and parent.
            fields = entry.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            if int(fields[1]) == parent:
                yield int(entry.parent.name)
