"""Writes a HEIC anew from the items that are kept: one file layout, whatever the upload looked like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

# Properties that a reader must understand to show the item right (ISO/IEC 23008-12, section 6.5).
_ESSENTIAL = frozenset((b"hvcC", b"clap"))
_BRANDS = (b"heic", bytes(4), b"mif1", b"heic")
_HIDDEN = 1


class KeptItem(NamedTuple):
    """One item of the new file; its number is its place in the list, from one on, and the first one is shown.

    Attributes:
        kind: Four letters.
        content: Its bytes.
        properties: Kind and content of what is said about it, in the order in which it applies.
    """

    kind: bytes
    content: bytes
    properties: tuple[tuple[bytes, bytes], ...]


class Reference(NamedTuple):
    """A reference between items.

    Attributes:
        kind: Four letters.
        start: Place of the item it starts from, counted from zero.
        targets: Places of the items it points to.
    """

    kind: bytes
    start: int
    targets: Sequence[int]


def written(items: Sequence[KeptItem], references: Sequence[Reference]) -> bytes:
    """The new file; the same items give the same bytes."""
    head = _box(b"ftyp", *_BRANDS)
    # The places of the contents depend on the length of the table, and that does not depend on the places.
    first = len(head) + len(_meta(items, references, first=0)) + 8
    return head + _meta(items, references, first=first) + _box(b"mdat", *(item.content for item in items))


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return (len(body) + 8).to_bytes(4, "big") + kind + body


def _full_box(kind: bytes, *parts: bytes, version: int = 0, flags: int = 0) -> bytes:
    return _box(kind, bytes((version,)), flags.to_bytes(3, "big"), *parts)


def _short(number: int) -> bytes:
    return number.to_bytes(2, "big")


def _meta(items: Sequence[KeptItem], references: Sequence[Reference], *, first: int) -> bytes:
    parts = [
        _full_box(b"hdlr", bytes(4), b"pict", bytes(13)),
        _full_box(b"pitm", _short(1)),
        _full_box(b"iinf", _short(len(items)), *(_entry(place, item) for place, item in enumerate(items))),
        _places(items, first=first),
        _properties(items),
    ]
    if references:
        parts.append(_full_box(b"iref", *(_reference(each) for each in references)))
    return _full_box(b"meta", *parts)


def _entry(place: int, item: KeptItem) -> bytes:
    head = _short(place + 1) + _short(0)
    return _full_box(b"infe", head, item.kind, b"\x00", version=2, flags=_HIDDEN if place else 0)


def _places(items: Sequence[KeptItem], *, first: int) -> bytes:
    # Four bytes each for offset and length, no base, no index.
    rows = []
    for place, item in enumerate(items):
        size = len(item.content)
        rows.append(_short(place + 1) + bytes(4) + _short(1) + first.to_bytes(4, "big") + size.to_bytes(4, "big"))
        first += size
    return _full_box(b"iloc", b"\x44\x00", _short(len(items)), *rows, version=1)


def _properties(items: Sequence[KeptItem]) -> bytes:
    numbers: dict[tuple[bytes, bytes], int] = {}
    rows = []
    for place, item in enumerate(items):
        words = []
        for each in item.properties:
            number = numbers.setdefault(each, len(numbers) + 1)
            words.append(_short(number | (0x8000 if each[0] in _ESSENTIAL else 0)))
        rows.append(_short(place + 1) + bytes((len(words),)) + b"".join(words))
    applied = _full_box(b"ipma", len(items).to_bytes(4, "big"), *rows, flags=1)
    return _box(b"iprp", _box(b"ipco", *(_box(kind, body) for kind, body in numbers)), applied)


def _reference(each: Reference) -> bytes:
    targets = b"".join(_short(target + 1) for target in each.targets)
    return _box(each.kind, _short(each.start + 1), _short(len(each.targets)), targets)
