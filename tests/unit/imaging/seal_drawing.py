"""Draws round and oval seals for the tests, in code of its own: the product's fixtures use another generator.

Two generators that do not share code keep the readers from fitting one way of drawing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc",
    "/usr/share/fonts/truetype/arphic/uming.ttc",
    "/usr/share/fonts/truetype/arphic-gbsn00lp/gbsn00lp.ttf",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-SemiBold.ttc",
)
TEXT_FONT = "/usr/share/fonts/truetype/arphic/uming.ttc"
# Drawn this many times larger, then reduced: strokes get soft edges like ink.
OVERSAMPLING = 4


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is engraved.

    Attributes:
        name: Text along the arc.
        number: Digits along the bottom; empty for none.
        centre: Horizontal text under the star; empty for none.
        aspect: Width over height; 1 is round.
        span_deg: Angle that the name takes.
        ring: Ring thickness as a share of the radius.
        text_height: Height of the arc's characters as a share of the radius.
        text_top: Outer edge of the characters as a share of the radius.
        squeeze: Width over height of one character.
        star: True draws the five-pointed star.
        font: Font file.
    """

    name: str
    number: str = ""
    centre: str = ""
    aspect: float = 1.0
    span_deg: float = 250.0
    ring: float = 0.05
    text_height: float = 0.26
    text_top: float = 0.90
    squeeze: float = 0.75
    star: bool = True
    font: str = FONTS[0]


def _glyph(character: str, font: str, height: int, squeeze: float) -> Image.Image:
    face = ImageFont.truetype(font, height)
    tile = Image.new("L", (height * 2, height * 2), 0)
    ImageDraw.Draw(tile).text((height, height), character, fill=255, font=face, anchor="mm")
    box = tile.getbbox()
    centred = tile.crop((height // 2, height // 2, height // 2 + height, height // 2 + height)) if box else tile
    return centred.resize((max(2, round(height * squeeze)), height))


def _place(canvas: Image.Image, glyph: Image.Image, centre: tuple[float, float], turn_deg: float) -> None:
    turned = glyph.rotate(-turn_deg, expand=True, resample=Image.Resampling.BICUBIC)
    corner = (round(centre[0] - turned.width / 2), round(centre[1] - turned.height / 2))
    canvas.paste(255, corner, turned)


def _oval_point(a: float, b: float, turn: float) -> tuple[float, float, float]:
    """Point and outward direction at arc share `turn` (radians from the top, by arc length, clockwise)."""
    grid = np.linspace(-math.pi, math.pi, 2001)
    xs, ys = a * np.sin(grid), -b * np.cos(grid)
    steps = np.hypot(np.diff(xs), np.diff(ys))
    length = np.concatenate([[0.0], np.cumsum(steps)])
    phi = float(np.interp((turn + math.pi) / (2 * math.pi) * length[-1], length, grid))
    x, y = a * math.sin(phi), -b * math.cos(phi)
    return x, y, math.degrees(math.atan2(math.sin(phi) / a, math.cos(phi) / b))


def _arc_text(
    canvas: Image.Image,
    text: str,
    stamp: Stamp,
    *,
    a: float,
    b: float,
    inset: float,
    height: float,
    span_deg: float,
    bottom: bool,
) -> None:
    middle = canvas.width / 2, canvas.height / 2
    step = math.radians(span_deg) / max(1, len(text))
    for index, character in enumerate(text):
        offset = (index - (len(text) - 1) / 2) * step
        turn = math.pi - offset if bottom else offset
        turn = (turn + math.pi) % (2 * math.pi) - math.pi
        x, y, direction = _oval_point(a - inset, b - inset, turn)
        glyph = _glyph(character, stamp.font, max(4, round(height)), stamp.squeeze if not bottom else 0.8)
        _place(canvas, glyph, (middle[0] + x, middle[1] + y), direction + (180 if bottom else 0))


def _star(canvas: Image.Image, radius: float) -> None:
    cx, cy = canvas.width / 2, canvas.height / 2
    points = []
    for k in range(10):
        length = radius if k % 2 == 0 else radius * 0.382
        angle = math.pi * k / 5
        points.append((cx + length * math.sin(angle), cy - length * math.cos(angle)))
    ImageDraw.Draw(canvas).polygon(points, fill=255)


def ink_of(stamp: Stamp, *, diameter_px: int, turn_deg: float = 0.0) -> NDArray[np.float32]:
    """Coverage 0..1 of the stamp's ink, float32 (height, width), seal centred with a margin of 12 %."""
    scale = OVERSAMPLING
    b = diameter_px * scale / 2
    a = b * stamp.aspect
    margin = 0.12 * b
    canvas = Image.new("L", (round(2 * (a + margin)), round(2 * (b + margin))), 0)
    cx, cy = canvas.width / 2, canvas.height / 2
    ring = max(scale, round(stamp.ring * b))
    ImageDraw.Draw(canvas).ellipse((cx - a, cy - b, cx + a, cy + b), outline=255, width=ring)
    height = stamp.text_height * b
    _arc_text(
        canvas,
        stamp.name,
        stamp,
        a=a,
        b=b,
        inset=(1 - stamp.text_top) * b + height / 2,
        height=height,
        span_deg=stamp.span_deg,
        bottom=False,
    )
    if stamp.number:
        _arc_text(
            canvas,
            stamp.number,
            stamp,
            a=a,
            b=b,
            inset=0.15 * b,
            height=0.11 * b,
            span_deg=min(90.0, 6.0 * len(stamp.number)),
            bottom=True,
        )
    if stamp.star:
        _star(canvas, 0.3 * b)
    if stamp.centre:
        face = ImageFont.truetype(stamp.font, round(0.2 * b))
        ImageDraw.Draw(canvas).text((cx, cy + 0.45 * b), stamp.centre, fill=255, font=face, anchor="mm")
    turned = canvas.rotate(-turn_deg, expand=True, resample=Image.Resampling.BICUBIC)
    ink = cv2.resize(np.asarray(turned), None, fx=1 / scale, fy=1 / scale, interpolation=cv2.INTER_AREA)
    return (ink / 255.0).astype(np.float32)


def uneven(ink: NDArray[np.float32], random: np.random.Generator, strength: float) -> NDArray[np.float32]:
    """Ink with fine pores and broad pale areas; strength 0 (perfect) to 1 (barely legible)."""
    height, width = ink.shape
    broad = cv2.resize(random.random((5, 5)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    fine = cv2.GaussianBlur(random.random((height, width)).astype(np.float32), (0, 0), 0.8)
    spread = (fine - fine.mean()) / max(1e-6, float(fine.std()))
    keep = np.clip(1.15 - strength * (0.7 * broad + 0.25 * np.clip(spread, 0, 2)), 0.15, 1.0)
    return (ink * keep).astype(np.float32)


def stamped(
    page: NDArray[np.uint8],
    ink: NDArray[np.float32],
    *,
    centre: tuple[float, float],
    colour: tuple[int, int, int] = (205, 30, 40),
    density: float = 0.9,
) -> NDArray[np.uint8]:
    """The page (uint8 RGB) with the ink multiplied on, centred at the pixel (x, y)."""
    height, width = ink.shape
    left, top = round(centre[0] - width / 2), round(centre[1] - height / 2)
    x0, y0, x1, y1 = max(0, left), max(0, top), min(page.shape[1], left + width), min(page.shape[0], top + height)
    out = page.astype(np.float32)
    cover = ink[y0 - top : y1 - top, x0 - left : x1 - left, None] * density
    tint = np.array(colour, np.float32) / 255.0
    out[y0:y1, x0:x1] *= 1 - cover + cover * tint
    return np.clip(out + 0.5, 0, 255).astype(np.uint8)


def page_with_text(
    lines: list[str],
    *,
    width: int = 1000,
    height: int = 700,
    size: int = 24,
    top: int = 60,
    pitch: int = 52,
    paper: tuple[int, int, int] = (250, 249, 246),
) -> NDArray[np.uint8]:
    """A sheet with black lines of text, uint8 RGB."""
    sheet = Image.new("RGB", (width, height), paper)
    pen = ImageDraw.Draw(sheet)
    face = ImageFont.truetype(TEXT_FONT, size)
    for index, line in enumerate(lines):
        pen.text((70, top + index * pitch), line, fill=(35, 34, 36), font=face)
    return np.array(sheet, dtype=np.uint8)


def photographed(
    page: NDArray[np.uint8],
    random: np.random.Generator,
    *,
    tilt: float = 0.0,
    blur: float = 0.0,
    cast: float = 0.0,
    shade: float = 0.0,
    noise: float = 0.0,
    quality: int = 90,
) -> NDArray[np.uint8]:
    """The page as a camera gives it: perspective, blur, colour cast, uneven light, noise, JPEG with 4:2:0."""
    height, width = page.shape[:2]
    image = page.astype(np.float32)
    if tilt:
        corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        moved = corners + random.uniform(-tilt, tilt, (4, 2)).astype(np.float32) * min(width, height)
        matrix = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
        image = cv2.warpPerspective(image, matrix, (width, height), flags=cv2.INTER_AREA, borderValue=(120, 110, 95))
    if blur:
        image = cv2.GaussianBlur(image, (0, 0), blur)
    if cast:
        image = image * (1 - cast * np.array([0.0, 0.3, 0.9], np.float32))
    if shade:
        corners = random.uniform(1 - shade, 1.0, (2, 2)).astype(np.float32)
        image = image * cv2.resize(corners, (width, height), interpolation=cv2.INTER_CUBIC)[..., None]
    if noise:
        image = image + random.normal(0, noise, image.shape)
    ready = np.clip(image, 0, 255).astype(np.uint8)
    settings = [
        cv2.IMWRITE_JPEG_QUALITY,
        quality,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420,
    ]
    _, data = cv2.imencode(".jpg", ready[..., ::-1], settings)
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1])
