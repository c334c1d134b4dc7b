"""What the pre-scan of an upload yields, and the bounds it is held against."""

from __future__ import annotations

from dataclasses import dataclass

from imaging.errors import ImageRefused

# What a policy can let in; which of them it does is `Policy.opened_formats`.
READABLE_FORMATS = ("JPEG", "PNG", "WEBP", "HEIC")
# HEIC is off unless a policy asks for it: its decoder is young, large and rarely needed (design.md, section 6 rule 5).
DEFAULT_FORMATS = ("JPEG", "PNG", "WEBP")


@dataclass(frozen=True, slots=True)
class ScanLimits:
    """Bounds on an upload that hold before any decoder sees a byte of it.

    Attributes:
        formats: Names out of `READABLE_FORMATS`; any other file is refused by name.
        max_bytes: Largest upload.
        max_pixels: Largest width x height.
        max_side_px: Longest side.
        min_side_px: Shortest side.
        max_segments: JPEG segments, or PNG and WebP chunks that carry no pixels.
        max_exif_segments: JPEG segments with Exif.
        max_scans: JPEG scans.
        max_data_chunks: PNG chunks that carry pixels.
        max_profile_bytes: Largest colour profile that is kept; a larger one is dropped, not refused.
        max_items: HEIC items, that is tiles, previews and metadata blocks.
        max_tiles: HEIC tiles of one image.
    """

    formats: tuple[str, ...] = DEFAULT_FORMATS
    # 12 MB in the generous reading, as for 20 KB and 200 KB (reliability.md 2.1, design.md section 3).
    max_bytes: int = 12 * 1024 * 1024
    # An A4 page at 600 dpi has 35 MP; imgproxy allows 50, thumbor 75 (reliability.md, finding 7).
    max_pixels: int = 40_000_000
    # reliability.md, finding 7.
    max_side_px: int = 12_000
    # Only what no decoder and no measure can use is refused here. What is too small for reading or for a photo
    # depends on the kind of material (a CPA photo has 178x220), so the floor of 200 px is a rule, not a bound.
    min_side_px: int = 16
    # reliability.md, section 2.1: real photos use 10-130, floods start at thousands.
    max_segments: int = 512
    # reliability.md, finding 5: opening is quadratic in Exif segments. Cameras write one, some editors add one.
    max_exif_segments: int = 2
    # reliability.md, finding 4: encoders write 10; 100 scans already cost 2.3 s.
    max_scans: int = 32
    # The largest upload cut into 1 KiB pieces; libpng writes 8 KiB pieces.
    max_data_chunks: int = 12_288
    # Display profiles have 0.5-4 KB, print profiles up to about 1 MB (the SWOP profile has 0.56 MB).
    max_profile_bytes: int = 1024 * 1024
    # A phone picture of 48 MP has 192 tiles of 512 px, 48 more of a gain map and a few blocks of metadata.
    max_items: int = 512
    # 40 MP in tiles of 512 px are 153; the count is a byte each way in the format, so 65,536 could be announced.
    max_tiles: int = 256


@dataclass(frozen=True, slots=True)
class Scanned:
    """A header-checked upload.

    Attributes:
        format: `JPEG`, `PNG`, `WEBP` or `HEIC`, told from the content.
        width_px: Stored width, before the orientation tag is applied.
        height_px: Stored height, likewise.
        orientation: Exif orientation 1..8; 1 when there is none or it makes no sense.
        payload: The image rebuilt from its pixel-bearing parts: no metadata, no comments, nothing after its end.
        size_bytes: Size of the upload as it came.
        trailer_bytes: Bytes after the image's end, which were cut (zip files, web pages, phone extras).
        has_metadata: True when Exif, XMP, comments or text were dropped.
    """

    format: str
    width_px: int
    height_px: int
    orientation: int
    payload: bytes
    size_bytes: int
    trailer_bytes: int = 0
    has_metadata: bool = False

    @property
    def upright_width_px(self) -> int:
        """Width as a person sees the image."""
        return self.height_px if self.orientation >= 5 else self.width_px

    @property
    def upright_height_px(self) -> int:
        """Height as a person sees the image."""
        return self.width_px if self.orientation >= 5 else self.height_px


def check_size(*, width_px: int, height_px: int, limits: ScanLimits) -> None:
    """Holds header dimensions against the bounds.

    Raises:
        ImageRefused: `too-many-pixels` (pixels, or the long side in px), `too-few-pixels` (short side in px).
    """
    if width_px * height_px > limits.max_pixels:
        raise ImageRefused("too-many-pixels", measured=width_px * height_px, limit=limits.max_pixels)
    if max(width_px, height_px) > limits.max_side_px:
        raise ImageRefused("too-many-pixels", measured=max(width_px, height_px), limit=limits.max_side_px)
    if min(width_px, height_px) < limits.min_side_px:
        raise ImageRefused("too-few-pixels", measured=min(width_px, height_px), limit=limits.min_side_px)
