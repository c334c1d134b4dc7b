"""What a picture is that is no document: empty, a portrait, a screen."""

from __future__ import annotations

import numpy as np
import pytest

from fixtures.portraits import draw_figure
from imaging.geometry import Quad
from imaging.model import Defect, Pixels, Rendition
from imaging.photo.weights import PhotoModels, load_photo_models
from intake.page_sort import LEAST_CONFIDENCE, LEAST_TEXT, add_sort_defects
from ocr.model import Kind, Line, Reading
from ocr.read import PageReading
from tests.unit.imaging.test_screenshot import screen

NO_TEXT = Defect("no-text", severe=True)


def models() -> PhotoModels:
    return load_photo_models()


def no_models() -> PhotoModels:
    raise AssertionError("nobody should look for a face here")


def page_with(
    pixels: Pixels, text: str = "", *, kind: Kind = Kind.UNKNOWN, sure: float = 0.0, line: float = 0.99
) -> PageReading:
    lines = (Line(text, line, Quad.from_rect(0.1, 0.1, 0.5, 0.15)),) if text else ()
    defects = () if kind is not Kind.UNKNOWN else (Defect("kind-unknown", severe=True) if text else NO_TEXT,)
    rendition = Rendition(pixels, "JPEG", pixels.shape[1], pixels.shape[0])
    return PageReading(rendition, (Reading(kind, sure, lines=lines),), defects)


def codes(page: PageReading) -> list[str]:
    return [defect.code for defect in page.defects]


def empty() -> Pixels:
    return np.clip(np.random.default_rng(1).normal(240, 2, (900, 700, 3)), 0, 255).astype(np.uint8)


def portrait() -> Pixels:
    return np.ascontiguousarray(draw_figure(7, "女").one_inch((255, 255, 255))[::2, ::2])


def test_an_empty_page_is_told_instead_of_missing_text() -> None:
    page = page_with(empty())
    assert codes(add_sort_defects(page, empty(), no_models)) == ["page-blank"]


def test_a_covered_lens_is_told_to_be_dark_too() -> None:
    page = page_with(empty())
    dark = PageReading(page.rendition, page.readings, (NO_TEXT, Defect("page-blurred"), Defect("page-too-dark")))
    assert codes(add_sort_defects(dark, empty(), no_models)) == ["page-blank", "page-too-dark"]


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_portrait_in_any_turn(turns: int) -> None:
    pixels = np.ascontiguousarray(np.rot90(portrait(), turns))
    found = add_sort_defects(page_with(pixels), pixels, models)
    assert codes(found) == ["portrait-instead-of-document"]
    assert found.defects[0].severe


def test_a_small_face_is_no_portrait() -> None:
    rng = np.random.default_rng(2)
    pixels = rng.integers(60, 200, (1200, 1900, 3), np.uint8)
    face = portrait()
    pixels[100 : 100 + face.shape[0], 1300 : 1300 + face.shape[1]] = face
    assert "portrait-instead-of-document" not in codes(add_sort_defects(page_with(pixels), pixels, models))


@pytest.mark.parametrize(
    ("length", "line", "looked_at"),
    [
        (LEAST_TEXT - 1, 0.99, True),
        (LEAST_TEXT, 0.99, False),
        (LEAST_TEXT + 5, LEAST_CONFIDENCE - 0.01, True),
        (LEAST_TEXT + 5, LEAST_CONFIDENCE, False),
    ],
)
def test_words_keep_a_page_from_being_called_a_portrait(length: int, line: float, looked_at: bool) -> None:
    page = page_with(portrait(), "会" * length, line=line)
    found = codes(add_sort_defects(page, portrait(), models))
    assert (found == ["portrait-instead-of-document"]) is looked_at


def test_a_known_document_is_never_looked_at() -> None:
    page = page_with(portrait(), "身份证", kind=Kind.ID_CARD_FRONT, sure=0.9)
    assert add_sort_defects(page, portrait(), no_models) is page


def test_an_engine_that_failed_says_nothing_about_the_page() -> None:
    failed = PageReading(
        Rendition(empty(), "JPEG", 700, 900), (Reading(Kind.UNKNOWN, 0.0),), (Defect("engine-failed", severe=True),)
    )
    assert add_sort_defects(failed, empty(), no_models) is failed


def test_a_screenshot_warns_beside_what_was_read() -> None:
    pixels = screen()
    found = add_sort_defects(page_with(pixels, "学籍", kind=Kind.ENROLMENT_PROOF, sure=0.9), pixels, no_models)
    assert [(defect.code, defect.severe) for defect in found.defects] == [("page-screenshot", False)]
