"""Says what a picture is that is no document of ours, or a document shown on a screen.

Words come first (`ocr.read`); only where a page has hardly any of them are pixels asked whether it is empty or a
portrait, because a face is on many documents and a face network costs 30 ms.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from imaging.blank import is_blank_on
from imaging.ink import inked_copy
from imaging.model import Defect, Pixels
from imaging.screenshot import LEAST_PLAIN, screen_signs
from ocr.model import Kind
from ocr.read import PageReading

if TYPE_CHECKING:
    from imaging.photo.weights import PhotoModels

# Characters read with some certainty; a page with fewer shows hardly any text. Scraps that a recogniser sees in hair
# and wood stay below, an ID card that is only half legible has more.
LEAST_TEXT, LEAST_CONFIDENCE = 10, 0.7
# Height of the face over the longer side of the picture. Drawn portraits of studios and phones: 0.30 to 0.45; the
# faces on drawn cards that fill their picture: at most 0.17.
PORTRAIT_FACE = 0.23
# What still helps beside these sorts: a lens that was covered. That a portrait's words are blurred helps nobody.
_KEPT = frozenset({"page-too-dark"})


def add_sort_defects(page: PageReading, uploaded: Pixels, models: Callable[[], PhotoModels]) -> PageReading:
    """The reading with `page-screenshot`, `page-blank` or `portrait-instead-of-document` where that is what it is.

    Args:
        page: From `ocr.read.read_page`.
        uploaded: The picture that was read, uint8 RGB.
        models: Gives the photo tool's networks; asked only when a face is looked for.
    """
    defects = page.defects
    signs = screen_signs(uploaded)
    if signs.is_screenshot:
        defects = (*defects, Defect("page-screenshot", measured=signs.plain, limit=LEAST_PLAIN))
    elif not page.others and _hardly_any_text(page):
        sort = _sort_of(page, uploaded, models)
        if sort is not None:
            defects = (sort, *(defect for defect in defects if defect.code in _KEPT))
    return page if defects is page.defects else replace(page, defects=defects)


def _hardly_any_text(page: PageReading) -> bool:
    if any(reading.kind is not Kind.UNKNOWN and reading.kind_confidence > 0 for reading in page.readings):
        return False
    if any(defect.code == "engine-failed" for defect in page.defects):
        return False
    lines = (line for reading in page.readings for line in reading.lines if line.confidence >= LEAST_CONFIDENCE)
    return sum(len(line.text.strip()) for line in lines) < LEAST_TEXT


def _sort_of(page: PageReading, uploaded: Pixels, models: Callable[[], PhotoModels]) -> Defect | None:
    outline, inked = page.paper.outline, inked_copy(uploaded)
    if is_blank_on(inked) or (outline is not None and is_blank_on(inked, outline.quad)):
        return Defect("page-blank", severe=True)
    from imaging.photo.large_face import largest_face_share

    share = largest_face_share(uploaded, models())
    if share >= PORTRAIT_FACE:
        return Defect("portrait-instead-of-document", measured=share, limit=PORTRAIT_FACE, severe=True)
    return None
