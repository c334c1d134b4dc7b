"""What a HEIC says about one item: its size, how it is cropped and turned, and which of it the decoder needs."""

from __future__ import annotations

from dataclasses import dataclass

from imaging.errors import ImageRefused
from imaging.prescan_bmff import Fields
from imaging.prescan_heic_meta import Item, Property
from imaging.scanned import ScanLimits

# Said about a picture and handed on to the decoder. Everything else is left out.
_HANDED_ON = frozenset((b"hvcC", b"ispe", b"colr", b"pixi", b"auxC"))
_TURNS = frozenset((b"irot", b"imir"))
_PROFILES = (b"prof", b"rICC")
# Corners in the order top left, top right, bottom right, bottom left. The number of a picture's stored corner that
# shows in each place, for each Exif orientation (Exif 2.32, section 4.6.4).
_ORIENTATIONS = {
    (0, 1, 2, 3): 1,
    (1, 0, 3, 2): 2,
    (2, 3, 0, 1): 3,
    (3, 2, 1, 0): 4,
    (0, 3, 2, 1): 5,
    (3, 0, 1, 2): 6,
    (2, 1, 0, 3): 7,
    (1, 2, 3, 0): 8,
}
_Corners = tuple[int, int, int, int]
_UPRIGHT: _Corners = (0, 1, 2, 3)


@dataclass(frozen=True, slots=True)
class Look:
    """How one item is to be shown.

    Attributes:
        width_px: Announced width.
        height_px: Announced height.
        shown_width_px: Width after cropping, before turning.
        shown_height_px: Height, likewise.
        orientation: The Exif orientation 1..8 that means the same turning.
        handed_on: Kind and content of what the decoder must know: all but the turning.
    """

    width_px: int
    height_px: int
    shown_width_px: int
    shown_height_px: int
    orientation: int
    handed_on: tuple[tuple[bytes, bytes], ...]

    @property
    def is_plain(self) -> bool:
        """True when the picture is neither cropped nor turned."""
        sides = (self.width_px, self.height_px) == (self.shown_width_px, self.shown_height_px)
        return sides and self.orientation == 1

    def sole(self, kind: bytes) -> bytes:
        """The content of a property that there must be exactly one of."""
        found = [body for each, body in self.handed_on if each == kind]
        if len(found) != 1:
            raise ImageRefused("image-corrupt")
        return found[0]


def look_of(item: Item, limits: ScanLimits) -> Look:
    """Sums up what is said about an item.

    Raises:
        ImageRefused: `image-corrupt`, `unsupported-encoding` (encrypted, or an order of changes nobody writes).
    """
    if item.protected:
        raise ImageRefused("unsupported-encoding")
    handed_on: list[tuple[bytes, bytes]] = []
    crop: bytes | None = None
    corners = _UPRIGHT
    for each in item.properties:
        if each.kind in _HANDED_ON:
            if _fits(each, limits):
                handed_on.append((each.kind, each.body))
        elif each.kind == b"clap":
            if crop is not None or corners != _UPRIGHT:
                raise ImageRefused("unsupported-encoding")
            crop = each.body
        elif each.kind in _TURNS:
            corners = _turned(corners, each)
        elif each.essential:
            raise ImageRefused("unsupported-encoding")
    width_px, height_px = _size(handed_on)
    shown_px = (width_px, height_px) if crop is None else _cropped(crop, width_px=width_px, height_px=height_px)
    if crop is not None:
        handed_on.append((b"clap", crop))
    return Look(width_px, height_px, *shown_px, _ORIENTATIONS[corners], tuple(handed_on))


def _fits(each: Property, limits: ScanLimits) -> bool:
    return each.kind != b"colr" or each.body[:4] not in _PROFILES or len(each.body) - 4 <= limits.max_profile_bytes


def _size(handed_on: list[tuple[bytes, bytes]]) -> tuple[int, int]:
    """Width and height in px from the only `ispe` (ISO/IEC 23008-12, section 6.5.3)."""
    found = [body for kind, body in handed_on if kind == b"ispe"]
    if len(found) != 1 or len(found[0]) < 12:
        raise ImageRefused("image-corrupt")
    return int.from_bytes(found[0][4:8], "big"), int.from_bytes(found[0][8:12], "big")


def _turned(corners: _Corners, each: Property) -> _Corners:
    """Sections 6.5.10 and 6.5.12: quarter turns against the clock, or a mirror."""
    if not each.body:
        raise ImageRefused("image-corrupt")
    top_left, top_right, bottom_right, bottom_left = corners
    if each.kind == b"imir":
        if each.body[0] & 1:
            return (top_right, top_left, bottom_left, bottom_right)
        return (bottom_left, bottom_right, top_right, top_left)
    for _ in range(each.body[0] & 3):
        top_left, top_right, bottom_right, bottom_left = top_right, bottom_right, bottom_left, top_left
    return (top_left, top_right, bottom_right, bottom_left)


def _cropped(crop: bytes, *, width_px: int, height_px: int) -> tuple[int, int]:
    """Size of the clean aperture (ISO/IEC 14496-12, section 12.1.4.2), which must lie on whole pixels inside."""
    fields = Fields(crop, 0, len(crop))
    wide, wide_under, tall, tall_under, right, right_under, down, down_under = (fields.number(4) for _ in range(8))
    if not (wide_under and tall_under) or wide % wide_under or tall % tall_under:
        raise ImageRefused("unsupported-encoding")
    shown_px = wide // wide_under, tall // tall_under
    _check_inside(shown_px[0], width_px, shift=right, shift_under=right_under)
    _check_inside(shown_px[1], height_px, shift=down, shift_under=down_under)
    return shown_px


def _check_inside(side_px: int, whole_px: int, *, shift: int, shift_under: int) -> None:
    """The middle of the crop lies `shift` / `shift_under` from the middle of the picture, to either side."""
    shift -= (shift & 0x80000000) << 1
    if not shift_under:
        raise ImageRefused("unsupported-encoding")
    # First column or row, times twice the denominator to stay in whole numbers.
    start = (whole_px - side_px) * shift_under + 2 * shift
    if start % (2 * shift_under):
        raise ImageRefused("unsupported-encoding")
    if start < 0 or start // (2 * shift_under) + side_px > whole_px:
        raise ImageRefused("header-lies", measured=side_px, limit=whole_px)
