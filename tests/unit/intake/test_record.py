from __future__ import annotations

import json
import math

import pytest

from imaging.geometry import Quad
from imaging.tick_box import TickState
from intake.record import box_json, failed_record, field_json, finding_json, material_json, reading_record
from ocr.model import Field, Kind, Reading, Seal, TickBox
from verify.model import Finding, Level, Material


@pytest.mark.parametrize(
    ("confidence", "shown"), [(0.5, 0.5), (1.2, 1.0), (-0.1, 0.0), (math.nan, 0.0), (math.inf, 0.0), (0.123456, 0.1235)]
)
def test_a_confidence_is_always_a_number_from_0_to_1(confidence: float, shown: float) -> None:
    assert field_json(Field("x", confidence))["confidence"] == shown


def test_a_box_stays_inside_the_picture_or_is_left_out() -> None:
    assert box_json(Quad.from_rect(-0.1, 0.2, 0.5, 1.3)) == [[0.0, 0.2], [0.5, 0.2], [0.5, 1.0], [0.0, 1.0]]
    assert box_json(Quad.from_rect(math.nan, 0, 1, 1)) is None
    assert box_json(None) is None


def test_two_documents_on_one_picture_are_both_told() -> None:
    readings = (Reading(Kind.ID_CARD_FRONT, 0.9), Reading(Kind.ID_CARD_BACK, 0.8))
    value = material_json(Material("id_card_front", "a.jpg", 1, "JPEG", "", readings))
    assert list(value)[:4] == ["file", "kind", "kind_confidence", "fields"]
    assert value["kind"] == "id_card_front"
    assert [other["kind"] for other in value["also"]] == ["id_card_back"]


def test_duties_are_a_list_and_a_seal_is_yes_or_no() -> None:
    assert field_json(Field(("出纳", "稽核"), 1.0))["value"] == ["出纳", "稽核"]
    assert field_json(Field(True, 1.0))["value"] is True


def test_boxes_are_told_where_a_paper_has_them() -> None:
    box = TickBox("出纳", TickState.CROSSED_OUT, 0.75, Quad.from_rect(0.1, 0.2, 0.2, 0.3), "struck", 0.4)
    record = reading_record("a.jpg", Reading(Kind.WORK_CERTIFICATE, 1.0, ticks=(box,)), ())
    corners = [[0.1, 0.2], [0.2, 0.2], [0.2, 0.3], [0.1, 0.3]]
    assert record["ticks"] == [{"duty": "出纳", "state": "crossed-out", "confidence": 0.75, "box": corners}]
    assert "ticks" not in reading_record("a.jpg", Reading(Kind.DIPLOMA, 1.0), ())
    assert "ticks" not in reading_record("a.jpg", None, ())


@pytest.mark.parametrize(("failure", "code"), [("worker-killed", "case-failed"), ("case-timeout", "case-timeout")])
def test_a_failed_case_loses_every_point_to_one_finding(failure: str, code: str) -> None:
    record = failed_record("c", failure, limit_s=600)
    assert [(f["code"], f["points_lost"]) for f in record["findings"]] == [(code, 100.0)]
    assert record["score"] == 0
    assert json.dumps(record, allow_nan=False)


@pytest.mark.parametrize(("picture", "told"), [(0, None), (1, 2)])
def test_a_finding_tells_its_picture_only_when_it_is_not_the_first(picture: int, told: int | None) -> None:
    value = finding_json(Finding("name-differs", Level.MISMATCH, "…", material="diploma", picture=picture))
    assert value.get("picture") == told


def test_every_seal_of_the_page_is_told() -> None:
    box = Quad.from_rect(0.4, 0.5, 0.6, 0.7)
    seal = Seal("芒市金穗商贸有限公司", 0.91, "5331030012345", box, "财务专用章", 301.4, middle="star", over_text=0.25)
    copy = Seal("", 0.0, None, box, "", math.nan, colour="black", shape="oval")
    first, second = reading_record("a.jpg", Reading(Kind.WORK_CERTIFICATE, 1.0, seals=(seal, copy)), ())["seals"]
    assert first == {
        "text": "芒市金穗商贸有限公司", "confidence": 0.91, "number": "5331030012345", "centre_text": "财务专用章",
        "shape": "round", "colour": "red", "middle": "star", "diameter_px": 301, "over_text": 0.25,
        "box": [[0.4, 0.5], [0.6, 0.5], [0.6, 0.7], [0.4, 0.7]],
    }  # fmt: skip
    assert (second["colour"], second["shape"], second["over_text"], second["diameter_px"]) == ("black", "oval", None, 0)
    assert "seals" not in reading_record("a.jpg", Reading(Kind.DIPLOMA, 1.0), ())
