"""How well a page was photographed or scanned: measures first, defects from them by limits.

Everything is measured on the picture as it was uploaded, inside the paper's outline where one is known. Nothing here
tells an edited picture from an honest one, and nothing tells glare on paper that is photographed white anyway.
The limits and how they were measured: docs/page-quality.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from imaging.corners import missing_corners
from imaging.cut import sides_on_border, sides_with_lines, sides_with_writing, strip_along
from imaging.geometry import Quad
from imaging.glare import largest_glare
from imaging.ink import CELL_PX, WRITTEN_SHARE, InkedCopy, WrittenCells, inked_copy, quad_depth
from imaging.light import brightness_and_shadow, middle_share, strongest_chroma
from imaging.model import Defect, Pixels
from imaging.screen import screen_share
from imaging.sharpness import TextBlur, blur_of_text
from imaging.vanished import Vanished, vanished_writing
from imaging.worksize import Mask

# Size of the square that stands for a corner outside of the picture, as a share of the picture.
CORNER_BOX = 0.06


@dataclass(frozen=True, slots=True)
class PageQuality:
    """What was measured; see `QualityLimits` for what is too much. Boxes are fractions of the measured picture.

    Attributes:
        blur: Sharpness of the writing.
        vanished: Writing that is so blurred that only a coarser look shows it.
        glare_share: Area of the largest burnt-out spot as a share of the page, 0..1.
        brightness: Brightness of the lit paper, 0..255.
        shadow_share: How much darker the darkest tenth of the paper is than the lightest, 0..1.
        chroma: Strongest colour on the page against its own ground (99.5th percentile, CIELAB units).
        middle_share: Share of middle greys among all that is not white, 0..1.
        screen_share: Share of sampled tiles that show the stripes of a screen, 0..1.
        cut_sides: Sides of the picture (of `top`, `right`, `bottom`, `left`) that writing runs into.
        open_sides: Sides of the picture that the paper runs out of without writing nearby.
        corners: Corners of the paper that cannot be seen.
        long_side_px: Longer side of the page in pixels of the picture.
        glare_box: Where the glare is.
        shadow_box: Where the shadow is.
    """

    blur: TextBlur
    vanished: Vanished
    glare_share: float
    brightness: float
    shadow_share: float
    chroma: float
    middle_share: float
    screen_share: float
    cut_sides: tuple[str, ...]
    open_sides: tuple[str, ...]
    corners: tuple[Quad, ...]
    long_side_px: float
    glare_box: Quad | None = None
    shadow_box: Quad | None = None


@dataclass(frozen=True, slots=True)
class QualityLimits:
    """Limits for `page_defects`; a policy may replace any of them.

    Measured on drawn papers over four ageing levels (scan, good phone, hard phone, legacy) and on copies degraded on
    purpose: docs/page-quality.md has the figures of each.
    """

    # Undamaged at most 0.049 (hard phone photos). Blurred by 0.10 of a character's height 0.06 to 0.40, median 0.11, by
    # 0.15 always above 0.084: reading begins to fail between the two (reference page on OCR, 5.2).
    most_blur_share: float = 0.07
    hopeless_blur_share: float = 0.25
    # A third of the page may be a little softer than the rest: curled paper, a phone held at a slant.
    most_part_blur_share: float = 0.11
    # Undamaged at most 0.11 of the page and 0.22 of a third. Blurred by 0.25 of a character's height 0.46 and more.
    most_vanished_share: float = 0.15
    most_part_vanished_share: float = 0.28
    hopeless_vanished_share: float = 0.75
    # Undamaged 0.39 and more. A shake by 0.3 of a character's height 0.25 in the median, by 0.5 at most 0.30.
    least_evenness: float = 0.32
    # Undamaged 0. Soft glare covers up to 0.08 and reads, hard glare from 0.088 on does not (the same page).
    most_glare_share: float = 0.02
    hopeless_glare_share: float = 0.25
    # Undamaged 123 and more; light taken down to 0.3 gives 55 to 75 and still reads, below 0.1 noise takes over.
    least_brightness: float = 80.0
    hopeless_brightness: float = 25.0
    # Undamaged at most 0.58 with a photographer's shadow drawn on purpose.
    most_shadow_share: float = 0.65
    # Papers with a seal or a tint 10 and more, black-and-white copies at most 4.1 even under a warm lamp. 0 for papers
    # that need no colour.
    least_chroma: float = 5.0
    # Copies of two levels have less middle grey than this, grey copies more.
    least_middle_share: float = 0.25
    # Three of the twelve tiles; undamaged never one, printed in coarse dots of 8 to 11 pixels up to two.
    most_screen_share: float = 0.2
    # An ID card of 450 px reads as well as a large one, of 315 px nearly, of 225 px not (OCR page, 5.1 and 5.2).
    least_long_side_px: float = 400.0
    hopeless_long_side_px: float = 240.0


def measure_page(pixels: Pixels, outline: Quad | None = None, inked: InkedCopy | None = None) -> PageQuality:
    """Measures a picture of a page.

    Args:
        pixels: uint8 RGB of shape (height, width, 3), best as uploaded: straightening blurs, and hides what was cut.
        outline: Where the page is, in fractions; None for the whole picture. Sides exactly on the border and corners
            outside of it mean that the paper runs out of the picture.
        inked: The picture's working copy where the caller has one.

    Returns:
        The measures; a picture without writing has no blur and no text height.
    """
    inked = inked or inked_copy(pixels)
    work, cells, contrast = inked.pixels, inked.cells, inked.contrast
    height_px, width_px = work.shape[:2]
    quad = outline or Quad.from_rect(0, 0, 1, 1)
    corners = quad.to_pixels(width_px=width_px, height_px=height_px)
    depth = quad_depth(corners.astype(np.float64), rows=cells.faint.shape[0], columns=cells.faint.shape[1])
    written = (cells.faint >= WRITTEN_SHARE) & (depth > (CELL_PX if outline else -CELL_PX))
    inside = np.zeros((height_px, width_px), np.uint8)
    cv2.fillConvexPoly(inside, np.rint(corners).astype(np.int32), 1)
    area = (quad.left, quad.top, quad.right, quad.bottom)
    long_side_px = _long_side(pixels, quad)
    glare, glare_box = largest_glare(work, inside)
    brightness, shadow, shadow_box = brightness_and_shadow(cells, written=written, inside=depth > 0)
    cut, unseen, hidden = _losses(work, cells, written, outline)
    return PageQuality(
        blur=blur_of_text(pixels, work, contrast, written=written, long_side_px=long_side_px),
        vanished=vanished_writing(work, written=written, page=depth > (CELL_PX if outline else -CELL_PX)),
        glare_share=glare,
        brightness=brightness,
        shadow_share=shadow,
        chroma=strongest_chroma(work, inside),
        middle_share=middle_share(pixels, area=area),
        screen_share=screen_share(pixels, area=area),
        cut_sides=cut,
        open_sides=unseen,
        corners=hidden,
        long_side_px=long_side_px,
        glare_box=glare_box,
        shadow_box=shadow_box,
    )


def page_defects(quality: PageQuality, limits: QualityLimits | None = None) -> tuple[Defect, ...]:
    """What is wrong with a page, worst measure of each kind.

    Codes and units: `page-blurred` (edge spread / character height, or the share of writing that vanished; with a box
    when only a part is), `page-shaken` (least / greatest energy of the edges over all directions), `page-cut-off`
    (number of sides), `page-edge-outside` (number of sides without writing near them), `page-corner-cut` (number of
    corners), `page-glare` (share of the page), `page-too-dark` (0..255), `page-shadow` (share of light lost),
    `page-screen` (share of tiles), `page-greyscale` (CIELAB chroma) or `page-black-and-white` (share of middle greys),
    `page-low-resolution` (pixels of the longer side).

    Args:
        quality: From `measure_page`.
        limits: Limits of the policy; None for the measured defaults.

    Returns:
        Defects in the order above; severe ones make reading hopeless.
    """
    limit = limits or QualityLimits()
    return (
        *_sharpness_defects(quality.blur, quality.vanished, limit),
        *_whole_defects(quality),
        *_light_defects(quality, limit),
        *_origin_defects(quality, limit),
    )


def _sharpness_defects(blur: TextBlur, vanished: Vanished, limit: QualityLimits) -> Iterator[Defect]:
    """One defect at most: the first of blurred, vanished, shaken, and a part of either."""
    if blur.share is not None and blur.share > limit.most_blur_share:
        yield _over("page-blurred", blur.share, limit.most_blur_share, limit.hopeless_blur_share)
    elif vanished.share > limit.most_vanished_share:
        yield _over("page-blurred", vanished.share, limit.most_vanished_share, limit.hopeless_vanished_share)
    elif blur.evenness is not None and blur.evenness < limit.least_evenness:
        yield Defect("page-shaken", measured=blur.evenness, limit=limit.least_evenness)
    elif vanished.part_share > limit.most_part_vanished_share:
        limit_share = limit.most_part_vanished_share
        yield Defect("page-blurred", measured=vanished.part_share, limit=limit_share, box=vanished.part)
    elif blur.part_share is not None and blur.part_share > limit.most_part_blur_share:
        yield Defect("page-blurred", measured=blur.part_share, limit=limit.most_part_blur_share, box=blur.part)


def _whole_defects(quality: PageQuality) -> Iterator[Defect]:
    if quality.cut_sides:
        yield Defect("page-cut-off", measured=float(len(quality.cut_sides)), limit=0.0, box=_only(quality.cut_sides))
    elif quality.open_sides:
        yield Defect(
            "page-edge-outside", measured=float(len(quality.open_sides)), limit=0.0, box=_only(quality.open_sides)
        )
    if quality.corners:
        yield Defect("page-corner-cut", measured=float(len(quality.corners)), limit=0.0, box=quality.corners[0])


def _only(sides: tuple[str, ...]) -> Quad | None:
    """The place of a single side."""
    return strip_along(sides[0]) if len(sides) == 1 else None


def _light_defects(quality: PageQuality, limit: QualityLimits) -> Iterator[Defect]:
    if quality.glare_share > limit.most_glare_share:
        glare = _over("page-glare", quality.glare_share, limit.most_glare_share, limit.hopeless_glare_share)
        yield replace(glare, box=quality.glare_box)
    if quality.brightness < limit.least_brightness:
        yield _under("page-too-dark", quality.brightness, limit.least_brightness, limit.hopeless_brightness)
    if quality.shadow_share > limit.most_shadow_share:
        yield Defect(
            "page-shadow", measured=quality.shadow_share, limit=limit.most_shadow_share, box=quality.shadow_box
        )


def _origin_defects(quality: PageQuality, limit: QualityLimits) -> Iterator[Defect]:
    if quality.screen_share > limit.most_screen_share:
        yield Defect("page-screen", measured=quality.screen_share, limit=limit.most_screen_share)
    if quality.chroma < limit.least_chroma:
        if quality.middle_share < limit.least_middle_share:
            yield Defect("page-black-and-white", measured=quality.middle_share, limit=limit.least_middle_share)
        else:
            yield Defect("page-greyscale", measured=quality.chroma, limit=limit.least_chroma)
    if quality.long_side_px < limit.least_long_side_px:
        yield _under("page-low-resolution", quality.long_side_px, limit.least_long_side_px, limit.hopeless_long_side_px)


def _over(code: str, measured: float, limit: float, hopeless: float) -> Defect:
    return Defect(code, measured=measured, limit=limit, severe=measured > hopeless)


def _under(code: str, measured: float, limit: float, hopeless: float) -> Defect:
    return Defect(code, measured=measured, limit=limit, severe=measured < hopeless)


def _losses(
    work: Pixels, cells: WrittenCells, written: Mask, outline: Quad | None
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Quad, ...]]:
    """Sides cut with writing near them, sides cut without, and corners that cannot be seen."""
    if outline is None:
        return sides_with_lines(cells, written), (), ()
    on_border = sides_on_border(outline)
    cut = sides_with_writing(written, on_border)
    beyond = tuple(_corner_box(x, y) for x, y in outline.points if not (-0.01 <= x <= 1.01 and -0.01 <= y <= 1.01))
    hidden = beyond if beyond or on_border else missing_corners(work, outline)
    return cut, tuple(side for side in on_border if side not in cut), hidden


def _corner_box(x: float, y: float) -> Quad:
    """The corner of the picture's border nearest to a point outside of it."""
    x, y = (float(np.clip(v, CORNER_BOX, 1 - CORNER_BOX)) for v in (x, y))
    return Quad.from_rect(x - CORNER_BOX, y - CORNER_BOX, x + CORNER_BOX, y + CORNER_BOX)


def _long_side(pixels: Pixels, outline: Quad) -> float:
    height_px, width_px = pixels.shape[:2]
    corners = outline.to_pixels(width_px=width_px, height_px=height_px)
    top, right, bottom, left = (float(np.hypot(*side)) for side in np.roll(corners, -1, axis=0) - corners)
    return max((top + bottom) / 2, (left + right) / 2)
