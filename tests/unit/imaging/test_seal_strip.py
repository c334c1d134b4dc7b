"""Circular text laid straight."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from imaging.seal import find_seals
from imaging.seal_band import Band, find_bands
from imaging.seal_crop import SealCrop, clean_ink, colour_ink, crop_seal
from imaging.seal_strip import STRIP_HEIGHT_PX, centre_lines, number_strip, straight_strip
from tests.unit.imaging.seal_drawing import Stamp, ink_of, page_with_text, stamped

STAMP = Stamp("芒市金穗商贸有限公司", span_deg=200)


def _crop(
    stamp: Stamp = STAMP, *, turn_deg: float = 0.0, lines: list[str] | None = None, diameter: int = 300
) -> SealCrop:
    page = page_with_text(lines or [], width=900, height=800, size=30)
    page = stamped(page, ink_of(stamp, diameter_px=diameter, turn_deg=turn_deg), centre=(450, 400))
    (spot,) = find_seals(page)
    return crop_seal(page, spot)


@pytest.mark.parametrize("turn_deg", [-60.0, 0.0, 45.0, 170.0])
def test_the_band_follows_the_turn_of_the_stamp(turn_deg: float) -> None:
    band = find_bands(_crop(turn_deg=turn_deg))[0]
    middle = (band.start + band.length / 2) % 1.0
    assert abs((middle - turn_deg / 360 + 0.5) % 1.0 - 0.5) < 0.02
    assert band.length == pytest.approx(200 / 360, abs=0.06)
    assert band.gap_ratio > 3


def test_the_band_lies_between_star_and_ring() -> None:
    band = find_bands(_crop())[0]
    assert band.inner == pytest.approx(STAMP.text_top - STAMP.text_height, abs=0.06)
    assert band.outer == pytest.approx(STAMP.text_top, abs=0.05)


def test_the_same_seal_turned_gives_the_same_strip() -> None:
    strips = []
    for turn_deg in (0.0, 90.0):
        crop = _crop(turn_deg=turn_deg)
        strips.append(straight_strip(clean_ink(crop), crop.ellipse, find_bands(crop)[0]).pixels[..., 0])
    width = min(strip.shape[1] for strip in strips)
    a, b = (strip[:, :width].astype(float) for strip in strips)
    assert strips[0].shape[0] == STRIP_HEIGHT_PX
    assert abs(strips[0].shape[1] - strips[1].shape[1]) < 0.05 * width
    best = max(np.corrcoef(np.roll(a, shift, axis=1).ravel(), b.ravel())[0, 1] for shift in range(-12, 13, 2))
    assert best > 0.7


def test_a_wider_strip_is_wider_and_places_do_not_move() -> None:
    crop = _crop()
    band = find_bands(crop)[0]
    plain = straight_strip(clean_ink(crop), crop.ellipse, band)
    wide = straight_strip(clean_ink(crop), crop.ellipse, band, stretch=1.5)
    assert wide.pixels.shape[1] == pytest.approx(1.5 * plain.pixels.shape[1], rel=0.02)
    assert (wide.start, wide.length) == (plain.start, plain.length)


def test_a_closed_circle_of_text_has_no_clear_start() -> None:
    bands = find_bands(_crop(Stamp("云南省德宏傣族景颇族自治州芒市勐焕街道办事处", span_deg=345, squeeze=0.6)))
    assert 1 <= len(bands) <= 3
    assert bands[0].length > 0.8


def test_black_print_across_the_seal_is_masked() -> None:
    lines = [""] * 5 + ["二〇二三年七月十三日单位盖章特此证明本单位"] * 4
    crop = _crop(lines=lines)
    middle = crop.even.shape[0] // 2
    reach = round(crop.ellipse.major_px)
    # Left of the seal there is nothing but black print.
    outside = (slice(middle - reach // 2, middle + reach // 2), slice(0, middle - round(1.1 * reach)))
    assert (1 - crop.even[..., 1])[outside].max() > 0.5
    assert (1 - colour_ink(crop))[outside].max() < 0.35
    assert (1 - clean_ink(crop))[outside].mean() < 0.5 * (1 - crop.even[..., 1])[outside].mean()


def test_number_and_centre_lines_only_where_there_are_some() -> None:
    bare = _crop()
    band = find_bands(bare)[0]
    assert number_strip(bare, band, clean_ink(bare)) is None
    assert centre_lines(bare, band, clean_ink(bare)) == ()
    full = _crop(Stamp("芒市金穗商贸有限公司", span_deg=200, number="5331030012345", centre="财务专用章"))
    # The reader takes the ends of the name from its characters; straight text in the middle hides the blank.
    band = Band(
        STAMP.text_top - STAMP.text_height, STAMP.text_top, start=1 - 100 / 360, length=200 / 360, gap_ratio=1.0
    )
    assert number_strip(full, band, clean_ink(full)) is not None
    assert len(centre_lines(full, band, clean_ink(full))) == 1


def test_no_room_for_a_number_below_a_long_name() -> None:
    crop = _crop()
    assert number_strip(crop, Band(0.6, 0.9, 0.0, 0.95, 5.0), clean_ink(crop)) is None


def test_a_crop_at_the_border_and_its_arrays_are_safe() -> None:
    page = stamped(page_with_text([], width=500, height=500), ink_of(STAMP, diameter_px=200), centre=(440, 250))
    (spot,) = find_seals(page)
    crop = crop_seal(page, spot)
    assert crop.even.shape[:2] == crop.ink.shape
    with pytest.raises(ValueError, match="read-only"):
        crop.ink[0, 0] = 1.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        crop.zoom = 2.0  # type: ignore[misc]
