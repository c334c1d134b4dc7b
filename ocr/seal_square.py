"""Reads square seals: rows of characters inside a frame, from left to right."""

from __future__ import annotations

from statistics import mean

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels
from imaging.seal import SealSpot
from imaging.seal_crop import SealCrop, clean_ink
from imaging.seal_ink import Plane
from imaging.seal_strip import as_line
from ocr.engine import Engine, Recognised
from ocr.seal_vote import han_count, is_han

# The frame is laid flat on this many pixels on its longer side: three rows are then 100 px high each.
FLAT_PX = 360
# The frame's own lines, as a share of the shorter side (own seals 0.06 and a fit that is a little off).
FRAME = 0.075
# Rows of a seal, and blank between two of them, as a share of the strongest row's ink.
ROWS_MAX = 5
BLANK = 0.22
# A row lower than this, as a share of the inside, is a piece of the frame.
ROW_MIN = 0.10
# Seals pressed upside down or sideways are tried when the page's way up reads worse than this.
SURE = 0.6
# Least number of characters that make a name.
NAME_MIN = 4


def read_rows(crop: SealCrop, spot: SealSpot, engine: Engine, *, width_px: int, height_px: int) -> tuple[str, float]:
    """The rows of a square seal as one text, and its certainty.

    Args:
        crop: The seal.
        spot: The same, with its corners.
        engine: Recognises line images.
        width_px: Width of the page that the spot refers to.
        height_px: Its height.

    Returns:
        Text and confidence; an empty text when fewer than four characters were read.
    """
    if spot.corners is None:
        return "", 0.0
    corners = spot.corners.to_pixels(width_px=width_px, height_px=height_px)
    on_crop = np.asarray((corners - np.array(crop.origin_px, np.float32)) * crop.zoom, np.float32)
    best = ("", 0.0)
    for turn in range(4):
        found = _read_flat(_flat(clean_ink(crop), np.roll(on_crop, turn, axis=0)), engine)
        best = max(best, found, key=lambda item: item[1] * han_count(item[0]))
        if best[1] >= SURE:
            break
    return best if han_count(best[0]) >= NAME_MIN else ("", 0.0)


def _flat(plane: Plane, corners: NDArray[np.float32]) -> Plane:
    """The inside of the frame, upright: 1 = paper."""
    wide = float(np.linalg.norm(corners[1] - corners[0]))
    high = float(np.linalg.norm(corners[3] - corners[0]))
    scale = FLAT_PX / max(wide, high, 1.0)
    width, height = max(16, round(wide * scale)), max(16, round(high * scale))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    warp = cv2.getPerspectiveTransform(corners, target)
    flat = cv2.warpPerspective(plane, warp, (width, height), flags=cv2.INTER_CUBIC)
    edge = round(FRAME * min(width, height))
    return np.asarray(flat[edge:-edge, edge:-edge], np.float32)


def _read_flat(flat: Plane, engine: Engine) -> tuple[str, float]:
    rows = _rows(flat)
    if not rows:
        return "", 0.0
    answers = engine.recognise([_line(flat, top, bottom) for top, bottom in rows])
    kept = [(text, answer.confidence) for answer in answers if (text := _han(answer))]
    if not kept:
        return "", 0.0
    return "".join(text for text, _ in kept), mean(confidence for _, confidence in kept)


def _han(answer: Recognised) -> str:
    return "".join(character for character in answer.text if is_han(character))


def _rows(flat: Plane) -> list[tuple[int, int]]:
    """Top and bottom of each row of characters."""
    profile = cv2.GaussianBlur((1 - flat).clip(0, 1).mean(axis=1)[:, None], (1, 5), 0)[:, 0]
    inked = profile > BLANK * float(np.quantile(profile, 0.9))
    edges = np.flatnonzero(np.diff(np.concatenate([[0], inked.astype(np.int8), [0]])))
    runs = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    return [(a, b) for a, b in runs if b - a >= ROW_MIN * len(flat)][:ROWS_MAX]


def _line(flat: Plane, top: int, bottom: int) -> Pixels:
    margin = max(2, (bottom - top) // 8)
    piece = flat[max(0, top - margin) : bottom + margin]
    scale = 48 / piece.shape[0]
    size = (max(16, round(piece.shape[1] * scale)), 48)
    # Seals squeeze their characters; the recogniser knows square ones.
    return as_line(cv2.resize(piece, size, interpolation=cv2.INTER_AREA).astype(np.float32))
