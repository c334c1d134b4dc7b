"""The same errors planted in files and sent through the whole service: decoder, reader, rules, score.

A picture that was read once is not read again for the next error of the same person: what decoder, reader and photo
check answered about the same bytes is kept. Everything else runs anew on the files of each folder.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from bench.engine_intake import CHECKED_ON, POLICY
from bench.planting import Error, Planted, Submission, typed_errors
from bench.planting_uploads import upload_errors
from bench.verify_outcomes import Clean, Outcome, clean_of, finding_key, outcome_of
from bench.verify_persons import circumstance_of, draw_person, level_of, write_entered, write_person
from fixtures.chance import stream
from imaging.model import Defect, Rendition
from intake.case_folder import load_case
from intake.judge import judge_with
from intake.pipeline import run_case
from intake.rules import open_policy
from intake.toolbox import Toolbox, worker_toolbox
from ocr.model import Kind
from ocr.read import PageReading
from verify.model import Verdict

# Errors of each person: every kind comes up in turn, so that 60 persons see all of them several times.
ERRORS_A_PERSON = 8


@dataclass(frozen=True, slots=True)
class Kept:
    """Answers about pictures by the digest of what was asked; the tables fill while the tools are used."""

    decoded: dict[str, Rendition] = field(default_factory=dict)
    read: dict[tuple[str, Kind | None], PageReading] = field(default_factory=dict)
    checked: dict[str, Sequence[Defect]] = field(default_factory=dict)

    def forget_pixels(self) -> None:
        """Renditions are large; the readings of one person hold them too, so both go when the person is done."""
        self.decoded.clear()
        self.read.clear()
        self.checked.clear()


def keeping(tools: Toolbox, kept: Kept) -> Toolbox:
    """The same tools, which answer from memory what they were asked before. A refusal is not kept."""

    def decode(data: bytes) -> Rendition:
        key = hashlib.sha256(data).hexdigest()
        if key not in kept.decoded:
            kept.decoded[key] = tools.decode(data)
        return kept.decoded[key]

    def read(rendition: Rendition, kind: Kind | None) -> PageReading:
        key = (_digest(rendition), kind)
        if key not in kept.read:
            kept.read[key] = tools.read(rendition, kind)
        return kept.read[key]

    def check_photo(rendition: Rendition, data: bytes) -> Sequence[Defect]:
        key = hashlib.sha256(data).hexdigest()
        if key not in kept.checked:
            kept.checked[key] = tools.check_photo(rendition, data)
        return kept.checked[key]

    return replace(tools, decode=decode, read=read, check_photo=check_photo)


def _digest(rendition: Rendition) -> str:
    return hashlib.sha256(rendition.pixels.tobytes() + repr(rendition.pixels.shape).encode()).hexdigest()


def file_errors() -> tuple[Error[Path], ...]:
    """Kinds of error that can be planted in files, mixed so that neighbours are of several groups."""
    errors: list[Error[Path]] = [*typed_errors(), *upload_errors()]
    stream(0, "end to end", "order").shuffle(errors)
    return tuple(errors)


def run_end_to_end(seeds: range) -> tuple[list[Clean], list[Outcome]]:
    """Draws each person, verifies the folder as it is, then with errors planted one at a time."""
    cleans: list[Clean] = []
    outcomes: list[Outcome] = []
    started = time.monotonic()
    with worker_toolbox(POLICY) as tools, tempfile.TemporaryDirectory(prefix="bench-end-to-end-") as root:
        folders = Path(root)
        # Donors of foreign papers: the two persons before; the first ones take them from before the range.
        drawn = [_drawn(seed, folders) for seed in range(seeds.start - _DONORS, seeds.start)]
        kept = Kept()
        for number, seed in enumerate(seeds, start=1):
            drawn.append(_drawn(seed, folders))
            clean, found = _run_person(drawn[-1], drawn, number, keeping(tools, kept), folders / "planted")
            cleans.append(clean)
            outcomes += found
            kept.forget_pixels()
            shutil.rmtree(folders / str(drawn.pop(0).seed))
            left_s = (time.monotonic() - started) / number * (len(seeds) - number)
            print(f"bench: end to end {number}/{len(seeds)}, {left_s / 60:.1f} min left", file=sys.stderr, flush=True)
    return cleans, outcomes


# Enough persons for a paper of another kind and, nearly always, for one of each common kind.
_DONORS = 3


def _drawn(seed: int, folders: Path) -> Submission[Path]:
    drawn = draw_person(seed)
    folder = folders / str(seed)
    write_person(drawn, folder)
    uploads = {slot: folder / f"{slot}.jpg" for slot in drawn.images}
    return Submission(seed, drawn.entered, uploads, drawn.printed)


def _run_person(
    person: Submission[Path], others: Sequence[Submission[Path]], number: int, tools: Toolbox, folder: Path
) -> tuple[Clean, list[Outcome]]:
    verdict, seconds = _verdict(Planted(person.entered, person.uploads), tools, folder)
    level = level_of(person.seed)
    clean = clean_of(person.seed, level, circumstance_of(person.seed), verdict, seconds)
    before = {finding_key(finding) for finding in verdict.findings}
    outcomes = []
    for error, planted in chosen_errors(person, others, number):
        found, seconds = _verdict(planted, tools, folder)
        outcomes.append(outcome_of(error, planted, found, before, person.seed, level, seconds))
    return clean, outcomes


def chosen_errors(
    person: Submission[Path], others: Sequence[Submission[Path]], number: int
) -> list[tuple[Error[Path], Planted[Path]]]:
    """The errors of the person with this number, starting where the one before stopped."""
    errors = file_errors()
    found: list[tuple[Error[Path], Planted[Path]]] = []
    for step in range(len(errors)):
        error = errors[(number * ERRORS_A_PERSON + step) % len(errors)]
        planted = error.plant(person, others, stream(person.seed, "planting", error.name))
        if planted is not None:
            found.append((error, planted))
        if len(found) == ERRORS_A_PERSON:
            break
    return found


def _verdict(planted: Planted[Path], tools: Toolbox, folder: Path) -> tuple[Verdict, float]:
    """Lays out the folder and runs the pipeline on it; seconds are those of the rules alone."""
    _lay_out(planted, folder)
    verdicts: list[tuple[Verdict, float]] = []
    run_case(load_case(folder), replace(tools, judge=_noting(planted.today or CHECKED_ON, verdicts)))
    shutil.rmtree(folder)
    return verdicts[0]


def _noting(today: date, verdicts: list[tuple[Verdict, float]]) -> Callable[..., Verdict]:
    """The rules of a day, which also note their verdict: the pipeline hands on the record only."""
    judge = judge_with(open_policy(POLICY).policy, today=today)

    def noting(*case: Any) -> Verdict:
        started = time.perf_counter()
        verdict = judge(*case)
        verdicts.append((verdict, time.perf_counter() - started))
        return verdict

    return noting


def _lay_out(planted: Planted[Path], folder: Path) -> None:
    folder.mkdir(parents=True)
    for slot, file in planted.uploads.items():
        shutil.copyfile(file, folder / f"{slot}.jpg")
    write_entered(planted.entered, folder)
