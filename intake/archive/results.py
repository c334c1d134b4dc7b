"""results.jsonl: one line a person, appended whole, never rewritten; the file itself says what is done.

A line counts only when it ends with a newline. A run that was killed in the middle of a write leaves a torn last
line; opening the file again cuts it off and the case is simply done again. Lines are flushed to the disk in batches:
a power cut costs at most the last batch, and those cases are done again too.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from intake.archive.model import RunRefusedError

RESULTS_NAME = "results.jsonl"
_LOCK_NAME = ".lock"
# A case costs seconds, an fsync a millisecond: losing 20 cases or 5 s of work is the price of a power cut.
_SYNC_LINES = 20
_SYNC_S = 5.0


def encode_line(record: Mapping[str, Any]) -> bytes:
    """One line of results.jsonl. A backslash escape stands in for text that UTF-8 cannot hold."""
    text = json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace") + b"\n"


def read_records(path: Path) -> Iterator[dict[str, Any]]:
    """Whole, valid lines of a results file; a line that is not one of ours is passed over."""
    if not path.exists():
        return
    with path.open("rb") as stream:
        for line in stream:
            if not line.endswith(b"\n"):
                return
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if isinstance(record, dict) and isinstance(record.get("case"), str):
                yield record


class ResultsFile:
    """The open results file of a run: holds the folder's lock, appends lines, knows what is done.

    Attributes:
        done: Names of the cases that have a line.
    """

    def __init__(self, folder: Path) -> None:
        """Opens or creates the file.

        Raises:
            RunRefusedError: `out-busy` when another run is writing there.
        """
        self._lock = os.open(folder / _LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            os.close(self._lock)
            raise RunRefusedError("out-busy", "另一个批次正在写入该输出文件夹，请等待其结束。") from exc
        path = folder / RESULTS_NAME
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        self._cut_torn_line()
        self.done: set[str] = {str(record["case"]) for record in read_records(path)}
        self._unsynced, self._synced_at = 0, time.monotonic()

    def _cut_torn_line(self) -> None:
        size = os.fstat(self._file).st_size
        end = size
        while end > 0:
            start = max(0, end - 65536)
            at = os.pread(self._file, end - start, start).rfind(b"\n")
            if at >= 0:
                end = start + at + 1
                break
            end = start
        if end < size:
            os.ftruncate(self._file, end)

    def append(self, record: Mapping[str, Any]) -> None:
        """Appends one record as one line.

        Raises:
            OSError: When the disk is full; a part that was written is cut off again first.
        """
        line = encode_line(record)
        size = os.fstat(self._file).st_size
        try:
            written = os.write(self._file, line)
            if written != len(line):
                raise OSError("short write")
        except OSError:
            os.ftruncate(self._file, size)
            raise
        self.done.add(str(record["case"]))
        self._unsynced += 1
        if self._unsynced >= _SYNC_LINES or time.monotonic() - self._synced_at >= _SYNC_S:
            self.sync()

    def sync(self) -> None:
        """Makes every line so far survive a power cut."""
        os.fsync(self._file)
        self._unsynced, self._synced_at = 0, time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.sync()
        os.close(self._file)
        os.close(self._lock)
