"""Where the photo benchmarks take their portraits from: folders given by the caller, and drawn portraits of nobody."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from fixtures.people import make_person
from fixtures.photos import take_photo
from imaging.errors import ImageRefused
from imaging.model import Pixels
from imaging.sandbox import Decoder

_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})


def portrait_parser(*, prog: str, description: str, drawn: int) -> argparse.ArgumentParser:
    """The options that choose portraits; `drawn` is how many are drawn unless told otherwise."""
    parser = argparse.ArgumentParser(prog=prog, description=description)
    parser.add_argument(
        "--portraits", action="append", default=[], metavar="DIR", help="a folder of good pictures of one person each"
    )
    parser.add_argument("--drawn", type=int, default=drawn, metavar="N", help="drawn portraits of nobody beside them")
    return parser


def chosen_portraits(
    parser: argparse.ArgumentParser, arguments: Sequence[str] | None, *, seeds: range
) -> argparse.Namespace:
    """Reads the options; ends with wrong usage for a folder that is missing or for more portraits than seeds."""
    options = parser.parse_args(arguments)
    if not 0 <= options.drawn <= len(seeds):
        parser.error(f"between 0 and {len(seeds)} drawn portraits")
    missing = [folder for folder in options.portraits if not Path(folder).is_dir()]
    if missing:
        parser.error(f"no such folder: {missing[0]}")
    return options


def folder_portraits(folders: Sequence[str], decoder: Decoder) -> Iterator[tuple[str, Pixels | ImageRefused]]:
    """Name and pixels of every picture in the folders, or why it was refused."""
    for folder in folders:
        for path in sorted(Path(folder).iterdir()):
            if path.suffix.lower() in _SUFFIXES:
                yield path.stem, _decoded(decoder, path.read_bytes())


def drawn_portrait(seed: int, level: str, decoder: Decoder) -> tuple[str, Pixels | ImageRefused]:
    """Name and pixels of a drawn person's photo at an ageing level."""
    return f"drawn-{seed}", _decoded(decoder, take_photo(make_person(seed), level, seed=seed).data)


def _decoded(decoder: Decoder, data: bytes) -> Pixels | ImageRefused:
    try:
        return decoder.decode(data).pixels
    except ImageRefused as refusal:
        return refusal
