"""Seals are read strip by strip; the engine here says what a test wants it to say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray

from imaging.model import Pixels
from imaging.seal_band import Band
from ocr.engine import Recognised
from ocr.seal import SEALS_READ_MAX, covered_share, read_seals
from ocr.seal_vote import Vote
from ocr.under_seal import lines_under_seals
from tests.unit.imaging.seal_drawing import Stamp, ink_of, page_with_text, stamped

NAME = "芒市金穗商贸有限公司"
Answer = Callable[[int, Pixels], Recognised]


def _said(text: str, score: float = 0.95) -> Recognised:
    count = max(1, len(text))
    # The name fills its strip but for a third of a strip's height before and after it.
    centres = tuple(0.03 + 0.94 * (index + 0.5) / count for index in range(len(text)))
    return Recognised(text, score, centres, (score,) * len(text))


@dataclass
class ScriptedEngine:
    """Answers every crop by a function of its number and pixels."""

    answer: Answer
    crops: list[Pixels] = field(default_factory=list)
    found: list[NDArray[np.float32]] = field(default_factory=list)

    def detect(self, pixels: Pixels) -> list[NDArray[np.float32]]:
        return self.found

    def recognise(self, crops: Sequence[Pixels]) -> list[Recognised]:
        answers = [self.answer(len(self.crops) + index, crop) for index, crop in enumerate(crops)]
        self.crops += crops
        return answers


def _page(stamp: Stamp | None = None, *, at: tuple[float, float] = (450, 400)) -> NDArray[np.uint8]:
    stamp = stamp or Stamp(NAME, span_deg=200)
    return stamped(page_with_text([], width=900, height=800), ink_of(stamp, diameter_px=260), centre=at)


def test_two_strips_that_agree_are_enough() -> None:
    engine = ScriptedEngine(lambda _number, _crop: _said(NAME))
    (seal,) = read_seals(_page(), engine)
    assert seal.text == NAME
    assert seal.confidence > 0.9
    assert seal.number is None
    assert seal.centre_text == ""
    assert seal.diameter_px == pytest.approx(260, rel=0.05)
    assert seal.box.left < 0.5 < seal.box.right
    assert len(engine.crops) == 2


def test_strips_that_differ_bring_more_strips_and_the_majority() -> None:
    engine = ScriptedEngine(lambda number, _crop: _said(NAME.replace("穗", "稳") if number == 1 else NAME))
    (seal,) = read_seals(_page(), engine)
    assert seal.text == NAME
    assert len(engine.crops) > 2


def test_a_seal_that_cannot_be_read_is_still_there() -> None:
    (seal,) = read_seals(_page(), ScriptedEngine(lambda _number, _crop: Recognised("", 0.0)))
    assert (seal.text, seal.confidence) == ("", 0.0)
    assert seal.ring > 0.9


def test_garbage_from_the_engine_is_no_error() -> None:
    odd = Recognised("芒\u0000市☃公司", 7.0, (0.1,), (0.5, 0.5))
    (seal,) = read_seals(_page(), ScriptedEngine(lambda _number, _crop: odd))
    assert "☃" not in seal.text
    assert 0.0 <= seal.confidence <= 1.0


def test_a_text_without_a_units_ending_is_doubted() -> None:
    whole = read_seals(_page(), ScriptedEngine(lambda _number, _crop: _said(NAME)))[0].confidence
    cut = read_seals(_page(), ScriptedEngine(lambda _number, _crop: _said(NAME[:-2])))[0].confidence
    assert cut < whole


def test_digits_are_a_number_only_in_a_codes_length() -> None:
    stamp = Stamp(NAME, span_deg=200, number="5331030012345")

    def answer(digits: str) -> Answer:
        return lambda number, _crop: _said(NAME) if number < 2 else _said(digits)

    assert read_seals(_page(stamp), ScriptedEngine(answer("5331030012345")))[0].number == "5331030012345"
    assert read_seals(_page(stamp), ScriptedEngine(answer("533103001234")))[0].number is None
    unsure = ScriptedEngine(lambda number, _crop: _said(NAME) if number < 2 else _said("5331030012345", 0.8))
    assert read_seals(_page(stamp), unsure)[0].number is None


def test_words_in_the_middle_are_reported() -> None:
    stamp = Stamp(NAME, span_deg=200, centre="财务专用章")

    def answer(_number: int, crop: Pixels) -> Recognised:
        return _said("财务专用章") if crop.shape[1] < 7 * crop.shape[0] and crop.shape[0] == 48 else _said(NAME)

    (seal,) = read_seals(_page(stamp), ScriptedEngine(answer))
    assert seal.text == NAME
    assert seal.centre_text == "财务专用章"


def test_no_seal_asks_nothing() -> None:
    engine = ScriptedEngine(lambda _number, _crop: _said(NAME))
    assert read_seals(page_with_text(["单位盖章"], width=500, height=400), engine) == ()
    assert engine.crops == []


def test_a_page_full_of_seals_is_bounded() -> None:
    page = page_with_text([], width=1200, height=1000)
    ink = ink_of(Stamp(NAME, span_deg=200), diameter_px=150)
    for index in range(SEALS_READ_MAX + 2):
        page = stamped(page, ink, centre=(150 + 300 * (index % 4), 200 + 300 * (index // 4)))
    assert len(read_seals(page, ScriptedEngine(lambda _number, _crop: _said(NAME)))) == SEALS_READ_MAX


def test_lines_under_a_seal_come_back_on_the_page() -> None:
    page = _page()
    engine = ScriptedEngine(lambda _number, _crop: _said("2023年7月13日"))
    seals = read_seals(page, ScriptedEngine(lambda _number, _crop: _said(NAME)))
    # The piece is twice as large as the page: a quad there is half as large here.
    engine.found = [np.array([[820, 300], [1100, 300], [1100, 340], [820, 340]], np.float32)]
    (line,) = lines_under_seals(page, seals, engine)
    assert line.text == "2023年7月13日"
    assert (line.box.right - line.box.left) * 900 == pytest.approx(140, abs=2)
    assert seals[0].box.left < line.box.centre[0] < seals[0].box.right


def test_scraps_and_lines_beside_the_seal_are_dropped() -> None:
    page = _page()
    seals = read_seals(page, ScriptedEngine(lambda _number, _crop: _said(NAME)))
    quad = np.array([[820, 300], [1100, 300], [1100, 340], [820, 340]], np.float32)
    weak = ScriptedEngine(lambda _number, _crop: _said("日", 0.3), found=[quad])
    assert lines_under_seals(page, seals, weak) == ()
    beside = ScriptedEngine(lambda _number, _crop: _said("出纳"), found=[quad - np.array([[800, 0]], np.float32)])
    assert lines_under_seals(page, seals, beside) == ()


@pytest.mark.parametrize(
    ("length", "gap_ratio", "share"),
    [(0.50, 9.0, 1.0), (0.56, 9.0, 1.0), (0.58, 9.0, 10 / 11.6), (0.70, 9.0, 10 / 14), (0.70, 1.2, 1.0)],
)
def test_ink_that_was_not_made_out_lowers_the_certainty(length: float, gap_ratio: float, share: float) -> None:
    band = Band(0.6, 0.9, start=0.2, length=length, gap_ratio=gap_ratio)
    places = tuple(0.225 + 0.05 * index for index in range(10))
    assert covered_share(band, Vote(NAME, 0.9, 2, (), 0.05, places)) == pytest.approx(share)


def test_nothing_read_is_not_judged_by_its_room() -> None:
    assert covered_share(Band(0.6, 0.9, 0.0, 0.5, 9.0), Vote("", 0.0, 0)) == 1.0
