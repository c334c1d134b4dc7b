"""`python -m bench.photo_checks`: what the photo checks catch on spoilt copies, and what they wrongly say.

Every portrait is spoilt twice: as it is, and as the finished 295x413 photo that the maker makes of it. The spoilt
sources go through the maker too, which must refuse them. Pictures without a face are checked once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from skimage import data as pictures
from skimage.data import astronaut

from bench.photo_checks_report import Answer, checks_part
from bench.photo_degradations import DEGRADATIONS, Degradation
from bench.report import render, save
from fixtures.people import make_person
from fixtures.photos import take_photo
from imaging.errors import ImageRefused
from imaging.model import Pixels
from imaging.photo.check import check_photo
from imaging.photo.made import Made
from imaging.photo.make import make_photo
from imaging.photo.portrait import Portrait, study_portrait
from imaging.photo.standards import ONE_INCH
from imaging.photo.weights import PhotoModels, load_photo_models
from imaging.sandbox import Decoder

ROOT = Path(__file__).parents[1]
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
# Seeds of the drawn portraits; far from those of any other set.
DRAWN_SEEDS = range(731_000, 731_100)
# Sources are shrunk to this side before they are spoilt: the faults are no others in larger files, only slower.
MAX_SIDE_PX = 1200
# What the maker writes at most.
MAX_BYTES = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A good portrait on one of both paths."""

    name: str
    path: str
    pixels: Pixels
    portrait: Portrait


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the benchmark; 0 when it ran, whatever it measured."""
    options = _options(arguments)
    models = load_photo_models()
    answers = [_answer(name, "no face", None, pixels, models) for name, pixels in _without_face()]
    for name, pixels in _sources(options):
        print(f"bench: {name}", file=sys.stderr, flush=True)
        for picture in _pictures(name, pixels, models):
            answers += _run(picture, models)
    part = checks_part(answers, DEGRADATIONS)
    print(render([part], title="Floors of the photo checks"))
    path = ROOT / "bench" / "out" / "results-photo-checks.json"
    save([part], path, seeds=DRAWN_SEEDS)
    print(f"Written: {path}")
    return 0


def _pictures(name: str, pixels: Pixels, models: PhotoModels) -> Iterator[Picture]:
    portrait = study_portrait(pixels, models)
    if portrait is None:
        print(f"bench: no face in {name}", file=sys.stderr)
        return
    yield Picture(name, "source", pixels, portrait)
    made = make_photo(pixels, models, ONE_INCH, max_bytes=MAX_BYTES, background="whiten")
    if not isinstance(made, Made):
        return
    decoded = cv2.imdecode(np.frombuffer(made.data, np.uint8), cv2.IMREAD_COLOR)
    if decoded is None:
        return
    finished = np.ascontiguousarray(decoded[:, :, ::-1], dtype=np.uint8)
    again = study_portrait(finished, models)
    if again is not None:
        yield Picture(name, "finished", finished, again)


def _run(picture: Picture, models: PhotoModels) -> Iterator[Answer]:
    yield _answer(picture.name, picture.path, None, picture.pixels, models)
    for degradation in DEGRADATIONS:
        spoilt = np.ascontiguousarray(degradation.apply(picture.pixels, picture.portrait))
        yield _answer(picture.name, picture.path, degradation, spoilt, models)
        if picture.path == "source" and not degradation.warning:
            yield _made(picture.name, degradation, spoilt, models)


def _answer(name: str, path: str, degradation: Degradation | None, pixels: Pixels, models: PhotoModels) -> Answer:
    report = check_photo(pixels, models, ONE_INCH, source_bytes=None, source_format=None)
    return Answer(
        portrait=name,
        path=path,
        degradation=degradation.name if degradation else "",
        severe=tuple(d.code for d in report.defects if d.severe),
        mild=tuple(d.code for d in report.defects if not d.severe),
        measures=report.measures if degradation is None else {},
    )


def _made(name: str, degradation: Degradation, pixels: Pixels, models: PhotoModels) -> Answer:
    result = make_photo(pixels, models, ONE_INCH, max_bytes=MAX_BYTES, background="whiten")
    codes = () if isinstance(result, Made) else tuple(d.code for d in result.defects)
    return Answer(name, "maker", degradation.name, severe=codes, mild=(), measures={})


def _sources(options: argparse.Namespace) -> Iterator[tuple[str, Pixels]]:
    with Decoder() as decoder:
        for folder in options.portraits:
            for path in sorted(Path(folder).iterdir()):
                if path.suffix.lower() in SUFFIXES:
                    yield from _decoded(decoder, path.stem, path.read_bytes())
        if not options.portraits:
            large = cv2.resize(np.asarray(astronaut(), np.uint8), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
            yield "astronaut", np.asarray(large, dtype=np.uint8)
        for seed in DRAWN_SEEDS[: options.drawn]:
            yield from _decoded(decoder, f"drawn-{seed}", take_photo(make_person(seed), "good_phone", seed=seed).data)


def _decoded(decoder: Decoder, name: str, data: bytes) -> Iterator[tuple[str, Pixels]]:
    try:
        pixels = decoder.decode(data).pixels
    except ImageRefused as refusal:
        print(f"bench: {name}: {refusal.code}", file=sys.stderr)
        return
    factor = min(1.0, MAX_SIDE_PX / max(pixels.shape[:2]))
    if factor < 1.0:
        pixels = np.asarray(cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
    yield name, pixels


def _without_face() -> Iterator[tuple[str, Pixels]]:
    """Textures, things, an animal, a page, the sky: pictures that scikit-image carries, in colour and upright."""
    for name in ("brick", "grass", "gravel", "coins", "page", "text", "moon", "chelsea", "coffee", "rocket", "retina",
                 "hubble_deep_field", "clock"):  # fmt: skip
        pixels = np.asarray(getattr(pictures, name)(), dtype=np.uint8)
        colour = pixels if pixels.ndim == 3 else pixels[:, :, None].repeat(3, axis=2)
        yield name, np.ascontiguousarray(colour[:, :, :3])


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.photo_checks", description="The photo checks on spoilt copies."
    )
    parser.add_argument(
        "--portraits", action="append", default=[], metavar="DIR", help="a folder of good pictures of one person each"
    )
    parser.add_argument("--drawn", type=int, default=4, metavar="N", help="drawn portraits of nobody beside them")
    options = parser.parse_args(arguments)
    if not 0 <= options.drawn <= len(DRAWN_SEEDS):
        parser.error(f"between 0 and {len(DRAWN_SEEDS)} drawn portraits")
    missing = [folder for folder in options.portraits if not Path(folder).is_dir()]
    if missing:
        parser.error(f"no such folder: {missing[0]}")
    return options


if __name__ == "__main__":
    sys.exit(main())
