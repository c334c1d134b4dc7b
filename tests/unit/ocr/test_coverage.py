"""Values say whether all of them can be seen."""

from __future__ import annotations

import numpy as np
import pytest

from imaging.ellipse import Ellipse
from imaging.geometry import Quad
from imaging.seal import SealSpot
from ocr.coverage import MOST_CONFIDENCE, mark_covered
from ocr.model import Coverage, Field

BOX = Quad.from_rect(0.2, 0.4, 0.6, 0.45)


def page(light: tuple[float, float] | None = None) -> np.ndarray:
    pixels = np.full((500, 800, 3), 200, np.uint8)
    pixels[203:222, 164:476:8] = 40
    if light:
        pixels[150:300, round(light[0] * 800) : round(light[1] * 800)] = 255
    return pixels


def seal(x: float) -> SealSpot:
    ellipse = Ellipse(x * 800, 0.425 * 500, 90, 90, 0)
    return SealSpot(Quad.from_rect(x - 0.11, 0.25, x + 0.11, 0.6), ellipse, 1.0, 0.2, 180, "red")


def covered(field: Field, pixels: np.ndarray, *seals: SealSpot, name: str = "name") -> Field:
    return mark_covered({name: field}, pixels, seals)[name]


def test_a_plain_value_is_complete() -> None:
    field = Field("刀岩保", 0.99, BOX)
    assert covered(field, page(), seal(0.9)) == field
    assert field.coverage is Coverage.COMPLETE


def test_light_covers_and_takes_certainty() -> None:
    found = covered(Field("刀岩保", 0.99, BOX), page(light=(0.45, 0.7)))
    assert (found.coverage, found.confidence) == (Coverage.COVERED, MOST_CONFIDENCE)


@pytest.mark.parametrize(("confidence", "coverage"), [(0.89, Coverage.COVERED), (0.9, Coverage.COMPLETE)])
def test_a_seal_covers_what_was_read_with_doubt(confidence: float, coverage: Coverage) -> None:
    assert covered(Field("刀岩保", confidence, BOX), page(), seal(0.5)).coverage is coverage


@pytest.mark.parametrize(("x", "coverage"), [(0.55, Coverage.COVERED), (0.75, Coverage.COMPLETE)])
def test_a_seal_beside_a_value_does_not(x: float, coverage: Coverage) -> None:
    assert covered(Field("刀岩保", 0.5, BOX), page(), seal(x)).coverage is coverage


def test_the_border_cuts() -> None:
    found = covered(Field("刀岩保", 0.99, Quad.from_rect(0.6, 0.4, 1.0, 0.45)), page())
    assert found.coverage is Coverage.COVERED


@pytest.mark.parametrize("name", ["duties", "seal_text", "seal_present", "signature_present", "qr_code"])
def test_places_that_are_no_print_are_not_judged(name: str) -> None:
    field = Field("x", 0.5, BOX)
    assert covered(field, page(light=(0.1, 0.9)), seal(0.4), name=name) == field


def test_a_value_without_a_place_stays() -> None:
    field = Field("刀岩保", 0.5)
    assert covered(field, page(light=(0.1, 0.9))) == field
