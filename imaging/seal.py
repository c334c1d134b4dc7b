"""Finds round and oval seals by their ink and their ring. Pixels in, places out; no text is read here.

A seal is a thin closed ring of coloured ink. Red titles, emblems, portraits and table lines are coloured too, so
colour only proposes; the ring decides (ocr.md section 3.2). What this does not find: square seals, seals without a
ring, seals on a black-and-white copy, embossed (steel) seals.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from imaging.ellipse import Ellipse
from imaging.geometry import Quad
from imaging.model import Pixels
from imaging.ring import Mask, Ring, rings_in
from imaging.seal_ink import Plane, ink_plane

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
# A second look, only when the first found nothing: pale stamps on a copy smoothed enough that noise stays below.
FAINT_FLOOR = 0.035
FAINT_BLUR_PX = 1.2


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
        rings = _rings(ink_plane(np.ascontiguousarray(small), colour))
        found += [_spot(ring, 1 / scale, width_px=width, height_px=height, colour=colour) for ring in rings]
    return tuple(sorted(found, key=lambda spot: -spot.ring * spot.visible))


def _rings(ink: Plane) -> list[Ring]:
    """Rings of normal strength, or else faint ones."""
    smallest, largest = SMALLEST_SHARE * max(ink.shape), LARGEST_SHARE * max(ink.shape)
    found = rings_in(_ink_mask(ink, INK_FLOOR), smallest_px=smallest, largest_px=largest)
    if found:
        return found
    soft = np.asarray(cv2.GaussianBlur(ink, (0, 0), FAINT_BLUR_PX), np.float32)
    return rings_in(_ink_mask(soft, FAINT_FLOOR), smallest_px=smallest, largest_px=largest)


def _spot(ring: Ring, factor: float, *, width_px: int, height_px: int, colour: str) -> SealSpot:
    ellipse = ring.ellipse.scaled(factor)
    left, top, right, bottom = ellipse.bounds()
    box = Quad.from_rect(left / width_px, top / height_px, right / width_px, bottom / height_px).clipped()
    return SealSpot(box, ellipse, ring.ring, ring.fill, ellipse.diameter_px, colour, ring.visible)


def _ink_mask(ink: Plane, floor: float) -> Mask:
    """Coloured pixels: above the floor and above what noise reaches on this page."""
    sample = ink[::3, ::3]
    noise = 1.4826 * float(np.median(np.abs(sample - np.median(sample))))
    threshold = max(floor, float(np.median(sample)) + 5.0 * noise)
    return (ink > threshold).astype(np.uint8)
