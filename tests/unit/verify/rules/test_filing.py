"""The office that the typed division points to is noted where another one was typed; nobody is sent away."""

from __future__ import annotations

import pytest

from tests.unit.verify.conftest import Papers
from verify.model import Level
from verify.policy import load_policy


def test_the_office_of_the_units_place_is_the_right_one(papers: Papers) -> None:
    assert papers.codes() == {}


@pytest.mark.parametrize("typed", ["芒市", "德宏州芒市", "芒市财政局"])
def test_spellings_of_the_same_office_are_no_note(papers: Papers, typed: str) -> None:
    papers.entered["work"]["finance_bureau"] = typed
    assert "finance-bureau-elsewhere" not in papers.codes()


def test_another_office_than_the_units_place_has_is_noted_and_costs_nothing(papers: Papers) -> None:
    papers.entered["work"]["region"] = "533102"
    found = papers.codes()["finance-bureau-elsewhere"]
    assert (found.level, found.field, found.entered) == (Level.INFO, "work.finance_bureau", "芒市")
    assert "瑞丽市（533102）" in found.message and "芒市" in found.message
    assert found.points_lost == 0


def test_a_place_outside_of_the_policys_jurisdiction_is_a_route(papers: Papers) -> None:
    papers.entered["work"]["region"] = "211302"
    found = papers.codes()["filing-elsewhere"]
    assert (found.level, found.field) == (Level.INFO, "work.region")
    assert "双塔区（211302）" in found.message


def test_an_excluded_region_names_its_own_office(papers: Papers) -> None:
    papers.entered["work"]["region"] = "210202"
    found = papers.codes(load_policy("liaoning-2019"))["filing-elsewhere"]
    assert "大连" in found.message


@pytest.mark.parametrize("region", [None, "99", "530000"])
def test_without_a_county_nothing_is_said_about_the_office(papers: Papers, region: str | None) -> None:
    papers.entered["work"]["region"] = region
    assert not {"filing-elsewhere", "finance-bureau-elsewhere"} & set(papers.codes())


def test_who_gives_the_prefecture_itself_and_a_countys_office_is_noted(papers: Papers) -> None:
    papers.entered["work"]["region"] = "533100"
    assert "德宏傣族景颇族自治州（533100）" in papers.codes()["finance-bureau-elsewhere"].message
