"""One way of looking at a picture: straightened or as it came, turned upright, its lines read."""

from __future__ import annotations

from dataclasses import dataclass, replace

from imaging.geometry import Quad
from imaging.model import Pixels
from imaging.rectify import PaperPlace, Rectified, rectify
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
    page = rectify(pixels)
    straight = _straightened(page, pixels, engine) if page.applied else None
    if straight is not None and straight.evidence >= FULL_EVIDENCE:
        return straight
    return _better(straight, _attempt(pixels, engine, PaperPlace(page.found), scene=pixels))


def look_at_part(part: Part, engine: Engine) -> Attempt:
    """The same for one document's side of a picture; without an outline it is cropped to what is on it."""
    scene = part.pixels
    page = rectify(scene)
    if not page.applied:
        # Level and with less around it, a paper is sometimes found that was not found before.
        scene = crop_to_content(level_text(part))
        page = rectify(scene)
    straight = _straightened(page, scene, engine) if page.applied else None
    if straight is not None and straight.evidence >= FULL_EVIDENCE:
        return straight
    cropped = crop_to_content(level_text(part))
    return _better(straight, _attempt(cropped, engine, PaperPlace(), scene=cropped))


def _straightened(page: Rectified, scene: Pixels, engine: Engine) -> Attempt:
    return _attempt(page.pixels, engine, PaperPlace(page.found, applied=True), scene=scene)


def _better(straight: Attempt | None, whole: Attempt) -> Attempt:
    return whole if straight is None or whole.evidence > straight.evidence else straight


def _attempt(pixels: Pixels, engine: Engine, paper: PaperPlace, *, scene: Pixels) -> Attempt:
    found = read_lines(pixels, engine)
    text = "".join("".join(line.text.split()) for line in found.lines)
    placed = replace(paper, quarter_turns=found.quarter_turns)
    return Attempt(found.pixels, found.lines, found.unread, evidence_of(text), placed, scene)
