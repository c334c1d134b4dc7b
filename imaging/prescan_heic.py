"""Walks a HEIC's boxes and rebuilds it from the one picture that is shown.

Read are pictures in one HEVC item, pictures of equal HEVC tiles, and one opacity plane. Everything else in the file
(previews, depth and gain maps, Exif, tracks, other pictures) is left out, and turning is left to our own code.

What this does not stop: damage inside HEVC data, which is the decoder's business, and a few hundred bytes that may
unfold into the largest picture allowed: a HEVC block can cost less than a bit.
"""

from __future__ import annotations

from typing import NamedTuple

from imaging.errors import ImageRefused
from imaging.prescan_bmff import Box, Fields, boxes
from imaging.prescan_heic_look import Look, look_of
from imaging.prescan_heic_meta import FROM_FILE, FROM_IDAT, Contents, Item, read_contents
from imaging.prescan_heic_write import KeptItem, Reference, written
from imaging.prescan_hevc import check_coded
from imaging.scanned import ScanLimits, Scanned, check_size

_CODED, _GRID = b"hvc1", b"grid"
# ISO/IEC 23008-12, section 6.4.5 and annex B, and the older name that Apple's encoders write.
_OPACITY_NAMES = (b"urn:mpeg:hevc:2015:auxid:1", b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha")

# What a file with one still picture has; `free` and `skip` are padding.
_PLAIN_BOXES = frozenset((b"ftyp", b"meta", b"mdat", b"free", b"skip"))


class _Grid(NamedTuple):
    """A picture made of tiles: their number each way, and its size."""

    rows: int
    columns: int
    width_px: int
    height_px: int


def scan_heic(data: bytes, limits: ScanLimits) -> Scanned:
    """Checks and rebuilds a HEIC.

    Raises:
        ImageRefused: `file-incomplete`, `image-corrupt`, `unsupported-encoding`, `animated-image`, `too-many-pixels`,
            `too-few-pixels`, `too-many-segments`, `header-lies` (width, height or bytes that contradict each other).
    """
    meta, end, has_others = _meta_box(data, limits)
    contents = read_contents(data, meta, limits)
    reader = _Reader(data, contents, limits)
    primary = contents.items[contents.primary]
    look = look_of(primary, limits)
    check_size(width_px=look.width_px, height_px=look.height_px, limits=limits)
    check_size(width_px=look.shown_width_px, height_px=look.shown_height_px, limits=limits)
    kept, references = reader.picture(primary, look)
    opacity = reader.opacity(look)
    if opacity is not None:
        references.append(Reference(b"auxl", len(kept), (0,)))
        kept.append(opacity)
    return Scanned(
        format="HEIC",
        width_px=look.shown_width_px,
        height_px=look.shown_height_px,
        orientation=look.orientation,
        payload=written(kept, references),
        size_bytes=len(data),
        trailer_bytes=len(data) - max(end, reader.end),
        has_metadata=has_others or len(contents.items) > len(kept),
    )


def _meta_box(data: bytes, limits: ScanLimits) -> tuple[Box, int, bool]:
    """The table of contents, where the last box ends, and whether there are others than a still picture needs."""
    found: list[Box] = []
    try:
        for box in boxes(data, 0, len(data), max_count=limits.max_segments, overflow="file-incomplete"):
            found.append(box)
    except ImageRefused as refused:
        # Behind the table of contents anything may hang; whether the pixels are there is told by their places.
        if refused.code == "too-many-segments" or not any(box.kind == b"meta" for box in found):
            raise
    meta = next((box for box in found if box.kind == b"meta"), None)
    if meta is None:
        tracks = any(box.kind == b"moov" for box in found)
        raise ImageRefused("animated-image", limit=1) if tracks else ImageRefused("image-corrupt")
    return meta, found[-1].end, any(box.kind not in _PLAIN_BOXES for box in found)


class _Reader:
    """Fetches and checks the items that are kept; private to one scan of one file."""

    def __init__(self, data: bytes, contents: Contents, limits: ScanLimits) -> None:
        self._data, self._contents, self._limits = data, contents, limits
        self._fetched_bytes = 0
        self.end = 0

    def picture(self, primary: Item, look: Look) -> tuple[list[KeptItem], list[Reference]]:
        """The item that is shown, what it is made of, and the references between them."""
        if primary.kind == _CODED:
            return [self._coded(primary, look)], []
        if primary.kind != _GRID:
            raise ImageRefused("unsupported-encoding")
        numbers = self._contents.references.get((b"dimg", self._contents.primary), ())
        description = self._content(primary)
        grid = _read_grid(description)
        if (grid.width_px, grid.height_px) != (look.width_px, look.height_px):
            raise ImageRefused("header-lies", measured=grid.width_px, limit=look.width_px)
        if len(numbers) > self._limits.max_tiles:
            raise ImageRefused("too-many-segments", measured=len(numbers), limit=self._limits.max_tiles)
        if len(numbers) != grid.rows * grid.columns:
            raise ImageRefused("image-corrupt")
        kept = [KeptItem(_GRID, description, look.handed_on)]
        places: dict[int, int] = {}
        for number in numbers:
            if number not in places:
                places[number] = len(kept)
                kept.append(self._tile(number, grid))
        # A tile that is shown a hundred times is decoded a hundred times; that must not cost more than a file may have.
        coded_bytes = sum(len(kept[places[number]].content) for number in numbers)
        if coded_bytes > self._limits.max_bytes:
            raise ImageRefused("header-lies", measured=coded_bytes, limit=self._limits.max_bytes)
        return kept, [Reference(b"dimg", 0, tuple(places[number] for number in numbers))]

    def opacity(self, look: Look) -> KeptItem | None:
        """The opacity plane of the primary item, which is part of how it looks."""
        items = [
            self._contents.items[number]
            for (kind, number), targets in self._contents.references.items()
            if kind == b"auxl" and self._contents.primary in targets and number in self._contents.items
        ]
        planes = [item for item in items if _is_opacity(item)]
        if not planes:
            return None
        plane = look_of(planes[0], self._limits)
        same = (plane.shown_width_px, plane.shown_height_px) == (look.shown_width_px, look.shown_height_px)
        if len(planes) > 1 or planes[0].kind != _CODED or not same or plane.orientation not in (1, look.orientation):
            raise ImageRefused("unsupported-encoding")
        check_size(width_px=plane.width_px, height_px=plane.height_px, limits=self._limits)
        return self._coded(planes[0], plane)

    def _tile(self, number: int, grid: _Grid) -> KeptItem:
        item = self._contents.items.get(number)
        if item is None:
            raise ImageRefused("image-corrupt")
        look = look_of(item, self._limits)
        if item.kind != _CODED or not look.is_plain:
            raise ImageRefused("unsupported-encoding")
        _check_cover(look.width_px, grid.columns, grid.width_px)
        _check_cover(look.height_px, grid.rows, grid.height_px)
        return self._coded(item, look)

    def _coded(self, item: Item, look: Look) -> KeptItem:
        content = self._content(item)
        check_coded(look.sole(b"hvcC"), content, width_px=look.width_px, height_px=look.height_px)
        return KeptItem(_CODED, content, look.handed_on)

    def _content(self, item: Item) -> bytes:
        """The bytes of an item. All that are fetched together are no more than there are."""
        if item.method not in (FROM_FILE, FROM_IDAT):
            raise ImageRefused("unsupported-encoding")
        start, limit = (0, len(self._data)) if item.method == FROM_FILE else self._contents.idat
        pieces = []
        for offset, length in item.extents:
            end = start + offset + length
            if end > limit:
                raise ImageRefused("file-incomplete", measured=limit, limit=end)
            self._fetched_bytes += length
            if self._fetched_bytes > len(self._data):
                raise ImageRefused("header-lies", measured=self._fetched_bytes, limit=len(self._data))
            pieces.append(self._data[start + offset : end])
            self.end = max(self.end, end)
        return b"".join(pieces)


def _is_opacity(item: Item) -> bool:
    # A full box: version and flags, then a name that ends with a zero (section 6.5.8).
    return any(
        each.kind == b"auxC" and each.body[4:].partition(b"\x00")[0] in _OPACITY_NAMES for each in item.properties
    )


def _read_grid(description: bytes) -> _Grid:
    """Section 6.6.2.3."""
    fields = Fields(description, 0, len(description))
    fields.take(1)
    side_bytes = 4 if fields.number(1) & 1 else 2
    rows, columns = fields.number(1) + 1, fields.number(1) + 1
    return _Grid(rows, columns, fields.number(side_bytes), fields.number(side_bytes))


def _check_cover(tile_px: int, count: int, whole_px: int) -> None:
    """Tiles must cover the picture, and the last one must be needed."""
    if not (count - 1) * tile_px < whole_px <= count * tile_px:
        raise ImageRefused("header-lies", measured=count * tile_px, limit=whole_px)
