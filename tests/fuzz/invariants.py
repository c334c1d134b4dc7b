"""What must hold for any bytes whatever; shared by the fuzz target and the unit tests, and free of atheris."""

from __future__ import annotations

from dataclasses import replace

from imaging.errors import ImageRefused
from imaging.prescan import DEFAULT_LIMITS, prescan
from imaging.scanned import READABLE_FORMATS, Scanned

# Small bounds, so that the fuzzer reaches both sides of them with small files.
LIMITS = replace(
    DEFAULT_LIMITS,
    formats=READABLE_FORMATS,
    max_bytes=60_000,
    max_pixels=2_000_000,
    max_side_px=2_000,
    max_segments=40,
    max_scans=12,
    max_data_chunks=30,
    max_profile_bytes=4_000,
    max_items=20,
    max_tiles=9,
)
# The table of `imaging.prescan`.
CODES = frozenset(
    (
        "file-empty",
        "file-too-large",
        "not-an-image",
        "format-not-allowed",
        "animated-image",
        "too-many-pixels",
        "too-few-pixels",
        "header-lies",
        "too-many-scans",
        "too-many-segments",
        "file-incomplete",
        "unsupported-encoding",
        "image-corrupt",
    )
)
# What writing anew may add: heads of boxes and chunks, and a HEIC's properties once more for each of its items.
_MOST_ADDED_BYTES = 8_000


class BrokenInvariant(AssertionError):
    """The pre-scan accepted something that contradicts itself."""


def scan_one(data: bytes) -> str | None:
    """Scans bytes and checks the answer.

    Args:
        data: Anything.

    Returns:
        The code of the refusal; None when the bytes were accepted.

    Raises:
        BrokenInvariant: The answer contradicts itself. Any other exception is a fault of the pre-scan as well.
    """
    try:
        scanned = prescan(data, LIMITS)
    except ImageRefused as refused:
        _require(refused.code in CODES, "unknown code")
        return refused.code
    _check_values(scanned, data)
    _check_repeats(scanned)
    return None


def _check_values(scanned: Scanned, data: bytes) -> None:
    sides = (scanned.width_px, scanned.height_px)
    _require(scanned.format in READABLE_FORMATS, "format")
    _require(min(sides) >= LIMITS.min_side_px and max(sides) <= LIMITS.max_side_px, "sides")
    _require(sides[0] * sides[1] <= LIMITS.max_pixels, "pixels")
    _require(1 <= scanned.orientation <= 8, "orientation")
    _require(scanned.size_bytes == len(data), "size")
    _require(0 <= scanned.trailer_bytes <= len(data), "trailer")
    _require(len(scanned.payload) <= len(data) + _MOST_ADDED_BYTES, "payload grew")


def _check_repeats(scanned: Scanned) -> None:
    """There is nothing left to strip, and the stripped file says the same."""
    try:
        again = prescan(scanned.payload, replace(LIMITS, max_bytes=LIMITS.max_bytes + _MOST_ADDED_BYTES))
    except ImageRefused as refused:
        raise BrokenInvariant(f"payload refused: {refused.code}") from refused
    _require(again.payload == scanned.payload, "payload changes again")
    _require(
        (again.format, again.width_px, again.height_px) == (scanned.format, scanned.width_px, scanned.height_px), "look"
    )
    _require(again.orientation == 1 and not again.trailer_bytes and not again.has_metadata, "leftovers")


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise BrokenInvariant(what)
