"""Reads the one Exif value the product needs, without an Exif library: parsers of metadata are attack surface."""

from __future__ import annotations

# Exif 2.32, section 4.6.4: tag 0x0112, type 3 (SHORT), one value from 1 to 8.
_ORIENTATION_TAG = 0x0112
_SHORT = 3
# Cameras write 10-60 entries in the first directory; more is damage or an attack.
_MAX_ENTRIES = 512
_UPRIGHT = 1


def exif_orientation(tiff: bytes) -> int:
    r"""The orientation in an Exif block.

    Args:
        tiff: The block from its TIFF header on (`II*\0` or `MM\0*`).

    Returns:
        1..8; 1 when the tag is missing, out of range or the block is damaged.
    """
    order = _byte_order(tiff)
    if order is None:
        return _UPRIGHT

    def number(start: int, size: int) -> int:
        return int.from_bytes(tiff[start : start + size], "little" if order == "little" else "big")

    directory = number(4, 4)
    if directory + 2 > len(tiff):
        return _UPRIGHT
    for index in range(min(number(directory, 2), _MAX_ENTRIES)):
        entry = directory + 2 + 12 * index
        if entry + 12 > len(tiff):
            break
        if number(entry, 2) == _ORIENTATION_TAG:
            value = number(entry + 8, 2)
            return value if number(entry + 2, 2) == _SHORT and 1 <= value <= 8 else _UPRIGHT
    return _UPRIGHT


def _byte_order(tiff: bytes) -> str | None:
    return {b"II*\x00": "little", b"MM\x00*": "big"}.get(tiff[:4])
