"""Draws one tick box before its label, straight or turned, for tests that need many: `draw_form` draws twelve."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from imaging.tick_patch import LabelStart
from tests.unit.imaging.tick_drawing import FACES, _mark

LABEL = "资本、基金核算"
# What was done to the box, and the states that a person would accept for it.
STRUCK, RINGED, BESIDE, GRAZED = "struck", "ringed", "beside", "grazed"
# Drawn this many times larger, then reduced: strokes of any width and soft edges.
_OVERSAMPLING = 4


@dataclass(frozen=True, slots=True, eq=False)
class LoneBox:
    """A picture, uint8 RGB, and where the label on it begins."""

    pixels: NDArray[np.uint8]
    start: LabelStart


def draw_lone_box(
    style: str, random: np.random.Generator, *, em_px: float, side_em: float, gap_em: float, line_px: float,
    angle_deg: float, face: str = FACES[0], ink: tuple[int, int, int] = (25, 40, 130),
) -> LoneBox:  # fmt: skip
    """A box of `side_em` characters with a frame of `line_px`, a label behind it, both turned by the angle.

    Args:
        style: `empty`, a mark of tick_drawing.MARKS, or one of STRUCK, RINGED, BESIDE, GRAZED.
        random: For the hand.
        em_px: Size of a printed character on the finished picture.
        side_em: Side of the box in characters.
        gap_em: From the box to the label.
        line_px: Width of the frame on the finished picture.
        angle_deg: Tilt of the line, clockwise.
        face: Font file of the label.
        ink: Colour of the pen.
    """
    em = em_px * _OVERSAMPLING
    width, height = round(em * 14), round(em * 5)
    sheet = Image.new("RGB", (width, height), (250, 249, 246))
    pen = ImageDraw.Draw(sheet)
    side, middle, left = em * side_em, height / 2, em * 4
    box = (left, middle - side / 2, left + side, middle + side / 2)
    pen.rectangle(tuple(round(v) for v in box), outline=(30, 30, 30), width=max(1, round(line_px * _OVERSAMPLING)))
    label_x = left + side + em * gap_em
    pen.text((label_x, middle), LABEL, fill=(30, 30, 30), font=ImageFont.truetype(face, round(em)), anchor="lm")
    _treat(pen, box, style, random, ink, em)
    turned = cv2.getRotationMatrix2D((width / 2, height / 2), -angle_deg, 1.0)
    page = cv2.warpAffine(np.asarray(sheet, np.uint8), turned, (width, height), borderMode=cv2.BORDER_REPLICATE)
    small = cv2.resize(page, (width // _OVERSAMPLING, height // _OVERSAMPLING), interpolation=cv2.INTER_AREA)
    x, y = turned @ np.array([label_x, middle, 1.0])
    along = (math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg)))
    start = LabelStart(x / _OVERSAMPLING, y / _OVERSAMPLING, em_px, along, (-along[1], along[0]))
    return LoneBox(np.asarray(small, np.uint8), start)


def _treat(
    pen: ImageDraw.ImageDraw, box: tuple[float, ...], style: str, random: np.random.Generator,
    ink: tuple[int, int, int], em: float,
) -> None:  # fmt: skip
    left, top, right, bottom = box
    side, stroke = right - left, max(1, round(em * random.uniform(0.07, 0.12)))
    if style == STRUCK:
        _mark(pen, box, "check", random, ink)
        y = (top + bottom) / 2 + side * random.uniform(-0.08, 0.08)
        rise = side * random.uniform(-0.06, 0.06)
        pen.line([(left - 0.6 * side, y - rise), (right + 0.5 * side, y + rise)], fill=ink, width=stroke)
    elif style == RINGED:
        x, y, reach = (left + right) / 2, (top + bottom) / 2, side * random.uniform(0.8, 0.95)
        pen.ellipse((x - reach, y - reach, x + reach, y + reach), outline=ink, width=stroke)
    elif style == BESIDE:
        away = left - em * random.uniform(1.0, 1.3)
        path = [(away, top + 0.5 * side), (away + 0.3 * em, bottom), (away + 0.8 * em, top)]
        pen.line(path, fill=ink, width=stroke, joint="curve")
    elif style == GRAZED:
        pen.line(
            [(left + 0.05 * side, bottom + em), (right + 0.3 * side, bottom - 0.12 * side)], fill=ink, width=stroke
        )
    elif style != "empty":
        _mark(pen, box, style, random, ink)
