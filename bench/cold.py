"""Part 6a: `intake read` on one ID card, each time in a new process."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench.cases import Deal
from bench.command import Ran, run_intake
from bench.report import Floor, Part, Table, median, megabytes

# Issue 2.
MAX_COLD_S = 4.0
REPEATS = 5


def cold_part(deal: Deal) -> Part:
    """Tables, floors and figures of this part."""
    case = next(deal.cases())
    with tempfile.TemporaryDirectory(prefix="bench-cold-") as root:
        card = Path(root) / "id_card_front.jpg"
        card.write_bytes(case.images["id_card_front"])
        runs = [_run(card, number) for number in range(1, REPEATS + 1)]
    seconds = [run.seconds for run in runs]
    peak = max(run.peak_bytes for run in runs)
    read = sum(run.code == 0 for run in runs)
    rows = ((str(REPEATS), str(read), f"{min(seconds):.2f}", f"{median(seconds):.2f}", megabytes(peak)),)
    header = ("runs", "ended well", "best s", "median s", "peak with children")
    middle = median(seconds)
    floor = Floor(
        "intake read, one ID card, cold", f"{middle:.2f} s", "<= 4 s", middle <= MAX_COLD_S and read == REPEATS
    )
    figures = {"seconds": seconds, "peak_bytes": peak, "ended_well": read}
    return Part("cold", (Table("intake read on one ID card, new process", header, rows),), (floor,), figures)


def _run(card: Path, number: int) -> Ran:
    ran = run_intake(["read", str(card), "--json"])
    print(f"bench: cold read {number}/{REPEATS}", file=sys.stderr, flush=True)
    return ran
