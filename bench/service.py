"""`bench/run service`: how soon an upload is acknowledged, what the queue costs, and what memory the interface holds.

The real service with the real reader, started by `intake serve` in an empty folder; every figure on this machine, with
callers, interface and workers on the same processors.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from bench.engine_process import ROOT
from bench.report import Floor, Part, Table, megabytes, render, save
from bench.service_pages import Page, another_file, draw_pages
from bench.service_pipeline import bare_pages_per_s
from bench.service_site import Site, checkers_bytes, open_site, resident_bytes
from fixtures.fonts import MissingFontError

# Issue 6, "Done when".
P50_S, P95_S, QUEUE_SHARE, API_BYTES, REQUESTS = 0.250, 0.800, 0.95, 250e6, 20_000
# "No growth": the allocator's noise over a few thousand calls stays below this.
SLOPE_BYTES = 0.1e6
WORKERS = 2
_POLICY = "yunnan-2023"
# Uploads measured one after the other and by several callers at once.
_CALLERS = (1, 4)
# Of all requests: this many uploads, the others look something up.
_UPLOAD_EVERY = 20
_SAMPLE_EVERY = 500
# The first calls fill caches and pools.
_SETTLED_SHARE = 0.25


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures, prints tables and floors, writes bench/out/; 1 when it could not be run."""
    options = _options(arguments)
    try:
        pages = draw_pages(options.pages)
    except MissingFontError as fault:
        print(f"bench: {fault}", file=sys.stderr)
        return 1
    parts = []
    if options.part in ("all", "latency"):
        parts.append(latency_part(measure_latency(pages, options.uploads)))
    if options.part in ("all", "throughput"):
        parts.append(throughput_part(measure_throughput(pages, options.rounds)))
    if options.part in ("all", "memory"):
        parts.append(memory_part(measure_memory(pages, options.requests), options.requests))
    print(render(parts, title="Floors of issue 6"))
    path = ROOT / "bench" / "out" / "results-service.json"
    save(parts, path, seeds=range(1))
    print(f"Written: {path}")
    return 0


@dataclass(frozen=True, slots=True)
class Latency:
    """Uploads while every worker reads.

    Attributes:
        callers: At once.
        seconds: Each upload.
        left: Pages that were still waiting at the end: the workers were busy to the last.
    """

    callers: int
    seconds: Sequence[float]
    left: int


def measure_latency(pages: Sequence[Page], uploads: int) -> list[Latency]:
    """Fills the queue, then uploads beside the busy workers."""
    found = []
    with open_site(workers=WORKERS) as site:
        mark = 0
        for callers in _CALLERS:
            for page in pages:
                mark += 1
                site.upload(page, another_file(page.data, mark))
            seconds = _upload_at_once(site, pages, uploads, callers, first_mark=mark)
            mark += uploads
            found.append(Latency(callers, seconds, site.waiting()))
            _say(f"{callers} callers: {uploads} uploads, {found[-1].left} pages still waiting")
    return found


def _upload_at_once(site: Site, pages: Sequence[Page], uploads: int, callers: int, *, first_mark: int) -> list[float]:
    def one(number: int) -> float:
        page = pages[number % len(pages)]
        return site.upload(page, another_file(page.data, first_mark + 1 + number))

    with ThreadPoolExecutor(callers) as pool:
        return list(pool.map(one, range(uploads)))


def latency_part(found: Sequence[Latency]) -> Part:
    """The table and the floors."""
    rows = tuple(
        (
            f"{one.callers} at once",
            str(len(one.seconds)),
            _ms(statistics.median(one.seconds)),
            _ms(share(one.seconds, 0.95)),
            _ms(max(one.seconds)),
            str(one.left),
        )
        for one in found
    )
    first = found[0]
    busy = first.left > 0
    p50, p95 = statistics.median(first.seconds), share(first.seconds, 0.95)
    floors = (
        Floor("upload acknowledged with fast checks, p50", _ms(p50), f"<= {_ms(P50_S)}", busy and p50 <= P50_S),
        Floor("upload acknowledged with fast checks, p95", _ms(p95), f"<= {_ms(P95_S)}", busy and p95 <= P95_S),
    )
    header = ("callers", "uploads", "p50", "p95", "longest", "pages waiting at the end")
    table = Table(f"Uploads while {WORKERS} workers read", header, rows)
    return Part("latency", (table,), floors, {"p50_s": p50, "p95_s": p95})


def measure_throughput(pages: Sequence[Page], rounds: int) -> list[tuple[float, float]]:
    """Pages a second of the bare pipeline and of the queue, in turns on the same pages."""
    found = []
    with open_site(workers=0) as site:
        for number in range(rounds):
            bare = bare_pages_per_s(pages, policy=_POLICY, workers=WORKERS)
            for place, page in enumerate(pages):
                site.upload(page, another_file(page.data, number * len(pages) + place))
            site.hold_back()
            queue = site.queue_pages_per_s(workers=WORKERS)
            found.append((bare, queue))
            _say(f"round {number + 1}: bare {bare:.3f}, queue {queue:.3f} pages a second")
    return found


def throughput_part(found: Sequence[tuple[float, float]]) -> Part:
    """The table and the floor."""
    rows = tuple(
        (str(number), f"{bare:.3f}", f"{queue:.3f}", f"{queue / bare:.3f}")
        for number, (bare, queue) in enumerate(found, start=1)
    )
    ratio = statistics.median(queue / bare for bare, queue in found)
    table = Table(
        f"Pages a second, {WORKERS} processes", ("round", "bare pipeline", "through the queue", "share"), rows
    )
    floor = Floor("queue against bare pipeline", f"{ratio:.3f}", f">= {QUEUE_SHARE}", ratio >= QUEUE_SHARE)
    return Part("throughput", (table,), (floor,), {"ratio": ratio})


@dataclass(frozen=True, slots=True)
class Memory:
    """What the interface holds.

    Attributes:
        held: Bytes of the interface's own process: at the start, then after every so many requests.
        checkers: Bytes of its two checking children at the end.
    """

    held: Sequence[int]
    checkers: Sequence[int]


def measure_memory(pages: Sequence[Page], requests: int) -> Memory:
    """Many calls of all kinds, without workers: nobody else is measured."""
    with open_site(workers=0) as site:
        pid = site.api_pid
        held = [resident_bytes(pid)]
        first = min(pages, key=lambda page: len(page.data))
        site.upload(first)
        known = str(site.http.post("/api/v1/submissions", json=_FILING).raise_for_status().json()["id"])
        lock = threading.Lock()

        def one(number: int) -> None:
            if number % _UPLOAD_EVERY == 0:
                site.upload(first, another_file(first.data, number))
            else:
                path = (f"/api/v1/submissions/{known}", "/livez", "/api/v1/materials/" + "0" * 40, "/openapi.json")
                site.http.get(path[number % len(path)])
            if (number + 1) % _SAMPLE_EVERY == 0:
                with lock:
                    held.append(resident_bytes(pid))

        with ThreadPoolExecutor(4) as pool:
            for _ in pool.map(one, range(requests)):
                pass
        if site.api_pid != pid:
            raise RuntimeError("the interface was started anew meanwhile")
        return Memory(held, checkers_bytes(site.system))


_FILING = {"purpose": "completion", "region": "533103", "policy": _POLICY, "entered": {}, "materials": {}}


def memory_part(found: Memory, requests: int) -> Part:
    """The table and the floors."""
    settled = found.held[1 + math.floor(_SETTLED_SHARE * (len(found.held) - 1)) :]
    per_1000 = slope(settled) * 1000 / _SAMPLE_EVERY
    rows = (
        ("at the start", megabytes(found.held[0])),
        (f"after {_SAMPLE_EVERY} requests", megabytes(found.held[1])),
        (f"after {requests} requests", megabytes(found.held[-1])),
        ("most", megabytes(max(found.held))),
        ("each of the children that look at uploads", " ".join(megabytes(one) for one in found.checkers)),
    )
    whole = requests >= REQUESTS
    floors = (
        Floor("memory of the interface", megabytes(max(found.held)), f"<= {megabytes(API_BYTES)}",
              whole and max(found.held) <= API_BYTES),
        Floor(f"growth over {requests} requests, for each 1000", f"{per_1000 / 1e6:.3f} MB",
              f"<= {SLOPE_BYTES / 1e6} MB", whole and per_1000 <= SLOPE_BYTES),
    )  # fmt: skip
    return Part("memory", (Table("Resident memory", ("", ""), rows),), floors, {"held": list(found.held)})


def share(values: Sequence[float], part: float) -> float:
    """The smallest value that this share of them does not exceed."""
    ordered = sorted(values)
    return ordered[math.ceil(part * len(ordered)) - 1]


def slope(values: Sequence[float]) -> float:
    """Growth from one value to the next, by least squares."""
    if len(values) < 2:
        return 0.0
    return float(np.polyfit(np.arange(len(values)), np.asarray(values, float), 1)[0])


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def _say(line: str) -> None:
    print(f"bench: {line}", file=sys.stderr, flush=True)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/run service", description=__doc__)
    parser.add_argument("part", nargs="?", choices=("all", "latency", "throughput", "memory"), default="all")
    parser.add_argument("--pages", type=int, default=60, metavar="N", help="drawn pages")
    parser.add_argument("--uploads", type=int, default=100, metavar="N", help="measured uploads for each row")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="of bare pipeline and queue")
    parser.add_argument("--requests", type=int, default=REQUESTS, metavar="N", help="for the memory")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
