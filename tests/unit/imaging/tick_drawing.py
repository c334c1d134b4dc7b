"""Draws forms with tick boxes for the tests, in code of its own (the product's fixtures use another generator)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from imaging.geometry import Quad
from ocr.duties import DUTIES
from ocr.model import Line

FACES = (
    "/usr/share/fonts/truetype/arphic/uming.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/truetype/arphic/ukai.ttc",
)
MARKS = ("check", "long-check", "small-check", "cross", "filled", "slash", "zigzag", "dot", "solid-glyph")
INKS = ((20, 20, 25), (25, 40, 130), (190, 25, 35))


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A drawn form.

    Attributes:
        pixels: uint8 RGB.
        lines: One recognised line a label, as an engine could have returned it.
        boxes: Pixel rectangle (left, top, right, bottom) of every box, by duty.
    """

    pixels: NDArray[np.uint8]
    lines: tuple[Line, ...]
    boxes: dict[str, tuple[float, float, float, float]]


def draw_form(
    marks: dict[str, str], random: np.random.Generator, *, size: int = 24, face: str = FACES[0],
    per_row: int = 1, glyph_boxes: bool = False, thickness: int = 1, ink: tuple[int, int, int] = INKS[0],
    line_from_box: bool = False, spans: bool = True,
) -> Form:  # fmt: skip
    """Draws the twelve boxes; `marks` says which duty is ticked and how."""
    pitch = round(size * random.uniform(1.6, 2.2))
    width, top = round(size * 42), round(size * 4)
    rows = -(-len(DUTIES) // per_row)
    sheet = Image.new("RGB", (width, top + pitch * (rows + 4)), (251, 250, 247))
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(face, size)
    side = size * random.uniform(0.68, 1.1)
    gap = size * random.uniform(0.05, 0.45)
    lines, boxes = [], {}
    for index, duty in enumerate(DUTIES):
        x = size * 2.5 + (index % per_row) * size * 20
        y = top + (index // per_row) * pitch
        if glyph_boxes:
            pen.text((x, y), "□", fill=(30, 30, 30), font=font)
            bounds = pen.textbbox((x, y), "□", font=font)
            box = (float(bounds[0]), float(bounds[1]), float(bounds[2] - 1), float(bounds[3] - 1))
            label_x = x + size
        else:
            box = (x, y + (size * 1.1 - side) / 2, x + side, y + (size * 1.1 + side) / 2)
            pen.rectangle(tuple(round(v) for v in box), outline=(30, 30, 30), width=thickness)
            label_x = x + side + gap
        pen.text((label_x, y), duty, fill=(30, 30, 30), font=font)
        boxes[duty] = box
        if duty in marks:
            _mark(pen, box, marks[duty], random, ink)
        lines.append(
            _line(duty, box, label_x, y, size, sheet.size, line_from_box=line_from_box, spans=spans, font=font)
        )
    return Form(np.array(sheet, dtype=np.uint8), tuple(lines), boxes)


def _line(duty: str, box: tuple[float, ...], x: float, y: float, size: int, sheet: tuple[int, int], *,
          line_from_box: bool, spans: bool, font: ImageFont.FreeTypeFont) -> Line:  # fmt: skip
    end = x + font.getlength(duty)
    left = box[0] if line_from_box else x
    quad = Quad.from_rect(
        (left - 3) / sheet[0], (y - 0.12 * size) / sheet[1], (end + 3) / sheet[0], (y + 1.25 * size) / sheet[1]
    )
    places: tuple[tuple[float, float], ...] = ()
    if spans:
        total = end + 3 - (left - 3)
        edges = [(x + font.getlength(duty[:k]) - left + 3) / total for k in range(len(duty) + 1)]
        places = tuple(pairwise(edges))
    return Line(duty, 0.98, quad, places)


def _mark(pen: ImageDraw.ImageDraw, box: tuple[float, ...], style: str, random: np.random.Generator,
          ink: tuple[int, int, int]) -> None:  # fmt: skip
    left, top, right, bottom = box
    side = right - left
    stroke = max(1, round(side * random.uniform(0.07, 0.14)))

    def at(x: float, y: float) -> tuple[float, float]:
        return left + side * (x + random.uniform(-0.06, 0.06)), top + side * (y + random.uniform(-0.06, 0.06))

    if style in ("filled", "solid-glyph"):
        inset = 0 if style == "solid-glyph" else side * 0.12
        pen.rectangle((left + inset, top + inset, right - inset, bottom - inset), fill=ink)
        return
    if style == "dot":
        r = side * random.uniform(0.16, 0.26)
        cx, cy = at(0.5, 0.5)
        pen.ellipse((cx - r, cy - r, cx + r, cy + r), fill=ink)
        return
    paths = {
        "check": [[at(0.15, 0.5), at(0.42, 0.85), at(0.9, 0.1)]],
        "long-check": [[at(-0.1, 0.4), at(0.35, 0.95), at(1.5, -0.5)]],
        "small-check": [[at(0.3, 0.5), at(0.45, 0.7), at(0.72, 0.3)]],
        "cross": [[at(0.1, 0.1), at(0.9, 0.9)], [at(0.9, 0.1), at(0.1, 0.9)]],
        "slash": [[at(0.05, 0.95), at(0.95, 0.05)]],
        "zigzag": [[at(0.1, 0.2), at(0.9, 0.3), at(0.15, 0.5), at(0.9, 0.65), at(0.1, 0.85)]],
    }
    for path in paths[style]:
        pen.line(path, fill=ink, width=stroke, joint="curve")


def warped(form: Form, random: np.random.Generator, tilt: float) -> Form:
    """The form seen at an angle, its lines moved with it; tilt in shares of the shorter side."""
    height, width = form.pixels.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = (corners + random.uniform(-tilt, tilt, (4, 2)) * min(width, height)).astype(np.float32)
    moved += np.maximum(0, -moved.min(axis=0))
    size = (int(moved[:, 0].max()) + 1, int(moved[:, 1].max()) + 1)
    matrix = cv2.getPerspectiveTransform(corners, moved)
    pixels = cv2.warpPerspective(form.pixels, matrix, size, flags=cv2.INTER_AREA, borderValue=(110, 105, 95))

    def seen(points: NDArray[np.float32]) -> NDArray[np.float32]:
        return cv2.perspectiveTransform(points.reshape(1, -1, 2), matrix)[0]

    lines = []
    for line in form.lines:
        place = seen(line.box.to_pixels(width_px=width, height_px=height))
        box = Quad.from_pixels(place, width_px=size[0], height_px=size[1])
        lines.append(Line(line.text, line.confidence, box, line.char_spans))
    boxes = {}
    for duty, (left, top, right, bottom) in form.boxes.items():
        quad = seen(np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32))
        boxes[duty] = (*quad.min(axis=0).tolist(), *quad.max(axis=0).tolist())
    return Form(pixels, tuple(lines), boxes)
