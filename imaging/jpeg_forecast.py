"""Foretells how many bytes a picture takes as JPEG, at any coarseness, without writing one.

A sample of the picture is transformed and counted once the way a baseline encoder does it (ITU-T T.81, annex F): sizes
and runs of the quantised coefficients, and the optimal Huffman code for them. What remains unknown is how far the
sample stands for the whole, and that shows with the first file that is really written.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from imaging.model import Pixels

# An MCU of 4:2:0: four luma blocks and one of each colour.
_MCU_PX = 16
# Blocks of a sample lie side by side in runs of this many MCUs, so that the steps of their means can be counted.
_RUN_MCUS = 8
_RUN_PX = _RUN_MCUS * _MCU_PX
# 128 runs are 262,000 px: on pages and photos the sample's bytes differ by 3 % (mean) and 12 % (worst) from the whole.
_SAMPLE_RUNS = 128
# One run from each of as many equal parts of the picture; multiples of the golden ratio tell where in its part, so that
# the sample keeps no step with lines of text.
_GOLDEN = 0.6180339887498949
# Markers, two quantisation and four Huffman tables, which a file has even for an empty page.
_FIXED_BYTES = 330
# A zero byte is stuffed behind every FF of the data; in random bits that is every 256th.
_STUFFING = 257 / 256
_RUN_OF_16, _END_OF_BLOCK = 0xF0, 0x00


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """The transformed sample of one picture.

    Attributes:
        luma: Coefficients in zigzag order, float32 of shape (blocks, 64), in the encoder's order within each run.
        chroma: Likewise, all runs of one colour before those of the other.
        share: Share of the picture that the sample is.
    """

    luma: NDArray[np.float32]
    chroma: NDArray[np.float32]
    share: float

    def size_bytes(self, table: list[int]) -> float:
        """Expected bytes of the file.

        Args:
            table: Quantisation table of both luma and chroma, 64 values row by row.
        """
        steps = np.asarray(table, np.float32)[_zigzag()]
        bits = _bits(self.luma, steps, run_blocks=4 * _RUN_MCUS) + _bits(self.chroma, steps, run_blocks=_RUN_MCUS)
        return _FIXED_BYTES + bits / 8 / self.share * _STUFFING


def forecast(pixels: Pixels) -> Forecast:
    """Transforms a sample of a picture; the whole of a small one.

    Args:
        pixels: uint8 RGB of shape (height, width, 3).
    """
    sample, share = _sample(pixels)
    runs = sample.astype(np.float32)
    red, green, blue = runs[..., 0], runs[..., 1], runs[..., 2]
    # JFIF 1.02: the weights of ITU-R BT.601.
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    colours = np.stack([0.564 * (blue - luma), 0.713 * (red - luma)])
    halves = colours.reshape(2, -1, _MCU_PX // 2, 2, _RUN_PX // 2, 2).mean(axis=(3, 5))
    # Blocks of an MCU: upper left, upper right, lower left, lower right; MCUs from left to right.
    fours = (luma - 128).reshape(-1, 2, 8, _RUN_MCUS, 2, 8).transpose(0, 3, 1, 4, 2, 5)
    ones = halves.reshape(-1, 8, _RUN_MCUS, 8).transpose(0, 2, 1, 3)
    transform = _transform()
    return Forecast(fours.reshape(-1, 64) @ transform, ones.reshape(-1, 64) @ transform, share)


def _sample(pixels: Pixels) -> tuple[Pixels, float]:
    """Runs of MCUs from all over the picture, uint8 of shape (runs, 16, 128, 3), and their share of it."""
    height_px, width_px = pixels.shape[:2]
    rows, columns = height_px // _MCU_PX, width_px // _RUN_PX
    if rows * columns < _SAMPLE_RUNS:
        # Small enough to be counted whole, with the border repeated as encoders do.
        below, right = -height_px % _MCU_PX, -width_px % _RUN_PX
        pixels = np.pad(pixels, ((0, below), (0, right), (0, 0)), mode="edge")
        rows, columns = pixels.shape[0] // _MCU_PX, pixels.shape[1] // _RUN_PX
    count = rows * columns
    grid = pixels[: rows * _MCU_PX, : columns * _RUN_PX].reshape(rows, _MCU_PX, columns, _RUN_PX, 3)
    chosen = np.arange(count)
    if count > _SAMPLE_RUNS:
        steps = np.arange(_SAMPLE_RUNS)
        chosen = ((steps + steps * _GOLDEN % 1) * count / _SAMPLE_RUNS).astype(np.int64)
    # What is left out at the right and at the bottom is part of the whole; a repeated border is not, but costs little.
    covered = min(1.0, rows * _MCU_PX * columns * _RUN_PX / (height_px * width_px))
    return np.ascontiguousarray(grid[chosen // columns, :, chosen % columns]), covered * len(chosen) / count


def _bits(blocks: NDArray[np.float32], steps: NDArray[np.float32], *, run_blocks: int) -> float:
    """Bits of the blocks' coefficients, quantised and coded with optimal Huffman tables."""
    levels = np.rint(blocks / steps).astype(np.int32)
    means = levels[:, 0].reshape(-1, run_blocks)
    mean_sizes = _bit_lengths(np.diff(means, axis=1).ravel())
    # The first block of a run has no neighbour in the sample and is taken to cost as much as the others.
    mean_bits = (_coded_bits(np.bincount(mean_sizes)) + int(mean_sizes.sum())) * run_blocks / (run_blocks - 1)
    rows, places = np.nonzero(levels[:, 1:])
    sizes = _bit_lengths(levels[rows, places + 1])
    first = np.diff(rows, prepend=-1) != 0
    zeros = np.where(first, places, np.diff(places, prepend=0) - 1)
    counts = np.bincount((zeros % 16) * 16 + sizes, minlength=256)
    counts[_RUN_OF_16] += int((zeros // 16).sum())
    counts[_END_OF_BLOCK] += len(levels) - int((levels[:, 63] != 0).sum())
    return float(mean_bits + _coded_bits(counts) + int(sizes.sum()))


def _bit_lengths(values: NDArray[np.int32]) -> NDArray[np.int64]:
    """Bits of the magnitudes; 0 for 0."""
    return np.frexp(np.abs(values).astype(np.float32))[1].astype(np.int64)


def _coded_bits(counts: NDArray[np.int64]) -> int:
    """Bits that symbols of these counts take in their optimal prefix code, at least one each."""
    heap = [int(count) for count in counts if count]
    if len(heap) < 2:
        return sum(heap)
    heapq.heapify(heap)
    total = 0
    while len(heap) > 1:
        joined = heapq.heappop(heap) + heapq.heappop(heap)
        total += joined
        heapq.heappush(heap, joined)
    return total


@cache
def _zigzag() -> NDArray[np.int64]:
    """Row-by-row places of the 64 coefficients in the order they are coded (T.81, figure A.6)."""
    places = sorted(
        ((u, v) for u in range(8) for v in range(8)),
        key=lambda place: (sum(place), place[0] if sum(place) % 2 else place[1]),
    )
    return np.array([8 * u + v for u, v in places])


@cache
def _transform() -> NDArray[np.float32]:
    """What turns 64 pixels of a block into its coefficients in zigzag order, as one matrix (T.81, A.3.3)."""
    wave = np.cos(np.pi * np.arange(8)[:, None] * (2 * np.arange(8)[None, :] + 1) / 16) / 2
    wave[0] /= np.sqrt(2)
    return np.asarray(np.kron(wave, wave)[_zigzag()].T, np.float32)
