"""`make bench-verify`: errors planted in persons whose papers were read before; how many are found, who is accused.

The plain run takes the recordings of the reserved seeds and then sends 60 more persons through the real reader.
`--recordings FILE…` takes other recordings (`python -m bench.verify_record`) and then names every miss.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.engine_process import ROOT
from bench.report import Part, render, save
from bench.verify_end_to_end import run_end_to_end
from bench.verify_figures import END_TO_END, REPLAYED, verify_part
from bench.verify_outcomes import all_errors, misses, run_persons
from bench.verify_persons import END_TO_END_SEEDS, is_reserved
from bench.verify_sheet import Measured, write_sheet
from bench.verify_store import FOLDER, differing, load, manifest
from fixtures.fonts import MissingFontError

SHEET = ROOT / "bench" / "verify-report.html"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the benchmark; 0 when it ran, whatever it measured, and 1 when something could not be run."""
    options = _options(arguments)
    try:
        return _run(options)
    except MissingFontError as fault:
        print(f"bench: {fault}", file=sys.stderr)
        return 1


def _run(options: argparse.Namespace) -> int:
    measured: list[Measured] = []
    if not options.only_end_to_end:
        replayed = _replayed(options)
        if replayed is None:
            print("bench: no recordings; make them with python -m bench.verify_record", file=sys.stderr)
            return 1
        measured.append(replayed)
    if options.end_to_end:
        seeds = range(options.seed_from, options.seed_from + options.end_to_end)
        cleans, outcomes = run_end_to_end(seeds)
        measured.append(Measured(verify_part("end to end", cleans, outcomes, END_TO_END), cleans, outcomes))
    if options.detail:
        print("\n".join(line for one in measured for line in misses(one.cleans, one.outcomes)) + "\n")
    parts: list[Part] = [one.part for one in measured]
    print(render(parts, title="Floors of verification"))
    write_sheet(measured, SHEET)
    path = ROOT / "bench" / "out" / "results-verify.json"
    measured_seeds = [clean.seed for one in measured for clean in one.cleans]
    save(parts, path, seeds=range(min(measured_seeds, default=0), max(measured_seeds, default=-1) + 1))
    print(f"Written: {path}, {SHEET}")
    return 0


def _replayed(options: argparse.Namespace) -> Measured | None:
    persons, manifests = load(options.recordings)
    if not persons:
        return None
    _tell_stale(manifests)

    def report(done: int, total: int) -> None:
        if done % 20 == 0 or done == total:
            print(f"bench: {done}/{total} persons verified", file=sys.stderr, flush=True)

    cleans, outcomes = run_persons(persons, all_errors(), report=report)
    return Measured(verify_part("replayed", cleans, outcomes, REPLAYED), cleans, outcomes)


def _tell_stale(manifests: Sequence[dict[str, Any]]) -> None:
    """Recordings answer for the reader that made them; whoever changed it since should know."""
    now = manifest()
    changed = sorted({name for one in manifests for name in differing(one, now)})
    if changed:
        print(f"bench: recordings are older than: {', '.join(changed)}; record anew before you trust them", flush=True)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make bench-verify", description="Planted errors found, clean persons accused."
    )
    parser.add_argument(
        "--recordings", type=Path, nargs="+", metavar="FILE", help="other recordings than the committed ones"
    )
    parser.add_argument(
        "--end-to-end", type=int, default=len(END_TO_END_SEEDS), metavar="N", help="persons read anew; 0 for none"
    )
    parser.add_argument("--only-end-to-end", action="store_true", help="leave the recordings out")
    parser.add_argument("--seed-from", type=int, default=END_TO_END_SEEDS.start, metavar="S", help="of those read anew")
    parser.add_argument("--detail", action="store_true", help="name every miss; refused for the reserved seeds")
    options = parser.parse_args(arguments)
    if options.end_to_end < 0 or options.seed_from < 10:
        parser.error("a number of persons from 0 and a first seed from 10 are needed")
    if options.recordings is None:
        options.recordings = sorted(FOLDER.glob("verify-*.jsonl.gz"))
    missing = [path for path in options.recordings if not path.is_file()]
    if missing:
        parser.error(f"there is no {missing[0]}")
    if options.detail and _touches_reserved(options):
        parser.error("--detail is refused for the reserved seeds: nobody may write code against them")
    return options


def _touches_reserved(options: argparse.Namespace) -> bool:
    own = range(options.seed_from, options.seed_from + options.end_to_end)
    recorded = [] if options.only_end_to_end else load(options.recordings)[0]
    return is_reserved(own) or any(is_reserved(range(one.seed, one.seed + 1)) for one in recorded)


if __name__ == "__main__":
    sys.exit(main())
