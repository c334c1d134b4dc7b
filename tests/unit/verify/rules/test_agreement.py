"""What several papers show alike is told once, by the surest of them."""

from __future__ import annotations

import pytest

from ocr.model import Kind
from tests.unit.verify.conftest import Papers
from verify.model import Finding, Level, Match

PAPERS_WITH_NAME = {
    "id_card_front",
    "work_certificate",
    "diploma",
    "degree_certificate",
    "qualification_certificate",
}


def about(papers: Papers, path: str) -> list[Finding]:
    return [item for item in papers.verdict().findings if item.field == path]


def test_a_wrong_name_in_the_form_is_told_once_for_all_papers(papers: Papers) -> None:
    papers.type("person.name", "岩温军")
    found = about(papers, "person.name")
    (told,) = [item for item in found if item.level is not Level.INFO]
    assert (told.code, told.level, told.match) == ("name-differs", Level.MISMATCH, Match.DIFFERENT)
    assert all(
        word in told.message for word in ("岩温军", "岩温香", "身份证人像面", "工作证明", "学历证书", "学位证书")
    )
    assert told.points_lost == 25


def test_each_page_keeps_its_mark(papers: Papers) -> None:
    found = about(papers.type("person.name", "岩温军"), "person.name")
    assert {item.material for item in found} == PAPERS_WITH_NAME
    assert all(item.box is not None for item in found)


def test_the_surest_paper_tells_it(papers: Papers) -> None:
    papers.type("person.name", "岩温军").print("degree_certificate", "name", "岩温香", 0.999)
    (told,) = [item for item in about(papers, "person.name") if item.level is not Level.INFO]
    assert told.material == "degree_certificate"


def test_slips_that_all_papers_show_alike_stay_a_warning(papers: Papers) -> None:
    # 番 is a look-alike of 香.
    found = about(papers.type("person.name", "岩温番"), "person.name")
    assert [item.level for item in found].count(Level.WARN) == 1
    assert {item.level for item in found} == {Level.WARN, Level.INFO}
    assert papers.verdict().band.value != "likely_pass"


def test_papers_that_disagree_with_each_other_are_told_each(papers: Papers) -> None:
    papers.print("diploma", "name", "李大军").print("degree_certificate", "name", "王小红")
    found = about(papers, "person.name")
    assert {(item.material, item.read, item.level) for item in found} == {
        ("diploma", "李大军", Level.MISMATCH),
        ("degree_certificate", "王小红", Level.MISMATCH),
    }
    assert all("均为" not in item.message for item in found)


def test_one_paper_alone_is_told_as_it_is(papers: Papers) -> None:
    (told,) = about(papers.print("diploma", "name", "李大军"), "person.name")
    assert (told.level, told.material) == (Level.MISMATCH, "diploma")
    assert "均为" not in told.message


def test_numbers_agree_across_their_lengths(papers: Papers) -> None:
    papers.type("person.id_number", "533103199007151242").print(
        "work_certificate", "id_number", "533103900715122", 0.98
    )
    found = about(papers, "person.id_number")
    assert [item.level for item in found if item.code == "id-number-differs"].count(Level.MISMATCH) == 1


@pytest.mark.parametrize(
    ("path", "value"), [("work.uscc", "91533103MAH4BXKF13"), ("work.employer", "盈江大盈江水电厂")]
)
def test_unit_and_work_certificate_speak_together(papers: Papers, path: str, value: str) -> None:
    papers.read["unit_certificate"] = {
        "unit_name": "芒市金色商贸有限公司",
        "uscc": papers.read["work_certificate"]["uscc"],
    }
    papers.kinds["unit_certificate"] = Kind.UNIT_CERTIFICATE
    found = about(papers.type(path, value), path)
    assert sorted(item.level for item in found) == [Level.INFO, Level.MISMATCH]
    (told,) = [item for item in found if item.level is Level.MISMATCH]
    assert "工作证明" in told.message and "单位证照" in told.message
