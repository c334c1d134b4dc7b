"""Parts a picture of two documents along a straight line where the ground between them shows.

Which text belongs to which document is known beforehand; here the pixels decide where between them the cut runs, so
that no portrait, emblem or border is cut. The ground is what the picture shows at both ends of the strip between the
two: the white of a copied page, the scanner's lid, the desk.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.geometry import Quad
from imaging.model import Pixels
from imaging.worksize import Mask, shrink

# Long side of the copy on which the cut is looked for; the border of a card on A4 has one pixel there.
WORK_SIDE_PX = 768
# Directions of the cut that are tried: this far from upright or level, in these steps. A slanting cut has to show more
# ground than a straight one, by this share a degree: papers are laid down roughly along the picture.
MOST_SLANT_DEG, STEP_DEG, SLANT_COST = 30, 3, 0.002
# A pixel is ground when it differs from the ground's colour by at most this many levels, or by this many times the
# usual difference of the ground itself: wood grain, cloth, noise.
GROUND_LEVELS, GROUND_SPREAD = 9.0, 3.0
# Share of each end of a line across the picture that tells the ground's colour.
END_SHARE = 0.06
# Lines whose share of ground is this near to the best one's are as good; the cut runs in the middle of the widest run.
AS_GOOD = 0.03
# A strip as wide as the picture would be worth as much as this share of ground more.
GAP_WORTH = 0.1
# A document's content is taken this share of the part's longer side wider, so that its edge stays in the picture.
MARGIN_SHARE = 0.01
# Text ends at least this share of its own longer side before a document does: 7 mm of 72 mm on a card.
TEXT_MARGIN_SHARE = 0.1
# Specks of dust and toner are smaller than this share of the part.
SPECK_SHARE = 0.00004
# The fall of light over a part is fitted to pixels this near to what is expected, in so many rounds, each of which lets
# the fit reach further out. A card's tint differs from white paper by 15 levels and more. Fewer pixels are no hold.
FIT_LEVELS, FIT_ROUNDS, LEAST_GROUND_PX = 12.0, 4, 500
# Less than this is not worth the blur of turning pixels.
LEAST_TURN_DEG = 0.7

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cut:
    """A straight line between two documents, in pixels of the picture.

    Attributes:
        normal_deg: Direction from the first document to the second: 0 to the right, 90 down.
        offset_px: Distance of the line from the origin along the normal.
        clear_share: Share of the line that shows ground, 0..1.
        gap_px: Width of the strip of ground around it.
    """

    normal_deg: float
    offset_px: float
    clear_share: float
    gap_px: float

    @property
    def normal(self) -> FloatArray:
        """Unit vector (x, y)."""
        angle = math.radians(self.normal_deg)
        return np.array([math.cos(angle), math.sin(angle)])


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One document's side of a picture.

    Attributes:
        pixels: uint8 RGB of shape (height, width, 3).
        text: Boxes of its text, in fractions of these pixels.
        ground: Colour of the ground at the ends of the cut, RGB.
    """

    pixels: Pixels
    text: tuple[Quad, ...]
    ground: tuple[float, float, float] = (255.0, 255.0, 255.0)


def find_cut(pixels: Pixels, first: Sequence[Quad], second: Sequence[Quad]) -> Cut | None:
    """Finds the line that parts two groups of text and runs through as much ground as possible.

    Args:
        pixels: uint8 RGB of shape (height, width, 3).
        first: Text of the first document, in fractions.
        second: Text of the second one.

    Returns:
        The cut, or None when no straight line parts the two groups.
    """
    work = shrink(pixels, long_side_px=WORK_SIDE_PX)
    height_px, width_px = work.shape[:2]
    a = np.concatenate([quad.to_pixels(width_px=width_px, height_px=height_px) for quad in first]).astype(np.float64)
    b = np.concatenate([quad.to_pixels(width_px=width_px, height_px=height_px) for quad in second]).astype(np.float64)
    towards = b.mean(axis=0) - a.mean(axis=0)
    best: tuple[float, Cut] | None = None
    for angle_deg in range(0, 360, STEP_DEG):
        slant_deg = abs((angle_deg + 45) % 90 - 45)
        normal = np.array([math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))])
        start, end = float((a @ normal).max()), float((b @ normal).min())
        if slant_deg > MOST_SLANT_DEG or normal @ towards <= 0 or end - start < 2:
            continue
        found = _clearest(work, normal, start, end)
        if found is None:
            continue
        offset, clear, gap = found
        worth = clear - SLANT_COST * slant_deg + GAP_WORTH * gap / max(work.shape)
        if best is None or worth > best[0]:
            best = worth, Cut(float(angle_deg), offset, clear, gap)
    if best is None:
        return None
    scale, cut = pixels.shape[1] / width_px, best[1]
    return replace(cut, offset_px=cut.offset_px * scale, gap_px=cut.gap_px * scale)


def _clearest(work: Pixels, normal: FloatArray, start: float, end: float) -> tuple[float, float, float] | None:
    """Offset, share of ground and width of the widest run of lines that show the most ground between two offsets."""
    height_px, width_px = work.shape[:2]
    along = np.array([-normal[1], normal[0]])
    reach = math.hypot(height_px, width_px)
    steps = np.arange(-reach, reach, 2.0)
    offsets = np.arange(math.ceil(start), math.floor(end) + 1, 1.0)
    xs = offsets[:, None] * normal[0] + steps[None, :] * along[0]
    ys = offsets[:, None] * normal[1] + steps[None, :] * along[1]
    inside = (xs >= 0) & (ys >= 0) & (xs <= width_px - 1) & (ys <= height_px - 1)
    columns = inside.any(axis=0)
    if not columns.any():
        return None
    xs, ys, inside = xs[:, columns], ys[:, columns], inside[:, columns]
    colours = work[np.clip(ys, 0, height_px - 1).astype(int), np.clip(xs, 0, width_px - 1).astype(int)]
    ground = _is_ground(colours.astype(np.float32), inside)
    share = (ground & inside).sum(axis=1) / np.maximum(inside.sum(axis=1), 1)
    smooth = np.convolve(np.pad(share, 1, mode="edge"), np.ones(3) / 3, mode="valid")
    first, last = _widest_run(smooth >= smooth.max() - AS_GOOD)
    return float(offsets[first] + offsets[last]) / 2, float(smooth[first : last + 1].mean()), float(last - first + 1)


def _is_ground(colours: NDArray[np.float32], inside: Mask) -> Mask:
    """Which samples look like the ground at the two ends of the strip; shapes (lines, steps, 3) and (lines, steps)."""
    steps = inside.shape[1]
    width = max(2, round(END_SHARE * steps))
    ends = []
    for part in (slice(0, width), slice(steps - width, steps)):
        held = colours[:, part][inside[:, part]]
        ends.append(held if len(held) else colours[inside])
    middles = [np.median(held, axis=0) for held in ends]
    spread = max(
        float(np.median(np.abs(held - middle).max(axis=1))) for held, middle in zip(ends, middles, strict=True)
    )
    limit = max(GROUND_LEVELS, GROUND_SPREAD * spread)
    # Light falls off evenly from one end to the other.
    share = np.linspace(0.0, 1.0, steps, dtype=np.float32)[:, None]
    expected = middles[0] * (1 - share) + middles[1] * share
    return np.asarray(np.abs(colours - expected[None]).max(axis=2) <= limit)


def _widest_run(good: Mask) -> tuple[int, int]:
    """First and last index of the longest run of True; there is at least one."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], good.astype(np.int8), [0]])))
    starts, ends = edges[::2], edges[1::2]
    widest = int(np.argmax(ends - starts))
    return int(starts[widest]), int(ends[widest]) - 1


def take_side(pixels: Pixels, cut: Cut, text: Sequence[Quad], *, second: bool) -> Part:
    """The part of the picture on one side of a cut.

    Beyond a slanting cut the picture is painted with the colour of the ground.

    Args:
        pixels: uint8 RGB of shape (height, width, 3).
        cut: From `find_cut`.
        text: Boxes of that side's text, in fractions of the picture.
        second: The side of the second document.

    Returns:
        The upright rectangle around that side.
    """
    height_px, width_px = pixels.shape[:2]
    corners = _side_corners(cut, second=second, width_px=width_px, height_px=height_px)
    left, top = np.floor(corners.min(axis=0)).astype(int)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int)
    part = pixels[top : max(top + 1, bottom), left : max(left + 1, right)].copy()
    beyond = np.ones(part.shape[:2], np.uint8)
    # Corners of pixels and not their centres: half a pixel inwards.
    cv2.fillConvexPoly(beyond, np.rint(corners - np.array([left, top]) - 0.5).astype(np.int32), 0)
    red, green, blue = _ground_at_ends(pixels, cut)
    part[beyond.astype(bool)] = np.rint((red, green, blue))
    move = np.array([[1.0, 0.0, -left], [0.0, 1.0, -top]])
    return Part(part, _moved(text, move, pixels, part), (red, green, blue))


def _ground_at_ends(pixels: Pixels, cut: Cut) -> tuple[float, float, float]:
    """Median colour of the picture at both ends of a cut: in the middle the papers may nearly touch."""
    height_px, width_px = pixels.shape[:2]
    reach = math.hypot(height_px, width_px)
    steps = np.arange(-reach, reach, 1.0)
    xs = np.rint(cut.offset_px * cut.normal[0] - steps * cut.normal[1]).astype(int)
    ys = np.rint(cut.offset_px * cut.normal[1] + steps * cut.normal[0]).astype(int)
    inside = (xs >= 0) & (ys >= 0) & (xs < width_px) & (ys < height_px)
    line = pixels[ys[inside], xs[inside]]
    if not len(line):
        return 255.0, 255.0, 255.0
    width = max(1, round(END_SHARE * len(line)))
    red, green, blue = np.median(np.concatenate([line[:width], line[-width:]]), axis=0)
    return float(red), float(green), float(blue)


def _side_corners(cut: Cut, *, second: bool, width_px: int, height_px: int) -> FloatArray:
    """The picture's rectangle clipped by the cut (one step of Sutherland and Hodgman), shape (n, 2)."""
    sign = 1.0 if second else -1.0
    frame = np.array([(0, 0), (width_px, 0), (width_px, height_px), (0, height_px)], np.float64)
    depth = sign * (frame @ cut.normal - cut.offset_px)
    kept = []
    for k in range(4):
        here, there = depth[k], depth[(k + 1) % 4]
        if here >= 0:
            kept.append(frame[k])
        if (here >= 0) != (there >= 0):
            kept.append(frame[k] + (frame[(k + 1) % 4] - frame[k]) * here / (here - there))
    return np.array(kept) if kept else frame


def level_text(part: Part) -> Part:
    """Turns a part so that its lines of text are level or upright, on a canvas that holds all of it.

    The same part comes back when the tilt is not worth the blur.
    """
    tilt_deg = text_tilt_deg(part.text, width_px=part.pixels.shape[1], height_px=part.pixels.shape[0])
    if abs(tilt_deg) < LEAST_TURN_DEG:
        return part
    height_px, width_px = part.pixels.shape[:2]
    turn = np.asarray(cv2.getRotationMatrix2D((width_px / 2, height_px / 2), tilt_deg, 1.0), np.float64)
    c, s = abs(turn[0, 0]), abs(turn[0, 1])
    size = (math.ceil(width_px * c + height_px * s), math.ceil(width_px * s + height_px * c))
    turn[:, 2] += (np.array(size) - np.array([width_px, height_px])) / 2
    turned = cv2.warpAffine(
        part.pixels, turn, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=part.ground
    )
    pixels = np.asarray(turned, np.uint8)
    return Part(pixels, _moved(part.text, turn, part.pixels, pixels), part.ground)


def text_tilt_deg(text: Sequence[Quad], *, width_px: int, height_px: int) -> float:
    """How far lines of text fall to the right, clockwise positive, up to the nearest quarter turn: -45..45.

    The median over the longer half of the boxes; a short box has no angle to speak of.
    """
    sides = []
    for quad in text:
        corners = quad.to_pixels(width_px=width_px, height_px=height_px)
        across, down = corners[1] - corners[0], corners[3] - corners[0]
        sides.append(across if np.hypot(*across) >= np.hypot(*down) else down)
    sides.sort(key=lambda side: -float(np.hypot(*side)))
    angles = [math.degrees(math.atan2(float(y), float(x))) for x, y in sides[: max(1, (len(sides) + 1) // 2)]]
    return float(np.median([(angle + 45) % 90 - 45 for angle in angles])) if angles else 0.0


def crop_to_content(part: Part) -> Pixels:
    """Crops away the ground around a document; nothing that differs from the ground is lost.

    What is left out: specks, and what hangs together with the picture's border and is no text of the document, such as
    the desk around the copied page or a strip of the other document.

    Returns:
        A contiguous crop; the picture itself when there is hardly any ground around the document.
    """
    work = shrink(part.pixels, long_side_px=WORK_SIDE_PX)
    height_px, width_px = work.shape[:2]
    content = _unlike_ground(work, np.array(part.ground, np.float32))
    inner = _around([quad.to_pixels(width_px=width_px, height_px=height_px) for quad in part.text])
    _, labels, stats, _ = cv2.connectedComponentsWithStats(content, connectivity=8)
    own = set(np.unique(labels[inner[1] : inner[3] + 1, inner[0] : inner[2] + 1]).tolist())
    edge = MARGIN_SHARE * max(height_px, width_px)
    # Where no ground shows, the document's own colour passes for it: around its text there is a margin in any case.
    free = TEXT_MARGIN_SHARE * max(inner[2] - inner[0], inner[3] - inner[1])
    left, top, right, bottom = inner[0] - free, inner[1] - free, inner[2] + free, inner[3] + free
    for label, (x, y, width, height, area) in enumerate(stats.tolist()):
        speck = area < max(2.0, SPECK_SHARE * content.size)
        outer = x == 0 or y == 0 or x + width == width_px or y + height == height_px
        if label and (label in own or not (speck or outer)):
            left, right = min(left, x - edge), max(right, x + width + edge)
            top, bottom = min(top, y - edge), max(bottom, y + height + edge)
    scale = part.pixels.shape[1] / width_px
    # At least one pixel, wherever the boxes of a damaged reading lie.
    x0 = min(max(0, math.floor(left * scale)), part.pixels.shape[1] - 1)
    y0 = min(max(0, math.floor(top * scale)), part.pixels.shape[0] - 1)
    x1, y1 = math.ceil(right * scale), math.ceil(bottom * scale)
    return np.ascontiguousarray(part.pixels[y0 : max(y0 + 1, y1), x0 : max(x0 + 1, x1)])


def _moved(text: Sequence[Quad], matrix: FloatArray, before: Pixels, after: Pixels) -> tuple[Quad, ...]:
    """Boxes after an affine map in pixels, from fractions of one picture to fractions of another."""
    return tuple(
        Quad.from_pixels(
            quad.to_pixels(width_px=before.shape[1], height_px=before.shape[0]) @ matrix[:, :2].T + matrix[:, 2],
            width_px=after.shape[1],
            height_px=after.shape[0],
        ).clipped()
        for quad in text
    )


def _around(quads: Sequence[NDArray[np.float32]]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom in whole pixels around some boxes."""
    points = np.concatenate(quads)
    (left, top), (right, bottom) = np.floor(points.min(axis=0)), np.ceil(points.max(axis=0))
    return int(left), int(top), int(right), int(bottom)


def _unlike_ground(work: Pixels, ground: NDArray[np.float32]) -> Pixels:
    """1 where a working copy is not ground, which is lit unevenly: a slope over the picture is fitted to it first."""
    rows, columns = work.shape[:2]
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    slope = np.stack([np.ones_like(x), x / columns - 0.5, y / rows - 0.5], axis=-1)
    expected: NDArray[np.float32] = np.broadcast_to(ground, work.shape).astype(np.float32)
    for _ in range(FIT_ROUNDS):
        like = np.abs(work - expected).max(axis=2) <= FIT_LEVELS
        if int(like.sum()) < LEAST_GROUND_PX:
            break
        weights, *_ = np.linalg.lstsq(slope[like], work[like].astype(np.float32), rcond=None)
        expected = np.asarray(slope @ weights, np.float32)
    off = np.abs(work - expected).max(axis=2)
    like = off <= FIT_LEVELS
    spread = float(np.median(off[like])) if like.any() else 0.0
    return np.asarray(off > max(GROUND_LEVELS, GROUND_SPREAD * spread), np.uint8)
