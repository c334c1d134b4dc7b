"""The pre-scan: what it refuses, what it tolerates, and that nothing but pixels gets past it."""

from __future__ import annotations

import io
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fixtures.hostile.jpeg_writer import segment, with_segments
from fixtures.hostile.mutators import mutants
from fixtures.hostile.pages import page, saved
from fixtures.hostile.png_writer import chunk, header, packed_zeros, png
from imaging.errors import ImageRefused
from imaging.exif_orientation import exif_orientation
from imaging.prescan import DEFAULT_LIMITS, ScanLimits, prescan

PAGE = page(random.Random(1))
FORMATS = ("JPEG", "PNG", "WEBP")


def refusal(data: bytes, limits: ScanLimits = DEFAULT_LIMITS) -> ImageRefused:
    with pytest.raises(ImageRefused) as refused:
        prescan(data, limits)
    return refused.value


def exif(orientation: int) -> bytes:
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010F] = "FICTIONAL CAMERA"
    return tags.tobytes()


@pytest.mark.parametrize("file_format", FORMATS)
def test_ordinary_image_is_described(file_format: str) -> None:
    data = saved(PAGE, file_format)
    scanned = prescan(data)
    assert (scanned.format, scanned.width_px, scanned.height_px) == (file_format, 640, 400)
    assert (scanned.orientation, scanned.size_bytes, scanned.trailer_bytes) == (1, len(data), 0)


@pytest.mark.parametrize("file_format", FORMATS)
def test_payload_shows_the_same_pixels(file_format: str) -> None:
    data = saved(PAGE, file_format, exif=exif(1))
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(prescan(data).payload)) as after:
        assert before.tobytes() == after.tobytes()
        assert after.format == file_format


@pytest.mark.parametrize("file_format", FORMATS)
def test_metadata_is_left_out(file_format: str) -> None:
    data = saved(PAGE, file_format, exif=exif(3))
    scanned = prescan(data)
    assert b"FICTIONAL CAMERA" in data
    assert b"FICTIONAL CAMERA" not in scanned.payload
    assert scanned.has_metadata


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_read_and_swaps_the_sides(file_format: str, orientation: int) -> None:
    scanned = prescan(saved(PAGE, file_format, exif=exif(orientation)))
    assert scanned.orientation == orientation
    upright = (scanned.upright_width_px, scanned.upright_height_px)
    assert upright == ((640, 400) if orientation < 5 else (400, 640))


@pytest.mark.parametrize("file_format", FORMATS)
def test_trailer_is_cut(file_format: str) -> None:
    data = saved(PAGE, file_format)
    scanned = prescan(data + b"PK\x03\x04 and more")
    assert scanned.trailer_bytes == 13
    assert scanned.payload == prescan(data).payload


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("share", [0.03, 0.5, 0.9, 0.999])
def test_missing_end_is_refused(file_format: str, share: float) -> None:
    data = saved(PAGE, file_format)
    assert refusal(data[: int(len(data) * share)]).code == "file-incomplete"


@pytest.mark.parametrize(("size_bytes", "code"), [(99, None), (100, None), (101, "file-too-large")])
def test_byte_limit(size_bytes: int, code: str | None) -> None:
    data = png(header(width_px=16, height_px=16, bits=1, colour=0), chunk(b"IDAT", packed_zeros(48)))
    limits = replace(DEFAULT_LIMITS, max_bytes=100)
    padded = data + bytes(size_bytes - len(data))
    if code is None:
        assert prescan(padded, limits).size_bytes == size_bytes
    else:
        refused = refusal(padded, limits)
        assert (refused.code, refused.measured, refused.limit) == (code, size_bytes, 100)


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize(
    ("sides", "code"),
    [
        ((15, 16), "too-few-pixels"),
        ((16, 16), None),
        ((39, 50), None),
        ((40, 50), None),
        ((41, 50), "too-many-pixels"),
        ((100, 16), None),
        ((101, 16), "too-many-pixels"),
    ],
)
def test_pixel_limits(file_format: str, sides: tuple[int, int], code: str | None) -> None:
    limits = replace(DEFAULT_LIMITS, max_pixels=2000, max_side_px=100)
    for size in (sides, sides[::-1]):
        data = saved(Image.new("RGB", size), file_format)
        if code is None:
            assert (prescan(data, limits).width_px, prescan(data, limits).height_px) == size
        else:
            assert refusal(data, limits).code == code


@pytest.mark.parametrize(("count", "code"), [(29, None), (30, None), (31, "too-many-segments")])
def test_jpeg_segment_limit(count: int, code: str | None) -> None:
    data = saved(PAGE, "JPEG")
    own = len(refused_segments(data))
    padded = with_segments(data, segment(0xFE, b"x") * (count - own))
    limits = replace(DEFAULT_LIMITS, max_segments=30)
    assert (None if code is None else refusal(padded, limits).code) == code
    if code is None:
        assert prescan(padded, limits).format == "JPEG"


def refused_segments(data: bytes) -> list[int]:
    """Segment counts at which a limit still refuses the file, to learn how many it has."""
    counts = []
    for count in range(1, 40):
        try:
            prescan(data, replace(DEFAULT_LIMITS, max_segments=count))
        except ImageRefused:
            counts.append(count)
    return [*counts, len(counts) + 1]


@pytest.mark.parametrize(("count", "code"), [(1, None), (2, None), (3, "too-many-segments")])
def test_exif_segment_limit(count: int, code: str | None) -> None:
    data = with_segments(saved(PAGE, "JPEG"), segment(0xE1, exif(6)) * count)
    if code is None:
        assert prescan(data).orientation == 6
    else:
        assert refusal(data).code == code


@pytest.mark.parametrize(("limit", "code"), [(9, "too-many-scans"), (10, None), (11, None)])
def test_scan_limit(limit: int, code: str | None) -> None:
    """A colour page in the usual progressive script has ten scans."""
    data = saved(PAGE, "JPEG", progressive=True)
    limits = replace(DEFAULT_LIMITS, max_scans=limit)
    if code is None:
        assert prescan(data, limits).format == "JPEG"
    else:
        assert refusal(data, limits).code == code


@pytest.mark.parametrize("options", [{}, {"optimize": True}, {"progressive": True}, {"quality": 1, "optimize": True}])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_emptiest_honest_jpeg_is_no_lie(mode: str, options: dict[str, int]) -> None:
    assert prescan(saved(Image.new(mode, (1001, 777), "white"), "JPEG", **options)).width_px == 1001


@pytest.mark.parametrize("mode", ["RGB", "L", "1", "RGBA"])
def test_emptiest_honest_png_is_no_lie(mode: str) -> None:
    assert prescan(saved(Image.new(mode, (3001, 2777)), "PNG", compress_level=9)).width_px == 3001


@pytest.mark.parametrize(
    ("start", "name"),
    [
        (b"GIF89a", "GIF"),
        (b"II*\x00", "TIFF"),
        (b"BM", "BMP"),
        (b"%PDF-1.4", "PDF"),
        (b"\n\n%PDF-1.4", "PDF"),
        (b"\x00\x00\x00\x18ftypheic", "HEIC"),
        (b"\x00\x00\x00\x18ftypavif", "AVIF"),
        (b"\x00\x00\x00\x18ftypisom", "MP4"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><svg ", "SVG"),
        (b"<html>", "HTML"),
        (b"PK\x03\x04", "ZIP"),
    ],
)
def test_other_formats_are_named(start: bytes, name: str) -> None:
    refused = refusal(start + bytes(40))
    assert (refused.code, refused.detail) == ("format-not-allowed", name)


def test_name_and_look_of_a_profile_survive_only_when_it_fits() -> None:
    profile = bytes(100_000)
    for file_format in FORMATS:
        data = saved(PAGE, file_format, icc_profile=profile)
        with Image.open(io.BytesIO(prescan(data).payload)) as kept:
            assert kept.info.get("icc_profile") == profile
        limits = replace(DEFAULT_LIMITS, max_profile_bytes=99_999)
        with Image.open(io.BytesIO(prescan(data, limits).payload)) as dropped:
            assert "icc_profile" not in dropped.info


@pytest.mark.parametrize("frames", [1, 2])
def test_animation_chunk_counts_frames(frames: int) -> None:
    data = png(
        header(width_px=64, height_px=64, colour=0),
        chunk(b"acTL", frames.to_bytes(4, "big") + bytes(4)),
        chunk(b"IDAT", packed_zeros(65 * 64)),
    )
    if frames == 1:
        assert prescan(data).format == "PNG"
    else:
        assert refusal(data).code == "animated-image"


def test_sof_inside_metadata_is_not_believed() -> None:
    """A preview in Exif has its own markers; only the walk from segment to segment tells them apart."""
    preview = saved(PAGE.resize((160, 120)), "JPEG")
    data = with_segments(saved(PAGE, "JPEG"), segment(0xE1, exif(1) + preview))
    assert prescan(data).width_px == 640


@given(st.binary(max_size=400))
def test_orientation_of_anything_is_one_to_eight(tiff: bytes) -> None:
    assert 1 <= exif_orientation(tiff) <= 8
    assert 1 <= exif_orientation(b"II*\x00" + tiff) <= 8


@pytest.mark.parametrize(("value", "expected"), [(0, 1), (1, 1), (8, 8), (9, 1), (65535, 1)])
@pytest.mark.parametrize("order", ["little", "big"])
def test_orientation_edges(order: str, value: int, expected: int) -> None:
    mark = b"II*\x00" if order == "little" else b"MM\x00*"
    numbers = [(8, 4), (1, 2), (0x0112, 2), (3, 2), (1, 4), (value, 2), (0, 2)]
    tiff = mark + b"".join(n.to_bytes(size, "little" if order == "little" else "big") for n, size in numbers)
    assert exif_orientation(tiff) == expected


@settings(max_examples=200)
@given(st.sampled_from((b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"RIFF\x40\x00\x00\x00WEBP", b"")), st.binary(max_size=300))
def test_any_bytes_are_described_or_refused(start: bytes, rest: bytes) -> None:
    try:
        scanned = prescan(start + rest)
    except ImageRefused as refused:
        assert refused.code
    else:
        assert scanned.width_px >= DEFAULT_LIMITS.min_side_px


def test_payload_of_a_mutant_is_stable() -> None:
    """What one scan let through, a second one leaves as it is: there is nothing left to strip."""
    bases = tuple(saved(PAGE, file_format, exif=exif(6)) for file_format in FORMATS)
    passed = 0
    for data in mutants(bases, seed=7, count=600):
        try:
            first = prescan(data)
        except ImageRefused:
            continue
        passed += 1
        again = prescan(first.payload)
        assert again.payload == first.payload
        assert (again.width_px, again.height_px) == (first.width_px, first.height_px)
    assert passed > 50
