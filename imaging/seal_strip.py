"""Turns a seal's circular text into straight strips, and takes the seal away from the text under it.

Recipe and its measured effect: ocr.md sections 3.2 and 3.3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels, read_only
from imaging.seal import Ellipse, Plane, SealSpot, paper_plane

# Half side of the square on which a seal is worked, in radii: the ring plus room for a fit that is a little off.
CROP_RADII = 1.12
# A seal is worked at this diameter: small ones are enlarged (less aliasing in the strips), large ones reduced.
WORK_DIAMETER_PX = 480
# Strips are made this high; recognition reads 48 px, the rest is its own reduction's anti-aliasing.
STRIP_HEIGHT_PX = 64
# Above this axis ratio a seal is oval by design and its text follows the ring at a constant distance; below, it is a
# circle seen from the side (45 x 30 and 40 x 30 mm give 1.5 and 1.33; 25 degrees from the side give 1.1).
OVAL_FROM = 1.2
# Angular samples of the profiles: half a degree.
PROFILE_BINS = 720
# Radii between which name characters are looked for, in half axes (seals drawn by rule: ocr.md 3.2 uses 0.60-0.93).
BAND_RADII = (0.50, 0.97)
FALLBACK_BAND = (0.62, 0.92)
# Brightest channel below which a colourless pixel is black print, and how far its soft edge reaches, in page pixels.
BLACK_LEVEL = 0.66
BLACK_EDGE_PX = 1.3
# The number arc lies under the name's outer edge (ocr.md 3.2 point 6).
NUMBER_RADII = (0.76, 0.955)
# Ink, in units of the profile's own peak, below which a radius or a direction counts as blank.
BLANK_SHARE = 0.18


@dataclass(frozen=True, slots=True, eq=False)
class SealCrop:
    """One seal cut out of its page and brought to the working size.

    Attributes:
        even: float32 (side, side, 3): channels over the local paper, 1 = paper, 0 = black.
        ink: float32 (side, side): strength of the seal's colour, about 0 on paper and on black.
        ellipse: The ring on this crop.
        zoom: Crop pixels a page pixel.
    """

    even: NDArray[np.float32]
    ink: Plane
    ellipse: Ellipse
    zoom: float = 1.0

    def __post_init__(self) -> None:
        for name in ("even", "ink"):
            copy = np.array(getattr(self, name), dtype=np.float32, order="C", copy=True)
            copy.flags.writeable = False
            object.__setattr__(self, name, copy)


@dataclass(frozen=True, slots=True)
class Band:
    """Where the circular text is.

    Attributes:
        inner: Inner edge of the characters, in half axes of the ring.
        outer: Outer edge of the characters.
        start: Where the text begins, in turns (0..1) clockwise from the top of the image.
        length: How far it goes, in turns.
        gap_ratio: Widest blank over the second widest; near 1 means that the start is a guess.
    """

    inner: float
    outer: float
    start: float
    length: float
    gap_ratio: float


def crop_seal(pixels: Pixels, spot: SealSpot) -> SealCrop:
    """Cuts one seal out and evens the light.

    Args:
        pixels: uint8 RGB of shape (height, width, 3), the image that `spot` was found on.
        spot: The seal.
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
    moved = Ellipse(
        (ellipse.x_px - left) * scale,
        (ellipse.y_px - top) * scale,
        ellipse.major_px * scale,
        ellipse.minor_px * scale,
        ellipse.angle_deg,
    )
    wanted, others = (0, (1, 2)) if spot.colour == "red" else (2, (0, 1))
    ink = even[..., wanted] - np.maximum(even[..., others[0]], even[..., others[1]])
    return SealCrop(even, ink.astype(np.float32), moved, scale)


def _padded(pixels: Pixels, left: int, top: int, side: int) -> Pixels:
    """A square piece; what lies outside the image repeats the border."""
    height, width = pixels.shape[:2]
    x0, y0, x1, y1 = max(0, left), max(0, top), min(width, left + side), min(height, top + side)
    piece = pixels[y0:y1, x0:x1]
    return np.asarray(
        cv2.copyMakeBorder(piece, y0 - top, top + side - y1, x0 - left, left + side - x1, cv2.BORDER_REPLICATE), np.uint8
    )


def find_bands(crop: SealCrop) -> tuple[Band, ...]:
    """Finds the ring of characters and where along it the text starts and ends.

    Returns:
        One to three bands that differ in the blank they take for the end of the text, the widest blank first.
    """
    inner, outer = _radial_band(crop)
    # Digits of a number arc fill only the outer part of the band, so the direction profile looks at the inner part.
    radii = np.linspace(inner + 0.02, inner + 0.55 * (outer - inner), 12)
    sheet = _sampled(crop.ink, crop.ellipse, np.arange(PROFILE_BINS) / PROFILE_BINS, radii)
    gaps = _blanks(sheet)
    if not gaps:
        return (Band(inner, outer, 0.0, 1.0, 1.0),)
    second = gaps[1][1] if len(gaps) > 1 else 1
    return tuple(
        Band(inner, outer, ((begin + length) % PROFILE_BINS) / PROFILE_BINS, 1 - length / PROFILE_BINS,
             (length / second) if rank == 0 else 1.0)
        for rank, (begin, length) in enumerate(gaps[:3])
    )  # fmt: skip


def _radial_band(crop: SealCrop) -> tuple[float, float]:
    """Inner and outer edge of the characters, from how much ink each radius carries."""
    radii = np.linspace(0.30, 1.06, 153)
    sheet = _sampled(crop.ink, crop.ellipse, np.arange(PROFILE_BINS) / PROFILE_BINS, radii)
    shares = np.clip(sheet, 0, None).mean(axis=0)
    shares = np.convolve(shares, np.ones(3) / 3, mode="same")
    moat_area = (radii > 0.80) & (radii < 0.985)
    moat = float(radii[moat_area][int(np.argmin(shares[moat_area]))])
    inside = (radii > BAND_RADII[0]) & (radii < moat)
    peak = float(np.quantile(shares[inside], 0.9)) if inside.any() else 0.0
    floor = float(shares[inside].min()) if inside.any() else 0.0
    blank = floor + (peak - floor) * BLANK_SHARE
    full = inside & (shares > blank)
    if peak <= 0 or full.sum() < 12:
        return FALLBACK_BAND
    inner, outer = _main_run(radii, full)
    if not 0.10 <= outer - inner <= 0.45:
        return FALLBACK_BAND
    return max(BAND_RADII[0] - 0.02, inner), min(BAND_RADII[1], outer)


def _main_run(radii: NDArray[np.float64], full: NDArray[np.bool_]) -> tuple[float, float]:
    """The longest run of inked radii, bridging breaks of one sample."""
    bridged = full | (np.roll(full, 1) & np.roll(full, -1))
    best, begin = (0, 0), None
    for index, on in enumerate([*bridged.tolist(), False]):
        if on and begin is None:
            begin = index
        elif not on and begin is not None:
            if index - begin > best[1] - best[0]:
                best = (begin, index)
            begin = None
    return float(radii[best[0]]), float(radii[best[1] - 1])


def _blanks(sheet: Plane) -> list[tuple[int, int]]:
    """(start, length) in bins of every direction run without ink, the widest first; sheet is (bins, radii)."""
    strength = np.clip(sheet, 0, None).mean(axis=1)
    wrapped = np.convolve(np.concatenate([strength[-4:], strength, strength[:4]]), np.ones(5) / 5, mode="same")[4:-4]
    # A short name covers a fifth of the circle, so the upper tenth is surely text.
    blank = wrapped < float(np.quantile(wrapped, 0.92)) * 0.18
    return sorted(_circular_runs(blank), key=lambda gap: -gap[1])


def _circular_runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """(start, length) of every run of True on a closed circle."""
    if flags.all() or not flags.any():
        return []
    first = int(np.argmin(flags))
    turned = np.roll(flags, -first)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], turned.astype(np.int8), [0]])))
    return [((int(a) + first) % len(flags), int(b - a)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _grid(ellipse: Ellipse, turns: NDArray[np.float64], radii: NDArray[np.float64]) -> NDArray[np.float32]:
    """Pixel of every (direction, radius): float32 (turns, radii, 2). Turn 0 is the top of the image, clockwise."""
    count = 2048
    angles = np.linspace(0, 2 * math.pi, count, endpoint=False)
    rim = ellipse.points(angles)
    top = int(np.argmin(rim[:, 1]))
    if ellipse.axis_ratio < OVAL_FROM:
        places = angles[top] + 2 * math.pi * turns
        spread = np.repeat(places[:, None], len(radii), axis=1).ravel()
        return ellipse.points(spread, np.tile(radii, len(turns))).reshape(len(turns), len(radii), 2).astype(np.float32)
    # Oval by design: equal steps along the circle of the characters, then straight inwards.
    middle = ellipse.minor_px * (1 - float(radii.mean()))
    line = Ellipse(ellipse.x_px, ellipse.y_px, ellipse.major_px - middle, ellipse.minor_px - middle, ellipse.angle_deg)
    path = line.points(angles[top] + np.linspace(0, 2 * math.pi, count + 1))
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    phase = np.interp(turns % 1.0, length / length[-1], np.linspace(0, 2 * math.pi, count + 1)) + angles[top]
    points = line.points(phase)
    ahead = line.points(phase + 1e-3) - points
    outward = np.stack([ahead[:, 1], -ahead[:, 0]], axis=1) / np.maximum(1e-9, np.hypot(*ahead.T))[:, None]
    steps = (radii - radii.mean()) * ellipse.minor_px
    return (points[:, None, :] + outward[:, None, :] * steps[None, :, None]).astype(np.float32)


def _sampled(
    plane: NDArray[np.float32], ellipse: Ellipse, turns: NDArray[np.float64], radii: NDArray[np.float64]
) -> NDArray[np.float32]:
    grid = _grid(ellipse, turns, radii)
    return cv2.remap(
        plane,
        np.ascontiguousarray(grid[..., 0]),
        np.ascontiguousarray(grid[..., 1]),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    ).astype(np.float32)


def clean_ink(crop: SealCrop, *, edge_px: float = BLACK_EDGE_PX) -> Plane:
    """Grey picture of the seal alone, 1 = paper, 0 = full ink: sharp, with black text replaced by seal ink.

    The green channel keeps the sharpness that chroma subsampling takes from the colour difference; where the red
    channel says black print, the colour difference takes over (ocr.md 3.2 point 5).

    Args:
        crop: The seal.
        edge_px: How far the soft edge of black strokes reaches, in page pixels. Less keeps more of the seal's own
            strokes beside black ones, more leaves fewer outlines of black ones.
    """
    full = max(0.12, float(np.quantile(crop.ink, 0.97)))
    colour = np.clip(crop.ink / full, 0.0, 1.0)
    sharp = 1.0 - crop.even[..., 1]
    sharp = np.clip(sharp / max(0.15, float(np.quantile(sharp, 0.97))), 0.0, 1.0)
    brightest = np.maximum(np.maximum(crop.even[..., 0], crop.even[..., 1]), crop.even[..., 2])
    core = ((brightest < BLACK_LEVEL) & (colour < 0.45)).astype(np.uint8)
    # The soft edges of black strokes are as pale as seal ink; they lie within a source pixel or two of the core.
    reach = 2 * math.ceil(edge_px * crop.zoom) + 1
    near = cv2.dilate(core, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    black = cv2.GaussianBlur(near.astype(np.float32), (0, 0), 0.7 * crop.zoom)
    return (1.0 - (sharp * (1 - black) + colour * black)).astype(np.float32)


def colour_ink(crop: SealCrop) -> Plane:
    """Grey picture of the seal from its colour alone, 1 = paper, 0 = full ink."""
    full = max(0.10, float(np.quantile(crop.ink, 0.97)))
    return (1.0 - np.clip(crop.ink / full, 0.0, 1.0)).astype(np.float32)


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
    sheet = _sampled(plane, ellipse, turns, radii).T
    return Strip(_as_line(sheet), band.start - room, length)


def number_strip(crop: SealCrop, band: Band, plane: Plane) -> Pixels | None:
    """The number along the bottom as an upright line; None when the blank under the name carries no ink there."""
    gap = 1.0 - band.length
    if gap < 0.10:
        return None
    turns = band.start - gap + np.linspace(0.06 * gap, 0.94 * gap, PROFILE_BINS)
    ink = np.clip(_sampled(crop.ink, crop.ellipse, turns, np.linspace(0.80, 0.90, 8)), 0, None).mean(axis=1)
    inked = ink > 0.15 * max(0.1, float(np.quantile(crop.ink, 0.97)))
    if inked.mean() < 0.08:
        return None
    sheet = _sampled(plane, crop.ellipse, turns, np.linspace(NUMBER_RADII[1], NUMBER_RADII[0], 48))
    height = 48
    thickness = (NUMBER_RADII[1] - NUMBER_RADII[0]) * crop.ellipse.diameter_px / 2
    width = max(height, round(_girth(crop.ellipse, 0.86) * 0.88 * gap / thickness * height))
    line = cv2.resize(sheet.T[::-1, ::-1], (width, height), interpolation=cv2.INTER_LINEAR)
    return _as_line(line.astype(np.float32))


def centre_lines(crop: SealCrop, band: Band, plane: Plane) -> tuple[Pixels, ...]:
    """Straight lines of text inside the arc, upright as the arc stands; at most two, empty when there is no ink."""
    disc, ink = _upright_centre(crop, band, plane)
    rows = np.clip(ink, 0, None)
    unit = disc.shape[0] / 2
    full = max(0.1, float(np.quantile(crop.ink, 0.97)))
    inked = (rows > 0.35 * full).sum(axis=1) > max(3.0, 0.03 * unit)
    starred = float((rows[round(0.92 * unit) : round(1.08 * unit), round(0.92 * unit) : round(1.08 * unit)]).mean())
    if starred > 0.5 * full:
        inked[: round(1.28 * unit)] = False
    lines = []
    for top, bottom in _runs(inked):
        if 0.09 * unit <= bottom - top <= 0.42 * unit:
            lines.append(_row_line(disc, rows, top, bottom, full))
    return tuple(line for line in lines if line is not None)[:2]


def _upright_centre(crop: SealCrop, band: Band, plane: Plane) -> tuple[Plane, Plane]:
    """The inside of the arc turned so that the middle of the name is at the top: picture and ink, square."""
    side = 240
    axis = (np.arange(side) - side / 2 + 0.5) / (side / 2)
    xs, ys = np.meshgrid(axis, axis)
    radius = np.hypot(xs, ys)
    turns = (np.arctan2(xs, -ys) / (2 * math.pi)) % 1.0
    clear_gap = band.length < 0.9
    middle = band.start + band.length / 2 if clear_gap else 0.0
    rim = crop.ellipse
    angles = 2 * math.pi * (turns + middle)
    upright = _turned_point(rim, angles, radius)
    maps = upright[..., 0].astype(np.float32), upright[..., 1].astype(np.float32)
    in_gap = np.abs(turns - 0.5) < (1 - band.length) / 2 - 0.02
    limit = np.where(in_gap & clear_gap, 0.80, band.inner - 0.02)
    picture = cv2.remap(plane, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    ink = cv2.remap(crop.ink, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    outside = radius > limit
    picture[outside] = 1.0
    ink[outside] = 0.0
    return picture.astype(np.float32), ink.astype(np.float32)


def _turned_point(ellipse: Ellipse, angles: NDArray[np.float64], radius: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pixel at a clockwise angle from the top and a relative radius; ovals by design are not squashed to a circle."""
    tilt = math.radians(ellipse.angle_deg)
    if ellipse.axis_ratio >= OVAL_FROM:
        xs = ellipse.x_px + ellipse.minor_px * radius * np.sin(angles)
        ys = ellipse.y_px - ellipse.minor_px * radius * np.cos(angles)
        return np.stack([xs, ys], axis=-1)
    flat = ellipse.points((angles - math.pi / 2 - tilt).ravel(), radius.ravel())
    return flat.reshape(*angles.shape, 2)


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
    return _as_line(cv2.resize(piece, size, interpolation=cv2.INTER_CUBIC).astype(np.float32))


def _girth(ellipse: Ellipse, radius: float) -> float:
    inset = (1 - radius) * ellipse.minor_px
    if ellipse.axis_ratio >= OVAL_FROM:
        a, b = ellipse.major_px - inset, ellipse.minor_px - inset
    else:
        a, b = ellipse.major_px * radius, ellipse.minor_px * radius
    return math.pi * (3 * (a + b) - math.sqrt((3 * a + b) * (a + 3 * b)))


def _as_line(sheet: NDArray[np.float32]) -> Pixels:
    """Full contrast, mildly sharpened, three equal channels."""
    low, high = float(np.quantile(sheet, 0.02)), float(np.quantile(sheet, 0.80))
    stretched = np.clip((sheet - low) / max(0.10, high - low), 0.0, 1.0)
    blurred = cv2.GaussianBlur(stretched, (0, 0), 1.5)
    sharp = np.clip(stretched + 0.5 * (stretched - blurred), 0.0, 1.0)
    return np.ascontiguousarray(np.repeat((sharp * 255 + 0.5).astype(np.uint8)[..., None], 3, axis=2))
