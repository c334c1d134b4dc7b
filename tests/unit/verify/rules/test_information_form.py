"""The signed and stamped form, and proofs that need no stamp."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest

from tests.unit.verify.conftest import ID_NUMBER, Papers
from verify.entered import parse_entered
from verify.model import Level
from verify.policy import load_policy
from verify.severity import SURE
from verify.verify import verify_case


def with_form(papers: Papers, signed: object, confidence: float) -> Papers:
    papers.read["information_form"] = {"name": "岩温香", "id_number": ID_NUMBER, "seal_present": True}
    return papers.print("information_form", "signature_present", signed, confidence)


@pytest.mark.parametrize(("confidence", "level"), [(SURE, Level.BLOCK), (SURE - 0.01, Level.WARN), (1.0, Level.BLOCK)])
def test_a_missing_signature(papers: Papers, confidence: float, level: Level) -> None:
    found = with_form(papers, False, confidence).codes()["signature-missing"]
    assert found.level is level
    assert "签名" in found.message


def test_few_strokes_are_for_a_person_to_look_at(papers: Papers) -> None:
    found = with_form(papers, None, 0.5).codes()
    assert found["signature-uncertain"].level is Level.WARN
    assert "signature-missing" not in found


def test_a_signed_form(papers: Papers) -> None:
    assert not {"signature-missing", "signature-uncertain"} & with_form(papers, True, 0.97).codes().keys()


def test_a_form_whose_label_was_not_found_says_nothing(papers: Papers) -> None:
    papers.read["information_form"] = {"name": "岩温香", "id_number": ID_NUMBER, "seal_present": True}
    assert "signature-missing" not in papers.codes()


@pytest.mark.parametrize(("variant", "asked"), [("", True), ("online-report", False)])
def test_the_registers_report_needs_no_seal(papers: Papers, variant: str, asked: bool) -> None:
    papers.read["enrolment_proof"] = {"name": "岩温香", "seal_present": False}
    materials = papers.materials()
    proof = materials["enrolment_proof"]
    materials["enrolment_proof"] = replace(proof, readings=(replace(proof.readings[0], variant=variant),))
    entered, findings = parse_entered(papers.entered)
    verdict = verify_case(
        entered, findings, MappingProxyType(materials), load_policy("yunnan-2023"), today=papers.today
    )
    assert any(item.code == "seal-missing" for item in verdict.findings) is asked
