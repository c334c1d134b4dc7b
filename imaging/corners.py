"""Corners of a paper that are not to be seen although its sides are: folded over, torn off, or under a finger."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.geometry import Quad
from imaging.model import Pixels
from imaging.worksize import lab_planes

# The triangle at a corner that is looked at, as shares of the paper's shorter side: its legs, and the strip along the
# sides that is left out because of shadow and rounding (a card's corner has a radius of 6 %, which cuts 1.8 % deep).
LEG, STRIP = 0.11, 0.025
# What lies around the corner is taken from this far outside, the paper from the margins along both sides this far from
# the corner: further in there may be a portrait or an emblem.
OUTSIDE, MARGIN = (0.03, 0.07), (0.16, 0.4)
# Steps of the sampling grid over a length of 1.
_STEP = 0.007
# Lab levels by which paper and surroundings must differ to be told apart.
LEAST_DIFFERENCE = 14.0
# Share of the triangle that looks like the surroundings.
LEAST_MISSING = 0.6


def missing_corners(work: Pixels, outline: Quad) -> tuple[Quad, ...]:
    """Corners of an outline where the picture does not show the paper.

    Args:
        work: uint8 RGB working copy, long side about 768 px.
        outline: Four visible sides, in fractions.

    Returns:
        For each missing corner its square on the picture, in fractions. Empty when desk and paper look the same.
    """
    height_px, width_px = work.shape[:2]
    corners = outline.to_pixels(width_px=width_px, height_px=height_px).astype(np.float64)
    smooth = np.asarray(cv2.blur(work, (3, 3)), np.uint8)
    lengths = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    shorter = float(lengths.min())
    found = []
    for k in range(4):
        ahead, back = corners[(k + 1) % 4] - corners[k], corners[k - 1] - corners[k]
        along = ahead / max(float(np.hypot(*ahead)), 1e-6) * shorter
        down = back / max(float(np.hypot(*back)), 1e-6) * shorter
        if _is_missing(smooth, corners[k], along, down):
            reach = [corners[k], corners[k] + LEG * along, corners[k] + LEG * (along + down), corners[k] + LEG * down]
            found.append(_around(np.array(reach), width_px=width_px, height_px=height_px))
    return tuple(found)


def _is_missing(
    smooth: Pixels, corner: NDArray[np.float64], along: NDArray[np.float64], down: NDArray[np.float64]
) -> bool:
    u, v = np.meshgrid(np.arange(-OUTSIDE[1], MARGIN[1], _STEP), np.arange(-OUTSIDE[1], MARGIN[1], _STEP))
    xs = corner[0] + u * along[0] + v * down[0]
    ys = corner[1] + u * along[1] + v * down[1]
    visible = (xs >= 0) & (ys >= 0) & (xs <= smooth.shape[1] - 1) & (ys <= smooth.shape[0] - 1)
    seen = cv2.remap(smooth, xs.astype(np.float32), ys.astype(np.float32), cv2.INTER_NEAREST)
    colour = lab_planes(np.asarray(seen, np.uint8))
    nearest, farthest = np.minimum(u, v), np.maximum(u, v)
    outside = visible & (nearest < -OUTSIDE[0]) & (farthest < MARGIN[0])
    inside = visible & (nearest > STRIP) & (nearest < 3 * STRIP) & (farthest > MARGIN[0])
    asked = visible & (nearest >= STRIP) & (u + v <= LEG)
    if min(int(outside.sum()), int(inside.sum()), int(asked.sum())) < 12:
        return False
    around, paper = np.median(colour[outside], axis=0), np.median(colour[inside], axis=0)
    if float(np.linalg.norm(around - paper)) < LEAST_DIFFERENCE:
        return False
    pixels = colour[asked]
    nearer = np.linalg.norm(pixels - around, axis=1) < np.linalg.norm(pixels - paper, axis=1)
    return float(nearer.mean()) >= LEAST_MISSING


def _around(points: NDArray[np.float64], *, width_px: int, height_px: int) -> Quad:
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return Quad.from_rect(
        float(left) / width_px, float(top) / height_px, float(right) / width_px, float(bottom) / height_px
    )
