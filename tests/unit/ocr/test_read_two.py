"""Whole pictures of two documents, read with a drawn-bar engine: parted, upright, and never for nothing."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from imaging.model import Pixels, Rendition
from ocr.model import Kind, Reading
from ocr.read import PageReading, read_page
from tests.unit.ocr.bar_engine import RED, BarEngine
from tests.unit.ocr.test_documents import BACK, BOOKLET_LEFT, BOOKLET_RIGHT, DIPLOMA, FRONT

CARD_TINT = (206, 226, 242)


def card(engine: BarEngine, rows: tuple[str, ...]) -> Pixels:
    """A tinted card with a mark at its right end that is no text."""
    pixels = np.full((300, 560, 3), CARD_TINT, np.uint8)
    engine.draw_lines(pixels, rows, left=36, top=40)
    pixels[60:150, 500:540] = (180, 40, 40)
    return pixels


def page(*, width_px: int = 900, height_px: int = 1200) -> Pixels:
    return np.full((height_px, width_px, 3), 250, np.uint8)


def put(onto: Pixels, pixels: Pixels, *, left: int, top: int) -> None:
    onto[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels


def rendition(pixels: Pixels) -> Rendition:
    return Rendition(pixels, "JPEG", pixels.shape[1], pixels.shape[0])


def pages_of(found: PageReading) -> list[PageReading]:
    return [found, *found.others]


def only(found: PageReading) -> Reading:
    (reading,) = found.readings
    return reading


def values(reading: Reading) -> dict[str, object]:
    return {name: field.value for name, field in reading.fields.items()}


def assert_card_fields(pages: list[PageReading]) -> None:
    read = {only(one).kind: values(only(one)) for one in pages}
    assert read[Kind.ID_CARD_FRONT]["name"] == "李雪"
    assert read[Kind.ID_CARD_FRONT]["id_number"] == "533103199007151226"
    assert read[Kind.ID_CARD_BACK]["issuing_authority"] == "昆明市公安局"
    assert read[Kind.ID_CARD_BACK]["valid_until"] == "2040-02-15"


def assert_boxes_on_text(one: PageReading) -> None:
    """Every box lies on a bar of its own rendition."""
    pixels = one.rendition.pixels
    for field in only(one).fields.values():
        assert field.box is not None
        x, y = field.box.centre
        red = int(pixels[int(y * pixels.shape[0]), int(x * pixels.shape[1]), 0])
        assert abs(red - RED) < 20


@pytest.mark.parametrize("quarter_turns", [0, 1, 2, 3])
def test_both_sides_on_one_page_become_two_renditions(quarter_turns: int) -> None:
    engine = BarEngine()
    sheet = page()
    put(sheet, card(engine, FRONT), left=150, top=120)
    put(sheet, card(engine, BACK), left=200, top=700)
    found = pages_of(read_page(rendition(np.ascontiguousarray(np.rot90(sheet, quarter_turns))), engine))
    assert len(found) == 2
    assert_card_fields(found)
    for one in found:
        assert_boxes_on_text(one)
        # Tightly cropped: a card of 560 x 300 and not half a page.
        assert 520 <= one.rendition.width_px <= 640 and 270 <= one.rendition.height_px <= 360
        # The mark came along.
        assert int((np.abs(one.rendition.pixels.astype(int) - (180, 40, 40)).max(axis=2) < 20).sum()) > 2500


@pytest.mark.parametrize("quarter_turns", [1, 2, 3])
def test_a_card_that_lies_otherwise_than_its_other_side_is_turned(quarter_turns: int) -> None:
    engine = BarEngine()
    sheet = page(width_px=1300)
    put(sheet, card(engine, FRONT), left=60, top=400)
    put(sheet, np.ascontiguousarray(np.rot90(card(engine, BACK), quarter_turns)), left=690, top=330)
    found = pages_of(read_page(rendition(sheet), engine))
    assert len(found) == 2
    assert_card_fields(found)
    for one in found:
        assert_boxes_on_text(one)
        assert one.rendition.width_px > one.rendition.height_px


def test_a_card_laid_down_aslant_is_straightened() -> None:
    engine = BarEngine()
    sheet = page()
    put(sheet, card(engine, FRONT), left=150, top=120)
    aslant = cv2.warpAffine(
        card(engine, BACK), cv2.getRotationMatrix2D((280, 150), 7, 1.0), (560, 300), borderValue=(250, 250, 250)
    )
    put(sheet, np.asarray(aslant, np.uint8), left=180, top=720)
    found = pages_of(read_page(rendition(sheet), engine))
    assert_card_fields(found)
    (back,) = (one for one in found if only(one).kind is Kind.ID_CARD_BACK)
    for line in only(back).lines:
        (_, left_y), (_, right_y) = line.box.points[:2]
        assert abs(left_y - right_y) * back.rendition.height_px < 4


def test_of_two_documents_only_the_asked_kind_is_kept() -> None:
    engine = BarEngine()
    sheet = page()
    put(sheet, card(engine, FRONT), left=150, top=120)
    put(sheet, card(engine, BACK), left=200, top=700)
    found = pages_of(read_page(rendition(sheet), engine, kind=Kind.ID_CARD_BACK))
    assert [only(one).kind for one in found] == [Kind.ID_CARD_BACK]
    assert found[0].rendition.height_px < 400


def test_a_parting_that_would_lose_fields_leaves_two_readings_on_one_picture() -> None:
    """One side's text lies on both sides of the other's: any cut would tear it apart."""
    engine = BarEngine()
    sheet = page(width_px=1500)
    engine.draw_lines(sheet, FRONT[:3], left=30, top=100)
    engine.draw_lines(sheet, BACK, left=480, top=100)
    engine.draw_lines(sheet, FRONT[3:], left=1000, top=100)
    found = read_page(rendition(sheet), engine)
    assert found.others == () and found.scene is None
    assert {reading.kind for reading in found.readings} == {Kind.ID_CARD_FRONT, Kind.ID_CARD_BACK}


@pytest.mark.parametrize(
    ("first", "second", "beside"),
    [
        (BOOKLET_LEFT, BOOKLET_RIGHT, True),
        (("普通高等学校", "毕业证书"), DIPLOMA[2:], True),
        (DIPLOMA[:3], DIPLOMA[3:], False),
        (FRONT[:4], FRONT[4:], False),
        (FRONT, ("中国工商银行", "6222021234567890", "借记卡"), False),
    ],
    ids=["booklet", "double page", "wide gap", "card in two halves", "card and a bank card"],
)
def test_one_document_is_read_once_and_left_whole(
    first: tuple[str, ...], second: tuple[str, ...], beside: bool
) -> None:
    engine = BarEngine()
    sheet = page(width_px=1500)
    engine.draw_lines(sheet, first, left=40, top=100)
    engine.draw_lines(sheet, second, left=760 if beside else 40, top=100 if beside else 800)
    found = read_page(rendition(sheet), engine)
    assert found.others == () and found.scene is None
    assert engine.detections == 1
