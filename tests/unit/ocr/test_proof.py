"""A cut must lose nothing: what proves it, and what refuses it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from imaging.split import Cut
from ocr.documents import Proposal, Reason, Side
from ocr.model import Field, Kind, Line, Reading
from ocr.proof import are_two, is_clear, is_promising, keeps_document
from tests.unit.ocr.pages import lines_of
from tests.unit.ocr.test_documents import BACK, DIPLOMA, FRONT


def fields(*names: str) -> dict[str, Field]:
    return {name: Field("x", 0.9) for name in names}


def side(kind: Kind | None, evidence: float = 8.0) -> Side:
    return Side((), (), kind, evidence)


def reading(kind: Kind, *names: str, rows: tuple[str, ...] = FRONT) -> Reading:
    lines: tuple[Line, ...] = lines_of(*rows)
    return Reading(kind, 0.9, fields(*names), lines=lines)


CARD = reading(Kind.ID_CARD_FRONT, "name", "id_number")


def test_a_part_that_tells_as_much_as_before_is_kept() -> None:
    assert keeps_document(side(Kind.ID_CARD_FRONT), fields("name", "id_number"), [CARD])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(fields("name", "address"), [CARD], id="a field of a card is lost"),
        pytest.param(fields("name"), [replace(CARD, kind=Kind.ID_CARD_BACK)], id="another kind"),
        pytest.param(fields("name"), [replace(CARD, kind=Kind.UNKNOWN)], id="no document"),
        pytest.param(fields("name"), [CARD, reading(Kind.ID_CARD_BACK)], id="still two documents"),
        pytest.param(fields("name"), [replace(CARD, lines=lines_of("姓名"))], id="words are lost"),
        pytest.param(
            fields("name"), [replace(CARD, fields={"name": Field(None, 0.0), **fields("id_number")})], id="label only"
        ),
    ],
)
def test_a_part_that_lost_something_refuses_the_cut(before: dict[str, Field], after: list[Reading]) -> None:
    assert not keeps_document(side(Kind.ID_CARD_FRONT), before, after)


@pytest.mark.parametrize(
    ("lost", "kept"),
    [(("school",), True), (("school", "major"), False), (("name",), False), (("certificate_number",), False)],
)
def test_a_certificate_may_lose_one_field_that_does_not_identify_it(lost: tuple[str, ...], kept: bool) -> None:
    names = ("name", "school", "major", "level", "certificate_number")
    after = reading(Kind.DIPLOMA, *(name for name in names if name not in lost), rows=DIPLOMA)
    assert keeps_document(side(Kind.DIPLOMA), fields(*names), [after]) is kept


def test_a_turned_part_must_be_a_document_of_ours() -> None:
    back = reading(Kind.ID_CARD_BACK, "valid_from", rows=BACK)
    assert keeps_document(side(None, 0.0), {}, [back])
    assert not keeps_document(side(None, 0.0), {}, [replace(back, fields={})])
    assert not keeps_document(side(None, 0.0), {}, [replace(back, lines=lines_of("签发机关"))])
    assert not keeps_document(side(None, 0.0), {}, [replace(back, kind=Kind.STUDENT_CARD)])


@pytest.mark.parametrize(
    ("first", "second", "two"),
    [
        (CARD, reading(Kind.ID_CARD_BACK), True),
        (CARD, CARD, False),
        (reading(Kind.DIPLOMA, "name", "school", "major"), reading(Kind.DIPLOMA, "name", "school", "major"), True),
        (reading(Kind.DIPLOMA, "name", "school"), reading(Kind.DIPLOMA, "name", "school"), False),
        (reading(Kind.DIPLOMA, "level", "school", "major"), reading(Kind.DIPLOMA, "level", "school", "major"), False),
        # The inner pages of a booklet: nothing is printed on both.
        (
            reading(Kind.QUALIFICATION_CERTIFICATE, "certificate_number"),
            reading(Kind.QUALIFICATION_CERTIFICATE, "name", "level", "approved_on", "id_number"),
            False,
        ),
    ],
)
def test_two_of_one_kind_both_tell_who_and_what(first: Reading, second: Reading, two: bool) -> None:
    assert are_two([first, second]) is two


@pytest.mark.parametrize(
    ("reason", "first", "second", "promising"),
    [
        (Reason.KINDS, fields("name"), fields("valid_from"), True),
        (Reason.KINDS, fields("name"), {}, False),
        (Reason.TWINS, fields("name", "school", "major"), fields("name", "school", "major"), True),
        (Reason.TWINS, fields("level"), fields("name", "school", "major"), False),
    ],
)
def test_no_time_is_spent_where_the_text_promises_nothing(
    reason: Reason, first: dict[str, Field], second: dict[str, Field], promising: bool
) -> None:
    proposal = Proposal((side(Kind.DIPLOMA), side(Kind.DEGREE_CERTIFICATE)), reason)
    assert is_promising(proposal, [first, second]) is promising


def test_of_a_turned_document_nothing_is_promised_beforehand() -> None:
    proposal = Proposal((side(Kind.ID_CARD_FRONT), side(None, 0.0)), Reason.TURNED)
    assert is_promising(proposal, [fields("name"), {}])
    assert not is_promising(proposal, [{}, {}])


@pytest.mark.parametrize(
    ("reason", "share", "clear"),
    [
        (Reason.KINDS, 0.2, True),
        (Reason.TURNED, 0.2, True),
        (Reason.TWINS, 0.89, False),
        (Reason.TWINS, 0.9, True),
    ],
)
def test_twins_need_ground_between_them(reason: Reason, share: float, clear: bool) -> None:
    proposal = Proposal((side(Kind.DIPLOMA), side(Kind.DIPLOMA)), reason)
    assert is_clear(Cut(0.0, 10.0, share, 3.0), proposal) is clear
