"""Memory and processor time of a process together with its children."""

from __future__ import annotations

import os
import threading
from types import TracebackType
from typing import Self

# Short beside the 100 ms and more that a decoder child lives, long beside the 2 ms that a look at all processes takes.
_INTERVAL_S = 0.05
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class TreeWatch:
    """Samples the resident memory of a process and all its descendants while the block runs.

    Pages that processes share count once for each of them, so the figure is an upper bound.

    Attributes:
        peak_bytes: Largest sum seen.
    """

    def __init__(self, pid: int) -> None:
        self.peak_bytes = 0
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _sample(self) -> None:
        while True:
            self.peak_bytes = max(self.peak_bytes, tree_bytes(self._pid))
            if self._over.wait(_INTERVAL_S):
                return


def tree_bytes(root: int) -> int:
    """Resident bytes of a process and its descendants; 0 when it is gone."""
    return sum(_resident_bytes(pid) for pid in _tree(root))


def tree_cpu_s(root: int) -> float:
    """Processor seconds of a process and its descendants so far, those that ended included."""
    # proc(5): utime, stime, and the same of children that were waited for.
    return sum(sum(map(int, _stat(pid)[11:15])) for pid in _tree(root)) / _TICKS_PER_S


def _tree(root: int) -> list[int]:
    """The process and its descendants."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (stat := _stat(int(entry))):
            children.setdefault(int(stat[1]), []).append(int(entry))
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, ())
    return found


def _stat(pid: int) -> list[bytes]:
    """The words of /proc/PID/stat from the state on; empty when the process is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:
            # The name in parentheses may hold blanks and parentheses.
            return stat.read().rpartition(b")")[2].split()
    except OSError:
        return []


def _resident_bytes(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm", "rb") as statm:
            return int(statm.read().split()[1]) * _PAGE_BYTES
    except (OSError, IndexError):
        return 0
