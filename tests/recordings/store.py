"""What an engine read of drawn documents, kept so that readers can be tested in milliseconds.

A recording holds the lines of a page after turning, straightening and reading under seals: all that a reader of text is
given. Pixels are not kept: everything that looks at them is tested on pixels.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from imaging.codes import Code
from imaging.geometry import Quad
from ocr.model import Line
from ocr.page import Page

FOLDER = Path(__file__).parent
MANIFEST = FOLDER / "manifest.json"
# A ten-thousandth of a page, and of a score.
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Recording:
    """One document.

    Attributes:
        group: Key of `fixtures.specimens.DRAWERS`.
        level: Ageing level.
        seed: Its seed.
        truth: `kind`, `variant` and `fields` as printed.
        page: What the engine read.
        misread: Fields that the engine's slips make wrong, whatever a reader does.
    """

    group: str
    level: str
    seed: int
    truth: dict[str, Any]
    page: Page
    misread: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """For test reports."""
        return f"{self.group}-{self.level}-{self.seed}"


def save(recordings: Sequence[Recording], group: str) -> Path:
    """Writes the recordings of one group; the same bytes for the same content."""
    path = FOLDER / f"{group}.json.gz"
    text = json.dumps([_shown(one) for one in recordings], ensure_ascii=False, separators=(",", ":"))
    path.write_bytes(gzip.compress(text.encode("utf-8"), mtime=0))
    return path


def load() -> list[Recording]:
    """All recordings."""
    rows = [row for path in sorted(FOLDER.glob("*.json.gz")) for row in json.loads(gzip.decompress(path.read_bytes()))]
    return [
        Recording(row["group"], row["level"], row["seed"], row["truth"], _page(row), tuple(row["misread"]))
        for row in rows
    ]


def _shown(one: Recording) -> dict[str, Any]:
    lines = [line for row in one.page.rows for line in row.lines]
    return {
        "group": one.group,
        "level": one.level,
        "seed": one.seed,
        "truth": one.truth,
        "misread": list(one.misread),
        "aspect": round(one.page.aspect, _DIGITS),
        "codes": [[code.content, code.symbology, _rounded(_corners(code.box))] for code in one.page.codes],
        "lines": [
            {
                "text": line.text,
                "score": round(line.confidence, _DIGITS),
                "box": _rounded(_corners(line.box)),
                "edges": _rounded([start for start, _ in line.char_spans] + [end for _, end in line.char_spans[-1:]]),
                "scores": _rounded(line.char_confidences),
                "rivals": list(line.char_rivals),
                "gaps": _rounded(line.char_gaps),
            }
            for line in lines
        ],
    }


def _page(row: dict[str, Any]) -> Page:
    lines = [
        Line(
            line["text"],
            line["score"],
            _quad(line["box"]),
            tuple(pairwise(line["edges"])),
            tuple(line["scores"]),
            tuple(line["rivals"]),
            tuple(line["gaps"]),
        )
        for line in row["lines"]
    ]
    codes = tuple(Code(content, symbology, _quad(box)) for content, symbology, box in row["codes"])
    return Page.of(lines, aspect=row["aspect"], codes=codes)


def _corners(box: Quad) -> list[float]:
    return [part for point in box.points for part in point]


def _quad(parts: Sequence[float]) -> Quad:
    a, b, c, d = ((parts[k], parts[k + 1]) for k in range(0, 8, 2))
    return Quad((a, b, c, d))


def _rounded(values: Sequence[float]) -> list[float]:
    return [round(float(value), _DIGITS) for value in values]
