"""`make bench-read`: every kind of document, four ageing levels, beside two peers on the same pictures.

The plain run draws its documents from a seed range that nobody develops on. `--seed-from` takes other seeds and then
names every miss; pictures are kept with `--keep DIR`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from bench.engine_process import ROOT, EngineLostError, EngineProcess, last_core, peer_engines
from bench.read_figures import read_part
from bench.read_outcomes import EXACT, RESERVED_SEEDS, Sheet, field_rows, run_sheets
from bench.read_sheet import write_sheet
from bench.report import render, save
from fixtures.fonts import MissingFontError
from fixtures.specimens import DRAWERS

# Issue 4 asks for 30 pictures a kind; eight at each level are two more.
IMAGES = 32
# Each peer takes twice our time, so it sees every so many-th picture; ratios are over the pictures that both saw.
PEER_EVERY = 4
SHEET = ROOT / "bench" / "read-report.html"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the benchmark; 0 when it ran, whatever it measured, and 1 when something could not be run."""
    options = _options(arguments)
    try:
        _run(options)
    except (EngineLostError, MissingFontError) as fault:
        print(f"bench: {fault}", file=sys.stderr)
        return 1
    return 0


def _run(options: argparse.Namespace) -> None:
    groups = options.kinds or list(DRAWERS)
    if options.keep is not None:
        options.keep.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        core = last_core()
        own = stack.enter_context(_own_engine(core))
        peers = [stack.enter_context(peer) for peer in (() if options.alone else peer_engines(core))]
        sheets = run_sheets(groups, images=options.images, seed_from=options.seed_from, own=own, peers=peers,
                            peer_every=options.peer_every, folder=options.keep)  # fmt: skip
        part = read_part(sheets, [own, *peers])
    if options.detail:
        print("\n".join(_misses(sheets)))
    print(render([part], title="Floors of reading"))
    write_sheet(sheets, SHEET)
    path = ROOT / "bench" / "out" / "results-read.json"
    save([part], path, seeds=range(options.seed_from, options.seed_from + 1))
    print(f"Written: {path}, {SHEET}")


def _own_engine(core: int) -> EngineProcess:
    return EngineProcess("intake", module="bench.read_engine", python=Path(sys.executable), core=core)


def _misses(sheets: Sequence[Sheet]) -> Iterator[str]:
    for row in field_rows(sheets):
        if row.verdict != EXACT:
            place = f"{row.sheet.group} {row.sheet.level} {row.sheet.seed} {row.name}"
            yield f"{place}: {row.verdict} {row.confidence:.2f}, printed {row.truth!r}, read {row.read!r}"
    for sheet in sheets:
        if not sheet.kind_told:
            yield f"{sheet.group} {sheet.level} {sheet.seed}: taken for {sheet.reading.get('kind')}"
    yield ""


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-read", description="Every kind of document, beside two peers.")
    parser.add_argument("--kinds", nargs="+", choices=tuple(DRAWERS), metavar="KIND", help="only these")
    parser.add_argument(
        "--images", type=int, default=IMAGES, metavar="N", help="pictures a kind, over its layouts and four levels"
    )
    parser.add_argument("--seed-from", type=int, default=RESERVED_SEEDS.start, metavar="S", help="other documents")
    parser.add_argument("--peer-every", type=int, default=PEER_EVERY, metavar="N", help="peers see every N-th picture")
    parser.add_argument("--alone", action="store_true", help="without the peers")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the pictures there")
    parser.add_argument("--detail", action="store_true", help="name every miss; refused for the reserved seeds")
    options = parser.parse_args(arguments)
    if min(options.images, options.peer_every) < 1:
        parser.error("at least one picture is needed")
    if (options.detail or options.keep) and options.seed_from + 100_000 > RESERVED_SEEDS.start:
        parser.error("--detail and --keep are refused for the reserved seeds: nobody may write code against them")
    return options


if __name__ == "__main__":
    sys.exit(main())
