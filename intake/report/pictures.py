"""Reduced pictures for the report: made from a rendition, written beside the results, evicted with their card."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import cv2

from imaging.model import Rendition
from intake.model import CaseResult, Picture

# Wide enough to read 8-point print of an A4 page on a reviewer's screen, small enough for hundreds of cards.
REPORT_SIDE_PX = 1200
# Below 75 the edges of strokes ring at this size; above 80 the file grows without a visible gain (own comparison).
REPORT_QUALITY = 78


def case_key(name: str) -> str:
    """A folder name for a case: safe on every file system, and tells nothing about the person."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def reduce_rendition(slot: str, rendition: Rendition, *, number: int = 1) -> Picture:
    """A JPEG copy with its longer side at most `REPORT_SIDE_PX`; never enlarged. `number` counts a slot's from 1."""
    scale = min(1.0, REPORT_SIDE_PX / max(rendition.width_px, rendition.height_px))
    width_px, height_px = max(1, round(rendition.width_px * scale)), max(1, round(rendition.height_px * scale))
    small = cv2.resize(rendition.pixels, (width_px, height_px), interpolation=cv2.INTER_AREA)
    encoded = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, REPORT_QUALITY])[
        1
    ]
    return Picture(slot=slot, jpeg=encoded.tobytes(), width_px=width_px, height_px=height_px, number=number)


def picture_name(slot: str, number: int) -> str:
    """File name of one of a slot's pictures: `slot.jpg`, and `slot.2.jpg` for a second document on the same upload.

    No slot holds a dot, so the names of two slots never meet.
    """
    return f"{slot}.jpg" if number == 1 else f"{slot}.{number}.jpg"


def write_pictures(folder: Path, result: CaseResult) -> None:
    """Writes a case's pictures to `folder`/key, each complete or not at all."""
    if not result.pictures:
        return
    place = folder / case_key(result.name)
    place.mkdir(parents=True, exist_ok=True)
    for picture in result.pictures:
        target = place / picture_name(picture.slot, picture.number)
        part = target.with_suffix(".part")
        part.write_bytes(picture.jpeg)
        os.replace(part, target)


def drop_pictures(folder: Path, name: str) -> None:
    """Removes a case's pictures; nothing happens when it has none."""
    shutil.rmtree(folder / case_key(name), ignore_errors=True)
