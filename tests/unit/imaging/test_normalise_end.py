"""JPEGs whose data ends early behind an intact end marker, and JPEGs that only look like it."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from imaging.errors import ImageRefused
from imaging.jpeg_end import ends_early
from imaging.normalise import StoredImage, normalise
from imaging.prescan import prescan
from tests.unit.imaging.golden import Levels

CODINGS: list[dict[str, Any]] = [
    {},
    {"progressive": True},
    {"optimize": True},
    {"restart_marker_rows": 1},
    {"restart_marker_blocks": 2},
    {"subsampling": 0},
    {"progressive": True, "restart_marker_rows": 2},
]


def picture(*, last: Levels | None = None) -> Levels:
    """A noisy picture of 160 x 120 px; its last 32 rows may be given."""
    chance = np.random.default_rng(5)
    pixels = chance.integers(0, 256, (120, 160, 3), dtype=np.uint8)
    if last is not None:
        pixels[-32:] = last
    return pixels


def jpeg(pixels: Levels, mode: str = "RGB", **options: Any) -> bytes:
    image = Image.fromarray(pixels).convert("L" if mode == "CMYK" else mode)
    if mode == "CMYK":
        # As noisy in black as in the colours: a plane without content ends early without losing anything.
        image = Image.merge("CMYK", [image] * 4)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=80, **options)
    return file.getvalue()


def closed_at(data: bytes, share: float) -> bytes:
    """The last scan cut after this share of its data, an end marker pasted on."""
    start = data.rindex(b"\xff\xda") + 14
    return data[: start + round((len(data) - 2 - start) * share)].rstrip(b"\xff") + b"\xff\xd9"


def code_of(data: bytes) -> str | None:
    try:
        scanned = prescan(data)
        out = np.zeros((scanned.upright_height_px, scanned.upright_width_px, 3), np.uint8)
        normalise(StoredImage(scanned.payload, "JPEG", scanned.width_px, scanned.height_px, 1), out)
    except ImageRefused as refused:
        return refused.code
    return None


@pytest.mark.parametrize("options", CODINGS, ids=str)
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_early_end_is_noticed_wherever_it_is(mode: str, options: dict[str, Any]) -> None:
    data = jpeg(picture(), mode, **options)
    assert code_of(data) is None
    codes = {share: code_of(closed_at(data, share)) for share in (0.05, 0.3, 0.5, 0.7, 0.9, 0.97)}
    # Too little for any picture of this size is known from the header already.
    assert {code for share, code in codes.items() if share >= 0.3} == {"file-incomplete"}
    assert codes[0.05] in ("file-incomplete", "header-lies")


def test_early_end_between_two_restart_markers() -> None:
    """Everything up to the marker is whole, so the decoder has not even a code cut in two to stumble over."""
    data = jpeg(picture(), restart_marker_rows=1)
    for marker in (b"\xff\xd0", b"\xff\xd2", b"\xff\xd5"):
        assert code_of(data[: data.rindex(marker)] + b"\xff\xd9") == "file-incomplete"


@pytest.mark.parametrize("kept", range(1, 11))
def test_lost_scans_of_a_progressive_file(kept: int) -> None:
    data = jpeg(picture(), progressive=True)
    starts = [place for place in range(len(data) - 1) if data[place : place + 2] == b"\xff\xda"]
    assert len(starts) == 10
    ends = [*(data.rindex(b"\xff\xc4", 0, start) for start in starts[1:]), len(data) - 2]
    # A table belongs to the scan behind it; where there is none, the cut falls further back and loses a scan more.
    cut = data[: ends[kept - 1]] + b"\xff\xd9"
    assert code_of(cut) == (None if kept == 10 else "file-incomplete")


@pytest.mark.parametrize("level", [127, 128, 129])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("options", CODINGS, ids=str)
def test_page_that_really_ends_in_grey(level: int, mode: str, options: dict[str, Any]) -> None:
    """The level that missing blocks have is no proof of anything."""
    assert code_of(jpeg(picture(last=np.uint8(level)), mode, **options)) is None  # type: ignore[arg-type]
    assert code_of(jpeg(np.full((120, 160, 3), level, np.uint8), mode, **options)) is None


@pytest.mark.parametrize("scale", [1, 2, 4, 8])
def test_early_end_is_noticed_at_every_scale(scale: int) -> None:
    """Large pictures are decoded at a fraction of their size."""
    whole = jpeg(picture())
    for data, expected in ((whole, False), (closed_at(whole, 0.6), True)):
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
            image.draft(None, (160 // scale, 120 // scale))
            image.load()
            assert image.width == 160 // scale
            assert ends_early(image, data) is expected


def test_components_in_scans_of_their_own() -> None:
    """Sequential scans one component each: the last one may be the only one that is cut."""
    grey = jpeg(picture(), "L")
    frame, scan = grey.index(b"\xff\xc0"), grey.index(b"\xff\xda")
    body = grey[scan + 10 : -2]
    size = grey[frame + 5 : frame + 9]
    head = grey[:frame] + b"\xff\xc0\x00\x11\x08" + size + b"\x03\x01\x11\x00\x02\x11\x00\x03\x11\x00"
    tables = grey[frame + 13 : scan]
    scans = [b"\xff\xda\x00\x08\x01" + bytes((number, 0)) + b"\x00\x3f\x00" + body for number in (1, 2, 3)]
    assert code_of(head + tables + b"".join(scans) + b"\xff\xd9") is None
    assert code_of(head + tables + b"".join(scans[:2]) + b"\xff\xd9") == "file-incomplete"
    half = scans[2][: len(scans[2]) // 2].rstrip(b"\xff")
    assert code_of(head + tables + b"".join(scans[:2]) + half + b"\xff\xd9") == "file-incomplete"
