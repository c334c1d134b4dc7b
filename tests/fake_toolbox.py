"""A toolbox without models, importable by worker processes: what the person typed says how the worker behaves."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from imaging.model import Defect, Rendition
from intake.model import CaseNote
from intake.rules import word_defects
from intake.toolbox import Toolbox
from ocr.model import Kind, Reading
from ocr.read import PageReading, read_page
from tests.unit.ocr.doubles import HangingEngine
from verify.model import Band, Material, Verdict


def decode(data: bytes) -> Rendition:
    """A grey picture whose brightness is the first byte."""
    shade = data[0] if data else 0
    return Rendition(np.full((60, 90, 3), shade, np.uint8), "JPEG", 90, 60)


def read(rendition: Rendition, kind: Kind | None) -> PageReading:
    """Nothing to read."""
    return PageReading(rendition, (Reading(kind or Kind.UNKNOWN, 1.0),))


def check_photo(rendition: Rendition, data: bytes) -> Sequence[Defect]:
    """Every photo is fine."""
    return ()


def judge(entered: Mapping[str, Any] | None, materials: Mapping[str, Material], notes: Sequence[CaseNote]) -> Verdict:
    """Scores what was typed under `score`, after doing what was typed under `do`."""
    wish = entered or {}
    _behave(wish)
    findings = word_defects([n.defect for n in notes])
    score = int(wish.get("score", 100))
    return Verdict(score, Band.LIKELY_PASS if score > 90 else Band.NEEDS_REVIEW, findings, materials)


def _behave(wish: Mapping[str, Any]) -> None:
    match wish.get("do"):
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "die-once":
            mark = Path(wish["mark"])
            if not mark.exists():
                mark.write_text("died")
                os.kill(os.getpid(), signal.SIGKILL)
        case "sleep":
            time.sleep(float(wish["seconds"]))
        case "print":
            os.write(1, b"chatter of a library\n")
            sys.stdout.write("more of it")


@contextmanager
def open_fake(policy: str) -> Iterator[Toolbox]:
    """The factory that a worker order names."""
    yield Toolbox(decode, read, check_photo, judge)


@contextmanager
def open_hanging(policy: str) -> Iterator[Toolbox]:
    """The true reading stage over an engine that never answers for dark pictures."""

    def read_dark(rendition: Rendition, kind: Kind | None) -> PageReading:
        return read_page(rendition, HangingEngine()) if rendition.pixels.max() < 128 else read(rendition, kind)

    yield Toolbox(decode, read_dark, check_photo, judge)


@contextmanager
def open_broken(policy: str) -> Iterator[Toolbox]:
    """An installation that cannot start."""
    raise FileNotFoundError("no model")
    yield Toolbox(decode, read, check_photo, judge)
