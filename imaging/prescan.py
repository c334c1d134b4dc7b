"""First look at an upload: pure Python over the header bytes, before any image library sees them.

It answers three questions in milliseconds: is this a still image in a format we read, is it affordable to decode, and
which of its bytes carry the picture. Only those go on to the decoder (`imaging.sandbox`).

Refusal codes, with the unit of `measured` and `limit`:

| code | means | unit |
|---|---|---|
| file-empty | no bytes | bytes |
| file-too-large | more bytes than allowed | bytes |
| not-an-image | no known image begins like this | - |
| format-not-allowed | a format that is not read, or not under this policy; its name is in `detail` | - |
| animated-image | more than one frame | frames |
| too-many-pixels, too-few-pixels | outside the bounds | pixels, or px of a side |
| header-lies | the header promises more than the data can hold | bytes, or px |
| too-many-scans, too-many-segments | built to cost time | count |
| file-incomplete | the end is missing: the transfer broke off | bytes present, bytes announced |
| unsupported-encoding | a rare variant of an allowed format | - |
| image-corrupt | contradicts its own format | - |

What this does not stop: damage inside compressed data and flaws in the decoders. That is what the child process of
`imaging.sandbox` is for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from imaging.errors import ImageRefused
from imaging.magic import foreign_format
from imaging.prescan_heic import scan_heic
from imaging.prescan_jpeg import scan_jpeg
from imaging.prescan_png import PNG_SIGNATURE, scan_png
from imaging.prescan_webp import scan_webp
from imaging.scanned import ScanLimits, Scanned

__all__ = ["DEFAULT_LIMITS", "ScanLimits", "Scanned", "prescan"]

DEFAULT_LIMITS = ScanLimits()


def prescan(data: bytes, limits: ScanLimits = DEFAULT_LIMITS) -> Scanned:
    """Checks an upload's structure and strips it to its pixels.

    Args:
        data: The upload as it came; its name plays no part.
        limits: Bounds; the defaults are those of reliability.md, section 2.1.

    Returns:
        Format, stored size, orientation and the bytes that are safe to hand to the decoder.

    Raises:
        ImageRefused: With one of the codes in this module's table.
    """
    if not data:
        raise ImageRefused("file-empty", measured=0)
    if len(data) > limits.max_bytes:
        raise ImageRefused("file-too-large", measured=len(data), limit=limits.max_bytes)
    name = _format_of(data)
    if name is None:
        raise ImageRefused("not-an-image")
    if name not in limits.formats:
        raise ImageRefused("format-not-allowed", detail=name)
    return _SCANNERS[name](data, limits)


_SCANNERS: Mapping[str, Callable[[bytes, ScanLimits], Scanned]] = {
    "JPEG": scan_jpeg,
    "PNG": scan_png,
    "WEBP": scan_webp,
    "HEIC": scan_heic,
}


def _format_of(data: bytes) -> str | None:
    if data.startswith(b"\xff\xd8"):
        return "JPEG"
    if data.startswith(PNG_SIGNATURE):
        return "PNG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    return foreign_format(data)
