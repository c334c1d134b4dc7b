"""Part 6a: every hostile family against its budget, and thousands of mutants, judged in a process of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.engine_process import ROOT
from bench.report import Floor, Part, Table, megabytes
from fixtures.hostile.corpus import FAMILIES
from fixtures.hostile.model import DECODE_BUDGET, HEADER_BUDGET, Budget, Family
from verify.wording import known_codes

# Issue 3.
MUTANTS = 10_000
_MIN_FAMILIES = 60
# Any seed; it is not one of those that tests use.
_SEED = 900
# More deaths than this say that nothing works; the rest is not tried.
_MAX_DEATHS = 20


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one file.

    Attributes:
        name: Family, or `mutant`.
        code: Code of the refusal; None when there are pixels.
        fault: Name of an exception that nobody caught.
        seconds: Wall time.
        parent_cpu_s: Processor seconds of the asking process.
        parent_bytes: By how much its memory grew at most.
        child_cpu_s: Processor seconds of the fork; 0 when there was none.
        child_bytes: Largest resident memory of the fork.
    """

    name: str
    code: str | None
    fault: str | None
    seconds: float
    parent_cpu_s: float
    parent_bytes: int
    child_cpu_s: float
    child_bytes: int

    @property
    def cpu_s(self) -> float:
        """Processor seconds of both."""
        return self.parent_cpu_s + self.child_cpu_s

    def fits(self, budget: Budget) -> bool:
        """True when nothing did cost more than it may."""
        return (
            self.cpu_s <= budget.cpu_s
            and self.child_bytes <= budget.child_bytes
            and self.parent_bytes <= budget.parent_bytes
        )

    @property
    def is_answered(self) -> bool:
        """True when the file ended in pixels, or in a refusal that people are told in words."""
        return self.fault is None and (self.code is None or self.code in known_codes())


@dataclass(frozen=True, slots=True)
class Run:
    """All files of one run, and how often the judging process died over it."""

    judged: tuple[Judged, ...]
    deaths: int


def families_part(seed: int = _SEED) -> Part:
    """Every family once: code, time, memory."""
    return families_summary(_run(["--seed", str(seed)]), FAMILIES)


def mutants_part(count: int = MUTANTS, seed: int = _SEED) -> Part:
    """Damaged copies of valid files."""
    return mutants_summary(_run(["--seed", str(seed), "--mutants", str(count)]), count)


def _run(arguments: Sequence[str]) -> Run:
    """Starts the judging process, and starts it again behind every file that ended it."""
    judged: list[Judged] = []
    deaths = start = 0
    while deaths <= _MAX_DEATHS:
        command = [sys.executable, "-m", "bench.hostile_child", *arguments, "--start", str(start)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
            assert process.stdout is not None
            for answer in _answers(process.stdout):
                start = answer.pop("index") + 1
                judged.append(Judged(**answer))
                if len(judged) % 1000 == 0:
                    print(f"bench: hostile pixels {len(judged)}", file=sys.stderr, flush=True)
        if process.returncode == 0:
            break
        deaths += 1
        start += 1
    return Run(tuple(judged), deaths)


def _answers(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        try:
            yield json.loads(line)
        except ValueError:
            # A process that is killed leaves half a line.
            return


def families_summary(run: Run, families: Sequence[Family]) -> Part:
    """Table, floors and figures over the families."""
    by_name = {judged.name: judged for judged in run.judged}
    pairs = [(family, by_name.get(family.name)) for family in families]
    right = sum(
        found is not None and found.fault is None and found.code == family.expected_code for family, found in pairs
    )
    within = sum(found is not None and found.fits(family.budget) for family, found in pairs)
    at_once = [found for family, found in pairs if found is not None and family.budget == HEADER_BUDGET]
    others = [found for family, found in pairs if found is not None and family.budget == DECODE_BUDGET]
    worst_at_once_s = max((found.cpu_s for found in at_once), default=0.0)
    worst_s = max((found.cpu_s for found in others), default=0.0)
    worst_bytes = max((found.child_bytes for found in others), default=0)
    total = len(families)
    header = ("family", "expected", "got", "s", "CPU s", "child", "parent +", "within")
    floors = (
        Floor("hostile families", str(total), f">= {_MIN_FAMILIES}", total >= _MIN_FAMILIES),
        Floor("families with their expected code", f"{right} of {total}", "all", right == total),
        Floor("families within their budget", f"{within} of {total}", "all", within == total),
        Floor("slowest that shows in the header", f"{worst_at_once_s:.3f} s CPU", "<= 0.1 s", worst_at_once_s <= 0.1),
        Floor("slowest that is decoded", f"{worst_s:.1f} s CPU", "<= 10 s", worst_s <= 10),
        Floor("largest decoder child", megabytes(worst_bytes), "<= 768 MiB", worst_bytes <= DECODE_BUDGET.child_bytes),
        Floor("deaths over families", str(run.deaths), "0", not run.deaths),
    )
    figures = {
        "families": total,
        "expected_code": right,
        "within_budget": within,
        "max_header_cpu_s": worst_at_once_s,
        "max_cpu_s": worst_s,
        "max_child_bytes": worst_bytes,
        "deaths": run.deaths,
    }
    table = Table("Hostile families", header, tuple(_row(family, found) for family, found in pairs))
    return Part("hostile_families", (table,), floors, figures)


def _row(family: Family, found: Judged | None) -> tuple[str, ...]:
    expected = family.expected_code or "(pixels)"
    if found is None:
        return (family.name, expected, "no answer", *["-"] * 4, "NO")
    return (
        family.name,
        expected,
        found.fault or found.code or "(pixels)",
        f"{found.seconds:.3f}",
        f"{found.cpu_s:.3f}",
        megabytes(found.child_bytes) if found.child_bytes else "none",
        megabytes(found.parent_bytes),
        "yes" if found.fits(family.budget) else "NO",
    )


def mutants_summary(run: Run, count: int) -> Part:
    """Table, floors and figures over the mutants."""
    ends = Counter(judged.fault or judged.code or "(pixels)" for judged in run.judged)
    faults = sum(judged.fault is not None for judged in run.judged)
    answered = sum(judged.is_answered for judged in run.judged)
    worst_bytes = max((judged.child_bytes for judged in run.judged), default=0)
    worst_s = max((judged.cpu_s for judged in run.judged), default=0.0)
    rows = tuple((code, str(number)) for code, number in ends.most_common())
    floors = (
        Floor("deaths over mutants", f"{run.deaths} in {count}", "0", not run.deaths),
        Floor("uncaught errors over mutants", str(faults), "0", not faults),
        Floor("mutants with pixels or a worded code", f"{answered} of {count}", "all", answered == count),
        Floor(
            "largest decoder child over mutants",
            megabytes(worst_bytes),
            "<= 768 MiB",
            worst_bytes <= DECODE_BUDGET.child_bytes,
        ),
        Floor("slowest mutant", f"{worst_s:.2f} s CPU", "<= 10 s", worst_s <= 10),
    )
    figures: Mapping[str, Any] = {
        "mutants": count,
        "deaths": run.deaths,
        "uncaught": faults,
        "answered": answered,
        "ends": dict(ends),
        "max_cpu_s": worst_s,
        "max_child_bytes": worst_bytes,
    }
    return Part("hostile_mutants", (Table("Mutants of accepted files", ("end", "files"), rows),), floors, figures)
