from __future__ import annotations

import pytest

from ocr.kinds import KindGuess
from ocr.misplaced import SURE_OF_KIND, misplaced
from ocr.model import Kind


@pytest.mark.parametrize(
    ("found", "wanted", "code"),
    [
        (Kind.ID_CARD_BACK, Kind.ID_CARD_FRONT, "wrong-side"),
        (Kind.ID_CARD_FRONT, Kind.ID_CARD_BACK, "wrong-side"),
        (Kind.DIPLOMA, Kind.DEGREE_CERTIFICATE, "wrong-document"),
        (Kind.DIPLOMA, Kind.ID_CARD_BACK, "wrong-document"),
    ],
)
def test_another_kind_than_was_said(found: Kind, wanted: Kind, code: str) -> None:
    (defect,) = misplaced([KindGuess(found, 0.9)], wanted)
    assert (defect.code, defect.detail, defect.severe) == (code, found.value, True)


@pytest.mark.parametrize(
    ("guesses", "wanted"),
    [
        ([KindGuess(Kind.DIPLOMA, 0.9)], None),
        ([KindGuess(Kind.DIPLOMA, 0.9)], Kind.DIPLOMA),
        ([KindGuess(Kind.ID_CARD_FRONT, 0.9), KindGuess(Kind.ID_CARD_BACK, 0.9)], Kind.ID_CARD_BACK),
        ([KindGuess(Kind.UNKNOWN, 0.0)], Kind.DIPLOMA),
        ([], Kind.DIPLOMA),
    ],
)
def test_nothing_is_said_where_nothing_is_wrong_or_known(guesses: list[KindGuess], wanted: Kind | None) -> None:
    assert misplaced(guesses, wanted) == ()


@pytest.mark.parametrize(("confidence", "severe"), [(SURE_OF_KIND - 0.01, False), (SURE_OF_KIND, True), (1.0, True)])
def test_only_sure_words_refuse(confidence: float, severe: bool) -> None:
    (defect,) = misplaced([KindGuess(Kind.DIPLOMA, confidence)], Kind.STUDENT_CARD)
    assert defect.severe is severe
