"""Small made-up scenes for the outline and quality tests: drawn papers, drawn desks, and a camera.

The papers carry pseudo characters (a few random strokes in a cell), so no font is needed and no test depends on one.
Everything is a pure function of its arguments; the only randomness is the generator that is handed in.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Colour = tuple[int, int, int]

WHITE: Colour = (246, 246, 243)
CREAM: Colour = (240, 228, 200)
BLUE: Colour = (196, 216, 232)
INK: Colour = (35, 35, 40)


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A picture and where the paper really lies in it, pixel corners of shape (4, 2), clockwise from top left."""

    pixels: Pixels
    corners: NDArray[np.float32]


def draw_glyph(page: Pixels, *, left: int, top: int, size: int, rng: np.random.Generator, ink: Colour = INK) -> None:
    """Three to six strokes in a cell: as dense as a Chinese character, without being one."""
    thick = max(1, size // 11)
    for _ in range(int(rng.integers(3, 7))):
        a = int(rng.integers(0, size))
        if rng.random() < 0.55:
            cv2.line(page, (left + size // 10, top + a), (left + size - size // 10, top + a), ink, thick, cv2.LINE_AA)
        else:
            b = int(np.clip(a + rng.integers(-size // 3, size // 3 + 1), 0, size))
            cv2.line(page, (left + a, top), (left + b, top + size), ink, thick, cv2.LINE_AA)


def draw_line(
    page: Pixels, *, left: int, top: int, size: int, count: int, rng: np.random.Generator, ink: Colour = INK
) -> None:
    """A row of pseudo characters."""
    for i in range(count):
        draw_glyph(page, left=left + int(i * size * 1.12), top=top, size=size, rng=rng, ink=ink)


def text_page(
    rng: np.random.Generator,
    *,
    width_px: int = 840,
    height_px: int = 1188,
    colour: Colour = WHITE,
    size_px: int = 17,
    frame: bool = False,
    table: bool = False,
    seal: bool = True,
) -> Pixels:
    """A sheet with a title, lines of text, and on request an inner frame, a table and a red seal."""
    page = np.full((height_px, width_px, 3), colour, np.uint8)
    margin = width_px // 9
    title = size_px * 2
    draw_line(page, left=width_px // 2 - 4 * title, top=margin, size=title, count=7, rng=rng)
    top = margin + title * 2
    if table:
        for k in range(9):
            y = top + k * (height_px - top - margin * 2) // 8
            cv2.line(page, (margin, y), (width_px - margin, y), INK, 2)
        for k in range(4):
            x = margin + k * (width_px - 2 * margin) // 3
            cv2.line(page, (x, top), (x, top + 8 * ((height_px - top - margin * 2) // 8)), INK, 2)
    while top < height_px - margin - size_px:
        if rng.random() < 0.85:
            most = int((width_px - 2 * margin - size_px) / (size_px * 1.12))
            draw_line(page, left=margin + 6, top=top, size=size_px, count=int(rng.integers(most // 3, most)), rng=rng)
        top += int(size_px * 2.2)
    if frame:
        inset = width_px // 16
        for step, thick in ((0, 5), (9, 2)):
            corner = (inset + step, inset + step)
            opposite = (width_px - inset - step, height_px - inset - step)
            cv2.rectangle(page, corner, opposite, (150, 60, 50), thick)
        draw_line(page, left=width_px // 3, top=height_px - inset + 12, size=size_px, count=12, rng=rng)
    if seal:
        centre = (int(width_px * 0.7), int(height_px * 0.8))
        cv2.circle(page, centre, width_px // 11, (205, 50, 55), 5, cv2.LINE_AA)
        cv2.circle(page, centre, width_px // 40, (205, 50, 55), -1, cv2.LINE_AA)
    return page


def card(rng: np.random.Generator, *, width_px: int = 1000, colour: Colour = BLUE) -> tuple[Pixels, Pixels]:
    """An ID-1 card and its mask with rounded corners (ISO/IEC 7810: 85.60 × 53.98 mm, radius 3.18 mm)."""
    height_px = round(width_px * 53.98 / 85.60)
    page = np.full((height_px, width_px, 3), colour, np.uint8)
    waves = (6 * np.sin(np.arange(width_px) / 9.0)).astype(np.int16)
    page = np.clip(page.astype(np.int16) + waves[None, :, None], 0, 255).astype(np.uint8)
    size = width_px // 24
    for k in range(5):
        draw_line(page, left=width_px // 14, top=height_px // 9 + k * size * 2, size=size, count=6 + k % 4, rng=rng)
    draw_line(page, left=width_px // 3, top=height_px - size * 2, size=size, count=13, rng=rng)
    cv2.rectangle(
        page, (int(width_px * 0.66), height_px // 6), (int(width_px * 0.93), int(height_px * 0.72)), (120, 95, 85), -1
    )
    radius = round(width_px * 3.18 / 85.60)
    mask = np.zeros((height_px, width_px), np.uint8)
    cv2.rectangle(mask, (radius, 0), (width_px - radius, height_px), 255, -1)
    cv2.rectangle(mask, (0, radius), (width_px, height_px - radius), 255, -1)
    for x in (radius, width_px - radius):
        for y in (radius, height_px - radius):
            cv2.circle(mask, (x, y), radius, 255, -1)
    return page, mask


def desk(
    kind: str, rng: np.random.Generator, *, width_px: int, height_px: int, colour: Colour = (120, 88, 60)
) -> Pixels:
    """A surface: `plain`, `noise` (coarse cloth), `wood` (streaks and planks) or `keys` (a keyboard)."""
    base = np.full((height_px, width_px, 3), colour, np.float32)
    if kind == "noise":
        base += cv2.resize(rng.normal(0, 14, (height_px // 3, width_px // 3)), (width_px, height_px))[..., None]
    if kind == "wood":
        streaks = cv2.resize(
            rng.normal(0, 16, (height_px // 3, 12)), (width_px, height_px), interpolation=cv2.INTER_CUBIC
        )
        base += streaks[..., None]
        for y in rng.integers(0, height_px, 3):
            base[int(y) : int(y) + 4] *= 0.55
    if kind == "keys":
        pitch = width_px // 18
        for y in range(0, height_px, pitch):
            for x in range(0, width_px, pitch):
                cv2.rectangle(base, (x + 4, y + 4), (x + pitch - 6, y + pitch - 6), (38, 38, 42), -1)
                cv2.line(base, (x + pitch // 3, y + pitch // 3), (x + pitch // 2, y + pitch // 3), (210, 210, 210), 3)
    return np.clip(base, 0, 255).astype(np.uint8)


def lay(paper: Pixels, surface: Pixels, corners: NDArray[np.float32], *, mask: Pixels | None = None) -> Scene:
    """Puts a paper on a surface by perspective, with a soft shadow beneath it."""
    height_px, width_px = paper.shape[:2]
    source = np.array([(0, 0), (width_px, 0), (width_px, height_px), (0, height_px)], np.float32)
    warp = cv2.getPerspectiveTransform(source, corners)
    size = (surface.shape[1], surface.shape[0])
    whole = np.full((height_px, width_px), 255, np.uint8) if mask is None else mask
    cover = cv2.warpPerspective(whole, warp, size, flags=cv2.INTER_AREA).astype(np.float32)[..., None] / 255
    shade = cv2.GaussianBlur(np.roll(cover, 6, (0, 1)), (0, 0), 7)[..., None] * 0.35
    image = surface.astype(np.float32) * (1 - shade)
    laid = cv2.warpPerspective(paper, warp, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return Scene(np.clip(image * (1 - cover) + laid * cover, 0, 255).astype(np.uint8), corners)


def shoot(
    pixels: Pixels, rng: np.random.Generator, *, noise: float = 3.0, blur: float = 0.7, falloff: float = 0.25
) -> Pixels:
    """What a phone adds: light that falls off to one side, slight blur, sensor noise."""
    height_px, width_px = pixels.shape[:2]
    angle = rng.uniform(0, 2 * np.pi)
    ramp = (
        np.cos(angle) * np.linspace(-0.5, 0.5, width_px)[None, :]
        + np.sin(angle) * np.linspace(-0.5, 0.5, height_px)[:, None]
    )
    image = cv2.GaussianBlur(pixels, (0, 0), blur).astype(np.float32) * (1 - falloff * (ramp + 0.5))[..., None]
    return np.asarray(np.clip(image + rng.normal(0, noise, image.shape), 0, 255), np.uint8)


def corners_of(
    *, centre: tuple[float, float], size: tuple[float, float], angle_deg: float, tilt: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Corners of a rectangle seen by a camera: turned, and every corner moved by up to `tilt` of the size."""
    half = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * np.array(size) / 2
    half += rng.uniform(-tilt, tilt, (4, 2)) * np.array(size)
    turn = np.deg2rad(angle_deg)
    rotation = np.array([(np.cos(turn), -np.sin(turn)), (np.sin(turn), np.cos(turn))])
    return np.asarray(half @ rotation.T + np.array(centre), np.float32)
