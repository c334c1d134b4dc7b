"""Part 6b: case folders with one hostile file each, through `intake verify`."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.command import Ran, run_intake
from bench.peers import MAX_WORKER_BYTES
from bench.report import Floor, Part, Table, median, megabytes
from fixtures.hostile.cases import write_cases

# Issue 2.
CASES = 30
MAX_S = 10.0
# Any seed; it is not one of those that tests use.
_SEED = 900


@dataclass(frozen=True, slots=True)
class Attacked:
    """One case folder and what came of it.

    Attributes:
        ran: The command.
        found: True when some finding is about the hostile file.
        named: True when the finding has the code that the file was made for; True also where any reading will do.
    """

    ran: Ran
    found: bool
    named: bool


def hostile_part(count: int = CASES) -> Part:
    """Tables, floors and figures of this part."""
    with tempfile.TemporaryDirectory(prefix="bench-hostile-") as root:
        write_cases(Path(root), seed=_SEED)
        folders = sorted(path for path in Path(root).iterdir() if path.is_dir())
        # Spread over all families, because neighbours in the list are alike.
        count = min(count, len(folders))
        chosen = [folders[place * len(folders) // count] for place in range(count)]
        attacked = [_attack(folder, f"{place}/{count}") for place, folder in enumerate(chosen, start=1)]
    return _summary(attacked)


def _attack(folder: Path, progress: str) -> Attacked:
    sheet = folder / "expected.json"
    expected = json.loads(sheet.read_text(encoding="utf-8"))
    # The answer must not lie beside the question.
    sheet.unlink()
    ran = run_intake(["verify", str(folder), "--json"])
    slot, code = str(expected["file"]).partition(".")[0], expected["code"]
    codes = [finding["code"] for finding in _findings(ran) if finding["material"] == slot]
    attacked = Attacked(ran, bool(codes), code is None or code in codes)
    remark = "" if attacked.found else f": no finding, exit code {ran.code}, {ran.err.strip()[:200]}"
    print(f"bench: hostile {progress} {folder.name}{remark}", file=sys.stderr, flush=True)
    return attacked


def _findings(ran: Ran) -> Sequence[Mapping[str, Any]]:
    try:
        return list(json.loads(ran.out)["findings"])
    except (ValueError, KeyError, TypeError):
        return ()


def _summary(attacked: Sequence[Attacked]) -> Part:
    count = len(attacked)
    found = sum(item.found for item in attacked)
    named = sum(item.named for item in attacked)
    tracebacks = sum(item.ran.shows_traceback for item in attacked)
    # 1 is the code for refused input; a signal, a hang or 2 is a failure of the program.
    ended = sum(item.ran.code in (0, 1) for item in attacked)
    seconds = [item.ran.seconds for item in attacked]
    slowest, peak = max(seconds), max(item.ran.peak_bytes for item in attacked)
    row = (str(count), str(found), str(named), str(tracebacks), str(ended), f"{median(seconds):.2f}", f"{slowest:.2f}")
    header = ("folders", "with finding", "expected code", "tracebacks", "ended 0 or 1", "median s", "max s", "max peak")
    floors = (
        Floor("hostile files with a finding", f"{found} of {count}", "all", found == count == ended),
        Floor("tracebacks", str(tracebacks), "0", tracebacks == 0),
        Floor("slowest hostile file", f"{slowest:.2f} s", "<= 10 s", slowest <= MAX_S),
        Floor("memory on hostile files, children included", megabytes(peak), "<= 1200 MB", peak <= MAX_WORKER_BYTES),
    )
    figures = {
        "folders": count,
        "with_finding": found,
        "expected_code": named,
        "tracebacks": tracebacks,
        "ended_well": ended,
        "max_s": slowest,
        "max_peak_bytes": peak,
    }
    table = Table("Hostile files through intake verify, new process each", header, ((*row, megabytes(peak)),))
    return Part("hostile", (table,), floors, figures)
