"""Straight edges of a picture: an orientation-aware Hough transform over colour gradients.

A paper's side is the longest straight *step* of colour around. Dark print thinner than the closing below is wiped out
first, so ruled lines and text do not vote; texture votes in all directions and therefore nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels
from imaging.worksize import Plane, lab_planes, sample

# Dark strokes up to this many working pixels wide (of 384) are removed: a ruled line of 1 mm on an A4 sheet that fills
# the picture is 1.3 px, a bold title stroke 2-3 px.
CLOSING_PX = 5
# Gradient (levels of Lab a pixel) below which a pixel has no say: sensor noise after the smoothing stays below 1.
LEAST_GRADIENT = 1.6
# Gradient from which a pixel has a full vote: a paper on a similar desk must count as much as one on a black desk.
FULL_GRADIENT = 6.0
# A vote is spread over this many degrees to each side: the orientation of a single pixel is that uncertain.
SPREAD_DEG = 3
# Peaks closer than this are one line.
SAME_LINE_DEG = 3
# Fewer pixels of edge than this are no side of a paper: a card's short side on an A4 page has 70 working pixels.
LEAST_VOTES = 20.0
SAME_LINE_PX = 4


@dataclass(frozen=True, slots=True, eq=False)
class EdgeMap:
    """Where the colour changes. `strength` is 0 off the ridge of the edge; `normal_rad` is in 0..pi."""

    smooth: Plane
    strength: Plane
    normal_rad: Plane


@dataclass(frozen=True, slots=True)
class Line:
    """All points with x·cos(normal) + y·sin(normal) = distance; `votes` is about the pixels of visible edge."""

    normal_rad: float
    distance_px: float
    votes: float


def edge_map(small: Pixels) -> EdgeMap:
    """Gradients over the three planes of CIELAB together (structure tensor), thinned to the ridge.

    Args:
        small: uint8 RGB working copy, long side about 384 px.
    """
    # Closed in RGB, where ink of any colour is darker than the paper; a red frame is brighter than it in Lab's a plane.
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((CLOSING_PX, CLOSING_PX), np.uint8))
    smooth = cv2.GaussianBlur(lab_planes(np.asarray(closed, np.uint8)), (0, 0), 1.0)
    # Sobel's 3x3 kernel sums to 8 for a slope of one level a pixel.
    across = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    down = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    xx, yy, xy = _over_planes(across, across), _over_planes(down, down), _over_planes(across, down)
    root = np.sqrt((xx - yy) ** 2 + 4 * xy**2)
    strength = np.sqrt((xx + yy + root) / 2).astype(np.float32)
    normal = (0.5 * np.arctan2(2 * xy, xx - yy)).astype(np.float32)
    height_px, width_px = strength.shape
    xs, ys = np.meshgrid(np.arange(width_px, dtype=np.float32), np.arange(height_px, dtype=np.float32))
    step_x, step_y = np.cos(normal), np.sin(normal)
    ridge = (strength >= sample(strength, xs + step_x, ys + step_y)) & (
        strength >= sample(strength, xs - step_x, ys - step_y)
    )
    thinned = np.where(ridge & (strength >= LEAST_GRADIENT), strength, 0).astype(np.float32)
    return EdgeMap(np.asarray(smooth, np.float32), thinned, np.mod(normal, np.pi).astype(np.float32))


def _over_planes(first: object, second: object) -> Plane:
    planes = cv2.split(cv2.multiply(np.asarray(first, np.float32), np.asarray(second, np.float32)))
    return np.asarray(planes[0] + planes[1] + planes[2], np.float32)


def find_lines(edges: EdgeMap, *, most: int) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """The strongest lines, at most `most` lying and `most` standing ones; a line near 45° may be in both."""
    ys, xs = np.nonzero(edges.strength)
    if xs.size == 0:
        return (), ()
    weights = np.minimum(1.0, edges.strength[ys, xs] / FULL_GRADIENT)
    normals = edges.normal_rad[ys, xs]
    space, offset = _vote(
        xs, ys, normals=normals, weights=weights, diagonal_px=int(np.hypot(*edges.strength.shape)) + 2
    )
    lying: list[Line] = []
    standing: list[Line] = []
    for degree, rho, votes in _peaks(space, count=most * 4):
        steep = abs(degree - 90)
        wanted = [
            group for group, fits in ((lying, steep <= 52), (standing, steep >= 38)) if fits and len(group) < most
        ]
        if not wanted:
            continue
        line = _fit(xs, ys, normals=normals, weights=weights, degree=degree, distance=float(rho - offset), votes=votes)
        for group in wanted:
            group.append(line)
    return tuple(lying), tuple(standing)


def _vote(
    xs: NDArray[np.intp],
    ys: NDArray[np.intp],
    *,
    normals: Plane,
    weights: NDArray[np.floating],
    diagonal_px: int,
) -> tuple[Plane, int]:
    columns = 2 * diagonal_px + 1
    nearest = np.rint(np.rad2deg(normals)).astype(np.int64)
    space = np.zeros(180 * columns)
    for step in range(-SPREAD_DEG, SPREAD_DEG + 1):
        degree = np.mod(nearest + step, 180)
        angle = np.deg2rad(degree)
        rho = np.rint(xs * np.cos(angle) + ys * np.sin(angle)).astype(np.int64) + diagonal_px
        space += np.bincount(degree * columns + rho, weights=weights, minlength=space.size)
    return space.reshape(180, columns).astype(np.float32), diagonal_px


def _peaks(space: Plane, *, count: int) -> list[tuple[int, int, float]]:
    # Angles wrap around (179° and 1° with the opposite distance), so the space is continued on both sides.
    pad = SAME_LINE_DEG
    wide = np.concatenate([space[-pad:, ::-1], space, space[:pad, ::-1]])
    wide = cv2.boxFilter(wide, -1, (3, 1), normalize=False)
    highest = cv2.dilate(wide, np.ones((2 * SAME_LINE_DEG + 1, 2 * SAME_LINE_PX + 1), np.uint8))
    degrees, rhos = np.nonzero(((wide >= highest) & (wide >= LEAST_VOTES))[pad:-pad])
    votes = wide[degrees + pad, rhos]
    order = np.argsort(-votes, kind="stable")[:count]
    return [(int(degrees[i]), int(rhos[i]), float(votes[i])) for i in order]


def _fit(
    xs: NDArray[np.intp],
    ys: NDArray[np.intp],
    *,
    normals: Plane,
    weights: NDArray[np.floating],
    degree: int,
    distance: float,
    votes: float,
) -> Line:
    """Least squares through the pixels that voted for the peak."""
    angle = float(np.deg2rad(degree))
    turned = np.abs(np.mod(normals - angle + np.pi / 2, np.pi) - np.pi / 2)
    off = np.abs(xs * np.cos(angle) + ys * np.sin(angle) - distance)
    near = (off < 2.5) & (turned < np.deg2rad(12))
    if int(near.sum()) < 8:
        return Line(angle, distance, votes)
    points = np.stack([xs[near], ys[near]], axis=1).astype(np.float32)
    vx, vy, px, py = (float(v) for v in cv2.fitLine(points, cv2.DIST_HUBER, 0, 0.01, 0.01).ravel())
    normal = float(np.arctan2(vx, -vy))
    if normal < 0:
        normal += np.pi
    return Line(normal, px * np.cos(normal) + py * np.sin(normal), votes)
