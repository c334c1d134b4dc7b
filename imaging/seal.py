"""Finds round and oval seals by their ink and their ring. Pixels in, places out; no text is read here.

A seal is a thin closed ring of coloured ink. Red titles, emblems, portraits and table lines are coloured too, so
colour only proposes; the ring decides (ocr.md section 3.2). What this does not find: square seals, seals without a
ring, seals on a black-and-white copy, embossed (steel) seals.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.geometry import Quad
from imaging.model import Pixels

Plane = NDArray[np.float32]
Mask = NDArray[np.uint8]

# Seals are looked for on a copy of this long side: a 40 mm seal on A4 is then about 135 px, still seven times its
# ring's thickness, and the search stays near 20 ms (ocr.md 3.2; measured here).
SEARCH_SIDE_PX = 1000
# Diameter of a seal as a share of the search copy's long side. Lower: a 38 mm seal on a page that fills half of a
# photo. Upper: a crop that shows nothing but the seal.
SMALLEST_SHARE = 0.045
LARGEST_SHARE = 1.0
# Ink stronger than this counts, in units of paper brightness (1 = white paper). Faint stamps were seen at 0.10,
# chroma noise of JPEG quality 50 stays below 0.05 (measured on own pages).
INK_FLOOR = 0.085
# A second look, only when the first found nothing: pale stamps on a copy smoothed enough that noise stays below.
FAINT_FLOOR = 0.035
FAINT_BLUR_PX = 1.2
# Directions in which the ring is sampled (ocr.md 3.2 uses 120; 180 also shows short interruptions).
RING_BINS = 180
# A bin belongs to the ring when ink lies this close to the fitted ellipse, in radii. Outlines of text stay further
# away from any ellipse.
RING_TOLERANCE = 0.045
# Share of bins that must carry ring ink (ocr.md 3.2 measured 0.95 for clean, complete seals; uneven ink and strokes
# of black text over the ring cost some) and share of the disc that may be inked (ocr.md 3.2: real seals below 0.45,
# emblems 0.70-0.81; own seals 0.04-0.31).
RING_SHARE_MIN = 0.72
FILL_MAX = 0.46
# Between ring and characters lies a blank circle: its inked share relative to the ring's own. Own seals reach 0.05,
# large red characters and portraits on red 0.35-0.58.
MOAT_MAX = 0.30
# Share of directions that are inked all the way outside the ring. Own seals 0.00; a portrait's outline on a red
# ground, which is a ring for all other tests, 0.66-0.89; one red table line through a seal stays below 0.1.
OUTSIDE_MAX = 0.25
# Share of a ring that may lie on other seals' rings. Two seals that overlap by a sixth share 0.1, the ellipse that
# their outlines suggest between them 0.6 and more.
BORROWED_MAX = 0.5
# Axis ratio beyond which no seal is made (45 x 30 mm is 1.5; the rest is for perspective).
AXIS_RATIO_MAX = 1.95
# A seal cut by the page's border keeps at least this share of its ring; less does not fix an ellipse.
VISIBLE_MIN = 0.55


@dataclass(frozen=True, slots=True)
class Ellipse:
    """An ellipse in pixels of the image it was found on.

    Attributes:
        x_px: Centre.
        y_px: Centre.
        major_px: Longer half axis.
        minor_px: Shorter half axis.
        angle_deg: Direction of the longer half axis, clockwise from the image's x axis, 0..180.
    """

    x_px: float
    y_px: float
    major_px: float
    minor_px: float
    angle_deg: float

    @property
    def axis_ratio(self) -> float:
        """Longer over shorter axis, at least 1."""
        return self.major_px / max(1e-6, self.minor_px)

    @property
    def diameter_px(self) -> float:
        """Geometric mean of both axes' full lengths."""
        return 2.0 * math.sqrt(self.major_px * self.minor_px)

    def scaled(self, factor: float) -> Ellipse:
        """The same ellipse on an image `factor` times as large."""
        return Ellipse(
            self.x_px * factor, self.y_px * factor, self.major_px * factor, self.minor_px * factor, self.angle_deg
        )

    def points(self, turns: NDArray[np.float64], radius: NDArray[np.float64] | float = 1.0) -> NDArray[np.float64]:
        """Points at the parameter angles `turns` (radians) and relative radii, array (n, 2) in x, y order."""
        tilt = math.radians(self.angle_deg)
        along, across = self.major_px * np.cos(turns) * radius, self.minor_px * np.sin(turns) * radius
        xs = self.x_px + along * math.cos(tilt) - across * math.sin(tilt)
        ys = self.y_px + along * math.sin(tilt) + across * math.cos(tilt)
        return np.stack([xs, ys], axis=-1)

    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom in pixels."""
        tilt = math.radians(self.angle_deg)
        half_x = math.hypot(self.major_px * math.cos(tilt), self.minor_px * math.sin(tilt))
        half_y = math.hypot(self.major_px * math.sin(tilt), self.minor_px * math.cos(tilt))
        return self.x_px - half_x, self.y_px - half_y, self.x_px + half_x, self.y_px + half_y


@dataclass(frozen=True, slots=True)
class SealSpot:
    """One seal on an image.

    Attributes:
        box: Upright rectangle around it.
        ellipse: The middle of its ring, in pixels of the image that was given.
        ring: Share of directions with ring ink, 0..1.
        fill: Inked share of the disc inside the ring, 0..1.
        diameter_px: Geometric mean diameter in pixels of the image that was given.
        colour: `red` or `blue`.
        visible: Share of the ring that lies on the image, 0..1.
    """

    box: Quad
    ellipse: Ellipse
    ring: float
    fill: float
    diameter_px: float
    colour: str
    visible: float = 1.0


def ink_plane(pixels: Pixels, colour: str = "red") -> Plane:
    """How strongly each pixel is coloured, after taking the paper's own tint and shade away.

    Args:
        pixels: uint8 RGB of shape (height, width, 3).
        colour: `red` or `blue`.

    Returns:
        float32 (height, width): 0 for grey, about 0.7 for fresh seal ink, negative for other colours.
    """
    paper = paper_plane(pixels)
    even = np.minimum(pixels / np.maximum(paper, 1.0), 1.3).astype(np.float32)
    wanted, others = (0, (1, 2)) if colour == "red" else (2, (0, 1))
    # Red ink on brownish photos leans to orange: green is what it really takes away, blue only helps.
    return even[..., wanted] - np.maximum(even[..., others[0]], even[..., others[1]])


def paper_plane(pixels: Pixels) -> Plane:
    """Local brightness of the paper, a channel each: float32 (height, width, 3), 1..255.

    The bright end of blocks, smoothed; a seal, a portrait or a table covers a block only in part.
    """
    height, width = pixels.shape[:2]
    cell = max(2, max(height, width) // 48)
    small = cv2.resize(pixels, (max(1, width // cell * 4), max(1, height // cell * 4)), interpolation=cv2.INTER_AREA)
    bright = cv2.dilate(small, np.ones((9, 9), np.uint8))
    smooth = cv2.blur(bright, (13, 13))
    return cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32)


def find_seals(pixels: Pixels, colours: tuple[str, ...] = ("red",)) -> tuple[SealSpot, ...]:
    """Finds every round or oval seal.

    Args:
        pixels: uint8 RGB of shape (height, width, 3).
        colours: Inks to look for, of `red` and `blue`.

    Returns:
        The seals, the clearest ring first. Empty when there is none.
    """
    height, width = pixels.shape[:2]
    if min(height, width) < 24:
        return ()
    scale = min(1.0, SEARCH_SIDE_PX / max(height, width))
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else pixels
    found: list[SealSpot] = []
    for colour in colours:
        ink = ink_plane(np.ascontiguousarray(small), colour)
        seals = _seals_in(ink) or _seals_in(np.asarray(cv2.GaussianBlur(ink, (0, 0), FAINT_BLUR_PX)), FAINT_FLOOR)
        found += [_spot(seen, 1 / scale, width, height, colour) for seen in seals]
    return tuple(sorted(found, key=lambda spot: -spot.ring * spot.visible))


@dataclass(frozen=True, slots=True)
class _Seen:
    ellipse: Ellipse
    ring: float
    fill: float
    visible: float


def _spot(seen: _Seen, factor: float, width: int, height: int, colour: str) -> SealSpot:
    ellipse = seen.ellipse.scaled(factor)
    left, top, right, bottom = ellipse.bounds()
    box = Quad.from_rect(left / width, top / height, right / width, bottom / height).clipped()
    return SealSpot(box, ellipse, seen.ring, seen.fill, ellipse.diameter_px, colour, seen.visible)


def _ink_mask(ink: Plane, floor: float = INK_FLOOR) -> Mask:
    """Coloured pixels: above the floor and above what noise reaches on this page."""
    sample = ink[::3, ::3]
    noise = 1.4826 * float(np.median(np.abs(sample - np.median(sample))))
    threshold = max(floor, float(np.median(sample)) + 5.0 * noise)
    return (ink > threshold).astype(np.uint8)


def _seals_in(ink: Plane, floor: float = INK_FLOOR) -> list[_Seen]:
    mask = _ink_mask(ink, floor)
    side = max(ink.shape)
    smallest, largest = SMALLEST_SHARE * side, LARGEST_SHARE * side
    accepted: list[_Seen] = []
    if int(mask.sum()) < smallest:
        return accepted
    for start in _candidates(mask, smallest, largest):
        seen = _judged(mask, start)
        if seen is None or not smallest <= seen.ellipse.diameter_px <= largest * 1.05:
            continue
        if all(_apart(seen.ellipse, other.ellipse) for other in accepted):
            accepted.append(seen)
    return _without_borrowed(accepted)


def _without_borrowed(seals: list[_Seen]) -> list[_Seen]:
    """Drops ellipses whose ring is made of pieces of others: two overlapping seals suggest a third between them."""
    kept = list(seals)
    for seen in sorted(seals, key=lambda one: one.ring - one.fill):
        others = [other.ellipse for other in kept if other is not seen]
        points = seen.ellipse.points(np.linspace(0, 2 * math.pi, RING_BINS, endpoint=False))
        borrowed = np.zeros(RING_BINS, bool)
        for other in others:
            borrowed |= np.abs(_relative_radius(other, points) - 1) < 2 * RING_TOLERANCE
        if borrowed.mean() > BORROWED_MAX:
            kept.remove(seen)
    return kept


def _apart(a: Ellipse, b: Ellipse) -> bool:
    """True when two ellipses are two seals: touching and slightly overlapping ones are, concentric rings are not."""
    return math.hypot(a.x_px - b.x_px, a.y_px - b.y_px) > 0.35 * min(a.diameter_px, b.diameter_px)


def _candidates(mask: Mask, smallest: float, largest: float) -> Iterator[Ellipse]:
    """Starting ellipses, the cheap and likely ones first."""
    reach = max(3, round(0.006 * max(mask.shape))) | 1
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    contours, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    blobs = sorted((c for c in contours if _wide_enough(c, smallest)), key=len, reverse=True)[:12]
    for contour in blobs:
        yield from _blob_ellipses(contour)
    if blobs:
        yield from _voted_circles(mask, smallest, largest)


def _wide_enough(contour: NDArray[np.int32], smallest: float) -> bool:
    _, _, width, height = cv2.boundingRect(contour)
    return max(width, height) >= smallest * 0.8 and min(width, height) >= smallest * 0.4


def _blob_ellipses(contour: NDArray[np.int32]) -> Iterator[Ellipse]:
    """Ellipses through one blob's outline: the whole hull and, for merged blobs, arcs between dents."""
    hull = cv2.convexHull(contour)
    if len(hull) >= 5:
        yield from _fitted(hull[:, 0, :].astype(np.float32))
    for arc in _arcs(contour):
        yield from _fitted(arc)


def _arcs(contour: NDArray[np.int32]) -> Iterator[NDArray[np.float32]]:
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


def _fitted(points: NDArray[np.float32]) -> Iterator[Ellipse]:
    (x, y), (first, second), angle = cv2.fitEllipseDirect(points)
    if not all(map(math.isfinite, (x, y, first, second, angle))) or min(first, second) < 8:
        return
    ellipse = _ordered(x, y, first / 2, second / 2, angle)
    if ellipse.axis_ratio <= AXIS_RATIO_MAX * 1.2:
        yield ellipse


def _ordered(x: float, y: float, first: float, second: float, angle_deg: float) -> Ellipse:
    if first >= second:
        return Ellipse(x, y, first, second, angle_deg % 180)
    return Ellipse(x, y, second, first, (angle_deg + 90) % 180)


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


def _judged(mask: Mask, start: Ellipse) -> _Seen | None:
    """Moves the ellipse onto the ring and tests it; None when there is no ring."""
    ellipse: Ellipse | None = start
    for reach in (0.22, 0.10, 0.06):
        ellipse = _onto_ring(mask, ellipse, reach)
        if ellipse is None or ellipse.axis_ratio > AXIS_RATIO_MAX:
            return None
    seen = _measured(mask, ellipse)
    passes = (
        seen.visible >= VISIBLE_MIN
        and seen.ring >= RING_SHARE_MIN
        and seen.fill <= FILL_MAX
        and _moat(mask, ellipse) <= MOAT_MAX
        and _outside(mask, ellipse) <= OUTSIDE_MAX
    )
    return seen if passes else None


def _unrolled(mask: Mask, ellipse: Ellipse, radii: NDArray[np.float64]) -> tuple[Mask, NDArray[np.bool_]]:
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
    values, _ = _unrolled(mask, ellipse, radii)
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
        fitted = next(_fitted(points), None)
        if fitted is None:
            return None
        fit = fitted
        keep = hit & (np.abs(_relative_radius(fit, ellipse.points(turns, middle)) - 1) < tolerance * (1 + reach * 4))
    return fit


def _run_start(values: Mask, last: NDArray[np.intp]) -> NDArray[np.intp]:
    """Index of the innermost sample of the ink run that ends at `last`, a row each."""
    places = np.arange(values.shape[1])
    empty_before = np.where((values == 0) & (places[None, :] < last[:, None]), places[None, :], -1).max(axis=1)
    return np.minimum(empty_before + 1, last)


def _relative_radius(ellipse: Ellipse, points: NDArray[np.float64]) -> NDArray[np.float64]:
    tilt = math.radians(ellipse.angle_deg)
    dx, dy = points[:, 0] - ellipse.x_px, points[:, 1] - ellipse.y_px
    along = (dx * math.cos(tilt) + dy * math.sin(tilt)) / ellipse.major_px
    across = (dy * math.cos(tilt) - dx * math.sin(tilt)) / ellipse.minor_px
    return np.hypot(along, across)


def _measured(mask: Mask, ellipse: Ellipse) -> _Seen:
    tolerance = max(RING_TOLERANCE, 1.6 / ellipse.minor_px)
    radii = np.linspace(1 - tolerance, 1 + tolerance, 9)
    values, inside = _unrolled(mask, ellipse, radii)
    visible = inside.all(axis=1)
    ring = float(values[visible].any(axis=1).mean()) if visible.any() else 0.0
    disc, disc_inside = _unrolled(mask, ellipse, np.sqrt(np.linspace(0.02, 0.88, 24)))
    fill = float(disc[disc_inside].mean()) if disc_inside.any() else 1.0
    return _Seen(ellipse, ring, fill, float(visible.mean()))


def _moat(mask: Mask, ellipse: Ellipse) -> float:
    """How full the emptiest thin circle just inside the ring is, relative to the fullest one on it."""
    step = max(0.02, 1.0 / ellipse.minor_px)
    radii = np.arange(0.70, 1.0 + 2.5 * step, step)
    values, inside = _unrolled(mask, ellipse, radii)
    shares = (values * inside).sum(axis=0) / np.maximum(1, inside.sum(axis=0))
    on_ring = np.abs(radii - 1) <= max(0.04, 1.5 * step)
    peak = float(shares[on_ring].max())
    return float(shares[radii < 0.97].min()) / peak if peak > 0 else 1.0


def _outside(mask: Mask, ellipse: Ellipse) -> float:
    """Share of directions with ink all along a stretch beyond the ring."""
    values, inside = _unrolled(mask, ellipse, np.linspace(1.08, 1.20, 6))
    visible = inside.all(axis=1)
    return float((values[visible].sum(axis=1) >= 5).mean()) if visible.any() else 0.0
