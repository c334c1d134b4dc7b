from __future__ import annotations

from dataclasses import replace

import pytest

from imaging.model import Defect
from ocr.model import Field, Kind, Reading
from tests.unit.verify.conftest import BOX, ID_NUMBER, Papers
from verify.entered import parse_entered
from verify.model import Level, Material, Verdict
from verify.policy import load_policy
from verify.rules.case import slot_kind
from verify.rules.materials import SURE_OF_KIND
from verify.verify import verify_case


def test_honest_papers_have_nothing_to_say(papers: Papers) -> None:
    verdict = papers.verdict()
    assert [item.code for item in verdict.findings] == []
    assert (verdict.score, verdict.band.value) == (100, "likely_pass")


@pytest.mark.parametrize(
    "slot",
    [
        "photo",
        "id_card_front",
        "id_card_back",
        "work_certificate",
        "diploma",
        "qualification_certificate",
    ],
)
def test_each_missing_material_is_named_with_its_source(papers: Papers, slot: str) -> None:
    papers.without.add(slot)
    missing = papers.codes()["material-missing"]
    assert (missing.level, missing.material) == (Level.BLOCK, slot)
    assert "依据：《云南省会计人员信息采集操作说明》第1.5" in missing.message


def test_a_missing_degree_certificate_is_only_asked_for(papers: Papers) -> None:
    # The guide says 学历（学位）证书: the bracket leaves open whether the degree needs a paper of its own.
    papers.without.add("degree_certificate")
    missing = papers.codes()["material-missing"]
    assert (missing.level, missing.material) == (Level.WARN, "degree_certificate")


@pytest.mark.parametrize(("degree", "number"), [("无", None), (None, None), ("没有", None)])
def test_no_degree_needs_no_degree_certificate(papers: Papers, degree: str | None, number: str | None) -> None:
    papers.type("education.0.degree", degree).type("education.0.degree_number", number)
    papers.without.add("degree_certificate")
    assert "material-missing" not in papers.codes()


def test_unemployed_may_give_one_of_several(papers: Papers) -> None:
    papers.type("work.on_duty", False)
    papers.without.add("work_certificate")
    missing = papers.codes()["material-missing"]
    assert "居住证或户口簿或学生证" in missing.message
    papers.read["household_register"] = {"name": "岩温香"}
    assert "material-missing" not in papers.codes()


def test_second_diploma_is_counted(papers: Papers) -> None:
    second = dict(papers.entered["education"][0], study_mode="part_time", degree=None, degree_number=None)
    papers.entered["education"].append(second)
    missing = papers.codes()["material-missing"]
    assert missing.material == "diploma"
    assert "还缺 1 份" in missing.message


def test_without_a_form_only_what_everybody_owes_is_missing(papers: Papers) -> None:
    verdict = verify_case(*parse_entered(None), {}, load_policy("yunnan-2023"), today=papers.today)
    missing = {item.material for item in verdict.findings if item.code == "material-missing"}
    assert missing == {"photo", "id_card_front", "id_card_back"}
    assert {item.code for item in verdict.findings} == {"material-missing"}


def test_unknown_slot(papers: Papers) -> None:
    papers.read["selfie"] = {}
    papers.kinds["selfie"] = Kind.UNKNOWN
    assert papers.codes()["slot-unknown"].material == "selfie"


def test_wrong_document_blocks_and_names_both(papers: Papers) -> None:
    papers.kinds["diploma"] = Kind.DEGREE_CERTIFICATE
    found = papers.codes()["wrong-document"]
    assert (found.level, found.material) == (Level.BLOCK, "diploma")
    assert "学历证书" in found.message
    assert "学位证书" in found.message


@pytest.mark.parametrize(("confidence", "level"), [(SURE_OF_KIND, Level.BLOCK), (SURE_OF_KIND - 0.01, Level.WARN)])
def test_a_doubtful_kind_only_warns(papers: Papers, confidence: float, level: Level) -> None:
    papers.kinds["diploma"] = Kind.DEGREE_CERTIFICATE
    papers.kind_confidences["diploma"] = confidence
    assert papers.codes()["wrong-document"].level is level


def test_fields_of_a_wrong_document_accuse_nobody(papers: Papers) -> None:
    papers.kinds["diploma"] = Kind.WORK_CERTIFICATE
    papers.read["diploma"] = {"name": "李大军", "id_number": "110105194912310021"}
    assert "name-differs" not in papers.codes()


def test_swapped_sides_are_told_and_still_read(papers: Papers) -> None:
    papers.read["id_card_front"], papers.read["id_card_back"] = (
        papers.read["id_card_back"],
        papers.read["id_card_front"],
    )
    papers.kinds |= {"id_card_front": Kind.ID_CARD_BACK, "id_card_back": Kind.ID_CARD_FRONT}
    papers.type("person.name", "李大军")
    codes = papers.codes()
    assert codes["wrong-side"].level is Level.BLOCK
    assert codes["name-differs"].level is Level.MISMATCH
    assert "material-missing" not in codes


def test_both_sides_on_one_page_serve_for_both(papers: Papers) -> None:
    materials = papers.materials()
    front, back = materials["id_card_front"], materials.pop("id_card_back")
    materials["id_card_front"] = Material(front.slot, front.file, 1, "JPEG", "x", (*front.readings, *back.readings))
    verdict = verify_case(*parse_entered(papers.entered), materials, load_policy("yunnan-2023"), today=papers.today)
    assert verdict.findings == ()


def test_the_same_file_twice(papers: Papers) -> None:
    papers.digests |= {"diploma": "same", "degree_certificate": "same"}
    found = papers.codes()["duplicate-image"]
    assert (found.level, found.material) == (Level.BLOCK, "degree_certificate")
    assert "学历证书" in found.message


def test_one_page_given_for_both_sides_is_no_duplicate(papers: Papers) -> None:
    readings = (
        Reading(Kind.ID_CARD_FRONT, 0.9, {"name": Field("岩温香", 0.99, BOX)}),
        Reading(Kind.ID_CARD_BACK, 0.9, {}),
    )
    materials = papers.materials()
    for slot in ("id_card_front", "id_card_back"):
        materials[slot] = Material(slot, f"{slot}.jpg", 1, "JPEG", "page", readings)
    verdict = verify_case(*parse_entered(papers.entered), materials, load_policy("yunnan-2023"), today=papers.today)
    assert "duplicate-image" not in {item.code for item in verdict.findings}


@pytest.mark.parametrize(
    ("severe", "unread", "level"),
    [
        (True, (), Level.WARN),
        (False, (), Level.INFO),
        (True, ("name", "school", "major", "level"), Level.BLOCK),
        (False, ("name", "school", "major", "level"), Level.WARN),
    ],
)
def test_a_poor_picture_that_was_read_all_the_same_is_no_reason_to_block(
    papers: Papers, severe: bool, unread: tuple[str, ...], level: Level
) -> None:
    papers.defects["diploma"] = (Defect("page-blurred", 0.3, 0.2, severe, BOX),)
    papers.unread("diploma", *unread)
    found = papers.codes()["page-blurred"]
    assert (found.level, found.material, found.box) == (level, "diploma", BOX)


@pytest.mark.parametrize("code", ["page-screen", "page-greyscale", "page-black-and-white", "page-corner-cut"])
def test_what_a_picture_is_of_stays_a_question_however_well_it_was_read(papers: Papers, code: str) -> None:
    papers.defects["diploma"] = (Defect(code, 0.1, 0.2),)
    assert papers.codes()[code].level is Level.WARN


@pytest.mark.parametrize(
    ("number", "confidence", "level"),
    [
        ("", 0.0, Level.WARN),
        (ID_NUMBER, 0.99, Level.INFO),
        (ID_NUMBER, 0.79, Level.WARN),
        ("533103199007151227", 0.99, Level.WARN),
    ],
)
def test_one_doubtful_number_keeps_a_poor_picture_a_question(
    papers: Papers, number: str, confidence: float, level: Level
) -> None:
    papers.defects["id_card_front"] = (Defect("page-cut-off", 1.0, 0.0),)
    materials = papers.materials()
    front = materials["id_card_front"]
    fields = dict(front.readings[0].fields) | {"id_number": Field(number or None, confidence, BOX)}
    readings = (replace(front.readings[0], fields=fields),)
    materials["id_card_front"] = replace(front, readings=readings)
    verdict = verify_case(*parse_entered(papers.entered), materials, load_policy("yunnan-2023"), today=papers.today)
    assert [item.level for item in verdict.findings if item.code == "page-cut-off"] == [level]


@pytest.mark.parametrize(("confidence", "level"), [(0.9, Level.INFO), (0.5, Level.WARN)])
def test_a_small_seal_does_no_harm_once_read(papers: Papers, confidence: float, level: Level) -> None:
    materials = papers.materials()
    work = replace(materials["work_certificate"], defects=(Defect("seal-low-resolution", 180.0, 200.0),))
    fields = dict(work.readings[0].fields)
    fields["seal_text"] = replace(fields["seal_text"], confidence=confidence)
    materials["work_certificate"] = replace(work, readings=(replace(work.readings[0], fields=fields),))
    verdict = verify_case(*parse_entered(papers.entered), materials, load_policy("yunnan-2023"), today=papers.today)
    assert [item.level for item in verdict.findings if item.code == "seal-low-resolution"] == [level]


def test_refused_image_blocks(papers: Papers) -> None:
    materials = papers.materials()
    materials["diploma"] = Material(
        "diploma", "diploma.jpg", 0, None, "", (), (Defect("file-empty", measured=0, severe=True),)
    )
    verdict = verify_case(*parse_entered(papers.entered), materials, load_policy("yunnan-2023"), today=papers.today)
    assert [(item.code, item.level, item.material) for item in verdict.findings] == [
        ("file-empty", Level.BLOCK, "diploma")
    ]


@pytest.mark.parametrize(("size", "told"), [(204_800, False), (204_801, True)])
def test_too_many_bytes_are_told_and_cost_nothing(papers: Papers, size: int, told: bool) -> None:
    papers.sizes["diploma"] = size
    assert ("bytes-will-be-compressed" in papers.codes()) is told
    assert papers.verdict().score == 100


@pytest.mark.parametrize(("size", "told"), [(20_480, False), (20_481, True)])
def test_the_photo_has_a_limit_of_its_own(papers: Papers, size: int, told: bool) -> None:
    papers.sizes["photo"] = size
    assert ("bytes-will-be-compressed" in papers.codes()) is told


@pytest.mark.parametrize(("source_format", "told"), [("JPEG", False), ("PNG", False), ("WEBP", True)])
def test_formats_outside_the_policy_are_told(papers: Papers, source_format: str, told: bool) -> None:
    papers.formats["diploma"] = source_format
    assert ("format-will-be-converted" in papers.codes()) is told


def test_photo_defects_that_the_service_repairs_cost_nothing(papers: Papers) -> None:
    papers.defects["photo"] = (Defect("photo-wrong-size", 300, 295, True), Defect("photo-no-face", severe=True))
    levels = {item.code: item.level for item in papers.verdict().findings}
    assert levels == {"photo-no-face": Level.BLOCK, "photo-wrong-size": Level.INFO}


def test_unknown_kind_is_told_once(papers: Papers) -> None:
    papers.kinds["diploma"] = Kind.UNKNOWN
    papers.defects["diploma"] = (Defect("kind-unknown", severe=True),)
    assert [item.code for item in papers.verdict().findings] == ["kind-unknown"]
    papers.defects.clear()
    assert [item.code for item in papers.verdict().findings] == ["kind-unknown"]


def together(papers: Papers, *slots: str, given_for: tuple[str, ...] | None = None) -> Verdict:
    """The papers of some slots on one scan, which is given for the first of them or for those named."""
    materials = papers.materials()
    held = [replace(materials.pop(slot).readings[0], picture=place) for place, slot in enumerate(slots)]
    for slot in given_for or slots[:1]:
        wanted = slot_kind(slot)
        ordered = sorted(held, key=lambda reading: reading.kind is not wanted)
        readings = tuple(replace(reading, picture=place) for place, reading in enumerate(ordered))
        materials[slot] = Material(slot, f"{slot}.jpg", 1, "JPEG", "one scan", readings)
    return verify_case(*parse_entered(papers.entered), materials, load_policy("yunnan-2023"), today=papers.today)


@pytest.mark.parametrize(
    "slots",
    [
        ("id_card_front", "id_card_back"),
        ("id_card_back", "id_card_front"),
        ("diploma", "degree_certificate"),
        ("degree_certificate", "diploma"),
        ("diploma", "qualification_certificate"),
        ("work_certificate", "id_card_front"),
    ],
)
@pytest.mark.parametrize("twice", [False, True])
def test_what_came_along_on_a_scan_serves_its_own_slot(papers: Papers, slots: tuple[str, str], twice: bool) -> None:
    verdict = together(papers, *slots, given_for=slots if twice else None)
    assert verdict.findings == ()


def test_a_difference_on_the_second_document_names_its_picture_once(papers: Papers) -> None:
    papers.read["degree_certificate"]["degree"] = "理学学士"
    papers.read["diploma"]["school"] = "昆明理工大学"
    verdict = together(papers, "diploma", "degree_certificate")
    told = {item.code: (item.material, item.picture) for item in verdict.findings}
    assert told["degree-differs"] == ("diploma", 1)
    assert told["school-differs"] == ("diploma", 0)
    # Its sentence calls the document by what it is, not by the slot it came along in.
    (sentence,) = (item.message for item in verdict.findings if item.code == "degree-differs")
    assert "学位证书" in sentence and "学历证书" not in sentence
    assert len(verdict.findings) == len({(item.code, item.field) for item in verdict.findings})


def test_a_file_of_its_own_is_used_before_what_came_along(papers: Papers) -> None:
    materials = papers.materials()
    other = replace(materials["id_card_back"].readings[0], fields={"valid_until": Field("2031-01-01", 0.99, BOX)})
    front = materials["id_card_front"]
    materials["id_card_front"] = replace(front, readings=(*front.readings, replace(other, picture=1)))
    verdict = verify_case(*parse_entered(papers.entered), materials, load_policy("yunnan-2023"), today=papers.today)
    assert verdict.findings == ()


def test_what_lies_beside_a_wrong_document_serves_nobody(papers: Papers) -> None:
    materials = papers.materials()
    diploma, degree = materials.pop("diploma").readings[0], materials.pop("degree_certificate").readings[0]
    materials["qualification_certificate"] = replace(
        materials["qualification_certificate"], readings=(diploma, replace(degree, picture=1))
    )
    verdict = verify_case(*parse_entered(papers.entered), materials, load_policy("yunnan-2023"), today=papers.today)
    codes = [item.code for item in verdict.findings]
    assert "wrong-document" in codes
    assert codes.count("material-missing") == 2


def test_one_scan_of_one_document_for_two_slots_is_still_a_duplicate(papers: Papers) -> None:
    materials = papers.materials()
    for slot in ("diploma", "diploma-2"):
        materials[slot] = replace(materials["diploma"], slot=slot, sha256="one scan")
    verdict = verify_case(*parse_entered(papers.entered), materials, load_policy("yunnan-2023"), today=papers.today)
    assert "duplicate-image" in {item.code for item in verdict.findings}
