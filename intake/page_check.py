"""Measures the picture of a page that was read, and says what is wrong with it as defects on the page.

Imaging measures pixels and knows no kinds; the reader knows the text and its kind; here the two meet.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from imaging.cut import sides_with_text, strip_along
from imaging.geometry import Quad
from imaging.model import Defect, Pixels
from imaging.outline import Outline, is_cut, is_safe, lacks_corner
from imaging.quality import PageQuality, QualityLimits, measure_page, page_defects
from imaging.rectify import on_page
from intake.page_demands import PageDemands, demands_of
from ocr.model import Field, Kind, Line
from ocr.read import PageReading

# Lines that decide about the border: read with this score, of so many characters, and of the page's usual height (as
# multiples of its median). Marks at the border and things lying around are none.
LEAST_LINE_CONFIDENCE, LEAST_LINE_TEXT, USUAL_HEIGHT = 0.6, 2, (0.4, 2.5)
# Fewer lines than this do not tell the height of the page's small print.
LEAST_LINES = 4


def add_page_defects(page: PageReading, uploaded: Pixels) -> PageReading:
    """The reading with what is wrong with its picture, and the same for further documents on it.

    Args:
        page: From `ocr.read.read_page`.
        uploaded: The picture that was read, uint8 RGB.

    Returns:
        The same reading with more defects; their boxes refer to its rendition.
    """
    others = tuple(add_page_defects(other, uploaded) for other in page.others)
    found = _defects(page, page.scene if page.scene is not None else uploaded)
    return replace(page, defects=(*page.defects, *found), others=others)


def _defects(page: PageReading, pixels: Pixels) -> tuple[Defect, ...]:
    demands = demands_of([reading.kind for reading in page.readings])
    quality = _with_text_sides(page, measure_page(pixels, _trusted(page.paper.outline)))
    found = [_on_page(defect, page, pixels) for defect in page_defects(quality, _limits(demands))]
    return (*found, *_cut_lines(page), *_small_lines(page, demands), *_small_seals(page, demands))


def _trusted(outline: Outline | None) -> Quad | None:
    if outline is None or not (is_safe(outline) or is_cut(outline) or lacks_corner(outline)):
        return None
    return outline.quad


def _limits(demands: PageDemands) -> QualityLimits:
    usual = QualityLimits()
    return replace(
        usual,
        least_chroma=usual.least_chroma if demands.colour else 0.0,
        least_long_side_px=demands.long_side_px,
        hopeless_long_side_px=demands.hopeless_long_side_px,
    )


def _with_text_sides(page: PageReading, quality: PageQuality) -> PageQuality:
    """Without what pixels alone say about cut sides, where the text says it better or a document was parted."""
    if page.scene is not None and not page.paper.applied:
        return replace(quality, cut_sides=(), open_sides=(), corners=())
    if _is_known(page) and _trusted(page.paper.outline) is None:
        return replace(quality, cut_sides=())
    return quality


def _is_known(page: PageReading) -> bool:
    return any(reading.kind is not Kind.UNKNOWN for reading in page.readings)


def _on_page(defect: Defect, page: PageReading, pixels: Pixels) -> Defect:
    if defect.box is None:
        return defect
    height_px, width_px = pixels.shape[:2]
    return replace(defect, box=on_page(defect.box, page.paper, width_px=width_px, height_px=height_px))


def _cut_lines(page: PageReading) -> tuple[Defect, ...]:
    """`page-cut-off` from recognised lines that run into the border of a picture whose paper was not found."""
    if page.paper.applied or page.scene is not None or not _is_known(page) or _trusted(page.paper.outline) is not None:
        return ()
    lines = _usual_lines(page)
    sides = sides_with_text([line.box for line in lines], aspect=page.rendition.width_px / page.rendition.height_px)
    if not sides:
        return ()
    box = strip_along(sides[0]) if len(sides) == 1 else None
    return (Defect("page-cut-off", measured=float(len(sides)), limit=0.0, box=box),)


def _usual_lines(page: PageReading) -> list[Line]:
    lines = [
        line
        for line in page.readings[0].lines
        if line.confidence >= LEAST_LINE_CONFIDENCE and len(line.text.strip()) >= LEAST_LINE_TEXT
    ]
    if not lines:
        return []
    usual = float(np.median([_height(line.box) for line in lines]))
    return [line for line in lines if USUAL_HEIGHT[0] * usual <= _height(line.box) <= USUAL_HEIGHT[1] * usual]


def _height(box: Quad) -> float:
    return box.bottom - box.top


def _small_lines(page: PageReading, demands: PageDemands) -> tuple[Defect, ...]:
    """`page-small-text`: the page's small print is too low to be read reliably."""
    heights = [_height(line.box) * page.rendition.height_px for line in page.readings[0].lines]
    if len(heights) < LEAST_LINES or not _is_known(page):
        return ()
    measured = float(np.percentile(heights, 25))
    return (Defect("page-small-text", measured=measured, limit=demands.line_px),) if measured < demands.line_px else ()


def _small_seals(page: PageReading, demands: PageDemands) -> tuple[Defect, ...]:
    """`seal-low-resolution`: a seal was found with too few pixels to read its name."""
    if not demands.seal_px:
        return ()
    seals = [_seal(reading.fields.get("seal_present")) for reading in page.readings]
    return tuple(
        Defect("seal-low-resolution", measured=across, limit=demands.seal_px, box=box)
        for box in seals
        if box is not None and (across := _across(box, page)) < demands.seal_px
    )


def _seal(present: Field | None) -> Quad | None:
    return present.box if present is not None and present.value is True else None


def _across(box: Quad, page: PageReading) -> float:
    return max((box.right - box.left) * page.rendition.width_px, (box.bottom - box.top) * page.rendition.height_px)
