"""Finds seals by their ink and their ring or frame. Pixels in, places out; no text is read here.

A seal is a thin closed ring of coloured ink, or a small frame of it around rows of characters. Red titles, emblems,
portraits and table lines are coloured too, so colour only proposes; the ring decides (ocr.md section 3.2). On a page
without any colour, rings are looked for in black. What this does not find: seals without a ring, square seals on a
grey copy, embossed (steel) seals.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.ellipse import Ellipse
from imaging.geometry import Quad
from imaging.model import Pixels
from imaging.ring import Ring, rings_in
from imaging.seal_black import black_rings, is_colourless
from imaging.seal_ink import Mask, Plane, ink_plane
from imaging.seal_square import Frame, frames_in, laid_flat

# All inks that are looked for.
COLOURS = ("red", "blue", "black")
# Above this axis ratio a seal is oval by design; below, it is a circle seen from the side (45 x 30 and 40 x 30 mm give
# 1.5 and 1.33; 25 degrees from the side give 1.1).
OVAL_FROM = 1.2
# Seals are looked for on a copy of this long side: a 40 mm seal on A4 is then about 135 px, still seven times its
# ring's thickness, and the search stays near 20 ms (ocr.md 3.2; measured here).
SEARCH_SIDE_PX = 1000
# Diameter of a seal as a share of the search copy's long side. Lower: a 38 mm seal on a page that fills half of a
# photo. Upper: a crop that shows nothing but the seal.
SMALLEST_SHARE = 0.045
LARGEST_SHARE = 1.05
# Ink stronger than this counts, in units of paper brightness (1 = white paper). Faint stamps were seen at 0.10,
# chroma noise of JPEG quality 50 stays below 0.05 (measured on own pages).
INK_FLOOR = 0.085
# Share of directions from which on a ring is surely one where a frame was found too: a square's sides touch a circle in
# up to 0.93 of them.
CLOSED_RING = 0.97
# A second look, only when the first found nothing: pale stamps on a copy smoothed enough that noise stays below.
FAINT_FLOOR = 0.035
FAINT_BLUR_PX = 1.2


@dataclass(frozen=True, slots=True)
class SealSpot:
    """One seal on an image.

    Attributes:
        box: Upright rectangle around it.
        ellipse: The middle of its ring, in pixels of the image that was given; of a square seal the ellipse that
            touches its sides.
        ring: Share of directions with ring ink, 0..1.
        fill: Inked share of the disc inside the ring, 0..1.
        diameter_px: Geometric mean diameter in pixels of the image that was given.
        colour: `red`, `blue`, or `black` on a page without colour.
        visible: Share of the ring that lies on the image, 0..1.
        shape: `round`, `oval` or `square`.
        corners: The frame's corners in reading order; None for seals with a ring.
    """

    box: Quad
    ellipse: Ellipse
    ring: float
    fill: float
    diameter_px: float
    colour: str
    visible: float = 1.0
    shape: str = "round"
    corners: Quad | None = None


def find_seals(pixels: Pixels, colours: tuple[str, ...] = COLOURS) -> tuple[SealSpot, ...]:
    """Finds every seal.

    Args:
        pixels: uint8 RGB of shape (height, width, 3).
        colours: Inks to look for, of `red`, `blue` and `black`; `black` only counts on a page without colour.

    Returns:
        The seals, the clearest ring first. Empty when there is none.
    """
    height, width = pixels.shape[:2]
    if min(height, width) < 24:
        return ()
    scale = min(1.0, SEARCH_SIDE_PX / max(height, width))
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else pixels
    small = np.ascontiguousarray(small, np.uint8)
    page = _Page(width, height, 1 / scale)
    found: list[SealSpot] = []
    for colour in colours:
        if colour == "black":
            continue
        ink = ink_plane(small, colour)
        rings = [page.ring_spot(ring, colour) for ring in _rings(ink)]
        frames = [page.frame_spot(frame, colour) for frame in _frames(ink, pixels, scale, colour)]
        found += _without_doubles(rings, frames)
    if "black" in colours and not found and is_colourless(small):
        smallest, largest = SMALLEST_SHARE * max(small.shape), LARGEST_SHARE * max(small.shape)
        found += [page.ring_spot(r, "black") for r in black_rings(small, smallest_px=smallest, largest_px=largest)]
    return tuple(sorted(found, key=lambda spot: -spot.ring * spot.visible))


def _rings(ink: Plane) -> list[Ring]:
    """Rings of normal strength, or else faint ones."""
    smallest, largest = SMALLEST_SHARE * max(ink.shape), LARGEST_SHARE * max(ink.shape)
    found = rings_in(_ink_mask(ink, INK_FLOOR), smallest_px=smallest, largest_px=largest)
    if found:
        return found
    soft = np.asarray(cv2.GaussianBlur(ink, (0, 0), FAINT_BLUR_PX), np.float32)
    return rings_in(_ink_mask(soft, FAINT_FLOOR), smallest_px=smallest, largest_px=largest)


def _frames(ink: Plane, pixels: Pixels, scale: float, colour: str) -> list[Frame]:
    """Frames found on the search copy and judged on the picture itself."""

    def detail(corners: NDArray[np.float32]) -> Plane:
        flat = laid_flat(pixels, corners / scale)
        return ink_plane(np.asarray(flat, np.uint8), colour)

    return frames_in(_ink_mask(ink, INK_FLOOR), detail, smallest_px=SMALLEST_SHARE * max(ink.shape))


def _without_doubles(rings: list[SealSpot], frames: list[SealSpot]) -> list[SealSpot]:
    """Each seal once: a closed ring is no frame, and a ring that is broken where a frame's corners lie is none."""
    kept = [ring for ring in rings if ring.ring >= CLOSED_RING or not any(_same_place(ring, frame) for frame in frames)]
    return kept + [frame for frame in frames if not any(_same_place(frame, ring) for ring in kept)]


def _same_place(one: SealSpot, other: SealSpot) -> bool:
    """True when the middle of one lies in the box of the other."""
    x, y = one.box.centre
    return other.box.left < x < other.box.right and other.box.top < y < other.box.bottom


@dataclass(frozen=True, slots=True)
class _Page:
    """Brings what was found on the search copy back to the image that was given."""

    width_px: int
    height_px: int
    factor: float

    def ring_spot(self, ring: Ring, colour: str) -> SealSpot:
        ellipse = ring.ellipse.scaled(self.factor)
        left, top, right, bottom = ellipse.bounds()
        width, height = self.width_px, self.height_px
        box = Quad.from_rect(left / width, top / height, right / width, bottom / height).clipped()
        shape = "oval" if ellipse.axis_ratio >= OVAL_FROM else "round"
        return SealSpot(box, ellipse, ring.ring, ring.fill, ellipse.diameter_px, colour, ring.visible, shape)

    def frame_spot(self, frame: Frame, colour: str) -> SealSpot:
        points = frame.corners * self.factor
        corners = Quad.from_pixels(points, width_px=self.width_px, height_px=self.height_px)
        box = Quad.from_rect(corners.left, corners.top, corners.right, corners.bottom).clipped()
        ellipse = _inscribed(points)
        diameter = ellipse.diameter_px
        return SealSpot(box, ellipse, frame.ring, frame.fill, diameter, colour, 1.0, "square", corners)


def _inscribed(corners: NDArray[np.float32]) -> Ellipse:
    """The ellipse that touches the four sides of a rectangle, float32 (4, 2)."""
    x, y = (float(value) for value in corners.mean(axis=0))
    across = (corners[1] + corners[2] - corners[0] - corners[3]) / 4
    down = (corners[2] + corners[3] - corners[0] - corners[1]) / 4
    wide, high = math.hypot(*across), math.hypot(*down)
    along = across if wide >= high else down
    angle = math.degrees(math.atan2(along[1], along[0])) % 180
    return Ellipse(x, y, max(wide, high), min(wide, high), angle)


def _ink_mask(ink: Plane, floor: float) -> Mask:
    """Coloured pixels: above the floor and above what noise reaches on this page."""
    sample = ink[::3, ::3]
    noise = 1.4826 * float(np.median(np.abs(sample - np.median(sample))))
    threshold = max(floor, float(np.median(sample)) + 5.0 * noise)
    return (ink > threshold).astype(np.uint8)
