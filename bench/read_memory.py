"""`bench/run memory`: memory of one reading process over 1,000 pages of every kind and level, one after the other.

Every picture is drawn once and read several times: what is measured is the process and not the paper.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.engine_process import EngineLostError, EngineProcess, last_core
from bench.read_figures import MAX_PEAK_BYTES, MAX_SLOPE_BYTES, MEMORY_PAGES, slope_bytes
from bench.report import Floor, Part, Table, megabytes, render
from fixtures.ageing import LEVELS
from fixtures.fonts import MissingFontError
from fixtures.specimens import DRAWERS, make_specimen

# Issue 4, part 9: "memory flat over 1,000 pages".
PAGES = 1_000
# Neither the reserved seeds nor those that readers were developed on.
FIRST_SEED = 480_000
_STEP = 100


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints what the process holds after every hundred pages; 1 when it could not be run."""
    parser = argparse.ArgumentParser(prog="bench/run memory", description="Memory over many pages.")
    parser.add_argument("--pages", type=int, default=PAGES, metavar="N")
    options = parser.parse_args(arguments)
    if options.pages < 1:
        parser.error("at least one page is needed")
    try:
        print(render([memory_part(*_resident(options.pages))], title="Memory of one process"))
    except (EngineLostError, MissingFontError) as fault:
        print(f"bench: {fault}", file=sys.stderr)
        return 1
    return 0


def _resident(pages: int) -> tuple[list[float], int]:
    """Bytes held before each page, and the most that was used."""
    held: list[float] = []
    engine = EngineProcess("intake", module="bench.read_engine", python=Path(sys.executable), core=last_core())
    with tempfile.TemporaryDirectory(prefix="bench-memory-") as folder, engine:
        files = _draw(Path(folder))
        for number in range(pages):
            reply = engine.ask({"file": str(files[number % len(files)])})
            held.append(float(reply["resident_bytes"]))
            if (number + 1) % _STEP == 0:
                print(f"bench: {number + 1}/{pages} pages", file=sys.stderr, flush=True)
        return held, engine.peak_bytes


def _draw(folder: Path) -> list[Path]:
    """One picture of every group and level, groups in turns."""
    files = []
    for level_number, level in enumerate(LEVELS):
        for number, group in enumerate(DRAWERS):
            file = folder / f"{group}-{level}.jpg"
            file.write_bytes(make_specimen(group, FIRST_SEED + 1_000 * number + level_number, level).data)
            files.append(file)
    return files


def memory_part(held: Sequence[float], peak_bytes: int) -> Part:
    """The table and the floors of issue 4.

    Args:
        held: Bytes held before each page.
        peak_bytes: The most that was used.
    """
    rows = tuple(
        (f"{start + 1} to {start + len(block)}", megabytes(float(np.mean(block))), megabytes(max(block)))
        for start in range(0, len(held), _STEP)
        if (block := held[start : start + _STEP])
    )
    slope = slope_bytes(held)
    enough = len(held) >= MEMORY_PAGES
    floors = (
        Floor("peak memory, children included", megabytes(peak_bytes), "<= 1000 MB",
              enough and peak_bytes <= MAX_PEAK_BYTES),
        Floor("memory slope over 100 pages", f"{slope / 1e6:.2f} MB", "<= 1 MB", enough and slope <= MAX_SLOPE_BYTES),
    )  # fmt: skip
    return Part("memory", (Table("Held between pages", ("pages", "mean", "most"), rows),), floors, {"slope": slope})


if __name__ == "__main__":
    sys.exit(main())
