"""Answers of the fast checks and the photo service survive their way between two processes."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from imaging.geometry import Quad
from imaging.model import Defect
from intake.checked import (
    FastCheck,
    PhotoServiceAnswer,
    check_from_wire,
    check_to_wire,
    photo_from_wire,
    photo_to_wire,
    refused_check,
    refused_photo,
)
from ocr.model import Kind
from verify.model import Level
from verify.wording import finding_of_defect

BOX = Quad.from_rect(0.25, 0.5, 0.75, 1.0)
GLARE = finding_of_defect(Defect("page-glare", measured=0.125, limit=0.02, box=BOX), material="diploma")


def through_json(value: dict[str, Any]) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(json.dumps(value, allow_nan=False))
    return decoded


@pytest.mark.parametrize(
    "check",
    [
        FastCheck((GLARE,), "JPEG", 3000, 4000, 2400, 3200),
        FastCheck((), "PNG", 295, 413, 295, 413, photo_will_be_made=True),
        refused_check(Defect("format-not-allowed", severe=True, detail="HEIC"), Kind.DIPLOMA),
    ],
)
def test_a_check_arrives_as_it_was_sent(check: FastCheck) -> None:
    arrived = check_from_wire(through_json(check_to_wire(check)))
    assert arrived == check
    assert arrived.accepted == check.accepted


def test_a_photo_arrives_as_it_was_sent() -> None:
    made = PhotoServiceAnswer((), {"head": 0.625}, b"jpeg", 295, 413, background_replaced=True, turned_deg=90)
    assert photo_from_wire(through_json(photo_to_wire(made)), b"jpeg") == made
    refused = refused_photo(Defect("photo-no-face", measured=0, limit=1, severe=True))
    assert photo_from_wire(through_json(photo_to_wire(refused)), b"") == refused


def test_numbers_that_json_does_not_know_are_left_out() -> None:
    odd = PhotoServiceAnswer((), {"head": math.nan, "roll_deg": 1.5, "blur": math.inf})
    assert photo_from_wire(through_json(photo_to_wire(odd)), b"").measures == {"roll_deg": 1.5}
    nowhere = Defect("page-glare", measured=math.inf, limit=0.02)
    check = FastCheck((finding_of_defect(nowhere, material="diploma"),))
    assert check_from_wire(through_json(check_to_wire(check))).findings[0].measured is None


@pytest.mark.parametrize("missing", sorted(check_to_wire(FastCheck(()))))
def test_an_answer_that_lacks_something_is_none(missing: str) -> None:
    wire = check_to_wire(FastCheck(()))
    del wire[missing]
    with pytest.raises(KeyError):
        check_from_wire(wire)


@pytest.mark.parametrize("changed", [{"level": "fatal"}, {"box": [[0, 0]]}, {"measured": "much"}])
def test_a_finding_that_is_none_is_refused(changed: dict[str, Any]) -> None:
    wire = check_to_wire(FastCheck((GLARE,)))
    wire["findings"][0] |= changed
    with pytest.raises((TypeError, ValueError)):
        check_from_wire(wire)


@pytest.mark.parametrize(("level", "accepted"), [(Level.BLOCK, False), (Level.WARN, True), (Level.INFO, True)])
def test_only_what_blocks_is_not_accepted(level: Level, accepted: bool) -> None:
    code = {"block": "page-blank", "warn": "page-blurred", "info": "page-shadow"}[level.value]
    found = finding_of_defect(Defect(code, severe=level is Level.BLOCK), material="diploma")
    assert found.level is level
    assert FastCheck((found,)).accepted is accepted
    assert PhotoServiceAnswer((found,)).accepted is accepted
