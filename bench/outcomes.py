"""Runs the engines over the cases, image by image in turns, and keeps what they answered."""

from __future__ import annotations

import math
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.cases import Deal
from bench.engine_process import EngineProcess
from fixtures.cases import Case, write_case


@dataclass(frozen=True, slots=True)
class Answered:
    """What one engine said about one image.

    Attributes:
        seconds: Wall time, from the file to the answer.
        cpu_s: Processor time, children included; steadier than wall time when the machine is busy.
        peak_bytes: Largest memory of the engine and its children meanwhile.
        text: All text found, in the engine's own order.
        reply: The whole answer.
    """

    seconds: float
    cpu_s: float
    peak_bytes: int
    text: str
    reply: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """One image.

    Attributes:
        case: Name of its case.
        level: Ageing level.
        slot: Slot of the case.
        truth: The slot's part of truth.json: kind, fields, ticks.
        answers: By engine name; peers are not asked about portrait photos.
    """

    case: str
    level: str
    slot: str
    truth: Mapping[str, Any]
    answers: Mapping[str, Answered]

    @property
    def kind(self) -> str:
        """True kind."""
        return str(self.truth["kind"])


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """One person.

    Attributes:
        name: Case name.
        level: Ageing level.
        planted: The `differences` of truth.json.
        pages: All images.
        record: The object that `intake verify --json` prints.
    """

    name: str
    level: str
    planted: Sequence[Mapping[str, Any]]
    pages: tuple[PageOutcome, ...]
    record: Mapping[str, Any]


def run_cases(
    deal: Deal, own: EngineProcess, peers: Sequence[EngineProcess], *, max_minutes: float = math.inf
) -> list[CaseOutcome]:
    """Makes each case, asks every engine about each image, then asks for the verdict.

    The order of the engines changes from image to image, so that none always meets a warm or a busy machine. Images
    live in a temporary folder and are gone afterwards. No case is begun after `max_minutes`.
    """
    outcomes: list[CaseOutcome] = []
    total, started = len(deal.seeds), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bench-cases-") as root:
        for number, case in enumerate(deal.cases(), start=1):
            folder = Path(root) / case.name
            write_case(case, folder)
            if number == 1:
                _warm_up(case, folder, [own, *peers])
            outcomes.append(_run_case(case, folder, own, peers))
            for file in folder.iterdir():
                file.unlink()
            spent_s = time.monotonic() - started
            left_s = spent_s / number * (total - number)
            print(f"bench: case {number}/{total}, {left_s / 60:.1f} min left", file=sys.stderr, flush=True)
            if spent_s > 60 * max_minutes:
                break
    return outcomes


def _warm_up(case: Case, folder: Path, engines: Sequence[EngineProcess]) -> None:
    """The first picture of a process loads models and buffers; nobody's first picture counts."""
    for slot in list(case.images)[:2]:
        for engine in engines:
            engine.ask(_question(folder, slot))


def _run_case(case: Case, folder: Path, own: EngineProcess, peers: Sequence[EngineProcess]) -> CaseOutcome:
    level = str(case.truth["ageing"])
    pages: list[PageOutcome] = []
    for place, slot in enumerate(case.images):
        truth = case.truth["materials"][slot]
        asked = [own] if truth["kind"] == "photo" else [own, *peers]
        turn = place % len(asked)
        answers = {
            engine.name: _answered(engine.ask(_question(folder, slot))) for engine in (*asked[turn:], *asked[:turn])
        }
        pages.append(PageOutcome(case.name, level, slot, truth, answers))
    record = own.ask({"folder": str(folder), "slot": None}).get("record", {})
    return CaseOutcome(case.name, level, case.truth["differences"], tuple(pages), record)


def _question(folder: Path, slot: str) -> dict[str, str]:
    return {"folder": str(folder), "slot": slot, "file": str(folder / f"{slot}.jpg")}


def _answered(reply: Mapping[str, Any]) -> Answered:
    readings = reply.get("readings")
    text = str(reply.get("text", "")) if readings is None else max((r["text"] for r in readings), key=len, default="")
    return Answered(reply["seconds"], reply["cpu_s"], reply["peak_bytes"], text, reply)
