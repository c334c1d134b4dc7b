"""Rules that callers name, and a site's own pack among them."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.rest.policies import PolicyBook
from api.rest.problems import Problem
from tests.own_pack import own_pack
from verify.errors import PolicyInvalid, PolicyUnknown

_COLUMN = 64


def test_one_of_the_product_is_recorded_by_its_name() -> None:
    found = PolicyBook("yunnan-2023").named(None)
    assert (found.name, found.source, found.policy.name) == ("yunnan-2023",) * 3


@pytest.mark.parametrize("asked", [None, "our-county"])
def test_a_sites_own_pack_is_recorded_by_its_name_and_opened_by_its_path(asked: str | None, tmp_path: Path) -> None:
    path = own_pack(tmp_path / ("deep" * 20), "our-county")
    assert len(str(path)) > _COLUMN
    found = PolicyBook(str(path)).named(asked)
    assert (found.name, found.source) == ("our-county", str(path))


def test_a_sites_own_pack_hides_one_of_the_product_with_the_same_name(tmp_path: Path) -> None:
    path = own_pack(tmp_path, "tianjin-2025")
    book = PolicyBook(str(path))
    assert book.named("tianjin-2025").source == str(path)
    assert book.stored("tianjin-2025").title == "某县会计人员信息采集"
    assert [one.name for one in book.listed()].count("tianjin-2025") == 1


def test_records_of_rules_that_are_gone_get_the_sites_words() -> None:
    assert PolicyBook("yunnan-2023").stored("our-county").name == "yunnan-2023"


def test_unknown_rules_are_refused() -> None:
    with pytest.raises(Problem) as caught:
        PolicyBook("yunnan-2023").named("/etc/passwd")
    assert caught.value.code == "policy-unknown"
    with pytest.raises(PolicyUnknown):
        PolicyBook("no-such")


@pytest.mark.parametrize(("length", "fits"), [(63, True), (64, True), (65, False)])
def test_a_name_fits_its_column(length: int, fits: bool, tmp_path: Path) -> None:
    path = own_pack(tmp_path, "a" * length)
    if fits:
        assert len(PolicyBook(str(path)).named(None).name) == length
        return
    with pytest.raises(PolicyInvalid):
        PolicyBook(str(path))
