"""The photo tool and the scan compressor as single-file actions: a path in, a value out; nothing is written here."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from imaging.compliance import Reason, reasons_against
from imaging.compress import accepted_limit_bytes, compress_scan, written_limit_bytes
from imaging.errors import ImageRefused
from imaging.legible import legibility_defects
from imaging.model import Defect, Rendition
from imaging.photo.standards import PhotoStandard
from imaging.prescan import DEFAULT_LIMITS, prescan
from imaging.sandbox import DEFAULT_DECODE_LIMITS, Decoder
from imaging.scanned import DEFAULT_FORMATS, Scanned
from intake.case_folder import read_regular
from intake.parts import Parts
from intake.photo_service import PhotoOutcome, check_photo_data, make_photo_of_data
from intake.reading import refusal_defect

# Longer than this many times its width, a picture is no page or card (A4 has 1.41, a banknote 2.2) but a screenshot.
_LONG = 2.5


@dataclass(frozen=True, slots=True)
class PhotoAnswer(PhotoOutcome):
    """What the photo tool says about one file.

    Attributes:
        path: As it was given.
    """

    path: Path = field(kw_only=True)


def check_photo_file(
    path: Path, parts: Parts, standard: PhotoStandard, *, formats: tuple[str, ...] = DEFAULT_FORMATS
) -> PhotoAnswer:
    """Checks a finished photo; `formats` are those that the policy lets in."""
    data = read_regular(path, follow_links=True)
    if isinstance(data, Defect):
        return PhotoAnswer((data,), path=path)
    return _about(path, check_photo_data(data, parts, standard, formats=formats))


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
        return PhotoAnswer((data,), path=path)
    outcome = make_photo_of_data(data, parts, standard, max_bytes=max_bytes, whiten=whiten, formats=formats)
    return _about(path, outcome)


def _about(path: Path, outcome: PhotoOutcome) -> PhotoAnswer:
    return PhotoAnswer(**{own.name: getattr(outcome, own.name) for own in fields(outcome)}, path=path)


@dataclass(frozen=True, slots=True)
class CompressAnswer:
    """What the compressor says about one file.

    Attributes:
        path: As it was given.
        source_bytes: Size of the upload, 0 when it could not be read.
        source_width_px: Its width as a person sees it, 0 when it could not be read.
        source_height_px: Its height, likewise.
        data: The file to hand on; None for a refusal.
        format: Of the file to hand on: `JPEG` or `PNG`.
        width_px: Width of the result.
        height_px: Height of the result.
        limit_bytes: The limit that a written file keeps.
        reasons: Why the upload is not handed on as it is; empty when it is.
        cut_bytes: What was cut off behind the image's end.
        metadata_kept: True when the file carries the camera's notes, which may tell place and time.
        encodes: How often the image was encoded; 0 when its pixels are as uploaded.
        defects: Why it was refused, or what is lost.
    """

    path: Path
    source_bytes: int = 0
    source_width_px: int = 0
    source_height_px: int = 0
    data: bytes | None = None
    format: str = ""
    width_px: int = 0
    height_px: int = 0
    limit_bytes: int = 0
    reasons: tuple[Reason, ...] = ()
    cut_bytes: int = 0
    metadata_kept: bool = False
    encodes: int = 0
    defects: tuple[Defect, ...] = ()

    @property
    def unchanged(self) -> bool:
        """True when the upload is handed on byte for byte."""
        return self.data is not None and not self.reasons


def compress_file(
    path: Path, parts: Parts, *, max_kb: int, formats: tuple[str, ...] = DEFAULT_FORMATS
) -> CompressAnswer:
    """Brings a scan under a byte limit; `formats` are those that the policy lets in.

    Three answers: A compliant upload comes out byte for byte as it went in, metadata included: it is the applicant's
    own file, given back to the applicant, and its hash can be compared (what reviewers see is the rendition, and that
    carries no metadata). An upload that would be compliant but for what hangs behind the image's end keeps its pixels,
    bit for bit, and loses everything that is not picture. Any other is written anew: upright, sRGB, baseline JPEG.
    """
    data = read_regular(path, follow_links=True)
    if isinstance(data, Defect):
        return CompressAnswer(path, defects=(data,))
    try:
        scanned = prescan(data, replace(DEFAULT_LIMITS, formats=formats))
        # Decoded even when it will be kept: a damaged file is refused, not handed on.
        return _compressed(path, data, scanned, _decoded(scanned, parts), max_kb=max_kb)
    except ImageRefused as refusal:
        return CompressAnswer(path, len(data), defects=(refusal_defect(refusal),))


def _decoded(scanned: Scanned, parts: Parts) -> Rendition:
    """The picture with enough pixels, however long and narrow it is (a screenshot of a whole web page)."""
    limits = DEFAULT_DECODE_LIMITS
    shorter_px, longer_px = sorted((scanned.width_px, scanned.height_px))
    if longer_px <= limits.max_side_px or longer_px <= _LONG * shorter_px:
        return parts.decoder.decode_scanned(scanned)
    # As many pixels as a 4:3 photo of the usual longest side.
    longest_px = math.isqrt(limits.max_side_px**2 * 3 * longer_px // (4 * shorter_px))
    with Decoder(replace(limits, max_side_px=longest_px)) as decoder:
        return decoder.decode_scanned(scanned)


def _compressed(path: Path, data: bytes, scanned: Scanned, rendition: Rendition, *, max_kb: int) -> CompressAnswer:
    accepted_bytes = accepted_limit_bytes(max_kb)
    reasons = reasons_against(scanned, mode=rendition.source_mode, max_bytes=accepted_bytes)
    answer = CompressAnswer(
        path,
        source_bytes=len(data),
        source_width_px=scanned.upright_width_px,
        source_height_px=scanned.upright_height_px,
        width_px=scanned.upright_width_px,
        height_px=scanned.upright_height_px,
        limit_bytes=written_limit_bytes(max_kb),
        reasons=reasons,
        cut_bytes=scanned.trailer_bytes,
    )
    if not reasons:
        return replace(answer, data=data, format=scanned.format, metadata_kept=scanned.has_metadata)
    if set(reasons) <= {Reason.TRAILER, Reason.OVER_LIMIT} and len(scanned.payload) <= answer.limit_bytes:
        return replace(answer, data=scanned.payload, format=scanned.format)
    made = compress_scan(rendition.pixels, max_bytes=answer.limit_bytes)
    return replace(
        answer,
        data=made.data,
        format="JPEG",
        width_px=made.width_px,
        height_px=made.height_px,
        encodes=made.encodes,
        defects=legibility_defects(rendition.pixels, made),
    )
