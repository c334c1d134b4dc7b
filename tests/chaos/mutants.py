"""`python -m tests.chaos.mutants --count 10000`: damaged pictures over HTTP into the running service.

Every one of them gets an answer, none of them a 5xx; no answer shows a path or a traceback; every stored one ends. The
interface, its checker with the real decoders, the queue, the store and the workers' decoding are the real ones; nothing
is recognised.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import httpx
from sqlalchemy import func, select

from bench.hostile_child import accepted_files
from fixtures.hostile.mutators import mutants
from intake.storage.schema import material, work
from tests.chaos.say import say
from tests.chaos.system import ServiceSystem

# As many callers as children of the checker, twice: one asks while another one is answered.
_CALLERS = 4
# Uploads between two lines of progress.
_CHUNK = 500
# What an answer must not hold: our files, somebody's folders, a library's words.
_LEAK = re.compile(rb"Traceback|site-packages|\.py\b|/(?:usr|tmp|home|root|work|proc|var)/")
# The first of these is tried for most mutants; a photo is made, which takes longer, so it comes up less often.
_KINDS = ("id_card_front", "diploma", "work_certificate", "id_card_back", "photo")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs it; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000, help="how many pictures")
    parser.add_argument("--seed", type=int, default=1, help="of the damage")
    said = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        system = ServiceSystem(Path(folder))
        try:
            return _run(system, count=said.count, seed=said.seed)
        finally:
            system.stop()


def _run(system: ServiceSystem, *, count: int, seed: int) -> int:
    key, _ = system.start("127.0.0.1:1")
    started = time.monotonic()
    statuses: Counter[int] = Counter()
    leaks = 0
    files = enumerate(mutants(accepted_files(), seed=seed, count=count))
    headers = {"Authorization": f"Bearer {key}"}
    with (
        httpx.Client(base_url=f"{system.url}/api/v1", headers=headers, timeout=60) as front,
        ThreadPoolExecutor(_CALLERS) as callers,
    ):
        for chunk in _chunks(files):
            for answer in callers.map(lambda one: _send(front, *one), chunk):
                statuses[answer.status_code] += 1
                leaks += _LEAK.search(answer.content) is not None
            say(f"{sum(statuses.values())}/{count} sent in {time.monotonic() - started:.0f} s")
    waited_s = system.wait_until_quiet()
    states, dead = _ends(system)
    stored = sum(states.values())
    open_states = {state: number for state, number in states.items() if state not in ("read", "refused", "dead")}
    say(
        f"answers: {dict(sorted(statuses.items()))}; with a path or traceback: {leaks}",
        f"stored {stored}: {states}, quiet after {waited_s:.0f} s; dead work: {dead or 'none'}",
    )
    server_faults = sum(number for status, number in statuses.items() if status >= 500)
    kept = not server_faults and not leaks and not open_states and stored == statuses[201]
    say("every promise kept" if kept else "a promise was BROKEN")
    return 0 if kept else 1


def _chunks(files: Iterator[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
    while chunk := list(islice(files, _CHUNK)):
        yield chunk


def _send(front: httpx.Client, number: int, data: bytes) -> httpx.Response:
    kind = _KINDS[number % len(_KINDS)]
    return front.post("/materials", data={"kind": kind}, files={"file": ("scan.jpg", data, "image/jpeg")})


def _ends(system: ServiceSystem) -> tuple[dict[str, int], dict[str, int]]:
    with system.database.read() as connection:
        states = connection.execute(select(material.c.state, func.count()).group_by(material.c.state)).all()
        dead = connection.execute(
            select(work.c.error, func.count()).where(work.c.state == "dead").group_by(work.c.error)
        ).all()
    return {row[0]: row[1] for row in states}, {row[0]: row[1] for row in dead}


if __name__ == "__main__":
    sys.exit(main())
