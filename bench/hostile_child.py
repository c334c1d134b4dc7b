"""The judged process: decodes hostile files one after another and tells what each did cost, one JSON line a file.

It stands for the process of the service that takes uploads, so it must survive whatever it is given.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.child import forget_peak, peak_bytes
from fixtures.hostile.corpus import corpus
from fixtures.hostile.heic_writer import encoded
from fixtures.hostile.model import DECODE_BUDGET, WITH_HEIC, Hostile
from fixtures.hostile.mutators import mutants
from fixtures.hostile.pages import saved
from imaging.errors import ImageRefused
from imaging.sandbox import Decoder

_ACCEPTED = Path(__file__).resolve().parent.parent / "fixtures" / "accept"
# Small copies are decoded in milliseconds, and a mutator hits their headers more often.
_SMALL_PX = (480, 320)


def accepted_files() -> tuple[bytes, ...]:
    """Valid files of every format and coding: the accepted samples themselves, and small copies of one of them."""
    from PIL import Image

    samples = sorted(_ACCEPTED.glob("*/*.jpg"), key=lambda path: path.stat().st_size)
    with Image.open(samples[len(samples) // 2], formats=["JPEG"]) as page:
        small = page.convert("RGB").resize(_SMALL_PX)
    copies = (
        saved(small, "JPEG"),
        saved(small, "JPEG", progressive=True),
        saved(small, "JPEG", restart_marker_rows=2),
        saved(small.convert("CMYK"), "JPEG"),
        saved(small, "PNG"),
        saved(small.quantize(32), "PNG"),
        saved(small.convert("LA"), "PNG"),
        saved(small, "WEBP"),
        saved(small.convert("RGBA"), "WEBP", lossless=True),
        encoded(small),
        encoded(small, tile_size=256),
        encoded(small.convert("RGBA")),
        encoded(small.convert("L")),
    )
    # The smaller half: what a larger page costs is the business of the families.
    return tuple(path.read_bytes() for path in samples[: len(samples) // 2]) + copies


def judge(files: Iterator[Hostile], start: int) -> Iterator[dict[str, object]]:
    """One answer for each file from the `start`-th on."""
    with Decoder() as decoder:
        decoder.start()
        for index, hostile in enumerate(files):
            if index >= start:
                yield {"index": index, "name": hostile.name, **_judged(hostile, decoder)}


def _judged(hostile: Hostile, decoder: Decoder) -> dict[str, object]:
    forget_peak()
    before_bytes = peak_bytes()
    started, cpu_started = time.perf_counter(), time.process_time()
    code, fault = None, None
    try:
        decoder.decode(hostile.data, formats=hostile.formats)
    except ImageRefused as refused:
        code = refused.code
    except Exception as exc:
        # What must never happen; it is counted and the run goes on.
        fault = type(exc).__name__
    seconds, cpu_s = time.perf_counter() - started, time.process_time() - cpu_started
    cost = decoder.last_cost
    return {
        "code": code,
        "fault": fault,
        "seconds": seconds,
        "parent_cpu_s": cpu_s,
        "parent_bytes": max(0, peak_bytes() - before_bytes),
        "child_cpu_s": 0.0 if cost is None else cost.cpu_s,
        "child_bytes": 0 if cost is None else cost.peak_bytes,
    }


def _mutants(seed: int, count: int) -> Iterator[Hostile]:
    for data in mutants(accepted_files(), seed=seed, count=count):
        yield Hostile("mutant", data, None, DECODE_BUDGET, WITH_HEIC)


def main() -> int:
    """Families, or so many mutants; `--start` goes on behind a file that ended this process."""
    parser = argparse.ArgumentParser(prog="python -m bench.hostile_child")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--mutants", type=int, default=0)
    parser.add_argument("--start", type=int, default=0)
    chosen = parser.parse_args()
    files = _mutants(chosen.seed, chosen.mutants) if chosen.mutants else corpus(chosen.seed)
    for answer in judge(files, chosen.start):
        print(json.dumps(answer), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
