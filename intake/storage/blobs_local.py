"""Objects in a folder of this machine, or on a share that several machines have.

256 shelves by the first two characters of the name, because folders with a million names are slow to list.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from intake.storage.blobs import PART, check_name, is_name
from intake.storage.durable_file import NO_ROOM, FileLayer, SystemFiles, write_durably
from intake.storage.errors import BlobMissing, StorageError, StoreAway, StoreFull

# Only the user who runs the service looks into the folders.
_FOLDER_MODE = 0o700
_SHELF_CHARACTERS = 2
# Touched to learn the file system's own time: on a share, the server's.
_CLOCK = ".clock"


class LocalStore:
    """An `ObjectStore` in a folder; safe for threads and for several processes."""

    def __init__(self, folder: Path, files: FileLayer | None = None) -> None:
        """Makes the folder when it is not there.

        Args:
            folder: Where objects lie; nothing else belongs into it.
            files: The system's calls; tests give others.

        Raises:
            StoreAway, StoreFull: The folder cannot be made.
        """
        self._folder = folder
        self._files = files or SystemFiles()
        # Shelves that this process knows to be on the disk. One made by another process may not be there yet.
        self._synced: set[Path] = set()
        try:
            folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        except OSError as fault:
            raise _named(fault) from fault

    def put(self, name: str, data: bytes) -> None:
        """See `ObjectStore.put`."""
        path = self._path(name)
        try:
            self._make_shelf(path.parent)
            write_durably(path, path.with_name(name + PART), data, files=self._files, replace=True)
        except OSError as fault:
            raise _named(fault) from fault

    def get(self, name: str) -> bytes:
        """See `ObjectStore.get`."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError as fault:
            raise BlobMissing from fault
        except OSError as fault:
            raise _named(fault) from fault

    def delete(self, name: str) -> None:
        """See `ObjectStore.delete`."""
        try:
            self._path(name).unlink(missing_ok=True)
        except OSError as fault:
            raise _named(fault) from fault

    def names(self, older_than_s: float) -> Iterator[str]:
        """See `ObjectStore.names`."""
        try:
            clock = self._folder / _CLOCK
            clock.touch(mode=0o600)
            latest_s = clock.stat().st_mtime - older_than_s
            for shelf in sorted(self._folder.iterdir()):
                if shelf.is_dir() and len(shelf.name) == _SHELF_CHARACTERS:
                    yield from _old_files(shelf, latest_s)
        except OSError as fault:
            raise _named(fault) from fault

    def _path(self, name: str) -> Path:
        return self._folder / check_name(name)[:_SHELF_CHARACTERS] / name

    def _make_shelf(self, shelf: Path) -> None:
        if shelf in self._synced:
            return
        shelf.mkdir(mode=_FOLDER_MODE, exist_ok=True)
        self._files.sync_folder(self._folder)
        self._synced.add(shelf)


def _old_files(shelf: Path, latest_s: float) -> Iterator[str]:
    for path in shelf.iterdir():
        try:
            found = path.lstat()
        except FileNotFoundError:
            # Another process finished or removed it since the folder was read.
            continue
        if is_name(path.name) and stat.S_ISREG(found.st_mode) and found.st_mtime <= latest_s:
            yield path.name


def _named(fault: OSError) -> StorageError:
    return StoreFull() if fault.errno in NO_ROOM else StoreAway()
