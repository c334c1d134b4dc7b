"""The picture of a read page: defects by kind, by text, and their places on the rendition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from imaging.geometry import Quad
from imaging.model import Defect, Pixels, Rendition
from imaging.outline import Outline
from imaging.rectify import PaperPlace, straighten
from intake.page_check import add_page_defects
from intake.page_demands import DEMANDS, demands_of
from ocr.model import Field, Kind, Line, Reading
from ocr.read import PageReading
from tests.unit.imaging import scenes

COLOUR_ASKED = [kind for kind, demands in DEMANDS.items() if demands.colour]


def sheet(*, grey: bool = False) -> Pixels:
    """A page in black print on white; with a red seal unless grey."""
    rng = np.random.default_rng(1)
    page = scenes.text_page(rng, width_px=900, height_px=1270, size_px=20, seal=not grey)
    return scenes.shoot(page, rng, noise=2, blur=0.5, falloff=0.1)


def text(left: float, top: float, right: float, bottom: float, *, confidence: float = 0.95) -> Line:
    return Line("会计人员信息", confidence, Quad.from_rect(left, top, right, bottom))


# Four lines of 25 px on a page of 1270 px.
LINES = tuple(text(0.2, y, 0.7, y + 0.02) for y in (0.2, 0.3, 0.4, 0.5))


def reading_of(
    pixels: Pixels,
    kind: Kind = Kind.WORK_CERTIFICATE,
    *,
    lines: Sequence[Line] = LINES,
    fields: dict[str, Field] | None = None,
    paper: PaperPlace | None = None,
    scene: Pixels | None = None,
) -> PageReading:
    rendition = Rendition(pixels, "JPEG", pixels.shape[1], pixels.shape[0])
    readings = (Reading(kind, 0.9, fields or {}, lines=tuple(lines)),)
    return PageReading(rendition, readings, (), paper or PaperPlace(), scene)


def defects_of(page: PageReading, uploaded: Pixels) -> dict[str, Defect]:
    return {defect.code: defect for defect in add_page_defects(page, uploaded).defects}


@pytest.mark.parametrize("kind", [Kind.WORK_CERTIFICATE, Kind.STUDENT_CARD, Kind.UNKNOWN])
def test_an_ordinary_page_has_no_defect(kind: Kind) -> None:
    pixels = sheet()
    assert defects_of(reading_of(pixels, kind), pixels) == {}


@pytest.mark.parametrize("kind", list(DEMANDS))
def test_colour_is_asked_of_papers_that_carry_some(kind: Kind) -> None:
    pixels = sheet(grey=True)
    found = defects_of(reading_of(pixels, kind), pixels)
    assert ("page-greyscale" in found) == (kind in COLOUR_ASKED)


def test_a_copy_of_two_levels() -> None:
    pixels = np.where(sheet(grey=True).mean(axis=2, keepdims=True) > 150, 255, 0).astype(np.uint8).repeat(3, axis=2)
    assert "page-black-and-white" in defects_of(reading_of(pixels), pixels)


@pytest.mark.parametrize(
    ("line", "cut"),
    [
        (text(0.6, 0.6, 1.0, 0.62), True),
        (text(0.6, 0.6, 0.97, 0.62), False),
        (text(0.6, 0.6, 1.0, 0.62, confidence=0.3), False),
        (text(0.6, 0.6, 1.0, 0.7), False),
    ],
)
def test_a_line_that_runs_into_the_border(line: Line, cut: bool) -> None:
    pixels = sheet()
    found = defects_of(reading_of(pixels, lines=(*LINES, line)), pixels)
    assert ("page-cut-off" in found) == cut
    if cut:
        assert found["page-cut-off"].box is not None and found["page-cut-off"].box.left > 0.9


def test_a_parted_picture_has_no_border_of_its_own() -> None:
    pixels = sheet()
    cut = text(0.6, 0.6, 1.0, 0.62)
    assert defects_of(reading_of(pixels, lines=(*LINES, cut), scene=pixels), pixels) == {}


def test_no_document_no_border() -> None:
    pixels = sheet()
    lines = (*LINES, text(0.6, 0.6, 1.0, 0.62))
    assert "page-cut-off" not in defects_of(reading_of(pixels, Kind.UNKNOWN, lines=lines), pixels)


@pytest.mark.parametrize(("height_px", "small"), [(13.5, True), (14.5, False)])
def test_the_height_of_small_print(height_px: float, small: bool) -> None:
    pixels = sheet()
    lines = [text(0.2, y, 0.7, y + height_px / 1270) for y in (0.2, 0.3, 0.4, 0.5)]
    assert ("page-small-text" in defects_of(reading_of(pixels, lines=lines), pixels)) == small


@pytest.mark.parametrize(("across_px", "small"), [(199, True), (201, False)])
def test_pixels_across_a_seal(across_px: int, small: bool) -> None:
    pixels = sheet()
    box = Quad.from_rect(0.5, 0.5, 0.5 + across_px / 900, 0.5 + (across_px - 10) / 1270)
    fields = {"seal_present": Field(True, 0.9, box)}
    found = defects_of(reading_of(pixels, fields=fields), pixels)
    assert ("seal-low-resolution" in found) == small
    if small:
        assert found["seal-low-resolution"].measured == pytest.approx(across_px)
        assert found["seal-low-resolution"].box == box


def test_no_seal_no_pixels() -> None:
    pixels = sheet()
    fields = {"seal_present": Field(False, 0.9)}
    assert defects_of(reading_of(pixels, fields=fields), pixels) == {}


@pytest.mark.parametrize("kind", list(DEMANDS))
def test_long_sides_at_their_limits(kind: Kind) -> None:
    limit = int(DEMANDS[kind].long_side_px)
    for long_side_px, small in ((limit - 1, True), (limit, False)):
        pixels = np.full((long_side_px, 300, 3), 240, np.uint8)
        assert ("page-low-resolution" in defects_of(reading_of(pixels, kind, lines=()), pixels)) == small


def test_the_mildest_of_two_kinds_and_colour_of_any() -> None:
    both = demands_of([Kind.STUDENT_CARD, Kind.WORK_CERTIFICATE])
    assert both.colour and both.long_side_px == 400 and both.seal_px == 0
    assert demands_of([]) == demands_of([Kind.UNKNOWN])


def test_a_place_on_the_upload_is_shown_on_the_straightened_and_turned_page() -> None:
    rng = np.random.default_rng(3)
    surface = scenes.desk("plain", rng, width_px=1600, height_px=1900)
    corners = scenes.corners_of(centre=(800, 950), size=(1100, 1500), angle_deg=6, tilt=0.02, rng=rng)
    page = scenes.text_page(rng, width_px=1100, height_px=1500, colour=scenes.BLUE)
    # A burnt spot in the upper left of the paper.
    ys, xs = np.mgrid[:1500, :1100]
    veil = np.clip(1.6 * np.exp(-((xs - 300) ** 2 + (ys - 400) ** 2) / (2 * 120.0**2)), 0, 1)[..., None]
    picture = scenes.lay((page * (1 - veil) + 255 * veil).astype(np.uint8), surface, corners).pixels
    quad = Quad.from_pixels(corners, width_px=1600, height_px=1900)
    outline = Outline(quad, 1.0, (1.0, 1.0, 1.0, 1.0), 0.0)
    upright = straighten(picture, quad)
    for turns, place in ((0, (300 / 1100, 400 / 1500)), (1, (1 - 400 / 1500, 300 / 1100))):
        shown = np.ascontiguousarray(np.rot90(upright, -turns))
        reading = reading_of(shown, lines=(), paper=PaperPlace(outline, applied=True, quarter_turns=turns))
        found = defects_of(reading, picture)
        assert set(found) == {"page-glare"}
        assert found["page-glare"].box is not None
        assert found["page-glare"].box.centre == pytest.approx(place, abs=0.05)


def test_each_document_of_a_parted_picture_is_measured() -> None:
    good, grey = sheet(), sheet(grey=True)
    other = reading_of(grey, scene=grey)
    page = add_page_defects(replace(reading_of(good, scene=good), others=(other,)), good)
    assert page.defects == ()
    assert [d.code for d in page.others[0].defects] == ["page-greyscale"]
