"""One way of looking at a picture: straightened or as it came, turned upright, its lines read."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from imaging.geometry import Quad
from imaging.model import Pixels
from imaging.rectify import PaperPlace, Rectified, rectify
from imaging.split import Part, crop_to_content, level_text, text_tilt_deg
from ocr.engine import Engine
from ocr.kinds import FULL_EVIDENCE, evidence_of
from ocr.lines import certain_text, read_lines
from ocr.model import Line

# Up to this tilt rows are told apart on the page as it lies (bench/run poses: all fields at 15 degrees, 86 % at 30).
_LEAST_TILT_DEG = 12.0
# Share of the text that must still be read once the page was turned: what interpolation may cost.
_LEAST_KEPT = 0.97


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
        levelled: True when `scene` is the handed-in picture turned so that its text is level.
    """

    pixels: Pixels
    lines: tuple[Line, ...]
    unread: tuple[Quad, ...]
    evidence: float
    paper: PaperPlace
    scene: Pixels
    levelled: bool = False

    @property
    def aspect(self) -> float:
        """Width of the page divided by its height."""
        return float(self.pixels.shape[1] / self.pixels.shape[0])


def look_at(pixels: Pixels, engine: Engine) -> Attempt:
    """Straightened if that is safe, and the picture as it came when straightening did not lead to a document.

    A crop needs a check and a fall-back (ocr.md 5.2): a wrong one costs half of the fields. A paper of which no outline
    is found is levelled by its lines of text when they fall steeply: rows of tilted lines mix.
    """
    page = rectify(pixels)
    straight = _straightened(page, pixels, engine) if page.applied else None
    if straight is not None and straight.evidence >= FULL_EVIDENCE:
        return straight
    best = _better(straight, _attempt(pixels, engine, PaperPlace(page.found), scene=pixels))
    return best if best is straight else _levelled(best, engine)


def _levelled(whole: Attempt, engine: Engine) -> Attempt:
    """The picture turned until its text is level, when it then reads as well; else the attempt itself."""
    boxes = (*(line.box for line in whole.lines), *whole.unread)
    height_px, width_px = whole.pixels.shape[:2]
    if abs(text_tilt_deg(boxes, width_px=width_px, height_px=height_px)) < _LEAST_TILT_DEG:
        return whole
    rim = np.concatenate([whole.pixels[0], whole.pixels[-1], whole.pixels[:, 0], whole.pixels[:, -1]])
    red, green, blue = (float(level) for level in np.median(rim, axis=0))
    level = level_text(Part(whole.pixels, boxes, (red, green, blue)))
    turned = _attempt(level.pixels, engine, PaperPlace(), scene=level.pixels)
    kept = min(turned.evidence, FULL_EVIDENCE) >= min(whole.evidence, FULL_EVIDENCE)
    # Read alike, the level page is better: its rows do not mix.
    as_well = certain_text(turned.lines) >= _LEAST_KEPT * certain_text(whole.lines)
    return replace(turned, levelled=True) if kept and as_well else whole


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
