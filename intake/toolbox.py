"""What a process loads once and uses for every case: decoder, engine, photo models, rules.

The pipeline sees only the functions of `Toolbox`, so a test hands it plain functions instead of models.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imaging.model import Defect, Rendition
from intake.model import CaseNote
from ocr.model import Kind
from ocr.read import PageReading
from verify.model import Material, Verdict

Judge = Callable[[Mapping[str, Any] | None, Mapping[str, Material], Sequence[CaseNote]], Verdict]


@dataclass(frozen=True, slots=True)
class Toolbox:
    """The parts a case needs.

    Attributes:
        decode: Bytes to rendition in a limited child process; raises `imaging.errors.ImageRefused`.
        read: Finds and reads the documents on a rendition; a kind is given only when a person said so.
        check_photo: What is wrong with a 1-inch photo, given its rendition and the upload's bytes.
        judge: Compares what was typed with what was read, by the rules in force.
    """

    decode: Callable[[bytes], Rendition]
    read: Callable[[Rendition, Kind | None], PageReading]
    check_photo: Callable[[Rendition, bytes], Sequence[Defect]]
    judge: Judge
