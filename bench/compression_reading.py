"""Characters that the reader gets wrong on a page of known text."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from rapidfuzz.distance import Levenshtein

from bench.compression_pages import KnownLine
from imaging.model import Pixels
from ocr.engine import Engine
from ocr.lines import PageLines, cut_line, read_lines

# Room around a printed line when it is cut out, in shares of its height: what the detector leaves as well.
_ROOM = 0.12
# A character belongs to a line when its middle lies within it, with this room at its ends (characters) and edges.
_END_ROOM, _EDGE_ROOM = 0.4, 0.1
# Marks with several code points, and the zero of Chinese dates.
_SAME = str.maketrans({"〇": "0", "。": ".", "•": "·", "‧": "·", "∙": "·", "・": "·"})


@dataclass(frozen=True, slots=True)
class Misread:
    """Wrong characters of a page.

    Attributes:
        wrong: Characters to change, add or take away.
        printed: Characters there are.
    """

    wrong: int
    printed: int

    @property
    def percent(self) -> float:
        """Share of wrong characters."""
        return 100 * self.wrong / max(1, self.printed)


def misread_page(pixels: Pixels, lines: Sequence[KnownLine], engine: Engine) -> Misread:
    """Reads the whole page as `intake read` does: finds the lines, turns the page, reads."""
    page = read_lines(pixels, engine)
    return _compared(lines, [_read_at(page, line) for line in lines])


def misread_lines(pixels: Pixels, lines: Sequence[KnownLine], engine: Engine) -> Misread:
    """Reads lines where they are known to be, so that nothing but their legibility counts."""
    height_px, width_px = pixels.shape[:2]
    crops = []
    for line in lines:
        corners = line.place.to_pixels(width_px=width_px, height_px=height_px)
        down = (corners[3] - corners[0] + corners[2] - corners[1]) / 2
        along = corners[1] - corners[0]
        along = along / max(1e-6, float(np.linalg.norm(along))) * float(np.linalg.norm(down))
        outwards = np.array([-down - along, -down + along, down + along, down - along])
        crops.append(cut_line(pixels, np.asarray(corners + _ROOM * outwards, np.float32)))
    return _compared(lines, [answer.text for answer in engine.recognise(crops)])


def _compared(lines: Sequence[KnownLine], read: Sequence[str]) -> Misread:
    pairs = [(_plain(line.text), _plain(text)) for line, text in zip(lines, read, strict=True)]
    return Misread(sum(Levenshtein.distance(*pair) for pair in pairs), sum(len(printed) for printed, _ in pairs))


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text.translate(_SAME))
    return "".join(char for char in folded if not char.isspace())


def _read_at(page: PageLines, line: KnownLine) -> str:
    """The characters that were read within a printed line, from its start to its end."""
    points, chars = [], []
    for found in page.lines:
        for char, (start, end) in zip(found.text, found.char_spans, strict=False):
            x, y = found.box.between(start, end).centre
            # The reader turned the page clockwise; the truth lies on the page as it was uploaded.
            for _ in range(page.quarter_turns):
                x, y = y, 1 - x
            points.append((x, y))
            chars.append(char)
    if not points:
        return ""
    corners = np.array(line.place.points, np.float32)
    to_line = cv2.getPerspectiveTransform(corners, np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32))
    within = cv2.perspectiveTransform(np.array([points], np.float32), to_line)[0]
    room = _END_ROOM / max(1, len(_plain(line.text)))
    inside = [
        (float(x), char)
        for (x, y), char in zip(within, chars, strict=True)
        if -room < x < 1 + room and -_EDGE_ROOM < y < 1 + _EDGE_ROOM
    ]
    return "".join(char for _, char in sorted(inside))
