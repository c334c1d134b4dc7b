"""Tells a phone's screenshot from a photograph or a scan, by what only a program draws.

A screen is much longer than wide; a program fills whole lines of it with one colour to the last bit, where paper, desk
and sensor never agree; and along the top runs a plain strip with small marks at its two ends: clock and battery.
What this does not find: a screenshot cut to the document, a turned one, a computer's window.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels

# Phones since 2010 have 16:9 (1.78) and longer; pages have 1.41, cards 1.59, cameras 1.33, few 1.78.
LEAST_ASPECT = 1.7
# Levels by which the pixels of a plain line may differ: JPEG of quality 60 moves an even area by 2, print next to it
# rings further, but not over the whole line.
PLAIN_LEVELS = 8
# Share of plain lines on a screen: 80 drawn screens 0.13 and more, photographs and scans of documents 0.00.
LEAST_PLAIN = 0.05
# Depths that a phone's status bar has, as shares of the height: 24 of 800 units on long phones to 44 of 640.
STRIP_SHARES = (0.022, 0.03, 0.038, 0.047, 0.058, 0.068)
# Its marks stand in the outer parts, its middle is empty (a clock in the middle is on older phones).
OUTER_SHARE = 0.42
# Pixels that differ this much from the strip's colour are marks; so much of an outer part they cover.
MARK_LEVELS = 60
MARK_COVER = (0.002, 0.35)
# Around marks JPEG rings, within one block and by so much; elsewhere the strip must be even but for strays.
RIM_PX, RINGING_LEVELS, MOST_STRAY = 17, 16, 0.01
# A viewer's bars without marks, as a share of the height at top and bottom.
LEAST_BAR = 0.04


@dataclass(frozen=True, slots=True)
class ScreenSigns:
    """What speaks for a screenshot.

    Attributes:
        aspect: Height over width.
        plain: Share of lines of one colour, 0..1.
        status_bar: A plain strip with marks at both ends runs along the top.
        bars: Plain bars without marks stand above and below.
    """

    aspect: float
    plain: float
    status_bar: bool
    bars: bool

    @property
    def is_screenshot(self) -> bool:
        return self.aspect >= LEAST_ASPECT and self.plain >= LEAST_PLAIN and (self.status_bar or self.bars)


def screen_signs(pixels: Pixels) -> ScreenSigns:
    """Looks for a phone's screen.

    Args:
        pixels: uint8 RGB of shape (height, width, 3) as uploaded; straightening would take the bars away.
    """
    height, width = pixels.shape[:2]
    aspect = height / max(1, width)
    if aspect < LEAST_ASPECT or width < 64:
        return ScreenSigns(aspect, 0.0, status_bar=False, bars=False)
    plain = _plain_lines(pixels)
    depth = max(1, round(LEAST_BAR * height))
    bars = bool(plain[:depth].mean() > 0.9 and plain[-depth:].mean() > 0.9)
    return ScreenSigns(aspect, float(plain.mean()), _has_status_bar(pixels), bars)


def _plain_lines(pixels: Pixels) -> NDArray[np.bool_]:
    """Which lines are of one colour over the middle 96 % of their length; rounded corners are left out."""
    rim = max(1, round(0.02 * pixels.shape[1]))
    inner = np.ascontiguousarray(pixels[:, rim:-rim])
    most, least = (cv2.reduce(inner, 1, kind)[:, 0].astype(np.int16) for kind in (cv2.REDUCE_MAX, cv2.REDUCE_MIN))
    return np.asarray((most - least).max(axis=1) <= PLAIN_LEVELS)


def _has_status_bar(pixels: Pixels) -> bool:
    depths = sorted({max(8, round(share * pixels.shape[0])) for share in STRIP_SHARES})
    return any(_is_status_bar(pixels[:depth]) for depth in depths)


def _is_status_bar(strip: Pixels) -> bool:
    """A strip whose ground is one colour and that carries marks at both ends and none in the middle."""
    ground = np.median(strip.reshape(-1, 3), axis=0)
    away = np.abs(strip.astype(np.float32) - ground).max(axis=2)
    marks = away > MARK_LEVELS
    # What is neither mark nor ground is the soft rim of the marks; a photograph is full of it.
    near = cv2.dilate(marks.astype(np.uint8), np.ones((RIM_PX, RIM_PX), np.uint8))
    if float(((away > RINGING_LEVELS) & (near == 0)).mean()) > MOST_STRAY:
        return False
    reach = round(OUTER_SHARE * strip.shape[1])
    covers = [float(part.mean()) for part in (marks[:, :reach], marks[:, -reach:])]
    clear = float(marks[:, reach:-reach].mean()) < MARK_COVER[0]
    return clear and all(MARK_COVER[0] <= cover <= MARK_COVER[1] for cover in covers)
