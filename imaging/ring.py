"""Finds thin closed rings in a mask of coloured ink, and refuses everything else that is coloured and roundish."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.ellipse import Ellipse, fitted, relative_radius
from imaging.seal_ink import Mask

Points = NDArray[np.float64]
Contour = NDArray[np.int32]

# Directions in which the ring is sampled (ocr.md 3.2 uses 120; 180 also shows short interruptions).
RING_BINS = 180
# A bin belongs to the ring when ink lies this close to the fitted ellipse, in radii. Outlines of text stay further
# away from any ellipse.
RING_TOLERANCE = 0.045
# Share of bins that must carry ring ink (ocr.md 3.2 measured 0.95 for clean, complete seals; uneven ink and strokes
# of black text over the ring cost some) and share of the disc that may be inked (ocr.md 3.2: real seals below 0.45,
# emblems 0.70-0.81; own seals 0.04-0.31).
RING_SHARE_MIN = 0.78
FILL_MAX = 0.46
# Between ring and characters lies a blank circle: its inked share relative to the ring's own. Own seals reach 0.05,
# large red characters and portraits on red 0.35-0.58.
MOAT_MAX = 0.30
# Ink through the ring that is deeper than this, in radii, is no ring there; and the share of directions in which it may
# be so. Own seals reach 0.08 where two overlap; cheeks and hair of a portrait 0.51, circles of characters 0.27-0.54.
THICK = 0.20
THICK_MAX = 0.16
# Share of directions that are inked all the way outside the ring. Own seals 0.00; a portrait's outline on a red
# ground, which is a ring for all other tests, 0.66-0.89; one red table line through a seal stays below 0.1.
OUTSIDE_MAX = 0.25
# Share of a ring that may lie on other seals' rings. Two seals that overlap by a sixth share 0.1, the ellipse that
# their outlines suggest between them 0.6 and more.
BORROWED_MAX = 0.5
# A ring that ends within this many radii of another seal's centre is made of that seal's own characters.
INSIDE_MAX = 1.1
# A clearly oval ring bends to fit what is no ring, so more of it has to be there.
OVAL_RING_MIN, OVAL_RATIO = 0.88, 1.15
# Axis ratio beyond which no seal is made (45 x 30 mm is 1.5; the rest is for perspective).
AXIS_RATIO_MAX = 1.95
# A seal cut by the page's border keeps at least this share of its ring; less does not fix an ellipse.
VISIBLE_MIN = 0.55


# Beyond this share of the image's long side a ring must be all but perfect: rims of sheets and shadows on tables
# bend around most of a picture.
LARGE_SHARE = 0.3
LARGE_RING_MIN = 0.95
LARGE_VISIBLE_MIN = 0.75


@dataclass(frozen=True, slots=True)
class Ring:
    """A ring that passed every test.

    Attributes:
        ellipse: Its middle line, in pixels of the mask.
        ring: Share of visible directions with ink on it, 0..1.
        fill: Inked share of the disc inside, 0..1.
        visible: Share of it that lies on the image, 0..1.
    """

    ellipse: Ellipse
    ring: float
    fill: float
    visible: float


def rings_in(mask: Mask, *, smallest_px: float, largest_px: float) -> list[Ring]:
    """Every ring of a seal in a mask of coloured ink.

    Args:
        mask: uint8 (height, width), 1 where there is ink.
        smallest_px: Smallest diameter.
        largest_px: Largest diameter.
    """
    accepted: list[Ring] = []
    if int(mask.sum()) < smallest_px:
        return accepted
    for start in _candidates(mask, smallest_px, largest_px):
        seen = _judged(mask, start)
        if seen is None or not smallest_px <= seen.ellipse.diameter_px <= largest_px:
            continue
        if all(_apart(seen.ellipse, other.ellipse) for other in accepted):
            accepted.append(seen)
    return _without_borrowed(accepted)


def _without_borrowed(seals: list[Ring]) -> list[Ring]:
    """Drops ellipses whose ring is made of pieces of others: two overlapping seals suggest a third between them."""
    kept = list(seals)
    for seen in sorted(seals, key=lambda one: one.ring - one.fill):
        others = [other.ellipse for other in kept if other is not seen]
        points = seen.ellipse.points(np.linspace(0, 2 * math.pi, RING_BINS, endpoint=False))
        borrowed = np.zeros(RING_BINS, bool)
        for other in others:
            borrowed |= np.abs(relative_radius(other, points) - 1) < 2 * RING_TOLERANCE
        if borrowed.mean() > BORROWED_MAX:
            kept.remove(seen)
    return kept


def _apart(a: Ellipse, b: Ellipse) -> bool:
    """True when two ellipses are two seals: touching and slightly overlapping ones are, one inside the other is not."""
    distance = math.hypot(a.x_px - b.x_px, a.y_px - b.y_px)
    small, large = sorted((a.diameter_px, b.diameter_px))
    return distance > 0.35 * small and distance + small / 2 > INSIDE_MAX * large / 2


def _candidates(mask: Mask, smallest: float, largest: float) -> Iterator[Ellipse]:
    """Starting ellipses, the cheap and likely ones first."""
    reach = max(3, round(0.006 * max(mask.shape))) | 1
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    # Two levels: outlines of all blobs and of their holes. A frame around the sheet encloses the seal, so outermost
    # outlines alone would lose it.
    contours, levels = cv2.findContours(closed, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    parents = levels[0][:, 3] if len(contours) else ()
    outlines = [np.asarray(c, np.int32) for c, parent in zip(contours, parents, strict=True) if parent < 0]
    blobs = sorted((c for c in outlines if _wide_enough(c, smallest)), key=len, reverse=True)[:16]
    for contour in blobs:
        yield from blob_ellipses(contour)
    if blobs:
        yield from _voted_circles(mask, smallest, largest)


def _wide_enough(contour: Contour, smallest: float) -> bool:
    _, _, width, height = cv2.boundingRect(contour)
    return max(width, height) >= smallest * 0.8 and min(width, height) >= smallest * 0.4


def blob_ellipses(contour: Contour) -> Iterator[Ellipse]:
    """Ellipses through one blob's outline: the whole hull and, for merged blobs, arcs between dents."""
    hull = cv2.convexHull(contour)
    if len(hull) >= 5:
        yield from fitted(hull[:, 0, :].astype(np.float32))
    for arc in _arcs(contour):
        yield from fitted(arc)


def _arcs(contour: Contour) -> Iterator[NDArray[np.float32]]:
    """Pieces of the outline between deep dents, where touching seals or lines meet the ring."""
    hull = cv2.convexHull(contour, returnPoints=False)
    if hull is None or len(hull) < 4 or len(contour) < 20:
        return
    hull = np.sort(hull, axis=0)[::-1]
    try:
        dents = cv2.convexityDefects(contour, hull)
    except cv2.error:  # a self-crossing outline has no defined dents
        return
    if dents is None:
        return
    _, _, width, height = cv2.boundingRect(contour)
    depth = 0.06 * min(width, height)
    cuts = sorted(int(d[0][2]) for d in dents if d[0][3] / 256.0 > depth)
    if not 1 <= len(cuts) <= 8:
        return
    points = contour[:, 0, :].astype(np.float32)
    for start, end in zip(cuts, [*cuts[1:], cuts[0] + len(points)], strict=True):
        arc = points[np.arange(start, end) % len(points)]
        if len(arc) >= 0.12 * len(points) and len(arc) >= 20:
            yield arc


def _voted_circles(mask: Mask, smallest: float, largest: float) -> Iterator[Ellipse]:
    """Circles by the gradient vote, for seals whose outline is spoilt by other red things."""
    half = cv2.resize(mask * 255, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(half, (0, 0), 1.0)
    circles = cv2.HoughCircles(
        soft,
        cv2.HOUGH_GRADIENT,
        dp=1.5,
        minDist=smallest / 2,
        param1=200,
        param2=40,
        minRadius=round(smallest / 4),
        maxRadius=round(min(largest, min(mask.shape)) / 4),
    )
    for x, y, radius in circles[0][:8] if circles is not None else ():
        yield Ellipse(2.0 * float(x), 2.0 * float(y), 2.0 * float(radius), 2.0 * float(radius), 0.0)


def _judged(mask: Mask, start: Ellipse) -> Ring | None:
    """Moves the ellipse onto the ring and tests it; None when there is no ring."""
    ellipse = start
    for reach in (0.22, 0.10, 0.06):
        moved = _onto_ring(mask, ellipse, reach)
        if moved is None or moved.axis_ratio > AXIS_RATIO_MAX:
            return None
        ellipse = moved
    seen = _measured(mask, ellipse)
    large = ellipse.diameter_px > LARGE_SHARE * max(mask.shape)
    enough = OVAL_RING_MIN if ellipse.axis_ratio > OVAL_RATIO else RING_SHARE_MIN
    passes = (
        seen.visible >= (LARGE_VISIBLE_MIN if large else VISIBLE_MIN)
        and seen.ring >= (LARGE_RING_MIN if large else enough)
        and seen.fill <= FILL_MAX
        and _moat(mask, ellipse) <= MOAT_MAX
        and _thick(mask, ellipse) <= THICK_MAX
        and _outside(mask, ellipse) <= OUTSIDE_MAX
    )
    return seen if passes else None


def unrolled(mask: Mask, ellipse: Ellipse, radii: Points) -> tuple[Mask, NDArray[np.bool_]]:
    """The mask along ellipses of the given relative radii: (bins, radii), and which samples lie on the image."""
    turns = np.linspace(0, 2 * math.pi, RING_BINS, endpoint=False)
    grid = ellipse.points(np.repeat(turns, len(radii)), np.tile(radii, RING_BINS))
    columns, rows = np.rint(grid[:, 0]).astype(int), np.rint(grid[:, 1]).astype(int)
    inside = (columns >= 0) & (rows >= 0) & (columns < mask.shape[1]) & (rows < mask.shape[0])
    values = np.zeros(len(grid), np.uint8)
    values[inside] = mask[rows[inside], columns[inside]]
    shape = (RING_BINS, len(radii))
    return values.reshape(shape), inside.reshape(shape)


def _onto_ring(mask: Mask, ellipse: Ellipse, reach: float) -> Ellipse | None:
    """Refits the ellipse to the outermost ink within `reach` radii of it, dropping what lies off."""
    steps = max(9, round(2 * reach * ellipse.major_px * 1.3))
    radii = np.linspace(1 - reach, 1 + reach * 0.8, steps)
    values, _ = unrolled(mask, ellipse, radii)
    hit = values.any(axis=1)
    if hit.sum() < 0.45 * RING_BINS:
        return None
    last = values.shape[1] - 1 - np.argmax(values[:, ::-1], axis=1)
    first_of_run = _run_start(values, last)
    middle = (radii[last] + radii[first_of_run]) / 2
    middle = np.where(radii[last] - radii[first_of_run] > 0.12, radii[last] - 0.03, middle)
    turns = np.linspace(0, 2 * math.pi, RING_BINS, endpoint=False)
    keep = hit
    fit = ellipse
    for tolerance in (0.10, 0.05, 0.03):
        points = ellipse.points(turns[keep], middle[keep]).astype(np.float32)
        if len(points) < 0.35 * RING_BINS:
            return None
        found = next(fitted(points), None)
        if found is None:
            return None
        fit = found
        keep = hit & (np.abs(relative_radius(fit, ellipse.points(turns, middle)) - 1) < tolerance * (1 + reach * 4))
    return fit


def _run_start(values: Mask, last: NDArray[np.intp]) -> NDArray[np.intp]:
    """Index of the innermost sample of the ink run that ends at `last`, a row each."""
    places = np.arange(values.shape[1])
    empty_before = np.where((values == 0) & (places[None, :] < last[:, None]), places[None, :], -1).max(axis=1)
    return np.asarray(np.minimum(empty_before + 1, last), np.intp)


def _measured(mask: Mask, ellipse: Ellipse) -> Ring:
    tolerance = max(RING_TOLERANCE, 1.6 / ellipse.minor_px)
    radii = np.linspace(1 - tolerance, 1 + tolerance, 9)
    values, inside = unrolled(mask, ellipse, radii)
    visible = inside.all(axis=1)
    ring = float(values[visible].any(axis=1).mean()) if visible.any() else 0.0
    disc, disc_inside = unrolled(mask, ellipse, np.sqrt(np.linspace(0.02, 0.88, 24)))
    fill = float(disc[disc_inside].mean()) if disc_inside.any() else 1.0
    return Ring(ellipse, ring, fill, float(visible.mean()))


def _moat(mask: Mask, ellipse: Ellipse) -> float:
    """How full the emptiest thin circle just inside the ring is, relative to the fullest one on it."""
    step = max(0.02, 1.0 / ellipse.minor_px)
    radii = np.arange(0.70, 1.0 + 2.5 * step, step, dtype=np.float64)
    values, inside = unrolled(mask, ellipse, radii)
    shares = (values * inside).sum(axis=0) / np.maximum(1, inside.sum(axis=0))
    on_ring = np.abs(radii - 1) <= max(0.04, 1.5 * step)
    peak = float(shares[on_ring].max())
    return float(shares[radii < 0.97].min()) / peak if peak > 0 else 1.0


def _thick(mask: Mask, ellipse: Ellipse) -> float:
    """Share of directions in which the ink on the ring is much deeper than a ring."""
    window = 20
    values, _ = unrolled(mask, ellipse, 1 + np.linspace(-THICK - 0.03, THICK + 0.03, 46))
    depth = np.cumsum(np.pad(values.astype(np.int32), ((0, 0), (1, 0))), axis=1)
    full = (depth[:, window:] - depth[:, :-window] == window).any(axis=1)
    return float(full.mean())


def _outside(mask: Mask, ellipse: Ellipse) -> float:
    """Share of directions with ink all along a stretch beyond the ring."""
    values, inside = unrolled(mask, ellipse, np.linspace(1.08, 1.20, 6))
    visible = inside.all(axis=1)
    return float((values[visible].sum(axis=1) >= 5).mean()) if visible.any() else 0.0
