"""Values and errors of archive runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intake.model import CaseNote


@dataclass(frozen=True, slots=True)
class CaseRef:
    """Where one case is to be found; small enough to be sent to a worker.

    Attributes:
        name: Unique within the archive.
        folder: The case folder, or None when a manifest lists the files.
        entered_path: Path of entered.json, when a manifest gives one.
        entered: Typed values given in the manifest itself.
        files: (slot, path) pairs given in a manifest.
        notes: What was noticed about the manifest's row.
    """

    name: str
    folder: Path | None = None
    entered_path: Path | None = None
    entered: Mapping[str, Any] | None = None
    files: tuple[tuple[str, Path], ...] = ()
    notes: tuple[CaseNote, ...] = ()


class SourceError(Exception):
    """SOURCE as a whole cannot be used.

    Attributes:
        code: `source-missing`, `source-unreadable`, `source-empty`, `source-not-supported`, `manifest-unreadable`,
            `manifest-no-columns`.
        detail: One Chinese sentence for the operator, without document content.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


class RunRefusedError(Exception):
    """The run cannot start or go on in this folder.

    Attributes:
        code: `out-not-ours`, `out-other-run`, `out-busy`, `out-not-writable`, `worker-cannot-start`.
        detail: One Chinese sentence for the operator.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back for one case.

    Attributes:
        ref: The case.
        record: The result object, or None when every attempt lost its worker.
        seconds: Wall time of the last attempt.
        peak_rss_bytes: The worker's highest resident memory so far; 0 when it died.
        failure: `worker-killed`, `case-timeout` or None.
    """

    ref: CaseRef
    record: Mapping[str, Any] | None
    seconds: float
    peak_rss_bytes: int = 0
    failure: str | None = None
