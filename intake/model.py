"""Values of the intake stage: what lies in a case folder and what the pipeline made of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imaging.model import Defect
from ocr.model import Kind
from verify.model import Band


@dataclass(frozen=True, slots=True)
class ImageFile:
    """One uploaded file in one slot; nothing has been read of it yet.

    Attributes:
        slot: `id_card_front`, `diploma-2`, …
        kind: The kind that the slot asks for.
        path: Where the bytes are.
        file: The file's name made safe to show (see `case_folder.shown_name`).
        follow_links: True only for a path that the operator wrote into a manifest.
    """

    slot: str
    kind: Kind
    path: Path
    file: str
    follow_links: bool = False


@dataclass(frozen=True, slots=True)
class Upload:
    """One file's bytes in one slot.

    Attributes:
        slot: `id_card_front`, `diploma-2`, …
        kind: The kind that the slot asks for.
        file: The file's name made safe to show.
        data: The bytes as they came; empty when there were none to be had.
    """

    slot: str
    kind: Kind
    file: str
    data: bytes

    @property
    def sha256(self) -> str:
        """Digest of the bytes, hex; empty without bytes."""
        return hashlib.sha256(self.data).hexdigest() if self.data else ""


@dataclass(frozen=True, slots=True)
class CaseNote:
    """Something noticed about the folder itself, before any picture was opened.

    Attributes:
        defect: Code with its measured value and limit.
        slot: The slot it is about, or None for the whole case.
        file: The file's name made safe to show, or None.
    """

    defect: Defect
    slot: str | None = None
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One person's materials, found but not opened.

    Attributes:
        name: What the case is called in results: the folder's name, or its path below the archive's root.
        entered: The decoded `entered.json`; None when there is none that can be used.
        images: One for each slot, in the order of `ocr.model.Kind`, then by number.
        notes: What was noticed.
    """

    name: str
    entered: Mapping[str, Any] | None
    images: tuple[ImageFile, ...]
    notes: tuple[CaseNote, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A reduced copy of one rendition for the report.

    Attributes:
        slot: The slot it belongs to.
        jpeg: JPEG bytes, sRGB, without metadata.
        width_px: Width of this copy.
        height_px: Height, likewise.
        number: Which of the slot's pictures, from 1; a second one only where one upload showed two documents.
    """

    slot: str
    jpeg: bytes
    width_px: int
    height_px: int
    number: int = 1


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What the pipeline made of one case.

    Attributes:
        name: As in `Case`.
        score: 0..100.
        band: Which pile it goes on.
        record: The object of design.md section 4 (`case`, `score`, `band`, `findings`, `materials`), ready for JSON.
        pictures: Reduced renditions, empty unless they were asked for.
        refused: True when some input of the case could not be used at all; the command then ends with 1.
    """

    name: str
    score: int
    band: Band
    record: Mapping[str, Any]
    pictures: tuple[Picture, ...] = ()
    refused: bool = False
