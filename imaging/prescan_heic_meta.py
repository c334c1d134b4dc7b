"""Reads the table of contents of a HEIC: which items there are, where their bytes lie, what is said about them.

Section numbers are those of ISO/IEC 14496-12 (boxes) and ISO/IEC 23008-12 (HEIF). What this does not stop: items whose
content is no picture; `imaging.prescan_heic` looks into those that are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from imaging.errors import ImageRefused
from imaging.prescan_bmff import Box, Fields, boxes
from imaging.scanned import ScanLimits

# Where an extent's offset counts from (14496-12, section 8.11.3): the file, or the box `idat`.
FROM_FILE, FROM_IDAT = 0, 1
_SIZES = (0, 4, 8)
# Encoders write one extent an item; a few more appear in files that were edited in place.
_MAX_EXTENTS = 64
# Encoders attach five to eight properties.
_MAX_PROPERTIES_PER_ITEM = 32
# A tile is referred to once, a block of metadata once; pictures made of pictures add a few.
_MAX_REFERENCES_PER_ITEM = 4


class Property(NamedTuple):
    """One thing said about an item, as it stands in the file.

    Attributes:
        kind: Four letters, such as `ispe`.
        body: Content behind the box's head.
        essential: True when a reader that does not know it must not show the item.
    """

    kind: bytes
    body: bytes
    essential: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One item.

    Attributes:
        kind: Four letters, such as `hvc1` or `grid`.
        protected: True when its content is encrypted.
        method: `FROM_FILE`, `FROM_IDAT`, or a method that is not read.
        extents: Start and length in bytes of each piece of its content.
        properties: What is said about it, in the order in which it applies.
    """

    kind: bytes
    protected: bool
    method: int
    extents: tuple[tuple[int, int], ...]
    properties: tuple[Property, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """The table of contents.

    Attributes:
        primary: Number of the item to show.
        items: All items by number.
        references: For a kind of reference and the item it starts from, the items it points to.
        idat: Start and end of the box `idat`; both 0 when there is none.
    """

    primary: int
    items: Mapping[int, Item]
    references: Mapping[tuple[bytes, int], tuple[int, ...]]
    idat: tuple[int, int]


@dataclass(slots=True)
class _Walk:
    """What has been seen so far; private to one scan of one file."""

    handler: bytes = b""
    primary: int | None = None
    kinds: dict[int, tuple[bytes, bool]] = field(default_factory=dict)
    places: dict[int, tuple[int, tuple[tuple[int, int], ...]]] = field(default_factory=dict)
    properties: list[tuple[bytes, bytes]] = field(default_factory=list)
    applied: dict[int, tuple[tuple[int, bool], ...]] = field(default_factory=dict)
    references: dict[tuple[bytes, int], tuple[int, ...]] = field(default_factory=dict)
    idat: tuple[int, int] = (0, 0)


def read_contents(data: bytes, meta: Box, limits: ScanLimits) -> Contents:
    """Reads the box `meta`.

    Raises:
        ImageRefused: `image-corrupt`, `too-many-segments`.
    """
    walk = _Walk()
    seen: set[bytes] = set()
    # `meta` is a full box: version and flags come before the boxes inside.
    for box in boxes(data, meta.body + 4, meta.end, max_count=limits.max_segments):
        take = _TAKERS.get(box.kind)
        if take is None:
            continue
        if box.kind in seen:
            # Readers would choose differently between two tables.
            raise ImageRefused("image-corrupt")
        seen.add(box.kind)
        take(data, box, walk, limits)
    if walk.handler != b"pict" or walk.primary not in walk.kinds:
        raise ImageRefused("image-corrupt")
    assert walk.primary is not None  # it is a key of `kinds`
    return Contents(
        primary=walk.primary,
        items={number: _item(number, walk) for number in walk.kinds},
        references=walk.references,
        idat=walk.idat,
    )


def _item(number: int, walk: _Walk) -> Item:
    kind, protected = walk.kinds[number]
    method, extents = walk.places.get(number, (FROM_FILE, ()))
    properties = []
    for index, essential in walk.applied.get(number, ()):
        # Counted from one; 0 says "none" (23008-12, section 9.3.1).
        if index > len(walk.properties):
            raise ImageRefused("image-corrupt")
        if index:
            properties.append(Property(*walk.properties[index - 1], essential))
    return Item(kind, protected, method, extents, tuple(properties))


def _count(number: int, limit: int) -> int:
    if number > limit:
        raise ImageRefused("too-many-segments", measured=number, limit=limit)
    return number


def _take_handler(data: bytes, box: Box, walk: _Walk, _: ScanLimits) -> None:
    fields = Fields(data, box.body, box.end)
    fields.take(8)
    walk.handler = fields.take(4)


def _take_primary(data: bytes, box: Box, walk: _Walk, _: ScanLimits) -> None:
    fields = Fields(data, box.body, box.end)
    walk.primary = fields.number(4 if fields.version() else 2)


def _take_idat(_: bytes, box: Box, walk: _Walk, __: ScanLimits) -> None:
    walk.idat = (box.body, box.end)


def _take_items(data: bytes, box: Box, walk: _Walk, limits: ScanLimits) -> None:
    """`iinf`, section 8.11.6: the kind of each item."""
    fields = Fields(data, box.body, box.end)
    _count(fields.number(4 if fields.version() else 2), limits.max_items)
    for entry in boxes(data, fields.position, box.end, max_count=limits.max_items):
        inside = Fields(data, entry.body, entry.end)
        version = inside.version()
        if entry.kind != b"infe" or version not in (2, 3):
            raise ImageRefused("image-corrupt")
        number = inside.number(2 if version == 2 else 4)
        protected = bool(inside.number(2))
        if number in walk.kinds:
            raise ImageRefused("image-corrupt")
        walk.kinds[number] = (inside.take(4), protected)


def _take_places(data: bytes, box: Box, walk: _Walk, limits: ScanLimits) -> None:
    """`iloc`, section 8.11.3: where the bytes of each item lie."""
    fields = Fields(data, box.body, box.end)
    version = fields.version()
    sizes = fields.number(2)
    offset_bytes, length_bytes, base_bytes, index_bytes = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    if version == 0:
        index_bytes = 0
    if version > 2 or any(size not in _SIZES for size in (offset_bytes, length_bytes, base_bytes, index_bytes)):
        raise ImageRefused("image-corrupt")
    for _unused in range(_count(fields.number(4 if version == 2 else 2), limits.max_items)):
        number = fields.number(4 if version == 2 else 2)
        method = fields.number(2) & 15 if version else FROM_FILE
        # Data in another file is never followed.
        elsewhere = fields.number(2)
        base = fields.number(base_bytes)
        extents = []
        for _each in range(_count(fields.number(2), _MAX_EXTENTS)):
            fields.take(index_bytes)
            extents.append((base + fields.number(offset_bytes), fields.number(length_bytes)))
        if number in walk.places or elsewhere:
            raise ImageRefused("image-corrupt")
        walk.places[number] = (method, tuple(extents))


def _take_references(data: bytes, box: Box, walk: _Walk, limits: ScanLimits) -> None:
    """`iref`, section 8.11.12: which item is made of, or belongs to, which."""
    fields = Fields(data, box.body, box.end)
    width_bytes = 4 if fields.version() else 2
    total = 0
    for entry in boxes(data, fields.position, box.end, max_count=limits.max_items):
        inside = Fields(data, entry.body, entry.end)
        start = inside.number(width_bytes)
        count = inside.number(2)
        total = _count(total + count, _MAX_REFERENCES_PER_ITEM * limits.max_items)
        targets = tuple(inside.number(width_bytes) for _ in range(count))
        if (entry.kind, start) in walk.references:
            raise ImageRefused("image-corrupt")
        walk.references[entry.kind, start] = targets


def _take_properties(data: bytes, box: Box, walk: _Walk, limits: ScanLimits) -> None:
    """`iprp`, 23008-12 section 9.3: properties and the items they belong to."""
    for part in boxes(data, box.body, box.end, max_count=limits.max_segments):
        if part.kind == b"ipco":
            found = boxes(data, part.body, part.end, max_count=limits.max_segments)
            walk.properties += [(each.kind, data[each.body : each.end]) for each in found]
            _count(len(walk.properties), limits.max_segments)
        elif part.kind == b"ipma":
            _take_applied(data, part, walk, limits)


def _take_applied(data: bytes, box: Box, walk: _Walk, limits: ScanLimits) -> None:
    fields = Fields(data, box.body, box.end)
    version, flags = fields.flagged_version()
    index_bytes = 2 if flags & 1 else 1
    essential_bit = 1 << (8 * index_bytes - 1)
    for _unused in range(_count(fields.number(4), limits.max_items)):
        number = fields.number(4 if version else 2)
        count = _count(fields.number(1), _MAX_PROPERTIES_PER_ITEM)
        words = [fields.number(index_bytes) for _ in range(count)]
        if number in walk.applied:
            raise ImageRefused("image-corrupt")
        walk.applied[number] = tuple((word & (essential_bit - 1), bool(word & essential_bit)) for word in words)


_TAKERS: Mapping[bytes, Callable[[bytes, Box, _Walk, ScanLimits], None]] = {
    b"hdlr": _take_handler,
    b"pitm": _take_primary,
    b"iinf": _take_items,
    b"iloc": _take_places,
    b"iref": _take_references,
    b"iprp": _take_properties,
    b"idat": _take_idat,
}
