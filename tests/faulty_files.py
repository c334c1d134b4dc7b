"""A file layer whose steps fail, or whose process dies, where a test says so. Writes a little at a time."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

from intake.storage.durable_file import SystemFiles

# So few bytes a call that every file takes several; the system may do the same.
SHORT_WRITE_BYTES = 40


class Died(BaseException):
    """The process is gone: nothing after this runs, no clean-up either."""


class FaultyFiles:
    """The system's calls, recorded in `steps`, with one thing that goes wrong.

    Args:
        full_at: Name of the step that finds no room.
        dies_at: Number of the step, counted from 0, before which the process dies; with `after`, behind which.
    """

    def __init__(
        self, *, full_at: str | None = None, fault: int = errno.ENOSPC, dies_at: int | None = None, after: bool = False
    ) -> None:
        self._real = SystemFiles()
        self._full_at, self._fault, self._dies_at, self._after = full_at, fault, dies_at, after
        self._dead = False
        self.steps: list[tuple[str, Path | None]] = []

    def create(self, path: Path) -> int:
        return self._step("create", path, self._real.create, path)

    def write(self, descriptor: int, data: memoryview) -> int:
        return self._step("write", None, self._real.write, descriptor, data[:SHORT_WRITE_BYTES])

    def sync(self, descriptor: int) -> None:
        self._step("sync", None, self._real.sync, descriptor)

    def close(self, descriptor: int) -> None:
        if self._dead:
            # The system closes a dead process's files.
            os.close(descriptor)
            raise Died
        self._real.close(descriptor)

    def rename(self, source: Path, target: Path) -> None:
        self._step("rename", target, self._real.rename, source, target)

    def link(self, source: Path, target: Path) -> None:
        self._step("link", target, self._real.link, source, target)

    def sync_folder(self, folder: Path) -> None:
        self._step("sync_folder", folder, self._real.sync_folder, folder)

    def remove(self, path: Path) -> None:
        self._step("remove", path, self._real.remove, path)

    def _step(self, name: str, path: Path | None, call: Any, *arguments: Any) -> Any:
        number = len(self.steps)
        if self._dead or (number == self._dies_at and not self._after):
            self._dead = True
            raise Died
        self.steps.append((name, path))
        if name == self._full_at:
            raise OSError(self._fault, os.strerror(self._fault))
        answer = call(*arguments)
        if number == self._dies_at:
            self._dead = True
            raise Died
        return answer
