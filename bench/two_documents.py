"""Pictures of two documents: how many are parted right, and what that costs and gains in fields.

`python -m bench.two_documents [FIRST] [COUNT]` draws that many scenes, reads each of them, and reads every paper of it
once more from a picture of its own. Decision 0007 holds the figures.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image, ImageOps

from fixtures import ageing
from fixtures.composite_scenes import make_scene
from fixtures.papers.paper import Paper
from imaging.model import Rendition
from ocr.model import Reading
from ocr.paddle import PaddleEngine
from ocr.read import PageReading, read_page
from ocr.weights import load_weights


def rendition_of(data: bytes) -> Rendition:
    """Our own drawings need no sandbox."""
    pixels = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"), dtype=np.uint8)
    return Rendition(pixels, "JPEG", pixels.shape[1], pixels.shape[0])


def readings_of(page: PageReading) -> list[Reading]:
    """All documents found on a picture."""
    return [reading for one in (page, *page.others) for reading in one.readings]


def exact_fields(paper: Paper, found: Sequence[Reading]) -> int:
    """Fields read exactly by the reading of the paper's kind that knows most of them."""
    same = [_exact(paper.fields, reading) for reading in found if reading.kind.value == paper.kind]
    return max(same, default=0)


def _exact(printed: Mapping[str, object], reading: Reading) -> int:
    read = {name: field.value for name, field in reading.fields.items()}
    return sum(_comparable(read.get(name)) == _comparable(value) for name, value in printed.items())


def _comparable(value: object) -> object:
    return tuple(sorted(value)) if isinstance(value, list | tuple) else value


def main(first: int, count: int) -> None:
    """Prints one line a scene and the sums."""
    engine = PaddleEngine(load_weights())
    parted = together = alone = printed = 0
    for seed in range(first, first + count):
        scene = make_scene(seed)
        page = read_page(rendition_of(scene.aged.data), engine)
        found = readings_of(page)
        right = len(page.others) == 1 and sorted(r.kind.value for r in found) == sorted(p.kind for p in scene.papers)
        parted += right
        fields = sum(exact_fields(paper, found) for paper in scene.papers)
        single = 0
        for number, paper in enumerate(scene.papers):
            data = ageing.age(paper, scene.level, seed=seed, label=f"single-{number}").data
            single += exact_fields(paper, readings_of(read_page(rendition_of(data), engine)))
        of = sum(len(paper.fields) for paper in scene.papers)
        together, alone, printed = together + fields, alone + single, printed + of
        print(
            f"{seed} {scene.level} {scene.scene}: {'parted' if right else 'NOT PARTED'}, {fields} and {single} of {of}"
        )
    print(f"parted right {parted} of {count}; fields exact {together} together, {alone} alone, of {printed}")


if __name__ == "__main__":
    main(*(int(word) for word in (sys.argv[1:] + ["7200", "48"][len(sys.argv) - 1 :])))
