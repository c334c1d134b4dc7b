"""Whole pictures gone wrong: moved, copied, photographed again, cut out of a screen, with a second person."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from bench.screen_camera import ScreenShot, photograph_screen
from imaging.model import Pixels
from imaging.photo import landmarks as mesh
from imaging.photo.portrait import Portrait


def motion_blur(view_eyes_px: float) -> Callable[[Pixels, Portrait], Pixels]:
    """The hand moved sideways by nine pixels of a view with this distance of the eyes."""

    def apply(face: Pixels, portrait: Portrait) -> Pixels:
        points = portrait.faces[0].points
        apart = np.linalg.norm(mesh.eye_centre(points, left=True) - mesh.eye_centre(points, left=False))
        length = max(3, round(9.0 * float(apart) / view_eyes_px))
        kernel = np.zeros((length, length), np.float32)
        cv2.line(kernel, (0, length * 2 // 3), (length - 1, length // 3), (1.0,), 1, cv2.LINE_AA)
        return np.asarray(cv2.filter2D(face, -1, kernel / kernel.sum()), dtype=np.uint8)

    return apply


def tilted(degrees: float) -> Callable[[Pixels, Portrait], Pixels]:
    """The camera held askew: the whole picture turned about its middle, clockwise positive."""

    def apply(face: Pixels, portrait: Portrait) -> Pixels:
        height, width = face.shape[:2]
        # Around the head, whose own lean is taken out first, so that the tilt is what the name says.
        matrix = cv2.getRotationMatrix2D(portrait.head.eye_middle, portrait.head.roll_deg - degrees, 1.0)
        turned = cv2.warpAffine(face, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(turned, dtype=np.uint8)

    return apply


def _grey(face: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(face, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def two_tone_copy(face: Pixels, _: Portrait) -> Pixels:
    """A fax or a scan set to black and white: every pixel is ink or paper."""
    level, _split = cv2.threshold(_grey(face), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return np.asarray(
        np.where(_grey(face) > level, 255, 0).astype(np.uint8)[:, :, None].repeat(3, axis=2), dtype=np.uint8
    )


def photocopy(face: Pixels, _: Portrait) -> Pixels:
    """A photocopier: grey, contrast far too steep, speckles."""
    steep = np.clip((_grey(face).astype(np.float32) - 110.0) * 2.6 + 128.0, 10, 245)
    speckles = np.random.default_rng(3).normal(0.0, 6.0, steep.shape)
    return np.asarray(np.clip(steep + speckles, 0, 255).astype(np.uint8)[:, :, None].repeat(3, axis=2), dtype=np.uint8)


def _mirrored(face: Pixels) -> Pixels:
    return np.ascontiguousarray(face[:, ::-1])


def with_person_beside(face: Pixels, _: Portrait) -> Pixels:
    """Two people side by side, cut to what a camera would frame of them."""
    return np.hstack([face, _mirrored(face)])


def with_person_behind(face: Pixels, portrait: Portrait) -> Pixels:
    """A second, smaller head beside the first: half its size, in front of the background."""
    head = portrait.head
    height, width = face.shape[:2]
    reach = 1.25 * head.eye_chin_px
    top, bottom = max(0, round(head.crown[1])), min(height, round(head.chin[1] + 0.2 * head.eye_chin_px))
    left, right = max(0, round(head.middle[0] - reach)), min(width, round(head.middle[0] + reach))
    small = cv2.resize(_mirrored(face[top:bottom, left:right]), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    room = np.pad(face, ((0, 0), (0, small.shape[1]), (0, 0)), mode="edge")
    at = min(max(0, round(head.crown[1])), height - small.shape[0])
    room[at : at + small.shape[0], width : width + small.shape[1]] = small
    return room


def phone_screenshot(face: Pixels, _: Portrait) -> Pixels:
    """A picture viewer on a phone: bars above and below with signs in them."""
    height, width = face.shape[:2]
    bar = max(12, round(0.14 * height))
    tall = np.pad(face, ((bar, bar), (0, 0), (0, 0)))
    size = bar / 90.0
    thick = max(1, round(bar / 40))
    white = (235, 235, 235)
    cv2.putText(tall, "9:41", (round(0.05 * width), round(0.3 * bar)), 0, size, white, thick, cv2.LINE_AA)
    cv2.putText(tall, "<", (round(0.03 * width), round(0.8 * bar)), 0, size, white, thick, cv2.LINE_AA)
    battery = (round(0.86 * width), round(0.1 * bar)), (round(0.95 * width), round(0.28 * bar))
    cv2.rectangle(tall, battery[0], battery[1], white, thick)
    for column in (0.2, 0.5, 0.8):
        cv2.circle(tall, (round(column * width), height + bar + bar // 2), bar // 6, white, thick, cv2.LINE_AA)
    return tall


def photograph_of_print(face: Pixels, _: Portrait) -> Pixels:
    """A print with a white margin on a wooden desk, photographed a little askew."""
    width = face.shape[1]
    margin = round(0.06 * width)
    paper = np.pad(face, ((margin, margin), (margin, margin), (0, 0)), constant_values=238)
    desk_h, desk_w = round(1.3 * paper.shape[0]), round(1.3 * paper.shape[1])
    rows = np.arange(desk_h, dtype=np.float32)[:, None]
    columns = np.arange(desk_w, dtype=np.float32)[None, :]
    grain = 12.0 * np.sin(rows / 9.0 + 2.0 * np.sin(columns / 140.0))
    rough = np.random.default_rng(5).normal(0.0, 5.0, (desk_h, desk_w))
    desk = np.clip(np.array([134, 96, 64]) + (grain + rough)[:, :, None], 0, 255).astype(np.uint8)
    paper_h, paper_w = paper.shape[:2]
    turn = np.asarray(cv2.getRotationMatrix2D((paper_w / 2, paper_h / 2), 2.5, 1.0), dtype=np.float64)
    turn[:, 2] += ((desk_w - paper_w) / 2, (desk_h - paper_h) / 2)
    laid = cv2.warpAffine(paper, turn, (desk_w, desk_h), flags=cv2.INTER_AREA)
    cover = cv2.warpAffine(np.ones(paper.shape[:2], np.float32), turn, (desk_w, desk_h))[:, :, None]
    return np.asarray(np.clip(laid * cover + desk * (1.0 - cover) + 0.5, 0, 255).astype(np.uint8), dtype=np.uint8)


def photograph_of_screen(face: Pixels, _: Portrait) -> Pixels:
    """The picture on a monitor, taken with a phone: stripes of colour, moire, a little turn and tilt."""
    height, width = face.shape[:2]
    scale = max(1.0, 900.0 / width)
    shot = ScreenShot(pitch_px=2.3, roll_deg=2.0, tilt=0.03)
    return photograph_screen(face, shot, width_px=round(width * scale), height_px=round(height * scale), seed=11)
