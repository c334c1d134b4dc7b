"""Labels come from recognised text, states from pixels, doubts become defects."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from imaging.ellipse import Ellipse
from imaging.geometry import Quad
from imaging.seal import SealSpot
from imaging.tick_box import TickState
from ocr.duties import DUTIES
from ocr.duty_labels import find_labels
from ocr.model import Line
from ocr.tick_boxes import read_duties, with_duties
from tests.unit.imaging.seal_drawing import Stamp, ink_of, photographed, stamped
from tests.unit.imaging.tick_drawing import FACES, MARKS, Form, draw_form, warped

SENTENCES = tuple(
    Line(text, 0.99, Quad.from_rect(0.1, 0.01, 0.9, 0.02))
    for text in (
        "工作证明",
        "兹有李晓梅（身份证件号码：533103199007150025），系我单位正式职工，从事如下工作：",
        "本单位证照号码（统一社会信用代码）为91533103MA6K1B2C3D所属会计管理部门为芒市市（县、区）财政局，特此证明。",
    )
)
AGEING = {
    "scan": {"tilt": 0.01, "blur": 0.4, "cast": 0.0, "shade": 0.0, "noise": 2.0, "quality": 85},
    "phone": {"tilt": 0.04, "blur": 0.8, "cast": 0.15, "shade": 0.3, "noise": 3.0, "quality": 75},
    "hard": {"tilt": 0.08, "blur": 1.0, "cast": 0.3, "shade": 0.5, "noise": 5.0, "quality": 55},
}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("level", AGEING)
def test_reads_all_twelve_boxes(level: str, seed: int) -> None:
    random = np.random.default_rng(900 + seed)
    ticked = {
        str(duty): MARKS[(seed + index) % len(MARKS)] for index, duty in enumerate(random.choice(DUTIES, 3, False))
    }
    form = draw_form(
        ticked,
        random,
        size=(18, 24, 34)[seed % 3],
        face=FACES[seed % 4],
        per_row=1 + seed % 2,
        glyph_boxes=seed % 3 == 1,
        line_from_box=seed % 2 == 0,
        spans=seed != 4,
    )
    how = dict(AGEING[level])
    form = warped(form, random, how.pop("tilt"))
    page = photographed(form.pixels, random, **how)  # type: ignore[arg-type]
    reading = read_duties(page, (*SENTENCES, *form.lines))
    assert set(reading.ticked) == set(ticked)
    assert [box.state for box in reading.boxes].count(TickState.EMPTY) == 9
    assert reading.defects == ()
    assert reading.confidence > 0.6


def test_boxes_are_placed_on_the_page() -> None:
    form = draw_form({}, np.random.default_rng(3), size=24)
    height, width = form.pixels.shape[:2]
    for box in read_duties(form.pixels, form.lines).boxes:
        assert box.box is not None
        left, _, _, bottom = form.boxes[box.duty]
        assert box.box.left * width == pytest.approx(left, abs=3)
        assert box.box.bottom * height == pytest.approx(bottom, abs=3)


def test_text_that_says_ticked_does_not_tick_an_empty_box() -> None:
    form = draw_form({}, np.random.default_rng(3), size=24, line_from_box=True, spans=False)
    lines = tuple(replace(line, text="☑" + line.text) for line in form.lines)
    assert read_duties(form.pixels, lines).ticked == ()


def test_a_missing_label_is_said_and_the_rest_is_read() -> None:
    form = draw_form({"稽核": "check"}, np.random.default_rng(3), size=24)
    reading = read_duties(form.pixels, [line for line in form.lines if line.text != "总账"])
    states = {box.duty: box.state for box in reading.boxes}
    assert states["总账"] is TickState.NOT_FOUND
    assert reading.ticked == ("稽核",)
    assert [d.measured for d in reading.defects if d.code == "tick-box-missing"] == [1.0]
    assert reading.confidence == 0.0


def test_a_letter_without_boxes_chooses_nothing_and_has_no_duties() -> None:
    page = np.full((400, 600, 3), 250, np.uint8)
    line = Line("兹证明李晓梅同志在我单位任出纳、稽核工作", 0.99, Quad.from_rect(0.1, 0.4, 0.9, 0.45))
    reading = read_duties(page, [line])
    assert not reading.has_boxes
    assert reading.defects == ()
    assert "duties" not in with_duties({}, reading)[0]


def test_a_form_with_all_boxes_empty_has_duties_and_they_are_none() -> None:
    form = draw_form({}, np.random.default_rng(3), size=24)
    fields, defects = with_duties({}, read_duties(form.pixels, form.lines))
    assert fields["duties"].value == ()
    assert defects == ()


def test_print_in_place_of_a_box_is_not_read_as_a_tick() -> None:
    form = draw_form({"出纳": "check"}, np.random.default_rng(3), size=24)
    left, top, right, bottom = (round(v) for v in form.boxes["总账"])
    page = form.pixels.copy()
    page[top - 3 : bottom + 4, left - 3 : right + 4] = 250
    sheet = Image.fromarray(page)
    ImageDraw.Draw(sheet).text((left, top), "李", fill=(20, 20, 20), font=ImageFont.truetype(FACES[0], 18))
    reading = read_duties(np.array(sheet, dtype=np.uint8), form.lines)
    assert reading.ticked == ("出纳",)
    assert {box.duty: box.state for box in reading.boxes}["总账"] is not TickState.EMPTY


def test_an_empty_page_is_twelve_boxes_not_found() -> None:
    reading = read_duties(np.full((100, 100, 3), 250, np.uint8), [])
    assert [box.state for box in reading.boxes] == [TickState.NOT_FOUND] * 12
    assert reading.ticked == ()
    assert reading.defects == ()


def test_a_faint_trace_is_uncertain_and_shown() -> None:
    form = draw_form({}, np.random.default_rng(3), size=40)
    left, top, right, bottom = (round(v) for v in form.boxes["总账"])
    page = form.pixels.copy()
    page[(top + bottom) // 2 : (top + bottom) // 2 + 3, left + (right - left) // 3 : left + (right - left) // 2] = 40
    reading = read_duties(page, form.lines)
    (defect,) = [d for d in reading.defects if d.code == "tick-uncertain"]
    assert defect.box is not None
    assert {box.duty: box.state for box in reading.boxes}["总账"] is TickState.UNCERTAIN
    assert "总账" not in reading.ticked


def test_a_seal_over_empty_boxes_ticks_nothing() -> None:
    form = draw_form({"出纳": "check"}, np.random.default_rng(5), size=30)
    left, top, _, _ = form.boxes["财务会计报告编制"]
    ink = ink_of(Stamp("芒市金穗商贸有限公司"), diameter_px=260)
    page = stamped(form.pixels, ink, centre=(left + 40, top))
    ellipse = Ellipse(left + 40, top, 130, 130, 0)
    spot = SealSpot(Quad.from_rect(0, 0, 1, 1), ellipse, 1.0, 0.2, 260, "red")
    assert read_duties(page, form.lines, seals=[spot]).ticked == ("出纳",)


@pytest.mark.parametrize(
    ("text", "duty"),
    [
        ("□会计机构负责人（会计主管）", DUTIES[0]),
        ("口收入、支出、债权、债务核算", DUTIES[4]),
        ("□总账；", "总账"),
        ("总帐", "总账"),
        ("□其他会计工作", "其它会计工作"),
        ("财务会计报苦编制", "财务会计报告编制"),
        ("□不从事会计工作岗位", DUTIES[11]),
    ],
)
def test_labels_are_found_as_printed_and_misread(text: str, duty: str) -> None:
    labels = find_labels([Line(text, 0.9, Quad.from_rect(0.1, 0.1, 0.6, 0.15))])
    assert [label.duty for label in labels] == [duty]


@pytest.mark.parametrize("text", ["", "（）", "特此证明", "会计", "总额", "系我单位正式职工，从事如下工作："])
def test_other_text_is_no_label(text: str) -> None:
    assert find_labels([Line(text, 0.9, Quad.from_rect(0.1, 0.1, 0.6, 0.15))]) == ()


def test_two_labels_on_one_line_have_their_own_places() -> None:
    labels = find_labels([Line("□出纳 □稽核", 0.9, Quad.from_rect(0.1, 0.1, 0.6, 0.15))])
    assert [label.duty for label in labels] == ["出纳", "稽核"]
    assert labels[0].end < labels[1].start
    assert labels[1].sign == "□"


@pytest.mark.parametrize(
    "text",
    ["在我单位财务科任出纳、稽核", "负责出纳工作", "2019年7月至今任总账岗位", "出纳、会计各一人", "现任出纳和稽核"],
)
def test_words_in_a_sentence_are_no_labels(text: str) -> None:
    assert find_labels([Line(text, 0.99, Quad.from_rect(0.1, 0.1, 0.9, 0.15))]) == ()


def test_labels_in_one_row_parted_by_wide_gaps_are_labels() -> None:
    line = Line("☑出纳 记账会计 稽核 主管会计", 0.99, Quad.from_rect(0.1, 0.1, 0.9, 0.15))
    assert [label.duty for label in find_labels([line])] == ["出纳", "稽核"]


def test_a_label_behind_another_whose_last_character_was_lost_is_one() -> None:
    text = "工资核算、成本费用核算、财务成果核不从事会计工作岗位"
    labels = find_labels([Line(text, 0.99, Quad.from_rect(0.1, 0.1, 0.9, 0.15))])
    assert [label.duty for label in labels] == ["工资核算、成本费用核算、财务成果核算", "不从事会计工作岗位"]


def _struck(form: Form, duty: str, *, start: float, end: float) -> NDArray[np.uint8]:
    """The form with a flat stroke over a label from `start` to `end` characters off its two ends."""
    sheet = Image.fromarray(form.pixels)
    line = form.lines[DUTIES.index(duty)]
    corners = line.box.to_pixels(width_px=sheet.width, height_px=sheet.height)
    middle = float(corners[:, 1].mean())
    left, right = float(corners[0][0]) + 3 + start * 24, float(corners[1][0]) - 3 + end * 24
    ImageDraw.Draw(sheet).line([(left, middle - 1), (right, middle + 2)], fill=(24, 34, 96), width=2)
    return np.array(sheet, dtype=np.uint8)


@pytest.mark.parametrize("duty", ["出纳", "收入、支出、债权、债务核算", "其它会计工作"])
@pytest.mark.parametrize("mark", [None, "check"])
def test_a_struck_label_is_crossed_out_and_chooses_nothing(duty: str, mark: str | None) -> None:
    form = draw_form({duty: mark} if mark else {}, np.random.default_rng(3), size=24)
    reading = read_duties(_struck(form, duty, start=-0.3, end=0.5), form.lines)
    assert {box.duty: box.state for box in reading.boxes}[duty] is TickState.CROSSED_OUT
    assert reading.ticked == ()
    assert [d.code for d in reading.defects] == ["tick-crossed-out"]


@pytest.mark.parametrize(("reach", "told"), [(0.3, []), (0.9, ["tick-uncertain"])])
def test_a_tick_that_runs_on_through_the_next_box_does_not_choose_it_for_sure(reach: float, told: list[str]) -> None:
    form = draw_form({"总账": "check"}, np.random.default_rng(3), size=28)
    left, _, _, bottom = form.boxes["总账"]
    above = form.boxes["财产物资收发、增减核算"]
    sheet = Image.fromarray(form.pixels)
    end = (above[0] + 0.7 * (above[2] - above[0]), above[3] - reach * (above[3] - above[1]))
    ImageDraw.Draw(sheet).line([(left + 3, bottom - 4), end], fill=(20, 20, 25), width=3)
    reading = read_duties(np.array(sheet, dtype=np.uint8), form.lines)
    assert reading.ticked == ("总账",)
    assert [d.code for d in reading.defects] == told


def test_a_hairline_box_is_found_where_the_others_tell_its_size() -> None:
    form = draw_form({}, np.random.default_rng(3), size=40, thickness=2)
    left, top, right, bottom = (round(v) for v in form.boxes["总账"])
    page = form.pixels.copy()
    piece = page[top - 3 : bottom + 5, left - 3 : right + 5].astype(np.float32)
    page[top - 3 : bottom + 5, left - 3 : right + 5] = (255 - (255 - piece) * 0.25).astype(np.uint8)
    states = {box.duty: box.state for box in read_duties(page, form.lines).boxes}
    assert states["总账"] is TickState.EMPTY


def test_two_ticks_one_below_the_other_are_two_ticks() -> None:
    form = draw_form({"总账": "long-check", "财产物资收发、增减核算": "check"}, np.random.default_rng(3), size=28)
    assert read_duties(form.pixels, form.lines).ticked == ("财产物资收发、增减核算", "总账")


def test_a_stroke_through_half_of_a_label_strikes_nothing_out() -> None:
    form = draw_form({}, np.random.default_rng(3), size=24)
    page = _struck(form, "收入、支出、债权、债务核算", start=-0.3, end=-7.0)
    assert read_duties(page, form.lines).defects == ()


def test_print_as_solid_as_paint_beside_a_box_is_no_painted_box() -> None:
    form = draw_form({"总账": "filled"}, np.random.default_rng(3), size=24)
    left, top, right, bottom = (round(v) for v in form.boxes["总账"])
    page = form.pixels.copy()
    page[top - 3 : bottom + 4, left - 3 : right + 4] = 250
    # 目 of 算 on a small picture, where the column before ends too near.
    page[top + 4 : top + 14, left - 22 : left - 12] = 30
    states = {box.duty: box.state for box in read_duties(page, form.lines).boxes}
    assert not states["总账"].chooses


@pytest.mark.parametrize("width", [2, 3])
def test_a_circle_drawn_along_a_hairline_box_ticks_it(width: int) -> None:
    form = draw_form({}, np.random.default_rng(3), size=24, thickness=1)
    left, top, right, bottom = (round(v) for v in form.boxes["总账"])
    page = form.pixels.astype(np.float32)
    # Of the frame little is left beside so much ink.
    page[top - 2 : bottom + 3, left - 2 : right + 3] = (
        255 - (255 - page[top - 2 : bottom + 3, left - 2 : right + 3]) * 0.15
    )
    sheet = Image.fromarray(page.astype(np.uint8))
    ImageDraw.Draw(sheet).ellipse([left, top, right - 4, bottom], outline=(10, 10, 12), width=width)
    boxes = {box.duty: box for box in read_duties(np.array(sheet, dtype=np.uint8), form.lines).boxes}
    assert boxes["总账"].state.chooses
    assert sum(box.state.chooses for box in boxes.values()) == 1


def test_a_solid_character_before_a_box_that_was_not_found_is_no_painted_box() -> None:
    form = draw_form({"总账": "check"}, np.random.default_rng(3), size=24)
    left, top, right, bottom = (round(v) for v in form.boxes["不从事会计工作岗位"])
    page = form.pixels.copy()
    page[top - 3 : bottom + 4, left - 3 : right + 4] = 250
    # 算 at the end of the label before, nearly as large as a box.
    side = round(0.8 * (bottom - top))
    page[top + 1 : top + 1 + side, left - 16 : left - 16 + side] = 20
    states = {box.duty: box.state for box in read_duties(page, form.lines).boxes}
    assert not states["不从事会计工作岗位"].chooses and states["总账"].chooses
