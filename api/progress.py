"""Progress of a batch: a bar on a terminal, a plain line every few seconds elsewhere (a log file, a service)."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from intake.archive.model import Outcome

# A log of a night's run stays readable at one line every ten seconds.
_LINE_EVERY_S = 10.0


class BatchProgress:
    """Shows how far a batch is, its rate since the start and the time left. Use as a context manager.

    Args:
        err: Where to show it; answers stay on the other stream.
    """

    def __init__(self, err: TextIO) -> None:
        self._err = err
        self._bar = _bar(err) if err.isatty() else None
        self._task: TaskID | None = None
        self._total, self._done, self._new, self._failed = 0, 0, 0, 0
        self._began = self._said = time.monotonic()

    def begin(self, *, total: int, done: int) -> None:
        """Starts the count; `done` cases were finished by an earlier run."""
        self._total, self._done = total, done
        self._began = self._said = time.monotonic()
        if self._bar is not None:
            self._task = self._bar.add_task("核验", total=total, completed=done, rate="—", left="—")
        else:
            resumed = f"，其中 {done} 人此前已完成" if done else ""
            self._line(f"共 {total} 人{resumed}")

    def advance(self, outcome: Outcome) -> None:
        """Counts one finished case."""
        self._done, self._new = self._done + 1, self._new + 1
        self._failed += outcome.record is None
        seconds = max(1e-6, time.monotonic() - self._began)
        rate = self._new / seconds
        left_s = (self._total - self._done) / rate
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=self._done, rate=f"{rate:.2f} 人/秒", left=spoken_time(left_s))
        elif time.monotonic() - self._said >= _LINE_EVERY_S or self._done == self._total:
            self._said = time.monotonic()
            failed = f"，失败 {self._failed}" if self._failed else ""
            self._line(f"{self._done}/{self._total} 人，{rate:.2f} 人/秒，剩余 {spoken_time(left_s)}{failed}")

    def _line(self, text: str) -> None:
        self._err.write(text + "\n")
        self._err.flush()

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()


def _bar(err: TextIO) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TextColumn("剩余 {task.fields[left]}"),
        TimeElapsedColumn(),
        console=Console(file=err),
    )


def spoken_time(seconds: float) -> str:
    """`75` → 1 分 15 秒; hours above an hour."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} 秒"
    if whole < 3600:
        return f"{whole // 60} 分 {whole % 60} 秒"
    return f"{whole // 3600} 小时 {whole % 3600 // 60} 分"
