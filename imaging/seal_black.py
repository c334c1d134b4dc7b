"""Finds round and oval seals on copies without colour, where only the ring tells a seal from print.

Lines of text run through and beside the ring, so colour cannot propose and outlines are spoilt: circles are voted
for, moved onto the thin ring, and accepted only when the ring is closed, blank on both sides and has text along it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np

from imaging.ellipse import Ellipse, fitted, relative_radius
from imaging.model import Pixels
from imaging.ring import RING_BINS, Ring, blob_ellipses, unrolled
from imaging.seal_ink import Mask, Plane, paper_plane

# A page counts as a copy without colour when all but this share of it stays below this colour over the local paper
# (what stays is a strip of desk). Grey scans and photos under warm light stay below 0.06, a faint red seal reaches
# 0.10 and covers less than this of its page, so the ring itself is held against the same limit.
COLOUR_MAX = 0.085
COLOURED_SHARE = 0.06
# Darkness over the local paper from which a pixel is print: a copied red seal has 0.2-0.7.
DARK = 0.17
# Blobs whose longer side is shorter than this, in smallest diameters, are characters of print and do not vote.
LETTER = 0.7
# Blobs and circles that are tried, the largest and the most voted for first, and the largest of them as a share of
# the page's long side.
BLOBS = 8
CIRCLES = 12
LARGEST_SHARE = 0.36
# Share of directions with ink on the ring; rows of print give up to 0.75 by chance.
RING_MIN = 0.90
# How much more ink lies on the ring than on circles just inside and outside of it, as shares of directions.
CONTRAST_MIN = 0.42
# Depth of the ring in which ink counts, in radii, and where it has to be blank.
TOLERANCE = 0.022
# Between ring and characters there may be a second, fine ring.
INSIDE, OUTSIDE = (0.80, 0.96), (1.04, 1.10)
# How much larger the outer one of two rings is.
WIDER = 1.09
# Share of directions in which characters must stand along the ring.
ARC_MIN = 0.22
AXIS_RATIO_MAX = 1.6


def is_colourless(pixels: Pixels) -> bool:
    """True for a grey page, whatever the light it was photographed under."""
    return float(np.quantile(_colour(pixels), 1 - COLOURED_SHARE)) < COLOUR_MAX


def _colour(pixels: Pixels) -> Plane:
    """Strength of any colour over the local paper: float32 (height, width)."""
    even = np.minimum(pixels / np.maximum(paper_plane(pixels), 1.0), 1.3)
    spread = (even.max(axis=2) - even.min(axis=2)).astype(np.float32)
    return np.asarray(cv2.blur(spread, (3, 3)), np.float32)


def darkness(pixels: Pixels) -> Plane:
    """How dark each pixel is against its paper: float32 (height, width), 0 for paper, 1 for black."""
    even = pixels / np.maximum(paper_plane(pixels), 1.0)
    return np.asarray(1.0 - np.clip(even.mean(axis=2), 0.0, 1.0), np.float32)


def black_rings(pixels: Pixels, *, smallest_px: float, largest_px: float) -> list[Ring]:
    """Every ring of a seal on a grey page.

    Args:
        pixels: uint8 RGB, the search copy.
        smallest_px: Smallest diameter.
        largest_px: Largest diameter.
    """
    dark = (darkness(pixels) > DARK).astype(np.uint8)
    coloured = (_colour(pixels) >= COLOUR_MAX).astype(np.uint8)
    found: list[Ring] = []
    for start in _circles(dark, smallest_px, min(largest_px, LARGEST_SHARE * max(dark.shape))):
        seen = _judged(dark, start) or _judged(dark, _wider(start))
        grey = seen is not None and _density(coloured, seen.ellipse, (0.98, 1.02)) < 0.2
        if seen is not None and grey and all(_apart(seen.ellipse, other.ellipse) for other in found):
            found.append(seen)
    return found


def _apart(a: Ellipse, b: Ellipse) -> bool:
    return math.hypot(a.x_px - b.x_px, a.y_px - b.y_px) > 0.35 * min(a.diameter_px, b.diameter_px)


def _circles(dark: Mask, smallest: float, largest: float) -> Iterator[Ellipse]:
    """Ellipses around large blobs, then circles that many edges vote for, at two strengths of the vote."""
    large = _without_letters(dark, LETTER * smallest)
    contours, _ = cv2.findContours(large, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    for contour in sorted(contours, key=len, reverse=True)[:BLOBS]:
        yield from (e for e in blob_ellipses(np.asarray(contour, np.int32)) if smallest <= e.diameter_px <= largest)
    half = cv2.resize(large * 255, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(half, (0, 0), 0.8)
    for votes in (36, 20):
        circles = cv2.HoughCircles(
            soft,
            cv2.HOUGH_GRADIENT,
            dp=1.5,
            minDist=smallest / 4,
            param1=200,
            param2=votes,
            minRadius=round(smallest / 4),
            maxRadius=round(largest / 4),
        )
        for x, y, radius in circles[0][:CIRCLES] if circles is not None else ():
            yield Ellipse(2.0 * float(x), 2.0 * float(y), 2.0 * float(radius), 2.0 * float(radius), 0.0)


def _without_letters(dark: Mask, longest_px: float) -> Mask:
    """The mask without its small blobs: what is left is rings, rules, frames and words run together."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    large = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) >= longest_px
    large[0] = False
    return np.asarray(large[labels] if count else dark, np.uint8)


def _wider(ellipse: Ellipse) -> Ellipse:
    """For a start that lies on the fine inner one of two rings."""
    return replace(ellipse, major_px=ellipse.major_px * WIDER, minor_px=ellipse.minor_px * WIDER)


def _judged(dark: Mask, start: Ellipse) -> Ring | None:
    ellipse = start
    for reach in (0.10, 0.06, 0.04):
        moved = _onto_thin_ring(dark, ellipse, reach)
        if moved is None or moved.axis_ratio > AXIS_RATIO_MAX:
            return None
        ellipse = moved
    ring = _share(dark, ellipse, (1 - TOLERANCE, 1 + TOLERANCE))
    beside = max(_blankest(dark, ellipse, INSIDE), _blankest(dark, ellipse, OUTSIDE))
    on_it = _density(dark, ellipse, (1 - TOLERANCE / 2, 1 + TOLERANCE / 2))
    inner, inside = unrolled(dark, ellipse, np.sqrt(np.linspace(0.02, 0.80, 24)))
    fill = float(inner[inside].mean()) if inside.any() else 1.0
    whole = bool(unrolled(dark, ellipse, np.array([1.0]))[1].all())
    arc = _share(dark, ellipse, (0.62, 0.88))
    passes = whole and ring >= RING_MIN and on_it - beside >= CONTRAST_MIN and fill <= 0.5 and arc >= ARC_MIN
    return Ring(ellipse, ring, fill, 1.0) if passes else None


def _share(dark: Mask, ellipse: Ellipse, radii: tuple[float, float]) -> float:
    """Share of directions with any ink between two relative radii."""
    steps = max(5, round((radii[1] - radii[0]) * ellipse.major_px * 1.5))
    values, _ = unrolled(dark, ellipse, np.linspace(*radii, steps))
    return float(values.any(axis=1).mean())


def _density(dark: Mask, ellipse: Ellipse, radii: tuple[float, float]) -> float:
    """Inked share of the area between two relative radii."""
    values, _ = unrolled(dark, ellipse, np.linspace(*radii, 5))
    return float(values.mean())


def _blankest(dark: Mask, ellipse: Ellipse, radii: tuple[float, float]) -> float:
    """Inked share of the emptiest thin circle between two relative radii."""
    values, _ = unrolled(dark, ellipse, np.linspace(*radii, 9))
    return float(values.mean(axis=0).min())


def _onto_thin_ring(dark: Mask, ellipse: Ellipse, reach: float) -> Ellipse | None:
    """Refits the ellipse to the ink nearest to it, a direction each; print crosses it in few directions."""
    steps = max(9, round(2 * reach * ellipse.major_px * 1.5))
    radii = np.linspace(1 - reach, 1 + reach, steps)
    values, _ = unrolled(dark, ellipse, radii)
    hit = values.any(axis=1)
    if hit.mean() < 0.6:
        return None
    away = np.where(values > 0, np.abs(radii[None, :] - 1), np.inf)
    # The middle of the inked samples that lie within a ring's thickness of the nearest one.
    near = (values > 0) & (away <= away.min(axis=1, keepdims=True) + 0.04)
    middle = np.where(near, radii[None, :], 0).sum(axis=1) / np.maximum(1, near.sum(axis=1))
    turns = np.linspace(0, 2 * math.pi, RING_BINS, endpoint=False)
    points = ellipse.points(turns, np.where(hit, middle, 1.0))
    keep = hit
    fit = ellipse
    for tolerance in (0.05, 0.03, 0.02):
        found = next(fitted(points[keep].astype(np.float32)), None) if keep.sum() > 0.4 * RING_BINS else None
        if found is None:
            return None
        fit = found
        keep = hit & (np.abs(relative_radius(fit, points) - 1) < tolerance)
    return fit
