"""Lays the grid of a QR code over a picture and reads its modules one by one.

OpenCV's decoder thresholds pixels; at two or three blurred pixels a module that breaks most codes (measured on 32 drawn
pages of four levels: 17 decoded, here 32). What all codes of a version have in common (finders, timing lines, alignment
marks) tells where the grid lies to a fraction of a module; then the modules are sampled, told apart locally, and drawn
anew for the decoder, whose error correction decides.

Numbers of the symbol: ISO/IEC 18004.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]
Modules = NDArray[np.bool_]
"""True where a module is dark."""

# ISO/IEC 18004 annex E: centres of the alignment marks, by version. Longer contents than 14 versions hold (258 bytes at
# level M) do not stand on certificates.
_ALIGNMENT: tuple[tuple[int, ...], ...] = (
    (),
    (6, 18),
    (6, 22),
    (6, 26),
    (6, 30),
    (6, 34),
    (6, 22, 38),
    (6, 24, 42),
    (6, 26, 46),
    (6, 28, 50),
    (6, 30, 54),
    (6, 32, 58),
    (6, 34, 62),
    (6, 26, 46, 66),
)
VERSIONS = len(_ALIGNMENT)
# How many versions are followed up: timing lines of neighbours differ by two periods, so the right one is among them.
_FOLLOWED = 2
# Steps of the search for the corners, in modules: from the error of a found quad to below what sampling feels.
_STEPS = (1.0, 1.0, 0.5, 0.5, 0.25, 0.25, 0.12, 0.12)
# No square marks the bottom right corner: it is guessed, and under perspective the guess is off by some modules. The
# alignment mark tells where it belongs; version 1 has none, and of equals the guess stays.
_FAR_CORNER = tuple(
    np.array(move, dtype=np.float32)
    for move in sorted(product(range(-5, 6), repeat=2), key=lambda move: abs(move[0]) + abs(move[1]))
)
# A grid that agrees less with what all codes share is no code: codes that decode reach 0.6, text stays under 0.4.
MIN_AGREEMENT = 0.5
# How strongly a module is set off from its neighbours before it is told dark or light: blur mixes them.
_SHARPENINGS = (0.0, 0.8, 1.6)
# Side of the window, in modules, whose darkest and lightest module set the local threshold: finders fit into it.
_WINDOW = 9
# cv2.remap takes both coordinates in its first map; then the second one stays empty.
_NO_MAP = np.zeros(0, dtype=np.float32)
# A module is averaged over its middle part.
_SUBSAMPLES = (-0.22, 0.0, 0.22)


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """A grid that agrees with what all codes share.

    Attributes:
        corners: float32 (4, 2) in pixels: outer top left, top right, bottom right, bottom left corner.
        version: 1..14.
        agreement: Correlation with the shared parts, -1..1.
    """

    corners: Values
    version: int
    agreement: float


def fit_grids(grey: NDArray[np.uint8], corners: Values) -> tuple[Grid, ...]:
    """Grids that the code inside a quad may have, the likeliest first; none when nothing there is like a code.

    Args:
        grey: uint8 page of shape (height, width).
        corners: float32 (4, 2), in pixels: the code's top left, top right, bottom right, bottom left outer corner, good
            to about a module.

    Returns:
        At most two.
    """
    versions = sorted(range(1, VERSIONS + 1), key=lambda version: -_agreement(grey, corners, version))
    grids = [_fitted(grey, corners, version) for version in versions[:_FOLLOWED]]
    return tuple(sorted((grid for grid in grids if grid.agreement >= MIN_AGREEMENT), key=lambda grid: -grid.agreement))


def modules_of(grey: NDArray[np.uint8], grid: Grid) -> Iterator[Modules]:
    """The square module matrix under a grid, told dark from light in six ways, the plainest first."""
    values = _module_values(grey, grid.corners, grid.version)
    for sharpening in _SHARPENINGS:
        sharp = _set_off(values, sharpening)
        for level in (_middle(sharp), cv2.boxFilter(sharp, -1, (_WINDOW, _WINDOW), borderType=cv2.BORDER_REFLECT)):
            yield _with_shared_parts(sharp < level, grid.version)


def side_of(version: int) -> int:
    """Modules along one side."""
    return 17 + 4 * version


@lru_cache(maxsize=VERSIONS)
def _shared(version: int) -> NDArray[np.int8]:
    """What all codes of a version share: 1 light, -1 dark, 0 for modules that carry content."""
    side = side_of(version)
    shared = np.zeros((side, side), dtype=np.int8)
    timing = np.where(np.arange(side) % 2 == 0, -1, 1)
    shared[6, :], shared[:, 6] = timing, timing
    for y in _ALIGNMENT[version - 1]:
        for x in _ALIGNMENT[version - 1]:
            if (y, x) not in ((6, 6), (6, side - 7), (side - 7, 6)):
                shared[y - 2 : y + 3, x - 2 : x + 3] = _rings(2, light=(1,))
    finder = _rings(4, light=(2, 4))
    shared[:8, :8] = finder[1:, 1:]
    shared[:8, -8:] = finder[1:, :-1]
    shared[-8:, :8] = finder[:-1, 1:]
    shared.flags.writeable = False
    return shared


def _rings(radius: int, *, light: tuple[int, ...]) -> NDArray[np.int8]:
    """A square of concentric rings, dark but for the given distances from the middle."""
    across = np.abs(np.arange(-radius, radius + 1))
    distance = np.maximum(across[:, None], across[None, :])
    return np.where(np.isin(distance, light), 1, -1).astype(np.int8)


@lru_cache(maxsize=VERSIONS)
def _shared_points(version: int) -> tuple[Values, Values]:
    """Centres of the shared modules in modules, (count, 1, 2), and what they must be, (count,)."""
    shared = _shared(version)
    ys, xs = np.nonzero(shared)
    points = np.stack([xs + 0.5, ys + 0.5], axis=1).astype(np.float32)[:, None]
    return points, shared[ys, xs].astype(np.float32)


def _transform(corners: Values, version: int) -> NDArray[np.float64]:
    """From modules to pixels."""
    side = float(side_of(version))
    square = np.array([[0, 0], [side, 0], [side, side], [0, side]], dtype=np.float32)
    return np.asarray(cv2.getPerspectiveTransform(square, corners), dtype=np.float64)


def _sample(grey: NDArray[np.uint8], points: Values) -> Values:
    """Grey values at pixel positions (count, 1, 2)."""
    found = cv2.remap(grey, points, _NO_MAP, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, dtype=np.float32).reshape(-1)


def _agreement(grey: NDArray[np.uint8], corners: Values, version: int) -> float:
    """Correlation, -1..1, of the picture with what all codes of a version share."""
    points, wanted = _shared_points(version)
    # The middle of a pixel has whole numbers in OpenCV's sampling and halves in our corners.
    values = _sample(grey, cv2.perspectiveTransform(points, _transform(corners, version)) - 0.5)
    values = values - values.mean()
    wanted = wanted - wanted.mean()
    length = float(np.linalg.norm(values) * np.linalg.norm(wanted))
    return float(values @ wanted) / length if length > 0 else 0.0


def _fitted(grey: NDArray[np.uint8], corners: Values, version: int) -> Grid:
    """The corners moved until the grid agrees best."""
    best = corners.astype(np.float32).copy()
    module_px = float(np.linalg.norm(best - np.roll(best, 1, axis=0), axis=1).mean()) / side_of(version)
    best[2] += module_px * max(_FAR_CORNER, key=lambda move: _agreement(grey, _moved(best, move * module_px), version))
    agreement = _agreement(grey, best, version)
    for step in _STEPS:
        for corner, axis, sign in product(range(4), (0, 1), (-1, 1)):
            tried = best.copy()
            tried[corner, axis] += sign * step * module_px
            found = _agreement(grey, tried, version)
            if found > agreement:
                best, agreement = tried, found
    if version == 1:
        # Nothing marks its fourth corner: it follows the three others.
        best[2] = best[1] + best[3] - best[0]
    return Grid(best, version, agreement)


def _moved(corners: Values, move_px: Values) -> Values:
    """The corners with the bottom right one moved."""
    moved = corners.copy()
    moved[2] += move_px
    return moved


def _module_values(grey: NDArray[np.uint8], corners: Values, version: int) -> Values:
    """Mean grey of the middle of every module, (side, side)."""
    side = side_of(version)
    transform = _transform(corners, version)
    total = np.zeros(side * side, dtype=np.float32)
    for dy in _SUBSAMPLES:
        for dx in _SUBSAMPLES:
            ys, xs = np.mgrid[0:side, 0:side].astype(np.float32)
            points = np.stack([xs + 0.5 + dx, ys + 0.5 + dy], axis=2).reshape(-1, 1, 2).astype(np.float32)
            total += _sample(grey, cv2.perspectiveTransform(points, transform) - 0.5)
    return np.asarray(total.reshape(side, side) / len(_SUBSAMPLES) ** 2, dtype=np.float32)


def _set_off(values: Values, strength: float) -> Values:
    """Every module moved away from the mean of its four neighbours."""
    framed = np.pad(values, 1, mode="edge")
    neighbours = (framed[:-2, 1:-1] + framed[2:, 1:-1] + framed[1:-1, :-2] + framed[1:-1, 2:]) / 4
    return np.asarray(values + strength * (values - neighbours), dtype=np.float32)


def _middle(values: Values) -> Values:
    """Half-way between the darkest and the lightest module around each."""
    window = np.ones((_WINDOW, _WINDOW), dtype=np.uint8)
    return np.asarray((cv2.erode(values, window) + cv2.dilate(values, window)) / 2, dtype=np.float32)


def _with_shared_parts(modules: Modules, version: int) -> Modules:
    shared = _shared(version)
    return np.asarray(np.where(shared == 0, modules, shared < 0), dtype=np.bool_)
