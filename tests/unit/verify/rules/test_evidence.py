"""Other evidence that agrees with the form makes a reading stand alone: it must be surer before it accuses."""

from __future__ import annotations

import pytest

from tests.unit.verify.conftest import USCC, Papers
from verify.model import Level
from verify.severity import SURE, SURE_AGAINST_OTHERS

BETWEEN = (SURE + SURE_AGAINST_OTHERS) / 2


@pytest.mark.parametrize(
    ("slot", "name", "value", "code"),
    [
        # The number of the diploma, 106891 2012 05 …, agrees with the form about year and level.
        ("diploma", "graduated_on", "2014-12", "graduated-on-differs"),
        ("diploma", "level", "专科", "education-level-differs"),
        # The degree certificate prints the school that was typed.
        ("diploma", "school", "昆明理工大学", "school-differs"),
        ("diploma", "gender", "男", "gender-differs"),
        ("diploma", "birth_date", "1985-03-02", "birth-date-differs"),
    ],
)
def test_a_reading_alone_against_the_rest(papers: Papers, slot: str, name: str, value: str, code: str) -> None:
    assert papers.print(slot, name, value, BETWEEN).codes()[code].level is Level.WARN
    assert papers.print(slot, name, value, SURE_AGAINST_OTHERS).codes()[code].level is Level.MISMATCH


def test_without_such_evidence_a_sure_reading_accuses(papers: Papers) -> None:
    papers.unread("diploma", "certificate_number").print("diploma", "graduated_on", "2014-12", SURE)
    assert papers.codes()["graduated-on-differs"].level is Level.MISMATCH


def test_numbers_that_prove_themselves_need_nothing_else(papers: Papers) -> None:
    papers.print("work_certificate", "id_number", "533103199007151242", SURE)
    papers.read["unit_certificate"] = {"unit_name": "芒市金色商贸有限公司", "uscc": USCC}
    papers.print("work_certificate", "uscc", "91533103MAH4BXKF13", SURE)
    found = papers.codes()
    assert found["id-number-differs"].level is Level.MISMATCH
    assert found["uscc-differs"].level is Level.MISMATCH
