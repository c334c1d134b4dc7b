"""Boxes and numbers of the ISO base media file format (ISO/IEC 14496-12, section 4.2), with every length distrusted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from imaging.errors import ImageRefused

_HEAD_BYTES, _LONG_HEAD_BYTES = 8, 16
# A size of 1 says that 64 bits follow, 0 that the box reaches to the end.
_LONG_SIZE, _OPEN_SIZE = 1, 0


class Box(NamedTuple):
    """One box: its type, where its content starts and where it ends."""

    kind: bytes
    body: int
    end: int


def boxes(data: bytes, start: int, end: int, *, max_count: int, overflow: str = "image-corrupt") -> Iterator[Box]:
    """The boxes between two positions, in order; not those inside them.

    Args:
        data: The file.
        start: Where the first box starts.
        end: Where the enclosing box, or the file, ends.
        max_count: Most boxes.
        overflow: Code for a box that reaches past `end`.

    Raises:
        ImageRefused: `overflow`, `image-corrupt` (a size smaller than its own head), `too-many-segments`.
    """
    count = 0
    while start < end:
        count += 1
        if count > max_count:
            raise ImageRefused("too-many-segments", measured=count, limit=max_count)
        body = start + _HEAD_BYTES
        size = int.from_bytes(data[start : start + 4], "big")
        box_end = end if size == _OPEN_SIZE else start + size
        if size == _LONG_SIZE:
            body = start + _LONG_HEAD_BYTES
            box_end = start + int.from_bytes(data[start + 8 : body], "big")
        if body > end or box_end > end:
            raise ImageRefused(overflow, measured=len(data), limit=max(body, box_end))
        if box_end < body:
            raise ImageRefused("image-corrupt")
        yield Box(data[start + 4 : start + 8], body, box_end)
        start = box_end


class Fields:
    """Reads numbers one after another, and never past the end.

    Every reading method raises ImageRefused `image-corrupt` when the content is too short.
    """

    __slots__ = ("_data", "_end", "position")

    def __init__(self, data: bytes, start: int, end: int) -> None:
        self._data, self.position, self._end = data, start, end

    def number(self, size_bytes: int) -> int:
        """The next big-endian number; 0 for a field of no bytes."""
        return int.from_bytes(self.take(size_bytes), "big")

    def take(self, size_bytes: int) -> bytes:
        """The next bytes."""
        end = self.position + size_bytes
        if end > self._end:
            raise ImageRefused("image-corrupt")
        taken = self._data[self.position : end]
        self.position = end
        return taken

    def version(self) -> int:
        """The version of a full box; its 24 flag bits are passed over."""
        return self.number(4) >> 24

    def flagged_version(self) -> tuple[int, int]:
        """Version and flags of a full box."""
        head = self.number(4)
        return head >> 24, head & 0xFFFFFF
