"""The same picture twice, in one case and in other filings."""

from __future__ import annotations

import pytest

from imaging.fingerprint import BITS, SAME_PICTURE_BITS, SAVED_AGAIN_BITS
from ocr.model import Kind
from tests.unit.verify.conftest import Papers
from verify.model import Level, Seen

MARK = "0" * (BITS // 4)


def at_distance(bits: int) -> str:
    """A fingerprint this many bits from `MARK`."""
    return f"{(1 << bits) - 1:0{BITS // 4}x}"


def two_photographs(papers: Papers, *, bits: int) -> Papers:
    """Two uploads of one diploma, the second for the second diploma slot."""
    papers.read["diploma-2"] = dict(papers.read["diploma"])
    papers.kinds["diploma-2"] = Kind.DIPLOMA
    papers.fingerprints |= {"diploma": MARK, "diploma-2": at_distance(bits)}
    return papers


@pytest.mark.parametrize(
    ("bits", "told"), [(0, True), (SAME_PICTURE_BITS, True), (SAME_PICTURE_BITS + 1, False), (BITS, False)]
)
def test_two_files_that_look_like_one_picture(papers: Papers, bits: int, told: bool) -> None:
    found = two_photographs(papers, bits=bits).codes().get("image-looks-same")
    assert (found is not None) is told
    assert found is None or (found.level, found.material) == (Level.WARN, "diploma-2")
    assert found is None or "学历证书" in found.message


def test_two_papers_of_one_form_are_told_apart_by_what_they_say(papers: Papers) -> None:
    two_photographs(papers, bits=3).print("diploma-2", "certificate_number", "106891201506009876")
    assert "image-looks-same" not in papers.codes()


def test_a_doubtful_difference_tells_nothing_apart(papers: Papers) -> None:
    two_photographs(papers, bits=3).print("diploma-2", "certificate_number", "106891201506009876", 0.5)
    assert "image-looks-same" in papers.codes()


def test_papers_of_two_kinds_are_no_one_picture(papers: Papers) -> None:
    papers.fingerprints |= {"diploma": MARK, "degree_certificate": MARK}
    assert "image-looks-same" not in papers.codes()


def test_pictures_without_readings_are_judged_by_their_looks(papers: Papers) -> None:
    papers.fingerprints |= {"photo": MARK, "diploma": MARK}
    assert papers.codes()["image-looks-same"].material == "diploma"


def test_the_same_file_is_told_once_and_as_the_same_file(papers: Papers) -> None:
    papers.digests |= {"diploma": "same", "degree_certificate": "same", "qualification_certificate": "same"}
    papers.fingerprints |= dict.fromkeys(papers.digests, MARK)
    found = [item for item in papers.verdict().findings if item.code in ("duplicate-image", "image-looks-same")]
    assert {(item.code, item.level) for item in found} == {("duplicate-image", Level.BLOCK)}
    assert sorted(item.material or "" for item in found) == ["degree_certificate", "qualification_certificate"]


def test_marks_of_another_version_are_not_compared(papers: Papers) -> None:
    papers.fingerprints |= {"photo": "ff", "diploma": "ff"}
    assert "image-looks-same" not in papers.codes()


def test_seen_before_for_the_same_person_is_noted(papers: Papers) -> None:
    papers.seen["diploma"] = (Seen(same_person=True, exact=True, reference="S-1"),)
    found = papers.codes()["image-seen-before"]
    assert (found.level, found.material, found.read) == (Level.INFO, "diploma", "S-1")
    assert papers.verdict().score == 100


def test_the_same_bytes_in_another_persons_filing(papers: Papers) -> None:
    papers.seen["diploma"] = (Seen(same_person=True, exact=True), Seen(same_person=False, exact=True, reference="S-2"))
    found = papers.codes()["image-seen-of-another"]
    assert (found.level, found.material, found.read) == (Level.WARN, "diploma", "S-2")
    assert "S-2" not in found.message
    assert papers.verdict().band.value == "needs_review"


def test_a_picture_that_is_only_alike_is_a_note_where_the_paper_names_the_person(papers: Papers) -> None:
    papers.seen["work_certificate"] = (Seen(same_person=False, exact=False),)
    assert papers.codes()["image-seen-of-another"].level is Level.INFO


@pytest.mark.parametrize("slot", ["photo", "diploma"])
def test_and_a_question_where_it_does_not(papers: Papers, slot: str) -> None:
    papers.print("diploma", "name", "岩温香", 0.5)
    papers.seen[slot] = (Seen(same_person=False, exact=False),)
    assert papers.codes()["image-seen-of-another"].level is Level.WARN


def test_the_emblem_sides_of_one_county_look_alike(papers: Papers) -> None:
    papers.seen["id_card_back"] = (Seen(same_person=False, exact=False),)
    assert papers.codes()["image-seen-of-another"].level is Level.INFO
    papers.seen["id_card_back"] = (Seen(same_person=False, exact=True),)
    assert papers.codes()["image-seen-of-another"].level is Level.WARN


@pytest.mark.parametrize(
    ("bits", "level"),
    [(0, Level.WARN), (SAVED_AGAIN_BITS, Level.WARN), (SAVED_AGAIN_BITS + 1, Level.INFO)],
)
def test_two_faces_on_white_must_be_nearer(papers: Papers, bits: int, level: Level) -> None:
    papers.seen["photo"] = (Seen(same_person=False, exact=False, distance=bits),)
    assert papers.codes()["image-seen-of-another"].level is level


def test_look_ups_about_other_slots_are_left_alone(papers: Papers) -> None:
    papers.seen |= {"diploma-7": (Seen(same_person=False, exact=True),), "diploma": ()}
    assert papers.codes() == {}
