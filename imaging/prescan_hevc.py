"""Looks into HEVC data for the three things that the container around it may lie about: size, count and coding.

The decoder allocates by what the coded data says and not by the container, so a small file in a modest container could
still ask for gigabytes. Section numbers are those of ITU-T H.265, and ISO/IEC 14496-15 for the configuration record.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from imaging.errors import ImageRefused
from imaging.prescan_bmff import Fields

# H.265, table 7-1.
_LAST_PICTURE_TYPE = 31
_SEQUENCE_TYPE = 33
# H.265, section 7.3.1.2: type, layer and time level come in two bytes.
_UNIT_HEAD_BYTES = 2
# 14496-15, section 8.3.3.1: what comes before the arrays of parameter sets, and where the length size stands.
_RECORD_HEAD_BYTES = 22
_LENGTH_BITS = 3
# One array for each kind of parameter set, one or two sets in each, and a few notes.
_MAX_ARRAYS, _MAX_SETS = 16, 64
# Tiles of phones have one slice; large pictures up to some hundred.
_MAX_UNITS = 2048
# Bits of the general part of profile_tier_level (section 7.3.3) and of each sub-layer's profile and level.
_PROFILE_BITS, _LEVEL_BITS = 88, 8
# Exponential Golomb codes of more bits than this are larger than any value the standard allows.
_MAX_GOLOMB_ZEROS = 31
# Sub-sampling of the colour planes by chroma_format_idc (table 6-1): 4:0:0, 4:2:0, 4:2:2, 4:4:4.
_CHROMA_STEPS = ((1, 1), (2, 2), (2, 1), (1, 1))
# The decoder in use reads up to twelve bits; more is for laboratories.
_MAX_BITS = 12
# The longest parameter set that is looked at; the size stands in its first hundred bytes.
_MAX_SET_BYTES = 4096


# Encoders pad to whole coding units of at most 64 px, and tiny pictures to one of them.
_MAX_PADDING_PX = 128


class Sequence(NamedTuple):
    """What a sequence parameter set says.

    Attributes:
        width_px: Width that a decoder hands out.
        height_px: Height, likewise.
        padding_px: By how much the coded picture is larger, on the side where that is more.
    """

    width_px: int
    height_px: int
    padding_px: int


def check_coded(record: bytes, coded: bytes, *, width_px: int, height_px: int) -> None:
    """Holds the coded data of one item against the size that the container announced.

    Args:
        record: The configuration record (box `hvcC`).
        coded: The item's content.
        width_px: Announced width.
        height_px: Announced height.

    Raises:
        ImageRefused: `header-lies` (width or height in px), `animated-image` (pictures), `file-incomplete` (bytes),
            `image-corrupt`, `unsupported-encoding`, `too-many-segments`.
    """
    found = False
    for unit in (*_sets(record), *_units(coded, length_bytes=(record[21] & _LENGTH_BITS) + 1)):
        if _type_of(unit) == _SEQUENCE_TYPE and not _layer_of(unit):
            found = True
            _check_size(_sequence(unit), width_px=width_px, height_px=height_px)
    if not found:
        raise ImageRefused("image-corrupt")


def _check_size(said: Sequence, *, width_px: int, height_px: int) -> None:
    if said.width_px != width_px:
        raise ImageRefused("header-lies", measured=said.width_px, limit=width_px)
    if said.height_px != height_px:
        raise ImageRefused("header-lies", measured=said.height_px, limit=height_px)
    if said.padding_px > _MAX_PADDING_PX:
        raise ImageRefused("header-lies", measured=said.padding_px, limit=_MAX_PADDING_PX)


def _type_of(unit: bytes) -> int:
    return unit[0] >> 1 & 63


def _layer_of(unit: bytes) -> int:
    return (unit[0] & 1) << 5 | unit[1] >> 3


def _sets(record: bytes) -> Iterator[bytes]:
    """The parameter sets of a configuration record."""
    fields = Fields(record, 0, len(record))
    fields.take(_RECORD_HEAD_BYTES)
    arrays = fields.number(1)
    if arrays > _MAX_ARRAYS:
        raise ImageRefused("too-many-segments", measured=arrays, limit=_MAX_ARRAYS)
    count = 0
    for _ in range(arrays):
        fields.take(1)
        for _each in range(fields.number(2)):
            count += 1
            if count > _MAX_SETS:
                raise ImageRefused("too-many-segments", measured=count, limit=_MAX_SETS)
            unit = fields.take(fields.number(2))
            if len(unit) < _UNIT_HEAD_BYTES:
                raise ImageRefused("image-corrupt")
            yield unit


def _units(coded: bytes, *, length_bytes: int) -> Iterator[bytes]:
    """The units of an item; exactly one of them begins a picture of the base layer."""
    position = pictures = count = 0
    while position < len(coded):
        count += 1
        if count > _MAX_UNITS:
            raise ImageRefused("too-many-segments", measured=count, limit=_MAX_UNITS)
        start = position + length_bytes
        end = start + int.from_bytes(coded[position:start], "big")
        if end > len(coded):
            raise ImageRefused("file-incomplete", measured=len(coded), limit=end)
        if end - start <= _UNIT_HEAD_BYTES:
            raise ImageRefused("image-corrupt")
        unit = coded[start : min(end, start + _MAX_SET_BYTES)]
        # The first bit of a slice says that it is the first of its picture (section 7.3.6.1).
        if _type_of(unit) <= _LAST_PICTURE_TYPE and not _layer_of(unit):
            pictures += unit[2] >> 7
        yield unit
        position = end
    if pictures != 1:
        raise ImageRefused("animated-image", measured=pictures, limit=1) if pictures else ImageRefused("image-corrupt")


class _Bits:
    """Reads bits of a parameter set, the bytes against false start codes removed (section 7.3.1.1)."""

    __slots__ = ("_left", "_value")

    def __init__(self, unit: bytes) -> None:
        content = unit[_UNIT_HEAD_BYTES:_MAX_SET_BYTES].replace(b"\x00\x00\x03", b"\x00\x00")
        self._value, self._left = int.from_bytes(content, "big"), 8 * len(content)

    def take(self, count: int) -> int:
        """The next bits as a number."""
        self._left -= count
        if self._left < 0:
            raise ImageRefused("image-corrupt")
        return self._value >> self._left & ((1 << count) - 1)

    def golomb(self) -> int:
        """The next unsigned exponential Golomb code (section 9.2)."""
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > _MAX_GOLOMB_ZEROS:
                raise ImageRefused("image-corrupt")
        return (1 << zeros) - 1 + self.take(zeros)


def _sequence(unit: bytes) -> Sequence:
    """Size of the cropped picture out of a sequence parameter set (section 7.3.2.2.1)."""
    bits = _Bits(unit)
    bits.take(4)
    _pass_profile(bits, sub_layers=bits.take(3))
    bits.golomb()
    chroma = bits.golomb()
    if chroma >= len(_CHROMA_STEPS):
        raise ImageRefused("image-corrupt")
    if chroma == 3 and bits.take(1):
        # Three planes coded apart.
        raise ImageRefused("unsupported-encoding")
    width_px, height_px, hidden_px = bits.golomb(), bits.golomb(), (0, 0)
    if bits.take(1):
        across, down = _CHROMA_STEPS[chroma]
        left, right, top, bottom = (bits.golomb() for _ in range(4))
        hidden_px = (across * (left + right), down * (top + bottom))
    deepest = 8 + max(bits.golomb(), bits.golomb())
    if deepest > _MAX_BITS:
        raise ImageRefused("unsupported-encoding", measured=deepest)
    return Sequence(width_px - hidden_px[0], height_px - hidden_px[1], max(hidden_px))


def _pass_profile(bits: _Bits, *, sub_layers: int) -> None:
    """Passes over nesting flag and profile_tier_level (section 7.3.3)."""
    bits.take(1 + _PROFILE_BITS + _LEVEL_BITS)
    present = [(bits.take(1), bits.take(1)) for _ in range(sub_layers)]
    if sub_layers:
        bits.take(2 * (8 - sub_layers))
    for has_profile, has_level in present:
        bits.take(_PROFILE_BITS * has_profile + _LEVEL_BITS * has_level)
