"""`compress_file`: what stays, what loses its tail, what is written anew."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from api.show_photo import compression_lines
from fixtures.hostile.pages import page, saved
from imaging.compliance import Reason
from imaging.prescan import prescan
from intake.parts import Parts
from intake.photo_tool import CompressAnswer, compress_file


@pytest.fixture(scope="module")
def parts() -> Iterator[Parts]:
    with Parts() as opened:
        yield opened


def answer_for(data: bytes, folder: Path, parts: Parts, *, max_kb: int = 200) -> CompressAnswer:
    path = folder / "upload"
    path.write_bytes(data)
    return compress_file(path, parts, max_kb=max_kb)


def noted() -> Image.Exif:
    """Notes of a camera, with its maker."""
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    return exif


def of_size(size_bytes: int) -> bytes:
    """A JPEG of exactly this size; the rest is a comment, which is part of the image file and not a trailer."""
    data = saved(page(random.Random(0), (320, 200)), "JPEG")
    missing = size_bytes - len(data)
    comments = b""
    while missing:
        # The longest comment has 65,533 bytes; what would be left must have room for a marker of its own.
        length = min(missing, 65_537)
        length -= 4 if 0 < missing - length < 4 else 0
        comments += b"\xff\xfe" + (length - 2).to_bytes(2, "big") + bytes(length - 4)
        missing -= length
    return data[:2] + comments + data[2:]


@pytest.mark.parametrize(
    ("size_bytes", "unchanged"),
    [(199_999, True), (200_000, True), (200_001, True), (204_799, True), (204_800, True), (204_801, False)],
)
def test_the_accepted_limit_is_exact(size_bytes: int, unchanged: bool, tmp_path: Path, parts: Parts) -> None:
    data = of_size(size_bytes)
    assert len(data) == size_bytes
    answer = answer_for(data, tmp_path, parts)
    assert answer.unchanged is unchanged
    assert (answer.data == data) is unchanged
    assert answer.data is not None
    assert unchanged or len(answer.data) <= 200_000


@pytest.mark.parametrize("container", ["JPEG", "PNG"])
def test_a_compliant_file_comes_out_byte_for_byte(container: str, tmp_path: Path, parts: Parts) -> None:
    data = saved(page(random.Random(0), (320, 200)), container, exif=noted())
    answer = answer_for(data, tmp_path, parts)
    assert answer.data == data
    assert (answer.unchanged, answer.metadata_kept, answer.encodes) == (True, True, 0)
    assert answer.format == container


@pytest.mark.parametrize("container", ["JPEG", "PNG"])
def test_a_tail_is_cut_and_the_pixels_stay(container: str, tmp_path: Path, parts: Parts) -> None:
    data = saved(page(random.Random(0), (320, 200)), container, exif=noted())
    answer = answer_for(data + b"PK\x03\x04<script>", tmp_path, parts)
    assert answer.reasons == (Reason.TRAILER,)
    assert (answer.unchanged, answer.encodes, answer.cut_bytes) == (False, 0, 12)
    assert answer.data is not None
    assert b"script" not in answer.data
    assert not prescan(answer.data).has_metadata
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(answer.data)) as after:
        assert np.array_equal(np.asarray(before), np.asarray(after))


def test_a_tail_alone_over_the_limit_costs_no_quality(tmp_path: Path, parts: Parts) -> None:
    data = saved(page(random.Random(0), (320, 200)), "JPEG")
    answer = answer_for(data + bytes(300_000), tmp_path, parts)
    assert answer.encodes == 0
    assert answer.reasons == (Reason.OVER_LIMIT, Reason.TRAILER)
    assert answer.data is not None
    assert len(answer.data) <= len(data)


def turned() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return saved(page(random.Random(0), (320, 200)), "JPEG", exif=exif)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (turned(), Reason.TURNED),
        (saved(page(random.Random(0), (320, 200)), "WEBP"), Reason.OTHER_FORMAT),
        (saved(page(random.Random(0), (320, 200)).convert("CMYK"), "JPEG"), Reason.PRINT_COLOURS),
        (saved(page(random.Random(0), (320, 200)).convert("RGBA"), "PNG"), Reason.TRANSPARENT),
    ],
    ids=lambda value: value.value if isinstance(value, Reason) else "",
)
def test_what_others_may_show_differently_is_written_anew(
    data: bytes, reason: Reason, tmp_path: Path, parts: Parts
) -> None:
    answer = answer_for(data, tmp_path, parts)
    assert answer.reasons == (reason,)
    assert answer.data is not None
    scanned = prescan(answer.data)
    assert (scanned.format, scanned.orientation, scanned.has_metadata) == ("JPEG", 1, False)
    with Image.open(io.BytesIO(answer.data)) as image:
        assert image.mode == "RGB"
        assert image.size == ((200, 320) if reason is Reason.TURNED else (320, 200))
        assert "progressive" not in image.info


def test_a_damaged_file_is_refused_though_it_is_small(tmp_path: Path, parts: Parts) -> None:
    data = saved(page(random.Random(0), (320, 200)), "JPEG")
    answer = answer_for(data[: len(data) // 2], tmp_path, parts)
    assert answer.data is None
    assert not answer.unchanged
    assert [d.code for d in answer.defects] == ["file-incomplete"]


def test_a_long_screenshot_keeps_its_lines(tmp_path: Path, parts: Parts) -> None:
    tall = Image.new("RGB", (800, 6400), "white")
    for top in range(0, 6400, 400):
        tall.paste(page(random.Random(top), (800, 400)), (0, top))
    answer = answer_for(saved(tall, "PNG"), tmp_path, parts, max_kb=400)
    # Decoded like a page, at 3200 px of its longer side, it would have 400.
    assert answer.width_px >= 600


def test_sentences_tell_what_was_done(tmp_path: Path, parts: Parts) -> None:
    kept = answer_for(saved(page(random.Random(0), (320, 200)), "PNG", exif=noted()), tmp_path, parts)
    lines = "".join(compression_lines(kept, Path("out.jpg")))
    assert "一个字节也没有改动" in lines
    assert "拍摄信息" in lines
    assert "改成以 .png 结尾" in lines
    cut = answer_for(saved(page(random.Random(0), (320, 200)), "JPEG") + bytes(5000), tmp_path, parts)
    assert "5 KB 其他数据" in "".join(compression_lines(cut, Path("out.jpg")))
    made = answer_for(turned(), tmp_path, parts)
    lines = "".join(compression_lines(made, Path("out.jpeg")))
    assert "上限 200 KB" in lines
    assert "已把画面转正" in lines
    assert "200×320 像素" in lines
    assert "改成以" not in lines
