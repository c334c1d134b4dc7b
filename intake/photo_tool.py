"""The photo tool and the scan compressor as single-file actions: a path in, a value out; nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from imaging.compress import accepted_limit_bytes, compress_scan, is_compliant, written_limit_bytes
from imaging.errors import ImageRefused
from imaging.model import Defect
from imaging.photo.make import make_photo
from imaging.photo.model import Made
from imaging.photo.standards import PhotoStandard
from imaging.sandbox import decode_upload
from imaging.scanned import DEFAULT_FORMATS
from intake.case_folder import read_regular
from intake.parts import Parts
from intake.reading import refusal_defect


@dataclass(frozen=True, slots=True)
class PhotoAnswer:
    """What the photo tool says about one file.

    Attributes:
        path: As it was given.
        defects: What breaks a rule; for a made photo, what is left after making it.
        measures: Measured values by name (see `imaging.photo.measures`).
        data: The made JPEG; None for a check and for a refusal.
        width_px: Width of the made photo, 0 without one.
        height_px: Height, likewise.
        background_replaced: Whether its background was made white.
        turned_deg: Quarter turn that was applied.
    """

    path: Path
    defects: tuple[Defect, ...]
    measures: Mapping[str, float] = field(default_factory=dict)
    data: bytes | None = None
    width_px: int = 0
    height_px: int = 0
    background_replaced: bool = False
    turned_deg: int = 0

    @property
    def refused(self) -> bool:
        """True when something severe stands against the photo."""
        return any(d.severe for d in self.defects)


def check_photo_file(
    path: Path, parts: Parts, standard: PhotoStandard, *, formats: tuple[str, ...] = DEFAULT_FORMATS
) -> PhotoAnswer:
    """Checks a finished photo; `formats` are those that the policy lets in."""
    data = read_regular(path, follow_links=True)
    if isinstance(data, Defect):
        return PhotoAnswer(path, (data,))
    try:
        rendition = parts.decoder.decode(data, formats=formats)
    except ImageRefused as refusal:
        return PhotoAnswer(path, (refusal_defect(refusal),))
    report = parts.check_photo(rendition, standard, source_bytes=len(data))
    return PhotoAnswer(path, report.defects, report.measures)


def fix_photo_file(
    path: Path,
    parts: Parts,
    standard: PhotoStandard,
    *,
    max_bytes: int,
    whiten: bool,
    formats: tuple[str, ...] = DEFAULT_FORMATS,
) -> PhotoAnswer:
    """Makes a compliant photo, or says why none can be made; `formats` are those that the policy lets in."""
    data = read_regular(path, follow_links=True)
    if isinstance(data, Defect):
        return PhotoAnswer(path, (data,))
    try:
        rendition = parts.decoder.decode(data, formats=formats)
        made = make_photo(
            rendition.pixels,
            parts.photo_models,
            standard,
            max_bytes=max_bytes,
            background="whiten" if whiten else "keep",
        )
    except ImageRefused as refusal:
        return PhotoAnswer(path, (refusal_defect(refusal),))
    if not isinstance(made, Made):
        return PhotoAnswer(path, made.defects, made.measures)
    severe = any(d.severe for d in made.report.defects)
    return PhotoAnswer(
        path,
        made.report.defects,
        made.report.measures,
        # A photo that fails its own check after making is not handed out.
        data=None if severe else made.data,
        width_px=standard.width_px,
        height_px=standard.height_px,
        background_replaced=made.background_replaced,
        turned_deg=made.turned_deg,
    )


@dataclass(frozen=True, slots=True)
class CompressAnswer:
    """What the compressor says about one file.

    Attributes:
        path: As it was given.
        source_bytes: Size of the upload, 0 when it could not be read.
        data: The file to hand on; None for a refusal.
        unchanged: True when the upload already fits and is handed on byte for byte.
        width_px: Width of the result.
        height_px: Height of the result.
        defects: Why it was refused.
    """

    path: Path
    source_bytes: int = 0
    data: bytes | None = None
    unchanged: bool = False
    width_px: int = 0
    height_px: int = 0
    defects: tuple[Defect, ...] = ()


def compress_file(
    path: Path, parts: Parts, *, max_kb: int, formats: tuple[str, ...] = DEFAULT_FORMATS
) -> CompressAnswer:
    """Brings a scan under a byte limit, keeping it as it is when it already fits; `formats` as the policy says."""
    data = read_regular(path, follow_links=True)
    if isinstance(data, Defect):
        return CompressAnswer(path, defects=(data,))
    try:
        scanned, rendition = decode_upload(data, parts.decoder, formats=formats)
        if is_compliant(scanned, size_bytes=len(data), max_bytes=accepted_limit_bytes(max_kb)):
            width_px, height_px = scanned.upright_width_px, scanned.upright_height_px
            # Pixel for pixel as uploaded, without its metadata (place, serial number) and whatever hung behind it.
            kept = scanned.payload
            return CompressAnswer(path, len(data), kept, unchanged=True, width_px=width_px, height_px=height_px)
        made = compress_scan(rendition.pixels, max_bytes=written_limit_bytes(max_kb))
    except ImageRefused as refusal:
        return CompressAnswer(path, len(data), defects=(refusal_defect(refusal),))
    return CompressAnswer(path, len(data), made.data, width_px=made.width_px, height_px=made.height_px)
