"""`make bench-photo`: what the photo maker makes of portraits in front of four backgrounds, beside two encoders.

Portraits come from folders (`--portraits DIR`), from scikit-image (the public-domain astronaut) and from the fixture
generator. Only the maker itself runs in the measured process.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from skimage.data import astronaut

from bench.engine_process import ROOT, EngineProcess, last_core
from bench.photo_judge import Row, judge_photo, refused
from bench.photo_report import photo_part
from bench.photo_scenes import Scene, scenes_of
from bench.portraits import chosen_portraits, drawn_portrait, folder_portraits, portrait_parser
from bench.report import Part, render, save
from imaging.errors import ImageRefused
from imaging.model import Pixels
from imaging.photo.standards import GA461, ONE_INCH, PhotoStandard
from imaging.photo.weights import PhotoModels, load_photo_models
from imaging.sandbox import Decoder

# Seeds of the drawn portraits; far from those of any other set.
DRAWN_SEEDS = range(730_000, 730_100)
# A studio file and two phone pictures, of the generator's ageing levels.
DRAWN_LEVELS = ("scan", "good_phone", "hard_phone")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the benchmark; 0 when it ran, whatever it measured, 1 when there was nothing to run it on."""
    options = _options(arguments)
    models = load_photo_models()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="bench-photo-") as root, _child() as child:
        for number, (name, pixels) in enumerate(_portraits(options)):
            print(f"bench: portrait {number + 1} {name}", file=sys.stderr, flush=True)
            if isinstance(pixels, ImageRefused):
                rows.append(refused(name, "real", ONE_INCH, (pixels.code,)))
                continue
            for scene in scenes_of(name, pixels, models, seed=number):
                rows += _run_scene(scene, child, models, Path(root))
        peak_bytes = child.peak_bytes
    if not rows:
        print("bench: no portrait found", file=sys.stderr)
        return 1
    part = photo_part(rows, peak_bytes=peak_bytes, detail=options.detail)
    return _show([part])


def _show(parts: Sequence[Part]) -> int:
    print(render(parts, title="Floors of the photo"))
    path = ROOT / "bench" / "out" / "results-photo.json"
    save(parts, path, seeds=DRAWN_SEEDS)
    print(f"Written: {path}")
    return 0


def _child() -> EngineProcess:
    return EngineProcess("photo maker", module="bench.photo_child", python=Path(sys.executable), core=last_core())


def _run_scene(scene: Scene, child: EngineProcess, models: PhotoModels, folder: Path) -> Iterator[Row]:
    picture = folder / "picture.npy"
    np.save(picture, scene.pixels)
    standards: tuple[PhotoStandard, ...] = (ONE_INCH, GA461)
    for standard in standards:
        reply = child.ask({"picture": str(picture), "standard": standard.name, "folder": str(folder)})
        yield judge_photo(scene, standard, reply, models, folder)


def _portraits(options: argparse.Namespace) -> Iterator[tuple[str, Pixels | ImageRefused]]:
    with Decoder() as decoder:
        yield from folder_portraits(options.portraits, decoder)
        if not options.portraits:
            yield "astronaut", np.asarray(astronaut(), dtype=np.uint8)
        for number in range(options.drawn):
            yield drawn_portrait(DRAWN_SEEDS[number], DRAWN_LEVELS[number % len(DRAWN_LEVELS)], decoder)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = portrait_parser(prog="make bench-photo", description="The photo maker on many portraits.", drawn=9)
    parser.add_argument("--detail", action="store_true", help="a row for every picture, not only for every background")
    return chosen_portraits(parser, arguments, seeds=DRAWN_SEEDS)


if __name__ == "__main__":
    sys.exit(main())
