"""`python -m bench.photo_checks`: what the photo checks catch on spoilt copies, and what they wrongly say.

Every portrait is spoilt twice: as it is, and as the finished 295x413 photo that the maker makes of it. The spoilt
sources go through the maker too, which must refuse them. Pictures without a face are checked once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from skimage import data as pictures
from skimage.data import astronaut

from bench.engine_process import ROOT
from bench.photo_checks_report import Answer, checks_part
from bench.photo_child import MAX_BYTES
from bench.photo_degradations import DEGRADATIONS, Degradation
from bench.photo_encoders import decoded
from bench.portraits import chosen_portraits, drawn_portrait, folder_portraits, portrait_parser
from bench.report import render, save
from imaging.errors import ImageRefused
from imaging.model import Pixels
from imaging.photo.check import check_photo
from imaging.photo.made import Made
from imaging.photo.make import make_photo
from imaging.photo.portrait import Portrait, study_portrait
from imaging.photo.standards import ONE_INCH
from imaging.photo.weights import PhotoModels, load_photo_models
from imaging.sandbox import Decoder

# Seeds of the drawn portraits; far from those of any other set.
DRAWN_SEEDS = range(731_000, 731_100)
# Sources are shrunk to this side before they are spoilt: the faults are no others in larger files, only slower.
MAX_SIDE_PX = 1200


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
    finished = decoded(made.data)
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
        for name, pixels in folder_portraits(options.portraits, decoder):
            yield from _small(name, pixels)
        if not options.portraits:
            large = cv2.resize(np.asarray(astronaut(), np.uint8), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
            yield "astronaut", np.asarray(large, dtype=np.uint8)
        for seed in DRAWN_SEEDS[: options.drawn]:
            yield from _small(*drawn_portrait(seed, "good_phone", decoder))


def _small(name: str, pixels: Pixels | ImageRefused) -> Iterator[tuple[str, Pixels]]:
    if isinstance(pixels, ImageRefused):
        print(f"bench: {name}: {pixels.code}", file=sys.stderr)
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
    description = "The photo checks on spoilt copies."
    parser = portrait_parser(prog="python -m bench.photo_checks", description=description, drawn=4)
    return chosen_portraits(parser, arguments, seeds=DRAWN_SEEDS)


if __name__ == "__main__":
    sys.exit(main())
