"""`bench/run [all|accuracy|peers|cold|hostile]`: measures, prints tables and floors, writes bench/out/."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

from bench import accuracy, differences
from bench.accuracy import accuracy_part
from bench.cases import RESERVED_SEEDS, Deal
from bench.cold import cold_part
from bench.differences import differences_part
from bench.engine_process import ROOT, EngineLostError, last_core, own_engine, peer_engines
from bench.hostile import CASES, hostile_part
from bench.hostile_pixels import MUTANTS, families_part, mutants_part
from bench.outcomes import CaseOutcome, run_cases
from bench.peers import peers_part
from bench.report import Part, render, save
from fixtures.fonts import MissingFontError

PARTS = ("all", "accuracy", "peers", "cold", "hostile")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the chosen parts; 0 when they ran, whatever they measured, and 1 when something could not be run."""
    options = _options(arguments)
    try:
        _run(options)
    except (EngineLostError, MissingFontError) as fault:
        print(f"bench: {fault}", file=sys.stderr)
        return 1
    return 0


def _run(options: argparse.Namespace) -> None:
    deal = Deal(options.seed_from, options.cases_per_level)
    parts: list[Part] = []
    if options.part in ("all", "accuracy", "peers"):
        cases, measured = _read_cases(deal, with_peers=options.part != "accuracy", max_minutes=options.max_minutes)
        parts += measured
        if options.detail:
            print("\n".join(_details(cases)))
    if options.part in ("all", "cold"):
        parts.append(cold_part(deal))
    if options.part in ("all", "hostile"):
        parts += [families_part(), mutants_part(options.mutants), hostile_part(options.hostile_cases)]
    print(render(parts))
    name = "results.json" if options.part == "all" else f"results-{options.part}.json"
    path = ROOT / "bench" / "out" / name
    save(parts, path, seeds=deal.seeds)
    print(f"Written: {path}")


def _read_cases(deal: Deal, *, with_peers: bool, max_minutes: float) -> tuple[list[CaseOutcome], list[Part]]:
    with ExitStack() as stack:
        core = last_core()
        own = stack.enter_context(own_engine(core))
        peers = [stack.enter_context(peer) for peer in (peer_engines(core) if with_peers else ())]
        cases = run_cases(deal, own, peers, max_minutes=max_minutes)
        parts = [accuracy_part(cases, own.name), differences_part(cases), peers_part(cases, [own, *peers])]
    return cases, parts


def _details(cases: Sequence[CaseOutcome]) -> Iterator[str]:
    yield from accuracy.misses(cases, "intake")
    yield from differences.misses(cases)
    yield ""


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/run", description="Accuracy, time and memory, beside two peers.")
    parser.add_argument("part", nargs="?", choices=PARTS, default="all", help="accuracy is this service alone")
    parser.add_argument("--cases-per-level", type=int, default=10, metavar="N", help="persons for each ageing level")
    parser.add_argument("--seed-from", type=int, default=RESERVED_SEEDS.start, metavar="S", help="other cases")
    parser.add_argument("--hostile-cases", type=int, default=CASES, metavar="N", help="hostile folders")
    parser.add_argument("--mutants", type=int, default=MUTANTS, metavar="N", help="damaged copies of valid files")
    parser.add_argument(
        "--max-minutes", type=float, default=math.inf, metavar="M", help="begin no case after M minutes"
    )
    parser.add_argument("--detail", action="store_true", help="name every miss; refused for the reserved seeds")
    options = parser.parse_args(arguments)
    if min(options.cases_per_level, options.hostile_cases, options.mutants) < 1:
        parser.error("at least one case is needed")
    if options.detail and Deal(options.seed_from, options.cases_per_level).touches_reserved:
        parser.error("--detail is refused for the reserved seeds: nobody may write code against them")
    return options


if __name__ == "__main__":
    sys.exit(main())
