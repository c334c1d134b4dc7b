"""`python -m bench.verify_record --persons N --seed-from S --out FILE`: the real reader over N persons, once.

Runs that were cut short go on where they stopped. Two processes over two ranges of seeds share the work.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.engine_intake import POLICY
from bench.verify_persons import draw_person, write_person
from bench.verify_store import Recorded, append_row, manifest, read_rows, recorded_json
from fixtures.fonts import MissingFontError
from intake.case_folder import load_case
from intake.pipeline import read_material
from intake.toolbox import Toolbox, worker_toolbox


def main(arguments: Sequence[str] | None = None) -> int:
    """Records the persons that a file does not hold yet; 0 when it holds all of them."""
    parser = argparse.ArgumentParser(prog="python -m bench.verify_record", description="Records readings of persons.")
    parser.add_argument("--persons", type=int, required=True, metavar="N", help="how many")
    parser.add_argument("--seed-from", type=int, required=True, metavar="S", help="first seed")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="*.jsonl.gz; is added to")
    options = parser.parse_args(arguments)
    if options.persons < 1 or options.seed_from < 0:
        parser.error("at least one person and a seed from 0 are needed")
    try:
        record(range(options.seed_from, options.seed_from + options.persons), options.out)
    except MissingFontError as fault:
        print(f"bench: {fault}", file=sys.stderr)
        return 1
    return 0


def record(seeds: range, path: Path) -> None:
    """Adds the persons of these seeds to a file, in order, unless they are there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = _whole_rows(path)
    held = {row["seed"] for row in rows if "seed" in row}
    now = manifest()
    if now not in [row["manifest"] for row in rows if "manifest" in row][-1:]:
        append_row(path, {"manifest": now})
    waiting = [seed for seed in seeds if seed not in held]
    started = time.monotonic()
    with worker_toolbox(POLICY) as tools:
        for number, seed in enumerate(waiting, start=1):
            append_row(path, recorded_json(read_person(seed, tools)))
            left_s = (time.monotonic() - started) / number * (len(waiting) - number)
            print(f"bench: person {number}/{len(waiting)}, {left_s / 60:.1f} min left", file=sys.stderr, flush=True)


def _whole_rows(path: Path) -> list[dict[str, object]]:
    """The rows of a file; half a row at its end is cut off, so that the next one can be read."""
    if not path.exists():
        return []
    rows, whole_bytes = read_rows(path)
    with path.open("r+b") as stream:
        stream.truncate(whole_bytes)
    return rows


def read_person(seed: int, tools: Toolbox) -> Recorded:
    """Draws a person and reads every upload; files live in a temporary folder and are gone afterwards."""
    drawn = draw_person(seed)
    with tempfile.TemporaryDirectory(prefix="bench-verify-") as root:
        folder = Path(root) / f"person-{seed}"
        write_person(drawn, folder)
        case = load_case(folder)
        materials = {image.slot: read_material(image, tools)[0] for image in case.images}
    return Recorded(seed, drawn.level, drawn.circumstance, drawn.entered, materials, drawn.printed)


if __name__ == "__main__":
    sys.exit(main())
