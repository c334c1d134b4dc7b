"""`python -m tests.chaos.run --kills 200 --database sqlite|postgresql|both`: nothing acknowledged is lost or doubled.

Prints what was killed and what was found, for the service and for the naive variant. Ends with 1 when the service is
at fault, when orphaned work waited longer than promised, or when the control finds nothing wrong with the naive
variant: a harness that cannot fail proves nothing. `--faults` runs `tests.chaos.faults` instead.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from tests.chaos.naive_system import NaiveSystem
from tests.chaos.one_run import Plan, Report, lines, run_once
from tests.chaos.postgresql import PostgresqlServer
from tests.chaos.say import say
from tests.chaos.system import ServiceSystem, work_folder

# Issue 6: orphaned work starts again within 40 s.
MOST_RESTART_S = 40.0
# The naive variant is found out long before.
_CONTROL_KILLS = 40


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs what was asked for; returns the exit code."""
    options = _options(arguments)
    if options.faults:
        from tests.chaos.faults import run_faults

        return run_faults(options.databases, rounds=options.rounds, away_s=options.away_s)
    faults = []
    for name in options.databases:
        with service(name, lease_ms=options.lease_ms) as system:
            report = run_once(system, Plan(options.kills, seed=options.seed))
            if options.log:
                shutil.copy(system.folder / "service.log", f"{options.log}-{name}")
            faults += service_faults(name, report, system)
            say(*lines(name, report, system.restarts_s, system.dead))
    if not options.no_control:
        faults += control_faults(min(options.kills, _CONTROL_KILLS), options.seed)
    say(*faults or ["chaos: all as promised"])
    return 1 if faults else 0


def service_faults(name: str, report: Report, system: ServiceSystem) -> list[str]:
    """What is wrong with the service, one line each."""
    faults = []
    if not report.judgement.good:
        faults.append(f"chaos: {name}: something was lost, duplicated or broken")
    if not report.complete:
        faults.append(f"chaos: {name}: only {sum(report.killed.values())} kills were possible")
    if max(system.restarts_s, default=0.0) > MOST_RESTART_S:
        faults.append(f"chaos: {name}: orphaned work waited {max(system.restarts_s):.1f} s")
    return faults


def control_faults(kills: int, seed: int) -> list[str]:
    """The naive variant under the same clients and kills; a fault when it passes."""
    with work_folder() as folder:
        report = run_once(NaiveSystem(folder), Plan(kills, seed=seed, rest_s=0.0))
    say(lines("naive variant (must fail)", report, [], {})[0])
    judgement = report.judgement
    say(
        f"  lost {len(judgement.lost)}, duplicated {len(judgement.duplicated)},"
        f" unequal answers {len(judgement.unequal)}"
    )
    return (
        [] if judgement.lost and judgement.duplicated else ["chaos: the control found nothing; this run proves nothing"]
    )


@contextmanager
def service(name: str, *, lease_ms: int | None = None) -> Iterator[ServiceSystem]:
    """The service on one of the two databases, not started yet."""
    with ExitStack() as stack:
        folder = stack.enter_context(work_folder())
        url = ""
        if name == "postgresql":
            server = stack.enter_context(PostgresqlServer(durable=True))
            url = stack.enter_context(server.fresh_database())
        yield ServiceSystem(folder, url, lease_ms)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.run", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, metavar="N")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parser.add_argument("--lease-ms", type=int, metavar="MS", help="shorter leases; the real ones when left out")
    parser.add_argument("--log", metavar="FILE", help="keep the service's log in FILE-sqlite and FILE-postgresql")
    parser.add_argument("--no-control", action="store_true", help="leave the naive variant out")
    parser.add_argument("--faults", action="store_true", help="Redis and database faults instead of kills")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="of each fault")
    parser.add_argument("--away-s", type=float, default=60.0, metavar="S", help="how long Redis is away")
    options = parser.parse_args(arguments)
    options.databases = ["sqlite", "postgresql"] if options.database == "both" else [options.database]
    return options


if __name__ == "__main__":
    sys.exit(main())
