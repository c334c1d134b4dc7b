"""`bench/run poses`: the same documents turned, tilted and seen askew; what is read, and what reading as it came gives.

"As it came" is one reading of the picture without straightening: the reading stage must never do worse.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from bench.report import Part, Table, percent, render
from fixtures.specimens import draw_specimen
from imaging.model import Pixels, Rendition
from intake.parts import Parts
from ocr.lines import read_lines
from ocr.model import TOLD_BY_PIXELS, Kind
from ocr.page import Page
from ocr.readers.registry import READERS

if TYPE_CHECKING:
    from ocr.engine import Engine

GROUPS = ("id_card_front", "diploma", "qualification_certificate", "unit_certificate")
FIRST_SEED = 400_000
ANGLES_DEG = (0, 3, 8, 15, 30, 45, 60, 75, 90, 120, 180, 225, 270, 315, 350)
# How far a corner moves, as a share of the page's side: a page photographed from 20, 35 and 50 degrees.
SKEWS = (0.08, 0.16, 0.26)
# The page is shown at this long side on a desk that is this much larger.
_PAGE_PX, _DESK = 1600, 1.25
# A brown desk.
DESK = (146, 118, 92)


@dataclass(frozen=True, slots=True)
class Pose:
    """One way of laying a page; `corners` maps the page's four corners, 0..1, to the picture, 0..1."""

    name: str
    corners: Callable[[float], np.ndarray]


def poses() -> Iterator[Pose]:
    """All turns on a desk, and pages seen from the side and from below."""
    for angle in ANGLES_DEG:
        yield Pose(f"turned {angle} deg", lambda aspect, angle=angle: _turned(aspect, angle))  # type: ignore[misc]
    for skew in SKEWS:
        yield Pose(f"from below, {skew:.0%}", lambda aspect, skew=skew: _skewed(aspect, skew, 0.0))  # type: ignore[misc]
        yield Pose(f"from a corner, {skew:.0%}", lambda aspect, skew=skew: _skewed(aspect, skew, skew))  # type: ignore[misc]


def _turned(aspect: float, angle_deg: float) -> np.ndarray:
    angle = np.deg2rad(angle_deg)
    corners = (np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) - 0.5) * [aspect, 1.0]
    return np.asarray(corners @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]))


def _skewed(aspect: float, up: float, side: float) -> np.ndarray:
    corners = np.array([[up, side / 2], [1 - up, 0], [1, 1], [0, 1 - side]]) - 0.5
    return np.asarray(corners * [aspect, 1.0])


def laid(page: Pixels, pose: Pose, ground: tuple[int, int, int] = DESK) -> Pixels:
    """The page on a desk, or on a ground like its own on which no outline shows; uint8 RGB."""
    height, width = page.shape[:2]
    scale = _PAGE_PX / max(height, width)
    corners = pose.corners(width / height) * height * scale
    low, high = corners.min(axis=0), corners.max(axis=0)
    room = (high - low) * (_DESK - 1) / 2
    size = np.ceil(high - low + 2 * room).astype(int)
    target = (corners - low + room).astype(np.float32)
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    desk = np.full((size[1], size[0], 3), ground, np.uint8)
    matrix = cv2.getPerspectiveTransform(source, target)
    shown = cv2.warpPerspective(page, matrix, (int(size[0]), int(size[1])), flags=cv2.INTER_AREA)
    inside = cv2.warpPerspective(np.full((height, width), 255, np.uint8), matrix, (int(size[0]), int(size[1])))
    desk[inside > 127] = shown[inside > 127]
    return desk


def _right(fields: Mapping[str, Any], truth: Mapping[str, Any]) -> int:
    return sum(name in fields and fields[name].value == value for name, value in truth.items())


def _as_it_came(pixels: Pixels, kind: Kind, engine: Engine) -> Mapping[str, Any]:
    found = read_lines(pixels, engine)
    aspect = found.pixels.shape[1] / found.pixels.shape[0]
    return READERS[kind].fields(Page.of(found.lines, aspect=aspect))


def measure(groups: Sequence[str], seeds: range, *, plain_ground: bool = False) -> Part:
    """Reads every document in every pose."""
    counts: dict[str, Counter[str]] = {}
    with Parts() as parts:
        for group in groups:
            for seed in seeds:
                paper = draw_specimen(group, seed, "scan")
                truth = {name: value for name, value in paper.fields.items() if name not in TOLD_BY_PIXELS}
                rim = np.concatenate([paper.pixels[0], paper.pixels[-1]])
                paper_colour = (int(rim[:, 0].mean()), int(rim[:, 1].mean()), int(rim[:, 2].mean()))
                for pose in poses():
                    pixels = laid(paper.pixels, pose, paper_colour if plain_ground else DESK)
                    page = parts.read(Rendition(pixels, "PNG", pixels.shape[1], pixels.shape[0]))
                    plain = _as_it_came(pixels, Kind(paper.kind), parts.engine)
                    row = counts.setdefault(pose.name, Counter())
                    told = page.readings[0].kind == paper.kind
                    ours = _right(page.readings[0].fields, truth) if told else 0
                    row.update(fields=len(truth), ours=ours, plain=_right(plain, truth), pages=1, told=told)
                    row["worse"] += ours < _right(plain, truth)
                print(f"bench: {group} {seed}", file=sys.stderr, flush=True)
    rows = tuple(
        (name, str(row["pages"]), percent(row["told"], row["pages"]), percent(row["ours"], row["fields"]),
         percent(row["plain"], row["fields"]), str(row["worse"]))
        for name, row in counts.items()
    )  # fmt: skip
    header = ("pose", "pages", "kind told", "fields exact", "as it came", "pages read worse than as they came")
    return Part("poses", (Table("Turned, tilted and seen askew", header, rows),))


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the benchmark; 0 when it ran, whatever it measured."""
    parser = argparse.ArgumentParser(prog="bench/run poses", description="Documents turned, tilted and seen askew.")
    parser.add_argument("--kinds", nargs="+", default=list(GROUPS), metavar="KIND")
    parser.add_argument("--documents", type=int, default=2, metavar="N", help="of each kind")
    parser.add_argument("--seed-from", type=int, default=FIRST_SEED, metavar="S")
    parser.add_argument("--plain-ground", action="store_true", help="no desk: the paper's edge does not show")
    options = parser.parse_args(arguments)
    seeds = range(options.seed_from, options.seed_from + options.documents)
    print(render([measure(options.kinds, seeds, plain_ground=options.plain_ground)]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
