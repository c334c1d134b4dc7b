"""Lays a seal's texts straight: the name along the arc, the number below it, the words in the middle."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.ellipse import Ellipse
from imaging.model import Pixels, read_only
from imaging.seal import OVAL_FROM
from imaging.seal_band import PROFILE_BINS, Band, sampled
from imaging.seal_crop import SealCrop
from imaging.seal_ink import Plane

# Strips are made this high; recognition reads 48 px, the rest is its own reduction's anti-aliasing.
STRIP_HEIGHT_PX = 64
# The number arc lies under the name's outer edge (ocr.md 3.2 point 6).
NUMBER_RADII = (0.74, 0.955)
# Room that is left to the ends of the name, in turns: they are known to a third of a character.
NAME_EDGE = 0.004
# Straight rows in the middle: a tax number, the words, and room for a piece of ornament that is none.
ROWS_MAX = 3
# Darkness of a digit's stroke on the clean picture, and the share of the directions under the name that must have
# one: thirteen digits take two thirds of the blank, half of it is between strokes.
NUMBER_INK, NUMBER_SHARE = 0.22, 0.18


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """A piece of circular text laid straight.

    Attributes:
        pixels: uint8 RGB of height `STRIP_HEIGHT_PX`, dark text on white.
        start: Where it begins, in turns.
        length: How far it goes, in turns.
    """

    pixels: Pixels
    start: float
    length: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "pixels", read_only(self.pixels))


def straight_strip(
    plane: Plane, ellipse: Ellipse, band: Band, *, stretch: float = 1.0, widen: float = 0.0, pad: float = 0.35
) -> Strip:
    """The circular text as one line, for the recogniser.

    Args:
        plane: float32 (height, width), 1 = paper.
        ellipse: The ring on that plane.
        band: Where the text is.
        stretch: Width factor; above 1 for characters engraved narrow.
        widen: Extra room on both edges of the band, in half axes.
        pad: Room before and after the text, in strip heights.
    """
    inner, outer = max(0.2, band.inner - widen), min(1.2, band.outer + widen)
    radii = np.linspace(outer, inner, STRIP_HEIGHT_PX)
    around = _girth(ellipse, (inner + outer) / 2)
    oval = ellipse.axis_ratio >= OVAL_FROM
    thickness = (outer - inner) * (ellipse.minor_px if oval else ellipse.diameter_px / 2)
    room = min(pad * thickness / around, max(0.0, (1 - band.length) / 2))
    length = band.length + 2 * room
    width = max(STRIP_HEIGHT_PX, round(around * length / thickness * STRIP_HEIGHT_PX * stretch))
    turns = band.start - room + np.linspace(0, length, width)
    sheet = sampled(plane, ellipse, turns, radii).T
    return Strip(as_line(sheet), band.start - room, length)


def number_strip(crop: SealCrop, band: Band, plane: Plane) -> Pixels | None:
    """The number along the bottom as an upright line; None when the blank under the name carries no ink there."""
    gap = 1.0 - band.length
    if gap < 0.10:
        return None
    turns = band.start - gap + np.linspace(0.06 * gap, 0.94 * gap, PROFILE_BINS)
    inner, outer = _number_edges(plane, crop.ellipse, turns)
    inked = 1 - sampled(plane, crop.ellipse, turns, np.linspace(inner, outer, 12)).min(axis=1)
    if (inked > NUMBER_INK).mean() < NUMBER_SHARE:
        return None
    height = 48
    sheet = sampled(plane, crop.ellipse, turns, np.linspace(outer, inner, height))
    thickness = (outer - inner) * crop.ellipse.diameter_px / 2
    width = max(height, round(_girth(crop.ellipse, (inner + outer) / 2) * 0.88 * gap / thickness * height))
    line = cv2.resize(sheet.T[::-1, ::-1], (width, height), interpolation=cv2.INTER_LINEAR)
    return as_line(line.astype(np.float32))


def _number_edges(plane: Plane, ellipse: Ellipse, turns: NDArray[np.float64]) -> tuple[float, float]:
    """Inner and outer edge of the digits: the stretch of inked radii between the middle and the ring's moat."""
    radii = np.linspace(*NUMBER_RADII, 60)
    shares = (1 - sampled(plane, ellipse, turns, radii)).clip(0, 1).mean(axis=0)
    low, high = float(np.quantile(shares, 0.1)), float(np.quantile(shares, 0.9))
    full = np.flatnonzero(shares > low + 0.3 * (high - low))
    # The ring's own inner edge rises at the far end; digits end before the lowest place next to it.
    moat = 40 + int(np.argmin(shares[40:]))
    full = full[full < moat]
    if full.size < 8 or radii[full[-1]] - radii[full[0]] < 0.06:
        return NUMBER_RADII
    return float(max(NUMBER_RADII[0], radii[full[0]] - 0.025)), float(min(NUMBER_RADII[1], radii[full[-1]] + 0.025))


def centre_lines(crop: SealCrop, band: Band, plane: Plane) -> tuple[Pixels, ...]:
    """Straight lines of text inside the arc, upright as the arc stands; at most three, empty when there is no ink."""
    disc, ink = _upright_centre(crop, band, plane)
    rows = np.clip(ink, 0, None)
    unit, middle = disc.shape[0] / 2, disc.shape[1] / 2
    full = max(0.1, float(np.quantile(crop.ink, 0.97)))
    inked = (rows > 0.35 * full).sum(axis=1) > max(3.0, 0.03 * unit)
    core = rows[round(0.92 * unit) : round(1.08 * unit), round(middle - 0.08 * unit) : round(middle + 0.08 * unit)]
    if float(core.mean()) > 0.5 * full:
        inked[: round(1.28 * unit)] = False
    lines = []
    for top, bottom in _runs(inked):
        if 0.09 * unit <= bottom - top <= 0.42 * unit:
            lines.append(_row_line(disc, rows, top, bottom, full))
    return tuple(line for line in lines if line is not None)[:ROWS_MAX]


def _upright_centre(crop: SealCrop, band: Band, plane: Plane) -> tuple[Plane, Plane]:
    """The inside of the arc with its text level: picture and ink, (height, width), 120 px a half axis."""
    oval = crop.ellipse.axis_ratio >= OVAL_FROM
    high, wide = 240, round(240 * (crop.ellipse.axis_ratio if oval else 1.0))
    xs, ys = np.meshgrid((np.arange(wide) + 0.5) / 120 - wide / 240, (np.arange(high) + 0.5) / 120 - 1.0)
    if oval:
        points, outside = _oval_centre(crop.ellipse, band, xs, ys)
    else:
        points, outside = _round_centre(crop.ellipse, band, xs, ys)
    maps = points[..., 0].astype(np.float32), points[..., 1].astype(np.float32)
    picture = cv2.remap(plane, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    ink = cv2.remap(crop.ink, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    picture[outside] = 1.0
    ink[outside] = 0.0
    return picture.astype(np.float32), ink.astype(np.float32)


def _round_centre(
    ellipse: Ellipse, band: Band, xs: NDArray[np.float64], ys: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Pixels of a disc turned so that the middle of the name is at the top, and what lies on the name or outside."""
    radius = np.hypot(xs, ys)
    turns = (np.arctan2(xs, -ys) / (2 * math.pi)) % 1.0
    clear_gap = band.length < 0.9
    middle = band.start + band.length / 2 if clear_gap else 0.0
    angles = 2 * math.pi * (turns + middle) - math.pi / 2 - math.radians(ellipse.angle_deg)
    points = ellipse.points(angles.ravel(), radius.ravel()).reshape(*xs.shape, 2)
    in_gap = np.abs(turns - 0.5) < (1 - band.length) / 2 - NAME_EDGE
    limit = np.where(in_gap & clear_gap, 0.80, band.inner - 0.02)
    return points, np.asarray(radius > limit, np.bool_)


def _oval_centre(
    ellipse: Ellipse, band: Band, xs: NDArray[np.float64], ys: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The same for an oval by design, whose words run along its longer axis."""
    tilt = math.radians(ellipse.angle_deg if ellipse.angle_deg < 90 else ellipse.angle_deg - 180)
    across, down = xs * ellipse.minor_px, ys * ellipse.minor_px
    points = np.stack(
        [
            ellipse.x_px + across * math.cos(tilt) - down * math.sin(tilt),
            ellipse.y_px + across * math.sin(tilt) + down * math.cos(tilt),
        ],
        axis=-1,
    )
    inner = band.inner - 0.03
    outside = np.hypot(xs / (ellipse.axis_ratio - 1 + inner), ys / inner) > 1
    return points, np.asarray(outside, np.bool_)


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _row_line(disc: Plane, ink: Plane, top: int, bottom: int, full: float) -> Pixels | None:
    """One row of the centre as a line image; None when it is too short to be words."""
    margin = max(2, (bottom - top) // 6)
    columns = np.flatnonzero((ink[top:bottom] > 0.35 * full).any(axis=0))
    if columns.size == 0 or columns[-1] - columns[0] < 1.5 * (bottom - top):
        return None
    left, right = max(0, int(columns[0]) - 2 * margin), int(columns[-1]) + 2 * margin + 1
    piece = disc[max(0, top - margin) : bottom + margin, left:right]
    scale = 48 / piece.shape[0]
    size = (max(16, round(piece.shape[1] * scale)), 48)
    return as_line(cv2.resize(piece, size, interpolation=cv2.INTER_CUBIC).astype(np.float32))


def _girth(ellipse: Ellipse, radius: float) -> float:
    inset = (1 - radius) * ellipse.minor_px
    if ellipse.axis_ratio >= OVAL_FROM:
        a, b = ellipse.major_px - inset, ellipse.minor_px - inset
    else:
        a, b = ellipse.major_px * radius, ellipse.minor_px * radius
    return math.pi * (3 * (a + b) - math.sqrt((3 * a + b) * (a + 3 * b)))


def as_line(sheet: NDArray[np.float32]) -> Pixels:
    """A sheet (1 = paper) as a line image for the recogniser: full contrast, mildly sharpened, three equal channels."""
    low, high = float(np.quantile(sheet, 0.02)), float(np.quantile(sheet, 0.80))
    stretched = np.clip((sheet - low) / max(0.10, high - low), 0.0, 1.0)
    blurred = cv2.GaussianBlur(stretched, (0, 0), 1.5)
    sharp = np.clip(stretched + 0.5 * (stretched - blurred), 0.0, 1.0)
    return np.ascontiguousarray(np.repeat((sharp * 255 + 0.5).astype(np.uint8)[..., None], 3, axis=2))
