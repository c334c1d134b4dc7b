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
from ocr.lines import certain_text
from ocr.model import Field, Line, Seal
from ocr.seal import SEALS_READ_MAX, look_at_seal, read_seals
from ocr.under_seal import lines_under_seals

# A seal's name this uncertain is shown to the reviewer as unreadable.
_READABLE_SEAL = 0.5
# How sure it is that a ring on a copy without colour was a seal.
_COPIED_SEAL = 0.8
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
        seals: What they are and say, at most four; without text when names were not asked for.
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
        names: Also read what the seals say (0.1-0.5 s each).
    """
    spots = find_seals(pixels)
    if not spots:
        return NO_STAMPS
    places = spots[:SEALS_READ_MAX]
    read = read_seals(pixels, engine, spots=spots) if names else tuple(look_at_seal(pixels, spot) for spot in places)
    # Where all is black, taking the seal's colour away takes the print away too.
    coloured = [spot for spot in places if spot.colour != "black"]
    return Stamps(spots, read, lines_under_seals(pixels, coloured, engine))


def merge_lines(lines: Sequence[Line], under: Sequence[Line]) -> tuple[Line, ...]:
    """Adds lines found under seals: a better reading replaces the plain one, a new line is added."""
    merged = list(lines)
    for fresh in under:
        across = [line for line in merged if _lies_across(line, fresh)]
        merged = [line for line in merged if line not in across]
        rivals = [line for line in merged if _same_line(line.box, fresh.box)]
        if not rivals:
            merged.append(fresh)
        elif certain_text([fresh]) > certain_text(rivals) and _is_whole(fresh, rivals):
            merged = [line for line in merged if line not in rivals] + [fresh]
    return tuple(merged)


def add_seal_fields(fields: dict[str, Field], stamps: Stamps) -> tuple[dict[str, Field], tuple[Defect, ...]]:
    """Adds seal_present and seal_text; the unit's formal seal speaks for the page, see `speaking_seal`."""
    if not stamps.spots:
        return {**fields, "seal_present": Field(False, 0.9)}, ()
    spot = stamps.spots[0]
    best = speaking_seal(stamps.seals)
    if best is None or not best.text or best.confidence < _READABLE_SEAL:
        box = best.box if best and best.text else spot.box
        defect = Defect("seal-unreadable", measured=best.confidence if best else None, limit=_READABLE_SEAL, box=box)
        text = Field(best.text if best and best.text else None, best.confidence if best else 0.0, box)
        return {**fields, "seal_present": _present(spot.ring, spot.colour, spot.box), "seal_text": text}, (defect,)
    return {
        **fields,
        "seal_present": _present(best.ring, best.colour, best.box),
        # The name alone is compared with the unit; what stands straight in the middle (财务专用章) tells which seal
        # of the unit it is, and stays in the raw text.
        "seal_text": Field(best.text, best.confidence, best.box, best.words),
    }, ()


def speaking_seal(seals: Sequence[Seal]) -> Seal | None:
    """The seal that speaks for the page: of the formal ones with any text the clearest, else of the special ones.

    A unit may press its finance seal beside its formal one; the formal one is then there, however clear the other is.
    """
    return max(seals, key=_standing, default=None)


def _standing(seal: Seal) -> tuple[bool, bool, float]:
    return bool(seal.text), not seal.is_special, seal.confidence * len(seal.text)


def _present(ring: float, colour: str, box: Quad) -> Field:
    return Field(True, min(1.0, ring) * (_COPIED_SEAL if colour == "black" else 1.0), box)


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
