"""Finds the best settings under which a picture fits a number of bytes: few encodes, because the bytes are forecast.

The settings lie on one road from the best picture to the smallest file; where to stand on it is one number. The first
file shows by how much the forecast errs on this picture, the second one is then right within a few percent.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

import numpy as np
from PIL import Image

from imaging.errors import ImageRefused
from imaging.jpeg_forecast import Forecast, forecast

# What limits a page is its pixels, not its longer side: other shapes get as many as a sheet of 4:3, so that a long
# narrow screenshot is not shrunk until its lines are gone.
_SHEET_RATIO = 3 / 4
# Bytes fall with about these powers of the table scale and of the side (photo.md, Compression: 0.45-0.87 and 1.2-1.6
# between neighbouring points). They only put a measure on the road; the bytes themselves are forecast.
_SCALE_POWER, _SIDE_POWER = 0.65, 1.35
# A forecast is followed until it lies this near to what is aimed at (share of the bytes), or so many times.
_NEAR_ENOUGH, _MOST_STEPS = 0.015, 9
# A picture that was shrunk to almost the right size keeps it, as long as its table stays this near to the road's.
_MOST_OFF_ROAD = 1.35
# Steps along the road, in ln(bytes): a smaller one is not worth another size.
_LEAST_STEP = 0.05
# Sides that differ by less are the same.
_SAME_SIDE_PX = 0.01
# What the last encode aims at when nothing fits yet: further off than any forecast corrected twice was (4 %).
_LAST_AIM = 0.9


@dataclass(frozen=True, slots=True)
class Compressed:
    """A written JPEG: baseline, 4:2:0, optimised Huffman tables, no metadata.

    Attributes:
        data: The file.
        width_px: Its width.
        height_px: Its height.
        encodes: How many times the image was encoded to find it.
        table_scale: Scale of the quantisation tables; 1 is almost lossless, above 48 small text suffers.
    """

    data: bytes
    width_px: int
    height_px: int
    encodes: int
    table_scale: float


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard a search tries.

    Attributes:
        encodes: At most so many.
        aim: Share of the limit that is aimed at; the margin absorbs what the forecast does not know.
        enough: A first result that fills this share of the limit is not worth another encode.
        enough_later: Likewise from the second encode on.
    """

    encodes: int
    aim: float
    enough: float
    enough_later: float


@dataclass(frozen=True, slots=True)
class Road:
    """All settings a search may use, in one line from the best picture to the smallest file.

    A place on the road is the expected fall of ln(bytes) since its start, so one number is searched for, not two.

    Attributes:
        posts: Corners of the road: long side of a sheet in px (see `sheet_side_px`), never rising, and table scale.
    """

    posts: tuple[tuple[float, float], ...]

    def places(self) -> list[float]:
        """The place of each post."""
        return list(accumulate((_fall(*leg) for leg in pairwise(self.posts)), initial=0.0))

    def at(self, place: float) -> tuple[float, float]:
        """Long side of a sheet in px and table scale at a place; the last post beyond the end."""
        left = max(0.0, place)
        for start, end in pairwise(self.posts):
            leg = _fall(start, end)
            if left < leg:
                share = left / leg
                return start[0] * (end[0] / start[0]) ** share, start[1] * (end[1] / start[1]) ** share
            left -= leg
        return self.posts[-1]


def _fall(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Expected fall of ln(bytes) between two settings."""
    return _SIDE_POWER * math.log(start[0] / end[0]) + _SCALE_POWER * math.log(end[1] / start[1])


def sheet_side_px(width_px: int, height_px: int) -> float:
    """Longer side of a 4:3 sheet with as many pixels."""
    return math.sqrt(width_px * height_px / _SHEET_RATIO)


def search(source: Image.Image, road: Road, effort: Effort, *, max_bytes: int, dpi: int | None) -> Compressed:
    """The best picture on the road that fits.

    Args:
        source: RGB.
        road: Settings from the best to the smallest.
        effort: When to stop.
        max_bytes: Largest file.
        dpi: Density to note in the file; none when unknown.

    Raises:
        ImageRefused: `cannot-fit-bytes`, with the smallest size reached and the limit, in bytes.
    """
    outlook = _Outlook(source, road)
    image, scale = outlook.settle(effort.aim * max_bytes)
    tried: list[Compressed] = []
    while True:
        tried.append(encoded(image, scale, dpi))
        best = max((one for one in tried if len(one.data) <= max_bytes), default=None, key=lambda one: len(one.data))
        finest = best is not None and (best.table_scale, best.width_px) == (road.posts[0][1], image.width)
        wanted = effort.enough if len(tried) == 1 else effort.enough_later
        if len(tried) == effort.encodes or (best and (finest or len(best.data) >= wanted * max_bytes)):
            break
        last_chance = best is None and len(tried) == effort.encodes - 1
        aim_bytes = (_LAST_AIM if last_chance else effort.aim) * max_bytes
        image, scale = outlook.settle_again(image, tried[-1], aim_bytes)
    if best is None:
        raise ImageRefused("cannot-fit-bytes", measured=min(len(one.data) for one in tried), limit=max_bytes)
    return replace(best, encodes=len(tried))


class _Outlook:
    """Forecasts along a road for one picture; private to one search."""

    def __init__(self, source: Image.Image, road: Road) -> None:
        self._source = source
        self._road = road
        self._nearest = source
        self._largest: Image.Image | None = None
        self._posts: dict[float, Forecast] = {}
        self._sizes: dict[tuple[int, int], Forecast] = {}
        # By what factor more bytes were written than forecast, at each size tried and at the last one.
        self._errors: dict[tuple[int, int], float] = {}
        self._last_error = 1.0

    def settle(self, aim_bytes: float) -> tuple[Image.Image, float]:
        """Picture and table scale: the first place of the road where the forecast is no more than this, or its end."""
        place, end, may_return = self._place_for(aim_bytes / self._last_error), self._road.places()[-1], True
        while True:
            side_px, scale = self._road.at(place)
            image = self._at_side(side_px)
            if self._is_largest(image) and place < end and image.size not in self._errors:
                # This is where the place was found, so there is nothing to look up once more.
                return image, scale
            scale, off = self._scale_for(image, aim_bytes)
            # Between posts the forecast was a guess. Patterns as fine as pixels change with the size, so go on or back.
            if off > 0 and place < end:
                place, may_return = min(end, place + max(_LEAST_STEP, off)), False
            elif off < -_LEAST_STEP and may_return and not self._is_largest(image):
                place, may_return = max(0.0, place + off), False
            else:
                return image, scale

    def settle_again(self, image: Image.Image, made: Compressed, aim_bytes: float) -> tuple[Image.Image, float]:
        """The same after an encode that showed by how much the forecast errs; keeps the size if it can."""
        expected = self._forecast(image).size_bytes(quantisation_table(made.table_scale))
        self._last_error = self._errors[image.size] = len(made.data) / expected
        scale, off = self._scale_for(image, aim_bytes)
        if off > 0 or (off < -_LEAST_STEP and not self._is_largest(image)):
            return self.settle(aim_bytes)
        return image, scale

    def _at_side(self, side_px: float) -> Image.Image:
        """The source at a size; its largest size was made for the forecast already."""
        if self._largest is None:
            self._largest = shrunk(self._source, self._road.posts[0][0])
        if shrunk_size(self._source, side_px) == self._largest.size:
            return self._largest
        return shrunk(self._source, side_px)

    def _is_largest(self, image: Image.Image) -> bool:
        return image.size == shrunk_size(self._source, self._road.posts[0][0])

    def _place_for(self, aim_bytes: float) -> float:
        def excess(place: float) -> float:
            return math.log(self._size_bytes(*self._road.at(place)) / aim_bytes)

        places = self._road.places()
        low, high = places[0], excess(places[0])
        if high <= 0:
            return low
        for post in places[1:]:
            off = excess(post)
            if off <= 0:
                return _first_fitting(excess, (low, high), (post, off))
            low, high = post, off
        return places[-1]

    def _scale_for(self, image: Image.Image, aim_bytes: float) -> tuple[float, float]:
        """The finest table scale near the road where a picture fits, and by how much it fails to (in ln(bytes))."""
        expected = self._forecast(image)
        aim_bytes /= self._errors.get(image.size, self._last_error)

        def excess(log_scale: float) -> float:
            return math.log(expected.size_bytes(quantisation_table(math.exp(log_scale))) / aim_bytes)

        finest, coarsest = self._scales(image)
        low, high = math.log(finest), math.log(coarsest)
        off_low, off_high = excess(low), excess(high)
        if off_low <= 0:
            return finest, off_low
        if off_high > 0:
            return coarsest, off_high
        return math.exp(_first_fitting(excess, (low, off_low), (high, off_high))), 0.0

    def _scales(self, image: Image.Image) -> tuple[float, float]:
        """The finest and the coarsest table that a picture of this size may have: those of the road and near it."""
        on_road = self._coarsest_at(image)
        finest, coarsest = self._road.posts[0][1], self._road.posts[-1][1]
        if not self._is_largest(image):
            finest = max(finest, on_road / _MOST_OFF_ROAD)
        return finest, min(coarsest, on_road * _MOST_OFF_ROAD)

    def _coarsest_at(self, image: Image.Image) -> float:
        """The coarsest table that the road has for a picture of this size."""
        side_px = sheet_side_px(image.width, image.height)
        legs = list(pairwise(self._road.posts))
        for _, end in reversed(legs):
            if shrunk_size(self._source, end[0]) == image.size:
                return end[1]
        for start, end in legs:
            if side_px > end[0]:
                share = math.log(start[0] / side_px) / math.log(start[0] / end[0])
                return start[1] * math.exp(share * math.log(end[1] / start[1]))
        return self._road.posts[-1][1]

    def _size_bytes(self, side_px: float, scale: float) -> float:
        """Forecast for any size: between those of the two posts around it, on a straight line of logarithms."""
        table = quantisation_table(scale)
        sides = sorted({side for side, _ in self._road.posts}, reverse=True)
        above = min(side for side in sides if side >= side_px - _SAME_SIDE_PX)
        larger = self._at_post(above).size_bytes(table)
        if above - side_px <= _SAME_SIDE_PX:
            return larger
        below = max(side for side in sides if side < above)
        share = math.log(above / side_px) / math.log(above / below)
        return math.exp((1 - share) * math.log(larger) + share * math.log(self._at_post(below).size_bytes(table)))

    def _at_post(self, side_px: float) -> Forecast:
        """Posts are asked for from the largest to the smallest, so each is shrunk from the one before."""
        if side_px not in self._posts:
            self._nearest = shrunk(self._nearest, side_px) if self._posts else self._at_side(side_px)
            first = not self._posts
            self._posts[side_px] = self._forecast(self._nearest) if first else forecast(np.asarray(self._nearest))
        return self._posts[side_px]

    def _forecast(self, image: Image.Image) -> Forecast:
        """Of the picture in one of the sizes that it may get."""
        if image.size not in self._sizes:
            self._sizes[image.size] = forecast(np.asarray(image))
        return self._sizes[image.size]


def _first_fitting(
    excess: Callable[[float], float], too_big: tuple[float, float], fitting: tuple[float, float]
) -> float:
    """Where a falling function reaches 0, from below: false position, halving where one end stays. Ends with excess."""
    halve = False
    for _ in range(_MOST_STEPS):
        if fitting[1] > -_NEAR_ENOUGH:
            break
        share = 0.5 if halve else too_big[1] / (too_big[1] - fitting[1])
        place = too_big[0] + share * (fitting[0] - too_big[0])
        off = excess(place)
        # A bent curve holds one end for ever; every step has to take at least half of the room away.
        before = fitting[0] - too_big[0]
        if off <= 0:
            fitting = place, off
        else:
            too_big = place, off
        halve = fitting[0] - too_big[0] > before / 2
    return fitting[0]


def shrunk_size(image: Image.Image, side_px: float) -> tuple[int, int]:
    """Width and height with as many pixels as a sheet of this long side; never more than there are."""
    scale = min(1.0, side_px / sheet_side_px(image.width, image.height))
    return max(1, round(image.width * scale)), max(1, round(image.height * scale))


def shrunk(image: Image.Image, side_px: float) -> Image.Image:
    """The picture with as many pixels as a sheet of this long side; the same one when it has no more."""
    size = shrunk_size(image, side_px)
    return image if size == image.size else image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)


def quantisation_table(scale: float) -> list[int]:
    """The near-flat table Q(u, v) = scale x (1 + (u + v) / 14), row by row, each entry 1..255 (photo.md)."""
    return [min(255, max(1, round(scale * (1 + (u + v) / 14)))) for u in range(8) for v in range(8)]


def encoded(image: Image.Image, scale: float, dpi: int | None) -> Compressed:
    """One file with the table of a scale; `dpi` is noted in it when known."""
    table = quantisation_table(scale)
    file = io.BytesIO()
    density = {} if dpi is None else {"dpi": (dpi, dpi)}
    image.save(file, "JPEG", qtables=[table, table], subsampling="4:2:0", optimize=True, progressive=False, **density)
    return Compressed(file.getvalue(), image.width, image.height, encodes=1, table_scale=scale)
