"""Light on a page: how bright the paper is, what lies in shadow, and whether there is any colour."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.geometry import Quad
from imaging.ink import WrittenCells, paper_like
from imaging.model import Pixels
from imaging.worksize import Mask, lab_planes, shrink

# Long side of the copy on which colour is measured: finer structures lose it to the file's halved chroma anyway.
COLOUR_SIDE_PX = 384
# Fewer written cells than this, and the whole page tells its light.
LEAST_WRITTEN_CELLS = 12
# Cells below this share of the lit paper lie in the shadow that is drawn.
SHADED_SHARE = 0.6
# Levels between which a pixel is neither ink nor paper on a copy of two levels (with a file's ringing around them).
MIDDLE_LEVELS = (72, 184)


def brightness_and_shadow(cells: WrittenCells, *, written: Mask, inside: Mask) -> tuple[float, float, Quad | None]:
    """Brightness of the lit paper and how much of it the darkest tenth lacks.

    The ground under writing is paper for certain, so a dark cover, a portrait or the desk do not pass for a shadow.

    Args:
        cells: From `imaging.ink.written_cells`.
        written: Cells with writing on the page, shape (rows, columns).
        inside: Cells on the page.

    Returns:
        Level 0..255, share 0..1, and where the darkest written paper lies (fractions of the picture).
    """
    where = written if int(written.sum()) >= LEAST_WRITTEN_CELLS else inside
    if not where.any():
        return 0.0, 0.0, None
    paper = np.median(cells.ground[where], axis=0)
    alike = where & paper_like(cells.ground, paper, darkest=0.1, lightest=10)
    level = cells.ground.mean(axis=2)
    if not alike.any():
        return float(paper.mean()), 0.0, None
    dark, light = (float(v) for v in np.percentile(level[alike], (10, 95)))
    shaded = alike & (level < SHADED_SHARE * light)
    return light, 1.0 - dark / max(light, 1.0), around_cells(shaded)


def around_cells(cells: Mask) -> Quad | None:
    """The rectangle around marked cells, in fractions; None without any."""
    rows, columns = np.flatnonzero(cells.any(axis=1)), np.flatnonzero(cells.any(axis=0))
    if not rows.size:
        return None
    height, width = cells.shape
    return Quad.from_rect(
        float(columns[0]) / width,
        float(rows[0]) / height,
        float(columns[-1] + 1) / width,
        float(rows[-1] + 1) / height,
    )


def strongest_chroma(work: Pixels, inside: NDArray[np.uint8]) -> float:
    """Strongest colour (99.5th percentile, CIELAB units) once the lamp's cast is taken out.

    A photographed black-and-white copy is tinted evenly.
    """
    small = shrink(work, long_side_px=COLOUR_SIDE_PX)
    where = cv2.resize(inside, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_NEAREST) > 0
    if not where.any():
        return 0.0
    paper = np.maximum(np.median(small[where], axis=0), 1.0)
    gains = paper.mean() / paper
    table = np.clip(np.arange(256)[:, None] * gains, 0, 255).astype(np.uint8)[None]
    balanced = np.asarray(
        cv2.LUT(np.ascontiguousarray(small), np.ascontiguousarray(table.transpose(1, 0, 2))), np.uint8
    )
    lab = cv2.split(cv2.GaussianBlur(lab_planes(balanced), (0, 0), 1.0))
    # OpenCV stores neutral as 128.
    chroma = cv2.magnitude(lab[1] - 128, lab[2] - 128)[where]
    rank = int(0.995 * (chroma.size - 1))
    return float(np.partition(chroma, rank)[rank])


def middle_share(pixels: Pixels, *, area: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)) -> float:
    """Share of middle greys among all pixels that are not white, at full resolution.

    A copy of two levels has them only where a file or a lens smeared its edges; a grey scan has them in every portrait,
    seal and stroke.

    Args:
        pixels: uint8 RGB of shape (height, width, 3).
        area: Left, top, right and bottom of the page in fractions.

    Returns:
        0..1; 1 when everything is white.
    """
    height_px, width_px = pixels.shape[:2]
    left, right = (int(np.clip(v, 0, 1) * width_px) for v in area[::2])
    top, bottom = (int(np.clip(v, 0, 1) * height_px) for v in area[1::2])
    # Every third row is sample enough; along a row strokes stay whole.
    green = pixels[top:bottom:3, left:right, 1]
    dark = int((green < MIDDLE_LEVELS[0]).sum())
    middle = int(((green >= MIDDLE_LEVELS[0]) & (green <= MIDDLE_LEVELS[1])).sum())
    return middle / (dark + middle) if dark + middle else 1.0
