"""QR codes and Code 128 bar codes on a page, with OpenCV and our own reading of modules and bars.

OpenCV's QR readers never see an uploaded picture: the searches of the plain and of the ArUco-based one may run for
minutes (opencv issue 26642; 257 s measured here on a page tiled with squares), the WeChat one's may end the process
(opencv_contrib issue 3570). Codes are found and their modules read here; the plain reader gets them drawn anew.
What is not stopped: the content of a code is whatever its maker wrote; a caller must not follow it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.code_128 import read_code_128
from imaging.geometry import Quad
from imaging.model import Pixels
from imaging.qr_finders import find_places
from imaging.qr_grid import Grid, Modules, fit_grids, modules_of

# Work is bounded by counts and not by a clock. Places looked at closely, most: papers carry one code or two.
MAX_PLACES = 4
# Places that may be a bar code, looked at closely at most; borders, rules and tables look like bars too.
MAX_BARS = 12
# Longer side of the picture that is searched; a code of 15 mm on A4 has 3 pixels a module there.
MAX_SIDE_PX = 2600
# Characters kept of one content: a level L code of version 14 holds 458 bytes.
MAX_CONTENT = 500
# Below this side no code of 21 modules can be told from noise.
_MIN_SIDE_PX = 40
# Pixels a module when a code is drawn anew, and white modules around it.
_REDRAWN_PX, _QUIET = 4, 4
# Two finds whose middles are nearer than this share of the page's width are one code.
_SAME_PLACE = 0.03


@dataclass(frozen=True, slots=True)
class Code:
    """One code.

    Attributes:
        content: What it says; empty when it was located and could not be decoded.
        symbology: `qr` or `bar`.
        box: Place on the pixels that were handed in.
    """

    content: str
    symbology: str
    box: Quad


def find_codes(pixels: Pixels) -> tuple[Code, ...]:
    """All codes of a page, decoded ones first; never raises on any picture.

    Bounded work: squares at five sizes, at most `MAX_PLACES` places with 12 attempts to decode each, and `MAX_BARS`
    places that may be bars. The budget is two seconds on one core for the worst page of 2,600 px; a page of 2,000 px
    without a code takes about 45 ms.

    Args:
        pixels: uint8 RGB of shape (height, width, 3).

    Returns:
        QR codes, also those that were located and not decoded, and bar codes that were decoded (a located bar code that
        says nothing is too often a line of print).
    """
    if pixels.ndim != 3 or min(pixels.shape[:2]) < _MIN_SIDE_PX:
        return ()
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    scale = min(1.0, MAX_SIDE_PX / max(grey.shape))
    if scale < 1.0:
        grey = np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    found = [*_qr_codes(grey), *_bar_codes(grey)]
    return tuple(sorted(_merged(found), key=lambda code: not code.content))


def text_of(content: bytes) -> str:
    """Bytes of a code as text: UTF-8 when they are, else GB 18030, else empty: guessed letters help nobody."""
    for encoding in ("utf-8", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return "".join(char for char in text if char.isprintable())[:MAX_CONTENT]
    return ""


def _qr_codes(grey: NDArray[np.uint8]) -> Iterator[Code]:
    height_px, width_px = grey.shape
    for corners in find_places(grey, limit=MAX_PLACES):
        grids = fit_grids(grey, corners)
        if grids:
            box = Quad.from_pixels(grids[0].corners, width_px=width_px, height_px=height_px)
            yield Code(_qr_content(grey, grids), "qr", box)


def _qr_content(grey: NDArray[np.uint8], grids: Iterable[Grid]) -> str:
    contents = (_decoded(modules) for grid in grids for modules in modules_of(grey, grid))
    return next((content for content in contents if content), "")


def _decoded(modules: Modules) -> str:
    """Content of a module matrix; empty when its error correction says that too much is wrong."""
    side = modules.shape[0]
    framed = np.pad(np.where(modules, 0, 255).astype(np.uint8), _QUIET, constant_values=255)
    drawn = cv2.resize(framed, None, fx=_REDRAWN_PX, fy=_REDRAWN_PX, interpolation=cv2.INTER_NEAREST)
    first, last = _QUIET * _REDRAWN_PX, (_QUIET + side) * _REDRAWN_PX - 1
    corners = np.array([[[first, first], [last, first], [last, last], [first, last]]], dtype=np.float32)
    try:
        content, _ = cv2.QRCodeDetector().decodeBytes(drawn, corners)
    except cv2.error:
        return ""
    return text_of(bytes(content))


def _bar_codes(grey: NDArray[np.uint8]) -> Iterator[Code]:
    """Code 128, where OpenCV sees bars.

    What OpenCV itself decodes there is not asked for: it knows the codes of goods only, which stand on no certificate,
    and with one check digit it reads them out of Code 128 (seen on a drawn page).
    """
    try:
        found, corners = cv2.barcode.BarcodeDetector().detectMulti(grey)
    except cv2.error:
        return
    if not found or corners is None:
        return
    height_px, width_px = grey.shape
    # OpenCV starts at the bottom left corner of a bar code.
    for place in np.roll(np.asarray(corners, dtype=np.float32).reshape(-1, 4, 2), -1, axis=1)[:MAX_BARS]:
        content = read_code_128(grey, place) if np.isfinite(place).all() else ""
        if content:
            yield Code(content[:MAX_CONTENT], "bar", Quad.from_pixels(place, width_px=width_px, height_px=height_px))


def _merged(codes: Iterable[Code]) -> list[Code]:
    """Every code once: of two finds at one place the decoded one stays."""
    kept: list[Code] = []
    for code in sorted(codes, key=lambda code: not code.content):
        if not any(other.symbology == code.symbology and _near(other.box, code.box) for other in kept):
            kept.append(code)
    return kept


def _near(a: Quad, b: Quad) -> bool:
    return abs(a.centre[0] - b.centre[0]) < _SAME_PLACE and abs(a.centre[1] - b.centre[1]) < _SAME_PLACE
