"""One way of looking at a picture: straightened or as it came, turned upright, its lines read."""

from __future__ import annotations

from dataclasses import dataclass, replace

from imaging.geometry import Quad
from imaging.model import Pixels
from imaging.rectify import PaperPlace, rectify
from imaging.split import Part, crop_to_content, level_text
from ocr.engine import Engine
from ocr.kinds import FULL_EVIDENCE, evidence_of
from ocr.lines import read_lines
from ocr.model import Line


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """What one look at the picture gave.

    Attributes:
        pixels: The upright page that the boxes refer to, uint8 RGB.
        lines: Recognised lines.
        unread: Boxes in which text was seen but none was read.
        evidence: Weight of the words of the likeliest kind.
        paper: Where the page lies in `scene`.
        scene: The picture that was looked at, before straightening and turning.
    """

    pixels: Pixels
    lines: tuple[Line, ...]
    unread: tuple[Quad, ...]
    evidence: float
    paper: PaperPlace
    scene: Pixels

    @property
    def aspect(self) -> float:
        """Width of the page divided by its height."""
        return float(self.pixels.shape[1] / self.pixels.shape[0])


def look_at(pixels: Pixels, engine: Engine) -> Attempt:
    """Straightened if that is safe, and the picture as it came when straightening did not lead to a document.

    A crop needs a check and a fall-back (ocr.md 5.2): a wrong one costs half of the fields.
    """
    return _straightened_or(pixels, Part(pixels, ()), engine)


def look_at_part(part: Part, engine: Engine) -> Attempt:
    """The same for one document's side of a picture; without an outline it is cropped to what is on it."""
    return _straightened_or(part.pixels, part, engine)


def _straightened_or(pixels: Pixels, part: Part, engine: Engine) -> Attempt:
    page = rectify(pixels)
    if page.applied:
        straight = _attempt(page.pixels, engine, PaperPlace(page.found, applied=True), scene=pixels)
        if straight.evidence >= FULL_EVIDENCE:
            return straight
        whole = _as_it_came(part, engine, PaperPlace(page.found))
        return whole if whole.evidence > straight.evidence else straight
    return _as_it_came(part, engine, PaperPlace(page.found))


def _as_it_came(part: Part, engine: Engine, paper: PaperPlace) -> Attempt:
    if not part.text:
        return _attempt(part.pixels, engine, paper, scene=part.pixels)
    cropped = crop_to_content(level_text(part))
    return _attempt(cropped, engine, PaperPlace(), scene=cropped)


def _attempt(pixels: Pixels, engine: Engine, paper: PaperPlace, *, scene: Pixels) -> Attempt:
    found = read_lines(pixels, engine)
    text = "".join("".join(line.text.split()) for line in found.lines)
    placed = replace(paper, quarter_turns=found.quarter_turns)
    return Attempt(found.pixels, found.lines, found.unread, evidence_of(text), placed, scene)
