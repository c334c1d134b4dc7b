"""Documents of one upload: the slot's own first, each with its picture and what is wrong with that picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from imaging.model import Defect, Rendition
from intake.documents import documents_on
from ocr.model import Kind, Reading
from ocr.read import PageReading


def rendition(shade: int) -> Rendition:
    return Rendition(np.full((4, 6, 3), shade, np.uint8), "JPEG", 6, 4)


FRONT = PageReading(
    rendition(1), (Reading(Kind.ID_CARD_FRONT, 0.9, defects=(Defect("a"),)),), defects=(Defect("page-glare"),)
)
BACK = PageReading(rendition(2), (Reading(Kind.ID_CARD_BACK, 0.8),), defects=(Defect("page-shadow"),))


@pytest.mark.parametrize(
    ("wanted", "kinds"),
    [
        (None, [Kind.ID_CARD_BACK, Kind.ID_CARD_FRONT]),
        (Kind.ID_CARD_BACK, [Kind.ID_CARD_BACK, Kind.ID_CARD_FRONT]),
        (Kind.ID_CARD_FRONT, [Kind.ID_CARD_FRONT, Kind.ID_CARD_BACK]),
        (Kind.DIPLOMA, [Kind.ID_CARD_BACK, Kind.ID_CARD_FRONT]),
    ],
)
def test_the_wanted_kind_comes_first_and_pictures_are_counted_from_it(wanted: Kind | None, kinds: list[Kind]) -> None:
    found = documents_on(replace(BACK, others=(FRONT,)), wanted=wanted)
    assert [reading.kind for reading in found.readings] == kinds
    assert [reading.picture for reading in found.readings] == [0, 1]
    shades = {Kind.ID_CARD_FRONT: 1, Kind.ID_CARD_BACK: 2}
    assert [int(picture.pixels[0, 0, 0]) for picture in found.pictures] == [shades[kind] for kind in kinds]


def test_defects_of_one_of_two_pictures_stay_with_its_reading() -> None:
    found = documents_on(replace(BACK, others=(FRONT,)), wanted=Kind.ID_CARD_FRONT)
    assert found.defects == ()
    assert [[d.code for d in reading.defects] for reading in found.readings] == [["a", "page-glare"], ["page-shadow"]]


def test_two_readings_of_one_picture_share_it_and_its_defects() -> None:
    page = replace(BACK, readings=(*BACK.readings, *FRONT.readings))
    found = documents_on(page, wanted=Kind.ID_CARD_FRONT)
    assert [reading.kind for reading in found.readings] == [Kind.ID_CARD_FRONT, Kind.ID_CARD_BACK]
    assert [reading.picture for reading in found.readings] == [0, 0]
    assert [d.code for d in found.defects] == ["page-shadow"]
    assert len(found.pictures) == 1
