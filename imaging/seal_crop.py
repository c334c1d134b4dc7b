"""One seal cut out of its page, and grey pictures of its ink alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.ellipse import Ellipse, relative_radius
from imaging.model import Pixels
from imaging.seal import SealSpot
from imaging.seal_ink import Plane, paper_plane

# Half side of the square on which a seal is worked, in radii: the ring plus room for a fit that is a little off.
CROP_RADII = 1.12
# A seal is worked at this diameter: small ones are enlarged (less aliasing in the strips), large ones reduced.
WORK_DIAMETER_PX = 480
# Brightest channel below which a colourless pixel is black print, and how far its soft edge reaches, in page pixels.
BLACK_LEVEL = 0.66
BLACK_EDGE_PX = 1.3
# Half the thickness of another seal's ring that is taken out, in its radii: 0.12 cm on 4.2 cm (domain.md 3.7) and the
# soft edge.
FOREIGN_RING = 0.045
# On a grey copy print is darker than the seal by this factor and step; a copy in black and white shows no difference.
DARKER_FACTOR, DARKER_STEP = 1.3, 0.08


@dataclass(frozen=True, slots=True, eq=False)
class SealCrop:
    """One seal cut out of its page and brought to the working size.

    Attributes:
        even: float32 (side, side, 3): channels over the local paper, 1 = paper, 0 = black.
        ink: float32 (side, side): strength of the seal's colour, about 0 on paper and on black.
        printed: float32 (side, side): 1 where there is black print instead of the seal, else 0.
        ellipse: The ring on this crop.
        zoom: Crop pixels a page pixel.
        origin_px: Where the crop's upper left corner lies on the page, (x, y).
        foreign: bool (side, side): where another seal's ring runs through this one; None for nowhere.
    """

    even: NDArray[np.float32]
    ink: Plane
    printed: Plane
    ellipse: Ellipse
    zoom: float = 1.0
    origin_px: tuple[float, float] = (0.0, 0.0)
    foreign: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        for name in ("even", "ink", "printed"):
            copy = np.array(getattr(self, name), dtype=np.float32, order="C", copy=True)
            copy.flags.writeable = False
            object.__setattr__(self, name, copy)
        if self.foreign is not None:
            foreign = np.array(self.foreign, dtype=np.bool_, order="C", copy=True)
            foreign.flags.writeable = False
            object.__setattr__(self, "foreign", foreign if foreign.any() else None)

    @property
    def full_ink(self) -> float:
        """What counts as full ink on this seal."""
        return max(0.12, float(np.quantile(self.ink, 0.97)))


def crop_seal(pixels: Pixels, spot: SealSpot, neighbours: Sequence[SealSpot] = ()) -> SealCrop:
    """Cuts one seal out and evens the light.

    Args:
        pixels: uint8 RGB of shape (height, width, 3), the image that `spot` was found on.
        spot: The seal.
        neighbours: Other seals on the image; where the ring of one reaches into this seal is noted.
    """
    ellipse = spot.ellipse
    half = ellipse.major_px * CROP_RADII
    # The paper is judged on a wider piece: the seal's own ink must not become the background.
    wide = half * 1.5
    left, top = math.floor(ellipse.x_px - wide), math.floor(ellipse.y_px - wide)
    side = math.ceil(2 * wide) + 1
    piece = _padded(pixels, left, top, side)
    scale = WORK_DIAMETER_PX / max(1.0, ellipse.diameter_px)
    size = max(8, round(side * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    resized = np.asarray(cv2.resize(piece, (size, size), interpolation=method), np.uint8)
    even = np.clip(resized / np.maximum(paper_plane(resized), 1.0), 0.0, 1.25).astype(np.float32)
    moved = _moved(ellipse, left, top, scale)
    foreign = np.zeros(even.shape[:2], np.bool_)
    for other in neighbours:
        if other is not spot and other.shape != "square":
            foreign |= _foreign_ring(even, _moved(other.ellipse, left, top, scale), moved)
    ink, printed = _grey_ink(even, moved) if spot.colour == "black" else _coloured_ink(even, spot.colour)
    return SealCrop(even, ink, printed, moved, scale, (float(left), float(top)), foreign)


def _moved(ellipse: Ellipse, left: int, top: int, scale: float) -> Ellipse:
    """An ellipse of the page on the crop."""
    shifted = replace(ellipse, x_px=ellipse.x_px - left, y_px=ellipse.y_px - top)
    return shifted.scaled(scale)


def _foreign_ring(even: NDArray[np.float32], other: Ellipse, own: Ellipse) -> NDArray[np.bool_]:
    """Where the ring of another seal lies inside this one: bool (side, side)."""
    foreign = np.zeros(even.shape[:2], np.bool_)
    turns = np.linspace(0, 2 * math.pi, 360, endpoint=False)
    if (relative_radius(own, other.points(turns)) > 1).all():
        return foreign
    rows, columns = np.indices(even.shape[:2])
    points = np.stack([columns.ravel(), rows.ravel()], axis=1).astype(np.float64)
    on_it = np.abs(relative_radius(other, points) - 1) < FOREIGN_RING
    inside = relative_radius(own, points) < 1 - FOREIGN_RING
    return np.asarray((on_it & inside).reshape(foreign.shape), np.bool_)


def _coloured_ink(even: NDArray[np.float32], colour: str) -> tuple[Plane, Plane]:
    """Strength of the seal's colour, and where black print lies."""
    wanted, others = (0, (1, 2)) if colour == "red" else (2, (0, 1))
    ink = even[..., wanted] - np.maximum(even[..., others[0]], even[..., others[1]])
    full = max(0.12, float(np.quantile(ink, 0.97)))
    printed = (even.max(axis=2) < BLACK_LEVEL) & (ink / full < 0.45)
    return ink.astype(np.float32), printed.astype(np.float32)


def _grey_ink(even: NDArray[np.float32], ring: Ellipse) -> tuple[Plane, Plane]:
    """The same for a copy without colour, where only the ring tells how dark the seal is."""
    dark = 1.0 - np.clip(even.mean(axis=2), 0.0, 1.0)
    points = np.rint(ring.points(np.linspace(0, 2 * math.pi, 360, endpoint=False))).astype(int)
    columns, rows = (np.clip(points[:, axis], 0, dark.shape[0] - 1) for axis in (0, 1))
    level = max(0.1, float(np.median(dark[rows, columns])))
    printed = (dark > DARKER_FACTOR * level + DARKER_STEP).astype(np.float32)
    ink = np.where(printed > 0, 0.0, np.minimum(dark, level))
    return ink.astype(np.float32), printed


def _padded(pixels: Pixels, left: int, top: int, side: int) -> Pixels:
    """A square piece; what lies outside the image repeats the border."""
    height, width = pixels.shape[:2]
    x0, y0, x1, y1 = max(0, left), max(0, top), min(width, left + side), min(height, top + side)
    piece = pixels[y0:y1, x0:x1]
    return np.asarray(
        cv2.copyMakeBorder(piece, y0 - top, top + side - y1, x0 - left, left + side - x1, cv2.BORDER_REPLICATE),
        np.uint8,
    )


def clean_ink(crop: SealCrop, *, edge_px: float = BLACK_EDGE_PX) -> Plane:
    """Grey picture of the seal alone, 1 = paper, 0 = full ink: sharp, with black text replaced by seal ink.

    The green channel keeps the sharpness that chroma subsampling takes from the colour difference; where the red
    channel says black print, the colour difference takes over (ocr.md 3.2 point 5).

    Args:
        crop: The seal.
        edge_px: How far the soft edge of black strokes reaches, in page pixels. Less keeps more of the seal's own
            strokes beside black ones, more leaves fewer outlines of black ones.
    """
    colour = np.clip(crop.ink / crop.full_ink, 0.0, 1.0)
    sharp = 1.0 - crop.even[..., 1]
    sharp = np.clip(sharp / max(0.15, float(np.quantile(sharp, 0.97))), 0.0, 1.0)
    core = (crop.printed > 0).astype(np.uint8)
    # The soft edges of black strokes are as pale as seal ink; they lie within a source pixel or two of the core.
    reach = 2 * math.ceil(edge_px * crop.zoom) + 1
    near = cv2.dilate(core, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    black = cv2.GaussianBlur(near.astype(np.float32), (0, 0), 0.7 * crop.zoom)
    return (1.0 - (sharp * (1 - black) + colour * black)).astype(np.float32)


def colour_ink(crop: SealCrop) -> Plane:
    """Grey picture of the seal from its colour alone, 1 = paper, 0 = full ink."""
    full = max(0.10, float(np.quantile(crop.ink, 0.97)))
    return (1.0 - np.clip(crop.ink / full, 0.0, 1.0)).astype(np.float32)


def without_foreign(crop: SealCrop, plane: Plane) -> Plane:
    """The plane with the rings of other seals painted over with paper; characters they cross are cut there."""
    if crop.foreign is None:
        return plane
    return np.where(crop.foreign, np.float32(1.0), plane)
