"""How well a page was photographed or scanned: measures first, defects from them by limits.

Everything is measured inside the paper's outline where one is known. Nothing here tells an edited picture from an
honest one, and nothing tells glare on paper that is photographed white anyway.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.geometry import Quad
from imaging.ink import CELL_PX, WRITTEN_SHARE, WrittenCells, paper_like, quad_depth, written_cells
from imaging.model import Defect, Pixels
from imaging.sharpness import blur_of_text
from imaging.worksize import Mask, lab_planes, shrink

# Long side of the working copy, the one that `imaging.ink` is made for.
WORK_SIDE_PX = 768
SIDES = ("top", "right", "bottom", "left")
# A paper's margin is 5 % of its long side or more (20 mm of 297 mm on a letter): writing this many cells (of 64) from
# the border where the paper runs out means that some may be lost.
CUT_CELLS = 4
# Lines of writing that run out of the picture: so many at least, each this thin at most, on this many cells in a row.
LEAST_CUT_LINES, MOST_LINE_CELLS, CUT_LINE_DEPTH = 3, 3, 4
# A pixel whose darkest channel reaches this is burnt out: glare is white whatever it lies on.
BURNT_LEVEL = 250
# Rings around a burnt spot, as shares of the long side: glare fades over them, a white panel ends at once, and light
# that falls from a window declines by less than 3 % over the outer one.
NEAR_RING, FAR_RING = (0.004, 0.015), (0.06, 0.08)
# Above this level at the far ring the paper itself is nearly white, and a burnt spot cannot be told from it.
MOST_FAR_LEVEL = 234.0
# Share of the way from the far level up to white that the near ring still has: Gaussian glare 0.5 and more, panels 0.1.
LEAST_FADE = 0.3


@dataclass(frozen=True, slots=True)
class PageQuality:
    """What was measured; see `QualityLimits` for what is too much.

    Attributes:
        blur_share: Spread (standard deviation) of the edges of writing, as a share of the characters' height; None
            when there is too little writing to tell.
        text_height_px: Median height of a character in pixels of the picture; None likewise.
        glare_share: Area of the largest burnt-out spot as a share of the page, 0..1.
        brightness: Brightness of the lit paper, 0..255.
        shadow_share: How much darker the darkest tenth of the paper is than the lightest, 0..1.
        chroma: Strongest colour on the page against its own ground (99.5th percentile, CIELAB units).
        cut_sides: Sides of the picture (of `top`, `right`, `bottom`, `left`) that writing runs into.
        long_side_px: Longer side of the page in pixels of the picture.
    """

    blur_share: float | None
    text_height_px: float | None
    glare_share: float
    brightness: float
    shadow_share: float
    chroma: float
    cut_sides: tuple[str, ...]
    long_side_px: float
    glare_box: Quad | None = None


@dataclass(frozen=True, slots=True)
class QualityLimits:
    """Limits for `page_defects`; a policy may replace any of them.

    Measured on 60 drawn papers over four ageing levels (scan, good phone, hard phone, legacy) and copies degraded on
    purpose; no limit has a false alarm on the 60.
    """

    # Undamaged at most 0.049 (hard phone photos). Blurred by 0.10 of a character's height 0.06 to 0.40, median 0.11, by
    # 0.15 always above 0.084: reading begins to fail between the two (reference page on OCR, 5.2).
    most_blur_share: float = 0.07
    hopeless_blur_share: float = 0.25
    # Undamaged 0. Soft glare covers up to 0.08 and reads, hard glare from 0.088 on does not (the same page).
    most_glare_share: float = 0.02
    hopeless_glare_share: float = 0.25
    # Undamaged 123 and more; light taken down to 0.3 gives 55 to 75 and still reads, below 0.1 noise takes over.
    least_brightness: float = 80.0
    hopeless_brightness: float = 25.0
    # Undamaged at most 0.58 with a photographer's shadow drawn on purpose.
    most_shadow_share: float = 0.65
    # Papers with a seal or a tint 10 and more, black-and-white copies at most 4.1 even under a warm lamp.
    least_chroma: float = 5.0
    # An ID card of 450 px reads as well as a large one, of 315 px nearly, of 225 px not (OCR page, 5.1 and 5.2).
    least_long_side_px: float = 400.0
    hopeless_long_side_px: float = 240.0


def measure_page(pixels: Pixels, outline: Quad | None = None) -> PageQuality:
    """Measures a picture of a page.

    Args:
        pixels: uint8 RGB of shape (height, width, 3).
        outline: Where the page is, in fractions; None for the whole picture.

    Returns:
        The measures; a picture without writing has no blur and no text height.
    """
    work = shrink(pixels, long_side_px=WORK_SIDE_PX)
    height_px, width_px = work.shape[:2]
    cells, contrast = written_cells(work)
    corners = (outline or Quad.from_rect(0, 0, 1, 1)).to_pixels(width_px=width_px, height_px=height_px)
    depth = quad_depth(corners.astype(np.float64), rows=cells.faint.shape[0], columns=cells.faint.shape[1])
    written = (cells.faint >= WRITTEN_SHARE) & (depth > (CELL_PX if outline else -CELL_PX))
    inside = np.zeros((height_px, width_px), np.uint8)
    cv2.fillConvexPoly(inside, np.rint(corners).astype(np.int32), 1)
    long_side_px = _long_side(pixels, outline)
    blur, text_height = blur_of_text(pixels, work, contrast, written=written, long_side_px=long_side_px)
    glare, glare_box = _glare(work, inside)
    brightness, shadow = _light(cells, written=written, inside=depth > 0)
    return PageQuality(
        blur_share=blur,
        text_height_px=text_height,
        glare_share=glare,
        brightness=brightness,
        shadow_share=shadow,
        chroma=_chroma(work, inside),
        cut_sides=_cut_sides(cells, written, outline),
        long_side_px=long_side_px,
        glare_box=glare_box,
    )


def page_defects(quality: PageQuality, limits: QualityLimits | None = None) -> tuple[Defect, ...]:
    """What is wrong with a page, worst measure of each kind.

    Codes and units: `page-blurred` (edge spread / character height), `page-glare` (share of the page), `page-cut-off`
    (number of sides), `page-too-dark` (0..255), `page-shadow` (share of light lost), `page-greyscale` (CIELAB chroma),
    `page-low-resolution` (pixels of the longer side).

    Args:
        quality: From `measure_page`.
        limits: Limits of the policy; None for the measured defaults.

    Returns:
        Defects in the order above; severe ones make reading hopeless.
    """
    limit = limits or QualityLimits()
    found: list[Defect] = []
    if quality.blur_share is not None and quality.blur_share > limit.most_blur_share:
        found.append(_over("page-blurred", quality.blur_share, limit.most_blur_share, limit.hopeless_blur_share))
    if quality.glare_share > limit.most_glare_share:
        glare = _over("page-glare", quality.glare_share, limit.most_glare_share, limit.hopeless_glare_share)
        found.append(replace(glare, box=quality.glare_box))
    if quality.cut_sides:
        found.append(Defect("page-cut-off", measured=float(len(quality.cut_sides)), limit=0.0))
    if quality.brightness < limit.least_brightness:
        found.append(_under("page-too-dark", quality.brightness, limit.least_brightness, limit.hopeless_brightness))
    if quality.shadow_share > limit.most_shadow_share:
        found.append(Defect("page-shadow", measured=quality.shadow_share, limit=limit.most_shadow_share))
    if quality.chroma < limit.least_chroma:
        found.append(Defect("page-greyscale", measured=quality.chroma, limit=limit.least_chroma))
    if quality.long_side_px < limit.least_long_side_px:
        found.append(
            _under("page-low-resolution", quality.long_side_px, limit.least_long_side_px, limit.hopeless_long_side_px)
        )
    return tuple(found)


def _over(code: str, measured: float, limit: float, hopeless: float) -> Defect:
    return Defect(code, measured=measured, limit=limit, severe=measured > hopeless)


def _under(code: str, measured: float, limit: float, hopeless: float) -> Defect:
    return Defect(code, measured=measured, limit=limit, severe=measured < hopeless)


def _glare(work: Pixels, inside: NDArray[np.uint8]) -> tuple[float, Quad | None]:
    """Share of the page under the largest spot of glare, and where it is."""
    red, green, blue = cv2.split(work)
    darkest = cv2.min(cv2.min(red, green), blue)
    burnt = cv2.bitwise_and((darkest >= BURNT_LEVEL).astype(np.uint8), inside)
    burnt = cv2.morphologyEx(burnt, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(burnt)
    page_area = max(1, int(inside.sum()))
    # A handful of the largest spots is enough; smaller ones stay below any limit.
    order = sorted(range(1, count), key=lambda k: -int(stats[k, cv2.CC_STAT_AREA]))[:4]
    level = cv2.morphologyEx(darkest, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    # On a page that is white all over, the blank parts of a bright scan would pass for spots.
    if not inside.any() or float(np.median(level[inside > 0])) > MOST_FAR_LEVEL:
        return 0.0, None
    for k in order:
        area = int(stats[k, cv2.CC_STAT_AREA])
        if area < 0.002 * page_area:
            break
        if _fades(labels == k, np.asarray(level, np.uint8), inside):
            return area / page_area, _box(stats[k], width_px=work.shape[1], height_px=work.shape[0])
    return 0.0, None


def _fades(spot: Mask, level: Pixels, inside: NDArray[np.uint8]) -> bool:
    distance = cv2.distanceTransform((~spot).astype(np.uint8), cv2.DIST_L2, 3)
    side = max(level.shape)
    near = _median_level(level, (distance > NEAR_RING[0] * side) & (distance <= NEAR_RING[1] * side) & (inside > 0))
    far = _median_level(level, (distance > FAR_RING[0] * side) & (distance <= FAR_RING[1] * side) & (inside > 0))
    if near is None or far is None or far > MOST_FAR_LEVEL:
        return False
    return (near - far) / (255.0 - far) >= LEAST_FADE


def _median_level(level: Pixels, where: Mask) -> float | None:
    values = level[where]
    return float(np.median(values)) if values.size >= 20 else None


def _box(stats: NDArray[np.int32], *, width_px: int, height_px: int) -> Quad:
    left, top = int(stats[cv2.CC_STAT_LEFT]), int(stats[cv2.CC_STAT_TOP])
    right, bottom = left + int(stats[cv2.CC_STAT_WIDTH]), top + int(stats[cv2.CC_STAT_HEIGHT])
    return Quad.from_rect(left / width_px, top / height_px, right / width_px, bottom / height_px)


def _light(cells: WrittenCells, *, written: Mask, inside: Mask) -> tuple[float, float]:
    """Brightness of the lit paper and how much of it the darkest tenth lacks.

    The ground under writing is paper for certain, so a dark cover, a portrait or the desk do not pass for a shadow.
    """
    where = written if int(written.sum()) >= 12 else inside
    if not where.any():
        return 0.0, 0.0
    paper = np.median(cells.ground[where], axis=0)
    level = cells.ground[where & paper_like(cells.ground, paper, darkest=0.1, lightest=10)].mean(axis=1)
    if not level.size:
        return float(paper.mean()), 0.0
    dark, light = (float(v) for v in np.percentile(level, (10, 95)))
    return light, 1.0 - dark / max(light, 1.0)


def _chroma(work: Pixels, inside: NDArray[np.uint8]) -> float:
    """Strongest colour after the lamp's cast is taken out: a photographed black-and-white copy is tinted evenly."""
    small = shrink(work, long_side_px=WORK_SIDE_PX // 2)
    where = cv2.resize(inside, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_NEAREST) > 0
    if not where.any():
        return 0.0
    paper = np.maximum(np.median(small[where], axis=0), 1.0)
    balanced = np.clip(small * (paper.mean() / paper), 0, 255).astype(np.uint8)
    lab = cv2.GaussianBlur(lab_planes(balanced), (0, 0), 1.0)
    # OpenCV stores neutral as 128.
    return float(np.percentile(np.hypot(lab[..., 1][where] - 128, lab[..., 2][where] - 128), 99.5))


def _cut_sides(cells: WrittenCells, written: Mask, outline: Quad | None) -> tuple[str, ...]:
    """Sides of the picture that the page runs out of, with writing near enough to fear for more of it."""
    if min(written.shape) < 8 or not written.any():
        return ()
    if outline is not None:
        return tuple(side for side in _sides_on_border(outline) if bool(_outermost(written, side, CUT_CELLS).any()))
    paper = np.median(cells.ground[written], axis=0)
    text = written & (cells.faint < 0.6) & paper_like(cells.ground, paper)
    found = tuple(side for side in SIDES if _lines_run_out(_outermost(text, side, CUT_LINE_DEPTH)))
    # "Writing" that runs out on three sides or more is the pattern of a desk.
    return found if len(found) <= 2 else ()


def _lines_run_out(outermost: Mask) -> bool:
    """Whether the outermost cells look like lines of text with gaps between them; a texture has no gaps."""
    hits = outermost.all(axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], hits, [False]]).astype(np.int8)))
    lengths = edges[1::2] - edges[::2]
    return int((lengths <= MOST_LINE_CELLS).sum()) >= LEAST_CUT_LINES and bool((lengths <= MOST_LINE_CELLS).all())


def _sides_on_border(outline: Quad) -> tuple[str, ...]:
    # The outline finder puts a side exactly there, and only there, when the paper runs out of the picture. A paper
    # that ends at all four borders is a scan, cut at its own edges.
    distance = {"top": outline.top, "right": 1 - outline.right, "bottom": 1 - outline.bottom, "left": outline.left}
    touching = tuple(side for side in SIDES if abs(distance[side]) < 1e-6)
    return touching if len(touching) < 4 else ()


def _outermost(cells: Mask, side: str, count: int) -> Mask:
    """The `count` outermost rows or columns of cells at a side, shape (count, length)."""
    turned = cells if side in ("top", "bottom") else cells.T
    return turned[:count] if side in ("top", "left") else turned[-count:]


def _long_side(pixels: Pixels, outline: Quad | None) -> float:
    height_px, width_px = pixels.shape[:2]
    if outline is None:
        return float(max(height_px, width_px))
    corners = outline.to_pixels(width_px=width_px, height_px=height_px)
    top, right, bottom, left = (float(np.hypot(*side)) for side in np.roll(corners, -1, axis=0) - corners)
    return max((top + bottom) / 2, (left + right) / 2)
