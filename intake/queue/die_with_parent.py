"""Starts a program that ends when the process that started it does, however that happens (prctl(2), Linux only).

This file is run as a script in front of the program: between fork and exec of a process with threads no Python should
run, and the kernel keeps the wish over an exec.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Sequence

# linux/prctl.h.
_SET_DEATH_SIGNAL = 1
# Loaded here, because between fork and exec nothing may be loaded.
_LIBC = ctypes.CDLL(None)
# What a shell answers for a program that is not there.
_NOT_FOUND = 127


def with_parent(arguments: Sequence[str], number: signal.Signals = signal.SIGKILL) -> list[str]:
    """The command line that starts a program with this process as its life line.

    The kernel means the thread that starts it: start children from a thread that lasts.

    Args:
        arguments: Program and arguments; the program is looked for on PATH.
        number: The signal that it gets.
    """
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), str(int(number)), *arguments]


def ends_with_this_process(number: signal.Signals = signal.SIGKILL) -> Callable[[], None]:
    """The same for `preexec_fn`, where this process has one thread only."""
    parent = os.getpid()

    def wish() -> None:
        _wish(parent, number)

    return wish


def _wish(parent: int, number: int) -> None:
    _LIBC.prctl(_SET_DEATH_SIGNAL, number, 0, 0, 0)
    # The parent may have gone before the wish was made.
    if os.getppid() != parent:
        os._exit(1)


def _main() -> None:
    parent, number, *arguments = sys.argv[1:]
    _wish(int(parent), int(number))
    try:
        os.execvp(arguments[0], arguments)  # noqa: S606 - the supervisor's own command lines
    except OSError:
        sys.exit(_NOT_FOUND)


if __name__ == "__main__":
    _main()
