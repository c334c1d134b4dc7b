"""Writes a file so that it is there after a power cut, whole, or not there at all.

The order is: a part file beside the target, its bytes synced, then the name, then the folder synced
(reliability.md, rule 1 of section 3.1). Every step goes through a `FileLayer`, so that a test can let each one fail.
"""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path
from typing import Protocol

# A full disk and a used-up quota are the same to an operator: make room.
NO_ROOM = frozenset((errno.ENOSPC, errno.EDQUOT))
# Only the user who runs the service reads what it stores.
_OWNER_ONLY = 0o600


class FileLayer(Protocol):
    """The system's calls that a durable write needs. All may raise `OSError`."""

    def create(self, path: Path) -> int:
        """Opens a new file for its owner alone; fails when the name is taken."""

    def write(self, descriptor: int, data: memoryview) -> int:
        """Writes as much as the system takes now; returns how many bytes."""

    def sync(self, descriptor: int) -> None:
        """Returns when the file's bytes are on the disk."""

    def close(self, descriptor: int) -> None:
        """Closes the file."""

    def rename(self, source: Path, target: Path) -> None:
        """Gives the file its name; replaces a file that has it."""

    def link(self, source: Path, target: Path) -> None:
        """Gives the file its name as well; fails when the name is taken."""

    def sync_folder(self, folder: Path) -> None:
        """Returns when the folder's names are on the disk."""

    def remove(self, path: Path) -> None:
        """Takes the name away."""


class SystemFiles:
    """The real calls."""

    def create(self, path: Path) -> int:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, _OWNER_ONLY)

    def write(self, descriptor: int, data: memoryview) -> int:
        return os.write(descriptor, data)

    def sync(self, descriptor: int) -> None:
        os.fsync(descriptor)

    def close(self, descriptor: int) -> None:
        os.close(descriptor)

    def rename(self, source: Path, target: Path) -> None:
        source.rename(target)

    def link(self, source: Path, target: Path) -> None:
        os.link(source, target)

    def sync_folder(self, folder: Path) -> None:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def remove(self, path: Path) -> None:
        path.unlink()


def write_durably(target: Path, part: Path, data: bytes, *, files: FileLayer, replace: bool) -> None:
    """Writes `data` under the name `target`.

    Args:
        target: The name it gets at the end.
        part: A name in the same folder that nobody else uses; gone afterwards, unless the process dies.
        data: What to write.
        files: The system's calls.
        replace: True: a file of that name is replaced in one step; False: it is an error.

    Raises:
        OSError: Nothing has the name `target` because of this call, or the folder could not be synced.
    """
    descriptor = files.create(part)
    try:
        try:
            _write_all(descriptor, data, files)
            files.sync(descriptor)
        finally:
            files.close(descriptor)
        if replace:
            files.rename(part, target)
        else:
            files.link(part, target)
    except OSError:
        with contextlib.suppress(OSError):
            files.remove(part)
        raise
    if not replace:
        files.remove(part)
    files.sync_folder(target.parent)


def _write_all(descriptor: int, data: bytes, files: FileLayer) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[files.write(descriptor, rest) :]
