"""Names formats that are not taken, so that the refusal can say what was uploaded."""

from __future__ import annotations

import re

# First bytes from each format's own specification.
_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),
    (b"MM\x00+", "TIFF"),
    (b"BM", "BMP"),
    (b"%PDF-", "PDF"),
    (b"%!PS", "EPS"),
    (b"\xc5\xd0\xd3\xc6", "EPS"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (b"8BPS", "PSD"),
    (b"\x00\x00\x01\x00", "ICO"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "DOC"),
    (b"PK\x03\x04", "ZIP"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7Z"),
    (b"{\\rtf", "RTF"),
)
# ISO/IEC 14496-12, section 4.3: the main brand follows the box name `ftyp`, then a version and further brands.
# ISO/IEC 23008-12, annex B names the brands of HEVC coding; `mif1` and `msf1` leave the coding open.
_CODING_BRANDS = {
    b"heic": "HEIC",
    b"heix": "HEIC",
    b"heim": "HEIC",
    b"heis": "HEIC",
    b"hevc": "HEIC",
    b"hevx": "HEIC",
    b"avif": "AVIF",
    b"avis": "AVIF",
}
_OPEN_BRANDS = frozenset((b"mif1", b"msf1", b"miaf"))
# Writers list fewer than ten.
_MAX_BRANDS = 32
# Far enough for an XML declaration, a document type and a licence comment before the first element.
_MARKUP_BYTES = 1024
_SVG = re.compile(rb"<svg[\s>]", re.IGNORECASE)
_HTML = re.compile(rb"<(!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)


def foreign_format(data: bytes) -> str | None:
    """The name of a known format that is not read, or None when the bytes look like none."""
    for start, name in _STARTS:
        if data.startswith(start):
            return name
    if data[4:8] == b"ftyp":
        return _container_format(data)
    head = data[:_MARKUP_BYTES]
    if _SVG.search(head):
        return "SVG"
    if _HTML.search(head):
        return "HTML"
    # Some writers put blank lines or a byte order mark before the signature of a PDF.
    return "PDF" if b"%PDF-" in head else None


def _container_format(data: bytes) -> str:
    """The coding that the brands name; `MP4` for everything that is no picture."""
    end = min(len(data), int.from_bytes(data[:4], "big"), 16 + 4 * _MAX_BRANDS)
    main, further = data[8:12], [data[start : start + 4] for start in range(16, end, 4)]
    if main not in _OPEN_BRANDS:
        return _CODING_BRANDS.get(main, "MP4")
    return next((_CODING_BRANDS[brand] for brand in further if brand in _CODING_BRANDS), "HEIC")
