"""One run: load, kills, quiet, and the comparison of what was promised with what is there."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from tests.chaos.clients import Caller, Site
from tests.chaos.history import Call, Found, History, Judgement, judge, lost, untold
from tests.chaos.nemesis import Nemesis
from tests.chaos.processes import Role
from tests.chaos.receiver import Receiver
from tests.chaos.system import System

# The receiver may have heard a message whose sender died: it comes again under its id, within the first pauses of the
# backoff (5 s and 30 s, both with jitter).
_TOLD_S = 60.0
_STEP_S = 0.2


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run does.

    Attributes:
        kills: How many processes die.
        callers: How many clients there are.
        seed: Of everything that is drawn.
        pause_s: Between two kills, at least and at most.
        rest_s: Of a client between two persons.
        before_s: Load before the first kill.
    """

    kills: int
    callers: int = 3
    seed: int = 1
    pause_s: tuple[float, float] = (0.05, 0.6)
    rest_s: float = 0.1
    before_s: float = 1.0


@dataclass(frozen=True, slots=True)
class Report:
    """How a run went.

    Attributes:
        judgement: What is wrong.
        history: What clients noted.
        found: What is there.
        killed: How often each role died.
        webhooks: How many arrived.
        load_s: How long the load lasted.
        quiet_s: How long it took from the last call until nothing happened any more.
        complete: Whether all kills were done.
    """

    judgement: Judgement
    history: History
    found: Found
    killed: Counter[Role]
    webhooks: int
    load_s: float
    quiet_s: float
    complete: bool


def run_once(system: System, plan: Plan) -> Report:
    """Starts the system, and ends it whatever happens."""
    history = History()
    with Receiver(seed=plan.seed) as receiver:
        try:
            key, receiver.secret = system.start(receiver.host)
            nemesis = Nemesis(
                system, lambda: len(history.acknowledged), kills=plan.kills, pause_s=plan.pause_s, seed=plan.seed
            )
            started = time.monotonic()
            with Callers(Site(system.url, key, receiver.url), history, plan) as over:
                over.wait(plan.before_s)
                complete = nemesis.rage(over)
            load_s = time.monotonic() - started
            quiet_s = system.wait_until_quiet()
            found = system.found()
            if not lost(history, found):
                _wait_for(lambda: not untold(history, found, receiver.told), seconds=_TOLD_S)
        finally:
            system.stop()
        told = receiver.told
    return Report(judge(history, found, told), history, found, nemesis.killed, len(told), load_s, quiet_s, complete)


class Callers:
    """The clients of a run, while the block runs; joins them at its end."""

    def __init__(self, site: Site, history: History, plan: Plan) -> None:
        """Starts nothing yet."""
        self._over = threading.Event()
        self._threads = [
            Caller(site, history, self._over, seed=plan.seed * 1000 + number, pause_s=plan.rest_s)
            for number in range(plan.callers)
        ]

    def __enter__(self) -> threading.Event:
        for thread in self._threads:
            thread.start()
        return self._over

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()


def _wait_for(reached: Callable[[], bool], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not reached():
        time.sleep(_STEP_S)


def lines(name: str, report: Report, restarts_s: list[float], dead: dict[str, int]) -> list[str]:
    """The report for people."""
    history, judgement = report.history, report.judgement
    calls = Counter(one.call for one in history.acknowledged)
    killed = ", ".join(f"{role} {count}" for role, count in report.killed.most_common())
    out = [
        f"{name}: {sum(report.killed.values())} kills ({killed}) in {report.load_s:.0f} s, quiet after"
        f" {report.quiet_s:.0f} s",
        f"  acknowledged: {calls[Call.UPLOAD]} uploads, {calls[Call.FILING]} filings, {calls[Call.REFILING]} refilings;"
        f" {history.counts['sent twice on purpose']} sent twice on purpose, {history.counts['tried again']} tries more",
        f"  verdicts {len(report.found.scored)}, webhooks {report.webhooks}, longest wait of a call"
        f" {history.longest_s:.1f} s; dead: {dead or 'none'}",
        f"  orphaned work: {len(restarts_s)}, longest until somebody had it again {max(restarts_s, default=0):.1f} s",
        f"  lost {len(judgement.lost)}, duplicated {len(judgement.duplicated)}, unequal answers"
        f" {len(judgement.unequal)}, forbidden answers {len(judgement.unexpected)}, broken {len(judgement.broken)}",
    ]
    for fault in [*judgement.lost, *judgement.duplicated, *judgement.unequal, *judgement.unexpected, *judgement.broken][
        :20
    ]:
        out.append(f"    - {fault}")
    return out
