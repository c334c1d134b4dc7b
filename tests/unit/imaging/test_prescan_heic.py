"""HEIC at the door: what is believed, what is refused, and that nothing but the shown picture gets past."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from fixtures.hostile.heic_writer import (
    HeicFile,
    HeicItem,
    Property,
    box,
    coded_item,
    encoded,
    extent_property,
    grid_description,
    tile,
)
from imaging.errors import ImageRefused
from imaging.magic import foreign_format
from imaging.prescan import DEFAULT_LIMITS, ScanLimits, prescan
from imaging.prescan_bmff import Fields, boxes
from imaging.prescan_hevc import check_coded
from imaging.scanned import Scanned
from tests.unit.imaging import golden

LIMITS = replace(DEFAULT_LIMITS, formats=("HEIC",))
ITEM = coded_item(Image.new("RGB", (96, 64), (200, 40, 40)))


def scan(data: bytes, **limits: int) -> Scanned:
    return prescan(data, replace(LIMITS, **limits))


def refusal(data: bytes, limits: ScanLimits = LIMITS) -> ImageRefused:
    with pytest.raises(ImageRefused) as refused:
        prescan(data, limits)
    return refused.value


def single(*properties: Property, **options: Any) -> bytes:
    item = replace(ITEM, properties=(*ITEM.properties, *properties))
    return replace(HeicFile((item,)), **options).written()


def turn(quarters: int) -> Property:
    return b"irot", bytes((quarters,))


def mirror(axis: int) -> Property:
    return b"imir", bytes((axis,))


def crop(width_px: int, height_px: int, right: tuple[int, int] = (0, 1), down: tuple[int, int] = (0, 1)) -> Property:
    numbers = (width_px, 1, height_px, 1, right[0] & 0xFFFFFFFF, right[1], down[0] & 0xFFFFFFFF, down[1])
    return b"clap", b"".join(number.to_bytes(4, "big") for number in numbers)


def test_ordinary_file_is_described() -> None:
    data = single()
    scanned = scan(data)
    assert (scanned.format, scanned.width_px, scanned.height_px, scanned.orientation) == ("HEIC", 96, 64, 1)
    assert (scanned.size_bytes, scanned.trailer_bytes, scanned.has_metadata) == (len(data), 0, False)


STEPS = [turn(0), turn(1), turn(2), turn(3), mirror(0), mirror(1)]


@pytest.mark.parametrize("steps", [[], *([a] for a in STEPS), *itertools.product(STEPS, STEPS)], ids=str)
def test_turning_boxes_mean_one_orientation(steps: Sequence[Property]) -> None:
    """ISO/IEC 23008-12, sections 6.5.10 and 6.5.12, in the order in which the boxes are listed."""
    stored = shown = np.arange(6).reshape(2, 3)
    for kind, body in steps:
        mirrored = shown[:, ::-1] if body[0] else shown[::-1]
        shown = np.rot90(shown, body[0]) if kind == b"irot" else mirrored
    scanned = scan(single(*steps))
    assert np.array_equal(golden.stored_for(np.ascontiguousarray(shown), scanned.orientation), stored)


@pytest.mark.parametrize(
    ("property_", "code", "size"),
    [
        (crop(96, 64), None, (96, 64)),
        (crop(95, 63, (-1, 2), (-1, 2)), None, (95, 63)),
        (crop(95, 63, (1, 2), (1, 2)), None, (95, 63)),
        (crop(16, 16), None, (16, 16)),
        (crop(15, 16, (1, 2)), "too-few-pixels", None),
        (crop(97, 64, (1, 2)), "header-lies", None),
        (crop(96, 64, (1, 1)), "header-lies", None),
        (crop(95, 64), "unsupported-encoding", None),
        (crop(90, 60, (0, 0)), "unsupported-encoding", None),
        ((b"clap", bytes(8)), "image-corrupt", None),
    ],
)
def test_crop_edges(property_: Property, code: str | None, size: tuple[int, int] | None) -> None:
    data = single(property_)
    if code is None:
        scanned = scan(data)
        assert (scanned.width_px, scanned.height_px) == size
    else:
        assert refusal(data).code == code


def test_turning_before_cropping_is_not_guessed_at() -> None:
    assert refusal(single(turn(1), crop(60, 90))).code == "unsupported-encoding"
    assert scan(single(crop(90, 60), turn(1))).upright_width_px == 60


def grid(rows: int, columns: int, width_px: int, height_px: int) -> bytes:
    size = extent_property(width_px=width_px, height_px=height_px)
    description = grid_description(rows=rows, columns=columns, width_px=width_px, height_px=height_px)
    whole = HeicItem(b"grid", description, (size,))
    return HeicFile((whole, tile(64)), ((b"dimg", 1, [2] * (rows * columns)),)).written()


@pytest.mark.parametrize(
    ("sides", "code"),
    [((64, 128), "header-lies"), ((65, 128), None), ((128, 128), None), ((129, 128), "header-lies")],
)
def test_tiles_must_cover_the_picture_and_no_more(sides: tuple[int, int], code: str | None) -> None:
    for data in (grid(2, 2, *sides), grid(2, 2, *sides[::-1])):
        if code is None:
            assert {scan(data).width_px, scan(data).height_px} == set(sides)
        else:
            assert refusal(data).code == code


@pytest.mark.parametrize(("limit", "code"), [(5, "too-many-segments"), (6, None), (7, None)])
def test_tile_limit(limit: int, code: str | None) -> None:
    data, limits = grid(2, 3, 190, 120), replace(LIMITS, max_tiles=limit)
    assert (refusal(data, limits).code if code else prescan(data, limits).width_px) == (code or 190)


@pytest.mark.parametrize(("extra", "code"), [(6, None), (7, None), (8, "too-many-segments")])
def test_item_limit(extra: int, code: str | None) -> None:
    blocks = [HeicItem(b"Exif", b"FICTIONAL CAMERA")] * extra
    file = HeicFile((ITEM, *blocks), tuple((b"cdsc", n + 2, [1]) for n in range(extra)))
    limits = replace(LIMITS, max_items=8)
    assert (refusal(file.written(), limits).code if code else None) == code
    if code is None:
        assert prescan(file.written(), limits).has_metadata


def test_repeated_tiles_cost_no_more_than_a_file_may() -> None:
    size = len(tile(64).content)
    data = grid(2, 2, 128, 128)
    assert scan(data, max_bytes=max(len(data), 4 * size)).width_px == 128
    noisy = coded_item(Image.effect_noise((64, 64), 90).convert("RGB"), quality=95)
    whole = HeicItem(
        b"grid",
        grid_description(rows=3, columns=3, width_px=192, height_px=192),
        (extent_property(width_px=192, height_px=192),),
    )
    data = HeicFile((whole, noisy), ((b"dimg", 1, [2] * 9),)).written()
    refused = refusal(data, replace(LIMITS, max_bytes=len(data)))
    assert (refused.code, refused.measured, refused.limit) == ("header-lies", 9 * len(noisy.content), len(data))


def test_previews_metadata_and_trailer_are_left_out() -> None:
    preview, secret = tile(64), b"FICTIONAL CAMERA 24.4333N 98.5833E"
    file = HeicFile(
        (ITEM, preview, HeicItem(b"Exif", secret), HeicItem(b"mime", secret)),
        ((b"thmb", 2, [1]), (b"cdsc", 3, [1]), (b"cdsc", 4, [1])),
        between=box(b"uuid", secret),
    )
    data = file.written() + b"PK\x03\x04" + secret
    scanned = scan(data)
    assert data.count(secret) == 4
    assert secret not in scanned.payload
    assert preview.content not in scanned.payload
    assert scanned.has_metadata
    assert scanned.trailer_bytes == 4 + len(secret)
    again = prescan(scanned.payload, LIMITS)
    assert again.payload == scanned.payload
    assert not again.has_metadata


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"protection": 1}, "unsupported-encoding"),
        ({"source": 1}, "image-corrupt"),
        ({"kind": b"jpeg"}, "unsupported-encoding"),
        ({"properties": ITEM.properties[:1]}, "image-corrupt"),
        ({"properties": ITEM.properties[1:]}, "image-corrupt"),
        ({"place": (10**9, 10)}, "file-incomplete"),
        ({"place": (0, 0)}, "image-corrupt"),
        ({"content": ITEM.content + ITEM.content}, "animated-image"),
        ({"content": ITEM.content + b"\x00"}, "file-incomplete"),
        ({"content": ITEM.content[:-1]}, "file-incomplete"),
    ],
)
def test_items_that_are_refused(change: dict[str, Any], code: str) -> None:
    assert refusal(HeicFile((replace(ITEM, **change),)).written()).code == code


def test_opacity_of_another_size_is_not_guessed_at() -> None:
    image = Image.new("RGBA", (96, 64), (10, 20, 30, 128))
    data = encoded(image)
    assert scan(data).width_px == 96
    name = b"urn:mpeg:hevc:2015:auxid:1\x00"
    plane = replace(tile(64), properties=(*tile(64).properties, (b"auxC", bytes(4) + name)))
    file = HeicFile((ITEM, plane), ((b"auxl", 2, [1]),))
    assert refusal(file.written()).code == "unsupported-encoding"
    depth = replace(tile(64), properties=(*tile(64).properties, (b"auxC", bytes(4) + b"urn:fictional:depth\x00")))
    assert prescan(HeicFile((ITEM, depth), ((b"auxl", 2, [1]),)).written(), LIMITS).has_metadata


@pytest.mark.parametrize(
    ("brands", "name"),
    [
        (b"heic\x00\x00\x00\x00mif1heic", "HEIC"),
        (b"heix\x00\x00\x00\x00mif1", "HEIC"),
        (b"mif1\x00\x00\x00\x00mif1heic", "HEIC"),
        (b"mif1\x00\x00\x00\x00mif1avifmiaf", "AVIF"),
        (b"mif1\x00\x00\x00\x00", "HEIC"),
        (b"avif\x00\x00\x00\x00mif1heic", "AVIF"),
        (b"msf1\x00\x00\x00\x00avis", "AVIF"),
        (b"qt  \x00\x00\x00\x00heic", "MP4"),
        (b"isom", "MP4"),
    ],
)
def test_brands_name_the_coding(brands: bytes, name: str) -> None:
    assert foreign_format(box(b"ftyp", brands) + bytes(40)) == name


# ---------- HEVC parameter sets ----------


def bits_of(*numbers: tuple[int, int]) -> str:
    return "".join(format(value, f"0{count}b") for value, count in numbers)


def golomb(value: int) -> str:
    binary = format(value + 1, "b")
    return "0" * (len(binary) - 1) + binary


def sequence_set(
    *,
    width_px: int,
    height_px: int,
    hidden: tuple[int, int] | None = None,
    chroma: int = 1,
    bits: int = 8,
    layers: int = 0,
) -> bytes:
    """A sequence parameter set (ITU-T H.265, section 7.3.2.2.1), as far as the size and a little further."""
    text = bits_of((0, 4), (layers, 3), (1, 1)) + "0" * 96
    if layers:
        text += "11" * layers + "0" * 2 * (8 - layers) + "1" * 96 * layers
    text += golomb(0) + golomb(chroma) + ("0" if chroma == 3 else "") + golomb(width_px) + golomb(height_px)
    if hidden is None:
        text += "0"
    else:
        text += "1" + golomb(0) + golomb(hidden[0]) + golomb(0) + golomb(hidden[1])
    text += golomb(bits - 8) + golomb(bits - 8) + "1"
    text = text.ljust(-(-len(text) // 8) * 8, "0")
    body = int(text, 2).to_bytes(len(text) // 8, "big")
    # Section 7.4.2: three bytes that look like a start code are broken up.
    out = bytearray()
    for value in body:
        if out[-2:] == b"\x00\x00" and value <= 3:
            out.append(3)
        out.append(value)
    return b"\x42\x01" + bytes(out)


def record(*sets: bytes) -> bytes:
    arrays = b"".join(b"\x21\x00\x01" + len(one).to_bytes(2, "big") + one for one in sets)
    return bytes(21) + b"\x03" + bytes((len(sets),)) + arrays


PICTURE = b"\x00\x00\x00\x05\x28\x01\x80\x00\x00"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"width_px": 640, "height_px": 400}, None),
        ({"width_px": 648, "height_px": 400, "hidden": (4, 0)}, None),
        ({"width_px": 648, "height_px": 400, "hidden": (8, 0), "chroma": 3}, None),
        ({"width_px": 640, "height_px": 400, "chroma": 0, "bits": 12, "layers": 2}, None),
        ({"width_px": 640, "height_px": 400, "bits": 13}, "unsupported-encoding"),
        ({"width_px": 640, "height_px": 400, "chroma": 4}, "image-corrupt"),
        ({"width_px": 641, "height_px": 400}, "header-lies"),
        ({"width_px": 640, "height_px": 399}, "header-lies"),
        ({"width_px": 768, "height_px": 400, "hidden": (64, 0)}, None),
        ({"width_px": 770, "height_px": 400, "hidden": (65, 0)}, "header-lies"),
        ({"width_px": 640, "height_px": 16400, "hidden": (0, 8000)}, "header-lies"),
    ],
)
def test_coded_size_is_held_against_the_announced_one(said: dict[str, Any], code: str | None) -> None:
    def check() -> None:
        check_coded(record(sequence_set(**said)), PICTURE, width_px=640, height_px=400)

    if code is None:
        check()
    else:
        with pytest.raises(ImageRefused) as refused:
            check()
        assert refused.value.code == code


def test_a_second_set_must_say_the_same_wherever_it_stands() -> None:
    honest, lying = sequence_set(width_px=640, height_px=400), sequence_set(width_px=8000, height_px=4000)
    inside = len(lying).to_bytes(4, "big") + lying + PICTURE
    for sets, coded in ((record(honest, lying), PICTURE), (record(honest), inside)):
        with pytest.raises(ImageRefused) as refused:
            check_coded(sets, coded, width_px=640, height_px=400)
        assert (refused.value.code, refused.value.measured) == ("header-lies", 8000)


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_any_coded_data_is_checked_or_refused(sets: bytes, coded: bytes) -> None:
    try:
        check_coded(record(sets + bytes(3)), coded, width_px=640, height_px=400)
    except ImageRefused as refused:
        assert refused.code
    else:
        raise AssertionError("noise is no picture of exactly this size")


# ---------- Boxes ----------


@given(st.binary(max_size=300), st.integers(0, 40))
def test_boxes_stay_inside_and_in_order(data: bytes, start: int) -> None:
    position = start
    try:
        for each in boxes(data, start, len(data), max_count=30):
            assert position + 8 <= each.body <= each.end <= len(data)
            position = each.end
    except ImageRefused as refused:
        assert refused.code in ("image-corrupt", "too-many-segments")
    else:
        assert position >= len(data)


def test_sizes_of_a_box() -> None:
    def all_of(data: bytes) -> list[tuple[bytes, int, int]]:
        return [tuple(each) for each in boxes(data, 0, len(data), max_count=3)]  # type: ignore[misc]

    long_size = b"\x00\x00\x00\x01long" + (20).to_bytes(8, "big") + bytes(4)
    assert all_of(long_size) == [(b"long", 16, 20)]
    assert all_of(b"\x00\x00\x00\x00open" + bytes(9)) == [(b"open", 8, 17)]
    assert all_of(box(b"one ", b"x") + box(b"two ")) == [(b"one ", 8, 9), (b"two ", 17, 17)]
    assert len(all_of(box(b"free") * 3)) == 3
    for broken in (
        box(b"free") * 4,
        b"\x00\x00\x00\x07tiny",
        b"\x00\x00\x00\x09over",
        b"\x00\x00\x00\x01long" + bytes(8),
    ):
        with pytest.raises(ImageRefused):
            all_of(broken)


def test_numbers_never_reach_past_the_end() -> None:
    fields = Fields(b"\x00\x01\x02\x03\x04", 1, 4)
    assert (fields.number(2), fields.number(0), fields.number(1)) == (0x0102, 0, 3)
    with pytest.raises(ImageRefused):
        fields.number(1)
