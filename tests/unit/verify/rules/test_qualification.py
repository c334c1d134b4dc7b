"""Several qualification certificates: the form describes the highest."""

from __future__ import annotations

import pytest

from ocr.model import Kind
from tests.unit.verify.conftest import Papers
from verify.model import Level


def second(papers: Papers, level: str, approved: str = "2019-09-01") -> Papers:
    """A further certificate beside the one that the form describes."""
    papers.read["qualification_certificate-2"] = {
        **papers.read["qualification_certificate"],
        "level": level,
        "approved_on": approved,
        "certificate_number": "2019053000077",
    }
    papers.kinds["qualification_certificate-2"] = Kind.QUALIFICATION_CERTIFICATE
    return papers


@pytest.mark.parametrize(
    ("claimed", "beside", "told"),
    [
        ("初级", "中级", True),
        ("中级", "高级", True),
        ("高级", "正高级", True),
        ("中级", "初级", False),
        ("正高级", "高级", False),
        ("初级", "初级", False),
    ],
)
def test_no_certificate_shows_a_higher_level(papers: Papers, claimed: str, beside: str, told: bool) -> None:
    papers.type("qualification.level", claimed).print("qualification_certificate", "level", claimed)
    found = second(papers, beside).codes()
    assert ("qualification-not-highest" in found) is told
    if told:
        item = found["qualification-not-highest"]
        assert (item.level, item.field, item.material) == (
            Level.WARN,
            "qualification.level",
            "qualification_certificate-2",
        )
        assert claimed in item.message and beside in item.message


def test_a_lower_certificate_beside_it_is_not_held_against_the_form(papers: Papers) -> None:
    papers.type("qualification.level", "中级").print("qualification_certificate", "level", "中级")
    assert second(papers, "初级", "2013-05-20").codes() == {}


def test_but_it_must_be_of_the_same_person(papers: Papers) -> None:
    second(papers, "初级").print("qualification_certificate-2", "name", "李大军")
    found = papers.codes()["name-differs"]
    assert (found.level, found.material) == (Level.MISMATCH, "qualification_certificate-2")


def test_a_lower_certificate_alone_does_not_prove_the_claim(papers: Papers) -> None:
    papers.type("qualification.level", "中级")
    assert papers.codes()["qualification-level-differs"].level is Level.MISMATCH


def test_the_certificate_that_fits_the_form_is_compared_wherever_it_lies(papers: Papers) -> None:
    second(papers, "中级")
    first = papers.read["qualification_certificate"]
    papers.read["qualification_certificate"] = papers.read["qualification_certificate-2"]
    papers.read["qualification_certificate-2"] = first
    found = papers.codes()
    assert set(found) == {"qualification-not-highest"}
    assert found["qualification-not-highest"].material == "qualification_certificate"


def test_approval_after_today(papers: Papers) -> None:
    papers.print("qualification_certificate", "approved_on", "2027-01-01").type(
        "qualification.approved_on", "2027-01-01"
    )
    assert papers.codes()["date-in-future"].material == "qualification_certificate"
