"""Seals on a page and the text under them, added to what was read from the plain page.

Text under a seal is read a second time with the red ink taken out and only replaces the first reading where it is
more certain (ocr.md 3.3: it helps black text under red ink and loses red print, so never instead).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from imaging.geometry import Quad
from imaging.model import Defect, Pixels
from imaging.seal import SealSpot, find_seals
from ocr.engine import Engine
from ocr.model import Field, Line, Seal
from ocr.seal import read_seals
from ocr.under_seal import lines_under_seals

# A seal's name this uncertain is shown to the reviewer as unreadable.
_READABLE_SEAL = 0.5
# Share of the narrower box that must be common for two boxes to be one line.
_SAME_LINE = 0.5
# A box this many times as high as a line of print was stretched over parts of the seal.
_ACROSS = 2.2
# Below this score a line is a scrap of the seal and counts for nothing.
_SCRAP = 0.5
# Share of a line's width that another must span to stand in for it: all but half a character of a short line.
_WHOLE_LINE = 0.93


@dataclass(frozen=True, slots=True)
class Stamps:
    """Seals of a page.

    Attributes:
        spots: Where seals are.
        seals: What they say; empty when names were not asked for.
        lines: Text lines under the seals, read with the seal's ink removed.
    """

    spots: tuple[SealSpot, ...]
    seals: tuple[Seal, ...]
    lines: tuple[Line, ...]


NO_STAMPS = Stamps((), (), ())


def read_stamps(pixels: Pixels, engine: Engine, *, names: bool) -> Stamps:
    """Finds the seals and reads what is on and under them.

    Args:
        pixels: uint8 RGB rendition.
        engine: The recogniser.
        names: Also read the arcs (0.1-0.5 s a seal).
    """
    spots = find_seals(pixels)
    if not spots:
        return NO_STAMPS
    seals = read_seals(pixels, engine, spots=spots) if names else ()
    return Stamps(spots, seals, lines_under_seals(pixels, spots, engine))


def merge_lines(lines: Sequence[Line], under: Sequence[Line]) -> tuple[Line, ...]:
    """Adds lines found under seals: a better reading replaces the plain one, a new line is added."""
    merged = list(lines)
    for fresh in under:
        across = [line for line in merged if _lies_across(line, fresh)]
        merged = [line for line in merged if line not in across]
        rivals = [line for line in merged if _same_line(line.box, fresh.box)]
        if not rivals:
            merged.append(fresh)
        elif _weight(fresh) > sum(_weight(line) for line in rivals) and _is_whole(fresh, rivals):
            merged = [line for line in merged if line not in rivals] + [fresh]
    return tuple(merged)


def add_seal_fields(fields: dict[str, Field], stamps: Stamps) -> tuple[dict[str, Field], tuple[Defect, ...]]:
    """Adds seal_present and seal_text; the clearest readable seal speaks for the page."""
    if not stamps.spots:
        return {**fields, "seal_present": Field(False, 0.9)}, ()
    spot = stamps.spots[0]
    present = Field(True, min(1.0, spot.ring), spot.box)
    best = max(stamps.seals, key=lambda seal: seal.confidence * len(seal.text), default=None)
    if best is None or not best.text or best.confidence < _READABLE_SEAL:
        defect = Defect(
            "seal-unreadable", measured=best.confidence if best else None, limit=_READABLE_SEAL, box=spot.box
        )
        text = Field(best.text if best and best.text else None, best.confidence if best else 0.0, spot.box)
        return {**fields, "seal_present": present, "seal_text": text}, (defect,)
    return {
        **fields,
        "seal_present": Field(True, min(1.0, best.ring), best.box),
        # The name alone is compared with the unit; what stands straight in the middle (财务专用章) tells which seal
        # of the unit it is, and stays in the raw text.
        "seal_text": Field(best.text, best.confidence, best.box, f"{best.text} {best.centre_text}".strip()),
    }, ()


def _same_line(a: Quad, b: Quad) -> bool:
    """True when two boxes hold the same printed line or pieces of it: side by side at one height, alike in size."""
    beside = b.top < a.centre[1] < b.bottom or a.top < b.centre[1] < a.bottom
    return beside and _overlap_in_x(a, b) > _SAME_LINE and _height(a) < _ACROSS * _height(b)


def _lies_across(line: Line, fresh: Line) -> bool:
    """True for a box that the detector stretched over seal characters above or below, and that was read worse."""
    inside = line.box.top < fresh.box.centre[1] < line.box.bottom
    stretched = _height(line.box) >= _ACROSS * _height(fresh.box)
    worse = line.confidence < fresh.confidence
    return inside and stretched and worse and _overlap_in_x(line.box, fresh.box) > _SAME_LINE


def _overlap_in_x(a: Quad, b: Quad) -> float:
    """Common width as a share of the narrower box; 0 and less when they stand apart."""
    narrower = min(a.right - a.left, b.right - b.left)
    return (min(a.right, b.right) - max(a.left, b.left)) / narrower if narrower > 0 else 0.0


def _height(box: Quad) -> float:
    return box.bottom - box.top


def _is_whole(fresh: Line, rivals: Sequence[Line]) -> bool:
    """False for a piece: a part of a line must not replace the whole, however clear it is."""
    readable = sum(len(line.text) for line in rivals if line.confidence >= _SCRAP)
    if len(fresh.text) >= readable:
        return True
    common = min(
        (min(fresh.box.right, line.box.right) - max(fresh.box.left, line.box.left)) / (line.box.right - line.box.left)
        for line in rivals
    )
    return common >= _WHOLE_LINE


def _weight(line: Line) -> float:
    """How much was read, counting every character by how certain it is; squared, so that guesses count little."""
    return len(line.text) * line.confidence**2
