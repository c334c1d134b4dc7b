"""Tells whether an upload may be handed on byte for byte, and if not, why.

A compliant upload stays the applicant's own file: same bytes, same hash, metadata and all. Making it free of metadata
is not the business of a compressor but of the rendition, which is what reviewers get to see (design.md section 3).
What other software may show differently from what was checked here is not compliant, however small it is:

| reason | why |
|---|---|
| over-limit | more bytes than accepted |
| other-format | WebP and HEIC: collection platforms take JPEG and PNG |
| turned | only the Exif tag turns it upright, and many platforms ignore the tag |
| print-colours | CMYK: browsers and office software disagree about its colours, some show it inverted |
| transparent | what shows through is white in one program and black in the next |
| deep-colour | 16 bits a sample: some viewers show white |
| trailer | something hangs behind the image's end, a second file or rubbish |

Progressive JPEGs are compliant: every browser and viewer in use shows them. Only what we write is baseline.
"""

from __future__ import annotations

from enum import StrEnum

from imaging.scanned import Scanned

# What the collection platforms of the three notices take (photo.md, Formats).
UPLOAD_FORMATS = ("JPEG", "PNG")
# Pillow's names for what every viewer shows alike: black-and-white, grey, palette, colour.
_PLAIN_MODES = frozenset({"1", "L", "P", "RGB"})
_PRINT_MODES = frozenset({"CMYK"})
_TRANSPARENT_MODES = frozenset({"LA", "PA", "RGBA", "La", "RGBa"})


class Reason(StrEnum):
    """Why an upload is not handed on as it is."""

    OVER_LIMIT = "over-limit"
    OTHER_FORMAT = "other-format"
    TURNED = "turned"
    PRINT_COLOURS = "print-colours"
    TRANSPARENT = "transparent"
    DEEP_COLOUR = "deep-colour"
    TRAILER = "trailer"


def reasons_against(
    scanned: Scanned, *, mode: str, max_bytes: int, formats: tuple[str, ...] = UPLOAD_FORMATS
) -> tuple[Reason, ...]:
    """Everything that speaks against handing an upload on byte for byte; empty when nothing does.

    Args:
        scanned: What the pre-scan found.
        mode: Pillow's mode of the stored image (`Rendition.source_mode`).
        max_bytes: The accepted limit (`imaging.compress.accepted_limit_bytes`).
        formats: Formats that the receiving side takes.
    """
    found = {
        Reason.OVER_LIMIT: scanned.size_bytes > max_bytes,
        Reason.OTHER_FORMAT: scanned.format not in formats,
        Reason.TURNED: scanned.orientation != 1,
        Reason.PRINT_COLOURS: mode in _PRINT_MODES,
        Reason.TRANSPARENT: mode in _TRANSPARENT_MODES or _has_transparent_colour(scanned),
        Reason.DEEP_COLOUR: mode not in _PLAIN_MODES | _PRINT_MODES | _TRANSPARENT_MODES,
        Reason.TRAILER: scanned.trailer_bytes > 0,
    }
    return tuple(reason for reason, against in found.items() if against)


def _has_transparent_colour(scanned: Scanned) -> bool:
    """True for a PNG that makes single colours transparent, which its mode does not tell."""
    # In a rebuilt PNG the chunk stands before the pixels. A colour profile that holds these letters by chance costs
    # one needless encode.
    return scanned.format == "PNG" and b"tRNS" in scanned.payload[: scanned.payload.find(b"IDAT")]
