"""What a process loads once and uses for every case: decoder, engine, photo models, rules.

The pipeline sees only the functions of `Toolbox`, so a test hands it plain functions instead of models.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from imaging.model import Defect, Rendition
from intake.model import CaseNote
from intake.parts import Parts
from intake.rules import open_policy, photo_standard
from intake.settings import engine_settings
from ocr.model import Kind
from ocr.read import PageReading
from verify.model import Material, Seen, Verdict
from verify.policy_model import Policy


class Judge(Protocol):
    """Compares what was typed with what was read, by the rules in force."""

    def __call__(
        self,
        typed: Mapping[str, Any] | None,
        materials: Mapping[str, Material],
        notes: Sequence[CaseNote],
        seen: Mapping[str, tuple[Seen, ...]] = ...,
        /,
    ) -> Verdict:
        """The verdict; `seen` are uploads of other filings, by slot (see `verify.verify.verify_case`)."""


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


def open_toolbox(parts: Parts, policy: Policy, *, today: datetime.date) -> Toolbox:
    """The functions that the pipeline calls, over one process's parts and one policy."""
    from intake.judge import judge_with

    standard = photo_standard(policy)

    def photo(rendition: Rendition, data: bytes) -> tuple[Defect, ...]:
        report = parts.check_photo(rendition, standard, source_bytes=len(data))
        return report.defects if report.acceptable else parts.defects_after_making(rendition, report, policy)

    return Toolbox(
        decode=partial(parts.decoder.decode, formats=policy.opened_formats),
        read=parts.read,
        check_photo=photo,
        judge=judge_with(policy, today=today),
    )


@contextmanager
def worker_toolbox(policy: str) -> Iterator[Toolbox]:
    """Everything loaded at once, so that a broken installation shows before the first case is touched."""
    with Parts(engine_settings(os.environ)) as parts:
        tools = open_toolbox(parts, open_policy(policy).policy, today=datetime.date.today())
        _ = parts.engine, parts.photo_models
        yield tools
