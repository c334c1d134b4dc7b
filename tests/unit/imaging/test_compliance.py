"""Which uploads stay as they are, and what speaks against each of the others."""

from __future__ import annotations

import io
import random
from dataclasses import replace

import pytest
from PIL import Image

from fixtures.hostile.pages import page, saved
from imaging.compliance import Reason, reasons_against
from imaging.compress import accepted_limit_bytes
from imaging.prescan import prescan

MAX_BYTES = accepted_limit_bytes(200)


def reasons_for(data: bytes, *, max_bytes: int = MAX_BYTES) -> tuple[Reason, ...]:
    scanned = prescan(data)
    with Image.open(io.BytesIO(data)) as image:
        return reasons_against(scanned, mode=image.mode, max_bytes=max_bytes)


@pytest.mark.parametrize(
    ("size_bytes", "reasons"), [(1, ()), (204_799, ()), (204_800, ()), (204_801, (Reason.OVER_LIMIT,))]
)
def test_the_limit_is_the_accepted_one(size_bytes: int, reasons: tuple[Reason, ...]) -> None:
    scanned = replace(prescan(saved(page(random.Random(0)), "JPEG")), size_bytes=size_bytes)
    assert reasons_against(scanned, mode="RGB", max_bytes=MAX_BYTES) == reasons


@pytest.mark.parametrize("container", ["JPEG", "PNG"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_plain_pictures_stay(container: str, mode: str) -> None:
    assert reasons_for(saved(page(random.Random(0), (320, 200)).convert(mode), container)) == ()


@pytest.mark.parametrize("mode", ["1", "P"])
def test_few_colours_stay(mode: str) -> None:
    assert reasons_for(saved(page(random.Random(0), (320, 200)).convert(mode), "PNG")) == ()


def test_progressive_pictures_stay() -> None:
    data = saved(page(random.Random(0), (320, 200)), "JPEG", progressive=True)
    assert b"\xff\xc2" in data
    assert reasons_for(data) == ()


def test_metadata_is_no_reason() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    assert reasons_for(saved(page(random.Random(0), (320, 200)), "JPEG", exif=exif)) == ()


def test_webp_is_never_compliant() -> None:
    assert reasons_for(saved(page(random.Random(0), (320, 200)), "WEBP")) == (Reason.OTHER_FORMAT,)


def test_formats_are_the_receivers_choice() -> None:
    scanned = prescan(saved(page(random.Random(0), (320, 200)), "PNG"))
    assert reasons_against(scanned, mode="RGB", max_bytes=MAX_BYTES, formats=("JPEG",)) == (Reason.OTHER_FORMAT,)


@pytest.mark.parametrize("orientation", range(2, 9))
def test_turned_by_its_tag_is_not_compliant(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert reasons_for(saved(page(random.Random(0), (320, 200)), "JPEG", exif=exif)) == (Reason.TURNED,)


def test_print_colours_are_not_compliant() -> None:
    assert reasons_for(saved(page(random.Random(0), (320, 200)).convert("CMYK"), "JPEG")) == (Reason.PRINT_COLOURS,)


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_transparent_pictures_are_not_compliant(mode: str) -> None:
    assert reasons_for(saved(page(random.Random(0), (320, 200)).convert(mode), "PNG")) == (Reason.TRANSPARENT,)


def test_a_transparent_colour_of_a_palette_counts() -> None:
    image = page(random.Random(0), (320, 200)).convert("P")
    assert reasons_for(saved(image, "PNG", transparency=3)) == (Reason.TRANSPARENT,)


def test_deep_colour_is_not_compliant() -> None:
    assert reasons_for(saved(Image.new("I;16", (300, 200), 40_000), "PNG")) == (Reason.DEEP_COLOUR,)


@pytest.mark.parametrize("container", ["JPEG", "PNG"])
def test_one_byte_behind_the_end_is_a_trailer(container: str) -> None:
    data = saved(page(random.Random(0), (320, 200)), container)
    assert reasons_for(data + b"\x00") == (Reason.TRAILER,)


def test_all_reasons_are_told() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = saved(page(random.Random(0), (320, 200)).convert("CMYK"), "JPEG", exif=exif) + b"zip"
    assert reasons_for(data, max_bytes=100) == (
        Reason.OVER_LIMIT,
        Reason.TURNED,
        Reason.PRINT_COLOURS,
        Reason.TRAILER,
    )
